/* test_listen_errors.c - where newsletterd cannot listen, and what it says then. */
#include "../../daemon/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

static char folder[] = "/tmp/test_listen.XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static const struct {
	const char *name, *where, *want; /* want NULL: it listens */
	int operator;
} cases[] = {
	{ "any port", "127.0.0.1:0", NULL, 0 },
	{ "every address", "*:0", NULL, 0 },
	{ "not one of this machine's", "203.0.113.1:8025",
	    "cannot listen on 203.0.113.1:8025 ([http] listen in newsletter.conf): Cannot assign requested address", 0 },
	{ "the operator's", "127.0.0.1:0", NULL, 1 },
	{ "the operator's socket", "unix:socket", NULL, 1 },
	{ "… again: it was left", "unix:socket", NULL, 1 },
	{ "… in no folder", "unix:no/where/socket",
	    "cannot listen on no/where/socket ([http] operator in newsletter.conf): No such file or directory", 1 },
};

static void
test_cases(void **state)
{
	struct stat st;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		int fd = (cases[i].operator? listen_open_operator : listen_open)(cases[i].where, &e);

		if (cases[i].want ? fd != -1 || strcmp(e.text, cases[i].want) != 0 : fd == -1)
			fail_msg("%s: %d, \"%s\"", cases[i].name, fd, e.text);
		if (fd != -1)
			close(fd);
	}
	assert_int_equal(stat("socket", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	listen_close_operator("unix:socket");
	assert_int_equal(stat("socket", &st), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
