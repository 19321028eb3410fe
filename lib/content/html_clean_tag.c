/* html_clean_tag.c - see html_clean_tag.h. */
#include "content/html_clean_tag.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/html_clean.h"
#include "content/html_tag.h"
#include "content/url.h"

#define PICTURE_WIDTH 536 /* px: the mail's, without its margins */
#define DECLARATIONS 40   /* of one style attribute; more are left out */

#define REFERENCE_MAX 40 /* bytes of a reference's name */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// clang-format off
#define WORD(name)         { name, HOLDS_ALL, false, NULL, false, false }
#define BLOCK(name, holds) { name, holds, true, NULL, false, false }
static const struct html_element elements[] = {
	WORD("a"), WORD("b"), WORD("strong"), WORD("i"), WORD("em"), WORD("u"), WORD("s"), WORD("strike"), WORD("del"), WORD("ins"), WORD("small"),
	WORD("big"), WORD("sub"), WORD("sup"), WORD("code"), WORD("kbd"), WORD("samp"), WORD("var"), WORD("tt"), WORD("mark"), WORD("q"), WORD("cite"),
	WORD("abbr"), WORD("dfn"), WORD("time"), WORD("span"), WORD("font"), WORD("bdi"), WORD("bdo"),
	{ "br", HOLDS_NOTHING, false, NULL, false, false }, { "img", HOLDS_NOTHING, false, NULL, false, false },
	{ "wbr", HOLDS_NOTHING, false, NULL, false, false },
	BLOCK("p", HOLDS_WORDS), BLOCK("h1", HOLDS_WORDS), BLOCK("h2", HOLDS_WORDS), BLOCK("h3", HOLDS_WORDS), BLOCK("h4", HOLDS_WORDS),
	BLOCK("h5", HOLDS_WORDS), BLOCK("h6", HOLDS_WORDS), BLOCK("hr", HOLDS_NOTHING), BLOCK("div", HOLDS_ALL), BLOCK("center", HOLDS_ALL),
	BLOCK("blockquote", HOLDS_ALL), BLOCK("pre", HOLDS_ALL), BLOCK("address", HOLDS_ALL), BLOCK("figure", HOLDS_ALL), BLOCK("article", HOLDS_ALL),
	BLOCK("section", HOLDS_ALL), BLOCK("aside", HOLDS_ALL), BLOCK("ul", HOLDS_PARTS), BLOCK("ol", HOLDS_PARTS), BLOCK("dl", HOLDS_PARTS),
	{ "table", HOLDS_PARTS, true, NULL, true, false },
	{ "li", HOLDS_ALL, true, "ul ol", false, false }, { "dt", HOLDS_ALL, true, "dl", false, false }, { "dd", HOLDS_ALL, true, "dl", false, false },
	{ "figcaption", HOLDS_ALL, true, "figure", false, false },
	{ "caption", HOLDS_ALL, true, "table", true, true }, { "colgroup", HOLDS_PARTS, true, "table", true, false },
	{ "col", HOLDS_NOTHING, true, "colgroup", true, false }, { "thead", HOLDS_PARTS, true, "table", true, false },
	{ "tbody", HOLDS_PARTS, true, "table", true, false }, { "tfoot", HOLDS_PARTS, true, "table", true, false },
	{ "tr", HOLDS_PARTS, true, "table thead tbody tfoot", true, false }, { "td", HOLDS_ALL, true, "tr", true, true },
	{ "th", HOLDS_ALL, true, "tr", true, true }
};

/* Numbers have a most; what is more, or no number, is left out. */
static const struct {
	const char *name, *elements; /* NULL: all */
	unsigned most;               /* 0: any text */
} attributes[] = {
	{ "lang", NULL, 0 }, { "dir", NULL, 0 }, { "title", NULL, 0 }, { "align", NULL, 0 }, { "valign", NULL, 0 }, { "aria-label", NULL, 0 },
	{ "aria-hidden", NULL, 0 }, { "role", "table", 0 }, { "alt", "img", 0 }, { "height", "img table td th", 2000 }, { "border", "img table", 20 },
	{ "hspace", "img", 50 }, { "vspace", "img", 50 }, { "bgcolor", "table tr td th", 0 }, { "cellpadding", "table", 50 },
	{ "cellspacing", "table", 50 }, { "colspan", "td th", 20 }, { "rowspan", "td th", 200 }, { "nowrap", "td th", 0 }, { "scope", "th", 0 },
	{ "abbr", "th", 0 }, { "span", "col colgroup", 20 }, { "color", "font", 0 }, { "face", "font", 0 }, { "size", "font", 7 },
	{ "start", "ol", 1000000000 }, { "reversed", "ol", 0 }, { "type", "ol ul", 0 }, { "value", "li", 1000000000 }, { "datetime", "time", 0 }
};
// clang-format on

