/* archive_keep.c - see archive_keep.h. */
#include "content/archive_keep.h"

#include <string.h>
#include <strings.h>

#include "content/html_tag.h"

/* Sorted by nothing but sense: a page has some hundred tags. */
static const struct archive_element elements[] = {
	{ "td", false }, { "tr", false }, { "table", false }, { "tbody", false }, { "thead", false }, { "tfoot", false }, { "th", false },
	{ "caption", false }, { "colgroup", false }, { "col", true }, { "p", false }, { "a", false }, { "img", true }, { "br", true },
	{ "hr", true }, { "wbr", true }, { "div", false }, { "span", false }, { "center", false }, { "font", false }, { "h1", false },
	{ "h2", false }, { "h3", false }, { "h4", false }, { "h5", false }, { "h6", false }, { "ul", false }, { "ol", false }, { "li", false },
	{ "dl", false }, { "dt", false }, { "dd", false }, { "blockquote", false }, { "pre", false }, { "code", false }, { "b", false },
	{ "strong", false }, { "i", false }, { "em", false }, { "u", false }, { "s", false }, { "strike", false }, { "del", false },
	{ "ins", false }, { "small", false }, { "big", false }, { "sub", false }, { "sup", false }, { "tt", false }, { "kbd", false },
	{ "samp", false }, { "var", false }, { "mark", false }, { "q", false }, { "cite", false }, { "abbr", false }, { "dfn", false },
	{ "time", false }, { "address", false }, { "figure", false }, { "figcaption", false }, { "article", false }, { "section", false },
	{ "aside", false }, { "bdi", false }, { "bdo", false }
};

static const char *const attributes[] = {
	"id", "lang", "dir", "title", "role", "alt", "width", "height", "align", "valign", "bgcolor", "border", "cellpadding", "cellspacing",
	"colspan", "rowspan", "scope", "headers", "abbr", "span", "color", "face", "size", "start", "type", "value", "reversed", "datetime",
	"hspace", "vspace", "nowrap", "noshade", "clear"
};

const struct archive_element *
archive_element_find(const struct html_tag *tag)
{
	size_t i;

	for (i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (html_tag_is(tag, elements[i].name))
			return &elements[i];
	return NULL;
}

/* Addresses that lead somewhere by themselves, and run nothing. */
static bool
is_link(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "mailto:", 7) == 0 ||
	    strncasecmp(url, "tel:", 4) == 0 || url[0] == '#';
}

bool
archive_attribute_kept(const struct html_tag *tag, const struct html_attribute *a, const char *value)
{
	size_t i;

	if (html_attribute_is(a, "href"))
		return html_tag_is(tag, "a") && is_link(value);
	if (html_attribute_is(a, "src"))
		return html_tag_is(tag, "img") && strncasecmp(value, "https://", 8) == 0;
	if (html_attribute_is(a, "background"))
		return strncasecmp(value, "https://", 8) == 0;
	if (a->name_len > 5 && strncasecmp(a->name, "aria-", 5) == 0) {
		for (i = 5; i < a->name_len; i++)
			if (!((a->name[i] | 32) >= 'a' && (a->name[i] | 32) <= 'z'))
				return false;
		return true;
	}
	if (html_attribute_is(a, "id") && strcmp(value, "_") == 0) /* archive_rules.c counts on there being none */
		return false;
	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (html_attribute_is(a, attributes[i]))
			return true;
	return false;
}
