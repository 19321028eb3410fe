/*
 * frontmatter.c - see frontmatter.h.
 *
 * Reads libyaml's events, never its document tree: aliases are refused before
 * they can multiply, and depth is ours to bound.
 */
#include "content/frontmatter.h"

#include <stdbool.h>
#include <string.h>
#include <yaml.h>

#include "base/err.h"
#include "base/text.h"

#define MAX_NESTING 16 /* of values that are left out */
#define FIRST_LINE 2   /* the YAML's first line in the file */

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the current one; type YAML_NO_EVENT before the first */
	struct err *e;
};

static size_t
line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		if (*text == '\n')
			line++;
	return line;
}

static int
refuse(const struct reader *r, const char *what)
{
	return err_set(r->e, ERR_INPUT, "line %zu: %s", r->event.start_mark.line + FIRST_LINE, what);
}

/* What libyaml complains of. It meets the lack of a closing quote at the end of the text: where it was opened says more. */
static int
refuse_yaml(const struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "unreadable", *context = p->context ? p->context : "";

	if (strstr(context, "quoted scalar") && strstr(problem, "end of stream"))
		return err_set(r->e, ERR_INPUT, "line %zu: not valid YAML: the quote that is opened here is not closed",
		    p->context_mark.line + FIRST_LINE);
	return err_set(r->e, ERR_INPUT, "line %zu: not valid YAML: %s; text that holds a colon, a # or braces stands in quotes",
	    p->problem_mark.line + FIRST_LINE, problem);
}

/* Step to the next event; anchors and aliases end the reading here, whatever they stand on. */
static int
next_event(struct reader *r)
{
	const yaml_char_t *anchor = NULL;

	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event))
		return refuse_yaml(r);
	if (r->event.type == YAML_SCALAR_EVENT)
		anchor = r->event.data.scalar.anchor;
	else if (r->event.type == YAML_SEQUENCE_START_EVENT)
		anchor = r->event.data.sequence_start.anchor;
	else if (r->event.type == YAML_MAPPING_START_EVENT)
		anchor = r->event.data.mapping_start.anchor;
	if (anchor || r->event.type == YAML_ALIAS_EVENT)
		return refuse(r, "anchors and aliases (& and *) are not taken: write the value itself, in quotes if it starts so");
	return 0;
}

static int
expect(struct reader *r, yaml_event_type_t type)
{
	if (next_event(r) == -1)
		return -1;
	return r->event.type == type ? 0 : refuse(r, "front matter is a list of \"key: value\" lines");
}

/* The current scalar as a string. YAML's escapes can write any character: the marks of a slot (base/slot.h) too. */
static json_t *
scalar(struct reader *r)
{
	const char *s = (const char *)r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length;
	json_t *value = NULL;

	if (text_has_control(s, n, "\t\n"))
		refuse(r, "a control character");
	else if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && ((n == 1 && *s == '~') || (n == 4 && memcmp(s, "null", 4) == 0)))
		value = json_string("");
	else if (!(value = json_stringn(s, n)))
		refuse(r, "not UTF-8");
	return value;
}

/* Step over the rest of the list or mapping that the current event starts, `level` deep itself. */
static int
skip_nested(struct reader *r, size_t level)
{
	size_t depth = level;

	while (depth >= level) {
		if (next_event(r) == -1)
			return -1;
		switch (r->event.type) {
		case YAML_SEQUENCE_START_EVENT:
		case YAML_MAPPING_START_EVENT:
			if (++depth > MAX_NESTING)
				return refuse(r, "values are nested too deeply");
			break;
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_END_EVENT:
			depth--;
			break;
		default:
			break;
		}
	}
	return 0;
}

/* A list of scalars as an array; null when it holds anything else. */
static json_t *
list(struct reader *r)
{
	json_t *items = json_array(), *item;
	bool plain = true;

	for (;;) {
		if (next_event(r) == -1)
			goto fail;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			break;
		if (r->event.type == YAML_SCALAR_EVENT) {
			item = scalar(r);
			if (!item || json_array_append_new(items, item) == -1)
				goto fail;
			continue;
		}
		plain = false;
		if (skip_nested(r, 2) == -1)
			goto fail;
	}
	if (plain)
		return items;
	json_decref(items);
	return json_null();
fail:
	json_decref(items);
	return NULL;
}

