/*
 * report_free_address.c - where an address begins and ends in a text that was not written to be parsed.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "mail/report_free_private.h"

enum {
	LOCAL_MOST = 64,
	TOKEN_MOST = 200
};

static bool
is_local(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool
is_host(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.';
}

/* The domain behind an @: its length, 0 when it is none. */
static size_t
domain_length(const char *s, size_t most)
{
	size_t n = 0, dot = 0;

	if (most > 8 && *s == '[') {
		n = 1 + strspn(s + 1, "0123456789.");
		return n > 7 && n < most && n < 20 && s[n] == ']' ? n + 1 : 0;
	}
	while (n < most && n < 190 && is_host(s[n])) {
		if (s[n] == '.' && n > 0 && s[n - 1] == '.')
			break;
		n++;
	}
	while (n > 0 && (s[n - 1] == '.' || s[n - 1] == '-'))
		n--;
	for (size_t i = 0; i < n; i++)
		if (s[i] == '.')
			dot = i;
	if (dot == 0 || n - dot < 3 || !isalpha((unsigned char)s[dot + 1]) || *s == '-')
		return 0;
	return n;
}

/* Where the local part that ends before the @ begins: what is glued to it ("smtp=", "/", quotes) is none of it. */
static size_t
local_begin(const char *low, size_t at, size_t floor)
{
	static const char glued[] = "smtp=|rfc-822=|rfc822=|to=|rcpt=|email=|e-mail=|mail=|address=|recipient=|user=|orcpt=|for=";
	size_t begin = at;

	while (begin > floor && at - begin < LOCAL_MOST && is_local(low[begin - 1]))
		begin--;
	for (size_t i = begin; i < at; i++) {
		if (strchr("/|`?&", low[i]) || (low[i] == '=' && free_has(glued, low + begin, i + 1 - begin)))
			begin = i + 1;
	}
	if (begin > floor && (unsigned char)low[begin - 1] >= 0x80) { /* RFC 6531: taken for one where it is in brackets */
		size_t first = begin;

		while (first > floor && at - first < LOCAL_MOST && ((unsigned char)low[first - 1] >= 0x80 || is_local(low[first - 1])))
			first--;
		if (first > floor && (low[first - 1] == '<' || low[first - 1] == ';'))
			begin = first;
	}
	while (begin < at && strchr("'`.-*=~", low[begin]))
		begin++;
	return begin;
}

static bool
take(char out[255], const char *text, size_t begin, size_t at, size_t domain)
{
	size_t n = at + 1 + domain - begin;

	if (begin >= at || n >= 255 || text[at - 1] == '.')
		return false;
	memcpy(out, text + begin, n);
	out[n] = '\0';
	text_lower(out + (at - begin));
	return true;
}

bool
free_address_in(char out[255], const char *value, size_t n)
{
	for (const char *p = value; (p = memchr(p, '@', n - (size_t)(p - value))) != NULL; p++) {
		size_t at = (size_t)(p - value), domain = domain_length(p + 1, n - at - 1);

		if (domain > 0 && take(out, value, local_begin(value, at, 0), at, domain))
			return true;
	}
	return false;
}

/* Whether a token that goes back from here is a link. */
static bool
in_link(const char *low, size_t begin, size_t floor)
{
	size_t first = begin, k;

	while (first > floor && begin - first < TOKEN_MOST && !isspace((unsigned char)low[first - 1]))
		first--;
	return free_find("://", low + first, begin - first, &k) != NULL;
}

bool
free_address_at(struct free_mention *m, const struct free_text *t, size_t at, size_t floor, size_t end)
{
	size_t domain = domain_length(t->low + at + 1, end - at - 1), begin;

	if (domain == 0)
		return false;
	begin = local_begin(t->low, at, floor);
	if (!take(m->address, t->text, begin, at, domain) || in_link(t->low, begin, floor))
		return false;
	m->begin = begin;
	m->end = at + 1 + domain;
	return true;
}
