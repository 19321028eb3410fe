/*
 * test_dkim.c - RFC 8463's own example, both algorithms; canonical forms; what is signed; keys that are refused.
 *
 * That others verify our signatures is tests/daemon/dkim.t's business.
 */
#include "mail/dkim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "mail/dkim_canon.h"

/* RFC 8463, appendix A.1 and A.2; the Ed25519 key in PKCS #8 (RFC 8410). */
// clang-format off
#define RSA_HEAD \
	"-----BEGIN RSA PRIVATE KEY-----\n" \
	"MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi\n" \
	"Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM\n" \
	"KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB\n"
#define RSA_TAIL \
	"6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe\n" \
	"zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy\n" \
	"6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc\n" \
	"uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy\n" \
	"WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd\n" \
	"WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a\n" \
	"licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst\n" \
	"o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe\n" \
	"uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL\n" \
	"-----END RSA PRIVATE KEY-----\n"
static const char rfc_rsa[] = RSA_HEAD
	"AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm\n" RSA_TAIL;
static const char damaged_rsa[] = RSA_HEAD /* one bit of the private exponent */
	"AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQn\n" RSA_TAIL;
static const char rfc_ed25519[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
	"-----END PRIVATE KEY-----\n";

static const char rsa_512[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEA10/BHzJpWYLMK7BC\n"
	"j5Hnm+yFhqpfOfXEtnQqQqeNW68WxKJNIf3815Ipoh+7nnB2oKD4olImsaPIgedE\n"
	"+WCAmwIDAQABAkEAsREduRI0ITC3x5YEpx1OY6R3iu/BsGC1jXaq6nXwglxQqEIY\n"
	"FDl/0oHfHcV9mBxybmc/psSgFUUQDlHs3iixgQIhAPdMCDLdkR4kd5gz1GF+C//8\n"
	"vEUwAb91aW8I59hGsUbZAiEA3uOOb25oI4j0aMYDLP63LOiMvgUL27tFww5c4yQM\n"
	"IpMCIQCzAJgWqYa3eNIQm8OpZiGtg/WLZzp8qbJNqvaW+GSt0QIgQK0VYr5N16nh\n"
	"ChoTR9YtvwlH9cevFja0WpJrX7nRD6MCIGyvpnX/fBK7pzvLC+AUmCrKrJq6OGBH\n"
	"o4L+KYqf1nhB\n"
	"-----END PRIVATE KEY-----\n";
static const char ec[] =
	"-----BEGIN EC PRIVATE KEY-----\n"
	"MHcCAQEEIDCxLdRLcJngHg+/+umaV3WMAxn/R2Im3Fy7ZlXsfsIKoAoGCCqGSM49\n"
	"AwEHoUQDQgAER1Mx8J2hEL02YiWU1cyWPLCutf2vmaltnsVL5jkdAO9zBOxtRAfM\n"
	"JxKtwaUVJRAKXAp7Jz3Dn6b/2m1l4lDd/A==\n"
	"-----END EC PRIVATE KEY-----\n";
static const char encrypted[] =
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAi2otazCRKQDgIBATAM\n"
	"BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQZIeAdJhgViluH8FN+dkiEwRAGdhb\n"
	"FzwQMeNFBmawZa3v3yRlx6v1WMQRx3pF3fimg2+AysB64CuZCgc1MJh8izSOROtc\n"
	"jmu7UE1vdRix/vxhIA==\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n";

/* Appendix A.3. */
#define RFC_HEADER \
	"From: Joe SixPack <joe@football.example.com>\r\n" \
	"To: Suzie Q <suzie@shopping.example.net>\r\n" \
	"Subject: Is dinner ready?\r\n" \
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n" \
	"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
#define RFC_MESSAGE RFC_HEADER "\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
#define RFC_BODY_HASH "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="

static const struct {
	const char *name;
	enum dkim_kind kind;
	const char *pem, *field, *b;
} examples[] = {
	{ "Ed25519", DKIM_ED25519, rfc_ed25519,
	  " v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	  " d=football.example.com; i=@football.example.com;\r\n"
	  " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
	  " subject : date : message-id : from : subject : date;\r\n"
	  " bh=" RFC_BODY_HASH ";\r\n b=",
	  "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==" },
	{ "RSA", DKIM_RSA, rfc_rsa,
	  " v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
	  " d=football.example.com; i=@football.example.com;\r\n"
	  " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
	  " date : message-id : from : subject : date;\r\n"
	  " bh=" RFC_BODY_HASH ";\r\n b=",
	  "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3"
	  "DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz"
	  "dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=" },
};
// clang-format on

static const char *
base64(const uint8_t *data, size_t n)
{
	static char out[1024];

	EVP_EncodeBlock((unsigned char *)out, data, (int)n);
	return out;
}

/* The same canonical forms and keys as dkim_sign uses, with the example's own signature field. */
static void
rfc_8463_example(void **state)
{
	uint8_t digest[32], signature[DKIM_SIGNATURE];
	struct dkim_message m;
	struct err e = ERR_INIT;
	char text[4096];
	size_t i, j, n, len;

	(void)state;
	assert_int_equal(dkim_parse(&m, RFC_MESSAGE, strlen(RFC_MESSAGE), &e), 0);
	assert_int_equal(m.count, 5);
	assert_int_equal(dkim_relaxed_body(text, m.body, m.body_len, &n, &e), 0);
	sha256(digest, text, n);
	assert_string_equal(base64(digest, 32), RFC_BODY_HASH);
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct dkim_field own = { "DKIM-Signature", examples[i].field, 14, strlen(examples[i].field) };
		struct dkim_key *key = dkim_key_new(examples[i].pem, examples[i].kind, &e);

		print_message("# %s\n", examples[i].name);
		assert_non_null(key);
		for (n = 0, j = 0; j < m.count; j++)
			n += dkim_relaxed_field(text + n, &m.field[j]);
		n += dkim_relaxed_field(text + n, &own) - 2;
		sha256(digest, text, n);
		assert_int_equal(dkim_key_sign(key, digest, signature, &len, &e), 0);
		assert_string_equal(base64(signature, len), examples[i].b);
		assert_int_equal(dkim_key_sign(key, digest, signature, &len, &e), 0); /* and a key can sign more than once */
		assert_string_equal(base64(signature, len), examples[i].b);
		dkim_key_free(key);
	}
}

static void
bodies(void **state)
{
	static const struct {
		const char *name, *in, *want; /* want NULL: refused */
	} cases[] = {
		{ "empty", "", "" },
		{ "one empty line", "\r\n", "" },
		{ "empty lines alone", "\r\n\r\n\r\n", "" },
		{ "white space alone", " \t \r\n\t\r\n", "" },
		{ "white space without an end", " \t", "" },
		{ "a line", "a\r\n", "a\r\n" },
		{ "no final CRLF", "a", "a\r\n" },
		{ "no final CRLF after white space", "a \t", "a\r\n" },
		{ "empty lines at the end", "a\r\n\r\n\r\n", "a\r\n" },
		{ "lines of white space at the end", "a\r\n \r\n\t \r\n", "a\r\n" },
		{ "empty lines at the start and inside stay", "\r\n\r\na\r\n\r\nb\r\n", "\r\n\r\na\r\n\r\nb\r\n" },
		{ "a line of white space inside", "a\r\n \t\r\nb\r\n", "a\r\n\r\nb\r\n" },
		{ "a run becomes one space", "a  b\t\tc \td\r\n", "a b c d\r\n" },
		{ "a tab becomes a space", "a\tb\r\n", "a b\r\n" },
		{ "white space at a line's start stays one", "  a\r\n\tb\r\n", " a\r\n b\r\n" },
		{ "white space at a line's end goes", "a \r\nb\t\r\nc  \r\n", "a\r\nb\r\nc\r\n" },
		{ "RFC 6376, 3.4.5", " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n" },
		{ "other controls are text", "a\v\f b\r\n", "a\v\f b\r\n" },
		{ "over 16 octets", "0123456789abcdef0123456789abcdef  x\r\n", "0123456789abcdef0123456789abcdef x\r\n" },
		{ "a run over the 16th octet", "0123456789abcde  x0123456789abcdef\r\n", "0123456789abcde x0123456789abcdef\r\n" },
		{ "a line's end over the 16th octet", "0123456789abcde\r\n0123456789abcdef \r\n", "0123456789abcde\r\n0123456789abcdef\r\n" },
		{ "high octets", "\xff\x80\xc3\xa4 \x8a\x8d\xa0\x89\r\n", "\xff\x80\xc3\xa4 \x8a\x8d\xa0\x89\r\n" },
		{ "a lone LF", "a\nb\r\n", NULL },
		{ "a lone LF first", "\na\r\n", NULL },
		{ "a lone LF after white space", "a \nb\r\n", NULL },
		{ "two LF", "a\r\n\n", NULL },
		{ "a lone CR", "a\rb\r\n", NULL },
		{ "a lone CR last", "a\r", NULL },
		{ "a lone CR after white space", "a \rb", NULL },
		{ "two CR", "a\r\r\n", NULL },
		{ "a lone LF over the 16th octet", "0123456789abcde\n0123456789abcdef0123456789abcdef\r\n", NULL },
		{ "a lone CR at the 16th octet", "0123456789abcde\r0123456789abcdef0123456789abcdef\r\n", NULL },
	};
	struct err e = ERR_INIT;
	char *in, *out;
	size_t i, n, len;
	int rc;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		n = strlen(cases[i].in);
		in = malloc(n + 1); /* exactly as long, so that a sanitizer sees each octet too many */
		out = malloc(n + 2);
		memcpy(in, cases[i].in, n);
		rc = dkim_relaxed_body(out, in, n, &len, &e);
		assert_int_equal(rc, cases[i].want ? 0 : -1);
		if (cases[i].want) {
			assert_int_equal(len, strlen(cases[i].want));
			assert_memory_equal(out, cases[i].want, len);
		}
		free(in);
		free(out);
	}
}

