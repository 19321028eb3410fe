/* feed_sax.c - what stands where in a feed; see feed_private.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "content/feed_private.h"
#include "content/url.h"

#define NAMESPACES 200 /* that are in effect: libxml2 looks through them for each name */

enum space {
	SPACE_OTHER,
	SPACE_RSS, /* none at all is RSS 0.9x and 2.0 */
	SPACE_ATOM,
	SPACE_RDF,
	SPACE_DC,
	SPACE_TERMS,
	SPACE_CONTENT,
	SPACE_MEDIA,
	SPACE_ITUNES,
	SPACE_BURNER
};

static const struct {
	const char *uri, *prefix; /* the prefix: for feeds that forget to say what it stands for */
	enum space space;
} spaces[] = {
	{ "http://purl.org/rss/1.0/", NULL, SPACE_RSS },
	{ "http://my.netscape.com/rdf/simple/0.9/", NULL, SPACE_RSS },
	{ "http://channel.netscape.com/rdf/simple/0.9/", NULL, SPACE_RSS },
	{ "http://backend.userland.com/rss2", NULL, SPACE_RSS },
	{ "http://blogs.law.harvard.edu/tech/rss", NULL, SPACE_RSS },
	{ "http://www.w3.org/2005/Atom", "atom", SPACE_ATOM },
	{ "http://purl.org/atom/ns#", NULL, SPACE_ATOM },
	{ "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf", SPACE_RDF },
	{ "http://purl.org/dc/elements/1.1/", "dc", SPACE_DC },
	{ "http://purl.org/dc/elements/1.0/", NULL, SPACE_DC },
	{ "http://purl.org/dc/terms/", "dcterms", SPACE_TERMS },
	{ "http://purl.org/rss/1.0/modules/content/", "content", SPACE_CONTENT },
	{ "http://search.yahoo.com/mrss/", "media", SPACE_MEDIA },
	{ "http://search.yahoo.com/mrss", NULL, SPACE_MEDIA },
	{ "http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes", SPACE_ITUNES },
	{ "http://rssnamespace.org/feedburner/ext/1.0", "feedburner", SPACE_BURNER },
};

enum element {
	IN_OTHER, /* what is inside is not ours */
	IN_ROOT,
	IN_CHANNEL, /* RSS */
	IN_ITEM,
	IN_AUTHOR, /* Atom's, of an entry or the feed */
	IN_MEDIA   /* media:group, or media:content with what describes it */
};

/* Fields that are an element's text. The highest rank wins; of the same rank the first, but authors are joined. */
static const struct rule {
	enum element parent;
	enum space space;
	const char *name;
	enum feed_slot slot;
	int rank;
} rules[] = {
	{ IN_ITEM, SPACE_RSS, "title", SLOT_TITLE, 3 },
	{ IN_ITEM, SPACE_ATOM, "title", SLOT_TITLE, 3 },
	{ IN_ITEM, SPACE_DC, "title", SLOT_TITLE, 2 },
	{ IN_ITEM, SPACE_RSS, "link", SLOT_LINK, 3 },
	{ IN_ITEM, SPACE_BURNER, "origLink", SLOT_LINK, 5 },
	{ IN_ITEM, SPACE_RSS, "guid", SLOT_GUID, 3 },
	{ IN_ITEM, SPACE_ATOM, "id", SLOT_GUID, 3 },
	{ IN_ITEM, SPACE_RSS, "pubDate", SLOT_DATE, 6 },
	{ IN_ITEM, SPACE_ATOM, "published", SLOT_DATE, 6 },
	{ IN_ITEM, SPACE_ATOM, "issued", SLOT_DATE, 6 },
	{ IN_ITEM, SPACE_DC, "date", SLOT_DATE, 5 },
	{ IN_ITEM, SPACE_TERMS, "issued", SLOT_DATE, 4 },
	{ IN_ITEM, SPACE_TERMS, "created", SLOT_DATE, 3 },
	{ IN_ITEM, SPACE_ATOM, "created", SLOT_DATE, 3 },
	{ IN_ITEM, SPACE_ATOM, "updated", SLOT_DATE, 2 },
	{ IN_ITEM, SPACE_ATOM, "modified", SLOT_DATE, 2 },
	{ IN_ITEM, SPACE_TERMS, "modified", SLOT_DATE, 1 },
	{ IN_ITEM, SPACE_DC, "creator", SLOT_AUTHOR, 4 },
	{ IN_AUTHOR, SPACE_ATOM, "name", SLOT_AUTHOR, 5 },
	{ IN_ITEM, SPACE_RSS, "author", SLOT_AUTHOR, 3 },
	{ IN_ITEM, SPACE_ITUNES, "author", SLOT_AUTHOR, 2 },
	{ IN_ITEM, SPACE_RSS, "description", SLOT_SUMMARY, 4 },
	{ IN_ITEM, SPACE_ATOM, "summary", SLOT_SUMMARY, 4 },
	{ IN_ITEM, SPACE_DC, "description", SLOT_SUMMARY, 3 },
	{ IN_ITEM, SPACE_ITUNES, "summary", SLOT_SUMMARY, 2 },
	{ IN_ITEM, SPACE_CONTENT, "encoded", SLOT_CONTENT, 4 },
	{ IN_ITEM, SPACE_ATOM, "content", SLOT_CONTENT, 3 },
	{ IN_MEDIA, SPACE_MEDIA, "description", SLOT_ALT, 4 },
	{ IN_MEDIA, SPACE_MEDIA, "title", SLOT_ALT, 3 },
	{ IN_CHANNEL, SPACE_RSS, "title", SLOT_TITLE, 3 },
	{ IN_CHANNEL, SPACE_RSS, "link", SLOT_LINK, 3 },
	{ IN_ROOT, SPACE_ATOM, "title", SLOT_TITLE, 3 },
};

