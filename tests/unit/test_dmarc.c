/* test_dmarc.c - DMARC's records, and the tree walk of RFC 9989. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns_fixture.h"
#include "mail/dmarc.h"

static const struct {
	const char *name, *text;
	int policy; /* -1: refused */
} records[] = {
	{ "the least", "v=DMARC1; p=none", DMARC_NONE },
	{ "a semicolon at the end", "v=DMARC1;p=reject;", DMARC_REJECT },
	{ "white space", " v = DMARC1 ; p = quarantine ", DMARC_QUARANTINE },
	{ "white space behind the last semicolon", "v=DMARC1; p=reject; ", DMARC_REJECT },
	{ "capitals of the value", "v=DMARC1; p=REJECT", DMARC_REJECT },
	{ "the version in lower case", "v=dmarc1; p=reject", -1 },
	{ "the version is not first", "p=reject; v=DMARC1", -1 },
	{ "no policy", "v=DMARC1", -1 },
	{ "no policy, but reports", "v=DMARC1; rua=mailto:a@b.c", DMARC_NONE },
	{ "a policy that is none", "v=DMARC1; p=block", -1 },
	{ "a policy that is none, and reports", "v=DMARC1; p=block; rua=mailto:a@b.c", DMARC_NONE },
	{ "a tag twice", "v=DMARC1; p=none; p=reject", -1 },
	{ "no =", "v=DMARC1; p", -1 },
	{ "nothing between semicolons", "v=DMARC1;; p=none", -1 },
	{ "tags nobody knows", "v=DMARC1; p=none; x=y", DMARC_NONE },
	{ "empty", "", -1 },
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct err e = ERR_INIT;
		struct dmarc d;
		int got = dmarc_parse(&d, records[i].text, &e) == 0 ? (int)d.policy : -1;

		if (got != records[i].policy)
			fail_msg("%s: %d (%s)", records[i].name, got, e.text);
	}
}

static const struct zone_row rows[] = {
	{ "_dmarc.org.test", DNS_TXT, "v=DMARC1; p=reject; sp=quarantine; np=none" },
	{ "_dmarc.org.test", DNS_TXT, "something else" },
	{ "www.org.test", DNS_A, "192.0.2.1" },
	{ "www.org.test", DNS_MX, "" },
	{ "_dmarc.own.org.test", DNS_TXT, "v=DMARC1; p=none" },
	{ "own.org.test", DNS_A, "192.0.2.1" },
	{ "_dmarc.apart.org.test", DNS_TXT, "v=DMARC1; p=none; psd=n" },
	{ "_dmarc.two.test", DNS_TXT, "v=DMARC1; p=none" },
	{ "_dmarc.two.test", DNS_TXT, "v=DMARC1; p=reject" },
	{ "_dmarc.bank", DNS_TXT, "v=DMARC1; p=quarantine; psd=y" },
	{ "_dmarc.rich.bank", DNS_TXT, "v=DMARC1; p=reject" },
	{ "_dmarc.refused.test", DNS_TXT, NULL },
	{ "_dmarc.note.test", DNS_TXT, "a note that is longer than any version of DMARC" },
	{ "_dmarc.d.e.f.g.h.i", DNS_TXT, "v=DMARC1; p=reject" },
	{ "_dmarc.b.c.d.e.f.g.h.i", DNS_TXT, "v=DMARC1; p=none" },
	{ "_dmarc.c.d.e.f.g.h.i", DNS_TXT, "v=DMARC1; p=quarantine" },
	{ NULL, DNS_TXT, NULL },
};

static const struct {
	const char *name, *domain, *at, *org;
	enum dmarc_policy applies;
	int questions;
} found[] = {
	{ "nowhere", "none.example", "", "none.example", DMARC_UNSET, 2 },
	{ "its own", "org.test", "org.test", "org.test", DMARC_REJECT, 2 },
	{ "the organisation's, for a name that is there", "www.org.test", "org.test", "org.test", DMARC_QUARANTINE, 3 },
	{ "and for one that is not", "gone.org.test", "org.test", "org.test", DMARC_NONE, 3 },
	{ "its own before the organisation's", "own.org.test", "own.org.test", "org.test", DMARC_NONE, 3 },
	{ "psd=n ends the walk", "apart.org.test", "apart.org.test", "apart.org.test", DMARC_NONE, 1 },
	{ "from below, too", "x.apart.org.test", "apart.org.test", "apart.org.test", DMARC_NONE, 2 },
	{ "two are none", "two.test", "", "two.test", DMARC_UNSET, 2 },
	{ "no record, but a text", "note.test", "", "note.test", DMARC_UNSET, 2 },
	{ "below a public suffix", "poor.bank", "bank", "poor.bank", DMARC_QUARANTINE, 2 },
	{ "below a public suffix, deeper", "www.poor.bank", "bank", "poor.bank", DMARC_QUARANTINE, 3 },
	{ "with a record of its own", "www.rich.bank", "rich.bank", "rich.bank", DMARC_REJECT, 3 },
	{ "the suffix itself", "bank", "bank", "bank", DMARC_QUARANTINE, 1 },
	{ "eight labels: one after the other", "b.c.d.e.f.g.h.i", "b.c.d.e.f.g.h.i", "d.e.f.g.h.i", DMARC_NONE, 8 },
	{ "nine: down to seven at once", "a.b.c.d.e.f.g.h.i", "d.e.f.g.h.i", "d.e.f.g.h.i", DMARC_REJECT, 8 },
	{ "twelve", "x.y.z.a.b.c.d.e.f.g.h.i", "d.e.f.g.h.i", "d.e.f.g.h.i", DMARC_REJECT, 8 },
};

static void
test_discover(void **state)
{
	struct zone z = { .row = rows };
	struct dmarc_found f;

	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		dmarc_discover(&f, found[i].domain, zone_look, &z);
		if (strcmp(f.at, found[i].at) != 0 || strcmp(f.org, found[i].org) != 0 || f.applies != found[i].applies ||
		    f.questions != found[i].questions)
			fail_msg("%s: at \"%s\", of %s, policy %d, %d questions", found[i].name, f.at, f.org, f.applies, f.questions);
	}
	dmarc_discover(&f, "two.test", zone_look, &z);
	assert_true(f.several);
	dmarc_discover(&f, "refused.test", zone_look, &z);
	assert_true(f.unsure);
}

static const struct {
	const char *name, *from, *other;
	bool strict, want;
} pairs[] = {
	{ "the same", "org.test", "ORG.test", true, true },
	{ "of one organisation", "www.org.test", "org.test", false, true },
	{ "strict", "www.org.test", "org.test", true, false },
	{ "of one organisation, side by side", "www.org.test", "own.org.test", false, true },
	{ "apart by psd=n", "org.test", "apart.org.test", false, false },
	{ "neighbours below a public suffix", "poor.bank", "rich.bank", false, false },
	{ "one below a public suffix", "www.poor.bank", "poor.bank", false, true },
	{ "without records everybody stands alone", "www.none.example", "none.example", false, false },
};

static void
test_aligned(void **state)
{
	struct zone z = { .row = rows };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (dmarc_aligned(pairs[i].from, pairs[i].other, pairs[i].strict, zone_look, &z) != pairs[i].want)
			fail_msg("%s", pairs[i].name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse), cmocka_unit_test(test_discover), cmocka_unit_test(test_aligned) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
