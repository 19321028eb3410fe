/* test_message.c - compile, merge, save and load; what was merged is read again by GMime. */
#include <gmime/gmime.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slot.h"
#include "mail/message.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define CJK10 "\xe6\xbc\xa2\xe5\xad\x97\xe5\x90\x8d\xe5\x89\x8d\xe6\xbc\xa2\xe5\xad\x97\xe5\x90\x8d\xe5\x89\x8d\xe6\xbc\xa2\xe5\xad\x97"
#define CJK100 CJK10 CJK10 CJK10 CJK10 CJK10 CJK10 CJK10 CJK10 CJK10 CJK10
#define X100 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X1000 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100

static const struct message_spec base_spec = {
	.from_name = "Practice",
	.from = "news@example.org",
	.reply_to = "",
	.subject = "News of March",
	.text = "Hello\n",
	.html = "<p>Hello</p>\n",
	.list_name = "News",
	.list_id = "articles.example.org",
	.feedback_id = "7:articles:digest:practice",
	.unsubscribe = true,
	.unsubscribe_mailto = true,
};

static const struct message_values base_values = { {
    [SLOT_NAME] = "Ann Example",
    [SLOT_TO] = "ann@example.org",
    [SLOT_DATE] = "Sun, 01 Mar 2026 10:30:00 +0100",
    [SLOT_MESSAGE_ID] = "abc@example.org",
    [SLOT_UNSUBSCRIBE_URL] = "https://example.org/u/TOKEN",
    [SLOT_UNSUBSCRIBE_MAILTO] = "unsubscribe-token@example.org",
    [SLOT_PREFERENCES_URL] = "https://example.org/preferences/TOKEN",
    [SLOT_VIEW_URL] = "https://example.org/view/TOKEN",
    [SLOT_CONFIRM_URL] = "https://example.org/confirm/TOKEN?a=1&b=2",
} };

static struct message *
compile(const struct message_spec *spec)
{
	struct err e = ERR_INIT;
	struct message *m = message_compile(spec, &e);

	if (!m)
		fail_msg("not compiled: %s", e.text);
	return m;
}

/* What every message must be, whatever is in it: bounded 7-bit lines with CRLF, no line that begins with a dot. */
static void
check_wire(const char *name, const struct buf *b)
{
	const char *body = strstr(b->data, "\r\n\r\n"), *s = b->data;

	assert_non_null(body);
	assert_int_equal(strlen(b->data), b->len);
	while (*s) {
		size_t n = strcspn(s, "\r\n"), i;

		for (i = 0; i < n; i++)
			if ((s[i] < ' ' && s[i] != '\t') || s[i] > '~')
				fail_msg("%s: octet %02x on the wire", name, (unsigned char)s[i]);
		if (n > (s > body ? 76u : 998u) || *s == '.')
			fail_msg("%s: a line too long or with a dot: %.*s", name, (int)n, s);
		if (s[n] != '\r' || s[n + 1] != '\n')
			fail_msg("%s: a bare CR, LF or no end", name);
		s += n + 2;
	}
}

/* Merge as the sender does: room first, then not one allocation. */
static void
merge(const char *name, const struct message *m, const struct message_values *v, struct buf *out)
{
	const char *data;
	size_t cap, size = message_size(m, v);

	buf_reset(out);
	buf_reserve(out, size);
	data = out->data;
	cap = out->cap;
	message_merge(m, v, out);
	if (out->len > size || out->data != data || out->cap != cap)
		fail_msg("%s: merged %zu bytes, said %zu", name, out->len, size);
	check_wire(name, out);
}

