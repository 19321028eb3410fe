/*
 * message_merge.c - one person's bytes; see message.h.
 *
 * The sending path: room is reserved once, by message_size, and everything is
 * then written in place. Each value is bounded there by the most that its
 * place can make of it, so both switches below belong together.
 */
#include "mail/message_private.h"

#include <string.h>

#include "base/text.h"
#include "mail/addr.h"
#include "mail/mime.h"

#define LINE 76        /* RFC 2047 2, for a line that holds an encoded-word; kept for all */
#define URI_MAX 900    /* octets of a URI as written in a header: the line stays below 998 */
#define HEADER_MAX 250 /* octets of Date and Message-ID */
#define CHUNK 512      /* octets of a value taken at a time */
#define SUBJECT_MAX ((size_t)2 * MESSAGE_HEADER_MAX)
#define GROWTH ((size_t)6) /* octets that one of a value becomes: &quot; is the most */

/* In quoted-printable still GROWTH (what has =XX was one octet or %XX before), soft breaks after 64 columns or more, one at the end. */
#define BODY_BOUND(n) (GROWTH * (n) + 3 * (GROWTH * (n) / 64 + 3))

struct value {
	const char *s;
	size_t n;
};

static bool
is_blank(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s > ' ' && *s != 0x7f)
			return false;
	return true;
}

/* The person's value, or the piece's fallback. */
static struct value
value_of(const struct message *m, const struct piece *p, const struct message_values *v)
{
	const char *s = v->value[p->slot];
	struct value r;

	if (s && !is_blank(s))
		r = (struct value){ s, strlen(s) };
	else
		r = (struct value){ m->bytes.data + p->off, p->len };
	return r;
}

/* A name for a header as a string, cut where a header ends; blank is "". */
static void
header_name(char out[MESSAGE_HEADER_MAX + 1], const struct message_values *v)
{
	const char *s = v->value[SLOT_NAME];
	size_t n;

	if (!s || is_blank(s))
		s = "";
	n = strlen(s);
	if (n > MESSAGE_HEADER_MAX)
		n = text_cut(s, MESSAGE_HEADER_MAX);
	memcpy(out, s, n);
	out[n] = '\0';
}

static size_t
min(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
message_size(const struct message *m, const struct message_values *v)
{
	size_t total = 0, i;

	for (i = 0; i < m->count; i++) {
		const struct piece *p = &m->piece[i];

		switch ((enum place)p->place) {
		case PLACE_LITERAL:
			total += p->len;
			break;
		case PLACE_TEXT:
		case PLACE_TEXT_URI:
		case PLACE_HTML:
		case PLACE_HTML_URI:
		case PLACE_COMPONENT:
			total += BODY_BOUND(value_of(m, p, v).n);
			break;
		case PLACE_SUBJECT_TEXT:
			total += MIME_HEADER_BOUND(p->len);
			break;
		case PLACE_SUBJECT:
			total += MIME_HEADER_BOUND(min(value_of(m, p, v).n, SUBJECT_MAX));
			break;
		case PLACE_TO:
			total += MIME_HEADER_BOUND(v->value[SLOT_NAME] ? min(strlen(v->value[SLOT_NAME]), MESSAGE_HEADER_MAX) : 0) +
			    ADDR_MAX + 5;
			break;
		case PLACE_HEADER:
		case PLACE_HEADER_ID:
			total += min(value_of(m, p, v).n, HEADER_MAX);
			break;
		case PLACE_HEADER_URI:
		case PLACE_HEADER_MAILTO:
			total += min(3 * value_of(m, p, v).n, URI_MAX);
			break;
		case PLACE_SUBJECT_END:
		case PLACE_COUNT:
			break;
		}
	}
	return total;
}

/* The ASCII characters that stand for themselves. In HTML_URI those of both, the component's are unreserved and what a mailto: needs. */
enum {
	AS_TEXT = 8,
	AS_HTML = 4,
	AS_COMPONENT = 2,
	AS_URI = 1
};

static const uint8_t as_is[128] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	12, 13, 8, 13, 13, 13, 9, 9, 13, 13, 13, 15, 13, 15, 15, 13,    /*   ! " # $ % & ' ( ) * + , - . / */
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 13, 13, 8, 13, 8, 13,   /* 0 to 9 : ; < = > ? */
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, /* @ A to O */
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 13, 12, 13, 12, 15, /* P to Z [ \ ] ^ _ */
	12, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, /* ` a to o */
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 12, 12, 12, 15, 0,  /* p to z { | } ~ DEL */
};

