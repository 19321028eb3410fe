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
#include "base/text.h"
#include "content/markdown_tree.h"

#define SANS "Helvetica,Arial,sans-serif"
#define MONO "Consolas,Menlo,'Courier New',monospace"
#define TABLE "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
#define DEFAULT_COLOUR "#1f6f5c"

struct html {
	struct buf *out;
	const struct markdown_style *style;
	const char *colour;    /* accent */
	const char *on_colour; /* text on the accent */
	size_t depth;          /* containers open, also those not shown */
	size_t inlines;        /* the same for emphasis */
	size_t images;         /* images open: their words are an alt text */
	bool linked;           /* the open link has a target */
	bool action;           /* the open paragraph is a button */
	struct buf scratch;
};

static bool
is_colour(const char *s)
{
	return s && s[0] == '#' && strlen(s) == 7 && strspn(s + 1, "0123456789abcdefABCDEF") == 6;
}

/* Black or white, whichever stands out more: WCAG's relative luminance, its power taken as 2, near enough to choose by. */
static const char *
text_on(const char *colour)
{
	double channel[3];
	int i, j;

	for (i = 0; i < 3; i++) {
		int value = 0;

		for (j = 1; j <= 2; j++) {
			char c = colour[2 * i + j];

			value = value * 16 + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
		}
		channel[i] = value / 255.0 * (value / 255.0);
	}
	return 0.2126 * channel[0] + 0.7152 * channel[1] + 0.0722 * channel[2] > 0.2 ? "#1a1a1a" : "#ffffff";
}

/* Append a node's text, or raw HTML as text. */
static void
add_text(struct html *h, const char *s, bool raw)
{
	buf_reset(&h->scratch);
	if (raw)
		markdown_raw(&h->scratch, s);
	else
		markdown_clean(&h->scratch, s);
	text_escape_html(h->out, h->scratch.data, h->scratch.len);
}

static void
heading(struct html *h, cmark_node *node, bool enter)
{
	static const int size[] = { 28, 22, 18, 16, 16, 16 };
	int level = cmark_node_get_heading_level(node);

	if (enter)
		buf_addf(h->out, "<h%d style=\"margin:%s 0 12px;font-size:%dpx;line-height:1.3;font-weight:bold\">", level,
		    cmark_node_previous(node) ? "32px" : "0", size[level - 1]);
	else
		buf_addf(h->out, "</h%d>\n", level);
}

static void
paragraph(struct html *h, cmark_node *node, bool enter)
{
	if (enter) {
		buf_reset(&h->scratch);
		h->action = markdown_is_action(node) && markdown_target(&h->scratch, cmark_node_first_child(node), h->style);
	}
	if (h->action) {
		if (enter)
			buf_addf(h->out,
			    TABLE " style=\"margin:8px 0 24px;border-collapse:separate\"><tr><td bgcolor=\"%s\" "
				  "style=\"border-radius:6px;background-color:%s;mso-padding-alt:12px 24px\">",
			    h->colour, h->colour);
		else
			buf_addstr(h->out, "</td></tr></table>\n");
		h->action = enter;
	} else if (!markdown_is_tight(node) && enter)
		buf_addf(h->out, "<p style=\"margin:%s;line-height:1.6\">",
		    cmark_node_next(node) || cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_DOCUMENT ? "0 0 16px" : "0");
	else if (!markdown_is_tight(node))
		buf_addstr(h->out, "</p>\n");
}

/* No table here: Outlook would not pass the running text's font into it. */
static void
quote(struct html *h, bool enter)
{
	if (enter)
		buf_addf(h->out, "<blockquote style=\"margin:0 0 16px;padding:4px 0 4px 16px;border-left:4px solid %s\">\n", h->colour);
	else
		buf_addstr(h->out, "</blockquote>\n");
}

static void
list(struct html *h, cmark_node *node, bool enter)
{
	bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
	cmark_node *parent = cmark_node_parent(node);
	int start = cmark_node_get_list_start(node);

	if (!enter) {
		buf_addstr(h->out, ordered ? "</ol>\n" : "</ul>\n");
		return;
	}
	buf_addstr(h->out, ordered ? "<ol" : "<ul");
	if (ordered && start != 1)
		buf_addf(h->out, " start=\"%d\"", start);
	buf_addf(h->out, " style=\"margin:%s 24px;padding:0\">\n",
	    cmark_node_get_type(parent) == CMARK_NODE_ITEM ? "8px 0 0" : "0 0 16px");
}

static void
code_block(struct html *h, cmark_node *node)
{
	buf_addstr(h->out, TABLE " width=\"100%\" style=\"margin:0 0 16px;table-layout:fixed\"><tr><td class=\"code\" bgcolor=\"#f3f4f6\" ");
	buf_addstr(h->out, "style=\"padding:12px 16px;background-color:#f3f4f6;border-radius:6px\">");
	buf_addstr(h->out, "<pre style=\"margin:0;font-family:" MONO ";font-size:14px;line-height:1.5;color:#1f2937;");
	buf_addstr(h->out, "white-space:pre-wrap;word-wrap:break-word\">");
	add_text(h, cmark_node_get_literal(node), false);
	buf_addstr(h->out, "</pre></td></tr></table>\n");
}

static void
html_block(struct html *h, cmark_node *node)
{
	size_t start = h->out->len;

	buf_addstr(h->out, "<p style=\"margin:0 0 16px;line-height:1.6;white-space:pre-line\">");
	add_text(h, cmark_node_get_literal(node), true);
	if (h->scratch.data[strspn(h->scratch.data, " \t\n")] == '\0') /* it was only a comment */
		buf_truncate(h->out, start);
	else
		buf_addstr(h->out, "</p>\n");
}

