/*
 * report_free_split.c - where a message that comes back begins in the text that holds it.
 */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "mail/report_free_private.h"

enum {
	NAME_MOST = 60, /* bytes of a field's name */
	GAP = 8,        /* lines between the words that announce a copy and its first header */
	HEADERS = 60    /* lines of a header block that are looked at */
};

/* Header fields that a message comes with; what stands first in a copy is one of them. */
static const char known[] = " received return-path from to subject date message-id mime-version content-type delivered-to x-mailer sender"
			    " reply-to cc dkim-signature domainkey-signature content-transfer-encoding x-originating-ip x-spam-status x-received"
			    " arc-seal references in-reply-to list-id list-unsubscribe received-spf authentication-results x-envelope-from"
			    " envelope-to x-original-to x-priority importance organization precedence user-agent thread-index resent-from ";

struct cursor {
	const char *text;
	size_t n;
};

static size_t
line_end(const struct cursor *c, size_t at)
{
	const char *p = at < c->n ? memchr(c->text + at, '\n', c->n - at) : NULL;

	return p ? (size_t)(p - c->text) : c->n;
}

/* The length of a field's name at `at`, with ':' behind it; 0: no header line. */
static size_t
field_name(const struct cursor *c, size_t at, size_t end)
{
	const char *s = c->text + at;
	size_t n = 0;

	while (at + n < end && n < NAME_MOST && (isalnum((unsigned char)s[n]) || s[n] == '-' || s[n] == '_'))
		n++;
	return n > 1 && at + n < end && s[n] == ':' ? n : 0;
}

static bool
is_known(const char *name, size_t n)
{
	char low[NAME_MOST + 3];

	low[0] = ' ';
	for (size_t i = 0; i < n; i++)
		low[i + 1] = (char)tolower((unsigned char)name[i]);
	low[n + 1] = ' ';
	low[n + 2] = '\0';
	return strstr(known, low) != NULL;
}

/* How many known fields stand in the block of headers that begins at `at`, with `indent` bytes before each. */
static int
known_fields(const struct cursor *c, size_t at, size_t indent, bool *received)
{
	int count = 0;

	*received = false;
	for (int i = 0; i < HEADERS && at < c->n; i++) {
		size_t end = line_end(c, at), n;
		const char *name;

		if (end < at + indent || end == at)
			break;
		name = c->text + at + indent;
		n = field_name(c, at + indent, end);
		if (n == 0 && *name != ' ' && *name != '\t' && !(i == 0 && strncmp(c->text + at, "From ", 5) == 0))
			break;
		if (n > 0 && is_known(name, n)) {
			count++;
			*received |= (n == 8 && strncasecmp(name, "received", n) == 0) ||
			    (n == 11 && strncasecmp(name, "return-path", n) == 0) ||
			    (n == 10 && strncasecmp(name, "message-id", n) == 0);
		}
		at = end + 1;
	}
	return count;
}

/* Whether the bounce's own words go on behind a block of headers that only tells which message it is about (PMDF, Exchange). */
static bool
goes_on(const struct cursor *c, size_t at)
{
	static const char own[] =
	    "cannot be delivered|could not be delivered|was not delivered|did not reach|recipient address:|following recipient";
	int lines = 0;

	while (at < c->n && lines < HEADERS && line_end(c, at) > at + 1) { /* to the block's end */
		at = line_end(c, at) + 1;
		lines++;
	}
	for (lines = 0; at < c->n && lines < 6; lines++) {
		size_t end = line_end(c, at);
		char low[201];
		size_t n = end - at < sizeof low - 1 ? end - at : sizeof low - 1;

		memcpy(low, c->text + at, n);
		low[n] = '\0';
		free_lower(low);
		if (free_has(own, low, n))
			return true;
		at = end + 1;
	}
	return false;
}

/* What a line is to the copy that may follow. */
struct line_role {
	bool announces;
	bool says; /* it names somebody or tells what failed: the bounce's own words, even where "the message you sent" stands in them */
	bool rule; /* "--- Ursprung ---": whatever it says, a copy may begin behind it */
};

static struct line_role
role_of(const char *s, size_t n)
{
	struct line_role role = { .rule = n > 2 && strchr("-=_*#", s[0]) && s[1] == s[0] };
	char low[201];

	n = n < sizeof low - 1 ? n : sizeof low - 1;
	memcpy(low, s, n);
	low[n] = '\0';
	free_lower(low);
	role.announces = free_string_has(free_copies, low);
	role.says = !role.rule && (strchr(low, '@') || free_string_has(free_failures, low) || free_string_has(free_statements, low));
	return role;
}

static size_t
indent_of(const struct cursor *c, size_t at, size_t end)
{
	size_t n = 0;

	while (at + n < end && n < 8 && strchr(" \t>|", c->text[at + n]))
		n++;
	return n;
}

size_t
report_free_split(const char *text, size_t n, size_t *end)
{
	struct cursor c = { text, n < FREE_BYTES ? n : FREE_BYTES };
	size_t announced = 0, previous = 0; /* the line that announces a copy, and the one before this one, where it was empty */
	int since = GAP + 1;
	bool blank = true;

	for (size_t at = 0; at < c.n;) {
		size_t stop = line_end(&c, at), indent = indent_of(&c, at, stop);
		bool empty = at + indent == stop, received;
		struct line_role role;
		int fields;

		if (!empty && (since <= GAP || blank)) {
			bool begins = field_name(&c, at + indent, stop) > 0 || strncmp(text + at, "From ", 5) == 0;

			fields = begins ? known_fields(&c, at, indent, &received) : 0;
			if (fields >= 2 && goes_on(&c, at))
				fields = 0;
			if ((since <= GAP && (fields >= 3 || (fields == 2 && received))) ||
			    (indent == 0 && fields >= 3 && received && at > 0)) {
				*end = since <= GAP ? announced : previous;
				return at + indent;
			}
		}
		role = role_of(text + at, empty ? 0 : stop - at);
		if (role.announces || (role.says && since <= GAP))
			announced = role.says ? (stop < c.n ? stop + 1 : c.n) : at;
		if (role.announces)
			since = 0;
		since++;
		blank = empty || role.rule;
		previous = at;
		at = stop + 1;
	}
	*end = n;
	return n;
}