static void
headers(void **state)
{
	static const struct {
		const char *name, *in, *want; /* all fields but From in relaxed form; NULL: refused */
	} cases[] = {
		{ "plain", "Subject: a\r\n", "subject:a\r\n" },
		{ "RFC 6376, 3.4.5", "A: X\r\nB : Y\t\r\n\tZ  \r\n", "a:X\r\nb:Y Z\r\n" },
		{ "no space, many spaces", "A:x\r\nB:   x  \r\n", "a:x\r\nb:x\r\n" },
		{ "white space before the colon", "SUBJect \t: a\r\n", "subject:a\r\n" },
		{ "empty", "A:\r\nB: \t\r\n", "a:\r\nb:\r\n" },
		{ "folded at once", "A:\r\n b\r\n", "a:b\r\n" },
		{ "folded with nothing on a line", "A: b\r\n \r\n\tc\r\n \r\n", "a:b c\r\n" },
		{ "folded between spaces", "A: b \r\n  c\r\n", "a:b c\r\n" },
		{ "a colon in the value", "A: b:c : d\r\n", "a:b:c : d\r\n" },
		{ "UTF-8", "A: \xc3\xa4  \xc3\xb6\r\n", "a:\xc3\xa4 \xc3\xb6\r\n" },
		{ "no colon", "Subject\r\n", NULL },
		{ "no name", ": a\r\n", NULL },
		{ "white space in the name", "A b: c\r\n", NULL },
		{ "a name that is not ASCII", "\xc3\xa4: c\r\n", NULL },
		{ "a lone LF", "A: b\nC: d\r\n", NULL },
		{ "a lone CR", "A: b\rC: d\r\n", NULL },
		{ "a second From", "FROM: b@example.org\r\n", NULL },
	};
	struct dkim_message m;
	struct err e = ERR_INIT;
	char in[512], out[512];
	size_t i, j, n;
	int rc;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		snprintf(in, sizeof(in), "From: a@example.org\r\n%s\r\nbody", cases[i].in);
		rc = dkim_parse(&m, in, strlen(in), &e);
		assert_int_equal(rc, cases[i].want ? 0 : -1);
		if (!cases[i].want)
			continue;
		for (n = 0, j = 1; j < m.count; j++)
			n += dkim_relaxed_field(out + n, &m.field[j]);
		out[n] = '\0';
		assert_string_equal(out, cases[i].want);
		assert_int_equal(m.body_len, 4);
	}
}

