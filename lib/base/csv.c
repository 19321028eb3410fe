/* csv.c - see csv.h. The row is parsed in place of a sliding window, so that a bad one can be taken back to its first line. */
#include "base/csv.h"

#include <string.h>

#include "base/err.h"

#define READ_SIZE 65536

enum parsed {
	PARSED_ROW,
	PARSED_MORE,
	PARSED_OPEN_QUOTE,
	PARSED_AFTER_QUOTE,
	PARSED_NUL,
	PARSED_TOO_MANY
};

static const char *const complaints[] = {
	[PARSED_OPEN_QUOTE] = "a quote (\") is opened and never closed",
	[PARSED_AFTER_QUOTE] = "text follows a closing quote (\"); a quote inside a field is written twice",
	[PARSED_NUL] = "the row holds a NUL byte",
	[PARSED_TOO_MANY] = "the row has too many fields",
};

void
csv_init(struct csv *c, FILE *in)
{
	memset(c, 0, sizeof(*c));
	c->in = in;
	buf_init(&c->data);
	buf_init(&c->row);
	buf_init(&c->skipped);
	c->next_line = 1;
}

void
csv_release(struct csv *c)
{
	buf_release(&c->data);
	buf_release(&c->row);
	buf_release(&c->skipped);
}

/* Read on, dropping what was parsed already. */
static int
more(struct csv *c, struct err *e)
{
	size_t n;

	memmove(c->data.data, c->data.data + c->pos, c->data.len - c->pos);
	buf_truncate(&c->data, c->data.len - c->pos);
	c->pos = 0;
	buf_reserve(&c->data, READ_SIZE);
	n = fread(c->data.data + c->data.len, 1, READ_SIZE, c->in);
	if (n == 0 && ferror(c->in)) {
		c->eof = true;
		c->data.len = 0;
		return err_sys(e, "cannot read on after line %lu", c->next_line - 1);
	}
	c->eof = n == 0;
	c->data.len += n;
	c->data.data[c->data.len] = '\0';
	return 0;
}

static const char *
text(const struct csv *c)
{
	return c->data.data + c->pos;
}

static size_t
left(const struct csv *c)
{
	return c->data.len - c->pos;
}

/* Bytes of the line end at p, 0 when there is none; *open: it cannot be told yet whether an LF follows. */
static size_t
line_end(const struct csv *c, const char *p, bool *open)
{
	size_t n = (size_t)(c->data.data + c->data.len - p);

	if (*p == '\n')
		return 1;
	if (*p != '\r')
		return 0;
	if (n == 1 && !c->eof)
		*open = true;
	return n > 1 && p[1] == '\n' ? 2 : 1;
}

/* The delimiter that the first line has most of, outside quotes. */
static void
detect(struct csv *c)
{
	static const char known[] = ",;\t";
	size_t count[3] = { 0 }, i, best = 0;
	const char *p = text(c), *end = p + left(c), *found;
	bool quoted = false;

	if (c->delimiter)
		return;
	for (; p < end && (quoted || (*p != '\n' && *p != '\r')); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && *p && (found = strchr(known, *p)))
			count[found - known]++;
	}
	for (i = 1; i < 3; i++)
		if (count[i] > count[best])
			best = i;
	c->delimiter = known[best];
}

/* Take the quoted field that begins at p; *p is left behind its closing quote. */
static enum parsed
quoted_field(struct csv *c, const char **p, const char *end, unsigned long *lines)
{
	const char *s, *span = *p + 1; /* what is not in the row yet */

	for (s = span; s < end; s++) {
		if (*s == '"') {
			if (s + 1 == end && !c->eof)
				return PARSED_MORE;
			buf_add(&c->row, span, (size_t)(s - span));
			if (s + 1 == end || s[1] != '"') {
				*p = s + 1;
				return PARSED_ROW;
			}
			span = ++s; /* of two quotes the second */
		} else if (*s == '\n' || (*s == '\r' && s + 1 < end && s[1] != '\n')) {
			++*lines;
		} else if (!*s) {
			return PARSED_NUL;
		}
	}
	return c->eof ? PARSED_OPEN_QUOTE : PARSED_MORE;
}

