/* test_message_bodies.c - what message_compile made is read back as it was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slot.h"
#include "mail/message.h"

static const struct message_values values = { { [SLOT_NAME] = "Zoë <b>", [SLOT_UNSUBSCRIBE_URL] = "https://a.example/?a=1&b=2" } };

static const struct {
	const char *name, *text, *html, *want_text, *want_html; /* html NULL: text alone */
} cases[] = {
	{ "plain", "Hello\n", "<p>Hello</p>\n", "Hello\n", "<p>Hello</p>\n" },
	{ "no line end", "Hello", "<p>Hello</p>", "Hello\n", "<p>Hello</p>\n" },
	{ "text alone", "Hello =_ you\n--=_x\n", NULL, "Hello =_ you\n--=_x\n", "" },
	{ "what quoted-printable encodes", ".a\nFrom b \n = é \xf0\x9f\x90\xa2\n", "<p title=\"a=b\">\n.\n\n",
	    ".a\nFrom b \n = é \xf0\x9f\x90\xa2\n", "<p title=\"a=b\">\n.\n\n" },
	{ "slots", "Hello " SLOT_MARK("name|you") ",\n" SLOT_MARK("unsubscribe_url"),
	    "<p>" SLOT_MARK("name|you") " <a href=\"" SLOT_MARK("unsubscribe_url") "\">x</a>", "Hello Zoë <b>,\nhttps://a.example/?a=1&b=2\n",
	    "<p>Zoë &lt;b&gt; <a href=\"https://a.example/?a=1&amp;b=2\">x</a>\n" },
	{ "a fallback", SLOT_MARK("preferences_url|none"), "<p>" SLOT_MARK("to|nobody"), "none\n", "<p>nobody\n" },
	{ "a boundary in the text", "boundary=\"=_0\"\n--=_0\n\n--=_0--\n", "--=_0\n", "boundary=\"=_0\"\n--=_0\n\n--=_0--\n", "--=_0\n" },
};

static void
check(const char *name, const char *text, const char *html, const char *want_text, const char *want_html)
{
	struct message_spec spec = {
		.from_name = "P",
		.from = "a@b.example",
		.reply_to = "",
		.subject = "boundary=\"=_1\"",
		.text = text,
		.html = html,
		.list_name = "",
		.list_id = "",
		.feedback_id = "",
	};
	struct buf got_text = BUF_INIT, got_html = BUF_INIT;
	struct err e = ERR_INIT;
	struct message *m = message_compile(&spec, &e);

	if (!m || message_bodies(m, &values, &got_text, &got_html, &e) == -1)
		fail_msg("%s: %s", name, e.text);
	if (strcmp(got_text.data, want_text) != 0 || strcmp(got_html.data, want_html) != 0)
		fail_msg("%s:\ngot  %s\nwant %s\ngot  %s\nwant %s", name, got_text.data, want_text, got_html.data, want_html);
	message_free(m);
	buf_release(&got_text);
	buf_release(&got_html);
}

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].name, cases[i].text, cases[i].html, cases[i].want_text, cases[i].want_html);
}

static void
test_long(void **state)
{
	struct buf text = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 5000; i++)
		buf_addf(&text, "%d é.=%c", i, i % 97 ? ' ' : '\n');
	buf_addstr(&text, "x\n");
	check("long", text.data, text.data, text.data, text.data);
	buf_release(&text);
}

/* Put other octets of the same length in the place of the first `from`. */
static bool
replace(struct buf *b, const char *from, const char *to)
{
	char *at = memmem(b->data, b->len, from, strlen(from));

	if (at)
		memcpy(at, to, strlen(to));
	return at != NULL;
}

#define MAGIC_LEN 8 /* octets before the hash of what is saved */

/* What was compiled, and is not as we compile: the hash is right, so another program of ours wrote it. */
static void
test_changed(void **state)
{
	static const struct {
		const char *name, *html, *from, *to;
	} changes[] = {
		{ "a header that does not end", NULL, "\r\n\r\n", "\r\nxx" },
		{ "what is no quoted-printable", NULL, "=C3", "=ZZ" },
		{ "half of it at the end", NULL, "end\r\n", "end=\r" },
		{ "a boundary that comes once", "<p>", NULL, NULL },
		{ "a boundary that is longer than any", "<p>", NULL, "" },
		{ "no boundary behind the header", "<p>", "\r\n\r\n--=_", "\r\n\r\n--=+" },
	};
	size_t i, k;
	char *at;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct message_spec spec = { "P", "a@b.example", "", "s", "é end\n", changes[i].html, "", "", "", false, false, false };
		struct buf saved = BUF_INIT, text = BUF_INIT, html = BUF_INIT;
		struct err e = ERR_INIT;
		struct message *m = message_compile(&spec, &e);

		assert_non_null(m);
		message_save(m, &saved);
		message_free(m);
		at = memmem(saved.data, saved.len, "\r\n\r\n--=_", 8);
		if (changes[i].from)
			assert_true(replace(&saved, changes[i].from, changes[i].to));
		else if (!changes[i].to)
			at[8] ^= 1;
		else
			for (k = 8; k < 120; k++)
				at[k] = at[k] == '\r' ? 'x' : at[k];
		sha256((uint8_t *)saved.data + MAGIC_LEN, saved.data + MAGIC_LEN + SHA256_LEN, saved.len - MAGIC_LEN - SHA256_LEN);
		m = message_load(saved.data, saved.len, &e);
		if (!m)
			fail_msg("%s: %s", changes[i].name, e.text);
		if (message_bodies(m, &values, &text, &html, &e) != -1)
			fail_msg("%s: \"%s\" \"%s\"", changes[i].name, text.data, html.data);
		assert_int_equal(e.code, ERR_CORRUPT);
		assert_string_equal(e.text, "the stored message is not as this program compiles one");
		message_free(m);
		buf_release(&saved);
		buf_release(&text);
		buf_release(&html);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_long), cmocka_unit_test(test_changed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
