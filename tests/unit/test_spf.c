/* test_spf.c - SPF's grammar, and the walk through records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "dns_fixture.h"
#include "mail/spf.h"

static const struct {
	const char *name, *text;
	int terms; /* -1: refused */
} records[] = {
	{ "nothing", "v=spf1", 0 },
	{ "only spaces", "v=spf1   ", 0 },
	{ "another version", "v=spf10 -all", -1 },
	{ "in capitals", "V=SPF1 IP4:192.0.2.1 MX -ALL", 3 },
	{ "every mechanism", "v=spf1 include:a.b a a:x.y a/24 a:x.y/24//64 mx mx//64 ptr ptr:a.b ip4:192.0.2.0/24 ip6:2001:db8::/32 exists:a.b -all", 13 },
	{ "qualifiers", "v=spf1 +a -mx ~ptr ?all", 4 },
	{ "redirect", "v=spf1 redirect=a.b", 1 },
	{ "redirect twice", "v=spf1 redirect=a.b redirect=c.d", -1 },
	{ "exp twice", "v=spf1 exp=a.b exp=c.d", -1 },
	{ "modifiers nobody knows", "v=spf1 ra=postmaster rp=100 -all", 1 },
	{ "macros", "v=spf1 exists:%{ir}.%{v}._spf.%{d2} include:%{d}.a.b -all", 3 },
	{ "percent signs", "v=spf1 exists:%%%_%-.a.b -all", 2 },
	{ "a macro that is none", "v=spf1 exists:%{q}.a.b -all", -1 },
	{ "a macro that does not end", "v=spf1 exists:%{i.a.b -all", -1 },
	{ "a lone percent sign", "v=spf1 exists:a%b.c -all", -1 },
	{ "no such mechanism", "v=spf1 ipv4:192.0.2.1 -all", -1 },
	{ "no domain", "v=spf1 include: -all", -1 },
	{ "include alone", "v=spf1 include -all", -1 },
	{ "one label", "v=spf1 include:localhost -all", -1 },
	{ "a dot at the end", "v=spf1 include:a.b. -all", 2 },
	{ "all with a domain", "v=spf1 all:a.b", -1 },
	{ "an address that is none", "v=spf1 ip4:192.0.2.256 -all", -1 },
	{ "IPv6 in ip4", "v=spf1 ip4:2001:db8::1 -all", -1 },
	{ "IPv4 in ip6", "v=spf1 ip6:192.0.2.1 -all", -1 },
	{ "too many bits", "v=spf1 ip4:192.0.2.0/33 -all", -1 },
	{ "too many bits of a name", "v=spf1 a/33 -all", -1 },
	{ "no bits", "v=spf1 a/ -all", -1 },
	{ "too many bits of a name, IPv6", "v=spf1 a//129 -all", -1 },
	{ "more behind the bits", "v=spf1 a/24x -all", -1 },
	{ "a name of one label", "v=spf1 a:localhost -all", -1 },
	{ "ip4 alone", "v=spf1 ip4 -all", -1 },
	{ "ptr with bits", "v=spf1 ptr/24 -all", -1 },
	{ "an address longer than any", "v=spf1 ip6:2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/32 -all", -1 },
	{ "a comma", "v=spf1 ip4:192.0.2.1, -all", -1 },
	{ "a lone qualifier", "v=spf1 - all", -1 },
	{ "ptr with bits", "v=spf1 ptr/24 -all", -1 },
	{ "redirect twice, behind others", "v=spf1 mx a redirect=a.b redirect=c.d", -1 },
	{ "redirect to one label", "v=spf1 redirect=localhost", -1 },
};

static void
test_parse(void **state)
{
	struct spf *s = xmalloc(sizeof(*s));
	struct err many_e = ERR_INIT;
	struct buf many = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct err e = ERR_INIT;
		int got = spf_parse(s, records[i].text, &e) == 0 ? (int)s->count : -1;

		if (got != records[i].terms)
			fail_msg("%s: %d terms (%s)", records[i].name, got, e.text);
	}
	buf_addstr(&many, "v=spf1");
	for (int i = 0; i < SPF_TERMS; i++)
		buf_addstr(&many, " mx");
	assert_int_equal(spf_parse(s, many.data, &many_e), 0);
	buf_addstr(&many, " mx");
	assert_int_equal(spf_parse(s, many.data, &many_e), -1);
	assert_string_equal(many_e.text, "it has more than 200 terms");
	buf_release(&many);
	free(s);
}

