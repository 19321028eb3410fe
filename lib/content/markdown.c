/*
 * markdown.c - what both renderings share, and the small questions: title, excerpt, first image.
 *
 * Everything iterates over cmark's tree, which is as deep as a hostile text makes it.
 */
#include "content/markdown.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "content/markdown_tree.h"
#include "content/url.h"

#define MAX_IMAGES 1000
#define EXCERPT_BYTES 16 /* for each word asked for: text without spaces has an end too */

/*
 * cmark before 0.30.3 steps over every open "![" at each link's end: 1 MB of
 * "![[]()" would take minutes. So what comes behind many images is a link.
 */
static void
limit_images(struct buf *text)
{
	char *p = text->data, *end = p + text->len;
	size_t images = 0;

	while ((p = memmem(p, (size_t)(end - p), "![", 2))) {
		if (++images > MAX_IMAGES)
			*p = ' ';
		p += 2;
	}
}

cmark_node *
markdown_parse(const char *text, size_t n)
{
	struct buf copy = BUF_INIT;
	cmark_node *root;

	if (n > MARKDOWN_MAX)
		n = text_cut(text, MARKDOWN_MAX);
	buf_add(&copy, text, n);
	limit_images(&copy);
	root = cmark_parse_document(copy.data, copy.len, CMARK_OPT_VALIDATE_UTF8);
	buf_release(&copy);
	return root;
}

void
markdown_clean(struct buf *out, const char *s)
{
	size_t n = strlen(s), i;

	if (!text_has_control(s, n, "\t\n")) {
		buf_add(out, s, n);
		return;
	}
	for (i = 0; i < n; i++) {
		size_t len = s[i] == '\xc2' ? 2 : 1; /* C1 in UTF-8 */

		if (!text_has_control(s + i, len, "\t\n"))
			buf_addch(out, s[i]);
		else
			i += len - 1;
	}
}

void
markdown_raw(struct buf *out, const char *html)
{
	const char *start, *end;

	while ((start = strstr(html, "<!--"))) {
		struct buf before = BUF_INIT;

		buf_add(&before, html, (size_t)(start - html));
		markdown_clean(out, before.data);
		buf_release(&before);
		end = strstr(start + 4, "-->");
		if (!end)
			return;
		html = end + 3;
	}
	markdown_clean(out, html);
}

bool
markdown_target(struct buf *out, cmark_node *node, const struct markdown_style *style)
{
	const char *url = cmark_node_get_url(node);
	struct buf clean = BUF_INIT;
	bool image = cmark_node_get_type(node) == CMARK_NODE_IMAGE, linked;
	enum url_kind kind;

	url_clean(&clean, url, strlen(url));
	kind = url_kind(clean.data);
	linked = clean.len && kind != URL_OTHER && !(image && kind == URL_CONTACT);
	if (linked)
		url_resolve(out, style->base_url, clean.data);
	buf_release(&clean);
	return linked;
}

bool
markdown_is_autolink(cmark_node *link)
{
	cmark_node *words = cmark_node_first_child(link);
	const char *url = cmark_node_get_url(link), *text;

	if (!words || cmark_node_next(words) || cmark_node_get_type(words) != CMARK_NODE_TEXT)
		return false;
	text = cmark_node_get_literal(words);
	return strcmp(url, text) == 0 || (strncmp(url, "mailto:", 7) == 0 && strcmp(url + 7, text) == 0);
}

bool
markdown_is_action(cmark_node *paragraph)
{
	cmark_node *link = cmark_node_first_child(paragraph), *child;

	if (cmark_node_get_type(cmark_node_parent(paragraph)) != CMARK_NODE_DOCUMENT || !link || cmark_node_next(link) ||
	    cmark_node_get_type(link) != CMARK_NODE_LINK || markdown_is_autolink(link))
		return false;
	for (child = cmark_node_first_child(link); child; child = cmark_node_next(child))
		if (cmark_node_get_type(child) == CMARK_NODE_IMAGE)
			return false;
	return cmark_node_first_child(link) != NULL;
}

bool
markdown_is_tight(cmark_node *paragraph)
{
	cmark_node *item = cmark_node_parent(paragraph), *list = item ? cmark_node_parent(item) : NULL;

	return list && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list);
}

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

		if (type == CMARK_NODE_IMAGE || (type == CMARK_NODE_LINK && markdown_is_autolink(node)) ||
		    (type == CMARK_NODE_HEADING && root != node)) {
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

void
markdown_excerpt(struct buf *out, const char *text, size_t n, size_t words)
{
	cmark_node *root = markdown_parse(text, n);
	size_t start = out->len, bytes = words * EXCERPT_BYTES;
	bool more = add_words(out, root, words, bytes);

	cut_line(out, start, bytes);
	if (more && out->len > start)
		buf_addstr(out, "…");
	cmark_node_free(root);
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
	cmark_node *root = markdown_parse(text, n), *heading = first_heading(root);
	size_t start = out->len;

	if (heading) {
		add_words(out, heading, (size_t)-1, (size_t)-1);
		cut_line(out, start, (size_t)-1);
	}
	cmark_node_free(root);
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
	cmark_node *root = markdown_parse(text, n), *heading = first_heading(root);
	size_t start = 0, end = 0;

	if (heading)
		find_heading(text, n, cmark_node_get_start_line(heading), &start, &end);
	buf_add(out, text, start);
	buf_add(out, text + end, n - end);
	cmark_node_free(root);
}

int
markdown_image(struct buf *out, const char *text, size_t n, const struct markdown_style *style)
{
	cmark_node *root = markdown_parse(text, n), *node;
	cmark_iter *iter = cmark_iter_new(root);
	int rc = -1;

	while (rc == -1 && cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		node = cmark_iter_get_node(iter);
		if (cmark_node_get_type(node) == CMARK_NODE_IMAGE && markdown_target(out, node, style))
			rc = 0;
	}
	cmark_iter_free(iter);
	cmark_node_free(root);
	return rc;
}