/* Parse the row at pos. PARSED_ROW: `used` bytes and `lines` lines; fields stand in row, one after the other, each with its NUL. */
static enum parsed
parse(struct csv *c, size_t *used, unsigned long *lines)
{
	const char *p = text(c), *end = p + left(c), *span;
	bool open = false;
	enum parsed got;
	size_t n = 0;

	buf_reset(&c->row);
	c->fields = 0;
	*lines = 1;
	for (;;) {
		if (c->fields == CSV_FIELDS)
			return PARSED_TOO_MANY;
		c->fields++;
		if (p < end && *p == '"') {
			got = quoted_field(c, &p, end, lines);
			if (got != PARSED_ROW)
				return got;
		} else {
			for (span = p; p < end && *p && *p != c->delimiter && *p != '\n' && *p != '\r'; p++)
				;
			buf_add(&c->row, span, (size_t)(p - span));
		}
		buf_addch(&c->row, '\0');
		if (p == end)
			break;
		if (*p == c->delimiter) {
			p++;
			continue;
		}
		n = line_end(c, p, &open);
		if (!n)
			return *p ? PARSED_AFTER_QUOTE : PARSED_NUL;
		break;
	}
	if (open || (p == end && !c->eof))
		return PARSED_MORE;
	*used = (size_t)(p - text(c)) + n;
	return PARSED_ROW;
}

/* Give up the line on which the bad row begins, however long it is. */
static int
skip_line(struct csv *c, struct err *e)
{
	uint64_t begin = c->bytes;
	bool open = true;
	size_t n, end = 0;

	buf_reset(&c->skipped);
	c->fields = 0;
	while (!end && open) {
		n = 0;
		open = false;
		while (n < left(c) && text(c)[n] != '\n' && text(c)[n] != '\r')
			n++;
		if (n < left(c))
			end = line_end(c, text(c) + n, &open);
		else
			open = !c->eof;
		if (open)
			end = 0;
		buf_add(&c->skipped, text(c), c->skipped.len + n > CSV_ROW_MAX ? CSV_ROW_MAX - c->skipped.len : n);
		c->bytes += n + end;
		c->pos += n + end;
		if (open && c->bytes - begin > CSV_LINE_MAX) { /* it may never end: /dev/zero */
			c->eof = true;
			c->pos = c->data.len;
			return err_set(e, ERR_SYSTEM, "a line of more than 64 MB: this is no CSV file");
		}
		if (open && more(c, e) == -1)
			return -1;
	}
	c->next_line++;
	return 0;
}

static int
start(struct csv *c, struct err *e)
{
	c->started = true;
	while (left(c) < CSV_ROW_MAX && !c->eof)
		if (more(c, e) == -1)
			return -1;
	if (left(c) >= 3 && memcmp(text(c), "\xef\xbb\xbf", 3) == 0) {
		c->pos += 3;
		c->bytes += 3;
	}
	detect(c);
	return 0;
}

static int
bad(struct csv *c, const char *why, struct err *e)
{
	if (skip_line(c, e) == -1)
		return -1;
	return err_set(e, ERR_INPUT, "%s", why);
}

int
csv_next(struct csv *c, struct err *e)
{
	unsigned long lines = 0;
	size_t used = 0, i;
	enum parsed got;
	char *p;

	if (!c->started && start(c, e) == -1)
		return -1;
	for (;;) {
		c->line = c->next_line;
		if (left(c) == 0 && c->eof)
			return 0;
		got = left(c) ? parse(c, &used, &lines) : PARSED_MORE;
		if (got == PARSED_MORE && left(c) > CSV_ROW_MAX)
			return bad(c, "the row is longer than 64 KB; is a quote (\") never closed?", e);
		if (got == PARSED_MORE) {
			if (more(c, e) == -1)
				return -1;
			continue;
		}
		if (got != PARSED_ROW)
			return bad(c, complaints[got], e);
		c->pos += used;
		c->bytes += used;
		c->next_line += lines;
		if (c->fields > 1 || c->row.data[0])
			break; /* else an empty line */
	}
	for (i = 0, p = c->row.data; i < c->fields; i++, p += strlen(p) + 1)
		c->field[i] = p;
	return 1;
}