static bool
stands(char c, uint8_t as)
{
	return (unsigned char)c < sizeof(as_is) && (as_is[(unsigned char)c] & as) == as;
}

static uint8_t
as_of(enum place place)
{
	switch (place) {
	case PLACE_TEXT_URI: return AS_URI;
	case PLACE_COMPONENT: return AS_COMPONENT;
	case PLACE_HTML: return AS_HTML;
	case PLACE_HTML_URI: return AS_HTML | AS_URI;
	default: return AS_TEXT;
	}
}

static char *
put_uri(char *dst, const char *c, size_t len, uint8_t as)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (stands(c[i], as))
			*dst++ = c[i];
		else
			dst = mime_hex(dst, '%', c[i]);
	}
	return dst;
}

/* As text_escape_html, without a buf. */
static char *
put_html(char *dst, const char *c, size_t len)
{
	const char *entity;

	switch (*c) {
	case '&': entity = "&amp;"; break;
	case '<': entity = "&lt;"; break;
	case '>': entity = "&gt;"; break;
	case '"': entity = "&quot;"; break;
	case '\'': entity = "&#39;"; break;
	default:
		memcpy(dst, c, len);
		return dst + len;
	}
	len = strlen(entity);
	memcpy(dst, entity, len);
	return dst + len;
}

static char *
put_char(char *dst, enum place place, const char *c, size_t len)
{
	switch (place) {
	case PLACE_TEXT_URI:
		return put_uri(dst, c, len, AS_URI);
	case PLACE_COMPONENT:
		return put_uri(dst, c, len, AS_COMPONENT);
	case PLACE_HTML_URI:
		return *c == '&' || *c == '\'' ? put_html(dst, c, len) : put_uri(dst, c, len, AS_URI);
	case PLACE_HTML:
		return put_html(dst, c, len);
	default:
		memcpy(dst, c, len);
		return dst + len;
	}
}

/* A value in a body, from a line's start; `open` whether the line goes on after it. */
static void
merge_body(struct buf *out, enum place place, struct value v, bool open)
{
	char chunk[GROWTH * CHUNK], *dst = out->data + out->len;
	uint8_t as = as_of(place);
	size_t column = 0;

	while (v.n) {
		char *end = chunk;

		while (v.n && end <= chunk + sizeof(chunk) - 4 * GROWTH) {
			size_t len, taken = 1;
			char c[4];

			if (stands(*v.s, as)) {
				*end++ = *v.s;
			} else {
				taken = mime_char(v.s, v.n, c, &len);
				end = put_char(end, place, c, len);
			}
			v.s += taken;
			v.n -= taken;
		}
		dst = mime_qp_into(dst, chunk, (size_t)(end - chunk), &column);
	}
	if (column && open) {
		memcpy(dst, "=\r\n", 3);
		dst += 3;
	}
	out->len = (size_t)(dst - out->data);
}

/* Octets that may stand in a header's <>: nothing that ends it, folds it or is no ASCII (but a UTF-8 local part in To). */
static size_t
filter(char *dst, struct value v, const char *refused, bool utf8)
{
	size_t n = 0, len, taken;
	char c[4];

	for (; v.n; v.s += taken, v.n -= taken) {
		taken = 1;
		if (stands(*v.s, AS_COMPONENT)) { /* most of any address */
			dst[n++] = *v.s;
			continue;
		}
		taken = mime_char(v.s, v.n, c, &len);
		if (len == 1 ? c[0] == ' ' || strchr(refused, c[0]) != NULL : !utf8)
			continue;
		memcpy(dst + n, c, len);
		n += len;
	}
	return n;
}