static GMimeMessage *
parse(const struct buf *b)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(b->data, b->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	assert_non_null(message);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

/* The decoded content of part `index` (0 text, 1 HTML), or of the message itself when it has none; g_free it. */
static char *
part_text(GMimeMessage *message, int index)
{
	GMimeObject *part = g_mime_message_get_mime_part(message);
	char *text;

	if (GMIME_IS_MULTIPART(part)) {
		assert_int_equal(g_mime_multipart_get_count(GMIME_MULTIPART(part)), 2);
		part = g_mime_multipart_get_part(GMIME_MULTIPART(part), index);
	}
	assert_true(GMIME_IS_TEXT_PART(part));
	text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	assert_non_null(text);
	return text;
}

/* LF for CRLF. The last line end belongs to the boundary, so GMime leaves it out. */
static void
normalise(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (*s != '\r' || s[1] != '\n')
			*to++ = *s;
	*to = '\0';
}

static void
test_headers(void **state)
{
	static const char want[] =
	    "From: Practice <news@example.org>\r\n"
	    "To: Ann Example <ann@example.org>\r\n"
	    "Subject: News of March\r\n"
	    "Date: Sun, 01 Mar 2026 10:30:00 +0100\r\n"
	    "Message-ID: <abc@example.org>\r\n"
	    "Reply-To: desk@example.org\r\n"
	    "List-Id: News <articles.example.org>\r\n"
	    "List-Unsubscribe: <https://example.org/u/TOKEN>,\r\n"
	    " <mailto:unsubscribe-token@example.org>\r\n"
	    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
	    "Feedback-ID: 7:articles:digest:practice\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative;\r\n"
	    " boundary=\"=_";
	struct message_spec spec = base_spec;
	struct buf out = BUF_INIT;
	struct message *m;

	(void)state;
	spec.reply_to = "desk@example.org";
	spec.auto_generated = true;
	m = compile(&spec);
	merge("headers", m, &base_values, &out);
	assert_memory_equal(out.data, want, strlen(want));
	message_free(m);
	buf_release(&out);
}

static void
test_least(void **state)
{
	static const char want[] =
	    "From: news@example.org\r\n"
	    "To: ann@example.org\r\n"
	    "Subject: Confirm\r\n"
	    "Date: Sun, 01 Mar 2026 10:30:00 +0100\r\n"
	    "Message-ID: <abc@example.org>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Hi\r\n";
	const struct message_spec spec = {
		.from_name = "",
		.from = "news@EXAMPLE.org",
		.reply_to = "",
		.subject = "Confirm",
		.text = "Hi",
		.list_name = "",
		.list_id = "",
		.feedback_id = "",
	};
	struct message_values v = base_values;
	struct message *m = compile(&spec);
	struct buf out = BUF_INIT;

	(void)state;
	v.value[SLOT_NAME] = NULL;
	merge("least", m, &v, &out);
	assert_string_equal(out.data, want);
	message_free(m);
	buf_release(&out);
}

static void
test_parts(void **state)
{
	static const char want[] =
	    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello\r\n--=_";
	struct message *m = compile(&base_spec), *again = compile(&base_spec);
	struct buf out = BUF_INIT, other = BUF_INIT;
	char *boundary, *s;
	int count = 0;

	(void)state;
	merge("parts", m, &base_values, &out);
	merge("parts again", again, &base_values, &other);
	assert_string_equal(out.data, other.data);
	assert_non_null(strstr(out.data, want));
	assert_non_null(strstr(out.data, "Content-Type: text/html; charset=utf-8\r\n"));
	boundary = g_strndup(strstr(out.data, "--=_"), 36);
	for (s = out.data; (s = strstr(s, boundary)); s++)
		count++;
	assert_int_equal(count, 3);
	assert_string_equal(out.data + out.len - 4, "--\r\n");
	g_free(boundary);
	message_free(m);
	message_free(again);
	buf_release(&out);
	buf_release(&other);
}

/* What a body becomes: compared after decoding, so that soft breaks do not count. */
// clang-format off
static const struct {
	const char *name, *in, *value, *want;	/* value: of every slot that has kind text or URL in the test */
} text_cases[] = {
	{ "name",                 "Hello " SLOT_MARK("name") ", hi\n",     "Ann",             "Hello Ann, hi" },
	{ "slot first and last",  SLOT_MARK("name") "x" SLOT_MARK("name"), "Ann",             "AnnxAnn" },
	{ "slot alone",           SLOT_MARK("name"),                       "Ann",             "Ann" },
	{ "slot at a line's end", "Hi " SLOT_MARK("name") "\nbye\n",       "Ann",             "Hi Ann\nbye" },
	{ "two slots",            SLOT_MARK("name") SLOT_MARK("name") "\n", "Ann",            "AnnAnn" },
	{ "empty value",          "Hi " SLOT_MARK("name") "!\n",           "",                "Hi !" },
	{ "NULL value",           "Hi " SLOT_MARK("name") "!\n",           NULL,              "Hi !" },
	{ "empty at the end",     "Hi " SLOT_MARK("name"),                 "",                "Hi " },
	{ "fallback",             "Hi " SLOT_MARK("name|friend") "!\n",    "",                "Hi friend!" },
	{ "fallback of NULL",     "Hi " SLOT_MARK("name|friend") "!\n",    NULL,              "Hi friend!" },
	{ "fallback of blanks",   "Hi " SLOT_MARK("name|friend") "!\n",    " \r\n\t",         "Hi friend!" },
	{ "fallback not needed",  "Hi " SLOT_MARK("name|friend") "!\n",    "Ann",             "Hi Ann!" },
	{ "fallback in UTF-8",    "Hi " SLOT_MARK("name|ch\xc3\xa9ri") "!", "",               "Hi ch\xc3\xa9ri!" },
	{ "fallback with a bar",  "Hi " SLOT_MARK("name|a|b") "!\n",       "",                "Hi a|b!" },
	{ "empty fallback",       "Hi " SLOT_MARK("name|") "!\n",          "",                "Hi !" },
	{ "dot begins the text",  ".\n..\n",                               "",                ".\n.." },
	{ "dot begins a value",   "a\n" SLOT_MARK("name") "\n",            ".Ann",            "a\n.Ann" },
	{ "dot after a value",    SLOT_MARK("name") ".\n",                 "Ann",             "Ann." },
	{ "dot after an empty value", SLOT_MARK("name") ".\n",             "",                "." },
	{ "value is a dot",       SLOT_MARK("name") "\n.\n",               ".",               ".\n." },
	{ "UTF-8",                "H\xc3\xa9 " SLOT_MARK("name") "!\n",    "J\xc3\xb6rg \xf0\x9f\x98\x80", "H\xc3\xa9 J\xc3\xb6rg \xf0\x9f\x98\x80!" },
	{ "200 code points",      SLOT_MARK("name") "!\n",                 CJK100 CJK100,     CJK100 CJK100 "!" },
	{ "1000 letters",         SLOT_MARK("name") "!\n",                 X1000,             X1000 "!" },
	{ "controls in a value",  SLOT_MARK("name") "!\n",                 "a\r\nb\x7f\x01\xc2\x85" "c", "a  b   c!" },
	{ "no UTF-8 in a value",  SLOT_MARK("name") "!\n",                 "a\xff" "b\xe2\x82", "a?b?" "?!" },
	{ "equals in a value",    SLOT_MARK("name") "!\n",                 "a=3Db=",          "a=3Db=!" },
	{ "value with spaces",    SLOT_MARK("name") "\n",                  " Ann ",           " Ann " },
	{ "no markup is made",    SLOT_MARK("name") "\n",                  "<b>&amp;\"'",     "<b>&amp;\"'" },
	{ "mark in a value",      SLOT_MARK("name") "\n",                  SLOT_MARK("to"),   " to " },
	{ "boundary in a value",  SLOT_MARK("name") "\n",                  "--=_",            "--=_" },
	{ "URL",                  "See " SLOT_MARK("view_url") "\n",       "https://a.org/x?a=1&b=2#c", "See https://a.org/x?a=1&b=2#c" },
	{ "URL made safe",        "See " SLOT_MARK("view_url") "\n",       "https://a.org/x y<\">\xc3\xa9\n", "See https://a.org/x%20y%3C%22%3E%C3%A9%20" },
	{ "CRLF in the text",     "a\r\n" SLOT_MARK("name") "\r\nb\r\n",   "Ann",             "a\nAnn\nb" },
};
// clang-format on

static const struct {
	const char *name, *in, *value, *want;
} html_cases[] = {
	{ "text", "<p>Hi " SLOT_MARK("name") "</p>\n", "<b>&\"'", "<p>Hi &lt;b&gt;&amp;&quot;&#39;</p>" },
	{ "attribute", "<img alt=\"Hi " SLOT_MARK("name") "\">\n", "\"><script>", "<img alt=\"Hi &quot;&gt;&lt;script&gt;\">" },
	{ "URL in another attribute", "<img alt=\"See " SLOT_MARK("view_url") "\">\n", "https://a.org/?a&b", "<img alt=\"See https://a.org/?a&amp;b\">" },
	{ "after an unquoted attribute", "<p class=a>" SLOT_MARK("name") "</p><p class=b id=c>" SLOT_MARK("name") "</p>\n", "<",
	    "<p class=a>&lt;</p><p class=b id=c>&lt;</p>" },
	{ "attribute, apostrophes", "<img alt='" SLOT_MARK("name") "'>\n", "' onload='", "<img alt='&#39; onload=&#39;'>" },
	{ "fallback", "<p>" SLOT_MARK("name|you & me") "</p>\n", "", "<p>you &amp; me</p>" },
	{ "href", "<a href=\"" SLOT_MARK("view_url") "\">x</a>\n", "https://a.org/?a=1&b='\" <",
	    "<a href=\"https://a.org/?a=1&amp;b=&#39;%22%20%3C\">x</a>" },
	{ "href, apostrophes", "<a HREF = '" SLOT_MARK("view_url") "'>x</a>\n", "https://a.org/'", "<a HREF = 'https://a.org/&#39;'>x</a>" },
	{ "URL as text", "<p>" SLOT_MARK("confirm_url") "</p>\n", "https://a.org/?a&b<i>", "<p>https://a.org/?a&amp;b%3Ci%3E</p>" },
	{ "name in a query", "<a href=\"https://a.org/?n=" SLOT_MARK("name") "\">x</a>\n", "a&b=c/\xc3\xa9 \"",
	    "<a href=\"https://a.org/?n=a%26b%3Dc%2F%C3%A9%20%22\">x</a>" },
	{ "URL in a query", "<a href=\"https://a.org/?u=" SLOT_MARK("view_url") "\">x</a>\n", "https://b.org/?a&b",
	    "<a href=\"https://a.org/?u=https%3A%2F%2Fb.org%2F%3Fa%26b\">x</a>" },
	{ "after a URL", "<a href=\"" SLOT_MARK("view_url") "#" SLOT_MARK("name") "\">x</a>\n", "a", "<a href=\"a#a\">x</a>" },
	{ "mailto", "<a href=\"mailto:" SLOT_MARK("unsubscribe_mailto") "\">x</a>\n", "a+b@c.org?cc=d@e.org",
	    "<a href=\"mailto:a+b@c.org%3Fcc%3Dd@e.org\">x</a>" },
	{ "after a style sheet", "<style>a > b {}</style><p>" SLOT_MARK("name") "</p>\n", "x", "<style>a > b {}</style><p>x</p>" },
	{ "after < in a style", "<style><p </style ><p>" SLOT_MARK("name") "</p>\n", "x", "<style><p </style ><p>x</p>" },
	{ "<< in a style", "<style><</style>" SLOT_MARK("name") "\n", "x", "<style><</style>x" },
	{ "in a comment", "<!-- " SLOT_MARK("name") " -->\n", "--><b>", "<!-- --&gt;&lt;b&gt; -->" },
	{ "Outlook's comment", "<!--[if mso]><v:rect href=\"" SLOT_MARK("view_url") "\"><![endif]-->\n", "https://a.org",
	    "<!--[if mso]><v:rect href=\"https://a.org\"><![endif]-->" },
	{ "a lone <", "<p>1 < 2 " SLOT_MARK("name") "</p>\n", "x", "<p>1 < 2 x</p>" },
	{ "an apostrophe in text", "<p>don't " SLOT_MARK("name") "</p>\n", "x", "<p>don't x</p>" },
	{ "> in an attribute", "<img alt=\"a > b\"><p>" SLOT_MARK("name") "</p>\n", "x", "<img alt=\"a > b\"><p>x</p>" },
	{ "an empty tag", "<br/>" SLOT_MARK("name") "<br />\n", "x", "<br/>x<br />" },
	{ "long value", "<p>" SLOT_MARK("name") "</p>\n", X1000 "<", "<p>" X1000 "&lt;</p>" },
};

static void
run_body(const char *name, const char *in, const char *value, const char *want, bool html)
{
	struct message_spec spec = base_spec;
	struct message_values v = base_values;
	struct buf out = BUF_INIT;
	GMimeMessage *message;
	struct message *m;
	char *got;

	spec.text = html ? "Hello\n" : in;
	spec.html = html ? in : "<p>Hello</p>\n";
	v.value[SLOT_NAME] = v.value[SLOT_VIEW_URL] = v.value[SLOT_CONFIRM_URL] = v.value[SLOT_UNSUBSCRIBE_MAILTO] = value;
	m = compile(&spec);
	merge(name, m, &v, &out);
	message = parse(&out);
	got = part_text(message, html);
	normalise(got);
	if (strcmp(got, want) != 0)
		fail_msg("%s: got %s", name, got);
	g_free(got);
	g_object_unref(message);
	message_free(m);
	buf_release(&out);
}

static void
test_text(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(text_cases); i++)
		run_body(text_cases[i].name, text_cases[i].in, text_cases[i].value, text_cases[i].want, false);
}

