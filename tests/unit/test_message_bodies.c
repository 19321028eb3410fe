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

/* A row that could be ours by its hash, but whose content is not what is compiled: its boundary has no end. */
static void
test_corrupt(void **state)
{
	struct message_spec spec = {
		.from_name = "P",
		.from = "a@b.example",
		.reply_to = "",
		.subject = "x",
		.text = "Hello\n",
		.html = "<p>Hello</p>\n",
		.list_name = "",
		.list_id = "",
		.feedback_id = "",
	};
	struct buf saved = BUF_INIT, text = BUF_INIT, html = BUF_INIT;
	struct err e = ERR_INIT;
	struct message *m = message_compile(&spec, &e);
	char *body;

	(void)state;
	assert_non_null(m);
	message_save(m, &saved);
	message_free(m);
	body = memmem(saved.data, saved.len, "\r\n\r\n--=_", 8);
	assert_non_null(body);
	for (body += 4; body < saved.data + saved.len; body++)
		if (*body == '\r')
			*body = ' ';
	sha256((uint8_t *)saved.data + 8, saved.data + 40, saved.len - 40);
	m = message_load(saved.data, saved.len, &e);
	assert_non_null(m);
	assert_int_equal(message_bodies(m, &values, &text, &html, &e), -1);
	assert_int_equal(e.code, ERR_CORRUPT);
	message_free(m);
	buf_release(&saved);
	buf_release(&text);
	buf_release(&html);
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

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_corrupt), cmocka_unit_test(test_long) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
