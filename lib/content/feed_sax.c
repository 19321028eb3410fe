/* feed_sax.c - what stands where in a feed; see feed_private.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "content/feed_element.h"
#include "content/feed_private.h"
#include "content/url.h"

#define BASE_MAX 4000u /* bytes of an xml:base, resolved */
#define NAMESPACES 200 /* that are in effect: libxml2 looks through them for each name */

/* Bytes of each field as it stands there. */
static const size_t limits[SLOT_COUNT] = {
	[SLOT_TITLE] = 8192,
	[SLOT_LINK] = 8192,
	[SLOT_SELF] = 8192,
	[SLOT_GUID] = 8192,
	[SLOT_DATE] = 100,
	[SLOT_AUTHOR] = 1024,
	[SLOT_SUMMARY] = 1u << 18,
	[SLOT_CONTENT] = 1u << 20,
	[SLOT_ALT] = 2048,
};

void
feed_fail(struct feed_parser *p, const char *fmt, ...)
{
	char text[ERR_TEXT];
	va_list ap;

	if (p->failed)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(&p->e, ERR_INPUT, "line %ld: %s", p->blank_lines + (p->xml ? xmlSAX2GetLineNumber(p->xml) : 1), text);
	p->failed = true;
	if (p->xml)
		xmlStopParser(p->xml);
}

static struct feed_raw *
target(struct feed_parser *p)
{
	int i;

	for (i = p->depth; i > 0; i--)
		if (p->level[i].element == IN_ITEM)
			return &p->item;
	return &p->head;
}

/* Put an address, resolved if xml:base is in effect. */
static void
put_address(const struct feed_parser *p, struct buf *out, const char *s, size_t n)
{
	const char *base = p->level[p->depth].base;
	struct buf clean = BUF_INIT;

	url_clean(&clean, s, n);
	if (base && clean.len)
		url_resolve(out, base, clean.data);
	else
		buf_addstr(out, clean.data);
	buf_release(&clean);
}

static void
put_field(struct feed_parser *p, enum feed_slot slot, int rank, const char *s, size_t n)
{
	struct feed_raw *raw = target(p);
	struct feed_field *f = &raw->field[slot];
	bool join = slot == SLOT_AUTHOR && rank == f->rank;

	if (slot == SLOT_ALT) {
		if (rank > f->rank) {
			f->rank = rank;
			feed_image_describe(&raw->image, s, n);
		}
		return;
	}
	while (n && strchr(" \t\r\n", *s))
		s++, n--;
	if (!n || (rank <= f->rank && !join) || (join && f->text.len + n + 2 > limits[slot]))
		return;
	if (join)
		buf_addstr(&f->text, ", ");
	else
		buf_reset(&f->text);
	f->rank = rank;
	f->kind = p->slot_kind;
	if (slot == SLOT_LINK || slot == SLOT_SELF)
		put_address(p, &f->text, s, n);
	else
		buf_add(&f->text, s, n);
}

static void
offer(struct feed_parser *p, int rank, const char *url, size_t n)
{
	struct feed_raw *raw = target(p);
	struct buf full = BUF_INIT;
	int before = raw->image.rank;

	put_address(p, &full, url, n);
	if (url_kind(full.data) == URL_HTTP || url_kind(full.data) == URL_RELATIVE)
		feed_image_offer(&raw->image, rank, full.data, full.len, "");
	/* what describes another one is not for this one */
	raw->field[SLOT_ALT].rank = raw->image.rank == before ? 9 : 0;
	buf_release(&full);
}

/* An element whose attributes are what counts: an Atom link, an image. */
static void
take_attributes(struct feed_parser *p, const struct feed_tag *tag)
{
	struct buf url = BUF_INIT;

	if (tag->space == SPACE_ATOM && strcmp(tag->name, "link") == 0 && feed_tag_value(&url, tag, NULL, "href")) {
		struct buf rel = BUF_INIT;
		struct buf type = BUF_INIT;
		bool said = feed_tag_value(&rel, tag, NULL, "rel"), typed = feed_tag_value(&type, tag, NULL, "type");

		if (!said || strcmp(rel.data, "alternate") == 0)
			put_field(p, SLOT_LINK, (p->atom ? 3 : 1) + (!typed || strcmp(type.data, "text/html") == 0), url.data, url.len);
		else if (strcmp(rel.data, "self") == 0)
			put_field(p, SLOT_SELF, 1, url.data, url.len);
		else if (strcmp(rel.data, "enclosure") == 0 && feed_tag_is_image(tag, url.data))
			offer(p, IMAGE_ENCLOSURE, url.data, url.len);
		buf_release(&rel);
		buf_release(&type);
	} else if (target(p) == &p->item) {
		if (tag->space == SPACE_ITUNES && strcmp(tag->name, "image") == 0 && feed_tag_value(&url, tag, NULL, "href"))
			offer(p, IMAGE_ITUNES, url.data, url.len);
		else if (tag->space == SPACE_RSS && strcmp(tag->name, "enclosure") == 0 && feed_tag_value(&url, tag, NULL, "url") &&
		    feed_tag_is_image(tag, url.data))
			offer(p, IMAGE_ENCLOSURE, url.data, url.len);
		else if (tag->space == SPACE_MEDIA && feed_tag_value(&url, tag, NULL, "url")) {
			if (strcmp(tag->name, "thumbnail") == 0)
				offer(p, feed_tag_is_small(tag) ? IMAGE_SMALL : IMAGE_THUMBNAIL, url.data, url.len);
			else if (strcmp(tag->name, "content") == 0 && feed_tag_is_image(tag, url.data))
				offer(p, feed_tag_is_small(tag) ? IMAGE_SMALL : IMAGE_MEDIA, url.data, url.len);
		}
	}
	buf_release(&url);
}