static void
test_html(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(html_cases); i++)
		run_body(html_cases[i].name, html_cases[i].in, html_cases[i].value, html_cases[i].want, true);
}

/* The headers that hold values; want: the header as it stands, folded or not. */
static const struct {
	const char *name, *subject, *value, *address, *want;
} header_cases[] = {
	{ "a name", "x", "Ann", "ann@b.org", "\nTo: Ann <ann@b.org>\r\n" },
	{ "no name", "x", "", "ann@b.org", "\nTo: ann@b.org\r\n" },
	{ "blank name", "x", " \t\n", "ann@b.org", "\nTo: ann@b.org\r\n" },
	{ "quoted name", "x", "Dr. Ann", "ann@b.org", "\nTo: \"Dr. Ann\" <ann@b.org>\r\n" },
	{ "UTF-8 name", "x", "J\xc3\xb6rg", "ann@b.org", "\nTo: =?utf-8?b?SsO2cmc=?= <ann@b.org>\r\n" },
	{ "quote in a name", "x", "a\" <x@y.org>, \"", "ann@b.org", "\nTo: \"a\\\" <x@y.org>, \\\"\" <ann@b.org>\r\n" },
	{ "CRLF in a name", "x", "a\r\nBcc: x@y.org", "ann@b.org", "\nTo: \"a  Bcc: x@y.org\" <ann@b.org>\r\n" },
	{ "LF in a name", "x", "a\n\nbody", "ann@b.org", "\nTo: \"a  body\" <ann@b.org>\r\n" },
	{ "folded before <", "x", "Ann Example Ann Example Ann Example Ann Example Ann Example", "ann.example@example.org",
	    "\nTo: Ann Example Ann Example Ann Example Ann Example Ann Example\r\n <ann.example@example.org>\r\n" },
	{ "CRLF in an address", "x", "", "a@b.org\r\nBcc: x@y.org", "\nTo: a@b.orgBccx@y.org\r\n" },
	{ "> in an address", "x", "Ann", "a@b.org>, <x@y.org", "\nTo: Ann <a@b.orgx@y.org>\r\n" },
	{ "no address", "x", "Ann", "", "\nTo: undisclosed-recipients:;\r\n" },
	{ "subject with a name", "Hi " SLOT_MARK("name") "!", "Ann", "a@b.org", "\nSubject: Hi Ann!\r\n" },
	{ "subject in UTF-8", "Hi " SLOT_MARK("name") "!", "Andr\xc3\xa9", "a@b.org", "\nSubject: =?utf-8?q?Hi_Andr=C3=A9!?=\r\n" },
	{ "fallback", "Hi " SLOT_MARK("name|you") "!", "", "a@b.org", "\nSubject: Hi you!\r\n" },
	{ "CRLF in a subject", "Hi " SLOT_MARK("name"), "a\r\nBcc: x@y.org", "a@b.org", "\nSubject: Hi a  Bcc: x@y.org\r\n" },
	{ "empty subject", SLOT_MARK("name"), "", "a@b.org", "\nSubject: \r\n" },
	{ "encoded-word", SLOT_MARK("name"), "=?utf-8?q?a=0Ab?=", "a@b.org", "\nSubject: =?utf-8?b?PT91dGYtOD9xP2E9MEFiPz0=?=\r\n" },
};

