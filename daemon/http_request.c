/*
 * http_request.c - see http_request.h.
 *
 * Three readers that end in the same place, add(): application/x-www-form-urlencoded
 * (WHATWG URL 5.1, but strict about percent signs), multipart/form-data (RFC
 * 7578, RFC 2046 5.1.1) and JSON (RFC 8259, by jansson). Strict, because
 * a form that a browser sent is well-formed, and guessing is how two programs
 * come to read one body differently. Only unsubscribing reads no body at all:
 * there a POST needs the link alone (http_unsubscribe.c).
 */
#include "http_request.h"

#include <string.h>
#include <strings.h>

#include "base/encode.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"

#define BOUNDARY_MAX 70   /* RFC 2046 5.1.1 */
#define PART_HEADERS 1024 /* bytes of one part's header fields */

struct span {
	const char *p;
	size_t n;
};

void
form_release(struct form *f)
{
	buf_release(&f->text);
	f->count = 0;
	f->kind = FORM_NONE;
}

/* Take what stands in f->text from `name` on as a field: two texts, each ended by its NUL. */
static int
add(struct form *f, size_t name, size_t value, struct err *e)
{
	const char *text = f->text.data;
	size_t name_len = value - name - 1, value_len = f->text.len - value - 1;

	if (f->count == FORM_FIELDS)
		return err_set(e, ERR_INPUT, "the form has more than %d fields", FORM_FIELDS);
	if (name_len > FORM_NAME)
		return err_set(e, ERR_INPUT, "a field's name is longer than %d bytes", FORM_NAME);
	if (memchr(text + name, '\0', name_len) || memchr(text + value, '\0', value_len))
		return err_set(e, ERR_INPUT, "a field holds a NUL byte");
	if (!text_is_utf8(text + name, name_len) || !text_is_utf8(text + value, value_len))
		return err_set(e, ERR_INPUT, "a field is not well-formed UTF-8");
	f->field[f->count].name = name;
	f->field[f->count].value = value;
	f->count++;
	return 0;
}

static int
add_text(struct form *f, const char *name, struct span value, struct err *e)
{
	size_t at = f->text.len, value_at;

	buf_addstr(&f->text, name);
	buf_addch(&f->text, '\0');
	value_at = f->text.len;
	buf_add(&f->text, value.p, value.n);
	buf_addch(&f->text, '\0');
	return add(f, at, value_at, e);
}

/* --- application/x-www-form-urlencoded --- */

static int
decode(struct buf *out, const char *s, size_t n, struct err *e)
{
	uint8_t octet;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '+') {
			buf_addch(out, ' ');
		} else if (s[i] == '%') {
			if (n - i < 3 || hex_decode(&octet, 1, s + i + 1, 2) != 1)
				return err_set(e, ERR_INPUT, "a percent sign without two hex digits after it");
			buf_add(out, &octet, 1);
			i += 2;
		} else {
			buf_addch(out, s[i]);
		}
	}
	buf_addch(out, '\0');
	return 0;
}

static int
read_urlencoded(struct form *f, const char *s, size_t n, struct err *e)
{
	const char *end = s + n, *stop, *equals;
	size_t name, value;

	for (; s < end; s = stop + 1) {
		stop = memchr(s, '&', (size_t)(end - s));
		if (!stop)
			stop = end;
		if (stop == s)
			continue;
		equals = memchr(s, '=', (size_t)(stop - s));
		if (!equals)
			equals = stop;
		name = f->text.len;
		if (decode(&f->text, s, (size_t)(equals - s), e) == -1)
			return -1;
		value = f->text.len;
		if (decode(&f->text, equals < stop ? equals + 1 : stop, equals < stop ? (size_t)(stop - equals - 1) : 0, e) == -1)
			return -1;
		if (add(f, name, value, e) == -1)
			return -1;
	}
	return 0;
}

/* --- multipart/form-data --- */

