/*
 * fuzz_markdown.c - any bytes as Markdown: well-formed UTF-8 without control characters or script comes out; with slots and cleaned
 * HTML also marks that a message takes, each in a place where it may be.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/markdown.h"
#include "mail/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(const struct buf *out)
{
	if (!text_is_utf8(out->data, out->len) || text_has_control(out->data, out->len, "\t\n"))
		abort();
}

/* Every tag is one of ours: what the author wrote is escaped, and each address is one that may be linked. */
static void
check_tags(const char *html)
{
	static const char *const tags[] = {
		"p ", "/p>", "h1 ", "h2 ", "h3 ", "h4 ", "h5 ", "h6 ", "/h", "a ", "/a>", "img ", "em>", "/em>", "strong>",
		"/strong>", "code ", "/code>", "br>", "hr ", "ul ", "/ul>", "ol ", "/ol>", "li ", "/li>", "blockquote ", "/blockquote>", "table ",
		"/table>", "tr>", "/tr>", "td ", "/td>", "pre ", "/pre>"
	};
	const char *p;
	size_t i;

	for (p = html; (p = strchr(p, '<')); p++) {
		for (i = 0; i < sizeof(tags) / sizeof(tags[0]) && strncmp(p + 1, tags[i], strlen(tags[i])) != 0; i++)
			;
		if (i == sizeof(tags) / sizeof(tags[0]))
			abort();
		if (strncmp(p, "<a href=\"", 9) == 0 || strncmp(p, "<img src=\"", 10) == 0) {
			const char *url = strchr(p, '"') + 1;

			if (strncasecmp(url, "http", 4) != 0 && strncasecmp(url, "mailto:", 7) != 0 && strncasecmp(url, "tel:", 4) != 0)
				abort();
		}
	}
}

/* Append without the marks, which are whole; returns how many there are. */
static size_t
drop_marks(struct buf *out, const char *s)
{
	size_t marks = 0, n;

	for (; *s; s += n) {
		n = *s == SLOT_START ? slot_mark(s, strlen(s)) : 0;
		marks += n > 0;
		if (!n)
			buf_add(out, s, n = 1);
	}
	return marks;
}

static int
is_void(const char *s, size_t n)
{
	return (n == 2 && s[1] == 'r' && (s[0] == 'b' || s[0] == 'h')) ||
	    (n == 3 && (memcmp(s, "img", 3) == 0 || memcmp(s, "wbr", 3) == 0 || memcmp(s, "col", 3) == 0));
}

/* Tags are balanced, ours and the text's, and none is one that a mail must not hold. */
static void
check_balance(const char *s)
{
	static const char *const never[] = { "script", "style", "form", "input", "button", "iframe", "object", "svg", "math", "base",
		"link", "meta" };
	static char open[1024][16];
	size_t depth = 0, len, i;

	while ((s = strchr(s, '<'))) {
		int ends = s[1] == '/';

		s += ends ? 2 : 1;
		len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");
		if (!len || len >= sizeof(open[0]))
			abort();
		for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
			if (strlen(never[i]) == len && memcmp(never[i], s, len) == 0)
				abort();
		if (ends) {
			if (!depth || strlen(open[depth - 1]) != len || memcmp(open[depth - 1], s, len) != 0)
				abort();
			depth--;
		} else if (!is_void(s, len)) {
			if (depth == sizeof(open) / sizeof(open[0]))
				abort();
			memcpy(open[depth], s, len);
			open[depth++][len] = '\0';
		}
	}
	if (depth)
		abort();
}

static void
check_slots(const char *s, size_t n)
{
	const struct markdown_style style = {
		.base_url = "https://calm.example/blog/", .colour = "#2f6f4f", .somebody = "there & co", .slots = true, .raw_html = true
	};
	struct buf html = BUF_INIT, text = BUF_INIT, bare = BUF_INIT;
	struct message_spec spec = { "", "a@x.example", "", "s", NULL, NULL, "", "", "", false, false, false };
	struct err e = ERR_INIT;
	struct message *m;
	size_t marks;

	markdown_html(&html, s, n, &style);
	markdown_text(&text, s, n, &style);
	marks = drop_marks(&bare, html.data);
	check_balance(bare.data);
	marks += drop_marks(&bare, text.data);
	check(&bare);
	spec.html = html.data;
	spec.text = text.data;
	if (html.len && text.len && html.len + text.len < MESSAGE_TEXT_MAX && marks <= MESSAGE_SLOTS_MAX) {
		m = message_compile(&spec, &e);
		if (!m)
			abort();
		message_free(m);
	}
	buf_release(&html);
	buf_release(&text);
	buf_release(&bare);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct markdown_style style = { .base_url = "https://calm.example/blog/", .colour = "#2f6f4f" };
	struct buf html = BUF_INIT, text = BUF_INIT, rest = BUF_INIT;
	const char *s = (const char *)data;

	markdown_html(&html, s, n, &style);
	check(&html);
	check_tags(html.data);
	markdown_text(&text, s, n, &style);
	check(&text);
	markdown_excerpt(&rest, s, n, 10);
	markdown_title(&rest, s, n);
	markdown_image(&rest, NULL, s, n, &style);
	check(&rest);
	buf_reset(&rest);
	markdown_without_title(&rest, s, n);
	if (rest.len > n)
		abort();
	check_slots(s, n);
	buf_release(&html);
	buf_release(&text);
	buf_release(&rest);
	return 0;
}
