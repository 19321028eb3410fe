/* test_social.c - pages elsewhere: a name and an https address each, and nothing that leads somewhere else than it seems. */
#include "base/social.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#define A10 "aaaaaaaaaa"
#define TWELVE \
	"a https://a.example, b https://a.example, c https://a.example, d https://a.example, e https://a.example, f https://a.example," \
	"g https://a.example, h https://a.example, i https://a.example, j https://a.example, k https://a.example, l https://a.example"

static const struct {
	const char *name, *list, *want; /* NAME|URL; for each; want NULL: refused */
} cases[] = {
	{ "none", "", "" },
	{ "commas and spaces alone", " , ,", "" },
	{ "one", "Instagram https://www.instagram.com/example", "Instagram|https://www.instagram.com/example;" },
	{ "two", "Instagram https://i.example/x, Mastodon https://social.example/@us", "Instagram|https://i.example/x;Mastodon|https://social.example/@us;" },
	{ "spaces around, a comma at the end", "  A   https://a.example ,", "A|https://a.example;" },
	{ "a name of several words", "Our podcast at home https://a.example/", "Our podcast at home|https://a.example/;" },
	{ "a name that is not ASCII", "Música https://a.example/", "Música|https://a.example/;" },
	{ "twelve", TWELVE, "" },

	{ "thirteen", TWELVE ", m https://a.example", NULL },
	{ "a name alone", "Instagram", NULL },
	{ "an address alone", "https://a.example", NULL },
	{ "http", "A http://a.example", NULL },
	{ "a script", "A javascript:alert(1)", NULL },
	{ "no host", "A https://", NULL },
	{ "no host, but a path", "A https:///x", NULL },
	{ "an @ before the path", "A https://good.example@evil.example/", NULL },
	{ "a quote", "A https://a.example/\"x", NULL },
	{ "a tag", "A https://a.example/<b>", NULL },
	{ "the second is wrong", "A https://a.example, B", NULL },
	{ "a name of 60 bytes", A10 A10 A10 A10 A10 A10 " https://a.example", A10 A10 A10 A10 A10 A10 "|https://a.example;" },
	{ "a name of 61 bytes", A10 A10 A10 A10 A10 A10 "a https://a.example", NULL },
};

static void
test_lists(void **state)
{
	struct buf got = BUF_INIT;
	struct social s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		const char *list = cases[i].list;
		int rc = social_check(list, &e), next;

		if (strcmp(cases[i].name, "twelve") == 0) { /* that they are taken is enough */
			assert_int_equal(rc, 0);
			continue;
		}
		if (!cases[i].want != (rc == -1))
			fail_msg("%s: %d %s", cases[i].name, rc, e.text);
		if (!cases[i].want) {
			assert_int_equal(e.code, ERR_INPUT);
			continue;
		}
		buf_reset(&got);
		while ((next = social_next(&list, &s, &e)) == 1)
			buf_addf(&got, "%.*s|%.*s;", (int)s.name_len, s.name, (int)s.url_len, s.url);
		assert_int_equal(next, 0);
		assert_string_equal(got.data, cases[i].want);
	}
	buf_release(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
