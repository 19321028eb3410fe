/*
 * report_free_mention.c - the addresses in a bounce's text, and how far each is to be trusted as the one that failed.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/report_free_private.h"

enum {
	LOCAL_MOST = 64,
	NEAR = 60, /* bytes before an address that say what it is there for */
	TOKEN_MOST = 200,
	SIGNATURE_LINES = 12
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
		size_t k;

		if (low[i] == '/' || low[i] == '|' || low[i] == '`' || low[i] == '?' || low[i] == '&')
			begin = i + 1;
		else if (low[i] == '=' && free_find(glued, low + begin, i + 1 - begin, &k))
			begin = i + 1;
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

static bool
is_bullet(char c)
{
	return c && strchr(" \t>*-.:;|\"'<[(#+=", c);
}

/* Whether what is behind an address at its line's beginning goes on as a list does, and not as a sentence. */
static bool
is_list_tail(const char *low, size_t n)
{
	static const char *const tails[] = { ":", ";", ",", "...", "(", " (", "  ", "\t", " \t", " - ", " -- ", " : ", " ...", " on ", "<mailto:", " <mailto:", " [", "[", "|", " |",
		" \xe2\x80\x93 ", " \xe2\x80\x94 ", "=", " =", " am ", " le ", " el ", " il ", " em ", " op ", "\xe3\x80\x80", " <" };

	if (n == 0)
		return true;
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		size_t k = strlen(tails[i]);

		if (k <= n && memcmp(low, tails[i], k) == 0)
			return true;
	}
	return free_has(free_failures, low, n);
}

static int
line_before(const struct free_text *t, int line)
{
	for (int i = line - 1; i >= 0 && i >= line - 4; i--)
		if (t->line[i].n > 0)
			return i;
	return -1;
}

/* Whether the line before asks to write to what stands in the next one. */
static bool
is_asked_for(const struct free_text *t, int line)
{
	int i = line_before(t, line);
	const struct free_line *l;
	size_t skip;

	if (i == -1)
		return false;
	l = &t->line[i];
	skip = l->n > 40 ? l->n - 40 : 0;
	return free_has(free_contacts, t->low + l->at + skip, l->n - skip) && !free_has(free_targets, t->low + l->at, l->n);
}

static bool
fails_around(const struct free_text *t, int line)
{
	if (t->line[line].grade != FREE_SILENT || (line > 0 && t->line[line - 1].grade != FREE_SILENT))
		return true;
	return line + 1 < t->lines && t->line[line + 1].grade != FREE_SILENT;
}

/* free_ends, where no letter stands before the word. */
static bool
ends_in_word(const char *words, const char *s, size_t n)
{
	while (*words) {
		size_t k = strcspn(words, "|");

		if (k <= n && memcmp(s + n - k, words, k) == 0 && (k == n || !isalnum((unsigned char)s[n - k - 1])))
			return true;
		words += k + (words[k] == '|');
	}
	return false;
}

/* What the words before an address make of it; `n` bytes before it in its line, behind the address before. */
static enum free_trust
trust_by_words(const struct free_text *t, const struct free_form *form, const char *before, size_t n, int line)
{
	char label[NEAR];
	size_t skip, k;
	const char *sentence;

	while (n > 0 && strchr(" \t<\"'[(=", before[n - 1]))
		n--;
	skip = n > NEAR ? n - NEAR : 0;
	memcpy(label, before + skip, n - skip);
	n -= skip;
	before = label;
	for (k = n; k > 1 && label[n - 1] == ':' && label[n - 2] == ' '; n--) /* "Recipient :" */
		label[n - 2] = ':';
	if (ends_in_word("sender address:|from address:|return address:|reply address:|sender e-mail address:|sender email address:|sender:|from:", before, n))
		return FREE_IGNORED;
	if (free_ends(free_labels, before, n) || (*form->label && free_ends(form->label, before, n)))
		return FREE_LABELLED;
	while ((sentence = free_find(". ", before, n, &k)) != NULL) {
		n -= (size_t)(sentence - before) + k;
		before = sentence + k;
	}
	if (ends_in_word(free_senders, before, n))
		return FREE_IGNORED;
	if (free_has(free_targets, before, n))
		return fails_around(t, line) ? FREE_SAID : FREE_TO;
	if (free_has(free_contacts, before, n))
		return FREE_IGNORED;
	if (free_ends("to:|to", before, n) && n < 6)
		return FREE_TO;
	return fails_around(t, line) ? FREE_SAID : FREE_MENTIONED;
}

