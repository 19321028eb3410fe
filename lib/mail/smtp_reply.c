/* smtp_reply.c - see smtp_reply.h. */
#include "mail/smtp_reply.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

void
smtp_reader_init(struct smtp_reader *r)
{
	memset(r, 0, sizeof(*r));
}

/* The length of the enhanced status code (RFC 3463: class.subject.detail) that s begins with, or 0. */
static size_t
enhanced_length(const char *s)
{
	size_t i = 1;

	if ((s[0] != '2' && s[0] != '4' && s[0] != '5') || s[1] != '.')
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;

		if (s[i++] != '.')
			return 0;
		while (isdigit((unsigned char)s[i])) {
			i++;
			digits++;
		}
		if (digits < 1 || digits > 3)
			return 0;
	}
	return s[i] == ' ' || s[i] == '\0' ? i : 0;
}

/* The length of the well-formed UTF-8 character at s, or 0. */
static size_t
character_length(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;
	size_t len = c < 0x80 ? 1 : (c < 0xE0 ? 2 : (c < 0xF0 ? 3 : 4));

	return len <= n && text_is_utf8(s, len) && !text_has_control(s, len, "") ? len : 0;
}

/* Append to the reply's text what is printable of one line; a character that does not fit ends it. */
static void
keep_words(struct smtp_reply *reply, const char *s)
{
	size_t n = strlen(s), at = strlen(reply->text);

	if (at > 0 && n > 0 && at + 1 < sizeof(reply->text))
		reply->text[at++] = ' ';
	while (n > 0) {
		size_t len = character_length(s, n), step = len ? len : 1;

		if (at + step >= sizeof(reply->text))
			break;
		memcpy(reply->text + at, len ? s : "?", step);
		at += step;
		s += step;
		n -= step;
	}
	reply->text[at] = '\0';
}

/* One line is whole in r->line. */
static enum smtp_read
read_line(struct smtp_reader *r)
{
	struct smtp_reply *reply = &r->reply;
	char *s = r->line, more;
	size_t n;

	if (r->len > 0 && s[r->len - 1] == '\r')
		r->len--;
	s[r->len] = '\0';
	for (size_t i = 0; i < r->len; i++)
		if (s[i] == '\0')
			s[i] = '?';
	if (s[0] < '2' || s[0] > '5' || !isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2]))
		return SMTP_READ_BAD;
	more = s[3];
	if (more != '\0' && more != ' ' && more != '-')
		return SMTP_READ_BAD;
	reply->code = (s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0'); /* the last line's counts, should they differ */
	memmove(s, s + (more ? 4 : 3), r->len - (more ? 4 : 3) + 1);
	n = enhanced_length(s);
	if (n > 0 && reply->enhanced[0] == '\0') {
		memcpy(reply->enhanced, s, n);
		reply->enhanced[n] = '\0';
	}
	keep_words(reply, s[n] == ' ' && n > 0 ? s + n + 1 : s + n);
	r->lines++;
	r->len = 0;
	if (more == '-')
		return SMTP_READ_LINE;
	r->fresh = true;
	return SMTP_READ_REPLY;
}

enum smtp_read
smtp_reader_feed(struct smtp_reader *r, const char *p, size_t n, size_t *used)
{
	enum smtp_read result = SMTP_READ_MORE;
	const char *end;
	size_t take, room;

	*used = n;
	if (r->bad)
		return SMTP_READ_BAD;
	if (n == 0)
		return SMTP_READ_MORE;
	if (r->fresh)
		smtp_reader_init(r);
	end = memchr(p, '\n', n);
	take = end ? (size_t)(end - p) : n;
	*used = end ? take + 1 : n;
	r->total += *used;
	room = sizeof(r->line) - 1 - r->len;
	memcpy(r->line + r->len, p, take < room ? take : room);
	r->len += take < room ? take : room;
	if (r->total > SMTP_REPLY_MAX)
		result = SMTP_READ_BAD;
	else if (end)
		result = read_line(r);
	r->bad = result == SMTP_READ_BAD;
	return result;
}
