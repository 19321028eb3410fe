/*
 * markdown_text.c - CommonMark as plain text that is pleasant to read.
 *
 * A leaf block's words are collected, then wrapped behind the prefix of the
 * quotes and lists around it. A list item's marker stands in the prefix until
 * its first line is out, and spaces from then on: that is the hanging indent.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "content/markdown_tree.h"
#include "content/wrap.h"

#define WIDTH 72
#define MAX_INDENT 40 /* columns; what is nested deeper is flattened, so that lines stay readable */
#define MAX_CONTAINERS 64
#define NO_MARKER ((size_t)-1)

struct text {
	struct buf *out;
	struct markdown_tree tree;
	struct buf prefix;
	struct {
		size_t at, number;
	} containers[MAX_CONTAINERS];   /* where its prefix starts; lists: the next item's number */
	size_t depth;                   /* containers open, also those flattened */
	size_t marker;                  /* where the first marker in the prefix that was not shown yet starts, or NO_MARKER */
	bool gap;                       /* a blank line stands before the next block */
	size_t gap_prefix;              /* bytes of the prefix that it shows */
	struct buf words;               /* of the leaf block that is open; '\n' is a hard line break */
	size_t link_start, image_start; /* in words */
	size_t images;                  /* images open: links within do not count */
	json_t *numbers;                /* address -> its number at the end */
	struct buf links;               /* the list at the end */
	struct markdown_raw raw;
};

/* Put one line behind the first bytes of the prefix; its markers become spaces. A blank line has no trailing spaces. */
static void
put_line(struct text *t, size_t prefix, const char *s, size_t n)
{
	size_t start = t->out->len, i;

	buf_add(t->out, t->prefix.data, prefix);
	buf_add(t->out, s, n);
	while (!n && t->out->len > start && t->out->data[t->out->len - 1] == ' ')
		buf_truncate(t->out, t->out->len - 1);
	buf_addch(t->out, '\n');
	if (t->marker >= prefix)
		return;
	for (i = t->marker; i < prefix; i++)
		if (t->prefix.data[i] != '>')
			t->prefix.data[i] = ' ';
	t->marker = NO_MARKER;
}

static void
start_block(struct text *t)
{
	if (t->gap)
		put_line(t, t->gap_prefix, "", 0);
	t->gap = false;
}

static void
end_block(struct text *t)
{
	t->gap = true;
	t->gap_prefix = t->prefix.len;
}

static void
add_line(struct text *t, const char *s, size_t n)
{
	put_line(t, t->prefix.len, s, n);
}

/* Put what was collected as one block; returns the columns of its longest line. */
static size_t
flush_words(struct text *t)
{
	const char *s = t->words.data;
	size_t n = t->words.len, width = WIDTH - wrap_columns(t->prefix.data, t->prefix.len), widest = 0, line, next;

	while (n && strchr(" \n", s[n - 1]))
		n--;
	while (n && strchr(" \n", *s))
		s++, n--;
	if (n)
		start_block(t);
	for (; n; s += next, n -= next) {
		line = wrap_line(s, n, width, &next);
		add_line(t, s, line);
		if (wrap_columns(s, line) > widest)
			widest = wrap_columns(s, line);
	}
	buf_reset(&t->words);
	return widest;
}

static void
paragraph(struct text *t, cmark_node *node)
{
	struct buf url = BUF_INIT;

	if (markdown_is_action(node) && markdown_target(&t->tree, &url, cmark_node_first_child(node))) {
		buf_addch(&t->words, '\n');
		buf_add(&t->words, url.data, url.len);
	}
	buf_release(&url);
	if (flush_words(t))
		end_block(t);
}

static void
heading(struct text *t, cmark_node *node)
{
	static const char underline[] = "=-~~~~";
	char line[WIDTH];
	size_t n = flush_words(t);

	if (!n)
		return;
	n = n < WIDTH - t->prefix.len ? n : WIDTH - t->prefix.len;
	memset(line, underline[cmark_node_get_heading_level(node) - 1], n);
	add_line(t, line, n);
	end_block(t);
}

/* Code keeps its lines but for spaces at their ends, which nobody sees, and stands four columns in. */
static void
code_block(struct text *t, cmark_node *node)
{
	struct buf code = BUF_INIT, line = BUF_INIT;
	const char *s, *end, *next;
	size_t n;

	markdown_verbatim(&t->tree, &code, cmark_node_get_literal(node));
	s = code.data;
	end = s + code.len;
	if (s < end)
		start_block(t);
	for (; s < end; s = next + 1) {
		next = s + strcspn(s, "\n");
		for (n = (size_t)(next - s); n && strchr(" \t", s[n - 1]); n--)
			;
		buf_reset(&line);
		if (n)
			buf_addstr(&line, "    ");
		buf_add(&line, s, n);
		add_line(t, line.data, line.len);
	}
	if (code.len)
		end_block(t);
	buf_release(&code);
	buf_release(&line);
}

