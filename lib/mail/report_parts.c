/* report_parts.c - a message taken apart by GMime: its headers, and its parts as texts with their roles; see report_private.h. */
#include <ctype.h>
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"
#include "mail/report_private.h"

#define FIRST_BYTES 4096 /* of a part: what tells its role must stand there */

/* Read at most REPORT_PART_BYTES of a leaf, its transfer encoding undone. */
static void
read_content(GMimeDataWrapper *content, struct buf *out, size_t most)
{
	GMimeStream *stream = g_mime_data_wrapper_get_stream(content), *filtered;
	GMimeContentEncoding encoding = g_mime_data_wrapper_get_encoding(content);
	char chunk[8192];
	ssize_t n;

	if (!stream)
		return;
	g_mime_stream_reset(stream);
	filtered = g_mime_stream_filter_new(stream);
	if (encoding == GMIME_CONTENT_ENCODING_BASE64 || encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
	    encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
		GMimeFilter *filter = g_mime_filter_basic_new(encoding, FALSE);

		g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered), filter);
		g_object_unref(filter);
	}
	while (out->len < most && (n = g_mime_stream_read(filtered, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n < most - out->len ? (size_t)n : most - out->len);
	g_object_unref(filtered);
}

/* Whether one of the fields stands at the beginning of a line. */
static bool
has_field(const struct buf *b, size_t most, const char *name)
{
	size_t n = strlen(name);
	const char *p = b->data, *end = b->data + (b->len < most ? b->len : most);

	while (p && (size_t)(end - p) > n) {
		if (strncasecmp(p, name, n) == 0)
			return true;
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	return false;
}

static bool
is_status(const struct buf *b)
{
	return (has_field(b, FIRST_BYTES, "final-recipient:") || has_field(b, FIRST_BYTES, "original-recipient:")) &&
	    (has_field(b, FIRST_BYTES, "action:") || has_field(b, FIRST_BYTES, "status:"));
}

/* Headers of a message: several fields at once, one of which every message has. */
static bool
is_message(const struct buf *b)
{
	return report_field_count(b->data, b->len) >= 3 &&
	    (has_field(b, FIRST_BYTES, "received:") || has_field(b, FIRST_BYTES, "message-id:") ||
		has_field(b, FIRST_BYTES, "return-path:") || (has_field(b, FIRST_BYTES, "from:") && has_field(b, FIRST_BYTES, "to:")));
}

/* What a leaf is, by its label, or where that is of no use by what it holds. */
static enum report_role
role_of(const struct report_part *p)
{
	const char *t = p->type;

	if (strstr(t, "/feedback-report"))
		return REPORT_ROLE_FEEDBACK;
	if (strcmp(t, "message/disposition-notification") == 0 || strcmp(t, "message/global-disposition-notification") == 0)
		return REPORT_ROLE_RECEIPT;
	if (strcmp(t, "text/rfc822-headers") == 0 || strcmp(t, "message/rfc822-headers") == 0 ||
	    strcmp(t, "message/global-headers") == 0 || strcmp(t, "text/rfc822") == 0)
		return REPORT_ROLE_RETURNED;
	if (strstr(t, "delivery-status"))
		return has_field(&p->text, REPORT_PART_BYTES, "final-recipient:") ||
			has_field(&p->text, REPORT_PART_BYTES, "original-recipient:") ||
			has_field(&p->text, REPORT_PART_BYTES, "reporting-mta:")
		    ? REPORT_ROLE_STATUS
		    : REPORT_ROLE_WORDS; /* prose with the wrong label */
	if (strncmp(t, "message/", 8) == 0)
		return is_status(&p->text) ? REPORT_ROLE_STATUS : REPORT_ROLE_RETURNED;
	if (strncmp(t, "text/", 5) != 0 && strncmp(t, "application/", 12) != 0)
		return REPORT_ROLE_OTHER;
	if (has_field(&p->text, FIRST_BYTES, "feedback-type:") && has_field(&p->text, FIRST_BYTES, "user-agent:"))
		return REPORT_ROLE_FEEDBACK;
	if (is_status(&p->text) && report_field_count(p->text.data, p->text.len) > 0)
		return REPORT_ROLE_STATUS;
	if (is_message(&p->text))
		return REPORT_ROLE_RETURNED;
	return strncmp(t, "text/", 5) == 0 && strcmp(t, "text/calendar") != 0 ? REPORT_ROLE_WORDS : REPORT_ROLE_OTHER;
}

/* Whether a text is HTML, which some label as plain, and plain text as HTML: the former by its first element, the latter by having none. */
static bool
has_markup(const struct buf *b, bool labelled)
{
	static const char *const elements[] = { "<html", "<!doctype", "<body", "<p", "<br", "<div", "<table", "<pre", "<font", "<a " };

	if (!labelled)
		return strncasecmp(b->data + strspn(b->data, " \t\r\n"), "<html", 5) == 0 ||
		    strncasecmp(b->data + strspn(b->data, " \t\r\n"), "<!doctype html", 14) == 0;
	for (size_t i = 0; i < sizeof(elements) / sizeof(*elements); i++)
		if (strcasestr(b->data, elements[i]))
			return true;
	return false;
}

static struct report_part *
new_part(struct report_mail *m, const char *type)
{
	struct report_part *p;

	if (m->parts == REPORT_PARTS || m->decoded >= REPORT_TEXTS_BYTES)
		return NULL;
	p = &m->part[m->parts++];
	buf_init(&p->text);
	snprintf(p->type, sizeof(p->type), "%.63s", type ? type : "text/plain");
	text_lower(p->type);
	return p;
}

static void
take_leaf(struct report_mail *m, GMimePart *leaf)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(leaf));
	GMimeDataWrapper *content = g_mime_part_get_content(leaf);
	char *name = g_mime_content_type_get_mime_type(type);
	struct report_part *p = new_part(m, name);
	struct buf raw = BUF_INIT;

	g_free(name);
	if (!p)
		return;
	if (content && strncmp(p->type, "image/", 6) != 0 && strncmp(p->type, "video/", 6) != 0 && strncmp(p->type, "audio/", 6) != 0)
		read_content(content, &raw, REPORT_PART_BYTES);
	if (strncmp(p->type, "text/", 5) == 0 && has_markup(&raw, strcmp(p->type, "text/html") == 0)) {
		struct buf html = BUF_INIT;

		report_text_add(&html, raw.data, raw.len, g_mime_content_type_get_parameter(type, "charset"));
		report_text_add_html(&p->text, html.data, html.len);
		buf_release(&html);
	} else
		report_text_add(&p->text, raw.data, raw.len, g_mime_content_type_get_parameter(type, "charset"));
	m->decoded += raw.len;
	p->role = role_of(p);
	buf_release(&raw);
}