static void
whole_messages(void **state)
{
	static const struct {
		const char *name, *in;
		int fields, body; /* -1: refused */
	} cases[] = {
		{ "header alone", "From: a@example.org\r\n", 1, 0 },
		{ "header without an end", "From: a@example.org", 1, 0 },
		{ "empty body", "From: a@example.org\r\n\r\n", 1, 0 },
		{ "nothing", "", -1, 0 },
		{ "body alone", "\r\nbody\r\n", -1, 0 },
		{ "no From", "To: a@example.org\r\n\r\nbody", -1, 0 },
		{ "begins with a fold", " From: a@example.org\r\n\r\n", -1, 0 },
		{ "ends with CR", "From: a@example.org\r", -1, 0 },
	};
	struct dkim_message m;
	struct err e = ERR_INIT;
	struct buf many = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		assert_int_equal(dkim_parse(&m, cases[i].in, strlen(cases[i].in), &e), cases[i].fields == -1 ? -1 : 0);
		if (cases[i].fields != -1) {
			assert_int_equal(m.count, cases[i].fields);
			assert_int_equal(m.body_len, cases[i].body);
		}
	}
	buf_addstr(&many, "From: a@example.org\r\n");
	for (i = 1; i < DKIM_FIELDS; i++)
		buf_addf(&many, "X-%zu: y\r\n", i);
	assert_int_equal(dkim_parse(&m, many.data, many.len, &e), 0);
	buf_addstr(&many, "X: y\r\n");
	assert_int_equal(dkim_parse(&m, many.data, many.len, &e), -1);
	buf_release(&many);
}