static void
test_header_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(header_cases); i++) {
		struct message_spec spec = base_spec;
		struct message_values v = base_values;
		struct buf out = BUF_INIT;
		struct message *m;

		spec.subject = header_cases[i].subject;
		v.value[SLOT_NAME] = header_cases[i].value;
		v.value[SLOT_TO] = header_cases[i].address;
		m = compile(&spec);
		merge(header_cases[i].name, m, &v, &out);
		if (!strstr(out.data, header_cases[i].want))
			fail_msg("%s: got %.*s", header_cases[i].name, 400, out.data);
		message_free(m);
		buf_release(&out);
	}
}

static void
test_long_names(void **state)
{
	static const char *const names[] = { CJK100 CJK100, X1000, CJK100 CJK100 X1000, "\"\"\"\"" X100 X100, "a" CJK100 "b" CJK100 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		struct message_spec spec = base_spec;
		struct message_values v = base_values;
		struct buf out = BUF_INIT;
		InternetAddress *to;
		GMimeMessage *message;
		struct message *m;
		const char *got;

		spec.subject = SLOT_MARK("name");
		v.value[SLOT_NAME] = names[i];
		m = compile(&spec);
		merge("long names", m, &v, &out);
		message = parse(&out);
		to = internet_address_list_get_address(g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_TO), 0);
		got = internet_address_get_name(to);
		assert_int_equal(strlen(got), strlen(names[i]) > MESSAGE_HEADER_MAX ? MESSAGE_HEADER_MAX : strlen(names[i]));
		assert_memory_equal(got, names[i], strlen(got));
		assert_string_equal(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(to)), "ann@example.org");
		assert_string_equal(g_mime_message_get_subject(message), names[i]);
		g_object_unref(message);
		message_free(m);
		buf_release(&out);
	}
}