/* "550 5.1.1 <ann@…>... User unknown": Sendmail's last word on a recipient. */
static bool
is_reply(const struct free_text *t, size_t at, const struct free_mention *m)
{
	char enhanced[12];
	int code;

	if (m->begin - at < 4 || m->begin - at > 16 || !isdigit((unsigned char)t->low[at]) || strncmp(t->low + m->end, "...", 3) != 0)
		return false;
	return free_codes(t->low + at, m->begin - at, &code, enhanced) >= FREE_CODE && code > 0;
}

static enum free_trust
trust_of(const struct free_text *t, const struct free_form *form, const struct free_mention *m, size_t floor)
{
	const struct free_line *l = &t->line[m->line];
	size_t before = floor > l->at ? floor : l->at, end = l->at + l->n, head = l->at;
	bool named;

	while (head < m->begin && is_bullet(t->low[head]))
		head++;
	if (head < m->begin && isdigit((unsigned char)t->low[head])) { /* "1. ann@…", "2) ann@…" */
		size_t digit = head + strspn(t->low + head, "0123456789");

		if (digit - head < 3 && (t->low[digit] == '.' || t->low[digit] == ')'))
			for (head = digit + 1; head < m->begin && is_bullet(t->low[head]);)
				head++;
	}
	if (head >= m->begin && is_list_tail(t->low + m->end, end - m->end))
		return is_asked_for(t, m->line) ? FREE_IGNORED : FREE_LISTED;
	if (is_reply(t, l->at, m))
		return FREE_LISTED;
	/* "Ann Lee <ann@…>" by itself, below a line that announces it */
	named = m->begin - head < 64 && !memchr(t->low + head, ':', m->begin - head) && strchr("<('", t->low[m->begin]) && is_list_tail(t->low + m->end, end - m->end);
	if (named && !free_has(free_failures, t->low + l->at, m->begin - l->at)) {
		int i = line_before(t, m->line);

		if (i >= 0 && t->low[t->line[i].at + t->line[i].n - 1] == ':' && !is_asked_for(t, m->line))
			return FREE_LISTED;
	}
	return trust_by_words(t, form, t->low + before, m->begin - before, m->line);
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

static bool
is_own(const char *own, const char *address)
{
	size_t n = strlen(address);

	for (const char *p = own; (p = strcasestr(p, address)) != NULL; p += n)
		if ((p == own || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
			return true;
	return false;
}

static bool
is_daemon(const char *address)
{
	size_t n = strcspn(address, "@");
	char local[255];

	memcpy(local, address, n);
	local[n] = '\0';
	free_lower(local);
	return text_is_listed("mailer-daemon postmaster abuse hostmaster webmaster support helpdesk", local, n);
}

/* Fill one mention with what the @ at `at` is part of; false: no address. */
static bool
read_mention(struct free_mention *m, const struct free_text *t, size_t at, size_t floor)
{
	const struct free_line *l = &t->line[m->line];
	size_t end = l->at + l->n, domain = domain_length(t->low + at + 1, end - at - 1), begin;

	if (domain == 0)
		return false;
	begin = local_begin(t->low, at, floor);
	if (!take(m->address, t->text, begin, at, domain) || in_link(t->low, begin, l->at))
		return false;
	m->begin = begin;
	m->end = at + 1 + domain;
	while (m->begin > floor && strchr("<\"'[(:=*", t->low[m->begin - 1])) {
		if (t->low[m->begin - 1] == ':') {
			size_t k = m->begin - floor >= 8 && memcmp(t->low + m->begin - 7, "mailto:", 7) == 0 ? 7 : 0;

			if (k == 0)
				break;
			m->begin -= k;
		} else if (t->low[m->begin - 1] == '=') {
			break;
		} else {
			m->begin--;
		}
	}
	while (m->end < end && strchr(">\"'])*", t->low[m->end]))
		m->end++;
	return true;
}

static size_t
indent_of(const struct free_text *t, int line)
{
	size_t n = 0;

	while (n < t->line[line].n && (t->text[t->line[line].at + n] == ' ' || t->text[t->line[line].at + n] == '\t'))
		n++;
	return n;
}

/* "--" and a few lines to the end: what stands there is whose server it is. */
static bool
is_signature(const struct free_mentions *list, const struct free_text *t, int line)
{
	if (t->line[line].n != 2 || memcmp(t->text + t->line[line].at, "--", 2) != 0 || t->lines - line > SIGNATURE_LINES)
		return false;
	for (int i = 0; i < list->count; i++)
		if (list->at[i].trust >= FREE_LABELLED)
			return true;
	return false;
}

/* Whether a line that begins with an address goes on with what was said of the one before: further in, in the same paragraph. */
static bool
is_continued(const struct free_mentions *list, const struct free_text *t, int line)
{
	int of = list->count - 1;

	while (of >= 0 && list->at[of].trust < FREE_LABELLED && list->at[of].line + 8 > line)
		of--;
	if (of < 0 || list->at[of].trust < FREE_LABELLED || list->at[of].line == line || list->at[of].line + 8 <= line)
		return false;
	for (int i = list->at[of].line + 1; i < line; i++)
		if (t->line[i].n == 0)
			return false;
	return indent_of(t, line) > indent_of(t, list->at[of].line);
}

static void
read_line(struct free_mentions *list, const struct free_text *t, const struct free_form *form, int line, const char *own, bool inside)
{
	const struct free_line *l = &t->line[line];
	size_t floor = l->at;
	const char *p = t->low + l->at, *end = p + l->n;

	for (; list->count < FREE_MENTIONS && (p = memchr(p, '@', (size_t)(end - p))) != NULL; p++) {
		struct free_mention *m = &list->at[list->count];
		size_t k;

		*m = (struct free_mention){ .line = line };
		if (!read_mention(m, t, (size_t)(p - t->low), floor))
			continue;
		m->trust = trust_of(t, form, m, floor);
		m->original = free_find("generated from|generated by|expanded from", t->low + floor, m->begin - floor, &k) != NULL;
		if (is_own(own, m->address))
			m->trust = FREE_IGNORED;
		else if (m->original)
			m->trust = FREE_SAID;
		else if (m->trust > FREE_IGNORED && m->trust < FREE_LISTED && is_daemon(m->address))
			m->trust = FREE_IGNORED;
		else if (m->trust > FREE_SAID && (!inside || is_continued(list, t, line)))
			m->trust = FREE_SAID;
		floor = m->end;
		list->count++;
	}
}

void
free_mentions_read(struct free_mentions *m, const struct free_text *t, const struct free_form *form, const char *own)
{
	size_t k = 0, begin = 0, end = t->n;
	const char *p = free_find(form->begin, t->low, t->n, &k);

	if (p)
		begin = (size_t)(p - t->low) + k;
	p = free_find(form->end, t->low + begin, t->n - begin, &k);
	if (p)
		end = (size_t)(p - t->low);
	m->count = 0;
	m->at = xcalloc(FREE_MENTIONS, sizeof *m->at);
	for (int i = 0; i < t->lines && !is_signature(m, t, i); i++)
		read_line(m, t, form, i, own, t->line[i].at + t->line[i].n >= begin && t->line[i].at < end);
}

void
free_mentions_release(struct free_mentions *m)
{
	free(m->at);
	*m = (struct free_mentions){ 0 };
}
