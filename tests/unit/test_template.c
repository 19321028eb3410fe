/* test_template.c - Mustache: the official tests, our errors and bounds, slots, and the lookup of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/slot.h"
#include "content/builtin.h"
#include "content/template.h"

static int
load_from_object(void *ctx, const char *name, struct buf *out)
{
	const char *text = json_string_value(json_object_get(ctx, name));

	if (!text)
		return -1;
	buf_addstr(out, text);
	return 0;
}

/* Run one of the specification's files; returns how many tests it held. */
static size_t
run_official(const char *folder, const char *file)
{
	struct err e = ERR_INIT;
	json_error_t error;
	json_t *all, *test;
	char path[4096];
	size_t i, failed = 0, count;

	snprintf(path, sizeof(path), "%s/mustache/%s.json", folder, file);
	all = json_load_file(path, JSON_DECODE_ANY, &error);
	assert_non_null(all);
	json_array_foreach(json_object_get(all, "tests"), i, test) {
		struct template_loader loader = { load_from_object, json_object_get(test, "partials") };
		const char *text = json_string_value(json_object_get(test, "template"));
		const char *want = json_string_value(json_object_get(test, "expected"));
		struct buf out = BUF_INIT;

		if (template_render(&out, file, text, strlen(text), TEMPLATE_HTML, json_object_get(test, "data"), &loader, &e) == -1 ||
		    strcmp(out.data, want) != 0) {
			print_error("%s, \"%s\": got \"%s\", want \"%s\" %s\n", file, json_string_value(json_object_get(test, "name")),
			    out.data, want, e.text);
			failed++;
		}
		buf_release(&out);
	}
	count = json_array_size(json_object_get(all, "tests"));
	json_decref(all);
	assert_int_equal(failed, 0);
	return count;
}

static void
test_official(void **state)
{
	static const char *const files[] = { "comments", "delimiters", "interpolation", "inverted", "partials", "sections" };
	const char *folder = getenv("SHARED_DATA");
	char path[4096];
	size_t i, count = 0;

	(void)state;
	if (!folder)
		folder = "../shared/data";
	snprintf(path, sizeof(path), "%s/mustache/sections.json", folder);
	if (access(path, R_OK) == -1) {
		print_message("skipped: no %s (set SHARED_DATA to where the Mustache specification's tests are)\n", path);
		skip();
	}
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		count += run_official(folder, files[i]);
	assert_int_equal(count, 136);
}

#define NAME SLOT_MARK("name|friend & co")

static const struct {
	const char *name, *text, *data, *want;
	enum template_escape escape;
} renderings[] = {
	{ "text is not escaped", "{{x}}", "{\"x\":\"<&'\\\">\"}", "<&'\">", TEMPLATE_TEXT },
	{ "html is", "{{x}}", "{\"x\":\"<&'\\\">\"}", "&lt;&amp;&#39;&quot;&gt;", TEMPLATE_HTML },
	{ "an empty text is not shown", "{{#x}}no{{/x}}{{^x}}yes{{/x}}", "{\"x\":\"\"}", "yes", TEMPLATE_HTML },
	{ "nor is zero", "{{#x}}no{{/x}}{{^x}}yes{{/x}}", "{\"x\":0}", "yes", TEMPLATE_HTML },
	{ "a number is its section", "{{#x}}{{.}} new{{/x}}", "{\"x\":3}", "3 new", TEMPLATE_HTML },
	{ "a large and a small number", "{{x}} {{y}}", "{\"x\":9007199254740993,\"y\":0.1}", "9007199254740993 0.1", TEMPLATE_HTML },
	{ "booleans have words", "{{x}} {{y}}", "{\"x\":true,\"y\":false}", "true false", TEMPLATE_HTML },
	{ "a slot passes", "Dear {{x}},", "{\"x\":\"\\u0001name|friend & co\\u0002\"}", "Dear " NAME ",", TEMPLATE_HTML },
	{ "… and raw", "Dear {{{x}}},", "{\"x\":\"\\u0001name|friend & co\\u0002\"}", "Dear " NAME ",", TEMPLATE_HTML },
	{ "text around a slot is not it", "{{x}}", "{\"x\":\"<\\u0001name|friend & co\\u0002<\\u0001\"}", "&lt;" NAME "&lt;\001", TEMPLATE_HTML },
	{ "a section over a slot and words", "{{#x}}a{{x}}{{/x}}", "{\"x\":\"\\u0001name|friend & co\\u0002, hi\"}", "a" NAME ", hi", TEMPLATE_HTML },
	{ "crlf", "a\r\n{{#x}}\r\nb\r\n{{/x}}\r\nc", "{\"x\":true}", "a\r\nb\r\nc", TEMPLATE_HTML },
	{ "delimiters of 16 bytes", "{{=<<<<<<<<<<<<<<<< >>>>>>>>>>>>>>>>=}}<<<<<<<<<<<<<<<<x>>>>>>>>>>>>>>>>", "{\"x\":1}", "1", TEMPLATE_HTML },
	{ "raw under other delimiters", "{{=<% %>=}}<%{x}%><%&x%><%x%>", "{\"x\":\"<\"}", "<<&lt;", TEMPLATE_HTML },
	{ "a missing partial is empty", "a{{> none }}b", "{}", "ab", TEMPLATE_HTML },
	{ "odd dots find nothing", "[{{a..b}}{{.a}}{{a.}}]", "{\"a\":{\"b\":1}}", "[]", TEMPLATE_HTML },
	{ "an empty template", "", "{}", "", TEMPLATE_HTML },
};