/* Bytes of each field as it stands there. */
static const size_t limits[SLOT_COUNT] = { [SLOT_TITLE] = 8192, [SLOT_LINK] = 8192, [SLOT_SELF] = 8192, [SLOT_GUID] = 8192, [SLOT_DATE] = 100, [SLOT_AUTHOR] = 1024, [SLOT_SUMMARY] = 1u << 18, [SLOT_CONTENT] = 1u << 20, [SLOT_ALT] = 2048 };

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

static enum space
space_of(const char *uri, const char *prefix)
{
	size_t i;

	if (!uri && !prefix)
		return SPACE_RSS;
	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (uri ? strcasecmp(uri, spaces[i].uri) == 0 : spaces[i].prefix && strcmp(prefix, spaces[i].prefix) == 0)
			return spaces[i].space;
	return SPACE_OTHER;
}

/* What libxml2 hands over of an element. */
struct tag {
	const char *name, *prefix;
	enum space space;
	const xmlChar **attribute; /* five pointers each: name, prefix, uri, value, its end */
	int attributes;
};

/* libxml2 leaves an ampersand as a reference when it does not expand entities, and that alone. */
static void
add_value(struct buf *out, const char *s, size_t n)
{
	static const char ampersand[] = "&#38;";
	const char *end = s + n, *next;

	while ((next = memmem(s, (size_t)(end - s), ampersand, sizeof(ampersand) - 1))) {
		buf_add(out, s, (size_t)(next - s));
		buf_addch(out, '&');
		s = next + sizeof(ampersand) - 1;
	}
	buf_add(out, s, (size_t)(end - s));
}

/* Append an attribute's value; prefix NULL: one without. Returns whether it is there. */
static bool
add_attribute(struct buf *out, const struct tag *tag, const char *prefix, const char *name)
{
	const char *at_prefix;
	int i;

	for (i = 0; i < tag->attributes; i++) {
		const xmlChar **a = tag->attribute + (size_t)5 * (size_t)i;

		at_prefix = (const char *)a[1];
		if (strcmp((const char *)a[0], name) != 0 || !prefix != !at_prefix || (prefix && strcmp(prefix, at_prefix) != 0))
			continue;
		add_value(out, (const char *)a[3], (size_t)(a[4] - a[3]));
		return true;
	}
	return false;
}

static bool
attribute_is(const struct tag *tag, const char *name, const char *value)
{
	struct buf b = BUF_INIT;
	bool is = add_attribute(&b, tag, NULL, name) && strcasecmp(b.data, value) == 0;

	buf_release(&b);
	return is;
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
			buf_reset(&raw->image.alt);
			feed_html_line(&raw->image.alt, s, n);
			buf_truncate(&raw->image.alt, text_cut(raw->image.alt.data, raw->image.alt.len < FEED_ALT_MAX ? raw->image.alt.len : FEED_ALT_MAX));
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

static bool
is_image(const struct tag *tag, const char *url)
{
	static const char *const endings[] = { ".jpg", ".jpeg", ".png", ".gif", ".webp" };
	struct buf type = BUF_INIT;
	bool is = false, said = add_attribute(&type, tag, NULL, "type");
	size_t n = strcspn(url, "?#"), i;

	if (said)
		is = strncasecmp(type.data, "image/", 6) == 0;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]) && !said; i++)
		is = is || (n > strlen(endings[i]) && strncasecmp(url + n - strlen(endings[i]), endings[i], strlen(endings[i])) == 0);
	buf_release(&type);
	return is || attribute_is(tag, "medium", "image");
}

