/* report_text.c - bytes in any charset, HTML and encoded-words as plain UTF-8; see report_private.h. */
#include <ctype.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/report_private.h"

#define NO_CONVERTER ((GIConv)-1) /* NOLINT(performance-no-int-to-ptr): what g_iconv_open gives for a charset that it does not know */

/* Append well-formed UTF-8 with LF; control characters but tab and LF go, C1 (U+0080…9F) too, and what is not well-formed is U+FFFD. */
static void
add_clean(struct buf *out, const char *s, size_t n)
{
	size_t i = 0, plain;

	buf_reserve(out, n);
	while (i < n) {
		for (plain = i; plain < n && (unsigned char)s[plain] < 0x7f && (unsigned char)s[plain] >= 0x20; plain++)
			;
		buf_add(out, s + i, plain - i);
		i = plain;
		if (i == n)
			break;
		if ((unsigned char)s[i] < 0x80) {
			if (s[i] == '\n' || s[i] == '\t' || (s[i] == '\r' && (i + 1 == n || s[i + 1] != '\n')))
				buf_addch(out, s[i] == '\t' ? '\t' : '\n');
			i++;
			continue;
		}
		plain = text_sequence(s + i, n - i);
		if (plain == 0) {
			buf_addstr(out, "\xef\xbf\xbd");
			i++;
			continue;
		}
		if (plain != 2 || (unsigned char)s[i] != 0xc2 || (unsigned char)s[i + 1] > 0x9f)
			buf_add(out, s + i, plain);
		i += plain;
	}
}

static bool
is_ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] >= 0x80 || s[i] == '\x1b')
			return false;
	return true;
}

/* A name that iconv may be asked for: no path, no "//TRANSLIT". */
static bool
is_charset(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < 40 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:.") == n;
}

/* Convert with iconv; what it cannot is U+FFFD. false when it does not know the charset. */
static bool
convert(struct buf *out, const char *s, size_t n, const char *charset)
{
	GIConv cd = is_charset(charset) ? g_iconv_open("UTF-8", charset) : NO_CONVERTER;
	struct buf utf8 = BUF_INIT;
	char *in = (char *)s, chunk[4096];
	size_t left = n;

	if (cd == NO_CONVERTER)
		return false;
	while (left > 0) {
		char *to = chunk;
		size_t room = sizeof(chunk), before = left;
		size_t rc = g_iconv(cd, &in, &left, &to, &room);

		buf_add(&utf8, chunk, sizeof(chunk) - room);
		if (rc == (size_t)-1 && left == before && room == sizeof(chunk)) {
			buf_addstr(&utf8, "\xef\xbf\xbd");
			in++;
			left--;
		}
	}
	g_iconv_close(cd);
	add_clean(out, utf8.data, utf8.len);
	buf_release(&utf8);
	return true;
}

/* A usable charset for the bytes: what they are labelled with is often wrong or missing. NULL: they are UTF-8. */
static const char *
charset_of(const char *s, size_t n, const char *charset)
{
	if (memmem(s, n, "\x1b$", 2) && (!charset || strncasecmp(charset, "iso-2022", 8) != 0))
		return "ISO-2022-JP";
	if (charset &&
	    (strncasecmp(charset, "utf-7", 5) == 0 || strncasecmp(charset, "utf-16", 6) == 0 || strncasecmp(charset, "iso-2022", 8) == 0))
		return charset;
	if (text_is_utf8(s, n))
		return NULL;
	if (!charset || !charset[0] || strncasecmp(charset, "utf", 3) == 0 || strcasecmp(charset, "us-ascii") == 0 ||
	    strcasecmp(charset, "iso-8859-1") == 0)
		return "WINDOWS-1252";
	if (strcasecmp(charset, "shift_jis") == 0 || strcasecmp(charset, "x-sjis") == 0)
		return "CP932";
	if (strcasecmp(charset, "gb2312") == 0 || strcasecmp(charset, "gbk") == 0)
		return "GB18030";
	if (strcasecmp(charset, "ks_c_5601-1987") == 0 || strcasecmp(charset, "euc-kr") == 0)
		return "CP949";
	return charset;
}

void
report_text_add(struct buf *out, const char *bytes, size_t n, const char *charset)
{
	const char *from;

	if (is_ascii(bytes, n) && !(charset && strncasecmp(charset, "utf-", 4) == 0)) {
		add_clean(out, bytes, n);
		return;
	}
	from = charset_of(bytes, n, charset);
	if (!from || (!convert(out, bytes, n, from) && !convert(out, bytes, n, "WINDOWS-1252")))
		add_clean(out, bytes, n);
}

/* Elements that begin a line; td and th a column. */
static bool
is_block(const char *name, size_t n)
{
	static const char blocks[] = "br p div tr table ul ol li h1 h2 h3 h4 h5 h6 hr pre blockquote body title dt dd center";

	return text_is_listed(blocks, name, n);
}