/* A message within: its headers, and the beginning of what it says. */
static void
take_message(struct report_mail *m, GMimeMessagePart *within)
{
	GMimeMessage *message = g_mime_message_part_get_message(within);
	struct report_part *p = new_part(m, "message/rfc822");
	char *headers;
	size_t n;

	if (!p)
		return;
	p->role = REPORT_ROLE_RETURNED;
	headers = message ? g_mime_object_get_headers(GMIME_OBJECT(message), NULL) : NULL;
	n = headers ? strnlen(headers, REPORT_HEADER_BYTES) : 0;
	report_text_add(&p->text, headers ? headers : "", n, NULL);
	m->decoded += n;
	g_free(headers);
}

static bool
is_blank(const char *s)
{
	return s[strspn(s, " \t\n")] == '\0';
}

static void
take_tree(struct report_mail *m, GMimeObject *o, int depth)
{
	if (!o || depth > REPORT_NESTING)
		return;
	if (GMIME_IS_MULTIPART(o)) {
		GMimeMultipart *multi = GMIME_MULTIPART(o);
		int count = g_mime_multipart_get_count(multi), first = m->parts;
		bool alternative = g_mime_content_type_is_type(g_mime_object_get_content_type(o), "multipart", "alternative");

		for (int i = 0; i < count && m->parts < REPORT_PARTS; i++)
			take_tree(m, g_mime_multipart_get_part(multi, i), depth + 1);
		/* The same thing twice: the plain one is enough, unless it says nothing. */
		for (int i = first + 1; alternative && i < m->parts; i++)
			if (m->part[i].role == REPORT_ROLE_WORDS && m->part[first].role == REPORT_ROLE_WORDS &&
			    !is_blank(m->part[first].text.data))
				m->part[i].role = REPORT_ROLE_OTHER;
	} else if (GMIME_IS_MESSAGE_PART(o))
		take_message(m, GMIME_MESSAGE_PART(o));
	else if (GMIME_IS_PART(o))
		take_leaf(m, GMIME_PART(o));
}

