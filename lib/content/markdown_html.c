/*
 * markdown_html.c - CommonMark as HTML that Gmail, Outlook and Apple Mail show alike.
 *
 * Styles are inline. Fonts and colours of running text come from the template
 * around it; what has a background of its own names its text colour too, so
 * that dark mode never leaves light on light. Frames with a background are
 * table cells, since Outlook (Word) knows padding there only.
 */
#include <string.h>

#include "base/buf.h"
#include "base/colour.h"
#include "base/slot.h"
#include "content/html_clean.h"
#include "content/markdown_tree.h"

#define SANS "Helvetica,Arial,sans-serif"
#define MONO "Consolas,Menlo,'Courier New',monospace"
#define TABLE "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
#define BREAK "word-break:break-word" /* long words and addresses, on a telephone */
#define DEFAULT_COLOUR "#1f6f5c"

struct html {
	struct buf *out;
	struct markdown_tree tree;
	struct html_clean clean; /* used with style.raw_html alone */
	const char *colour;      /* accent */
	const char *on_colour;   /* text on the accent */
	size_t depth;            /* containers open, also those not shown */
	size_t inlines;          /* the same for emphasis */
	size_t images;           /* images open: their words are an alt text */
	size_t links, linked;    /* how many are open in each other, and which of them has a target and leads; 0: none */
	bool action;             /* the open paragraph is a button */
	struct buf scratch;
};

/* Every element that is written is told to whoever cleans the raw HTML around it: before its start tag, and before its end tag. */
static void
enter(struct html *h, enum html_part part)
{
	if (h->tree.style->raw_html)
		html_clean_enter(&h->clean, h->out, part);
}

static void
leave(struct html *h)
{
	if (h->tree.style->raw_html)
		html_clean_leave(&h->clean, h->out);
}

/* Append a node's text as shown by `show`, escaped but for the marks in it. */
static void
add_text(struct html *h, const char *s, void (*show)(const struct markdown_tree *, struct buf *, const char *))
{
	buf_reset(&h->scratch);
	show(&h->tree, &h->scratch, s);
	slot_escape_html(h->out, h->scratch.data, h->scratch.len);
}

static void
heading(struct html *h, cmark_node *node, bool enters)
{
	static const int size[] = { 28, 22, 18, 16, 16, 16 };
	int level = cmark_node_get_heading_level(node);

	if (enters) {
		enter(h, HTML_PARAGRAPH);
		buf_addf(h->out, "<h%d style=\"margin:%s 0 12px;font-size:%dpx;line-height:1.3;font-weight:bold;" BREAK "\">", level,
		    cmark_node_previous(node) ? "32px" : "0", size[level - 1]);
	} else {
		leave(h);
		buf_addf(h->out, "</h%d>\n", level);
	}
}

static void
action(struct html *h, bool enters)
{
	if (enters) {
		enter(h, HTML_PARAGRAPH);
		buf_addf(h->out,
		    TABLE " style=\"margin:8px 0 24px;border-collapse:separate\"><tr><td bgcolor=\"%s\" "
			  "style=\"border-radius:6px;background-color:%s;mso-padding-alt:12px 24px\">",
		    h->colour, h->colour);
	} else {
		leave(h);
		buf_addstr(h->out, "</td></tr></table>\n");
	}
	h->action = enters;
}

static void
paragraph(struct html *h, cmark_node *node, bool enters)
{
	if (enters) {
		buf_reset(&h->scratch);
		h->action = markdown_is_action(node) && markdown_target(&h->tree, &h->scratch, cmark_node_first_child(node));
	}
	if (h->action) {
		action(h, enters);
	} else if (!markdown_is_tight(node) && enters) {
		enter(h, HTML_PARAGRAPH);
		buf_addf(h->out, "<p style=\"margin:%s;line-height:1.6;" BREAK "\">",
		    cmark_node_next(node) || cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_DOCUMENT ? "0 0 16px" : "0");
	} else if (!markdown_is_tight(node)) {
		leave(h);
		buf_addstr(h->out, "</p>\n");
	}
}

/* No table here: Outlook would not pass the running text's font into it. */
static void
quote(struct html *h, bool enters)
{
	if (enters) {
		enter(h, HTML_BLOCK);
		buf_addf(h->out, "<blockquote style=\"margin:0 0 16px;padding:4px 0 4px 16px;border-left:4px solid %s\">\n", h->colour);
	} else {
		leave(h);
		buf_addstr(h->out, "</blockquote>\n");
	}
}

