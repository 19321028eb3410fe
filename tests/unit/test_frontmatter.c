/* test_frontmatter.c - what is taken from the head of a Markdown file, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "content/frontmatter.h"

static const struct {
	const char *name, *in, *data, *body; /* data: as JSON with sorted keys, or the error when it starts with '!' */
} cases[] = {
	{ "plain", "---\ntitle: A calm day\nurl: https://a.example/x\n---\n# Hi\n",
	    "{\"title\":\"A calm day\",\"url\":\"https://a.example/x\"}", "# Hi\n" },
	{ "none", "# Hi\n", "{}", "# Hi\n" },
	{ "an empty file", "", "{}", "" },
	{ "empty front matter", "---\n---\nx", "{}", "x" },
	{ "only a comment", "---\n# draft\n---\nx", "{}", "x" },
	{ "no body", "---\na: 1\n---", "{\"a\":\"1\"}", "" },
	{ "spelling is kept", "---\na: 2026-03-01\nb: yes\nc: 0x10\nd: 1.50\n---\n",
	    "{\"a\":\"2026-03-01\",\"b\":\"yes\",\"c\":\"0x10\",\"d\":\"1.50\"}", "" },
	{ "null is empty", "---\na:\nb: ~\nc: null\nd: \"null\"\n---\n", "{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"null\"}", "" },
	{ "a list", "---\ntags: [a, 2, yes]\n---\n", "{\"tags\":[\"a\",\"2\",\"yes\"]}", "" },
	{ "a list in lines", "---\ntags:\n  - a\n  - b c\n---\n", "{\"tags\":[\"a\",\"b c\"]}", "" },
	{ "an empty list", "---\ntags: []\n---\n", "{\"tags\":[]}", "" },
	{ "nested is left out", "---\na: {b: {c: [1]}}\nd: [[1], 2]\ne: f\n---\n", "{\"a\":null,\"d\":null,\"e\":\"f\"}", "" },
	{ "quoted", "---\na: \"x: \\u00e9\"\nb: 'it''s'\n---\n", "{\"a\":\"x: é\",\"b\":\"it's\"}", "" },
	{ "folded and literal", "---\na: >\n  one\n  two\nb: |\n  one\n  two\n---\n", "{\"a\":\"one two\\n\",\"b\":\"one\\ntwo\\n\"}", "" },
	{ "crlf", "---\r\na: b\r\n---\r\nx\r\n", "{\"a\":\"b\"}", "x\r\n" },
	{ "a byte-order mark", "\xef\xbb\xbf---\na: b\n---\nx", "{\"a\":\"b\"}", "x" },
	{ "… without anything", "\xef\xbb\xbfx", "{}", "x" },
	{ "blanks after dashes", "--- \na: b\n---\t \nx", "{\"a\":\"b\"}", "x" },
	{ "four dashes are a rule", "----\na: b\n---\n", "{}", "----\na: b\n---\n" },
	{ "a later rule is body", "---\na: b\n---\nx\n\n---\ny", "{\"a\":\"b\"}", "x\n\n---\ny" },
	{ "dashes not at the top", "\n---\na: b\n---\n", "{}", "\n---\na: b\n---\n" },
	{ "keys that look alike", "---\na: 1\nA: 2\n---\n", "{\"A\":\"2\",\"a\":\"1\"}", "" },
	{ "tags are ignored", "---\na: !!int 5\n---\n", "{\"a\":\"5\"}", "" },

	{ "never ends", "---\na: b\n", "!line 1: the front matter that starts here does not end", "" },
	{ "… without a line's end", "---\na: b", "!line 1: the front matter", "" },
	{ "only dashes", "---", "!line 1: the front matter", "" },
	{ "bad YAML", "---\na: b\nc: d: e\n---\n", "!line 3: not valid YAML: ", "" },
	{ "an open quote", "---\na: \"b\n---\n", "!line 2: not valid YAML: the quote", "" },
	{ "a tab as indentation", "---\na:\n\t- b\n---\n", "!line 3: not valid YAML", "" },
	{ "a list at the top", "---\n- a\n---\n", "!line 2: front matter is a list of", "" },
	{ "a word at the top", "---\nhello\n---\n", "!line 2: front matter is a list of", "" },
	{ "a key twice", "---\na: 1\nb: 2\na: 3\n---\n", "!line 4: \"a\" is there twice", "" },
	{ "a key that is a list", "---\n? [a]\n: b\n---\n", "!line 2: a key must be a word", "" },
	{ "an anchor", "---\na: &x b\n---\n", "!line 2: anchors and aliases", "" },
	{ "an anchor on a list", "---\na: &x [b]\n---\n", "!line 2: anchors and aliases", "" },
	{ "an anchor on a map", "---\na: {b: &x {c: d}}\n---\n", "!line 2: anchors and aliases", "" },
	{ "an alias", "---\na: *x\n---\n", "!line 2: anchors and aliases", "" },
	{ "a merge", "---\n<<: *x\n---\n", "!line 2: anchors and aliases", "" },
	{ "a second document", "---\na: b\n...\nc: d\n---\n", "!line ", "" },
	{ "nested too deeply", "---\na: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n---\n", "!line 2: values are nested too deeply", "" },
	{ "a slot in the body", "---\na: b\n---\nDear \001name\002\n", "!line 4: a control character", "" },
	{ "a slot in a value", "---\na: \001name\002\n---\n", "!line 2: a control character", "" },
	{ "a slot as an escape", "---\nb: c\na: \"\\x01name\\u0002\"\n---\n", "!line 3: a control character", "" },
	{ "a NUL as an escape", "---\na: \"\\0\"\n---\n", "!line 2: a control character", "" },
	{ "… in a key", "---\n\"a\\x01\": b\n---\n", "!line 2: a control character", "" },
	{ "… in a list", "---\na: [\"\\e\"]\n---\n", "!line 2: a control character", "" },
	{ "a C1 as an escape", "---\na: \"\\N\"\n---\n", "!line 2: a control character", "" },
	{ "half a surrogate", "---\na: \"\\ud800\"\n---\n", "!line 2: not valid YAML", "" },
	{ "Latin-1", "x\ncaf\xe9\n", "!line 2: not UTF-8", "" },
};

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = strlen(cases[i].in), body_len;
		char *in = malloc(n + 1), *got; /* exactly so long: a read beyond it is seen by the sanitizer */
		const char *body, *want = cases[i].data;
		struct err e = ERR_INIT;
		json_t *data;
		int rc;

		in = realloc(memcpy(in, cases[i].in, n), n ? n : 1);
		rc = frontmatter_split(in, n, &data, &body, &body_len, &e);
		assert_non_null(data);
		got = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
		if (want[0] == '!') {
			if (rc == 0 || e.code != ERR_INPUT || strncmp(e.text, want + 1, strlen(want + 1)) != 0)
				fail_msg("%s: \"%s\", want \"%s\"", cases[i].name, rc ? e.text : got, want);
		} else if (rc == -1 || strcmp(got, want) != 0)
			fail_msg("%s: %s, want %s; %s", cases[i].name, got, want, e.text);
		else if (body < in || body_len > n || body + body_len != in + n || body_len != strlen(cases[i].body) ||
		    memcmp(body, cases[i].body, body_len) != 0)
			fail_msg("%s: body \"%.*s\", want \"%s\"", cases[i].name, (int)body_len, body, cases[i].body);
		json_decref(data);
		free(got);
		free(in);
	}
}

static void
test_size(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	const char *body;
	size_t body_len;
	json_t *data;

	(void)state;
	buf_addstr(&text, "---\n#");
	while (text.len < 4 + FRONTMATTER_MAX - 1)
		buf_addch(&text, 'x');
	buf_addstr(&text, "\n---\n");
	assert_int_equal(frontmatter_split(text.data, text.len, &data, &body, &body_len, &e), 0);
	json_decref(data);
	buf_truncate(&text, text.len - 5);
	buf_addstr(&text, "x\n---\n");
	assert_int_equal(frontmatter_split(text.data, text.len, &data, &body, &body_len, &e), -1);
	assert_string_equal(e.text, "line 3: front matter has at most 65536 bytes");
	json_decref(data);

	/* depth must end the reading long before its 60 000 brackets are read */
	buf_reset(&text);
	buf_addstr(&text, "---\na: ");
	while (text.len < 60000)
		buf_addch(&text, '[');
	buf_addstr(&text, "\n---\n");
	assert_int_equal(frontmatter_split(text.data, text.len, &data, &body, &body_len, &e), -1);
	json_decref(data);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests_name("frontmatter", tests, NULL, NULL);
}
