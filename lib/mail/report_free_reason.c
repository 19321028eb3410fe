/*
 * report_free_reason.c - why each recipient of a bounce was refused, in whose words.
 *
 * What stands beside the address says it, or a server's reply further on that names the address (a transcript), or the first reply
 * behind it, or, where it tells of all of them once, the best line of the text.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "mail/report_free_private.h"

enum {
	REASON_MOST = 900,
	PARAGRAPH_LINES = 12,
	ROUND_LINES = 400 /* behind a recipient in which its reason is looked for */
};

/* The reason that is being put together: one line, no space twice. */
struct reason {
	char *text;
	size_t n, size;
	int code; /* of its lines: in one line a number that began one is a number in a sentence */
	char enhanced[12];
};

static void
reason_add(struct reason *r, const char *s, size_t n)
{
	while (r->n == 0 && n > 0 && strchr(" \t:;,.-|>=*])", *s)) /* what joined it to the address */
		s++, n--;
	if (r->n > 0 && r->n + 1 < r->size && n > 0 && r->text[r->n - 1] != ' ')
		r->text[r->n++] = ' ';
	for (size_t i = 0; i < n && r->n + 1 < r->size; i++) {
		bool space = isspace((unsigned char)s[i]);

		if (!space || (r->n > 0 && r->text[r->n - 1] != ' '))
			r->text[r->n++] = space ? ' ' : s[i];
	}
	r->text[r->n] = '\0';
}

/* Add a line of the text from `at` on, and the codes in it; a final one goes before one that is not. */
static void
reason_add_line(struct reason *r, const struct free_text *t, int line, size_t at)
{
	size_t n = t->line[line].at + t->line[line].n - at;
	char enhanced[12];
	int code;

	reason_add(r, t->text + at, n);
	if (free_codes(t->low + at, n, &code, enhanced) == FREE_SILENT)
		return;
	if ((r->code == 0 && !*r->enhanced) || (r->code < 500 && *r->enhanced != '5' && (code >= 500 || *enhanced == '5'))) {
		r->code = code;
		memcpy(r->enhanced, enhanced, sizeof enhanced);
	}
}

/* No half character at the end, nor a space. */
static void
reason_end(struct reason *r)
{
	while (r->n > 0 && !text_is_utf8(r->text, r->n) && r->n + 5 > r->size)
		r->n--;
	while (r->n > 0 && r->text[r->n - 1] == ' ')
		r->n--;
	r->text[r->n] = '\0';
}

static bool
is_rule(const struct free_text *t, int line)
{
	const char *s = t->low + t->line[line].at;
	size_t n = t->line[line].n, i = 0;

	while (i < n && (s[i] == ' ' || s[i] == '\t' || s[i] == '|'))
		i++;
	return n - i >= 3 && strchr("-=*_", s[i]) && s[i + 1] == s[i] && s[i + 2] == s[i];
}

/* What the sending side said in a transcript: no part of a reply. */
static bool
is_command(const struct free_text *t, int line)
{
	return free_has(">>>|-->|while talking to", t->low + t->line[line].at, t->line[line].n < 60 ? t->line[line].n : 60);
}

static bool
says_something(const char *s, size_t n)
{
	size_t letters = 0;

	for (size_t i = 0; i < n; i++)
		letters += isalpha((unsigned char)s[i]) || (unsigned char)s[i] >= 0x80;
	return letters >= 4;
}

/* Where the recipients' own parts of the text begin: taken[line] = the recipient that the line lists, + 1. */
struct round {
	const struct free_text *t;
	const struct free_mentions *m;
	unsigned char taken[FREE_LINES];
};

/* Add lines from `line` on, the first from `at`, to the end of the paragraph or the next recipient's line. Returns the line behind. */
static int
add_paragraph(const struct round *round, struct reason *r, int line, size_t at)
{
	const struct free_text *t = round->t;
	int first = line;

	for (; line < t->lines && line < first + PARAGRAPH_LINES && r->n < REASON_MOST; line++) {
		const struct free_line *l = &t->line[line];

		if (line > first && (l->n == 0 || round->taken[line] || is_rule(t, line) || is_command(t, line)))
			break;
		if (line > first)
			at = l->at;
		if (at < l->at + l->n)
			reason_add_line(r, t, line, at);
	}
	return line;
}

