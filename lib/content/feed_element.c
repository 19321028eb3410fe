/* feed_element.c - see feed_element.h. */
#include "content/feed_element.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

#define SMALL 240 /* pixels */

static const struct {
	const char *uri, *prefix; /* the prefix: for feeds that forget to say what it stands for */
	enum feed_space space;
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

static const struct feed_rule rules[] = {
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

enum feed_space
feed_space_of(const char *uri, const char *prefix)
{
	size_t i;

	if (!uri && !prefix)
		return SPACE_RSS;
	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (uri ? strcasecmp(uri, spaces[i].uri) == 0 : spaces[i].prefix && strcmp(prefix, spaces[i].prefix) == 0)
			return spaces[i].space;
	return SPACE_OTHER;
}

bool
feed_tag_is(const struct feed_tag *tag, enum feed_space space, const char *name)
{
	return tag->space == space && strcmp(tag->name, name) == 0;
}

const struct feed_rule *
feed_rule_of(enum feed_element parent, const struct feed_tag *tag)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].parent == parent && feed_tag_is(tag, rules[i].space, rules[i].name))
			return &rules[i];
	return NULL;
}

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

bool
feed_tag_value(struct buf *out, const struct feed_tag *tag, const char *prefix, const char *name)
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

bool
feed_tag_has(const struct feed_tag *tag, const char *name, const char *value)
{
	struct buf b = BUF_INIT;
	bool is = feed_tag_value(&b, tag, NULL, name) && strcasecmp(b.data, value) == 0;

	buf_release(&b);
	return is;
}

bool
feed_tag_is_image(const struct feed_tag *tag, const char *url)
{
	static const char *const endings[] = { ".jpg", ".jpeg", ".png", ".gif", ".webp" };
	struct buf type = BUF_INIT;
	bool is = false, said = feed_tag_value(&type, tag, NULL, "type");
	size_t n = strcspn(url, "?#"), i;

	if (said)
		is = strncasecmp(type.data, "image/", 6) == 0;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]) && !said; i++)
		is = is || (n > strlen(endings[i]) && strncasecmp(url + n - strlen(endings[i]), endings[i], strlen(endings[i])) == 0);
	buf_release(&type);
	return is || feed_tag_has(tag, "medium", "image");
}

bool
feed_tag_is_small(const struct feed_tag *tag)
{
	struct buf width = BUF_INIT;
	bool small = feed_tag_value(&width, tag, NULL, "width") && strspn(width.data, "0123456789") && strtol(width.data, NULL, 10) < SMALL;

	buf_release(&width);
	return small;
}

bool
feed_tag_kind(const struct feed_tag *tag, enum feed_kind *kind)
{
	struct buf type = BUF_INIT, src = BUF_INIT;
	bool ours = true;

	*kind = KIND_TEXT;
	if (feed_tag_value(&src, tag, NULL, "src"))
		ours = false;
	else if (!feed_tag_value(&type, tag, NULL, "type"))
		*kind = feed_tag_has(tag, "mode", "escaped") ? KIND_HTML : KIND_TEXT;
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