/* The value of a parameter like `; name="x"` in a header's value, quoted or a token; its n is 0 and p NULL when there is none. */
static struct span
parameter(const char *s, size_t n, const char *name)
{
	const char *end = s + n, *start;
	size_t len = strlen(name);
	struct span found = { NULL, 0 };
	bool match;

	while ((s = memchr(s, ';', (size_t)(end - s)))) {
		for (s++; s < end && (*s == ' ' || *s == '\t'); s++)
			;
		match = (size_t)(end - s) > len && strncasecmp(s, name, len) == 0 && s[len] == '=';
		while (s < end && *s != '=' && *s != ';')
			s++;
		if (s == end || *s == ';')
			continue;
		start = ++s;
		if (s < end && *s == '"') {
			start = ++s;
			s = memchr(s, '"', (size_t)(end - s));
			if (!s)
				return found;
			found = (struct span){ start, (size_t)(s++ - start) };
		} else {
			while (s < end && !strchr("; \t\r\n", *s))
				s++;
			found = (struct span){ start, (size_t)(s - start) };
		}
		if (match)
			return found;
		found = (struct span){ NULL, 0 };
	}
	return found;
}

/* One line of a part's header: *disposition when it is the one that matters. */
static void
read_header(struct span line, struct span *disposition)
{
	static const char field[] = "Content-Disposition:";
	size_t n = sizeof(field) - 1;

	if (line.n > n && strncasecmp(line.p, field, n) == 0)
		*disposition = (struct span){ line.p + n, line.n - n };
}

/* A part, from behind its delimiter line to before the next: header fields, an empty line, the value. */
static int
read_part(struct form *f, struct span part, struct err *e)
{
	struct span disposition = { NULL, 0 }, name;
	const char *s = part.p, *end = part.p + part.n, *eol;
	char text[FORM_NAME + 1];

	for (;; s = eol + 2) {
		eol = memmem(s, (size_t)(end - s), "\r\n", 2);
		if (!eol || eol - part.p > PART_HEADERS)
			return err_set(e, ERR_INPUT, "a part of the form has no end of its header within %d bytes", PART_HEADERS);
		if (eol == s)
			break;
		read_header((struct span){ s, (size_t)(eol - s) }, &disposition);
	}
	if (!disposition.p)
		return err_set(e, ERR_INPUT, "a part of the form has no Content-Disposition");
	if (parameter(disposition.p, disposition.n, "filename").p || parameter(disposition.p, disposition.n, "filename*").p)
		return err_set(e, ERR_INPUT, "the form has a file in it; none is expected");
	name = parameter(disposition.p, disposition.n, "name");
	if (!name.p || name.n > FORM_NAME || memchr(name.p, '\0', name.n))
		return err_set(e, ERR_INPUT, "a part of the form has no name of at most %d bytes", FORM_NAME);
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return add_text(f, text, (struct span){ eol + 2, (size_t)(end - eol - 2) }, e);
}

/* "\r\n--boundary", in front of which a first CRLF is thought: the body may begin with the delimiter. */
static int
make_delimiter(char *out, const char *content_type, struct err *e)
{
	struct span b = parameter(content_type, strlen(content_type), "boundary");

	if (!b.p || !b.n || b.n > BOUNDARY_MAX)
		return err_set(e, ERR_INPUT, "multipart/form-data without a boundary of 1 to %d characters", BOUNDARY_MAX);
	memcpy(out, "\r\n--", 4);
	memcpy(out + 4, b.p, b.n);
	out[4 + b.n] = '\0';
	return 0;
}

static int
read_multipart(struct form *f, const char *content_type, const char *s, size_t n, struct err *e)
{
	char delimiter[BOUNDARY_MAX + 5];
	const char *end = s + n, *next;
	size_t len;

	if (make_delimiter(delimiter, content_type, e) == -1)
		return -1;
	len = strlen(delimiter);
	if (n >= len - 2 && memcmp(s, delimiter + 2, len - 2) == 0)
		s += len - 2;
	else if ((next = memmem(s, n, delimiter, len))) /* a preamble, which is to be ignored */
		s = next + len;
	else
		return err_set(e, ERR_INPUT, "the multipart body does not hold its boundary");
	while (end - s < 2 || memcmp(s, "--", 2) != 0) {
		while (s < end && (*s == ' ' || *s == '\t')) /* RFC 2046: transport padding */
			s++;
		if (end - s < 2 || memcmp(s, "\r\n", 2) != 0)
			return err_set(e, ERR_INPUT, "a boundary line of the multipart body does not end as it must");
		s += 2;
		next = memmem(s, (size_t)(end - s), delimiter, len);
		if (!next)
			return err_set(e, ERR_INPUT, "the multipart body ends before its last boundary");
		if (read_part(f, (struct span){ s, (size_t)(next - s) }, e) == -1)
			return -1;
		s = next + len;
	}
	return 0;
}

