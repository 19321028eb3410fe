/*
 * message_compile.c - from text and HTML with marks to segments of final bytes.
 *
 * Whatever is the same for everybody is written into message.bytes at once, and
 * becomes a literal when the next slot comes. The boundary begins with "=_",
 * which quoted-printable cannot hold (RFC 2045 6.7), and goes on with a hash of
 * the content, so that the same content always gives the same bytes.
 */
#include "mail/message_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slot.h"
#include "base/text.h"
#include "mail/addr.h"
#include "mail/mime.h"

#define LINE 76    /* RFC 2047 2, for a line that holds an encoded-word; kept for all */
#define ID_MAX 200 /* bytes of a List-Id, of a Feedback-ID */

struct compiler {
	struct message *m;
	size_t slots;
	size_t owned; /* bytes that belong to a piece */
	struct err *e;
};

/* What a mark says. */
struct mark {
	enum slot slot;
	const char *fallback;
	size_t len; /* of the fallback */
};

/* Close the literal that is being written, if any. */
static void
flush(struct compiler *c)
{
	if (c->m->bytes.len > c->owned)
		message_push(c->m, PLACE_LITERAL, SLOT_NONE);
	c->owned = c->m->bytes.len;
}

static void
push(struct compiler *c, enum place place, enum slot slot, const char *text, size_t n)
{
	flush(c);
	buf_add(&c->m->bytes, text, n);
	message_push(c->m, place, slot);
	c->owned = c->m->bytes.len;
}

/* Read the mark at *s (on SLOT_START), before end, and go past it. */
static int
read_mark(struct compiler *c, const char **s, const char *end, struct mark *mark)
{
	const char *name = *s + 1, *stop = memchr(name, SLOT_END, (size_t)(end - name)), *bar;
	size_t n, i;

	if (!stop || memchr(name, SLOT_START, (size_t)(stop - name)))
		return err_set(c->e, ERR_INPUT, "a control character (a slot's mark that does not end) in the text");
	bar = memchr(name, '|', (size_t)(stop - name));
	n = (size_t)((bar ? bar : stop) - name);
	mark->fallback = bar ? bar + 1 : stop;
	mark->len = (size_t)(stop - mark->fallback);
	*s = stop + 1;
	if (++c->slots > MESSAGE_SLOTS_MAX)
		return err_set(c->e, ERR_INPUT, "more than %d per-person values in one message", MESSAGE_SLOTS_MAX);
	if (mark->len > MESSAGE_HEADER_MAX || text_has_control(mark->fallback, mark->len, ""))
		return err_set(c->e, ERR_INPUT,
		    "a fallback of a per-person value must be one line of at most %d bytes", MESSAGE_HEADER_MAX);
	for (i = 0; i < SLOT_COUNT; i++)
		if (strlen(slot_names[i].name) == n && memcmp(slot_names[i].name, name, n) == 0) {
			mark->slot = (enum slot)i;
			if (slot_names[i].kind == SLOT_KIND_HEADER)
				return err_set(c->e, ERR_INPUT, "{{%s}} is for headers alone", slot_names[i].name);
			return 0;
		}
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz_") < n || n > 40)
		return err_set(c->e, ERR_INPUT, "there is no per-person value of that name");
	return err_set(c->e, ERR_INPUT, "there is no per-person value {{%.*s}}", (int)n, name);
}

/* Octets up to the next mark; -1 for the end of a mark without its start. */
static int
plain_length(struct compiler *c, const char *s, const char *end, size_t *n)
{
	const char *mark = memchr(s, SLOT_START, (size_t)(end - s));

	*n = (size_t)((mark ? mark : end) - s);
	if (memchr(s, SLOT_END, *n))
		return err_set(c->e, ERR_INPUT, "a control character (a slot's mark that does not begin) in the text");
	return 0;
}

static enum place
text_place(enum slot slot)
{
	return slot_names[slot].kind == SLOT_KIND_URL ? PLACE_TEXT_URI : PLACE_TEXT;
}

/* One body in quoted-printable; it always ends with CRLF, so that a boundary can follow. */
static int
compile_body(struct compiler *c, const char *text, bool html)
{
	const char *s = text, *end = text + strlen(text);
	struct html_scan scan = { 0 };
	size_t column = 0, n = 0;

	while (s < end) {
		struct mark mark = { 0 };
		int place;

		if (plain_length(c, s, end, &n) == -1)
			return -1;
		if (html)
			html_scan(&scan, s, n);
		mime_qp(&c->m->bytes, s, n, &column);
		s += n;
		if (s == end)
			break;
		n = 0;
		if (read_mark(c, &s, end, &mark) == -1)
			return -1;
		place = html ? html_scan_slot(&scan, mark.slot, c->e) : (int)text_place(mark.slot);
		if (place == -1)
			return -1;
		mime_qp_break(&c->m->bytes, &column);
		push(c, (enum place)place, mark.slot, mark.fallback, mark.len);
	}
	if (column || !n) /* n: what stands after the last mark */
		buf_add(&c->m->bytes, "\r\n", 2);
	return 0;
}