static void
test_renderings(void **state)
{
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(renderings) / sizeof(renderings[0]); i++) {
		json_t *data = json_loads(renderings[i].data, 0, NULL);
		struct template_loader none = { load_from_object, NULL };
		struct buf out = BUF_INIT;

		assert_non_null(data);
		if (template_render(&out, "t", renderings[i].text, strlen(renderings[i].text),
			renderings[i].escape, data, &none, &e) == -1 ||
		    strcmp(out.data, renderings[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\" %s", renderings[i].name, out.data, renderings[i].want, e.text);
		buf_release(&out);
		json_decref(data);
	}
}

#define FIFTY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *name, *text, *data, *want; /* want: how the error's text begins */
} errors[] = {
	{ "an open tag", "one\ntwo {{x", "{}", "t:2:5: this tag is not closed: it must end with }}" },
	{ "columns are characters", "é日 {{x", "{}", "t:1:4: this tag" },
	{ "an open raw tag", "{{{x}}", "{}", "t:1:1: this tag is not closed: it must end with }}}" },
	{ "an open section", "{{#a}}\n  {{#b}}{{/b}}", "{}", "t:1:1: section \"a\" is not closed" },
	{ "the wrong section", "{{#a}}{{#b}}\n {{/a}}", "{}", "t:2:2: this closes \"a\", but the section open here is \"b\"" },
	{ "nothing to close", "{{/a}}", "{}", "t:1:1: nothing to close" },
	{ "an empty tag", "x{{ }}", "{}", "t:1:2: an empty tag" },
	{ "an empty section", "{{#}}{{/}}", "{}", "t:1:1: an empty tag" },
	{ "spaces in a name", "{{first name}}", "{}", "t:1:1: a name has no spaces" },
	{ "a tag that swallows one", "{{a} and {{b}}", "{}", "t:1:1: a name has no spaces" },
	{ "a long name", "{{" FIFTY FIFTY FIFTY FIFTY "x}}", "{}", "t:1:1: a name has at most 200 bytes" },
	{ "one delimiter", "{{=<%=}}", "{}", "t:1:1: delimiters" },
	{ "three delimiters", "{{=a b c=}}", "{}", "t:1:1: delimiters" },
	{ "no delimiters", "{{==}}", "{}", "t:1:1: " },
	{ "delimiters too long", "{{=<<<<<<<<<<<<<<<<< >=}}", "{}", "t:1:1: delimiters" },
	{ "an equals sign in one", "{{=<= =>=}}", "{}", "t:1:1: delimiters" },
	{ "a list as a value", "{{x}}", "{\"x\":[1]}", "t:1:1: \"x\" is no text" },
	{ "an object as a value", " {{{x}}}", "{\"x\":{}}", "t:1:2: \"x\" is no text" },
	{ "a section over a slot", "\n {{#x}}a{{/x}}", "{\"x\":\"\\u0001name\\u0002\"}", "t:2:2: \"x\" differs from person to person" },
	{ "a section over two slots", "{{#x}}a{{/x}}", "{\"x\":\"\\u0001name\\u0002\\u0001name\\u0002\"}", "t:1:1: \"x\" differs from person to person" },
	{ "an inverted one", "{{^x}}a{{/x}}", "{\"x\":\"\\u0001name\\u0002\"}", "t:1:1: \"x\" differs from person to person" },
	{ "a control character", "a\nb\001name\002", "{}", "t:2:2: a control character" },
	{ "… of two bytes", "ab\xc2\x85", "{}", "t:1:3: a control character" },
	{ "no UTF-8", "caf\xe9", "{}", "t: not UTF-8" },
	{ "an error in a partial", "x\n  {{>p}}\n", "{}", "p:2:3: this tag is not closed" },
	{ "an error in one inline", "x {{>p}}\n", "{}", "p:2:3: this tag is not closed" },
};

