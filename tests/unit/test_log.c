/* test_log.c - one event is one line, whatever its values hold. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

/* What one call writes to standard error. */
static const char *
written(enum log_level level, const char *value)
{
	static char line[4096];
	int fd[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(fd), 0);
	dup2(fd[1], STDERR_FILENO);
	log_event(level, "told", "id=%d value=%s", 7, value);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd[1]);
	n = read(fd[0], line, sizeof(line) - 1);
	assert_true(n > 0);
	line[n] = '\0';
	close(fd[0]);
	return line;
}

static void
lines(void **state)
{
	char big[3000];
	const char *line;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	clock_set(1767225600);
	log_init("sender");
	assert_string_equal(written(LOG_LEVEL_INFO, "x"), "2026-01-01T00:00:00Z role=sender event=told id=7 value=x\n");
	assert_string_equal(written(LOG_LEVEL_INFO, log_text("a b")), "2026-01-01T00:00:00Z role=sender event=told id=7 value=\"a b\"\n");
	line = written(LOG_LEVEL_INFO, "x\nrole=forged\033[2J");
	assert_string_equal(line, "2026-01-01T00:00:00Z role=sender event=told id=7 value=x?role=forged?[2J\n");
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	line = written(LOG_LEVEL_ERROR, big);
	assert_int_equal(line[strlen(line) - 1], '\n');
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	assert_true(strlen(line) <= 1024);
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init("http");
	assert_string_equal(written(LOG_LEVEL_WARNING, "x"), "<4>role=http event=told id=7 value=x\n");
	unsetenv("JOURNAL_STREAM");
}

/* Nobody listens: the event is lost, and nothing else. */
static void
unheard(void **state)
{
	int saved = dup(STDERR_FILENO);

	(void)state;
	close(STDERR_FILENO);
	log_event(LOG_LEVEL_ERROR, "told", "id=%d", 7);
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void
quotes(void **state)
{
	char big[1000];
	const char *a, *b;

	(void)state;
	assert_string_equal(log_text(""), "\"\"");
	assert_string_equal(log_text("a\"b\r\n\tc\x7f"), "\"a?b???c?\"");
	a = log_text("first");
	b = log_text("second");
	assert_string_equal(a, "\"first\"");
	assert_string_equal(b, "\"second\"");
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	a = log_text(big);
	assert_int_equal(strlen(a), 511);
	assert_int_equal(a[510], '"');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(unheard),
		cmocka_unit_test(quotes),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
