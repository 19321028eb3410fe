/* fuzz_archive_html.c - any bytes as a mail's HTML: balanced known tags, no handler, and style sheets that end where they should. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "content/archive_html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(int good)
{
	if (!good)
		abort();
}

static const char *const forbidden[] = {
	"script", "style", "form", "input", "button", "iframe", "object", "embed", "svg", "math", "base", "link", "meta", "main", "body", "html"
};

/* ` name="value"` again and again; returns what follows. */
static const char *
check_attributes(const char *s)
{
	const char *value;
	size_t n;

	while (*s == ' ') {
		s++;
		n = strspn(s, "abcdefghijklmnopqrstuvwxyz-");
		check(n > 0 && s[n] == '=' && s[n + 1] == '"');
		check(strncmp(s, "on", 2) != 0 && !(n == 5 && strncmp(s, "style", 5) == 0));
		value = s + n + 2;
		if (n == 4 && strncmp(s, "href", 4) == 0)
			check(strncasecmp(value, "http", 4) == 0 || strncasecmp(value, "mailto:", 7) == 0 ||
			    strncasecmp(value, "tel:", 4) == 0 || *value == '#' || *value == '&');
		s = value + strcspn(value, "\"<>");
		check(*s == '"');
		s++;
	}
	return s;
}

static int
is_void(const char *s, size_t n)
{
	return (n == 2 && s[1] == 'r' && (s[0] == 'b' || s[0] == 'h')) ||
	    (n == 3 && (strncmp(s, "img", 3) == 0 || strncmp(s, "wbr", 3) == 0 || strncmp(s, "col", 3) == 0));
}

static void
check_body(const char *s)
{
	static char open[256][16];
	size_t depth = 0, n, i;

	while ((s = strpbrk(s, "<>"))) {
		int ends = s[1] == '/';

		check(*s == '<');
		s += ends ? 2 : 1;
		n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");
		check(n > 0 && n < sizeof(open[0]));
		for (i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
			check(!(strlen(forbidden[i]) == n && strncmp(s, forbidden[i], n) == 0));
		if (ends) {
			check(depth > 0 && strlen(open[depth - 1]) == n && strncmp(open[depth - 1], s, n) == 0 && s[n] == '>');
			depth--;
		} else if (!is_void(s, n)) {
			check(depth < 256);
			memcpy(open[depth], s, n);
			open[depth++][n] = '\0';
		}
		s = ends ? s + n : check_attributes(s + n);
		check(*s++ == '>');
	}
	check(depth == 0);
}

/* Each line is one rule, with braces at its ends alone. */
static void
check_rules(const char *s)
{
	static const char weight[] = ":not(#_):not(#_):not(#_){";

	while (*s) {
		check(strncmp(s, ".nl-s", 5) == 0);
		s += 5 + strspn(s + 5, "0123456789");
		check(strncmp(s, weight, sizeof(weight) - 1) == 0);
		s += sizeof(weight) - 1;
		s += strcspn(s, "{}<\n");
		check(s[-1] != '\\' || s[-2] == '\\');
		check(s[0] == '}' && s[1] == '\n');
		s += 2;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = ERR_INIT;
	struct archive_html a;
	char *copy = malloc(n ? n : 1); /* exactly as long as it is, so that a read past its end is seen */
	size_t i;

	check(copy != NULL);
	if (n)
		memcpy(copy, data, n);
	if (archive_html(&a, copy, n, &e) == 0) {
		check(text_is_utf8(a.body.data, a.body.len) && strlen(a.body.data) == a.body.len);
		check_body(a.body.data);
		check_rules(a.rules.data);
		check(*check_attributes(a.attributes.data) == '\0');
		for (i = 0; i < a.sheets; i++)
			check(!strcasestr(a.sheet[i].data, "</style") && strlen(a.sheet[i].data) == a.sheet[i].len);
	}
	archive_html_release(&a);
	free(copy);
	return 0;
}