static int
check_utf8(const char *what, const char *s, const char *controls, struct err *e)
{
	size_t n = strlen(s);

	if (!text_is_utf8(s, n))
		return err_set(e, ERR_INPUT, "%s is not UTF-8", what);
	if (text_has_control(s, n, controls))
		return err_set(e, ERR_INPUT, "%s holds a control character", what);
	return 0;
}

/* A line of text for a header, without marks. */
static int
check_header(const char *what, const char *s, struct err *e)
{
	if (strlen(s) > MESSAGE_HEADER_MAX)
		return err_set(e, ERR_INPUT, "%s is longer than %d bytes", what, MESSAGE_HEADER_MAX);
	return check_utf8(what, s, "", e);
}

/* An identifier: printable ASCII that needs no quoting; dots: as a domain is written. */
static int
check_id(const char *what, const char *s, bool domain, struct err *e)
{
	size_t i;

	if (strlen(s) > ID_MAX)
		return err_set(e, ERR_INPUT, "%s is longer than %d bytes", what, ID_MAX);
	for (i = 0; s[i]; i++) {
		bool alnum = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '0' && s[i] <= '9');

		if (s[i] == '.' ? i == 0 || s[i - 1] == '.' || !s[i + 1] : !alnum && !strchr(domain ? "-_" : "-_+:@=/", s[i]))
			return err_set(e, ERR_INPUT, "%s may hold letters, digits, - and _ with single dots between them only", what);
	}
	return 0;
}

/* "Header: Name <inside>", or the inside alone (in <> if angle) when there is no name. */
static int
compile_mailbox(struct compiler *c, const char *header, const char *name, const char *inside, bool angle)
{
	struct buf *out = &c->m->bytes;
	size_t column = strlen(header) + 2, start;

	if (check_header(header, name, c->e) == -1)
		return -1;
	buf_addf(out, "%s: ", header);
	start = out->len;
	mime_header_phrase(out, name, &column);
	if (out->len > start) {
		buf_addstr(out, column + strlen(inside) + 3 > LINE ? "\r\n " : " ");
		angle = true;
	}
	buf_addf(out, angle ? "<%s>\r\n" : "%s\r\n", inside);
	return 0;
}

static int
compile_address(struct compiler *c, const char *header, const char *name, const char *address)
{
	struct addr a;

	if (addr_parse(&a, address, c->e) == -1)
		return err_wrap(c->e, "%s", header);
	if (a.smtputf8)
		return err_set(c->e, ERR_INPUT, "%s: the part before the @ must be ASCII, or not every server takes the mail", header);
	return compile_mailbox(c, header, name, a.text, false);
}

/* Without marks the subject is a literal; with one it is collected anew for each person and then written as one text. */
static int
compile_subject(struct compiler *c, const char *subject)
{
	const char *s = subject, *end = subject + strlen(subject);
	size_t column = strlen("Subject: "), n;

	if (check_utf8("the subject", subject, "\001\002", c->e) == -1)
		return -1;
	if (end - s > MESSAGE_HEADER_MAX || strspn(s, " ") == strlen(s))
		return err_set(c->e, ERR_INPUT, "the subject is empty or longer than %d bytes", MESSAGE_HEADER_MAX);
	buf_addstr(&c->m->bytes, "Subject: ");
	if (plain_length(c, s, end, &n) == -1)
		return -1;
	if (s + n == end) {
		mime_header_text(&c->m->bytes, s, &column);
		buf_addstr(&c->m->bytes, "\r\n");
		return 0;
	}
	while (s < end) {
		struct mark mark = { 0 };

		if (plain_length(c, s, end, &n) == -1)
			return -1;
		if (n)
			push(c, PLACE_SUBJECT_TEXT, SLOT_NONE, s, n);
		s += n;
		if (s == end)
			break;
		if (read_mark(c, &s, end, &mark) == -1)
			return -1;
		if (!message_place_takes(PLACE_SUBJECT, mark.slot))
			return err_set(c->e, ERR_INPUT, "{{%s}} may not stand in the subject", slot_names[mark.slot].name);
		push(c, PLACE_SUBJECT, mark.slot, mark.fallback, mark.len);
	}
	push(c, PLACE_SUBJECT_END, SLOT_NONE, "", 0);
	buf_addstr(&c->m->bytes, "\r\n");
	return 0;
}

