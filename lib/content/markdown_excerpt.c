/*
 * markdown_excerpt.c - what is taken out of a text: title, excerpt, first image; and lines that are no Markdown.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "content/markdown_tree.h"

#define EXCERPT_BYTES 16 /* for each word asked for: text without spaces has an end too */

/* Append the words below a node as one line, at most `words` of them and `bytes` long; returns whether anything was left out. */
static bool
add_words(struct buf *out, cmark_node *root, size_t words, size_t bytes)
{
	cmark_iter *iter = cmark_iter_new(root);
	struct buf text = BUF_INIT;
	size_t start = out->len, count = 0, i;
	cmark_event_type event;
	bool more = false;

	while (!more && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);

		if ((type == CMARK_NODE_LINK && markdown_is_autolink(node)) ||
		    ((type == CMARK_NODE_IMAGE || type == CMARK_NODE_HEADING) && root != node) ||
		    (type == CMARK_NODE_PARAGRAPH && out->len > start && markdown_is_action(node))) {
			if (event == CMARK_EVENT_ENTER)
				cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
			continue;
		}
		buf_reset(&text);
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			markdown_clean(&text, cmark_node_get_literal(node));
		else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK || type == CMARK_NODE_PARAGRAPH)
			buf_addch(&text, ' ');
		for (i = 0; i < text.len && !more; i++) {
			bool space = strchr(" \t\n", text.data[i]) != NULL, at_gap = out->len == start || out->data[out->len - 1] == ' ';

			if (space ? at_gap : at_gap && count == words)
				more = !space;
			else {
				count += at_gap;
				buf_addch(out, space ? ' ' : text.data[i]);
				more = out->len - start > bytes;
			}
		}
	}
	buf_release(&text);
	cmark_iter_free(iter);
	return more;
}

