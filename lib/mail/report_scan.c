/*
 * report_scan.c - the bounds on a message, before a parser sees it; see report_private.h.
 *
 * Follows the structure as a parser would: header blocks, boundaries, messages within. It need not be right about odd quoting: what it
 * does not recognise it counts, by the number of boundaries named.
 */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "mail/report_private.h"

#define BOUNDARY 256
#define BOUNDARIES_NAMED 2000

struct scan {
	const char *at, *end;
	char boundary[REPORT_NESTING][BOUNDARY];
	size_t boundary_n[REPORT_NESTING];
	int depth; /* boundaries and messages within that are open; a message's boundary has no length */
	int entities, named;
};

static const char *
line_end(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	return lf ? lf : end;
}

static bool
begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0;
}

/* The boundary parameter in [p, end), as far as it goes on one line; its length, or 0. */
static size_t
find_boundary(const char *p, const char *end, char out[BOUNDARY])
{
	for (; end - p > 9; p++) {
		size_t n = 0;
		char quote;

		if (!begins(p, end, "boundary"))
			continue;
		p += 8;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (p == end || *p != '=')
			continue;
		for (p++; p < end && (*p == ' ' || *p == '\t');)
			p++;
		quote = p < end && *p == '"' ? *p++ : '\0';
		for (; p < end && n < BOUNDARY - 1; p++) {
			if (quote ? *p == '"' : (*p == ';' || *p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
				break;
			if (quote && *p == '\\' && p + 1 < end)
				p++;
			out[n++] = *p;
		}
		return n;
	}
	return 0;
}

/* Whether a line before the blank one belongs to headers: "Name:", or a continuation. */
static bool
is_header(const char *p, const char *stop)
{
	const char *q = p;

	if (*p == ' ' || *p == '\t')
		return true;
	while (q < stop && *q != ':' && *q > ' ' && *q < 0x7f)
		q++;
	while (q < stop && (*q == ' ' || *q == '\t'))
		q++;
	return q < stop && *q == ':' && q > p;
}

static int
push(struct scan *s, const char *boundary, size_t n, struct err *e)
{
	if (s->depth == REPORT_NESTING)
		return err_set(e, ERR_INPUT, "the message nests more than %d parts in each other", REPORT_NESTING);
	memcpy(s->boundary[s->depth], boundary, n);
	s->boundary_n[s->depth++] = n;
	return 0;
}

/* Read a header block; *blank is where it ended. What it opens is pushed. *message: another header block follows. */
static int
scan_headers(struct scan *s, const char **blank, bool *message, struct err *e)
{
	const char *start = s->at, *type = NULL, *type_end = NULL;
	char boundary[BOUNDARY];
	int lines = 0;
	size_t n;

	*message = false;
	if (++s->entities > REPORT_ENTITIES)
		return err_set(e, ERR_INPUT, "the message has more than %d parts", REPORT_ENTITIES);
	while (s->at < s->end) {
		const char *stop = line_end(s->at, s->end);

		if (stop == s->at || (stop == s->at + 1 && *s->at == '\r'))
			break;
		if (!is_header(s->at, stop) && !(lines == 0 && begins(s->at, stop, ">From ")))
			break; /* a body without a blank line before it */
		if (++lines > REPORT_HEADER_LINES)
			return err_set(e, ERR_INPUT, "the message has more than %d header lines in one part", REPORT_HEADER_LINES);
		if ((size_t)(stop - start) > REPORT_HEADER_BYTES)
			return err_set(e, ERR_INPUT, "the message has headers longer than %zu KiB", REPORT_HEADER_BYTES >> 10);
		if (begins(s->at, stop, "content-type"))
			type = s->at;
		else if (*s->at != ' ' && *s->at != '\t' && type && !type_end)
			type_end = s->at;
		s->at = stop < s->end ? stop + 1 : s->end;
	}
	*blank = s->at;
	if (s->at < s->end && (*s->at == '\n' || *s->at == '\r'))
		s->at = line_end(s->at, s->end) < s->end ? line_end(s->at, s->end) + 1 : s->end;
	if (!type)
		return 0;
	type_end = type_end ? type_end : *blank;
	for (type += strlen("content-type"); type < type_end && strchr(" \t\r\n:", *type); type++)
		;
	if (begins(type, type_end, "message/") && !begins(type, type_end, "message/delivery-status")) {
		*message = begins(type, type_end, "message/rfc822") || begins(type, type_end, "message/global") ||
		    begins(type, type_end, "message/news");
		return *message ? push(s, "", 0, e) : 0;
	}
	if (begins(type, type_end, "multipart/") && (n = find_boundary(type, type_end, boundary)) > 0)
		return push(s, boundary, n, e);
	return 0;
}

/* Whether the line at p, which begins with "--", is a boundary that is open; closes what it ends. 1: a part begins, -1: one ends. */
static int
at_boundary(struct scan *s, const char *p, const char *stop)
{
	for (int i = s->depth - 1; i >= 0; i--) {
		size_t n = s->boundary_n[i];

		if (n == 0 || (size_t)(stop - p) < n + 2 || memcmp(p + 2, s->boundary[i], n) != 0)
			continue;
		s->depth = i + 1;
		if (stop - p >= (ptrdiff_t)n + 4 && p[n + 2] == '-' && p[n + 3] == '-') {
			s->depth = i;
			return -1;
		}
		return 1;
	}
	return 0;
}

static int
scan_body(struct scan *s, struct err *e)
{
	const char *blank;
	bool message = false;

	while (s->at < s->end) {
		const char *stop = line_end(s->at, s->end);
		bool part = stop - s->at > 2 && s->at[0] == '-' && s->at[1] == '-' && at_boundary(s, s->at, stop) == 1;

		if (memmem(s->at, (size_t)(stop - s->at), "oundary", 7) && ++s->named > BOUNDARIES_NAMED)
			return err_set(e, ERR_INPUT, "the message names more than %d boundaries of parts", BOUNDARIES_NAMED);
		s->at = stop < s->end ? stop + 1 : s->end;
		if (!part)
			continue;
		do
			if (scan_headers(s, &blank, &message, e) == -1)
				return -1;
		while (message);
	}
	return 0;
}

/* Pass over what mailboxes and pipes put before a message: a byte order mark, blank lines, "From ann Mon Jan …". */
static const char *
message_start(const char *p, const char *end)
{
	if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	while (p < end && (*p == '\n' || *p == '\r' || *p == ' ' || *p == '\t'))
		p++;
	while (begins(p, end, "From ") || begins(p, end, ">From "))
		p = line_end(p, end) < end ? line_end(p, end) + 1 : end;
	return p;
}

int
report_scan(const char *bytes, size_t n, struct report_extent *x, struct err *e)
{
	struct scan s = { .end = bytes + n };
	const char *blank = bytes;
	bool message;

	if (n > REPORT_BYTES)
		return err_set(e, ERR_INPUT, "the message is larger than %zu MiB", REPORT_BYTES >> 20);
	s.at = x->start = message_start(bytes, bytes + n);
	x->n = (size_t)(s.end - x->start);
	if (x->n == 0)
		return err_set(e, ERR_INPUT, "the message is empty");
	if (scan_headers(&s, &blank, &message, e) == -1)
		return -1;
	if (blank == x->start)
		return err_set(e, ERR_INPUT, "this is no mail message: it does not begin with headers");
	x->headers = (size_t)(blank - x->start);
	x->body = (size_t)(s.at - x->start);
	while (message)
		if (scan_headers(&s, &blank, &message, e) == -1)
			return -1;
	return scan_body(&s, e);
}