static int
compile_list_headers(struct compiler *c, const struct message_spec *spec)
{
	struct buf *out = &c->m->bytes;

	if (*spec->list_id && check_id("list_id", spec->list_id, true, c->e) == -1)
		return -1;
	if (*spec->list_id && compile_mailbox(c, "List-Id", spec->list_name, spec->list_id, true) == -1)
		return -1;
	if (spec->unsubscribe) {
		buf_addstr(out, "List-Unsubscribe: <");
		push(c, PLACE_HEADER_URI, SLOT_UNSUBSCRIBE_URL, "", 0);
		if (spec->unsubscribe_mailto) {
			buf_addstr(out, ">,\r\n <mailto:");
			push(c, PLACE_HEADER_MAILTO, SLOT_UNSUBSCRIBE_MAILTO, "", 0);
		}
		buf_addstr(out, ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
	}
	if (*spec->feedback_id) {
		if (check_id("feedback_id", spec->feedback_id, false, c->e) == -1)
			return -1;
		buf_addf(out, "Feedback-ID: %s\r\n", spec->feedback_id);
	}
	return 0;
}

static int
compile_headers(struct compiler *c, const struct message_spec *spec)
{
	struct buf *out = &c->m->bytes;

	if (compile_address(c, "From", spec->from_name, spec->from) == -1)
		return -1;
	buf_addstr(out, "To: ");
	push(c, PLACE_TO, SLOT_TO, "", 0);
	buf_addstr(out, "\r\n");
	if (compile_subject(c, spec->subject) == -1)
		return -1;
	buf_addstr(out, "Date: ");
	push(c, PLACE_HEADER, SLOT_DATE, "", 0);
	buf_addstr(out, "\r\nMessage-ID: <");
	push(c, PLACE_HEADER_ID, SLOT_MESSAGE_ID, "", 0);
	buf_addstr(out, ">\r\n");
	if (*spec->reply_to && compile_address(c, "Reply-To", "", spec->reply_to) == -1)
		return -1;
	if (compile_list_headers(c, spec) == -1)
		return -1;
	if (spec->auto_generated)
		buf_addstr(out, "Auto-Submitted: auto-generated\r\n");
	buf_addstr(out, "MIME-Version: 1.0\r\n");
	return 0;
}

static int
compile_part(struct compiler *c, const char *subtype, const char *text, bool html)
{
	buf_addf(&c->m->bytes, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", subtype);
	return compile_body(c, text, html);
}

static void
make_boundary(char out[2 + 2 * SHA256_LEN + 1], const struct message_spec *spec)
{
	uint8_t hash[2 * SHA256_LEN];

	sha256(hash, spec->text, strlen(spec->text));
	sha256(hash + SHA256_LEN, spec->html, strlen(spec->html));
	sha256(hash, hash, sizeof(hash));
	memcpy(out, "=_", 3);
	hex_encode(out + 2, hash, 16);
}

static int
compile_bodies(struct compiler *c, const struct message_spec *spec)
{
	struct buf *out = &c->m->bytes;
	char boundary[2 + 2 * SHA256_LEN + 1];

	if (!spec->html)
		return compile_part(c, "plain", spec->text, false);
	make_boundary(boundary, spec);
	buf_addstr(out, "Content-Type: multipart/alternative");
	mime_header_param(out, "boundary", boundary);
	buf_addf(out, "\r\n\r\n--%s\r\n", boundary);
	if (compile_part(c, "plain", spec->text, false) == -1)
		return -1;
	buf_addf(out, "--%s\r\n", boundary);
	if (compile_part(c, "html", spec->html, true) == -1)
		return -1;
	buf_addf(out, "--%s--\r\n", boundary);
	return 0;
}

static int
check_bodies(const struct message_spec *spec, struct err *e)
{
	if (!*spec->text || (spec->html && !*spec->html))
		return err_set(e, ERR_INPUT, "the message is empty");
	if (strlen(spec->text) > MESSAGE_TEXT_MAX || strlen(spec->text) + strlen(spec->html ? spec->html : "") > MESSAGE_TEXT_MAX)
		return err_set(e, ERR_INPUT, "the message is larger than %u MB", MESSAGE_TEXT_MAX >> 20);
	if (check_utf8("the text part", spec->text, "\t\n\r\001\002", e) == -1)
		return -1;
	return spec->html ? check_utf8("the HTML part", spec->html, "\t\n\r\001\002", e) : 0;
}

struct message *
message_compile(const struct message_spec *spec, struct err *e)
{
	struct compiler c = { .m = xcalloc(1, sizeof(*c.m)), .e = e };

	buf_init(&c.m->bytes);
	if (check_bodies(spec, e) == -1 || compile_headers(&c, spec) == -1 || compile_bodies(&c, spec) == -1) {
		message_free(c.m);
		return NULL;
	}
	flush(&c);
	return c.m;
}
