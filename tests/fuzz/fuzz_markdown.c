/* fuzz_markdown.c - any bytes as Markdown: well-formed UTF-8 without control characters or script comes out. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "content/markdown.h"

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
	buf_release(&html);
	buf_release(&text);
	buf_release(&rest);
	return 0;
}