static void
test_errors(void **state)
{
	json_t *partials = json_pack("{s:s}", "p", "one\ntw{{o");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		json_t *data = json_loads(errors[i].data, 0, NULL);
		struct template_loader loader = { load_from_object, partials };
		struct err e = ERR_INIT;
		struct buf out = BUF_INIT;

		buf_addstr(&out, "before");
		if (template_render(&out, "t", errors[i].text, strlen(errors[i].text), TEMPLATE_HTML, data, &loader, &e) == 0)
			fail_msg("%s: rendered as \"%s\"", errors[i].name, out.data);
		if (e.code != ERR_INPUT || strncmp(e.text, errors[i].want, strlen(errors[i].want)) != 0)
			fail_msg("%s: \"%s\", want \"%s\"", errors[i].name, e.text, errors[i].want);
		assert_string_equal(out.data, "before");
		buf_release(&out);
		json_decref(data);
	}
	json_decref(partials);
}

/* Render and expect the error that holds `want`. */
static void
assert_refused(const struct buf *text, const json_t *data, const struct template_loader *loader, const char *want)
{
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT;

	assert_int_equal(template_render(&out, "t", text->data, text->len, TEMPLATE_HTML, data, loader, &e), -1);
	if (!strstr(e.text, want))
		fail_msg("\"%s\" does not say \"%s\"", e.text, want);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void
test_bounds(void **state)
{
	json_t *partials = json_pack("{s:s}", "p", "{{>p}}"), *list = json_array(), *data = json_pack("{s:b,s:o}", "t", 1, "l", list);
	struct template_loader loader = { load_from_object, partials };
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	int i, n;

	(void)state;
	for (n = TEMPLATE_MAX_DEPTH; n <= TEMPLATE_MAX_DEPTH + 1; n++) {
		buf_reset(&text);
		for (i = 0; i < n; i++)
			buf_addstr(&text, "{{#t}}");
		buf_addstr(&text, "x");
		for (i = 0; i < n; i++)
			buf_addstr(&text, "{{/t}}");
		if (n > TEMPLATE_MAX_DEPTH)
			assert_refused(&text, data, &loader, "t:1:193: more than 32 sections");
		else
			assert_int_equal(template_render(&out, "t", text.data, text.len, TEMPLATE_HTML, data, &loader, &e), 0);
	}
	assert_string_equal(out.data, "x");

	buf_reset(&text);
	buf_addstr(&text, "{{>p}}");
	assert_refused(&text, data, &loader, "p:1:1: more than 32 sections and partials");

	buf_reset(&text);
	for (i = 0; i < 257; i++)
		buf_addf(&text, "{{>p%d}}", i);
	assert_refused(&text, data, &loader, "t:1:2195: more than 256 partials");

	for (i = 0; i < 1000; i++)
		json_array_append_new(list, json_integer(1));
	buf_reset(&text);
	buf_addstr(&text, "{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}");
	assert_refused(&text, data, &loader, "too much work");

	buf_reset(&text);
	buf_addstr(&text, "{{#l}}{{#l}}12345{{/l}}{{/l}}");
	assert_refused(&text, data, &loader, "bytes of output");

	buf_reset(&text);
	for (i = 0; i < (1 << 20) + 1; i++)
		buf_addch(&text, 'x');
	assert_refused(&text, data, &loader, "at most 1048576 bytes");

	buf_release(&text);
	buf_release(&out);
	json_decref(partials);
	json_decref(data);
}

struct site {
	char folder[64];
};

static void
put_file(const struct site *site, const char *name, const char *text)
{
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;

	file_join(&path, site->folder, name);
	assert_int_equal(file_write(path.data, 0600, text, strlen(text), &e), 0);
	buf_release(&path);
}

static const struct {
	const char *name, *file, *want; /* want: the output, or what the error holds when it starts with '!' */
} files[] = {
	{ "html escapes", "mail/a.html.mustache", "<p>&lt;</p>\n" },
	{ "text does not", "mail/a.text.mustache", "< -- <\n" },
	{ "a partial that is missing", "mail/b.html.mustache", "!mail/b.html.mustache:2:3: there is no partial \"mail/none.html.mustache\"" },
	{ "an error in a partial", "mail/c.html.mustache", "!mail/bad.html.mustache:2:1: this tag is not closed" },
	{ "a partial elsewhere", "mail/d.html.mustache", "!is no name of a partial" },
	{ "no such file", "mail/zz.html.mustache", "!there is no template \"mail/zz.html.mustache\"" },
	{ "out of the folder", "../a.html.mustache", "!is no name of a template" },
	{ "an absolute path", "/etc/passwd", "!is no name of a template" },
	{ "two folders", "mail/x/a.html.mustache", "!is no name of a template" },
	{ "a folder", "mail", "!cannot read" },
};

static void
test_files(void **state)
{
	struct site site = { "/tmp/test_template.XXXXXX" };
	json_t *data = json_pack("{s:s}", "x", "<");
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(site.folder));
	file_join(&path, site.folder, "mail");
	assert_int_equal(file_mkdir(path.data, 0700, &e), 0);
	put_file(&site, "mail/a.html.mustache", "<p>{{x}}</p>\n");
	put_file(&site, "mail/a.text.mustache", "{{x}} {{> b}}");
	put_file(&site, "mail/b.text.mustache", "-- {{x}}\n");
	put_file(&site, "mail/b.html.mustache", "<p>\n  {{> none}}\n");
	put_file(&site, "mail/c.html.mustache", "{{> bad}}");
	put_file(&site, "mail/bad.html.mustache", "\n{{x");
	put_file(&site, "mail/d.html.mustache", "{{> ../../etc/x}}");
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct buf out = BUF_INIT;
		int rc = template_file(&out, site.folder, files[i].file, data, &e);

		if (files[i].want[0] == '!' ? rc == 0 || !strstr(e.text, files[i].want + 1)
					    : rc == -1 || strcmp(out.data, files[i].want) != 0)
			fail_msg("%s: got \"%s\", error \"%s\"", files[i].name, out.data, rc ? e.text : "");
		buf_release(&out);
	}
	assert_int_equal(template_file(&path, NULL, "mail/a.html.mustache.none", data, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	buf_reset(&path);
	buf_addf(&path, "rm -r %s", site.folder);
	assert_int_equal(system(path.data), 0);
	buf_release(&path);
	json_decref(data);
}

/* What is compiled in must at least be Mustache whose partials are all there. */
static void
test_builtin(void **state)
{
	json_t *data = json_object();
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	if (!builtin_templates[0].name) {
		print_message("skipped: no templates are compiled in\n");
		json_decref(data);
		skip();
	}
	for (i = 0; builtin_templates[i].name; i++) {
		struct buf out = BUF_INIT;

		if (strstr(builtin_templates[i].name, ".mustache") &&
		    template_file(&out, NULL, builtin_templates[i].name, data, &e) == -1)
			fail_msg("%s: %s", builtin_templates[i].name, e.text);
		buf_release(&out);
	}
	json_decref(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_official),
		cmocka_unit_test(test_renderings),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_builtin),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