/* A UTF-8 local part is the one thing that is not 7-bit, and it is kept whole. */
static void
test_smtputf8(void **state)
{
	struct message_values v = base_values;
	struct message *m = compile(&base_spec);
	struct buf out = BUF_INIT;

	(void)state;
	v.value[SLOT_TO] = "j\xc3\xb6rg\xff\r\n@example.org";
	message_merge(m, &v, &out);
	assert_non_null(strstr(out.data, "\nTo: Ann Example <j\xc3\xb6rg?@example.org>\r\n"));
	message_free(m);
	buf_release(&out);
}

/* Every value hostile in turn: as many headers as before, the same structure. */
static void
test_injection(void **state)
{
	// clang-format off
	static const char *const hostile[] = {
		"a\r\nBcc: x@y.org", "a\nBcc: x@y.org", "a\rBcc: x@y.org", "\r\n\r\n<h1>", "\r\n.\r\nMAIL FROM:<>", ">\r\n\tX: y", "a\xe2\x80\xa8" "b",
		"\xff\xfe\r\n", "\x01name\x02", "=?utf-8?q?=0D=0ABcc:_x?=", "\"\r\n", X1000 X1000, CJK100 CJK100 CJK100, "--=_", "\xc2\x8d\xc2\x8a", "",
	};
	// clang-format on
	struct message_spec spec = base_spec;
	size_t i, slot;

	(void)state;
	spec.subject = "To " SLOT_MARK("name|you") " all";
	spec.text = SLOT_MARK("name") " " SLOT_MARK("to") " " SLOT_MARK("view_url") " " SLOT_MARK("unsubscribe_mailto") "\n";
	spec.html = "<p title=\"" SLOT_MARK("to") "\">" SLOT_MARK("name") "<a href=\"" SLOT_MARK("preferences_url") "\">\n";
	for (slot = 0; slot < SLOT_COUNT; slot++)
		for (i = 0; i < COUNT(hostile); i++) {
			struct message *m = compile(&spec);
			struct message_values v = base_values;
			struct buf out = BUF_INIT;
			GMimeMessage *message;

			v.value[slot] = hostile[i];
			if (slot == SLOT_TO && strstr(hostile[i], "\xe2\x80") == hostile[i] + 1)
				v.value[slot] = "a\r\nb"; /* its UTF-8 is allowed: test_smtputf8 */
			if (slot == SLOT_TO && strncmp(hostile[i], CJK10, 9) == 0)
				v.value[slot] = "\r\n\r\n";
			merge("injection", m, &v, &out);
			assert_null(strstr(out.data, "\nBcc"));
			assert_null(strstr(out.data, "\n\tX"));
			message = parse(&out);
			assert_int_equal(g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(message))), 10);
			g_free(part_text(message, 0));
			g_free(part_text(message, 1));
			g_object_unref(message);
			message_free(m);
			buf_release(&out);
		}
}