/* --- dkim_sign --- */

static struct dkim *
signer(const char *rsa, const char *ed25519, const char *omit)
{
	const struct dkim_spec spec = {
		.domain = "football.example.com",
		.selector = "test",
		.rsa_pem = rsa,
		.ed25519_selector = "brisbane",
		.ed25519_pem = ed25519,
		.omit = omit,
	};
	struct err e = ERR_INIT;
	struct dkim *d = dkim_new(&spec, &e);

	if (!d)
		fail_msg("%s", e.text);
	return d;
}

/* The value of a tag in the first signature of out, white space taken out. */
static const char *
tag(const char *out, const char *name)
{
	static char value[4096];
	char start[16];
	const char *p;
	size_t n = 0;

	snprintf(start, sizeof(start), " %s=", name);
	p = strstr(out, start);
	assert_non_null(p);
	for (p += strlen(start); *p && *p != ';' && !(p[0] == '\r' && p[2] != ' '); p++)
		if (!strchr(" \r\n", *p))
			value[n++] = *p;
	value[n] = '\0';
	return value;
}

static void
what_is_signed(void **state)
{
	static const struct {
		const char *name, *header, *omit, *want;
	} cases[] = {
		{ "From alone: the others cannot be added", "From: a@b.c\r\n", NULL,
		    "From:From:To:Subject:Date:Message-ID:Reply-To:MIME-Version:Content-Type:List-Unsubscribe:List-Unsubscribe-Post" },
		{ "a campaign's",
		    "From: a@b.c\r\nTo: d@e.f\r\nSubject: s\r\nDate: d\r\nMessage-ID: <m>\r\nReply-To: r\r\nList-Id: l\r\n"
		    "List-Unsubscribe: <u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFeedback-ID: f\r\nMIME-Version: 1.0\r\n"
		    "Content-Type: text/plain\r\n",
		    NULL,
		    "From:From:To:To:Subject:Subject:Date:Date:Message-ID:Message-ID:Reply-To:Reply-To:MIME-Version:MIME-Version:"
		    "Content-Type:Content-Type:Feedback-ID:List-Unsubscribe:List-Unsubscribe-Post:List-Id" },
		{ "a relay that rewrites", "From: a@b.c\r\nDate: d\r\nMessage-ID: <m>\r\n", "message-id DATE",
		    "From:From:To:Subject:Reply-To:MIME-Version:Content-Type:List-Unsubscribe:List-Unsubscribe-Post" },
		{ "other list fields, some left out",
		    "From: a@b.c\r\nList-Help: h\r\nlist-post: p\r\nList-Owner: o\r\n", "list-owner,Reply-To",
		    "From:From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:List-Unsubscribe:List-Unsubscribe-Post:List-Help:list-post" },
		{ "automatic, in base64", "From: a@b.c\r\nAuto-Submitted: auto-generated\r\nContent-Transfer-Encoding: base64\r\n", "",
		    "From:From:To:Subject:Date:Message-ID:Reply-To:MIME-Version:Content-Type:Content-Transfer-Encoding:Auto-Submitted:"
		    "List-Unsubscribe:List-Unsubscribe-Post" },
		{ "twice",
		    "To: 1\r\nFrom: a@b.c\r\nTo: 2\r\nList-Post: 1\r\nList-Post: 2\r\nList-Unsubscribe: 1\r\nList-Unsubscribe: 2\r\n",
		    "subject date message-id reply-to mime-version content-type",
		    "From:From:To:To:To:List-Unsubscribe:List-Unsubscribe:List-Unsubscribe-Post:List-Post:List-Post" },
		{ "not the unknown, nor what cannot stand in h=",
		    "Received: x\r\nFrom: a@b.c\r\nX-Mailer: x\r\nList-;d=evil.example;: x\r\nList-: x\r\nCc: c@d.e\r\n", NULL,
		    "From:From:To:Subject:Date:Message-ID:Reply-To:MIME-Version:Content-Type:List-Unsubscribe:List-Unsubscribe-Post" },
	};
	struct dkim_work *w = dkim_work_new();
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT, in = BUF_INIT;
	struct dkim *d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		d = signer(NULL, rfc_ed25519, cases[i].omit);
		buf_reset(&in);
		buf_reset(&out);
		buf_addf(&in, "%s\r\nbody\r\n", cases[i].header);
		assert_int_equal(dkim_sign(d, w, in.data, in.len, 1, &out, &e), 0);
		assert_string_equal(tag(out.data, "h"), cases[i].want);
		dkim_free(d);
	}
	buf_release(&out);
	buf_release(&in);
	dkim_work_free(w);
}