/* What changes how an element looks, and not where it is; of the families also what has "-" and more behind it. */
static const char *const properties[] = {
	"background-color", "border", "color", "direction", "font", "height", "letter-spacing", "line-height", "list-style-type", "margin", "max-width",
	"overflow-wrap", "padding", "table-layout", "text-align", "text-decoration", "text-transform", "vertical-align", "white-space", "width",
	"word-break", "word-wrap"
};
static const char *const families[] = { "border", "font", "margin", "padding" };

/* Functions of a value that load nothing and refer to nothing. */
static const char *const functions[] = { "rgb", "rgba", "hsl", "hsla" };

const struct html_element *
html_element_find(const struct html_tag *tag)
{
	size_t i;

	for (i = 0; i < COUNT(elements); i++)
		if (html_tag_is(tag, elements[i].name))
			return &elements[i];
	return NULL;
}

bool
html_element_is_one_of(const struct html_element *element, const char *names)
{
	return text_is_listed(names, element->name, strlen(element->name));
}

/* The bytes of a reference at s, which is '&', that stays as it is: a name that html_decode does not know; 0: there is none. */
static size_t
other_reference(const char *s, size_t n)
{
	static const char *const known[] = { "&amp;", "&quot;", "&apos;", "&lt;", "&gt;" };
	size_t i, len = 1;

	for (i = 0; i < COUNT(known); i++)
		if (n >= strlen(known[i]) && memcmp(s, known[i], strlen(known[i])) == 0)
			return 0;
	while (len < n && len < REFERENCE_MAX && s[len] && strchr(LETTERS "0123456789", s[len]))
		len++;
	return len > 1 && len < n && s[len] == ';' && strchr(LETTERS, s[1]) ? len + 1 : 0;
}

/* What is neither a line's end nor a reference that stays: decoded, then escaped. */
static void
add_plain(struct buf *out, const char *s, size_t n)
{
	struct buf decoded = BUF_INIT, clean = BUF_INIT;
	size_t i;

	html_decode(&decoded, s, n);
	for (i = 0; i < decoded.len; i++) {
		if (decoded.data[i] == '\xc2' && text_has_control(decoded.data + i, 2, ""))
			i++; /* C1 */
		else
			buf_addch(&clean, decoded.data[i]);
	}
	text_escape_html(out, clean.data, clean.len);
	buf_release(&decoded);
	buf_release(&clean);
}

void
html_clean_text(struct buf *out, const char *s, size_t n)
{
	size_t i = 0, start = 0, len;

	while (i < n) {
		len = s[i] == '&' ? other_reference(s + i, n - i) : (size_t)(s[i] == '\n' || s[i] == '\t');
		if (len) {
			add_plain(out, s + start, i - start);
			buf_add(out, s + i, len);
			start = i + len;
		}
		i += len ? len : 1;
	}
	add_plain(out, s + start, n - start);
}

static bool
is_listed(const char *s, size_t n, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(list[i]) == n && strncasecmp(list[i], s, n) == 0)
			return true;
	return false;
}

/* A property of the list, or one of those that begin with one: border-left-color. */
static bool
is_property(const char *s, size_t n)
{
	size_t i;

	if (is_listed(s, n, properties, COUNT(properties)))
		return true;
	for (i = 0; i < n; i++)
		if (s[i] == '-' && is_listed(s, i, families, COUNT(families)))
			return true;
	return false;
}

/* Words, numbers, colours, names in quotes, known functions. Nothing negative, which would move it over what is not its own. */
static bool
is_value(const char *s, size_t n)
{
	size_t i, word = 0;
	char quote = 0;
	int depth = 0;

	for (i = 0; i < n; i++) {
		if (!strchr(LETTERS "0123456789 #%.,/()'\"-", s[i]) || (s[i] == '-' && i + 1 < n && strchr(".0123456789", s[i + 1])))
			return false;
		if (quote ? s[i] == quote : s[i] == '\'' || s[i] == '"')
			quote = quote ? 0 : s[i];
		if (s[i] == '(' && (quote || depth++ || !is_listed(s + word, i - word, functions, COUNT(functions))))
			return false;
		if (s[i] == ')' && (quote || depth-- == 0))
			return false;
		if (!strchr(LETTERS, s[i]))
			word = i + 1;
	}
	return n && !quote && !depth;
}

/* Widths are those that fit. */
static bool
is_width(const char *s, size_t n)
{
	size_t digits = strspn(s, "0123456789.");
	bool pixels = n == digits + 2 && strncasecmp(s + digits, "px", 2) == 0;

	if (n == 4 && strncasecmp(s, "auto", 4) == 0)
		return true;
	if (!digits || digits >= 10 || (!pixels && (n != digits + 1 || s[digits] != '%')))
		return false;
	return strtod(s, NULL) <= (pixels ? PICTURE_WIDTH : 100);
}

