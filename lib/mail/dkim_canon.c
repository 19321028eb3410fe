/* dkim_canon.c - see dkim_canon.h. */
#include "mail/dkim_canon.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* The end of the line that begins at p, before its CRLF; NULL when it ends in another way. The last line may have no end at all. */
static const char *
line_end(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf - 1 : end;

	if (lf && (lf == p || lf[-1] != '\r'))
		return NULL;
	return memchr(p, '\r', (size_t)(stop - p)) ? NULL : stop;
}

static int
add_field(struct dkim_message *m, const char *p, const char *end, struct err *e)
{
	const char *colon = memchr(p, ':', (size_t)(end - p)), *last, *c;
	struct dkim_field *f = &m->field[m->count];

	if (m->count == DKIM_FIELDS)
		return err_set(e, ERR_INPUT, "the message has more than %d header fields", DKIM_FIELDS);
	for (last = colon; last && last > p && is_wsp(last[-1]); last--)
		;
	for (c = p; c<last && * c> ' ' && *c < 0x7f; c++)
		;
	if (!last || last == p || c != last)
		return err_set(e, ERR_INPUT, "the message's header has a line that is no field (field %zu)", m->count + 1);
	f->name = p;
	f->name_len = (size_t)(last - p);
	f->value = colon + 1;
	f->value_len = (size_t)(end - colon) - 1;
	m->count++;
	return 0;
}

static int
check_from(const struct dkim_message *m, struct err *e)
{
	size_t i, found = 0;

	for (i = 0; i < m->count; i++)
		found += m->field[i].name_len == 4 && strncasecmp(m->field[i].name, "From", 4) == 0;
	if (found != 1)
		return err_set(e, ERR_INPUT, found ? "the message has more than one From" : "the message has no From");
	return 0;
}

int
dkim_parse(struct dkim_message *m, const char *data, size_t n, struct err *e)
{
	const char *p = data, *end = data + n, *stop;

	m->count = 0;
	while (p < end) {
		stop = line_end(p, end);
		if (!stop)
			return err_set(e, ERR_INPUT, "the message's header has a line that does not end with CRLF (field %zu)",
			    m->count + 1);
		if (stop == p) {
			p += 2;
			break;
		}
		if (!is_wsp(*p)) {
			if (add_field(m, p, stop, e) == -1)
				return -1;
		} else if (m->count) {
			m->field[m->count - 1].value_len = (size_t)(stop - m->field[m->count - 1].value);
		} else {
			return err_set(e, ERR_INPUT, "the message begins with a folded line");
		}
		p = stop == end ? end : stop + 2;
	}
	m->body = p;
	m->body_len = (size_t)(end - p);
	return check_from(m, e);
}

size_t
dkim_relaxed_field(char *out, const struct dkim_field *f)
{
	const char *p, *end = f->value + f->value_len;
	char *o = out, *start;
	bool space = false;

	for (p = f->name; p < f->name + f->name_len; p++)
		*o++ = *p >= 'A' && *p <= 'Z' ? (char)(*p + 'a' - 'A') : *p;
	*o++ = ':';
	start = o;
	for (p = f->value; p < end; p++) {
		if (is_wsp(*p) || *p == '\r' || *p == '\n') { /* a fold always has white space behind it */
			space = o != start;
			continue;
		}
		if (space)
			*o++ = ' ';
		space = false;
		*o++ = *p;
	}
	*o++ = '\r';
	*o++ = '\n';
	return (size_t)(o - out);
}

typedef unsigned char octets __attribute__((vector_size(16)));

#define ALL(c) ((octets){ c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c })

/* Whether one of 16 octets at p is more than copied; looks at p[16] too. */
static bool
is_plain(const char *p)
{
	octets here, next, odd;
	uint64_t half[2];

	memcpy(&here, p, sizeof(here));
	memcpy(&next, p + 1, sizeof(next));
	odd = (octets)(here == ALL('\t'));
	odd |= (octets)(here == ALL(' ')) & (octets)((next == ALL(' ')) | (next == ALL('\t')) | (next == ALL('\r')));
	odd |= (octets)(here == ALL('\r')) ^ (octets)(next == ALL('\n'));
	memcpy(half, &odd, sizeof(half));
	return (half[0] | half[1]) == 0;
}

/* Where white space has to change, or a CR or LF stands alone; `end` when nowhere. */
static const char *
next_odd(const char *p, const char *end)
{
	for (; end - p > 16 && is_plain(p); p += 16)
		;
	for (; p < end; p++) {
		bool last = p + 1 == end;

		if (*p == '\t' || (*p == ' ' && (last || is_wsp(p[1]) || p[1] == '\r')))
			break;
		if ((*p == '\r') != (!last && p[1] == '\n'))
			break;
	}
	return p;
}

int
dkim_relaxed_body(char *out, const char *body, size_t n, size_t *len, struct err *e)
{
	const char *p = body, *end = body + n, *odd;
	char *o = out;

	*len = 0;
	if (n && *p == '\n')
		return err_set(e, ERR_INPUT, "the message's body has a line that does not end with CRLF");
	while (p < end) {
		odd = next_odd(p, end);
		memcpy(o, p, (size_t)(odd - p));
		o += odd - p;
		p = odd;
		if (p < end && !is_wsp(*p))
			return err_set(e, ERR_INPUT, "the message's body has a line that does not end with CRLF");
		while (p < end && is_wsp(*p))
			p++;
		if (p > odd && p < end && *p != '\r')
			*o++ = ' ';
		if (p < end && *p == '\n')
			return err_set(e, ERR_INPUT, "the message's body has a line that does not end with CRLF");
	}
	while (o - out >= 2 && o[-1] == '\n')
		o -= 2; /* every LF has its CR */
	if (o > out) {
		*o++ = '\r';
		*o++ = '\n';
	}
	*len = (size_t)(o - out);
	return 0;
}