static void
list(struct html *h, cmark_node *node, bool enters)
{
	bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
	cmark_node *parent = cmark_node_parent(node);
	int start = cmark_node_get_list_start(node);

	if (!enters) {
		leave(h);
		buf_addstr(h->out, ordered ? "</ol>\n" : "</ul>\n");
		return;
	}
	enter(h, HTML_BLOCK);
	buf_addstr(h->out, ordered ? "<ol" : "<ul");
	if (ordered && start != 1)
		buf_addf(h->out, " start=\"%d\"", start);
	buf_addf(h->out, " style=\"margin:%s 24px;padding:0\">\n",
	    cmark_node_get_type(parent) == CMARK_NODE_ITEM ? "8px 0 0" : "0 0 16px");
}

/* Of a list too deep to be shown the items are lines. */
static void
item(struct html *h, bool enters)
{
	if (h->depth > MARKDOWN_MAX_DEPTH) {
		buf_addstr(h->out, enters ? "<br>\n" : "");
	} else if (enters) {
		enter(h, HTML_BLOCK);
		buf_addstr(h->out, "<li style=\"margin:0 0 8px;line-height:1.6;" BREAK "\">");
	} else {
		leave(h);
		buf_addstr(h->out, "</li>\n");
	}
}

static void
code_block(struct html *h, cmark_node *node)
{
	enter(h, HTML_BLOCK);
	buf_addstr(h->out, TABLE " width=\"100%\" style=\"margin:0 0 16px;table-layout:fixed\"><tr><td class=\"code\" ");
	buf_addstr(h->out, "bgcolor=\"#f3f4f6\" style=\"padding:12px 16px;background-color:#f3f4f6;border-radius:6px\">");
	buf_addstr(h->out, "<pre style=\"margin:0;font-family:" MONO ";font-size:14px;line-height:1.5;color:#1f2937;");
	buf_addstr(h->out, "white-space:pre-wrap;word-wrap:break-word;" BREAK "\">");
	add_text(h, cmark_node_get_literal(node), markdown_verbatim);
	leave(h);
	buf_addstr(h->out, "</pre></td></tr></table>\n");
}

static void
html_block(struct html *h, cmark_node *node)
{
	size_t start = h->out->len;

	if (h->tree.style->raw_html) {
		markdown_raw_html(&h->tree, &h->clean, h->out, cmark_node_get_literal(node));
		return;
	}
	buf_addstr(h->out, "<p style=\"margin:0 0 16px;line-height:1.6;white-space:pre-line;" BREAK "\">");
	add_text(h, cmark_node_get_literal(node), markdown_raw);
	if (h->scratch.data[strspn(h->scratch.data, " \t\n")] == '\0') /* it was only a comment */
		buf_truncate(h->out, start);
	else
		buf_addstr(h->out, "</p>\n");
}

static void
link_end(struct html *h)
{
	if (h->linked == h->links) {
		leave(h);
		buf_addstr(h->out, "</a>");
		h->linked = 0;
	}
	h->links--;
}

/* <https://…> may stand in the words of a link, but HTML has no link in a link: the outer one leads. */
static void
link(struct html *h, cmark_node *node, bool enters)
{
	if (!enters) {
		link_end(h);
		return;
	}
	h->links++;
	buf_reset(&h->scratch);
	if (h->linked || !markdown_target(&h->tree, &h->scratch, node) || !html_clean_may_link(&h->clean))
		return;
	h->linked = h->links;
	enter(h, HTML_LINK);
	buf_addstr(h->out, "<a href=\"");
	slot_escape_html(h->out, h->scratch.data, h->scratch.len);
	if (h->action)
		buf_addf(h->out,
		    "\" class=\"button\" style=\"display:inline-block;padding:12px 24px;border-radius:6px;background-color:%s;color:%s;"
		    "font-family:" SANS ";font-size:16px;line-height:20px;font-weight:bold;text-decoration:none;" BREAK "\">",
		    h->colour, h->on_colour);
	else
		buf_addf(h->out, "\" style=\"color:%s;text-decoration:underline\">", h->colour);
}