static const struct zone_row rows[] = {
	{ "good.test", DNS_TXT, "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all" },
	{ "good.test", DNS_TXT, "v=spf10 is another" },
	{ "in.test", DNS_TXT, "v=spf1 include:good.test ~all" },
	{ "not.test", DNS_TXT, "v=spf1 -ip4:192.0.2.1 include:good.test ?all" },
	{ "a.test", DNS_TXT, "v=spf1 a -all" },
	{ "a.test", DNS_A, "192.0.2.5" },
	{ "a.test", DNS_AAAA, "2001:db8::5" },
	{ "a24.test", DNS_TXT, "v=spf1 a:a.test/24//32 -all" },
	{ "mx.test", DNS_TXT, "v=spf1 mx -all" },
	{ "mx.test", DNS_MX, "a.test" },
	{ "re.test", DNS_TXT, "v=spf1 redirect=good.test" },
	{ "all-re.test", DNS_TXT, "v=spf1 redirect=good.test ?all" },
	{ "behind.test", DNS_TXT, "v=spf1 -all include:none.test" },
	{ "refused.test", DNS_TXT, NULL },
	{ "in-refused.test", DNS_TXT, "v=spf1 include:refused.test -all" },
	{ "early.test", DNS_TXT, "v=spf1 ip4:192.0.2.1 include:refused.test -all" },
	{ "in-none.test", DNS_TXT, "v=spf1 include:none.test -all" },
	{ "two.test", DNS_TXT, "v=spf1 -all" },
	{ "two.test", DNS_TXT, "v=spf1 ~all" },
	{ "loop.test", DNS_TXT, "v=spf1 include:loop.test -all" },
	{ "exists.test", DNS_TXT, "v=spf1 exists:a.test -all" },
	{ "macro.test", DNS_TXT, "v=spf1 exists:%{i}.a.test -all" },
	{ "eleven.test", DNS_TXT, "v=spf1 a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test -all" },
	{ "late.test", DNS_TXT, "v=spf1 ip4:192.0.2.1 a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test -all" },
	{ "void.test", DNS_TXT, "v=spf1 a:x.x a:y.y a:z.z -all" },
	{ "dumb.test", DNS_A, NULL },
	{ "dumb.test", DNS_MX, NULL },
	{ "a-dumb.test", DNS_TXT, "v=spf1 a:dumb.test -all" },
	{ "mx-dumb.test", DNS_TXT, "v=spf1 mx:dumb.test -all" },
	{ "exists-dumb.test", DNS_TXT, "v=spf1 exists:dumb.test -all" },
	{ "exists-not.test", DNS_TXT, "v=spf1 exists:none.test -all" },
	{ "null-mx.test", DNS_TXT, "v=spf1 mx -all" },
	{ "null-mx.test", DNS_MX, "" },
	{ "eleventh.test", DNS_TXT, "v=spf1 a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test a:a.test redirect=good.test" },
	{ NULL, DNS_TXT, NULL },
};