static const struct refused {
	const char *name;
	struct message_spec spec; /* what is NULL stands as in base_spec */
	const char *why;          /* part of the error */
} refused[] = {
	{ "CRLF in the subject", { .subject = "a\r\nBcc: x@y.org" }, "subject" },
	{ "no UTF-8 in the subject", { .subject = "a\xff" }, "UTF-8" },
	{ "empty subject", { .subject = "" }, "empty" },
	{ "blank subject", { .subject = "  " }, "empty" },
	{ "long subject", { .subject = X1000 "x" }, "longer" },
	{ "URL in the subject", { .subject = SLOT_MARK("view_url") }, "subject" },
	{ "unknown slot in the subject", { .subject = SLOT_MARK("nick") }, "{{nick}}" },
	{ "LF in the From name", { .from_name = "a\nb" }, "From" },
	{ "slot in the From name", { .from_name = SLOT_MARK("name") }, "From" },
	{ "no From", { .from = "" }, "From" },
	{ "two From", { .from = "a@b.org, c@d.org" }, "From" },
	{ "From with a name", { .from = "A <a@b.org>" }, "From" },
	{ "UTF-8 From", { .from = "\xc3\xa9@b.org" }, "ASCII" },
	{ "CRLF in Reply-To", { .reply_to = "a@b.org\r\nBcc: c@d.org" }, "Reply-To" },
	{ "long From name", { .from_name = X1000 "x" }, "longer" },
	{ "long list's id", { .list_id = X100 X100 "x" }, "list_id is longer than 200 bytes" },
	{ "long Feedback-ID", { .feedback_id = X100 X100 "x" }, "feedback_id is longer than 200 bytes" },
	{ "slot in the list's name", { .list_name = SLOT_MARK("name") }, "List-Id" },
	{ "CRLF in the list's name", { .list_name = "a\r\nBcc: c@d.org" }, "List-Id" },
	{ "bracket in the list's id", { .list_id = "a>.b" }, "list_id" },
	{ "space in the list's id", { .list_id = "a b.c" }, "list_id" },
	{ "double dot in the list's id", { .list_id = "a..b" }, "list_id" },
	{ "CRLF in Feedback-ID", { .feedback_id = "a:b\r\nBcc: c@d.org" }, "feedback_id" },
	{ "slot in Feedback-ID", { .feedback_id = SLOT_MARK("to") }, "feedback_id" },
	{ "empty text", { .text = "" }, "empty" },
	{ "empty HTML", { .html = "" }, "empty" },
	{ "no UTF-8 in the text", { .text = "a\xc3" }, "UTF-8" },
	{ "control in the text", { .text = "a\x0c" }, "control" },
	{ "C1 in the HTML", { .html = "a\xc2\x85" }, "control" },
	{ "unknown slot", { .text = SLOT_MARK("nick") }, "{{nick}}" },
	{ "empty slot", { .text = SLOT_MARK("") }, "{{}}" },
	{ "control in a slot's name", { .text = SLOT_MARK("na\nme") }, "no per-person value of" },
	{ "prefix of a slot", { .text = SLOT_MARK("nam") }, "{{nam}}" },
	{ "slot for headers", { .text = SLOT_MARK("message_id") }, "header" },
	{ "mark without end", { .text = "a\001name" }, "end" },
	{ "mark without start", { .text = "a name\002" }, "begin" },
	{ "mark in a mark", { .text = "\001na\001me\002" }, "end" },
	{ "LF in a fallback", { .text = SLOT_MARK("name|a\nb") }, "fallback" },
	{ "long fallback", { .text = SLOT_MARK("name|" X1000 "x") }, "fallback" },
	{ "name begins a link", { .html = "<a href=\"" SLOT_MARK("name") "\">" }, "begin" },
	{ "name is a tag", { .html = "<" SLOT_MARK("name") ">" }, "tag" },
	{ "name in a tag's name", { .html = "<b" SLOT_MARK("name") ">" }, "tag" },
	{ "name is an attribute", { .html = "<b " SLOT_MARK("name") ">" }, "tag" },
	{ "unquoted attribute", { .html = "<a href=" SLOT_MARK("view_url") ">" }, "tag" },
	{ "in an unquoted attribute", { .html = "<a href=x" SLOT_MARK("view_url") ">" }, "tag" },
	{ "in style", { .html = "<b style=\"" SLOT_MARK("name") "\">" }, "style" },
	{ "in onclick", { .html = "<b onClick=\"" SLOT_MARK("name") "\">" }, "on…" },
	{ "in a style sheet", { .html = "<STYLE>" SLOT_MARK("name") "</STYLE>" }, "style" },
	{ "in a script", { .html = "<script x=\"1\">a<b" SLOT_MARK("name") }, "script" },
	{ "in a script after a look-alike", { .html = "<script></style></scrip >" SLOT_MARK("name") }, "script" },
};

static const char *
either(const char *a, const char *b)
{
	return a ? a : b;
}

static void
test_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		const struct message_spec *r = &refused[i].spec;
		struct message_spec spec = base_spec;
		struct err e = ERR_INIT;

		spec.from_name = either(r->from_name, spec.from_name);
		spec.from = either(r->from, spec.from);
		spec.reply_to = either(r->reply_to, spec.reply_to);
		spec.subject = either(r->subject, spec.subject);
		spec.text = either(r->text, spec.text);
		spec.html = either(r->html, spec.html);
		spec.list_name = either(r->list_name, spec.list_name);
		spec.list_id = either(r->list_id, spec.list_id);
		spec.feedback_id = either(r->feedback_id, spec.feedback_id);
		if (message_compile(&spec, &e))
			fail_msg("%s: compiled", refused[i].name);
		if (e.code != ERR_INPUT || !strstr(e.text, refused[i].why))
			fail_msg("%s: %s", refused[i].name, e.text);
	}
}

static void
test_limits(void **state)
{
	struct message_spec spec = base_spec;
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	struct message *m;
	size_t i;

	(void)state;
	for (i = 0; i < MESSAGE_SLOTS_MAX; i++)
		buf_addstr(&text, SLOT_MARK("name"));
	spec.text = text.data;
	m = compile(&spec);
	merge("slots", m, &base_values, &out);
	message_free(m);
	buf_addstr(&text, SLOT_MARK("name"));
	spec.text = text.data;
	assert_null(message_compile(&spec, &e));
	assert_int_equal(e.code, ERR_INPUT);
	buf_reset(&text);
	while (text.len < MESSAGE_TEXT_MAX - 100)
		buf_addstr(&text, "\xc3\xa9");
	spec.text = text.data;
	m = compile(&spec);
	merge("4 MB", m, &base_values, &out);
	buf_reset(&out);
	message_save(m, &out);
	message_free(m);
	m = message_load(out.data, out.len, &e);
	assert_non_null(m);
	message_free(m);
	buf_addstr(&text, X100 "x");
	spec.text = text.data;
	assert_null(message_compile(&spec, &e));
	assert_int_equal(e.code, ERR_INPUT);
	buf_release(&text);
	buf_release(&out);
}