static void
begin_field(struct feed_parser *p, const struct feed_rule *rule, const struct feed_tag *tag)
{
	p->slot_kind = KIND_HTML;
	if (tag->space == SPACE_ATOM && (rule->slot == SLOT_TITLE || rule->slot == SLOT_SUMMARY || rule->slot == SLOT_CONTENT) &&
	    !feed_tag_kind(tag, &p->slot_kind))
		return;
	if (rule->slot == SLOT_CONTENT && p->level[p->depth].base) {
		free(p->item.base);
		p->item.base = xstrdup(p->level[p->depth].base);
	}
	if (rule->slot == SLOT_GUID)
		p->item.guid_is_link = tag->space == SPACE_RSS && !feed_tag_has(tag, "isPermaLink", "false");
	p->slot = rule->slot;
	p->slot_rank = rule->rank;
	p->slot_depth = p->depth;
	buf_reset(&p->value);
}

static enum feed_element
first_element(struct feed_parser *p, const struct feed_tag *tag)
{
	if (feed_tag_is(tag, SPACE_RSS, "rss") || feed_tag_is(tag, SPACE_RDF, "RDF"))
		return IN_ROOT;
	if (feed_tag_is(tag, SPACE_ATOM, "feed")) {
		p->atom = true;
		return IN_ROOT;
	}
	feed_fail(p, "it is no feed: it begins with <%.40s>, not with <rss>, <feed> or <rdf:RDF>", tag->name);
	return IN_OTHER;
}

/* An element that holds others which count, or is nothing to us. */
static enum feed_element
element_of(struct feed_parser *p, enum feed_element parent, const struct feed_tag *tag)
{
	if (p->depth == 1)
		return first_element(p, tag);
	if ((parent == IN_ROOT || parent == IN_CHANNEL) &&
	    (feed_tag_is(tag, SPACE_RSS, "item") || (p->atom && feed_tag_is(tag, SPACE_ATOM, "entry")))) {
		if (feed_tag_is(tag, SPACE_RSS, "item"))
			p->item.guid_is_link = feed_tag_value(&p->item.field[SLOT_GUID].text, tag, "rdf", "about");
		return IN_ITEM;
	}
	if (parent == IN_ROOT && !p->atom && feed_tag_is(tag, SPACE_RSS, "channel"))
		return IN_CHANNEL;
	if ((parent == IN_ITEM || (parent == IN_ROOT && p->atom)) && feed_tag_is(tag, SPACE_ATOM, "author"))
		return IN_AUTHOR;
	if ((parent == IN_ITEM || parent == IN_MEDIA) &&
	    (feed_tag_is(tag, SPACE_MEDIA, "group") || feed_tag_is(tag, SPACE_MEDIA, "content")))
		return IN_MEDIA;
	return IN_OTHER;
}

/* An element inside of a field that is collected: it is written down as HTML. */
static void
write_tag(struct feed_parser *p, const struct feed_tag *tag)
{
	static const char *const kept[] = { "src", "alt", "width", "height", "class", "data-src" };
	struct buf value = BUF_INIT;
	size_t i;

	buf_addf(&p->value, "<%s", tag->name);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		buf_reset(&value);
		if (!feed_tag_value(&value, tag, NULL, kept[i]))
			continue;
		buf_addf(&p->value, " %s=\"", kept[i]);
		text_escape_html(&p->value, value.data, value.len);
		buf_addch(&p->value, '"');
	}
	buf_addch(&p->value, '>');
	buf_release(&value);
}

static bool
is_full(const struct feed_parser *p)
{
	return p->value.len >= limits[p->slot];
}