/* Cleaned HTML comes as blocks' words with what ends each between. */
static void
raw_block(struct text *t, const char *html)
{
	struct buf words = BUF_INIT;
	const char *s;
	bool tight = false, item;
	size_t n;

	markdown_raw_text(&t->raw, &words, html);
	for (s = words.data; *s; s += n + (s[n] != '\0')) {
		n = strcspn(s, "\f\v");
		item = s[n] == MARKDOWN_ITEM_END;
		if (strspn(s, " \n") < n) {
			t->gap = t->gap && !tight;
			buf_add(&t->words, s, n);
			if (flush_words(t))
				end_block(t);
			tight = item;
		}
		tight = tight && item;
	}
	buf_release(&words);
}

static void
html_block(struct text *t, cmark_node *node)
{
	if (t->tree.style->raw_html) {
		raw_block(t, cmark_node_get_literal(node));
		return;
	}
	markdown_raw(&t->tree, &t->words, cmark_node_get_literal(node));
	if (flush_words(t))
		end_block(t);
}

/* In a line there are no blocks. */
static void
raw_inline(struct text *t, const char *html)
{
	size_t to = t->words.len, i = to;

	markdown_raw_text(&t->raw, &t->words, html);
	for (; i < t->words.len; i++) {
		char c = t->words.data[i];

		if (!strchr("\f\v", c))
			t->words.data[to++] = c;
		else if (to && t->words.data[to - 1] != ' ')
			t->words.data[to++] = ' ';
	}
	buf_truncate(&t->words, to);
}

/* Whether a container at this depth may still indent. */
static bool
has_room(const struct text *t)
{
	return t->depth < MAX_CONTAINERS && t->prefix.len <= MAX_INDENT - 4;
}

static void
open_container(struct text *t, const char *prefix, bool marker)
{
	bool room = has_room(t);

	if (t->depth < MAX_CONTAINERS)
		t->containers[t->depth].at = t->prefix.len;
	t->depth++;
	if (!room)
		return;
	if (marker && t->marker == NO_MARKER)
		t->marker = t->prefix.len;
	buf_addstr(&t->prefix, prefix);
}

static void
close_container(struct text *t)
{
	if (--t->depth < MAX_CONTAINERS)
		buf_truncate(&t->prefix, t->containers[t->depth].at);
	if (t->marker != NO_MARKER && t->marker >= t->prefix.len)
		t->marker = NO_MARKER;
	if (t->gap_prefix > t->prefix.len)
		t->gap_prefix = t->prefix.len;
}

static void
item(struct text *t, cmark_node *node, bool enter)
{
	cmark_node *list = cmark_node_parent(node);
	char marker[32] = "- ";
	size_t *number = t->depth && t->depth <= MAX_CONTAINERS ? &t->containers[t->depth - 1].number : NULL;

	if (!enter) {
		if (!cmark_node_first_child(node) && t->marker != NO_MARKER) { /* an empty item is an item */
			start_block(t);
			add_line(t, "", 0);
			end_block(t);
		}
		close_container(t);
		return;
	}
	if (cmark_node_get_list_tight(list) && cmark_node_previous(node))
		t->gap = false;
	if (number && cmark_node_get_list_type(list) == CMARK_ORDERED_LIST)
		snprintf(marker, sizeof(marker), "%zu. ", (*number)++);
	open_container(t, marker, true);
}

/* The list itself indents nothing; it is a container so that its items can be numbered. */
static void
list(struct text *t, cmark_node *node, bool enter)
{
	cmark_node *parent = cmark_node_parent(node);

	if (!enter) {
		close_container(t);
		return;
	}
	if (cmark_node_get_type(parent) == CMARK_NODE_ITEM && cmark_node_get_list_tight(cmark_node_parent(parent)))
		t->gap = false;
	open_container(t, "", false);
	if (t->depth <= MAX_CONTAINERS)
		t->containers[t->depth - 1].number = (size_t)cmark_node_get_list_start(node);
}

/* The same address keeps its number. */
static int
number_of(void *ctx, const char *url)
{
	struct text *t = ctx;
	const json_t *known = json_object_get(t->numbers, url);
	int number = (int)(known ? json_integer_value(known) : (json_int_t)json_object_size(t->numbers) + 1);

	if (!known) {
		json_object_set_new(t->numbers, url, json_integer(number));
		buf_addf(&t->links, "[%d] %s\n", number, url);
	}
	return number;
}