/* Every line of the fields: CRLF, at most 76 octets, folded by a space. */
static void
assert_lines(const char *p)
{
	bool first = true;
	size_t n;

	for (; *p; p += n + 2, first = false) {
		n = strcspn(p, "\r\n");
		assert_in_range(n, 2, 76);
		assert_memory_equal(p + n, "\r\n", 2);
		assert_true(first || p[0] == ' ' || strncmp(p, "DKIM-Signature: ", 16) == 0);
	}
}

static void
signature_fields(void **state)
{
	struct dkim *d = signer(rfc_rsa, rfc_ed25519, NULL);
	struct dkim_work *w = dkim_work_new();
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT, again = BUF_INIT;
	const char *second;

	(void)state;
	buf_addstr(&out, "before");
	assert_int_equal(dkim_sign(d, w, RFC_MESSAGE, strlen(RFC_MESSAGE), 1528637909, &out, &e), 0);
	assert_memory_equal(out.data, "beforeDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=", 63);
	assert_lines(out.data + 6);
	assert_string_equal(tag(out.data, "bh"), RFC_BODY_HASH);
	assert_string_equal(tag(out.data, "d"), "football.example.com");
	assert_string_equal(tag(out.data, "s"), "test");
	assert_string_equal(tag(out.data, "t"), "1528637909");
	assert_int_equal(strlen(tag(out.data, "b")), 172);
	second = strstr(out.data + 10, "DKIM-Signature:");
	assert_non_null(second);
	assert_string_equal(tag(second, "a"), "ed25519-sha256");
	assert_string_equal(tag(second, "s"), "brisbane");
	assert_string_equal(tag(second, "bh"), RFC_BODY_HASH);
	assert_int_equal(strlen(tag(second, "b")), 88);
	assert_null(strstr(out.data, " l="));

	/* the same again: both algorithms are deterministic */
	assert_int_equal(dkim_sign(d, w, RFC_MESSAGE, strlen(RFC_MESSAGE), 1528637909, &again, &e), 0);
	assert_string_equal(again.data, out.data + 6);

	/* a refused message leaves nothing behind */
	buf_reset(&out);
	assert_int_equal(dkim_sign(d, w, "Subject: x\r\n\r\n", 14, 1, &out, &e), -1);
	assert_int_equal(dkim_sign(d, w, RFC_HEADER "\r\na\nb", strlen(RFC_HEADER) + 5, 1, &out, &e), -1);
	assert_int_equal(dkim_sign(d, w, RFC_MESSAGE, ((size_t)64 << 20) + 1, 1, &out, &e), -1); /* refused before it is looked at */
	assert_non_null(strstr(e.text, "too large"));
	assert_int_equal(out.len, 0);
	buf_release(&out);
	buf_release(&again);
	dkim_work_free(w);
	dkim_work_free(NULL);
	dkim_free(d);
}

