/* test_judge_meaning.c - each rule of the judge has words for people, and there are none for rules that are gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "judge/judge_meaning.h"
#include "judge/judge_table.h"

static const struct {
	const char *name, *rule, *want;
} cases[] = {
	{ "a dead address", "no-such-user", "no such user" },
	{ "a full one", "mailbox-full", "mailbox full" },
	{ "a temporary one", "try-later", "asked to try later" },
	{ "not judged", "", "not known" },
	{ "no rule of ours", "from-elsewhere", "from-elsewhere" },
};

static void
test_words(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("  %s\n", cases[i].name);
		assert_string_equal(judge_meaning(cases[i].rule), cases[i].want);
	}
}

static void
test_every_rule(void **state)
{
	const struct judge_rule *a, *b;

	(void)state;
	for (a = judge_table; a->name; a++) {
		if (!strchr(judge_meaning(a->name), ' '))
			fail_msg("%s has no words in judge_meaning.c", a->name);
		for (b = judge_table; b->name; b++)
			if (strcmp(a->name, b->name) != 0 && strcmp(judge_meaning(a->name), judge_meaning(b->name)) == 0)
				fail_msg("%s and %s read alike", a->name, b->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_every_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
