/* test_clerk_signup.c - who gets a mail for a request, an import's or a visitor's, and for which there is nothing to say. */
#include "clerk_fixture.h"

#include "store/signup.h"

#define ANN "ann@example.org"
#define SUPPRESSED(why) \
	"INSERT INTO suppression (address_hmac, reason, since, source) SELECT address_hmac, '" why "', 1, 'ann' FROM subscriber"
#define STATE(n) "INSERT INTO subscription SELECT 1, id, " #n ", 1 FROM subscriber"

enum who {
	VISITOR,
	IMPORT
};

static const struct {
	const char *name;
	enum who who;
	const char *key, *topics, *before; /* SQL, with Ann there; NULL: she is not */
	const char *want;                  /* kinds of mail */
} cases[] = {
	{ "a visitor whom nobody knows", VISITOR, ANN, "1", NULL, "confirm" },
	{ "known, with no topic", VISITOR, ANN, "1", "SELECT 1", "confirm" },
	{ "on the list", VISITOR, ANN, "1", STATE(1), "already" },
	{ "on the list, and wants another topic too", VISITOR, ANN, "1 2", STATE(1), "confirm" },
	{ "has left", VISITOR, ANN, "1", STATE(2), "confirm" },
	{ "bounced: a fresh confirmation lifts that", VISITOR, ANN, "1", SUPPRESSED("hard"), "confirm" },
	{ "complained: only staff lift that", VISITOR, ANN, "1", SUPPRESSED("complaint"), "" },
	{ "a topic that went away, nobody knows them", VISITOR, ANN, "99", NULL, "" },
	{ "a topic that went away, known and not on the list", VISITOR, ANN, "99", STATE(2), "" },
	{ "a topic that went away, on the list", VISITOR, ANN, "99", STATE(1), "already" },
	{ "no topic at all", VISITOR, ANN, "", NULL, "" },
	{ "an address that has no domain, by whatever way it got there", VISITOR, "nobody", "1", NULL, "confirm" },

	{ "an import, nobody knows them", IMPORT, ANN, "1", NULL, "confirm" },
	{ "an import, known, with no topic", IMPORT, ANN, "1 2", "SELECT 1", "confirm" },
	{ "an import, pending since", IMPORT, ANN, "1 2", STATE(0), "confirm" },
	{ "an import, on the list since: nobody is told so", IMPORT, ANN, "1", STATE(1), "" },
	{ "an import, has left since", IMPORT, ANN, "1", STATE(2), "" },
	{ "an import, has left the first of two topics since", IMPORT, ANN, "1 2", STATE(2), "" },
	{ "an import, bounced since", IMPORT, ANN, "1", SUPPRESSED("hard"), "" },
	{ "an import, complained since", IMPORT, ANN, "1", SUPPRESSED("complaint"), "" },
	{ "an import, a topic that went away", IMPORT, ANN, "99", NULL, "" },
};

static void
test_who(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct signup s = { .weight = cases[i].who == VISITOR, .received_at = T0 };
		const char *got;

		assert_int_equal(clerk_setup(state), 0);
		begin();
		if (cases[i].before)
			make_subscriber(ANN);
		snprintf(s.address, sizeof(s.address), "%s", cases[i].key);
		snprintf(s.key, sizeof(s.key), "%s", cases[i].key);
		snprintf(s.topics, sizeof(s.topics), "%s", cases[i].topics);
		ok(consent_wording(db, "By pressing the button", s.form_hash, &err));
		ok(signup_append(db, &s, &err));
		commit();
		if (cases[i].before && raw_exec(cases[i].before) != SQLITE_OK)
			fail_msg("%s: %s", cases[i].name, sqlite3_errmsg(raw));
		ok(clerk_signups(&clerk, &err));
		got = raw_text("SELECT coalesce(group_concat(kind), '') FROM outbox");
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: \"%s\"", cases[i].name, got);
		if (raw_int("SELECT count(*) FROM signup_request") != 0)
			fail_msg("%s: it waits", cases[i].name);
		if (raw_int("SELECT coalesce(sum(value), 0) FROM counter WHERE name = 'signup_without_mail'") != !cases[i].want[0])
			fail_msg("%s: not counted", cases[i].name);
		clerk_teardown(state);
	}
	assert_int_equal(offers - news, 1);
}

/* The operator is told since when, also where the words for a date cannot be read. */
static const struct {
	const char *name, *words, *want;
} days[] = {
	{ "as people write it", "", "31 December 2025" },
	{ "as it is, where that has an error", "date = {{#x}}\n", "2025-12-31" },
};

static void
test_surge_day(void **state)
{
	char path[96], sql[300];
	size_t i;

	setenv("TZ", "UTC", 1);
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		assert_int_equal(clerk_setup(state), 0);
		snprintf(path, sizeof(path), "%s/templates", folder);
		assert_int_equal(mkdir(path, 0700), 0);
		snprintf(path, sizeof(path), "%s/templates/words", folder);
		assert_int_equal(mkdir(path, 0700), 0);
		snprintf(path, sizeof(path), "%s/templates/words/en.txt", folder);
		if (days[i].words[0])
			ok(file_write(path, 0600, days[i].words, strlen(days[i].words), &err));
		snprintf(sql, sizeof(sql),
		    "INSERT INTO signup_request VALUES (NULL, 'signup', 'a@b.example', 'a@b.example', '', '1', '', '', 1, NULL, %lld, %lld, 'total', "
		    "'', 'n', 1, %lld)",
		    (long long)T0 - 60, (long long)T0 + 60, (long long)T0 - 60);
		assert_int_equal(raw_exec(sql), SQLITE_OK);
		snprintf(sql, sizeof(sql), "INSERT INTO pace (scope, subject, window_start, used) VALUES ('signup-surge', '', %lld, 1)",
		    (long long)T0 - 3600);
		assert_int_equal(raw_exec(sql), SQLITE_OK);
		ok(clerk_surge(&clerk, &err));
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM outbox WHERE instr(message, '%s') > 0", days[i].want);
		if (raw_int(sql) != 1)
			fail_msg("%s: %s", days[i].name, raw_text("SELECT substr(message, 1, 900) FROM outbox"));
		clerk_teardown(state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_surge_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