/* "words [1]"; raw HTML within has no links, nor is there one within a link of raw HTML. */
static void
link(struct text *t, cmark_node *node, bool enter)
{
	cmark_node *parent = cmark_node_parent(node);
	struct buf url = BUF_INIT, tags = BUF_INIT;

	if (enter) {
		t->link_start = t->words.len;
		html_clean_enter(&t->raw.clean, &tags, HTML_LINK);
		goto out;
	}
	html_clean_leave(&t->raw.clean, &tags);
	if (cmark_node_first_child(node) && !markdown_is_autolink(node) && !t->raw.linked &&
	    !(cmark_node_get_type(parent) == CMARK_NODE_PARAGRAPH && markdown_is_action(parent)) &&
	    markdown_target(&t->tree, &url, node))
		buf_addf(&t->words, t->words.len > t->link_start ? " [%d]" : "[%d]", number_of(t, url.data));
out:
	buf_release(&url);
	buf_release(&tags);
}

/* "[what it shows]"; nothing for one that says nothing. */
static void
image(struct text *t, bool enter)
{
	if (enter && !t->images++) {
		buf_addch(&t->words, '[');
		t->image_start = t->words.len;
	} else if (!enter && !--t->images) {
		if (t->words.len == t->image_start)
			buf_truncate(&t->words, t->words.len - 1);
		else
			buf_addch(&t->words, ']');
	}
}

static void
inline_node(struct text *t, cmark_node *node, bool enter)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		markdown_words(&t->tree, &t->words, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_HTML_INLINE:
		if (t->tree.style->raw_html)
			raw_inline(t, cmark_node_get_literal(node));
		else
			markdown_raw(&t->tree, &t->words, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE:
		buf_addch(&t->words, '`');
		markdown_verbatim(&t->tree, &t->words, cmark_node_get_literal(node));
		buf_addch(&t->words, '`');
		break;
	case CMARK_NODE_SOFTBREAK:
		buf_addch(&t->words, ' ');
		break;
	case CMARK_NODE_LINEBREAK:
		buf_addch(&t->words, t->images ? ' ' : '\n');
		break;
	case CMARK_NODE_EMPH:
		buf_addstr(&t->words, t->images ? "" : "_");
		break;
	case CMARK_NODE_STRONG:
		buf_addstr(&t->words, t->images ? "" : "*");
		break;
	case CMARK_NODE_LINK:
		if (!t->images)
			link(t, node, enter);
		break;
	case CMARK_NODE_IMAGE:
		image(t, enter);
		break;
	default:
		break;
	}
}

static void
block_node(struct text *t, cmark_node *node, bool enter)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		if (!enter)
			heading(t, node);
		break;
	case CMARK_NODE_PARAGRAPH:
		if (!enter)
			paragraph(t, node);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		if (enter)
			open_container(t, "> ", false);
		else
			close_container(t);
		break;
	case CMARK_NODE_LIST:
		list(t, node, enter);
		break;
	case CMARK_NODE_ITEM:
		item(t, node, enter);
		break;
	case CMARK_NODE_CODE_BLOCK:
		code_block(t, node);
		break;
	case CMARK_NODE_HTML_BLOCK:
		html_block(t, node);
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		start_block(t);
		add_line(t, "* * *", 5);
		end_block(t);
		break;
	default:
		inline_node(t, node, enter);
		break;
	}
}

void
markdown_text(struct buf *out, const char *text, size_t n, const struct markdown_style *style)
{
	struct text t = {
		.out = out,
		.prefix = BUF_INIT,
		.marker = NO_MARKER,
		.words = BUF_INIT,
		.links = BUF_INIT,
		.numbers = json_object(),
	};
	size_t start = out->len;
	cmark_event_type event;
	cmark_iter *iter;

	markdown_tree_read(&t.tree, text, n, style);
	markdown_raw_init(&t.raw, &t.tree);
	t.raw.number = number_of;
	t.raw.ctx = &t;
	iter = cmark_iter_new(t.tree.root);
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE && out->len - start < MARKDOWN_MAX_OUTPUT)
		block_node(&t, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
	if (t.links.len)
		buf_addf(out, "\n%s", t.links.data);
	cmark_iter_free(iter);
	markdown_tree_release(&t.tree);
	markdown_raw_release(&t.raw);
	json_decref(t.numbers);
	buf_release(&t.prefix);
	buf_release(&t.words);
	buf_release(&t.links);
}