/* Append what "&amp;" at p stands for; returns behind it. */
static const char *
add_entity(struct buf *out, const char *p, const char *end)
{
	static const struct {
		const char *name, *text;
	} entities[] = { { "amp;", "&" }, { "lt;", "<" }, { "gt;", ">" }, { "quot;", "\"" }, { "apos;", "'" }, { "nbsp;", " " },
		{ "commat;", "@" }, { "period;", "." }, { "auml;", "ä" }, { "ouml;", "ö" }, { "uuml;", "ü" }, { "szlig;", "ß" },
		{ "eacute;", "é" }, { "egrave;", "è" }, { "agrave;", "à" }, { "ntilde;", "ñ" }, { "oacute;", "ó" }, { "aacute;", "á" },
		{ "iacute;", "í" }, { "Auml;", "Ä" }, { "Ouml;", "Ö" }, { "Uuml;", "Ü" }, { "ccedil;", "ç" }, { "atilde;", "ã" },
		{ "otilde;", "õ" } };
	size_t left = (size_t)(end - p - 1), i;

	if (left > 1 && p[1] == '#') {
		bool hex = left > 2 && (p[2] == 'x' || p[2] == 'X');
		char digits[12] = "";
		size_t n = 0;
		const char *q = p + (hex ? 3 : 2);
		unsigned long c;

		while (q < end && n < 8 && (hex ? isxdigit((unsigned char)*q) : isdigit((unsigned char)*q)))
			digits[n++] = *q++;
		c = strtoul(digits, NULL, hex ? 16 : 10);
		if (n && c) {
			text_add_code_point(out, c > 0x10ffff ? 0xfffd : c == 0xa0 ? ' '
										   : (uint32_t)c);
			return q < end && *q == ';' ? q + 1 : q;
		}
	}
	for (i = 0; i < sizeof(entities) / sizeof(*entities); i++) {
		size_t n = strlen(entities[i].name);

		if (left >= n && memcmp(p + 1, entities[i].name, n) == 0) {
			buf_addstr(out, entities[i].text);
			return p + 1 + n;
		}
	}
	buf_addch(out, '&');
	return p + 1;
}

/* Where the tag at p, "<…", ends: behind its ">", comments, styles and scripts whole. Writes the line break it stands for. */
static const char *
pass_tag(struct buf *out, const char *p, const char *end, bool *pre)
{
	const char *name = p + 1, *close;
	char lower[12];
	size_t n = 0;
	bool ends = name < end && *name == '/';

	if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
		close = memmem(p + 4, (size_t)(end - p - 4), "-->", 3);
		return close ? close + 3 : end;
	}
	if (ends)
		name++;
	while (name + n < end && n < sizeof(lower) - 1 && isalnum((unsigned char)name[n])) {
		lower[n] = (char)tolower((unsigned char)name[n]);
		n++;
	}
	lower[n] = '\0';
	if (!(close = memchr(p, '>', (size_t)(end - p))))
		return end;
	if (!ends && (strcmp(lower, "style") == 0 || strcmp(lower, "script") == 0)) {
		const char *q = close;

		while ((q = memmem(q, (size_t)(end - q), "</", 2)) && !((size_t)(end - q) > n + 2 && strncasecmp(q + 2, lower, n) == 0))
			q += 2;
		return q ? q : end;
	}
	if (strcmp(lower, "pre") == 0)
		*pre = !ends;
	if (is_block(lower, n) && out->len && (out->data[out->len - 1] != '\n' || strcmp(lower, "p") == 0 || strcmp(lower, "br") == 0))
		buf_addch(out, '\n');
	else if (strcmp(lower, "td") == 0 || strcmp(lower, "th") == 0)
		buf_addch(out, ' ');
	return close + 1;
}

void
report_text_add_html(struct buf *out, const char *html, size_t n)
{
	const char *p = html, *end = html + n;
	struct buf b = BUF_INIT;
	bool pre = false;

	while (p < end) {
		/* "<ann@example.org>", written as if it were text, is what a reader of a bounce needs. */
		if (*p == '<' && p + 1 < end && (isalpha((unsigned char)p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?')) {
			size_t word = strcspn(p + 1, "@> \t\n");

			if (p[1 + word] == '@') {
				buf_addch(&b, *p++);
				continue;
			}
			p = pass_tag(&b, p, end, &pre);
		} else if (*p == '&')
			p = add_entity(&b, p, end);
		else if (!pre && isspace((unsigned char)*p)) {
			if (b.len && !isspace((unsigned char)b.data[b.len - 1]))
				buf_addch(&b, ' ');
			p++;
		} else
			buf_addch(&b, *p++);
	}
	add_clean(out, b.data, b.len);
	buf_release(&b);
}

void
report_text_line(char *text)
{
	struct buf b = BUF_INIT;
	size_t n = strlen(text), len = 0, i;
	bool space = false;

	add_clean(&b, text, n);
	for (i = 0; i < b.len && len < n; i++) {
		if (isspace((unsigned char)b.data[i])) {
			space = len > 0;
			continue;
		}
		if (space && len + 1 < n)
			text[len++] = ' ';
		space = false;
		text[len++] = b.data[i];
	}
	if (i < b.len)
		len = text_cut(text, len);
	text[len] = '\0';
	while (len && !text_is_utf8(text, len))
		text[--len] = '\0';
	buf_release(&b);
}

void
report_text_header(char *out, size_t size, const char *raw)
{
	static GMimeParserOptions *options;
	struct buf b = BUF_INIT;
	char *decoded;
	size_t n;

	if (!options) {
		static const char *const charsets[] = { "utf-8", "windows-1252", NULL };

		options = g_mime_parser_options_new();
		g_mime_parser_options_set_fallback_charsets(options, (const char **)charsets);
	}
	/* Encoded words alone need GMime; raw 8-bit and raw ISO-2022-JP are read as in a body. */
	decoded = strstr(raw, "=?") ? g_mime_utils_header_decode_text(options, raw) : NULL;
	report_text_add(&b, decoded ? decoded : raw, strlen(decoded ? decoded : raw), NULL);
	g_free(decoded);
	n = b.len < size ? b.len : text_cut(b.data, size - 1);
	memcpy(out, b.data, n);
	out[n] = '\0';
	report_text_line(out);
	buf_release(&b);
}