/* Join the readable parts before the first returned message. */
static void
join_words(struct report_mail *m)
{
	size_t end, from;

	for (int i = 0; i < m->parts; i++) {
		struct report_part *p = &m->part[i];

		if (p->role == REPORT_ROLE_RETURNED && !m->returned_part && p->text.len) {
			m->returned_part = true;
			buf_add(&m->returned, p->text.data, p->text.len);
		}
		if (p->role != REPORT_ROLE_WORDS)
			continue;
		if (m->words.len && m->words.data[m->words.len - 1] != '\n')
			buf_addch(&m->words, '\n');
		buf_add(&m->words, p->text.data, p->text.len);
	}
	end = m->words.len;
	from = report_free_split(m->words.data, m->words.len, &end);
	if (from < m->words.len) {
		if (!m->returned_part)
			buf_add(&m->returned, m->words.data + from, m->words.len - from);
		buf_truncate(&m->words, end);
	}
}

/* Take apart the bytes, which GMime and all that comes from it only read. */
static void
take_bytes(struct report_mail *m, const char *bytes, size_t n)
{
	GByteArray array = { (guint8 *)bytes, (guint)n };
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeMessage *message;
	GMimeParser *parser;

	g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), &array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message) {
		take_tree(m, g_mime_message_get_mime_part(message), 0);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
}

static bool
says_nothing(const struct report_mail *m)
{
	for (int i = 0; i < m->parts; i++)
		if (!is_blank(m->part[i].text.data))
			return false;
	return true;
}

/*
 * Parts whose boundary is not the one that the headers name, or none: the body's first line "--…" with a Content- field after it tells the
 * right one. Without such a line the body is one text.
 */
static void
take_broken(struct report_mail *m, const char *body, size_t n)
{
	struct report_extent x;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	const char *p = body, *end, *stop;
	struct report_part *part;

	n = n < REPORT_TEXTS_BYTES ? n : REPORT_TEXTS_BYTES;
	end = body + n;
	for (; p < end; p = stop + 1) {
		if (!(stop = memchr(p, '\n', (size_t)(end - p))))
			break;
		if (stop - p > 4 && stop - p < 200 && p[0] == '-' && p[1] == '-' && end - stop > 9 &&
		    strncasecmp(stop + 1, "content-", 8) == 0 && !memchr(p, '"', (size_t)(stop - p))) {
			size_t name = (size_t)(stop - p) - 2 - (stop[-1] == '\r');

			buf_addf(&b, "Content-Type: multipart/mixed; boundary=\"%.*s\"\n\n", (int)name, p + 2);
			buf_add(&b, body, n);
			if (report_scan(b.data, b.len, &x, &e) == 0)
				take_bytes(m, x.start, x.n);
			break;
		}
	}
	if (says_nothing(m) && (part = new_part(m, "text/plain"))) {
		report_text_add(&part->text, body, n < REPORT_PART_BYTES ? n : REPORT_PART_BYTES, NULL);
		m->decoded += n;
		part->role = role_of(part);
	}
	buf_release(&b);
}

/* Whether the parts of a report stand in the body of a message whose headers say that it has none. */
static bool
hides_report(const struct report_mail *m, const struct report_extent *x)
{
	size_t n = x->n - x->body < REPORT_PART_BYTES ? x->n - x->body : REPORT_PART_BYTES;
	static const char field[] = "\ncontent-type: message/delivery-status";
	const char *p = x->start + x->body, *end = p + n;

	if (m->parts != 1 || strncmp(m->type, "multipart/", 10) == 0)
		return false;
	for (; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		if ((size_t)(end - p) > sizeof(field) && strncasecmp(p, field, sizeof(field) - 1) == 0)
			return true;
	return false;
}

static void
release_parts(struct report_mail *m)
{
	for (int i = 0; i < m->parts; i++)
		buf_release(&m->part[i].text);
	m->parts = 0;
	m->decoded = 0;
}

void
report_mail_read(struct report_mail *m, const struct report_extent *x)
{
	static bool started;

	if (!started) {
		g_mime_init();
		started = true;
	}
	memset(m, 0, sizeof(*m));
	buf_init(&m->headers);
	buf_init(&m->words);
	buf_init(&m->returned);
	report_text_add(&m->headers, x->start, x->headers, NULL);
	report_head_read(m);
	take_bytes(m, x->start, x->n);
	if (x->body < x->n && (says_nothing(m) || hides_report(m, x))) {
		release_parts(m);
		take_broken(m, x->start + x->body, x->n - x->body);
	}
	join_words(m);
}

void
report_mail_release(struct report_mail *m)
{
	release_parts(m);
	buf_release(&m->headers);
	buf_release(&m->words);
	buf_release(&m->returned);
}

const struct report_part *
report_mail_part(const struct report_mail *m, enum report_role role)
{
	for (int i = 0; i < m->parts; i++)
		if (m->part[i].role == role)
			return &m->part[i];
	return NULL;
}