static json_t *
value(struct reader *r)
{
	if (next_event(r) == -1)
		return NULL;
	if (r->event.type == YAML_SCALAR_EVENT)
		return scalar(r);
	if (r->event.type == YAML_SEQUENCE_START_EVENT)
		return list(r);
	return skip_nested(r, 1) == -1 ? NULL : json_null();
}

/* The pairs of the top mapping, whose start event has just been read. */
static int
pairs(struct reader *r, json_t *data)
{
	json_t *key, *v;
	int rc = 0;

	while (rc == 0) {
		if (next_event(r) == -1)
			return -1;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (r->event.type != YAML_SCALAR_EVENT)
			return refuse(r, "a key must be a word");
		key = scalar(r);
		if (!key)
			return -1;
		if (json_object_get(data, json_string_value(key)))
			rc = err_set(r->e, ERR_INPUT, "line %zu: \"%.80s\" is there twice", r->event.start_mark.line + FIRST_LINE,
			    json_string_value(key));
		else if (!(v = value(r)) || json_object_set_new(data, json_string_value(key), v) == -1)
			rc = -1;
		json_decref(key);
	}
	return rc;
}

static int
read_yaml(json_t *data, const char *yaml, size_t n, struct err *e)
{
	struct reader r = { .event.type = YAML_NO_EVENT, .e = e };
	int rc = -1;

	if (!yaml_parser_initialize(&r.parser))
		return err_set(e, ERR_SYSTEM, "no memory for YAML");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)yaml, n);
	if (expect(&r, YAML_STREAM_START_EVENT) == -1 || next_event(&r) == -1)
		goto out;
	if (r.event.type == YAML_STREAM_END_EVENT) { /* nothing, or comments only */
		rc = 0;
		goto out;
	}
	if (expect(&r, YAML_MAPPING_START_EVENT) == -1 || pairs(&r, data) == -1)
		goto out;
	if (expect(&r, YAML_DOCUMENT_END_EVENT) == 0 && expect(&r, YAML_STREAM_END_EVENT) == 0)
		rc = 0;
out:
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return rc;
}

/* Whether the line at s is three dashes, and where the next one starts. */
static bool
is_fence(const char *s, const char *end, const char **next)
{
	const char *p;

	if (end - s < 3 || memcmp(s, "---", 3) != 0)
		return false;
	for (p = s + 3; p < end && (*p == ' ' || *p == '\t' || *p == '\r'); p++)
		;
	if (p < end && *p != '\n')
		return false;
	*next = p < end ? p + 1 : end;
	return true;
}

static int
check_text(const char *text, size_t n, struct err *e)
{
	const char *p = text, *end = text + n, *next;
	size_t line;

	if (text_is_utf8(text, n) && !text_has_control(text, n, "\t\r\n"))
		return 0;
	for (line = 1; p < end; p = next, line++) {
		next = memchr(p, '\n', (size_t)(end - p));
		next = next ? next + 1 : end;
		if (!text_is_utf8(p, (size_t)(next - p)))
			return err_set(e, ERR_INPUT, "line %zu: not UTF-8: save the file in that encoding", line);
		if (text_has_control(p, (size_t)(next - p), "\t\r\n"))
			return err_set(e, ERR_INPUT, "line %zu: a control character: remove it", line);
	}
	return err_set(e, ERR_INPUT, "line 1: not UTF-8");
}

int
frontmatter_split(const char *text, size_t n, json_t **data, const char **body, size_t *body_len, struct err *e)
{
	const char *start = text, *end = text + n, *yaml, *p, *next = NULL;

	*data = json_object();
	*body = text;
	*body_len = 0;
	if (check_text(text, n, e) == -1)
		return -1;
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		start += 3;
	*body = start;
	*body_len = (size_t)(end - start);
	if (!is_fence(start, end, &yaml))
		return 0;
	for (p = yaml; p < end && !is_fence(p, end, &next); p++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			p = end - 1;
	}
	if (p >= end)
		return err_set(e, ERR_INPUT,
		    "line 1: the front matter that starts here does not end: close it with a line of three dashes");
	if (p - yaml > FRONTMATTER_MAX)
		return err_set(e, ERR_INPUT, "line %zu: front matter has at most %d bytes", line_of(text, p), FRONTMATTER_MAX);
	*body = next;
	*body_len = (size_t)(end - next);
	return read_yaml(*data, yaml, (size_t)(p - yaml), e);
}
