/*
 * http_request.h - what a request says: the fields of a query, a form or a JSON object.
 *
 * Knows bytes alone, no socket and no store, so that tests and the fuzzer reach
 * all of it. Whatever comes from outside is bounded here: FORM_BODY bytes,
 * FORM_FIELDS fields, names of FORM_NAME bytes; every value is UTF-8 without a NUL.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stddef.h>

#include "base/buf.h"

struct err;

#define FORM_BODY 65536 /* bytes of a request's body */
#define FORM_FIELDS 200 /* fields of a form: TOPICS_MAX check boxes and room for what a page of somebody else's adds */
#define FORM_NAME 64    /* bytes of a field's name */

enum form_kind {
	FORM_NONE,
	FORM_URLENCODED,
	FORM_MULTIPART,
	FORM_JSON,
	FORM_OTHER,
};

struct form {
	enum form_kind kind;
	struct buf text; /* names and values, each with its NUL */
	size_t count;
	struct {
		size_t name, value;
	} field[FORM_FIELDS]; /* offsets into text */
};

#define FORM_INIT \
	{ \
		.kind = FORM_NONE, .text = BUF_INIT, .count = 0 \
	}
void form_release(struct form *f);

/* What a Content-Type names; NULL or "" is FORM_NONE. */
enum form_kind form_kind(const char *content_type);

/*
 * Read a body of the kind its Content-Type names. ERR_INPUT says in words for
 * the sender what is wrong (and quotes nothing of it); a kind that nobody reads here is
 * ERR_USAGE. An empty body is an empty form. JSON: one object; a string is a
 * field, the array "topics" of strings becomes repeated fields "topic", null
 * and true or false are left out; "topics" as [] becomes one empty field "topic".
 */
int form_read(struct form *f, const char *content_type, const char *body, size_t n, struct err *e);

/* The same for the query of a URL (without its question mark). */
int form_query(struct form *f, const char *query, struct err *e);

/* The first value of that name, or NULL. */
const char *form_get(const struct form *f, const char *name);

/* Walk the values of a name: *at starts at 0; NULL after the last. */
const char *form_next(const struct form *f, const char *name, size_t *at);

#endif
