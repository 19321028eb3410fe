/* test_http_undo.c - the button that takes a leaving back: what is ours, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/http.h"
#include "base/err.h"

static char folder[] = "/tmp/newsletter-undo.XXXXXX";
static struct link_keys *keys;
static char mine[LINK_TEXT], other[LINK_TEXT];

static int
setup(void **state)
{
	struct link l = { .purpose = LINK_UNSUBSCRIBE, .subscriber = 7, .topic = 1 };
	struct err e = ERR_INIT;
	int id;

	(void)state;
	if (!mkdtemp(folder) || link_keys_create(folder, &id, &e) == -1 || !(keys = link_keys_load(folder, &e))) {
		print_error("%s\n", e.text);
		return -1;
	}
	link_url(mine, keys, &l);
	l.subscriber = 8;
	link_url(other, keys, &l);
	return 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	link_keys_free(keys);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : -1;
}

static void
test_there_and_back(void **state)
{
	static const int64_t times[] = { 0, 1, 1767225600, INT64_C(1) << 40, INT64_MAX };
	char text[UNDO_TOKEN + 1];
	int64_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		undo_token(text, keys, mine, i % 2, times[i]);
		assert_int_equal(strlen(text), UNDO_TOKEN);
		at = -1;
		assert_true(undo_read(&at, keys, mine, i % 2, text));
		assert_true(at == times[i]);
	}
}

/* For another's link, for another scope, or with any character changed it is nothing. */
static void
test_not_ours(void **state)
{
	char text[UNDO_TOKEN + 2], was;
	int64_t at = -5;
	size_t i;

	(void)state;
	undo_token(text, keys, mine, false, 1767225600);
	assert_false(undo_read(&at, keys, other, false, text));
	assert_false(undo_read(&at, keys, mine, true, text));
	assert_false(undo_read(&at, keys, "", false, text));
	assert_false(undo_read(&at, keys, mine, false, ""));
	assert_false(undo_read(&at, keys, mine, false, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	for (i = 0; i < UNDO_TOKEN; i++) {
		was = text[i];
		text[i] = was == 'A' ? 'B' : 'A';
		assert_false(undo_read(&at, keys, mine, false, text));
		text[i] = '=';
		assert_false(undo_read(&at, keys, mine, false, text));
		text[i] = was;
	}
	text[UNDO_TOKEN] = 'A';
	text[UNDO_TOKEN + 1] = '\0';
	assert_false(undo_read(&at, keys, mine, false, text));
	text[UNDO_TOKEN - 1] = '\0';
	assert_false(undo_read(&at, keys, mine, false, text));
	assert_int_equal(at, -5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_not_ours),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