static enum free_grade
grade_of(const struct reason *r)
{
	char low[sizeof(((struct report_free_recipient *)NULL)->text)];

	if (r->code || *r->enhanced)
		return r->code && *r->enhanced ? FREE_CODES : FREE_CODE;
	memcpy(low, r->text, r->n);
	low[r->n] = '\0';
	free_lower(low);
	return free_string_has(free_failures, low) ? FREE_WORDS : FREE_SILENT;
}

/* The line with the highest grade from `from` to before `to`; -1: all are silent. What is final goes before what is not. */
static int
best_line(const struct free_text *t, int from, int to)
{
	int best = -1, rank = 0;

	for (int i = from; i < to && i < t->lines && i < from + ROUND_LINES; i++) {
		int worth = (int)t->line[i].grade * 2;

		if (worth >= FREE_CODE * 2) {
			char enhanced[12];
			int code;

			free_codes(t->low + t->line[i].at, t->line[i].n, &code, enhanced);
			worth += *enhanced == '5' || code >= 500;
		}
		if (worth > rank) {
			rank = worth;
			best = i;
		}
	}
	return best;
}

/* A reply that names the address elsewhere, or that answers "RCPT TO" with it: the line, or -1. */
static int
reply_to(const struct free_text *t, const struct free_mentions *m, int own)
{
	for (int i = 0; i < m->count; i++) {
		const struct free_line *l = &t->line[m->at[i].line];
		int line = m->at[i].line;

		if (i == own || strcasecmp(m->at[i].address, m->at[own].address) != 0)
			continue;
		if (free_line_has("rcpt to", t, line) && l->grade < FREE_CODE) {
			for (int k = line + 1; k < t->lines && k < line + 5; k++) {
				if (free_line_has("rcpt to", t, k))
					break;
				if (t->line[k].grade >= FREE_CODE)
					return k;
			}
		} else if (l->grade >= FREE_CODE) {
			return line;
		}
	}
	return -1;
}

/* The line of the next recipient behind a line; the text's end when it is the last. */
static int
next_taken(const struct round *round, int line)
{
	for (line++; line < round->t->lines; line++)
		if (round->taken[line])
			return line;
	return round->t->lines;
}

/* Words that no code stands with: the region's first lines that say something. */
static void
add_words(const struct round *round, struct reason *r, int line, int to)
{
	int best = best_line(round->t, line, to);

	for (int i = best == -1 ? line : best; i < to && i < line + 40 && r->n < REASON_MOST / 2; i++) {
		if (is_rule(round->t, i) && r->n > 0)
			break;
		if (!is_rule(round->t, i) && (round->t->line[i].grade != FREE_SILENT || !free_line_has(free_contacts, round->t, i)))
			reason_add_line(r, round->t, i, round->t->line[i].at);
	}
}

static bool
is_host_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.';
}

/* A host's name or address behind one of the marks. */
static bool
host_behind(char out[256], const char *marks, const char *low, size_t n)
{
	size_t k, at = 0;
	const char *p;

	for (int tries = 0; tries < 8 && at < n && (p = free_find(marks, low + at, n - at, &k)) != NULL; tries++) {
		size_t begin = (size_t)(p - low) + k, used = 0;

		at = begin;
		while (begin < n && strchr(" <[(\"'", low[begin]))
			begin++;
		while (begin + used < n && used < 255 && is_host_char(low[begin + used]))
			used++;
		while (used > 0 && (low[begin + used - 1] == '.' || low[begin + used - 1] == '-'))
			used--;
		if (used > 3 && memchr(low + begin, '.', used)) {
			memcpy(out, low + begin, used);
			out[used] = '\0';
			return true;
		}
	}
	return false;
}

static void
find_server(const struct free_text *t, struct report_free_recipient *r, int line)
{
	static const char marks[] = "host |while talking to |remote server |by server |server for |remote system: dns;|remote-mta: dns;"
				    "|remote mta |generating server:|reporting-mta: dns;|connected to |remote host |mail server |giving up on "
				    "| by |server: |mx: |said by |error from |from remote |rejected by ";
	char low[1024];
	size_t from, to;

	memcpy(low, r->text, strlen(r->text) + 1);
	free_lower(low);
	if (host_behind(r->server, marks, low, strlen(low)) || line < 0)
		return;
	from = t->line[line > 6 ? line - 6 : 0].at;
	to = t->line[line].at + t->line[line].n;
	if (!host_behind(r->server, marks, t->low + from, to - from))
		(void)host_behind(r->server, "generating server:|while talking to |remote system: dns;", t->low, t->n);
}

