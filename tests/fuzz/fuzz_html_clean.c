/*
 * fuzz_html_clean.c - any UTF-8 as HTML by hand: known tags, balanced, each where a parser leaves it; nothing that runs, loads or
 * moves; stable.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "content/html_clean.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(int good)
{
	if (!good)
		abort();
}

static const char *const allowed[] = {
	"a", "b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "small", "big", "sub", "sup", "code", "kbd", "samp", "var", "tt", "mark",
	"q", "cite", "abbr", "dfn", "time", "span", "font", "bdi", "bdo", "br", "img", "wbr", "p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "div",
	"center", "blockquote", "pre", "address", "figure", "article", "section", "aside", "ul", "ol", "dl", "table", "li", "dt", "dd", "figcaption",
	"caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"
};

static int
is_one_of(const char *s, size_t n, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(names[i]) == n && memcmp(names[i], s, n) == 0)
			return 1;
	return 0;
}

/* What may not be said in a style, whatever surrounds it. */
static void
check_style(const char *s, size_t n)
{
	static const char *const never[] = { "url(", "@", "/*", "\\", "!", "{", "}", ";position:", ";float:", ";z-index:", ";behavior:",
		";top:", ";left:" };
	char *copy = malloc(n + 2);
	size_t i;

	check(copy != NULL);
	copy[0] = ';';
	memcpy(copy + 1, s, n);
	copy[n + 1] = '\0';
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		check(!strcasestr(copy, never[i]));
	free(copy);
}

/* ` name="value"` again and again; returns what follows. */
static const char *
check_attributes(const char *s)
{
	static const char *const never[] = { "class", "id", "name", "target", "srcset", "background", "action", "formaction", "data",
		"poster" };
	const char *value, *end;
	size_t n;

	while (*s == ' ') {
		s++;
		n = strspn(s, "abcdefghijklmnopqrstuvwxyz-");
		check(n > 0 && s[n] == '=' && s[n + 1] == '"');
		check(strncmp(s, "on", 2) != 0 && !is_one_of(s, n, never, sizeof(never) / sizeof(never[0])));
		value = s + n + 2;
		end = value + strcspn(value, "\"<>");
		check(*end == '"');
		if ((n == 4 && strncmp(s, "href", 4) == 0) || (n == 3 && strncmp(s, "src", 3) == 0))
			check(strncasecmp(value, "javascript:", 11) != 0 && strncasecmp(value, "data:", 5) != 0 &&
			    strncasecmp(value, "vbscript:", 9) != 0);
		if (n == 5 && strncmp(s, "style", 5) == 0)
			check_style(value, (size_t)(end - value));
		s = end + 1;
	}
	return s;
}

static const char *
check_reference(const char *s)
{
	size_t n = strspn(s + 1, "#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	check(n > 0 && s[n + 1] == ';');
	return s + n + 2;
}

static int
holds_parts(const char *name)
{
	static const char *const tables[] = { "table", "thead", "tbody", "tfoot", "tr", "colgroup", "ul", "ol", "dl" };

	return is_one_of(name, strlen(name), tables, sizeof(tables) / sizeof(tables[0]));
}

/* Parts of tables in tables alone, no link in a link, no block in a paragraph: what a parser would end an element for. */
static void
check_place(char open[][16], size_t depth, const char *name, size_t n)
{
	static const char *const rows[] = { "tr" }, *const cells[] = { "td", "th" };
	static const char *const groups[] = { "thead", "tbody", "tfoot", "caption", "colgroup" };
	static const char *const blocks[] = { "p", "div", "table", "ul", "ol", "dl", "h1", "h2", "pre", "blockquote", "hr", "center" };
	const char *parent = depth ? open[depth - 1] : "";
	size_t i;

	if (is_one_of(name, n, cells, 2))
		check(strcmp(parent, "tr") == 0);
	else if (is_one_of(name, n, rows, 1))
		check(is_one_of(parent, strlen(parent), (const char *const[]){ "table", "thead", "tbody", "tfoot" }, 4));
	else if (is_one_of(name, n, groups, 5))
		check(strcmp(parent, "table") == 0);
	else if (n == 2 && memcmp(name, "li", 2) == 0)
		check(strcmp(parent, "ul") == 0 || strcmp(parent, "ol") == 0);
	else if (!is_one_of(name, n, (const char *const[]){ "dt", "dd", "col", "figcaption" }, 4))
		check(!holds_parts(parent));
	for (i = depth; i-- && strcmp(open[i], "td") != 0 && strcmp(open[i], "th") != 0 && strcmp(open[i], "caption") != 0;)
		if (is_one_of(name, n, blocks, sizeof(blocks) / sizeof(blocks[0])))
			check(strcmp(open[i], "p") != 0 && !(open[i][0] == 'h' && open[i][1] >= '1' && open[i][1] <= '6'));
	for (i = 0; i < depth; i++)
		check(!(n == 1 && *name == 'a' && strcmp(open[i], "a") == 0));
}

static void
check_html(const char *s)
{
	static const char *const voids[] = { "br", "hr", "img", "wbr", "col" };
	static char open[HTML_CLEAN_DEPTH + 1][16];
	size_t depth = 0, n;

	while ((s = strpbrk(s, "<>&\"'"))) {
		int ends = s[1] == '/';

		if (*s == '&') {
			s = check_reference(s);
			continue;
		}
		check(*s == '<');
		s += ends ? 2 : 1;
		n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");
		check(n > 0 && n < sizeof(open[0]) && is_one_of(s, n, allowed, sizeof(allowed) / sizeof(allowed[0])));
		if (ends) {
			check(depth > 0 && strlen(open[depth - 1]) == n && strncmp(open[depth - 1], s, n) == 0 && s[n] == '>');
			depth--;
		} else {
			check_place(open, depth, s, n);
			if (!is_one_of(s, n, voids, 5)) {
				check(depth < HTML_CLEAN_DEPTH);
				memcpy(open[depth], s, n);
				open[depth++][n] = '\0';
			}
		}
		s = ends ? s + n : check_attributes(s + n);
		check(*s++ == '>');
	}
	check(depth == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct html_clean c = { 0 }, again = { 0 };
	struct buf out = BUF_INIT, twice = BUF_INIT;
	char *copy = malloc(n ? n : 1); /* exactly as long as it is, so that a read past its end is seen */

	check(copy != NULL);
	if (n)
		memcpy(copy, data, n);
	if (text_is_utf8(copy, n)) {
		html_clean_add(&c, &out, copy, n);
		html_clean_end(&c, &out);
		check(text_is_utf8(out.data, out.len) && !text_has_control(out.data, out.len, "\t\n"));
		check_html(out.data);
		html_clean_add(&again, &twice, out.data, out.len);
		html_clean_end(&again, &twice);
		check(strcmp(twice.data, out.data) == 0);
	}
	buf_release(&out);
	buf_release(&twice);
	free(copy);
	return 0;
}