/* One value alone that grows as much as it can, so that no other bound lends it room. */
static void
test_bound_alone(void **state)
{
	struct message_spec spec = {
		.from_name = "",
		.from = "a@b.org",
		.reply_to = "",
		.subject = "x",
		.text = "x",
		.html = SLOT_MARK("to"),
		.list_name = "",
		.list_id = "",
		.feedback_id = "",
	};
	struct message_values v = { { 0 } };
	struct buf value = BUF_INIT, out = BUF_INIT;
	struct message *m = compile(&spec);

	(void)state;
	while (value.len < 20000)
		buf_addch(&value, '"');
	v.value[SLOT_TO] = value.data;
	merge("body alone", m, &v, &out);
	message_free(m);
	spec.html = NULL;
	spec.unsubscribe = spec.unsubscribe_mailto = true;
	m = compile(&spec);
	buf_truncate(&value, 290);
	v.value[SLOT_TO] = "";
	v.value[SLOT_UNSUBSCRIBE_URL] = v.value[SLOT_UNSUBSCRIBE_MAILTO] = value.data;
	merge("URI alone", m, &v, &out);
	assert_non_null(strstr(out.data, "%22>,\r\n <mailto:%22"));
	message_free(m);
	buf_release(&value);
	buf_release(&out);
}

/* Values that grow, all at once. */
static void
test_bounds(void **state)
{
	static const char *const grown[] = { "\"", "'", "&", "\xc3\xa9", "\xff", ".", "=", " ", "\n", "\xf0\x9f\x98\x80", "%" };
	struct message_spec spec = base_spec;
	struct buf value = BUF_INIT, out = BUF_INIT;
	struct message *m;
	size_t i, n;

	(void)state;
	spec.text = SLOT_MARK("to") "|" SLOT_MARK("view_url");
	spec.html = "<p>" SLOT_MARK("to") "</p>" SLOT_MARK("view_url") "<a href=\"x" SLOT_MARK("to") "\">";
	m = compile(&spec);
	for (i = 0; i < COUNT(grown); i++) {
		struct message_values v = base_values;

		buf_reset(&value);
		buf_addch(&value, 'a');
		for (n = 0; n < 20000; n++)
			buf_addstr(&value, grown[i]);
		v.value[SLOT_VIEW_URL] = v.value[SLOT_UNSUBSCRIBE_URL] = v.value[SLOT_UNSUBSCRIBE_MAILTO] = value.data;
		v.value[SLOT_DATE] = v.value[SLOT_MESSAGE_ID] = value.data;
		v.value[SLOT_TO] = i == 3 || i == 9 ? "a@b.org" : value.data; /* UTF-8 there goes to To: test_smtputf8 */
		v.value[SLOT_NAME] = value.data;
		merge(grown[i], m, &v, &out);
	}
	message_free(m);
	buf_release(&value);
	buf_release(&out);
}

static struct message *
rich(void)
{
	struct message_spec spec = base_spec;

	spec.subject = "Hi " SLOT_MARK("name|you");
	spec.text = "Hi " SLOT_MARK("name|friend") ",\n\n" SLOT_MARK("view_url") "\nfor " SLOT_MARK("to") "\n";
	// clang-format off
	spec.html = "<p>" SLOT_MARK("name|friend") "<a href=\"" SLOT_MARK("preferences_url") "\">x</a>"
	    "<a href=\"mailto:" SLOT_MARK("unsubscribe_mailto") "\">y</a></p>\n";
	// clang-format on
	return compile(&spec);
}

static void
test_uses(void **state)
{
	struct message_spec spec = base_spec;
	struct message *m = rich(), *plain;

	(void)state;
	spec.unsubscribe = false;
	plain = compile(&spec);
	assert_true(message_uses(m, SLOT_NAME));
	assert_true(message_uses(m, SLOT_VIEW_URL));
	assert_true(message_uses(m, SLOT_UNSUBSCRIBE_URL));
	assert_false(message_uses(m, SLOT_CONFIRM_URL));
	assert_true(message_uses(plain, SLOT_NAME));
	assert_true(message_uses(plain, SLOT_TO));
	assert_true(message_uses(plain, SLOT_MESSAGE_ID));
	assert_false(message_uses(plain, SLOT_UNSUBSCRIBE_URL));
	assert_false(message_uses(plain, SLOT_UNSUBSCRIBE_MAILTO));
	message_free(m);
	message_free(plain);
}

