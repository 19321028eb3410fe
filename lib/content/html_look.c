/* html_look.c - see html_look.h. */
#include "content/html_look.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "content/html_token.h"

/* What a text of HTML says; what stands for no character that is seen is left out. */
static void
put_words(struct buf *out, const char *s, size_t n)
{
	static const struct {
		const char *name, *text;
	} names[] = {
		{ "&nbsp;", "\xc2\xa0" },
		{ "&zwnj;", "" },
		{ "&zwj;", "" },
		{ "&shy;", "" },
		{ "&middot;", "\xc2\xb7" },
		{ "&ndash;", "\xe2\x80\x93" },
		{ "&mdash;", "\xe2\x80\x94" },
		{ "&hellip;", "\xe2\x80\xa6" },
		{ "&rsquo;", "\xe2\x80\x99" },
		{ "&lsquo;", "\xe2\x80\x98" },
		{ "&rdquo;", "\xe2\x80\x9d" },
		{ "&ldquo;", "\xe2\x80\x9c" },
	};
	static const char *const unseen[] = { "\xcd\x8f", "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xc2\xad", "\xef\xbb\xbf" };
	struct buf text = BUF_INIT;
	const char *p;
	size_t i, len;

	html_decode(&text, s, n);
	for (p = text.data; *p; p += len) {
		for (i = 0; i < sizeof(names) / sizeof(names[0]) && strncasecmp(p, names[i].name, strlen(names[i].name)) != 0; i++)
			;
		if (i < sizeof(names) / sizeof(names[0])) {
			buf_addstr(out, names[i].text);
			len = strlen(names[i].name);
			continue;
		}
		len = text_sequence(p, text.len - (size_t)(p - text.data));
		len = len ? len : 1;
		for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]) && strncmp(p, unseen[i], strlen(unseen[i])) != 0; i++)
			;
		if (i < sizeof(unseen) / sizeof(unseen[0]))
			continue;
		if (len > 1 || (unsigned char)*p > ' ')
			buf_add(out, p, len);
		else if (out->len && out->data[out->len - 1] != ' ')
			buf_addch(out, ' ');
	}
	buf_release(&text);
}

/* An inbox reads the page from its beginning, hidden or not, until its line is full. */
void
html_snippet(struct buf *out, const char *html, size_t n)
{
	const char *s = html, *end = html + n;
	struct html_token t;
	size_t i, count = 0;

	while (s < end && text_length(out->data, out->len) < HTML_SNIPPET) {
		s = html_token_read(&t, s, end);
		if (t.kind == HTML_TEXT)
			put_words(out, t.s, t.n);
		else if (out->len && out->data[out->len - 1] != ' ')
			buf_addch(out, ' '); /* a tag ends a word, as most of them are blocks or cells */
	}
	for (i = 0; i < out->len && !(((unsigned char)out->data[i] & 0xc0) != 0x80 && count++ == HTML_SNIPPET); i++)
		;
	buf_truncate(out, i);
}

/* "(prefers-color-scheme: dark)" at s: its length, and whether it asks for the dark; 0 when it is something else. */
static size_t
scheme_question(const char *s, const char *end, bool *dark)
{
	static const char name[] = "prefers-color-scheme";
	const char *p = s + 1, *word;

	while (p < end && strchr(" \t\r\n", *p))
		p++;
	if ((size_t)(end - p) < sizeof(name) || strncasecmp(p, name, sizeof(name) - 1) != 0)
		return 0;
	for (p += sizeof(name) - 1; p < end && strchr(" \t\r\n:", *p); p++)
		;
	for (word = p; p < end && ((*p | 32) >= 'a' && (*p | 32) <= 'z'); p++)
		;
	*dark = p - word == 4 && strncasecmp(word, "dark", 4) == 0;
	if (!*dark && !(p - word == 5 && strncasecmp(word, "light", 5) == 0))
		return 0;
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return p < end && *p == ')' ? (size_t)(p + 1 - s) : 0;
}

static void
answer(struct buf *out, const char *s, const char *end, bool dark)
{
	static const char both[] = "color-scheme: light dark";
	bool asked;
	size_t n;

	while (s < end) {
		if (*s == '(' && (n = scheme_question(s, end, &asked))) {
			buf_addstr(out, asked == dark ? "(min-width: 0)" : "(max-width: 0)");
			s += n;
		} else if ((size_t)(end - s) >= sizeof(both) - 1 && strncmp(s, both, sizeof(both) - 1) == 0) {
			buf_addf(out, "color-scheme: %s", dark ? "dark" : "light");
			s += sizeof(both) - 1;
		} else {
			buf_addch(out, *s++);
		}
	}
}

void
html_scheme(struct buf *out, const char *html, size_t n, bool dark)
{
	const char *s = html, *end = html + n, *next;
	struct html_token t;

	for (; s < end; s = next) {
		next = html_token_read(&t, s, end);
		if (t.kind == HTML_START)
			answer(out, s, next, dark);
		else
			buf_add(out, s, (size_t)(next - s));
	}
}