/* Append the declarations that may stay as "name:value", between semicolons. */
static void
add_style(struct buf *out, const char *s)
{
	size_t n, name, from = out->len, count = 0;
	const char *value;

	for (; *s && count < DECLARATIONS; s += n + (s[n] == ';'), count++) {
		s += strspn(s, " ");
		n = strcspn(s, ";");
		name = strspn(s, LETTERS "-");
		value = s + name + strspn(s + name, " ");
		if (!name || *value != ':')
			continue;
		value++;
		value += strspn(value, " ");
		while (n && s[n - 1] == ' ')
			n--;
		if (value >= s + n || !is_property(s, name) || !is_value(value, (size_t)(s + n - value)) ||
		    (name == strlen("width") && strncasecmp(s, "width", name) == 0 && !is_width(value, (size_t)(s + n - value))))
			continue;
		if (out->len > from)
			buf_addch(out, ';');
		buf_add(out, s, name);
		text_lower(out->data + out->len - name);
		buf_addch(out, ':');
		buf_add(out, value, (size_t)(s + n - value));
	}
}

/* A number of at most `most`; with percent also one of those. */
static bool
is_number(const char *s, unsigned most, bool percent)
{
	size_t digits = strspn(s, "0123456789");
	const char *end = s + digits;

	if (!digits || digits > 10 || (*end && !(percent && strcmp(end, "%") == 0)))
		return false;
	return strtoul(s, NULL, 10) <= (*end ? 100 : most);
}

static void
put(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=\"", name);
	slot_escape_html(out, value, strlen(value));
	buf_addch(out, '"');
}

/* href, src: whether it may stay. */
static bool
add_address(const struct html_clean *c, struct buf *out, const char *value, bool image)
{
	struct buf clean = BUF_INIT, address = BUF_INIT;
	enum url_kind kind;
	bool kept;

	if (c->address) {
		kept = c->address(c->ctx, &address, value, image);
	} else {
		url_clean(&clean, value, strlen(value));
		kind = url_kind(clean.data);
		kept = clean.len && kind != URL_OTHER && !(image && kind == URL_CONTACT);
		buf_addstr(&address, clean.data);
	}
	if (kept)
		put(out, image ? "src" : "href", address.data);
	buf_release(&clean);
	buf_release(&address);
	return kept;
}

/* An attribute of the list. */
static void
add_listed(struct buf *out, const struct html_element *element, const struct html_attribute *a, const char *value)
{
	size_t i;

	for (i = 0; i < COUNT(attributes); i++) {
		if (!html_attribute_is(a, attributes[i].name))
			continue;
		if ((attributes[i].elements && !html_element_is_one_of(element, attributes[i].elements)) ||
		    (attributes[i].most && !is_number(value, attributes[i].most, false)) ||
		    (strcmp(attributes[i].name, "role") == 0 && strcmp(value, "presentation") != 0))
			return;
		buf_addf(out, " %s=\"", attributes[i].name);
		html_clean_text(out, a->value, a->value_len);
		buf_addch(out, '"');
	}
}

/* Of the widths only what fits. */
static void
add_width(struct buf *out, const struct html_element *element, const char *value)
{
	if (html_element_is_one_of(element, "img table td th col"))
		put(out, "width", is_number(value, PICTURE_WIDTH, true) ? value : (strcmp(element->name, "img") == 0 ? "536" : "100%"));
}

bool
html_clean_attributes(const struct html_clean *c, struct buf *out, const struct html_element *element, const struct html_tag *tag)
{
	bool image = html_tag_is(tag, "img"), addressed = false;
	struct buf value = BUF_INIT, style = BUF_INIT;
	size_t i;

	for (i = 0; i < tag->count; i++) {
		const struct html_attribute *a = &tag->attribute[i];

		buf_reset(&value);
		html_decode(&value, a->value, a->value_len);
		if (html_attribute_is(a, "style"))
			add_style(&style, value.data);
		else if (html_attribute_is(a, "width"))
			add_width(out, element, value.data);
		else if (image ? html_attribute_is(a, "src") : html_tag_is(tag, "a") && html_attribute_is(a, "href"))
			addressed = add_address(c, out, value.data, image);
		else
			add_listed(out, element, a, value.data);
	}
	if (image && !strstr(style.data, "max-width:"))
		buf_addf(&style, "%smax-width:100%%;height:auto", style.len ? ";" : "");
	if (style.len)
		put(out, "style", style.data);
	buf_release(&value);
	buf_release(&style);
	return addressed || !image;
}
