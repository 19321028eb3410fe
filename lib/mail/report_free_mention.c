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
	NEAR = 60, /* bytes before an address that say what it is there for */
	SIGNATURE_LINES = 12
};

static bool
is_bullet(char c)
{
	return c && strchr(" \t>*-.:;|\"'<[(#+=", c);
}

/* Whether what is behind an address at its line's beginning goes on as a list does, and not as a sentence. */
static bool
is_list_tail(const char *low, size_t n)
{
	static const char tails[] = ":|;|,|...|(| (|  |\t| \t| - | -- | : | ...| on |<mailto:| <mailto:| [|[|=| =| am | le | el | il"
				    "| em | op | <"
				    "|\xe2\x80\x93| \xe2\x80\x93 | \xe2\x80\x94 ";

	if (n == 0)
		return true;
	for (const char *w = tails; *w;) {
		size_t k = strcspn(w, "|");

		if (k <= n && memcmp(low, w, k) == 0)
			return true;
		w += k + (w[k] == '|');
	}
	return *low == '|' || free_has(free_failures, low, n);
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
	static const char senders[] =
	    "sender address:|from address:|return address:|reply address:|sender e-mail address:|sender email address:|sender:|from:";
	char label[NEAR];
	size_t skip, k;
	const char *sentence;

	while (n > 0 && strchr(" \t<\"'[(=", before[n - 1]))
		n--;
	skip = n > NEAR ? n - NEAR : 0;
	memcpy(label, before + skip, n - skip);
	n -= skip;
	before = label;
	for (; n > 1 && label[n - 1] == ':' && label[n - 2] == ' '; n--) /* "Recipient :" */
		label[n - 2] = ':';
	if (ends_in_word(senders, before, n))
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

/* Whether an address stands in what a server replied: that may say anything, in the words of a label or a list, too. */
static bool
is_quoted(const struct free_text *t, const struct free_mention *m)
{
	size_t at = t->line[m->line].at;
	char enhanced[12];
	int code;

	return free_codes(t->low + at, m->begin - at, &code, enhanced) >= FREE_CODE;
}

static enum free_trust
trust_of(const struct free_text *t, const struct free_form *form, const struct free_mention *m, size_t floor)
{
	const struct free_line *l = &t->line[m->line];
	size_t before = floor > l->at ? floor : l->at, end = l->at + l->n, head = l->at;
	bool named, quoted;
	enum free_trust trust;

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
	quoted = is_quoted(t, m);
	named = !quoted && m->begin - head < 64 && !memchr(t->low + head, ':', m->begin - head) && strchr("<('", t->low[m->begin]);
	if (named && is_list_tail(t->low + m->end, end - m->end) && !free_has(free_failures, t->low + l->at, m->begin - l->at)) {
		int i = line_before(t, m->line);
		bool dated = m->end < end && t->low[m->end] == ' ' && strcspn(t->low + m->end, "0123456789\n") < 8; /* " on 3/5/2004" */

		if ((dated || (i >= 0 && t->low[t->line[i].at + t->line[i].n - 1] == ':')) && !is_asked_for(t, m->line))
			return FREE_LISTED;
	}
	trust = trust_by_words(t, form, t->low + before, m->begin - before, m->line);
	return quoted && trust > FREE_SAID ? FREE_SAID : trust;
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
	size_t end = l->at + l->n;

	if (!free_address_at(m, t, at, floor, end))
		return false;
	while (m->begin > floor) {
		if (strchr("<\"'[(*", t->low[m->begin - 1]))
			m->begin--;
		else if (m->begin - floor > 7 && memcmp(t->low + m->begin - 7, "mailto:", 7) == 0)
			m->begin -= 7;
		else
			break;
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

		*m = (struct free_mention){ .line = line };
		if (!read_mention(m, t, (size_t)(p - t->low), floor))
			continue;
		m->trust = trust_of(t, form, m, floor);
		m->original = free_has("generated from|generated by|expanded from", t->low + floor, m->begin - floor);
		if (is_own(own, m->address) || (m->trust < FREE_LISTED && !m->original && is_daemon(m->address)))
			m->trust = FREE_IGNORED;
		else if (m->original || (m->trust > FREE_SAID && (!inside || is_continued(list, t, line))))
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