/* More signers than a thread keeps keys for, and one freed while its copy is kept: each still signs with its own. */
static void
many_signers(void **state)
{
	enum {
		MANY = 24
	};
	struct dkim_work *w = dkim_work_new();
	struct dkim *d[MANY];
	char first[MANY][128];
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT, pem = BUF_INIT;
	int i, round;

	(void)state;
	for (i = 0; i < MANY; i++) {
		buf_reset(&pem);
		assert_int_equal(dkim_keygen(DKIM_ED25519, 0, &pem, &e), 0);
		d[i] = signer(NULL, pem.data, NULL);
	}
	for (round = 0; round < 3; round++) {
		for (i = 0; i < MANY; i++) {
			buf_reset(&out);
			assert_int_equal(dkim_sign(d[i], w, RFC_MESSAGE, strlen(RFC_MESSAGE), 1, &out, &e), 0);
			if (round == 0)
				strcpy(first[i], tag(out.data, "b"));
			assert_string_equal(tag(out.data, "b"), first[i]);
			assert_true(i == 0 || strcmp(first[i], first[i - 1]) != 0);
		}
	}
	dkim_free(d[0]);
	d[0] = signer(NULL, pem.data, NULL); /* the last one's key, perhaps at the first one's place */
	buf_reset(&out);
	assert_int_equal(dkim_sign(d[0], w, RFC_MESSAGE, strlen(RFC_MESSAGE), 1, &out, &e), 0);
	assert_string_equal(tag(out.data, "b"), first[MANY - 1]);
	for (i = 0; i < MANY; i++)
		dkim_free(d[i]);
	buf_release(&out);
	buf_release(&pem);
	dkim_work_free(w);
}