static void
test_save_load(void **state)
{
	struct buf saved = BUF_INIT, again = BUF_INIT, a = BUF_INIT, b = BUF_INIT;
	struct message *m = rich(), *loaded;
	struct err e = ERR_INIT;

	(void)state;
	buf_addstr(&saved, "before");
	message_save(m, &saved);
	loaded = message_load(saved.data + 6, saved.len - 6, &e);
	assert_non_null(loaded);
	merge("saved", m, &base_values, &a);
	merge("loaded", loaded, &base_values, &b);
	assert_string_equal(a.data, b.data);
	message_save(loaded, &again);
	assert_int_equal(again.len, saved.len - 6);
	assert_memory_equal(again.data, saved.data + 6, again.len);
	message_free(m);
	message_free(loaded);
	buf_release(&saved);
	buf_release(&again);
	buf_release(&a);
	buf_release(&b);
}

static void
assert_corrupt(const char *name, const char *data, size_t n)
{
	struct err e = ERR_INIT;
	struct message *m = message_load(data, n, &e);

	if (m)
		fail_msg("%s: loaded", name);
	assert_int_equal(e.code, ERR_CORRUPT);
}

/* A damaged row: any octet changed, any end missing, anything added. */
static void
test_corrupt(void **state)
{
	struct buf saved = BUF_INIT;
	struct message *m = rich();
	size_t i;

	(void)state;
	message_save(m, &saved);
	for (i = 0; i < saved.len; i++) {
		saved.data[i] ^= 0x20;
		assert_corrupt("changed", saved.data, saved.len);
		saved.data[i] ^= 0x20;
		assert_corrupt("cut", saved.data, i);
	}
	buf_addch(&saved, 'x');
	assert_corrupt("longer", saved.data, saved.len);
	assert_corrupt("empty", "", 0);
	message_free(m);
	buf_release(&saved);
}

/* A forged row: the hash is right, what it covers is not. */
static const struct {
	const char *name;
	size_t at; /* octet after magic and hash: 0 pieces, 4 bytes, 8 the first piece, a literal, then the next, PLACE_TO */
	uint8_t value;
} forged[] = {
	{ "too many pieces", 0, 0xff },
	{ "one piece more", 3, 0xfe },
	{ "no pieces", 3, 0 },
	{ "too many bytes", 4, 0x7f },
	{ "unknown place", 8, 99 },
	{ "a literal with a slot", 9, SLOT_NAME },
	{ "a piece too long", 10, 0xff },
	{ "a piece longer by a little", 13, 0xff },
	{ "a piece shorter", 13, 1 },
	{ "To of another slot", 15, SLOT_DATE },
	{ "To of no slot", 15, SLOT_NONE },
	{ "To of a slot beyond", 15, 200 },
	{ "To as a header", 14, 10 },
};

/* Identifiers of all that they may be made of. */
static void
test_ids(void **state)
{
	struct message_spec spec = base_spec;
	struct message *m;
	struct buf out = BUF_INIT;

	(void)state;
	spec.list_id = "Az09_-.example.org";
	spec.feedback_id = "AZ:az=09@b/c_d-e+f";
	m = compile(&spec);
	merge("ids", m, &base_values, &out);
	assert_non_null(strstr(out.data, "<Az09_-.example.org>"));
	assert_non_null(strstr(out.data, "\nFeedback-ID: AZ:az=09@b/c_d-e+f\r\n"));
	message_free(m);
	buf_release(&out);
}

static void
test_forged(void **state)
{
	struct message *m = rich();
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(forged); i++) {
		struct buf saved = BUF_INIT;

		message_save(m, &saved);
		saved.data[40 + forged[i].at] = (char)forged[i].value;
		sha256((uint8_t *)saved.data + 8, saved.data + 40, saved.len - 40);
		assert_corrupt(forged[i].name, saved.data, saved.len);
		buf_reset(&saved);
		message_save(m, &saved);
		saved.data[40 + 8 + 2] |= (char)0x80; /* two lengths whose sum is right again in 32 bits */
		saved.data[40 + 14 + 2] |= (char)0x80;
		sha256((uint8_t *)saved.data + 8, saved.data + 40, saved.len - 40);
		assert_corrupt("sum of 2^32", saved.data, saved.len);
		buf_release(&saved);
	}
	message_free(m);
}

/* A forged row that could be ours in each piece, but ends the subject fifty times: still no more than message_size said. */
static void
test_forged_growth(void **state)
{
	struct buf saved = BUF_INIT, more = BUF_INIT, out = BUF_INIT;
	struct message_values v = base_values;
	struct message *m = rich();
	struct err e = ERR_INIT;
	size_t at = 40 + 8, i;

	(void)state;
	message_save(m, &saved);
	message_free(m);
	while (saved.data[at] != 8 || (uint8_t)saved.data[at + 1] != SLOT_NONE) /* PLACE_SUBJECT_END */
		at += 6;
	buf_add(&more, saved.data, at);
	for (i = 0; i < 50; i++)
		buf_add(&more, saved.data + at, 6);
	buf_add(&more, saved.data + at, saved.len - at);
	more.data[40 + 3] = (char)(more.data[40 + 3] + 50);
	sha256((uint8_t *)more.data + 8, more.data + 40, more.len - 40);
	m = message_load(more.data, more.len, &e);
	assert_non_null(m);
	v.value[SLOT_NAME] = X1000;
	merge("forged growth", m, &v, &out);
	message_free(m);
	buf_release(&saved);
	buf_release(&more);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_header_values),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_smtputf8),
		cmocka_unit_test(test_injection),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_bound_alone),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_save_load),
		cmocka_unit_test(test_corrupt),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_forged_growth),
	};

	g_mime_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