/* An element whose attributes are what counts: an Atom link, an image. */
static void
take_attributes(struct feed_parser *p, const struct tag *tag)
{
	struct buf url = BUF_INIT;

	if (tag->space == SPACE_ATOM && strcmp(tag->name, "link") == 0 && add_attribute(&url, tag, NULL, "href")) {
		struct buf rel = BUF_INIT;
		bool said = add_attribute(&rel, tag, NULL, "rel"), typed = attribute_is(tag, "type", "text/html") || !add_attribute(&rel, tag, NULL, "type");

		if (!said || strncmp(rel.data, "alternate", 9) == 0)
			put_field(p, SLOT_LINK, p->atom ? 3 + typed : 1 + typed, url.data, url.len);
		else if (strncmp(rel.data, "self", 4) == 0)
			put_field(p, SLOT_SELF, 1, url.data, url.len);
		else if (strncmp(rel.data, "enclosure", 9) == 0 && is_image(tag, url.data))
			offer(p, IMAGE_ENCLOSURE, url.data, url.len);
		buf_release(&rel);
	} else if (target(p) == &p->item) {
		if (tag->space == SPACE_ITUNES && strcmp(tag->name, "image") == 0 && add_attribute(&url, tag, NULL, "href"))
			offer(p, IMAGE_ITUNES, url.data, url.len);
		else if (tag->space == SPACE_RSS && strcmp(tag->name, "enclosure") == 0 && add_attribute(&url, tag, NULL, "url") &&
		    is_image(tag, url.data))
			offer(p, IMAGE_ENCLOSURE, url.data, url.len);
		else if (tag->space == SPACE_MEDIA && add_attribute(&url, tag, NULL, "url")) {
			if (strcmp(tag->name, "thumbnail") == 0)
				offer(p, IMAGE_THUMBNAIL, url.data, url.len);
			else if (strcmp(tag->name, "content") == 0 && is_image(tag, url.data))
				offer(p, IMAGE_MEDIA, url.data, url.len);
		}
	}
	buf_release(&url);
}

/* What the text of an Atom construct is (RFC 4287 sections 3.1.1 and 4.1.3, and what Atom 0.3 called so); false: nothing for us. */
static bool
atom_kind(const struct tag *tag, enum feed_kind *kind)
{
	struct buf type = BUF_INIT, src = BUF_INIT;
	bool ours = true;

	*kind = KIND_TEXT;
	if (add_attribute(&src, tag, NULL, "src"))
		ours = false;
	else if (!add_attribute(&type, tag, NULL, "type"))
		*kind = attribute_is(tag, "mode", "escaped") ? KIND_HTML : KIND_TEXT;
	else if (strcasecmp(type.data, "html") == 0 || strncasecmp(type.data, "text/html", 9) == 0)
		*kind = KIND_HTML;
	else if (strcasecmp(type.data, "xhtml") == 0 || strncasecmp(type.data, "application/xhtml+xml", 21) == 0)
		*kind = KIND_XHTML;
	else
		ours = strcasecmp(type.data, "text") == 0 || strncasecmp(type.data, "text/plain", 10) == 0;
	buf_release(&type);
	buf_release(&src);
	return ours;
}

static void
begin_field(struct feed_parser *p, const struct rule *rule, const struct tag *tag)
{
	p->slot_kind = KIND_HTML;
	if (tag->space == SPACE_ATOM && (rule->slot == SLOT_TITLE || rule->slot == SLOT_SUMMARY || rule->slot == SLOT_CONTENT) &&
	    !atom_kind(tag, &p->slot_kind))
		return;
	if (rule->slot == SLOT_CONTENT && p->level[p->depth].base) {
		free(p->item.base);
		p->item.base = xstrdup(p->level[p->depth].base);
	}
	if (rule->slot == SLOT_GUID)
		p->item.guid_is_link = tag->space == SPACE_RSS && !attribute_is(tag, "isPermaLink", "false");
	p->slot = rule->slot;
	p->slot_rank = rule->rank;
	p->slot_depth = p->depth;
	buf_reset(&p->value);
}

static bool
is_at(const struct tag *tag, enum space space, const char *name)
{
	return tag->space == space && strcmp(tag->name, name) == 0;
}