/* Cut what is over `bytes` since start, at a space if one is near, else between characters, and the space at the end. */
static void
cut_line(struct buf *out, size_t start, size_t bytes)
{
	size_t i;

	if (out->len - start > bytes) {
		buf_truncate(out, start + text_cut(out->data + start, bytes));
		for (i = out->len; i > start + bytes / 2; i--)
			if (out->data[i - 1] == ' ') {
				buf_truncate(out, i);
				break;
			}
	}
	while (out->len > start && out->data[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}

/* "…" takes the place of a full stop, a comma and their like; behind a question it stands apart. */
static void
add_ellipsis(struct buf *out, size_t start)
{
	while (out->len > start && strchr(".,;:- ", out->data[out->len - 1]))
		buf_truncate(out, out->len - 1);
	if (out->len > start)
		buf_addstr(out, strchr("!?", out->data[out->len - 1]) ? " …" : "…");
}

void
markdown_excerpt(struct buf *out, const char *text, size_t n, size_t words)
{
	struct markdown_tree t;
	size_t start = out->len, bytes = words * EXCERPT_BYTES;
	bool more;

	markdown_tree_read(&t, text, n, NULL);
	more = add_words(out, t.root, words, bytes);
	cut_line(out, start, bytes);
	if (more)
		add_ellipsis(out, start);
	markdown_tree_release(&t);
}

/* Headings in quotes and lists are not the text's own. */
static cmark_node *
first_heading(cmark_node *root)
{
	cmark_node *node = cmark_node_first_child(root);

	while (node && cmark_node_get_type(node) != CMARK_NODE_HEADING)
		node = cmark_node_next(node);
	return node;
}

int
markdown_title(struct buf *out, const char *text, size_t n)
{
	struct markdown_tree t;
	cmark_node *heading;
	size_t start = out->len;

	markdown_tree_read(&t, text, n, NULL);
	heading = first_heading(t.root);
	if (heading) {
		add_words(out, heading, (size_t)-1, (size_t)-1);
		cut_line(out, start, (size_t)-1);
	}
	markdown_tree_release(&t);
	return out->len > start ? 0 : -1;
}

/* The start of the next line; cmark ends lines at LF, CR and CRLF. */
static size_t
next_line(const char *text, size_t n, size_t i)
{
	while (i < n && text[i] != '\n' && text[i] != '\r')
		i++;
	if (i + 1 < n && text[i] == '\r' && text[i + 1] == '\n')
		i++;
	return i < n ? i + 1 : n;
}

/* After at most three spaces, up to six # and a blank or the line's end. */
static bool
is_atx(const char *line, size_t n)
{
	size_t i = 0, hashes = 0;

	while (i < n && i < 3 && line[i] == ' ')
		i++;
	while (i < n && line[i] == '#')
		i++, hashes++;
	return hashes && hashes <= 6 && (i == n || strchr(" \t\r\n", line[i]));
}

/* A setext heading's last line: = or - alone. */
static bool
is_underline(const char *line, size_t n)
{
	size_t i = 0, start;
	char c;

	while (i < n && i < 3 && line[i] == ' ')
		i++;
	c = i < n ? line[i] : '\0';
	for (start = i; i < n && line[i] == c; i++)
		;
	while (i < n && strchr(" \t\r\n", line[i]))
		i++;
	return (c == '=' || c == '-') && i > start && i == n;
}

/*
 * cmark 0.30 gives a setext heading's lines with the link definitions before
 * it and the line behind it. So look for its underline; after a definition
 * only the line above that is taken for the title.
 */
static void
find_heading(const char *text, size_t n, int first_line, size_t *start, size_t *end)
{
	size_t before, i = 0;

	while (--first_line > 0)
		i = next_line(text, n, i);
	*start = i;
	*end = next_line(text, n, i);
	if (is_atx(text + i, *end - i))
		return;
	do {
		before = i;
		i = *end;
		*end = next_line(text, n, i);
	} while (i < n && !is_underline(text + i, *end - i));
	if (i == n)
		*start = *end = n;
	else if (text[*start] == '[')
		*start = before;
}

void
markdown_without_title(struct buf *out, const char *text, size_t n)
{
	struct markdown_tree t;
	cmark_node *heading;
	size_t start = 0, end = 0;

	markdown_tree_read(&t, text, n, NULL);
	heading = first_heading(t.root);
	if (heading)
		find_heading(text, n, cmark_node_get_start_line(heading), &start, &end);
	buf_add(out, text, start);
	buf_add(out, text + end, n - end);
	markdown_tree_release(&t);
}

int
markdown_image(struct buf *out, struct buf *alt, const char *text, size_t n, const struct markdown_style *style)
{
	struct markdown_style no_slots = *style;
	struct markdown_tree t;
	cmark_iter *iter;
	size_t start;
	int rc = -1;

	no_slots.slots = false;
	markdown_tree_read(&t, text, n, &no_slots);
	iter = cmark_iter_new(t.root);
	while (rc == -1 && cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (cmark_node_get_type(node) != CMARK_NODE_IMAGE || !markdown_target(&t, out, node))
			continue;
		rc = 0;
		if (alt) {
			start = alt->len;
			add_words(alt, node, (size_t)-1, MARKDOWN_ALT_MAX);
			cut_line(alt, start, MARKDOWN_ALT_MAX);
		}
	}
	cmark_iter_free(iter);
	markdown_tree_release(&t);
	return rc;
}

void
markdown_line(struct buf *out, const char *text, const char *somebody)
{
	struct buf clean = BUF_INIT, mark = BUF_INIT;
	size_t i = 0, len;
	bool url;

	markdown_clean(&clean, text);
	while (i < clean.len) {
		buf_reset(&mark);
		len = markdown_slot_read(&mark, clean.data + i, clean.len - i, somebody, &url);
		if (len && !url) {
			buf_add(out, mark.data, mark.len);
			i += len;
			continue;
		}
		if (strncmp(clean.data + i, "\\{", 2) == 0)
			i++; /* "\{{name}}" is text */
		buf_addch(out, clean.data[i++]);
	}
	buf_release(&clean);
	buf_release(&mark);
}
