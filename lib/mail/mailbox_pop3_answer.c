/* mailbox_pop3_answer.c - see mailbox_pop3_answer.h. */
#include "mail/mailbox_pop3_answer.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

enum {
	AT_START,  /* of a line */
	AT_DOT,    /* behind a dot at its start */
	AT_DOT_CR, /* … and a CR */
	AT_CR,
	IN_TEXT
};

void
pop3_reader_init(struct pop3_reader *r)
{
	memset(r, 0, sizeof(*r));
	r->bad = "";
}

void
pop3_reader_expect(struct pop3_reader *r, enum pop3_part part)
{
	r->part = part;
	r->len = 0;
	r->done = false;
}

void
pop3_reader_expect_message(struct pop3_reader *r, struct buf *sink, size_t most)
{
	pop3_reader_expect(r, POP3_MESSAGE);
	r->sink = sink;
	r->most = most;
	r->over = sink == NULL;
	r->state = AT_START;
	r->octets = 0;
	if (sink)
		buf_reset(sink);
}

static enum pop3_read
bad(struct pop3_reader *r, const char *why)
{
	r->bad = why;
	return POP3_BAD;
}

static enum pop3_read
read_line(struct pop3_reader *r, const char *p, size_t n, size_t *used)
{
	const char *end = memchr(p, '\n', n);
	size_t part = end ? (size_t)(end - p) : n;

	if (r->done)
		r->len = 0;
	r->done = false;
	if (memchr(p, '\0', part))
		return bad(r, "sends a NUL in a line");
	if (r->len + part > POP3_LINE_MAX)
		return bad(r, "sends a line without end");
	memcpy(r->line + r->len, p, part);
	r->len += part;
	*used = part + (end != NULL);
	if (!end)
		return POP3_MORE;
	r->len -= r->len > 0 && r->line[r->len - 1] == '\r';
	r->line[r->len] = '\0';
	r->done = true;
	return r->part == POP3_LIST && strcmp(r->line, ".") == 0 ? POP3_END : POP3_LINE;
}

static void
keep(struct pop3_reader *r, const char *p, size_t n)
{
	if (r->over)
		return;
	if (n > r->most - r->sink->len) {
		r->over = true;
		buf_reset(r->sink);
		return;
	}
	buf_add(r->sink, p, n);
}

/* One octet where it matters; true: the message ends with it. */
static bool
step(struct pop3_reader *r, char c)
{
	int next = c == '\r' ? AT_CR : IN_TEXT;

	switch (r->state) {
	case AT_START:
		if (c == '.') {
			r->state = AT_DOT; /* stuffed, or the end */
			return false;
		}
		break;
	case AT_DOT:
		if (c == '\r') {
			r->state = AT_DOT_CR;
			return false;
		}
		break;
	case AT_DOT_CR:
		if (c == '\n')
			return true;
		keep(r, "\r", 1);
		break;
	case AT_CR:
		if (c == '\n')
			next = AT_START;
		break;
	default: break;
	}
	keep(r, &c, 1);
	r->state = next;
	return false;
}

static enum pop3_read
read_message(struct pop3_reader *r, const char *p, size_t n, size_t *used)
{
	r->octets += (int64_t)n;
	if (r->octets > POP3_MESSAGE_MAX)
		return bad(r, "sends a message without end");
	while (*used < n) {
		if (r->state == IN_TEXT) {
			const char *s = p + *used, *end = memchr(s, '\r', n - *used);
			size_t part = end ? (size_t)(end - s) : n - *used;

			keep(r, s, part);
			*used += part;
			if (!end)
				return POP3_MORE;
		}
		if (step(r, p[(*used)++]))
			return POP3_END;
	}
	return POP3_MORE;
}

enum pop3_read
pop3_reader_feed(struct pop3_reader *r, const char *p, size_t n, size_t *used)
{
	*used = 0;
	return r->part == POP3_MESSAGE ? read_message(r, p, n, used) : read_line(r, p, n, used);
}

bool
pop3_status(const char *line, bool *good, const char **words)
{
	size_t n = strncasecmp(line, "+OK", 3) == 0 ? 3 : (strncasecmp(line, "-ERR", 4) == 0 ? 4 : 0);

	if (n == 0)
		return false;
	*good = n == 3;
	*words = line + n + (line[n] == ' ');
	return true;
}

bool
pop3_listed(const char *line, uint32_t *number, const char **rest)
{
	uint64_t value = 0;

	for (; isdigit((unsigned char)*line); line++) {
		value = value * 10 + (uint64_t)(*line - '0');
		if (value > UINT32_MAX)
			return false;
	}
	if (value == 0 || *line != ' ')
		return false;
	line += strspn(line, " ");
	if (*line == '\0')
		return false;
	*number = (uint32_t)value;
	*rest = line;
	return true;
}
