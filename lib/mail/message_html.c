/*
 * message_html.c - where in HTML a mark stands.
 *
 * No parser of HTML: the page is ours. A few states tell text from tags, quoted
 * attributes and raw text, so that a value is encoded as its place demands, and
 * a mark in a place where no encoding makes a stranger's text harmless is an
 * error.
 */
#include "mail/message_private.h"

#include <string.h>

#include "base/err.h"

static const char *const uri_attributes[] = {
	"href", "src", "action", "background", "cite", "data", "formaction", "longdesc", "poster", "srcset", "xlink:href"
};

/* Elements whose inside knows neither tags nor entities. */
static const char *const raw_elements[] = { "script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext" };

static bool
is_listed(const char *name, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static void
append(char *name, size_t size, size_t *len, char c)
{
	if (*len + 1 < size)
		name[(*len)++] = lower(c);
	name[*len] = '\0';
}

static void
end_tag(struct html_scan *h)
{
	bool raw = is_listed(h->tag, raw_elements, sizeof(raw_elements) / sizeof(*raw_elements));

	h->state = raw ? HTML_RAW : HTML_TEXT;
	h->matched = 0;
}

/* After <: an element's name, a closing tag, a declaration or comment, or just the sign. */
static void
open_char(struct html_scan *h, char c)
{
	h->tag_len = h->attribute_len = 0;
	h->tag[0] = h->attribute[0] = '\0';
	h->equals = h->gap = false;
	if (c == '/' || (lower(c) >= 'a' && lower(c) <= 'z')) {
		h->state = HTML_TAG_NAME;
		append(h->tag, sizeof(h->tag), &h->tag_len, c); /* "/style" is no raw element */
	} else if (c == '!' || c == '?') {
		h->state = HTML_DECLARATION;
	} else if (c != '<') {
		h->state = HTML_TEXT;
	}
}

static void
tag_char(struct html_scan *h, char c)
{
	if (c == '>') {
		end_tag(h);
	} else if (h->equals && (c == '"' || c == '\'')) {
		h->state = HTML_VALUE;
		h->quote = c;
		h->value_len = 0;
	} else if (is_space(c) || c == '/') {
		h->gap = true;
	} else if (c == '=') {
		h->equals = true;
	} else if (h->equals) {
		h->state = HTML_UNQUOTED;
	} else {
		if (h->gap)
			h->attribute_len = 0;
		h->gap = false;
		append(h->attribute, sizeof(h->attribute), &h->attribute_len, c);
	}
}

/* Raw text ends with its own end tag alone. */
static void
raw_char(struct html_scan *h, char c)
{
	char want = h->matched == 0 ? '<' : (h->matched == 1 ? '/' : h->tag[h->matched - 2]);

	if (lower(c) == want)
		h->matched++;
	else
		h->matched = c == '<';
	if (h->matched == h->tag_len + 2) {
		h->tag[0] = '\0';
		h->state = HTML_TAG;
		h->equals = false;
	}
}

static void
scan_char(struct html_scan *h, char c)
{
	switch (h->state) {
	case HTML_TEXT:
		if (c == '<')
			h->state = HTML_OPEN;
		break;
	case HTML_OPEN:
		open_char(h, c);
		break;
	case HTML_TAG_NAME:
		if (c == '>' || c == '/' || is_space(c)) {
			h->state = HTML_TAG;
			h->gap = true;
			tag_char(h, c);
		} else {
			append(h->tag, sizeof(h->tag), &h->tag_len, c);
		}
		break;
	case HTML_TAG:
		tag_char(h, c);
		break;
	case HTML_UNQUOTED:
		if (c == '>')
			end_tag(h);
		else if (is_space(c)) {
			h->state = HTML_TAG;
			h->gap = true;
			h->equals = false;
		}
		break;
	case HTML_VALUE:
		h->value_len++;
		if (c == h->quote) {
			h->state = HTML_TAG;
			h->gap = true;
			h->equals = false;
		}
		break;
	case HTML_DECLARATION:
		if (c == '>')
			h->state = HTML_TEXT;
		break;
	case HTML_RAW:
		raw_char(h, c);
		break;
	}
}

void
html_scan(struct html_scan *h, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		scan_char(h, s[i]);
}

int
html_scan_slot(struct html_scan *h, enum slot slot, struct err *e)
{
	bool url = slot_names[slot].kind == SLOT_KIND_URL, first = h->value_len == 0;
	const char *a = h->attribute;

	switch (h->state) {
	case HTML_TEXT:
	case HTML_DECLARATION:
		return url ? PLACE_HTML_URI : PLACE_HTML;
	case HTML_VALUE:
		break;
	default:
		return err_set(e, ERR_INPUT,
		    "HTML: {{%s}} stands inside a tag, a script or a style sheet; put it into text or a quoted attribute",
		    slot_names[slot].name);
	}
	h->value_len++;
	if (strcmp(a, "style") == 0 || strcmp(a, "srcdoc") == 0 || strncmp(a, "on", 2) == 0)
		return err_set(e, ERR_INPUT, "HTML: {{%s}} may not stand in an attribute style, srcdoc or on…", slot_names[slot].name);
	if (!is_listed(a, uri_attributes, sizeof(uri_attributes) / sizeof(*uri_attributes)))
		return url ? PLACE_HTML_URI : PLACE_HTML;
	if (!first)
		return PLACE_COMPONENT;
	if (!url)
		return err_set(e, ERR_INPUT, "HTML: {{%s}} cannot begin the address in %s", slot_names[slot].name, a);
	return PLACE_HTML_URI;
}