/* Whether the reason stands behind the address: it is listed, and no reply's code stands before it. */
static bool
begins_reason(const struct free_text *t, const struct free_mention *m)
{
	const struct free_line *l = &t->line[m->line];
	char enhanced[12];
	int code;

	return m->trust >= FREE_LABELLED && free_codes(t->low + l->at, m->begin - l->at, &code, enhanced) == FREE_SILENT;
}

/* The lines in which a recipient's reason is looked for. */
struct region {
	int from, to;
};

/*
 * The line that says best why, besides the recipient's own paragraph, which is in *r: a reply that names it, what follows, what stands
 * before a list of nothing but addresses, what the text says once for all of them. -1: none. *in may become the lines before.
 */
static int
find_reason(const struct round *round, int mention, const struct reason *r, struct region *in, bool alone)
{
	const struct free_text *t = round->t;
	int best = mention >= 0 ? reply_to(t, round->m, mention) : -1, all;

	if (best != -1)
		return best;
	best = best_line(t, in->from, in->to);
	if (best == -1 && r->n == 0 && mention >= 0) {
		int line = round->m->at[mention].line;

		best = best_line(t, 0, line);
		if (best != -1)
			*in = (struct region){ best, line };
	}
	if (best != -1 && t->line[best].grade >= FREE_CODE)
		return best;
	all = best_line(t, 0, t->lines);
	return all != -1 && t->line[all].grade >= FREE_CODE && (alone || r->n == 0) ? all : best;
}

/* Take the paragraph of a mention; returns the line behind it. */
static int
add_own(const struct round *round, struct reason *r, const struct free_mention *m)
{
	const struct free_text *t = round->t;
	const struct free_line *l = &t->line[m->line];
	int after = add_paragraph(round, r, m->line, begins_reason(t, m) ? m->end : l->at);

	if (says_something(r->text, r->n))
		return after;
	*r = (struct reason){ .text = r->text, .size = r->size };
	*r->text = '\0';
	if (m->trust == FREE_LABELLED && free_has(free_failures, t->low + l->at, m->begin - l->at))
		reason_add_line(r, t, m->line, l->at); /* "Unknown user: ann@…" */
	return after;
}

static void
fill(const struct round *round, int mention, struct report_free_recipient *out, bool alone)
{
	const struct free_text *t = round->t;
	const struct free_mention *m = mention >= 0 ? &round->m->at[mention] : NULL;
	struct reason r = { .text = out->text, .size = sizeof out->text };
	struct region in = { 0, t->lines }, behind;
	int line = m ? m->line : -1, best = -1;
	enum free_grade grade;
	bool more;

	if (m) {
		in.from = add_own(round, &r, m);
		in.to = next_taken(round, m->line);
	}
	behind = in;
	grade = grade_of(&r);
	if (grade < FREE_CODE)
		best = find_reason(round, mention, &r, &in, alone);
	more = best != -1 && t->line[best].grade > grade;
	if (more && t->line[best].grade >= FREE_CODE) {
		add_paragraph(round, &r, best, t->line[best].at);
		line = best;
	} else if (r.n == 0 || (more && grade == FREE_SILENT) || (grade == FREE_WORDS && m && m->trust < FREE_LISTED && best >= in.from)) {
		add_words(round, &r, in.from, in.to); /* perhaps a sentence that names it, and then why */
		if (in.from != behind.from)           /* what stands before the list may only say that it failed, and why behind it */
			add_words(round, &r, behind.from, behind.to);
		line = more ? best : line;
	}
	reason_end(&r);
	out->code = r.code;
	memcpy(out->enhanced, r.enhanced, sizeof r.enhanced);
	find_server(t, out, line);
}

void
free_reasons(const struct free_text *t, const struct free_mentions *m, const int *mention, struct report_free_out *out,
    const char *subject)
{
	struct round round = { .t = t, .m = m };

	for (int i = 0; i < out->count; i++)
		if (mention[i] >= 0)
			round.taken[m->at[mention[i]].line] = 1;
	for (int i = 0; i < out->count; i++) {
		struct report_free_recipient *r = &out->recipient[i];
		char low[sizeof r->text];

		fill(&round, mention[i], r, out->count == 1);
		if (!*r->text) {
			struct reason words = { .text = r->text, .size = sizeof r->text };

			reason_add(&words, subject, strlen(subject));
			reason_end(&words);
		}
		memcpy(low, r->text, sizeof low);
		free_lower(low);
		if (r->code == 0 && !*r->enhanced) /* it may be torn over two lines */
			free_codes(low, strlen(low), &r->code, r->enhanced);
	}
}
