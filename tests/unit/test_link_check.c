/*
 * test_link_check.c - names in links that nobody finds: which of them are not there. tests/cli/lint.t has what servers answer.
 *
 * The resolver is ours, so that what it says does not depend on where the test runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "content/link_check.h"

static int found_again; /* how often "later.example" was found */

/* In libc's place, for libcurl as well. */
int
getaddrinfo(const char *name, const char *service, const struct addrinfo *req, struct addrinfo **pai)
{
	(void)service;
	(void)req;
	*pai = NULL;
	if (strcmp(name, "none.example") == 0)
		return EAI_NONAME;
	if (strcmp(name, "nodata.example") == 0)
		return EAI_NODATA;
	if (strcmp(name, "later.example") == 0 && __atomic_fetch_add(&found_again, 1, __ATOMIC_SEQ_CST)) {
		*pai = calloc(1, sizeof(**pai));
		return 0;
	}
	return EAI_AGAIN;
}

void
freeaddrinfo(struct addrinfo *ai)
{
	free(ai);
}

static void
test_names(void **state)
{
	static const struct {
		const char *url;
		enum link_state state;
	} cases[] = {
		{ "http://none.example/", LINK_NO_HOST },
		{ "http://nodata.example/", LINK_NO_HOST },
		{ "http://again.example/", LINK_TROUBLE },
		{ "http://later.example/", LINK_TROUBLE },
		{ "http://[no", LINK_TROUBLE },
	};
	struct link_check item[sizeof(cases) / sizeof(cases[0])];
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		item[i].url = cases[i].url;
	assert_int_equal(link_check(item, i, NULL, NULL, &e), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (item[i].state != cases[i].state)
			fail_msg("%s: %d, %s", cases[i].url, (int)item[i].state, item[i].trouble);
	assert_int_equal(found_again, 2);
}

static void
test_nothing(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(link_check(NULL, 0, NULL, NULL, &e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names), cmocka_unit_test(test_nothing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