static void
merge_to(struct buf *out, const struct message *m, const struct piece *p, const struct message_values *v)
{
	char name[MESSAGE_HEADER_MAX + 1], address[ADDR_MAX];
	struct value to = value_of(m, p, v);
	size_t column = strlen("To: "), start = out->len, n;

	to.n = min(to.n, sizeof(address));
	n = filter(address, to, "<>()[]\\,;:\"", true);
	if (!n) {
		buf_addstr(out, "undisclosed-recipients:;"); /* RFC 5322 3.6.3 wants something */
		return;
	}
	header_name(name, v);
	mime_header_phrase(out, name, &column);
	if (out->len == start) {
		buf_add(out, address, n);
		return;
	}
	buf_addstr(out, column + n + 3 > LINE ? "\r\n <" : " <");
	buf_add(out, address, n);
	buf_addch(out, '>');
}

static char *
header_text(char *dst, struct value v)
{
	size_t len, taken;
	char c[4];

	for (v.n = min(v.n, HEADER_MAX); v.n; v.s += taken, v.n -= taken) {
		taken = mime_char(v.s, v.n, c, &len);
		*dst++ = len == 1 ? c[0] : '?';
	}
	return dst;
}

static char *
header_uri(char *dst, struct value v, uint8_t as)
{
	const char *end = dst + URI_MAX - 12; /* one more character, all %XX */
	size_t len, taken;
	char c[4];

	for (; v.n && dst <= end; v.s += taken, v.n -= taken) {
		taken = 1;
		if (stands(*v.s, as)) {
			*dst++ = *v.s;
			continue;
		}
		taken = mime_char(v.s, v.n, c, &len);
		dst = put_uri(dst, c, len, as);
	}
	return dst;
}

static void
merge_header(struct buf *out, enum place place, struct value v)
{
	char *dst = out->data + out->len;

	switch (place) {
	case PLACE_HEADER:
		dst = header_text(dst, v);
		break;
	case PLACE_HEADER_ID:
		v.n = min(v.n, HEADER_MAX);
		dst += filter(dst, v, "<>", false);
		break;
	case PLACE_HEADER_MAILTO:
		dst = header_uri(dst, v, AS_COMPONENT);
		break;
	default:
		dst = header_uri(dst, v, AS_URI);
	}
	out->len = (size_t)(dst - out->data);
}

/* Add to the subject that is being collected, as much as there is room for. */
static void
collect(char subject[SUBJECT_MAX + 1], size_t *len, struct value v)
{
	size_t n = v.n;

	if (n > SUBJECT_MAX - *len)
		n = text_cut(v.s, SUBJECT_MAX - *len);
	memcpy(subject + *len, v.s, n);
	*len += n;
	subject[*len] = '\0';
}

/* Write what was collected, once: message_size has counted it once. */
static void
merge_subject(struct buf *out, char *subject, size_t *len)
{
	size_t column = strlen("Subject: ");

	mime_header_text(out, subject, &column);
	subject[ *len = 0] = '\0';
}

void
message_merge(const struct message *m, const struct message_values *v, struct buf *out)
{
	char subject[SUBJECT_MAX + 1] = "";
	size_t subject_len = 0, i;

	buf_reserve(out, message_size(m, v));
	for (i = 0; i < m->count; i++) {
		const struct piece *p = &m->piece[i];
		const char *bytes = m->bytes.data + p->off, *next = bytes + p->len;

		switch ((enum place)p->place) {
		case PLACE_LITERAL:
			buf_add(out, bytes, p->len);
			break;
		case PLACE_TEXT:
		case PLACE_TEXT_URI:
		case PLACE_HTML:
		case PLACE_HTML_URI:
		case PLACE_COMPONENT:
			/* a literal that begins with CRLF ends the line itself */
			merge_body(out, (enum place)p->place, value_of(m, p, v),
			    i + 1 == m->count || p[1].place != PLACE_LITERAL || *next != '\r');
			break;
		case PLACE_SUBJECT_TEXT:
			collect(subject, &subject_len, (struct value){ bytes, p->len });
			break;
		case PLACE_SUBJECT:
			collect(subject, &subject_len, value_of(m, p, v));
			break;
		case PLACE_SUBJECT_END:
			merge_subject(out, subject, &subject_len);
			break;
		case PLACE_TO:
			merge_to(out, m, p, v);
			break;
		case PLACE_HEADER:
		case PLACE_HEADER_ID:
		case PLACE_HEADER_URI:
		case PLACE_HEADER_MAILTO:
			merge_header(out, (enum place)p->place, value_of(m, p, v));
			break;
		case PLACE_COUNT:
			break;
		}
	}
	out->data[out->len] = '\0';
}
