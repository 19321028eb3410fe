/*
 * render_markdown.c - render_markdown html|text|tree [slots] [raw]: Markdown on standard input, with a NUL between two documents;
 * the same way out.
 *
 * html and text are what goes into a mail; tree is what libcmark itself reads
 * in it, as XML, to compare them with. slots and raw switch those parts of
 * struct markdown_style on.
 */
#include <cmark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "content/markdown.h"

static void
render(const char *how, const char *text, size_t n, const struct markdown_style *style)
{
	struct buf out = BUF_INIT;

	if (strcmp(how, "html") == 0) {
		markdown_html(&out, text, n, style);
	} else if (strcmp(how, "text") == 0) {
		markdown_text(&out, text, n, style);
	} else {
		cmark_node *root = cmark_parse_document(text, n, CMARK_OPT_VALIDATE_UTF8);
		char *xml = cmark_render_xml(root, CMARK_OPT_DEFAULT);

		buf_addstr(&out, xml);
		free(xml);
		cmark_node_free(root);
	}
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
}

int
main(int argc, char **argv)
{
	struct markdown_style style = { .base_url = "https://calm.example/blog/", .colour = "#2f6f4f", .somebody = "there" };
	struct buf all = BUF_INIT;
	char chunk[4096];
	size_t n, at, len;
	int i;

	for (i = 2; i < argc; i++) {
		style.slots = style.slots || strcmp(argv[i], "slots") == 0;
		style.raw_html = style.raw_html || strcmp(argv[i], "raw") == 0;
	}
	if (argc < 2 || (strcmp(argv[1], "html") != 0 && strcmp(argv[1], "text") != 0 && strcmp(argv[1], "tree") != 0)) {
		fprintf(stderr, "usage: render_markdown html|text|tree [slots] [raw]\n");
		return 2;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), stdin)))
		buf_add(&all, chunk, n);
	for (at = 0; at <= all.len; at += len + 1) {
		len = strlen(all.data + at);
		if (at)
			putchar('\0');
		render(argv[1], all.data + at, len, &style);
	}
	buf_release(&all);
	return 0;
}