static const struct {
	const char *name, *domain, *address;
	enum spf_result want;
	int lookups; /* -1: whatever */
} checks[] = {
	{ "no record", "none.test", "", SPF_NONE, 0 },
	{ "inside", "good.test", "192.0.2.7", SPF_PASS, 0 },
	{ "outside", "good.test", "198.51.100.1", SPF_FAIL, 0 },
	{ "inside, IPv6", "good.test", "2001:db8::7", SPF_PASS, 0 },
	{ "outside, IPv6", "good.test", "2001:db9::7", SPF_FAIL, 0 },
	{ "everybody else", "good.test", "", SPF_FAIL, 0 },
	{ "by include", "in.test", "192.0.2.7", SPF_PASS, 1 },
	{ "not by include: its -all does not count", "in.test", "198.51.100.1", SPF_SOFTFAIL, 1 },
	{ "the first that matches", "not.test", "192.0.2.1", SPF_FAIL, 1 },
	{ "the second", "not.test", "192.0.2.2", SPF_PASS, 1 },
	{ "none of them", "not.test", "198.51.100.1", SPF_NEUTRAL, 1 },
	{ "its own address", "a.test", "192.0.2.5", SPF_PASS, 1 },
	{ "its own address, IPv6", "a.test", "2001:db8::5", SPF_PASS, 1 },
	{ "not its own", "a.test", "192.0.2.6", SPF_FAIL, 1 },
	{ "near another's", "a24.test", "192.0.2.6", SPF_PASS, 1 },
	{ "near another's, IPv6", "a24.test", "2001:db8:1::", SPF_PASS, 1 },
	{ "its mail server", "mx.test", "192.0.2.5", SPF_PASS, 1 },
	{ "redirect", "re.test", "192.0.2.5", SPF_PASS, 1 },
	{ "redirect, outside", "re.test", "198.51.100.1", SPF_FAIL, 1 },
	{ "all goes before redirect", "all-re.test", "192.0.2.5", SPF_NEUTRAL, 0 },
	{ "behind all nobody looks", "behind.test", "192.0.2.5", SPF_FAIL, 0 },
	{ "no answer", "refused.test", "", SPF_TEMPERROR, 0 },
	{ "no answer to an include", "in-refused.test", "192.0.2.5", SPF_TEMPERROR, 1 },
	{ "nobody asks behind a match", "early.test", "192.0.2.1", SPF_PASS, 1 },
	{ "an include without record", "in-none.test", "192.0.2.5", SPF_PERMERROR, 1 },
	{ "two records", "two.test", "192.0.2.5", SPF_PERMERROR, 0 },
	{ "in a circle", "loop.test", "192.0.2.5", SPF_PERMERROR, -1 },
	{ "exists", "exists.test", "192.0.2.99", SPF_PASS, 1 },
	{ "macros are nobody's guess", "macro.test", "192.0.2.99", SPF_FAIL, 1 },
	{ "eleven look-ups", "eleven.test", "198.51.100.1", SPF_PERMERROR, 11 },
	{ "a match before the eleventh", "late.test", "192.0.2.1", SPF_PASS, 11 },
	{ "three that find nothing", "void.test", "", SPF_PERMERROR, 3 },
	{ "no answer to an address", "a-dumb.test", "192.0.2.5", SPF_TEMPERROR, 1 },
	{ "no answer to mail servers", "mx-dumb.test", "192.0.2.5", SPF_TEMPERROR, 1 },
	{ "no answer to what should exist", "exists-dumb.test", "192.0.2.5", SPF_TEMPERROR, 1 },
	{ "what does not exist", "exists-not.test", "192.0.2.5", SPF_FAIL, 1 },
	{ "no mail is taken there", "null-mx.test", "192.0.2.5", SPF_FAIL, 1 },
	{ "a redirect as the eleventh", "eleventh.test", "192.0.2.7", SPF_PERMERROR, 11 },
};

static void
test_check(void **state)
{
	struct zone z = { .row = rows };
	struct spf_report r;

	(void)state;
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		spf_check(&r, checks[i].domain, checks[i].address, zone_look, &z);
		if (r.result != checks[i].want || (checks[i].lookups != -1 && r.lookups != checks[i].lookups))
			fail_msg("%s: result %d, %d look-ups (%s)", checks[i].name, r.result, r.lookups, r.why);
	}
	spf_check(&r, "re.test", "", zone_look, &z);
	assert_int_equal(r.all, '-');
	spf_check(&r, "macro.test", "", zone_look, &z);
	assert_true(r.depends);
	z.asked = 0;
	spf_check(&r, "loop.test", "", zone_look, &z);
	assert_in_range(z.asked, 1, 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse), cmocka_unit_test(test_check) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
