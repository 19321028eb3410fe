/* test_dkim_record.c - DKIM's records in DNS, and whether they are the key's in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "mail/dkim_record.h"
#include "mail/tag_list.h"

static const struct {
	const char *name, *text;
	const char *want; /* kind, then a letter for each flag, then the key; NULL: refused */
} records[] = {
	{ "the least", "p=AAAA", "rsa - AAAA" },
	{ "as we make it", "v=DKIM1; k=rsa; p=AAAA", "rsa - AAAA" },
	{ "white space in the key", "v=DKIM1; p=AA AA\tBB== ;", "rsa - AAAABB==" },
	{ "Ed25519", "v=DKIM1; k=ed25519; p=AAAA", "ed25519 - AAAA" },
	{ "revoked", "v=DKIM1; p=", "rsa R " },
	{ "a test", "v=DKIM1; t=y; p=AAAA", "rsa T AAAA" },
	{ "strict", "v=DKIM1; t=s; p=AAAA", "rsa S AAAA" },
	{ "both", "v=DKIM1; t = y : s; p=AAAA", "rsa TS AAAA" },
	{ "a flag that nobody knows", "v=DKIM1; t=yes; p=AAAA", "rsa - AAAA" },
	{ "SHA-256 among others", "v=DKIM1; h=sha1:sha256; p=AAAA", "rsa - AAAA" },
	{ "SHA-1 alone", "v=DKIM1; h=sha1; p=AAAA", "rsa H AAAA" },
	{ "for mail", "v=DKIM1; s=email; p=AAAA", "rsa - AAAA" },
	{ "for everything", "v=DKIM1; s=*; p=AAAA", "rsa - AAAA" },
	{ "for something else", "v=DKIM1; s=tlsrpt; p=AAAA", "rsa M AAAA" },
	{ "notes and tags that nobody knows", "v=DKIM1; n=hello; x=y; p=AAAA", "rsa - AAAA" },
	{ "no key", "v=DKIM1; k=rsa", NULL },
	{ "the version is not first", "k=rsa; v=DKIM1; p=AAAA", NULL },
	{ "another version", "v=DKIM2; p=AAAA", NULL },
	{ "in lower case", "v=dkim1; p=AAAA", NULL },
	{ "another kind", "v=DKIM1; k=dsa; p=AAAA", NULL },
	{ "no base64", "v=DKIM1; p=AA-A", NULL },
	{ "quotes left in", "\"v=DKIM1; p=AAAA\"", NULL },
	{ "a tag twice", "v=DKIM1; p=AAAA; p=BBBB", NULL },
	{ "backslashes of a zone file", "v=DKIM1\\; p=AAAA", NULL },
	{ "empty", "", NULL },
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct dkim_published p;
		struct err e = ERR_INIT;
		struct buf got = BUF_INIT;
		int rc = dkim_record_parse(&p, records[i].text, &e);

		buf_addf(&got, "%s %s%s%s%s%s", p.kind == DKIM_RSA ? "rsa" : "ed25519", p.revoked ? "R" : "", p.testing ? "T" : "",
		    p.strict ? "S" : "", p.no_sha256 ? "H" : "", p.not_for_mail ? "M" : "");
		if (!p.revoked && !p.testing && !p.strict && !p.no_sha256 && !p.not_for_mail)
			buf_addch(&got, '-');
		buf_addf(&got, " %s", p.key);
		if ((rc == 0) != (records[i].want != NULL) || (records[i].want && strcmp(got.data, records[i].want) != 0))
			fail_msg("%s: \"%s\" (%s)", records[i].name, got.data, e.text);
		buf_release(&got);
	}
}

/* More tags than are kept, and a key longer than any. */
static void
test_limits(void **state)
{
	struct dkim_published p;
	struct err e = ERR_INIT;
	struct buf text = BUF_INIT;

	(void)state;
	buf_addstr(&text, "v=DKIM1; p=");
	for (size_t i = 0; i < sizeof(p.key) - 1; i++)
		buf_addch(&text, 'A');
	assert_int_equal(dkim_record_parse(&p, text.data, &e), 0);
	assert_int_equal(strlen(p.key), sizeof(p.key) - 1);
	buf_addch(&text, 'A');
	assert_int_equal(dkim_record_parse(&p, text.data, &e), -1);
	assert_string_equal(e.text, "p= is longer than any key");
	buf_reset(&text);
	buf_addstr(&text, "v=DKIM1; p=AAAA");
	for (int i = 2; i < TAGS; i++)
		buf_addf(&text, "; x%d=y", i);
	assert_int_equal(dkim_record_parse(&p, text.data, &e), 0);
	buf_addstr(&text, "; z=y");
	assert_int_equal(dkim_record_parse(&p, text.data, &e), -1);
	assert_string_equal(e.text, "there are more than 32 tags");
	buf_release(&text);
}

static void
test_matches(void **state)
{
	static const enum dkim_kind kinds[] = { DKIM_RSA, DKIM_ED25519 };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf pem = BUF_INIT, other = BUF_INIT, txt = BUF_INIT;
		struct dkim_published p;

		assert_int_equal(dkim_keygen(kinds[i], 2048, &pem, &e), 0);
		assert_int_equal(dkim_keygen(kinds[i], 2048, &other, &e), 0);
		assert_int_equal(dkim_record(pem.data, &txt, &e), 0);
		assert_int_equal(dkim_record_parse(&p, txt.data, &e), 0);
		assert_int_equal(dkim_record_matches(&p, pem.data, &e), 1);
		assert_int_equal(dkim_record_matches(&p, other.data, &e), 0);
		assert_int_equal(dkim_record_matches(&p, "nonsense", &e), -1);
		buf_release(&pem);
		buf_release(&other);
		buf_release(&txt);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse), cmocka_unit_test(test_limits), cmocka_unit_test(test_matches) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