/* --- JSON --- */

static int
add_json_string(struct form *f, const char *name, const json_t *value, struct err *e)
{
	return add_text(f, name, (struct span){ json_string_value(value), json_string_length(value) }, e);
}

static int
add_json_topics(struct form *f, const json_t *topics, struct err *e)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(topics))
		return err_set(e, ERR_INPUT, "\"topics\" must be an array of strings");
	if (!json_array_size(topics))
		return add_text(f, "topic", (struct span){ "", 0 }, e);
	for (i = 0; i < json_array_size(topics); i++) {
		item = json_array_get(topics, i);
		if (!json_is_string(item))
			return err_set(e, ERR_INPUT, "\"topics\" must be an array of strings");
		if (add_json_string(f, "topic", item, e) == -1)
			return -1;
	}
	return 0;
}

static int
read_json(struct form *f, const char *s, size_t n, struct err *e)
{
	json_t *object = json_read_object(s, n, FORM_BODY, e), *value;
	const char *key;
	int rc = -1;

	if (!object) {
		/* the reader quotes what it stumbled over; a visitor's page must not */
		err_set(e, ERR_INPUT, "the body is not one well-formed JSON object");
		return -1;
	}
	json_object_foreach(object, key, value) {
		if (json_is_null(value) || json_is_boolean(value))
			continue;
		if (strcmp(key, "topics") == 0) {
			if (add_json_topics(f, value, e) == -1)
				goto out;
		} else if (strcmp(key, "topic") == 0 || !json_is_string(value)) {
			err_set(e, ERR_INPUT, "the JSON object must hold strings (email, name) and the array \"topics\"");
			goto out;
		} else if (add_json_string(f, key, value, e) == -1) {
			goto out;
		}
	}
	rc = 0;
out:
	json_decref(object);
	return rc;
}

/* --- the contract --- */

enum form_kind
form_kind(const char *content_type)
{
	static const struct {
		const char *name;
		enum form_kind kind;
	} kinds[] = {
		{ "application/x-www-form-urlencoded", FORM_URLENCODED },
		{ "multipart/form-data", FORM_MULTIPART },
		{ "application/json", FORM_JSON },
	};
	size_t i, n;

	if (!content_type || !content_type[0])
		return FORM_NONE;
	n = strcspn(content_type, "; \t");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == n && strncasecmp(content_type, kinds[i].name, n) == 0)
			return kinds[i].kind;
	return FORM_OTHER;
}

int
form_read(struct form *f, const char *content_type, const char *body, size_t n, struct err *e)
{
	f->kind = form_kind(content_type);
	if (n > FORM_BODY)
		return err_set(e, ERR_INPUT, "the body is longer than %d bytes", FORM_BODY);
	if (f->kind == FORM_JSON)
		return read_json(f, body, n, e);
	if (!n)
		return 0;
	if (f->kind == FORM_URLENCODED)
		return read_urlencoded(f, body, n, e);
	if (f->kind == FORM_MULTIPART)
		return read_multipart(f, content_type, body, n, e);
	return err_set(e, ERR_USAGE, "send a form (application/x-www-form-urlencoded or multipart/form-data) or application/json");
}

int
form_query(struct form *f, const char *query, struct err *e)
{
	f->kind = FORM_URLENCODED;
	return read_urlencoded(f, query, strlen(query), e);
}

const char *
form_next(const struct form *f, const char *name, size_t *at)
{
	while (*at < f->count) {
		size_t i = (*at)++;

		if (strcmp(f->text.data + f->field[i].name, name) == 0)
			return f->text.data + f->field[i].value;
	}
	return NULL;
}

const char *
form_get(const struct form *f, const char *name)
{
	size_t at = 0;

	return form_next(f, name, &at);
}