static void
open_level(struct feed_parser *p, const struct feed_tag *tag, int namespaces)
{
	struct feed_level *parent = &p->level[p->depth], *level = &p->level[++p->depth];
	struct buf base = BUF_INIT, clean = BUF_INIT, full = BUF_INIT;

	*level = (struct feed_level){ .namespaces = parent->namespaces + namespaces };
	if (feed_tag_value(&base, tag, "xml", "base")) {
		url_clean(&clean, base.data, base.len < FEED_URL_MAX ? base.len : FEED_URL_MAX);
		url_resolve(&full, parent->base ? parent->base : p->o.url, clean.data);
	} else if (parent->base)
		buf_addstr(&full, parent->base);
	if (full.len && full.len <= BASE_MAX && url_kind(full.data) == URL_HTTP)
		level->base = buf_detach(&full);
	buf_release(&base);
	buf_release(&clean);
	buf_release(&full);
}

static void
start_element(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces, const xmlChar **declared,
    int attributes, int defaulted, const xmlChar **attribute)
{
	struct feed_parser *p = user;
	struct feed_tag tag = { .name = (const char *)name, .attribute = attribute, .attributes = attributes };
	enum feed_element parent = (enum feed_element)p->level[p->depth].element;
	const struct feed_rule *rule;

	(void)declared;
	(void)defaulted;
	tag.space = feed_space_of((const char *)uri, (const char *)prefix);
	if (p->depth == FEED_DEPTH || p->level[p->depth].namespaces + namespaces > NAMESPACES) {
		feed_fail(p, p->depth == FEED_DEPTH ? "elements nest more than %d deep" : "more than %d namespaces",
		    p->depth == FEED_DEPTH ? FEED_DEPTH : NAMESPACES);
		return;
	}
	open_level(p, &tag, namespaces);
	if (p->slot != SLOT_NONE) {
		if (!is_full(p))
			write_tag(p, &tag);
		return;
	}
	p->level[p->depth].element = (int)element_of(p, parent, &tag);
	if (p->depth == 1)
		return;
	rule = parent != IN_ROOT || p->atom ? feed_rule_of(parent, &tag) : NULL;
	if (rule)
		begin_field(p, rule, &tag);
	else if (parent != IN_OTHER && parent != IN_AUTHOR)
		take_attributes(p, &tag);
}

static void
end_element(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct feed_parser *p = user;
	struct feed_level *level = &p->level[p->depth];
	bool item = level->element == IN_ITEM && p->slot == SLOT_NONE;

	(void)prefix;
	(void)uri;
	if (p->failed || !p->depth)
		return;
	if (p->slot != SLOT_NONE && p->slot_depth == p->depth) {
		enum feed_slot slot = p->slot;

		p->slot = SLOT_NONE;
		put_field(p, slot, p->slot_rank, p->value.data, p->value.len);
	} else if (p->slot != SLOT_NONE && !is_full(p))
		buf_addf(&p->value, "</%s>", (const char *)name);
	if (item)
		feed_item_add(p);
	free(level->base);
	*level = (struct feed_level){ 0 };
	p->depth--;
}

static void
characters(void *user, const xmlChar *text, int length)
{
	struct feed_parser *p = user;
	size_t room, n = (size_t)length;

	if (p->slot == SLOT_NONE || is_full(p))
		return;
	room = limits[p->slot] - p->value.len;
	if (n > room)
		n = text_cut((const char *)text, room);
	if (p->slot_kind == KIND_XHTML)
		text_escape_html(&p->value, (const char *)text, n);
	else
		buf_add(&p->value, text, n);
}

/* feed_repair() has taken out what is a DOCTYPE in its place. */
static void
doctype(void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	feed_fail(user, "it has a DOCTYPE where none may be");
}

/* Whether it is about what is not there at the end of the bytes. */
static bool
is_cut_off(int code)
{
	static const int codes[] = { XML_ERR_DOCUMENT_END, XML_ERR_TAG_NOT_FINISHED, XML_ERR_CDATA_NOT_FINISHED,
		XML_ERR_COMMENT_NOT_FINISHED, XML_ERR_GT_REQUIRED, XML_ERR_ATTRIBUTE_NOT_FINISHED, XML_ERR_LTSLASH_REQUIRED,
		XML_ERR_XMLDECL_NOT_FINISHED };
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (code == codes[i])
			return true;
	return false;
}

/* libxml2 says it in a line that ends in a line end. */
static void
complaint(void *user, xmlErrorPtr error)
{
	struct feed_parser *p = user;
	const char *text = error->message ? error->message : "it is no XML";

	if (error->level < XML_ERR_FATAL)
		return;
	if (p->ending && is_cut_off(error->code))
		feed_fail(p, "it ends there, in the middle: it was cut off on its way");
	else
		feed_fail(p, "it is no well-formed XML: %.*s", (int)strcspn(text, "\n"), text);
}

void
feed_sax_init(xmlSAXHandler *sax)
{
	memset(sax, 0, sizeof(*sax));
	sax->initialized = XML_SAX2_MAGIC;
	sax->startElementNs = start_element;
	sax->endElementNs = end_element;
	sax->characters = characters;
	sax->ignorableWhitespace = characters;
	sax->cdataBlock = characters;
	sax->internalSubset = doctype;
	sax->serror = complaint;
}