static void
refused(void **state)
{
	static const struct {
		const char *name;
		struct dkim_spec spec;
		const char *why;
	} cases[] = {
		{ "no key", { .domain = "example.org" }, "needs a key" },
		{ "512 bits", { .domain = "example.org", .selector = "a", .rsa_pem = rsa_512 }, "512 bits" },
		{ "another kind", { .domain = "example.org", .selector = "a", .rsa_pem = ec }, "neither RSA nor Ed25519" },
		{ "Ed25519 for RSA", { .domain = "example.org", .selector = "a", .rsa_pem = rfc_ed25519 }, "an RSA key belongs here" },
		{ "RSA for Ed25519", { .domain = "example.org", .ed25519_selector = "a", .ed25519_pem = rfc_rsa }, "an Ed25519 key belongs here" },
		{ "a passphrase", { .domain = "example.org", .selector = "a", .rsa_pem = encrypted }, "passphrase" },
		{ "no PEM", { .domain = "example.org", .selector = "a", .rsa_pem = "key" }, "PEM" },
		{ "damaged", { .domain = "example.org", .selector = "a", .rsa_pem = damaged_rsa }, "damaged" },
		{ "no domain", { .selector = "a", .rsa_pem = rfc_rsa }, "domain" },
		{ "a domain of one label", { .domain = "localhost", .selector = "a", .rsa_pem = rfc_rsa }, "domain" },
		{ "a tag in the domain", { .domain = "a.b; l=0", .selector = "a", .rsa_pem = rfc_rsa }, "domain" },
		{ "an empty label", { .domain = "a..b", .selector = "a", .rsa_pem = rfc_rsa }, "domain" },
		{ "not ASCII", { .domain = "b\xc3\xbcro.de", .selector = "a", .rsa_pem = rfc_rsa }, "domain" },
		{ "no selector", { .domain = "example.org", .selector = "", .rsa_pem = rfc_rsa }, "selector" },
		{ "a tag in the selector", { .domain = "example.org", .selector = "a;b", .rsa_pem = rfc_rsa }, "selector" },
		{ "one selector twice", { .domain = "example.org", .selector = "a", .rsa_pem = rfc_rsa, .ed25519_selector = "A", .ed25519_pem = rfc_ed25519 },
		    "two selectors" },
		{ "From left out", { .domain = "example.org", .selector = "a", .rsa_pem = rfc_rsa, .omit = "date from" }, "From" },
		{ "a misspelt name", { .domain = "example.org", .selector = "a", .rsa_pem = rfc_rsa, .omit = "mesage-id" }, "mesage-id" },
		{ "33 names left out", { .domain = "example.org", .selector = "a", .rsa_pem = rfc_rsa, .omit = "to to to to to to to to to to to to to to to to to to to to to to to to to to to to to to to to to" },
		    "too many" },
	};
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		e = ERR_INIT;
		assert_null(dkim_new(&cases[i].spec, &e));
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.text, cases[i].why))
			fail_msg("\"%s\" does not say \"%s\"", e.text, cases[i].why);
	}
}

static void
records(void **state)
{
	struct buf txt = BUF_INIT, zone = BUF_INIT, pem = BUF_INIT;
	struct err e = ERR_INIT;
	const char *p;
	size_t n;

	(void)state;
	assert_int_equal(dkim_record(rfc_ed25519, &txt, &e), 0);
	assert_string_equal(txt.data, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	buf_reset(&txt);
	assert_int_equal(dkim_record(rfc_rsa, &txt, &e), 0);
	assert_string_equal(txt.data,
	    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/"
	    "byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
	buf_reset(&txt);
	assert_int_equal(dkim_record(rsa_512, &txt, &e), -1);
	assert_int_equal(txt.len, 0);

	assert_int_equal(dkim_keygen(DKIM_RSA, 1023, &pem, &e), -1);
	assert_int_equal(dkim_keygen(DKIM_RSA, 8192, &pem, &e), -1);
	assert_string_equal(e.text, "an RSA key has 1024 to 4096 bits");

	/* 4096 bits: three strings, and together the text */
	assert_int_equal(dkim_keygen(DKIM_RSA, 4096, &pem, &e), 0);
	assert_int_equal(dkim_record(pem.data, &txt, &e), 0);
	dkim_record_zone("s._domainkey.example.org", txt.data, &zone);
	assert_memory_equal(zone.data, "s._domainkey.example.org. IN TXT (\n  \"v=DKIM1;", 44);
	buf_reset(&pem);
	for (p = strchr(zone.data, '"'), n = 0; p; p = strchr(p + strcspn(p, "\"") + 1, '"'), n++) {
		p++;
		assert_in_range(strcspn(p, "\""), 1, 255);
		buf_add(&pem, p, strcspn(p, "\""));
	}
	assert_int_equal(n, 3);
	assert_string_equal(pem.data, txt.data);
	buf_release(&txt);
	buf_release(&zone);
	buf_release(&pem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_8463_example),
		cmocka_unit_test(bodies),
		cmocka_unit_test(headers),
		cmocka_unit_test(whole_messages),
		cmocka_unit_test(what_is_signed),
		cmocka_unit_test(signature_fields),
		cmocka_unit_test(many_signers),
		cmocka_unit_test(refused),
		cmocka_unit_test(records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