static enum element
first_element(struct feed_parser *p, const struct tag *tag)
{
	if (is_at(tag, SPACE_RSS, "rss") || is_at(tag, SPACE_RDF, "RDF"))
		return IN_ROOT;
	if (is_at(tag, SPACE_ATOM, "feed")) {
		p->atom = true;
		return IN_ROOT;
	}
	feed_fail(p, "it is no feed: it begins with <%.40s>, not with <rss>, <feed> or <rdf:RDF>", tag->name);
	return IN_OTHER;
}

/* An element that holds others which count, or is nothing to us. */
static enum element
element_of(struct feed_parser *p, enum element parent, const struct tag *tag)
{
	if (p->depth == 1)
		return first_element(p, tag);
	if ((parent == IN_ROOT || parent == IN_CHANNEL) && (is_at(tag, SPACE_RSS, "item") || (p->atom && is_at(tag, SPACE_ATOM, "entry")))) {
		if (is_at(tag, SPACE_RSS, "item"))
			p->item.guid_is_link = add_attribute(&p->item.field[SLOT_GUID].text, tag, "rdf", "about");
		return IN_ITEM;
	}
	if (parent == IN_ROOT && !p->atom && is_at(tag, SPACE_RSS, "channel"))
		return IN_CHANNEL;
	if ((parent == IN_ITEM || (parent == IN_ROOT && p->atom)) && is_at(tag, SPACE_ATOM, "author"))
		return IN_AUTHOR;
	if ((parent == IN_ITEM || parent == IN_MEDIA) && (is_at(tag, SPACE_MEDIA, "group") || is_at(tag, SPACE_MEDIA, "content")))
		return IN_MEDIA;
	return IN_OTHER;
}

/* An element inside of a field that is collected: it is written down as HTML. */
static void
write_tag(struct feed_parser *p, const struct tag *tag)
{
	static const char *const kept[] = { "src", "alt", "width", "height", "class", "data-src" };
	struct buf value = BUF_INIT;
	size_t i;

	buf_addf(&p->value, "<%s", tag->name);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		buf_reset(&value);
		if (!add_attribute(&value, tag, NULL, kept[i]))
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
open_level(struct feed_parser *p, const struct tag *tag, int namespaces)
{
	struct feed_level *parent = &p->level[p->depth], *level = &p->level[++p->depth];
	struct buf base = BUF_INIT, clean = BUF_INIT, full = BUF_INIT;

	*level = (struct feed_level){ .namespaces = parent->namespaces + namespaces };
	if (add_attribute(&base, tag, "xml", "base")) {
		url_clean(&clean, base.data, base.len < FEED_URL_MAX ? base.len : FEED_URL_MAX);
		url_resolve(&full, parent->base ? parent->base : p->o.url, clean.data);
	} else if (parent->base)
		buf_addstr(&full, parent->base);
	if (full.len && full.len <= 2 * FEED_URL_MAX && url_kind(full.data) == URL_HTTP)
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
	struct tag tag = { (const char *)name, (const char *)prefix, space_of((const char *)uri, (const char *)prefix), attribute, attributes };
	enum element parent = (enum element)p->level[p->depth].element;
	size_t i;

	(void)declared;
	(void)defaulted;
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
	p->level[p->depth].element = element_of(p, parent, &tag);
	if (p->depth == 1)
		return;
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].parent == parent && is_at(&tag, rules[i].space, rules[i].name) && (parent != IN_ROOT || p->atom)) {
			begin_field(p, &rules[i], &tag);
			return;
		}
	if (parent != IN_OTHER && parent != IN_AUTHOR)
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

/* libxml2 says it in a line that ends in a line end. */
static void
complaint(void *user, xmlErrorPtr error)
{
	struct feed_parser *p = user;
	const char *text = error->message ? error->message : "it is no XML";
	bool cut = p->ending && (error->code == XML_ERR_DOCUMENT_END || error->code == XML_ERR_TAG_NOT_FINISHED || error->code == XML_ERR_CDATA_NOT_FINISHED || error->code == XML_ERR_COMMENT_NOT_FINISHED || error->code == XML_ERR_GT_REQUIRED || error->code == XML_ERR_ATTRIBUTE_NOT_FINISHED || error->code == XML_ERR_LTSLASH_REQUIRED || error->code == XML_ERR_DOCTYPE_NOT_FINISHED || error->code == XML_ERR_XMLDECL_NOT_FINISHED);

	if (error->level < XML_ERR_FATAL)
		return;
	if (cut)
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