/* An image is open from its enter to its exit event: in between its words, without mark-up, are the alt text. */
static void
image(struct html *h, cmark_node *node, bool enters)
{
	bool alone = !cmark_node_previous(node) && !cmark_node_next(node);

	if (enters ? h->images++ : --h->images)
		return;
	buf_reset(&h->scratch);
	if (!markdown_target(&h->tree, &h->scratch, node))
		return; /* its words stand for it */
	if (!enters) {
		buf_addf(h->out, "\" width=\"536\" border=\"0\" style=\"%swidth:100%%;max-width:536px;height:auto;border:0\">",
		    alone ? "display:block;" : "");
		return;
	}
	buf_addstr(h->out, "<img src=\"");
	slot_escape_html(h->out, h->scratch.data, h->scratch.len);
	buf_addstr(h->out, "\" alt=\"");
}

/* Emphasis and containers below MARKDOWN_MAX_DEPTH are counted, not shown. */
static bool
nest(size_t *depth, bool enters)
{
	return enters ? (*depth)++ < MARKDOWN_MAX_DEPTH : --*depth < MARKDOWN_MAX_DEPTH;
}

static void
emphasis(struct html *h, const char *tag, bool enters)
{
	if (enters)
		enter(h, HTML_SPAN);
	else
		leave(h);
	buf_addf(h->out, "<%s%s>", enters ? "" : "/", tag);
}

static void
inline_node(struct html *h, cmark_node *node, bool enters)
{
	bool shown = h->images == 0;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		add_text(h, cmark_node_get_literal(node), markdown_words);
		break;
	case CMARK_NODE_HTML_INLINE:
		if (!h->tree.style->raw_html)
			add_text(h, cmark_node_get_literal(node), markdown_raw);
		else if (shown)
			markdown_raw_html(&h->tree, &h->clean, h->out, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE:
		if (shown)
			buf_addstr(h->out, "<code style=\"padding:1px 4px;border-radius:3px;background-color:#f3f4f6;"
					   "color:#1f2937;font-family:" MONO ";font-size:90%\">");
		add_text(h, cmark_node_get_literal(node), markdown_verbatim);
		buf_addstr(h->out, shown ? "</code>" : "");
		break;
	case CMARK_NODE_SOFTBREAK:
		buf_addch(h->out, '\n');
		break;
	case CMARK_NODE_LINEBREAK:
		buf_addstr(h->out, shown ? "<br>\n" : "\n");
		break;
	case CMARK_NODE_EMPH:
		if (nest(&h->inlines, enters) && shown)
			emphasis(h, "em", enters);
		break;
	case CMARK_NODE_STRONG:
		if (nest(&h->inlines, enters) && shown)
			emphasis(h, "strong", enters);
		break;
	case CMARK_NODE_LINK:
		if (shown)
			link(h, node, enters);
		break;
	case CMARK_NODE_IMAGE:
		image(h, node, enters);
		break;
	default:
		break;
	}
}

static void
block_node(struct html *h, cmark_node *node, bool enters)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		heading(h, node, enters);
		break;
	case CMARK_NODE_PARAGRAPH:
		paragraph(h, node, enters);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		if (nest(&h->depth, enters))
			quote(h, enters);
		break;
	case CMARK_NODE_LIST:
		if (nest(&h->depth, enters))
			list(h, node, enters);
		break;
	case CMARK_NODE_ITEM:
		item(h, enters);
		break;
	case CMARK_NODE_CODE_BLOCK:
		code_block(h, node);
		break;
	case CMARK_NODE_HTML_BLOCK:
		html_block(h, node);
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		enter(h, HTML_BLOCK);
		leave(h);
		buf_addstr(h->out, "<hr style=\"margin:32px 0;border:0;border-top:1px solid #c9ccd1;height:1px\">\n");
		break;
	default:
		inline_node(h, node, enters);
		break;
	}
}

void
markdown_html(struct buf *out, const char *text, size_t n, const struct markdown_style *style)
{
	const char *colour = colour_is(style->colour) ? style->colour : DEFAULT_COLOUR;
	struct html h = { .out = out, .colour = colour, .on_colour = colour_text_on(colour), .scratch = BUF_INIT };
	size_t start = out->len;
	cmark_event_type event;
	cmark_iter *iter;

	markdown_tree_read(&h.tree, text, n, style);
	iter = cmark_iter_new(h.tree.root);
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE && out->len - start < MARKDOWN_MAX_OUTPUT)
		block_node(&h, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
	html_clean_end(&h.clean, out);
	cmark_iter_free(iter);
	markdown_tree_release(&h.tree);
	buf_release(&h.scratch);
}