static void
link(struct html *h, cmark_node *node, bool enter)
{
	if (!enter) {
		buf_addstr(h->out, h->linked ? "</a>" : "");
		h->linked = false;
		return;
	}
	buf_reset(&h->scratch);
	h->linked = markdown_target(&h->scratch, node, h->style);
	if (!h->linked)
		return;
	buf_addstr(h->out, "<a href=\"");
	text_escape_html(h->out, h->scratch.data, h->scratch.len);
	if (h->action)
		buf_addf(h->out, "\" style=\"display:inline-block;padding:12px 24px;border-radius:6px;background-color:%s;color:%s;"
				 "font-family:" SANS ";font-size:16px;line-height:20px;font-weight:bold;text-decoration:none\">",
		    h->colour, h->on_colour);
	else
		buf_addf(h->out, "\" style=\"color:%s;text-decoration:underline%s\">", h->colour,
		    markdown_is_autolink(node) ? ";word-break:break-all" : ""); /* a long address must fit a telephone */
}

/* An image is open from its enter to its exit event: in between its words, without mark-up, are the alt text. */
static void
image(struct html *h, cmark_node *node, bool enter)
{
	bool alone = !cmark_node_previous(node) && !cmark_node_next(node);

	if (enter ? h->images++ : --h->images)
		return;
	buf_reset(&h->scratch);
	if (!markdown_target(&h->scratch, node, h->style))
		return; /* its words stand for it */
	if (!enter) {
		buf_addf(h->out, "\" width=\"536\" border=\"0\" style=\"%swidth:100%%;max-width:536px;height:auto;border:0\">",
		    alone ? "display:block;" : "");
		return;
	}
	buf_addstr(h->out, "<img src=\"");
	text_escape_html(h->out, h->scratch.data, h->scratch.len);
	buf_addstr(h->out, "\" alt=\"");
}

/* Emphasis and containers below MARKDOWN_MAX_DEPTH are counted, not shown. */
static bool
nest(size_t *depth, bool enter)
{
	return enter ? (*depth)++ < MARKDOWN_MAX_DEPTH : --*depth < MARKDOWN_MAX_DEPTH;
}

static void
inline_node(struct html *h, cmark_node *node, bool enter)
{
	bool shown = h->images == 0;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		add_text(h, cmark_node_get_literal(node), false);
		break;
	case CMARK_NODE_HTML_INLINE:
		add_text(h, cmark_node_get_literal(node), true);
		break;
	case CMARK_NODE_CODE:
		if (shown)
			buf_addstr(h->out, "<code style=\"padding:1px 4px;border-radius:3px;background-color:#f3f4f6;"
					   "color:#1f2937;font-family:" MONO ";font-size:90%\">");
		add_text(h, cmark_node_get_literal(node), false);
		buf_addstr(h->out, shown ? "</code>" : "");
		break;
	case CMARK_NODE_SOFTBREAK:
		buf_addch(h->out, '\n');
		break;
	case CMARK_NODE_LINEBREAK:
		buf_addstr(h->out, shown ? "<br>\n" : "\n");
		break;
	case CMARK_NODE_EMPH:
		if (nest(&h->inlines, enter) && shown)
			buf_addstr(h->out, enter ? "<em>" : "</em>");
		break;
	case CMARK_NODE_STRONG:
		if (nest(&h->inlines, enter) && shown)
			buf_addstr(h->out, enter ? "<strong>" : "</strong>");
		break;
	case CMARK_NODE_LINK:
		if (shown)
			link(h, node, enter);
		break;
	case CMARK_NODE_IMAGE:
		image(h, node, enter);
		break;
	default:
		break;
	}
}

static void
block_node(struct html *h, cmark_node *node, bool enter)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		heading(h, node, enter);
		break;
	case CMARK_NODE_PARAGRAPH:
		paragraph(h, node, enter);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		if (nest(&h->depth, enter))
			quote(h, enter);
		break;
	case CMARK_NODE_LIST:
		if (nest(&h->depth, enter))
			list(h, node, enter);
		break;
	case CMARK_NODE_ITEM:
		if (h->depth <= MARKDOWN_MAX_DEPTH)
			buf_addstr(h->out, enter ? "<li style=\"margin:0 0 8px;line-height:1.6\">" : "</li>\n");
		else
			buf_addstr(h->out, enter ? "<br>\n" : "");
		break;
	case CMARK_NODE_CODE_BLOCK:
		code_block(h, node);
		break;
	case CMARK_NODE_HTML_BLOCK:
		html_block(h, node);
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		buf_addstr(h->out, "<hr style=\"margin:32px 0;border:0;border-top:1px solid #c9ccd1;height:1px\">\n");
		break;
	default:
		inline_node(h, node, enter);
		break;
	}
}

void
markdown_html(struct buf *out, const char *text, size_t n, const struct markdown_style *style)
{
	const char *colour = is_colour(style->colour) ? style->colour : DEFAULT_COLOUR;
	struct html h = { .out = out, .style = style, .colour = colour, .on_colour = text_on(colour), .scratch = BUF_INIT };
	cmark_node *root = markdown_parse(text, n);
	cmark_iter *iter = cmark_iter_new(root);
	size_t start = out->len;
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE && out->len - start < MARKDOWN_MAX_OUTPUT)
		block_node(&h, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
	cmark_iter_free(iter);
	cmark_node_free(root);
	buf_release(&h.scratch);
}
