/*
 * markdown.c - what the renderings share: the tree, and how words and addresses of it come out.
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

void
markdown_tree_read(struct markdown_tree *t, const char *text, size_t n, const struct markdown_style *style)
{
	struct buf copy = BUF_INIT;

	*t = (struct markdown_tree){ .style = style, .slots = MARKDOWN_SLOTS_INIT };
	if (n > MARKDOWN_MAX)
		n = text_cut(text, MARKDOWN_MAX);
	if (style && style->slots)
		markdown_slots_take(&t->slots, &copy, text, n, style->somebody);
	else
		buf_add(&copy, text, n);
	limit_images(&copy);
	t->root = cmark_parse_document(copy.data, copy.len, CMARK_OPT_VALIDATE_UTF8);
	buf_release(&copy);
}

void
markdown_tree_release(struct markdown_tree *t)
{
	cmark_node_free(t->root);
	markdown_slots_release(&t->slots);
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

static void
put_slots(const struct markdown_tree *t, struct buf *out, const char *s, bool marks)
{
	struct buf clean = BUF_INIT;

	if (!t->slots.count) {
		markdown_clean(out, s);
		return;
	}
	markdown_clean(&clean, s);
	markdown_slots_put(&t->slots, out, clean.data, marks);
	buf_release(&clean);
}

void
markdown_words(const struct markdown_tree *t, struct buf *out, const char *s)
{
	put_slots(t, out, s, true);
}

void
markdown_verbatim(const struct markdown_tree *t, struct buf *out, const char *s)
{
	put_slots(t, out, s, false);
}

/* Whether an address may be linked at all. */
static bool
is_linkable(const struct markdown_tree *t, const char *raw, const char *clean, bool image)
{
	enum url_kind kind = url_kind(clean);

	if (!*clean || kind == URL_OTHER || (image && (kind == URL_CONTACT || markdown_slots_in(&t->slots, raw))))
		return false;
	return !markdown_slots_at(&t->slots, raw) || url_kind(t->style->base_url) == URL_HTTP; /* nobody's name begins an address */
}

bool
markdown_address(const struct markdown_tree *t, struct buf *out, const char *url, bool image)
{
	const struct markdown_slot *first = markdown_slots_at(&t->slots, url);
	struct buf clean = BUF_INIT, whole = BUF_INIT;
	bool linked = true;

	if (first && first->url && !image) {
		buf_addstr(out, markdown_slots_mark(&t->slots, first));
		url_clean(&whole, url + MARKDOWN_TOKEN, strlen(url + MARKDOWN_TOKEN));
	} else {
		url_clean(&clean, url, strlen(url));
		linked = is_linkable(t, url, clean.data, image);
		if (linked)
			url_resolve(&whole, t->style->base_url, clean.data);
	}
	markdown_slots_put_url(&t->slots, out, whole.data);
	buf_release(&clean);
	buf_release(&whole);
	return linked;
}

bool
markdown_target(const struct markdown_tree *t, struct buf *out, cmark_node *node)
{
	return markdown_address(t, out, cmark_node_get_url(node), cmark_node_get_type(node) == CMARK_NODE_IMAGE);
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
