/* judge.c - see judge.h; the rules are in judge_table.c. */
#include "judge/judge.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "judge/judge_table.h"

#define WORD_LEAST 3 /* a shorter local part, or part of a name, is rather a word of the reply */
#define MARK "<address>"
#define MARK_NAME "<name>"
#define TRY_LATER "try-later" /* what the last row is called for a temporary reply */
#define HOLD_TEMPORARY 60     /* seconds: most that the relay is left alone for after a temporary reply that names no quota */

/* Step to the next of the words in *list that `sep` divides; false at the end. */
static bool
next_word(const char **list, const char *sep, const char **word, size_t *n)
{
	*list += strspn(*list, sep);
	*word = *list;
	*n = strcspn(*list, sep);
	*list += *n;
	return *n > 0;
}

static bool
code_matches(const char *codes, int code)
{
	char digits[16];
	const char *word;
	size_t n;

	if (!codes[0])
		return true;
	snprintf(digits, sizeof(digits), "%d", code);
	while (next_word(&codes, " ", &word, &n))
		if (strncmp(digits, word, n) == 0)
			return true;
	return false;
}

/* Whether the n bytes of pattern, "5.7.*", are this code, part by part. */
static bool
enhanced_is(const char *pattern, size_t n, const char *enhanced)
{
	const char *end = pattern + n;

	for (;;) {
		size_t a = strcspn(pattern, ". "), b = strcspn(enhanced, ".");

		if (b == 0 || !((a == 1 && pattern[0] == '*') || (a == b && memcmp(pattern, enhanced, a) == 0)))
			return false;
		pattern += a;
		enhanced += b;
		if (pattern >= end || *enhanced == '\0')
			return pattern >= end && *enhanced == '\0';
		pattern++;
		enhanced++;
	}
}

static bool
enhanced_matches(const char *patterns, const char *enhanced)
{
	const char *word;
	size_t n;

	if (!patterns[0])
		return true;
	while (next_word(&patterns, " ", &word, &n))
		if (enhanced_is(word, n, enhanced))
			return true;
	return false;
}

static bool
words_match(const char *words, const char *text)
{
	const char *word;
	size_t n;

	if (!words[0])
		return true;
	while (next_word(&words, "|", &word, &n))
		for (const char *p = text; *p; p++)
			if (tolower((unsigned char)*p) == *word && strncasecmp(p, word, n) == 0)
				return true;
	return false;
}

/* Where a reply comes from, as the rules say it. */
static unsigned
where_of(const struct judge_in *in)
{
	static const unsigned of[] = {
		[JUDGE_AT_BOUNCE] = WHERE_BOUNCE,
		[JUDGE_AT_MAIL] = WHERE_MAIL,
		[JUDGE_AT_RCPT] = WHERE_RCPT,
		[JUDGE_AT_DATA] = WHERE_DATA,
		[JUDGE_AT_BODY] = WHERE_BODY,
	};

	if (!in->from_relay || in->stage == JUDGE_AT_BOUNCE)
		return WHERE_BOUNCE;
	if (words_match(" said: |callout verification|remote server returned", in->text))
		return WHERE_QUOTED;
	return of[in->stage];
}

/* The enhanced code; where none was sent, the one that qmail and its like write behind a hash: "(#5.1.1)". */
static const char *
enhanced_of(const struct judge_in *in, char out[12])
{
	const char *p = in->text;
	size_t n;

	while (!in->enhanced[0] && (p = strchr(p, '#')) != NULL) {
		n = strspn(++p, "0123456789.");
		while (n > 0 && p[n - 1] == '.')
			n--; /* the sentence's */
		if (n < 5 || n > 11 || (p[0] != '4' && p[0] != '5') || p[1] != '.')
			continue;
		memcpy(out, p, n);
		out[n] = '\0';
		return out;
	}
	return in->enhanced;
}

static bool
rule_matches(const struct judge_rule *rule, unsigned where, const struct judge_in *in, const char *enhanced)
{
	return (rule->where & where) && code_matches(rule->codes, in->code) && enhanced_matches(rule->enhanced, enhanced) &&
	    words_match(rule->server, in->server ? in->server : "") && words_match(rule->words, in->text);
}

struct judge_out
judge_reply(const struct judge_in *in)
{
	const struct judge_rule *rule = judge_table;
	unsigned where = where_of(in);
	char found[12];
	const char *enhanced = enhanced_of(in, found);
	bool temporary = in->code ? in->code / 100 == 4 : in->enhanced[0] == '4';
	struct judge_out out = { 0 };

	/* The last row matches everything. */
	while (!rule_matches(rule, where, in, enhanced))
		rule++;
	out.verdict = rule->verdict;
	out.rule = rule->name;
	if (temporary && (out.verdict == JUDGE_HARD || out.verdict == JUDGE_SOFT)) {
		out.verdict = JUDGE_RETRY;
		if (!rule[1].name)
			out.rule = TRY_LATER;
	}
	if (where == WHERE_BOUNCE || out.verdict == JUDGE_HARD || out.verdict == JUDGE_SOFT || out.verdict == JUDGE_ACCEPTED)
		return out;
	out.pace = rule->pace;
	out.hold = rule->hold;
	if (where == WHERE_QUOTED && out.verdict == JUDGE_RETRY && out.pace == JUDGE_PACE_RELAY_SLOW)
		out.pace = JUDGE_PACE_DOMAIN_SLOW; /* the other server's trouble, not the relay's */
	if (temporary && out.pace == JUDGE_PACE_RELAY_SLOW && out.hold > HOLD_TEMPORARY)
		out.hold = HOLD_TEMPORARY;
	return out;
}

bool
judge_ends_session(const char *text)
{
	static const char limits[] = "in this connection|in this session|on this connection|on this session|per connection|per session"
				     "|for this connection|for this session|for one connection|in one session|session limit"
				     "|session message limit|messages in session";

	return words_match(limits, text) && words_match("message|mail|transaction|envelope|recipient|command|session limit", text);
}

const char *
judge_name(enum judge_verdict verdict)
{
	static const char *const names[] = {
		[JUDGE_ACCEPTED] = "accepted", [JUDGE_HARD] = "hard", [JUDGE_SOFT] = "soft", [JUDGE_RETRY] = "retry", [JUDGE_RELAY] = "relay"
	};

	return names[verdict];
}

bool
judge_class(const char *rule, enum judge_verdict *verdict)
{
	const struct judge_rule *r;

	if (strcmp(rule, TRY_LATER) == 0) {
		*verdict = JUDGE_RETRY;
		return true;
	}
	for (r = judge_table; r->name; r++)
		if (strcmp(r->name, rule) == 0) {
			*verdict = r->verdict;
			return true;
		}
	return false;
}

void
judge_classes(enum judge_verdict verdict, const char **out, size_t size)
{
	const struct judge_rule *r;
	size_t n = 0, i;

	for (r = judge_table; r->name && n + 1 < size; r++) {
		for (i = 0; i < n && strcmp(out[i], r->name) != 0; i++)
			;
		if (i == n && r->verdict == verdict)
			out[n++] = r->name;
	}
	out[n] = NULL;
}

const char *
judge_pace_name(enum judge_pace pace)
{
	static const char *const names[] = {
		[JUDGE_PACE_NONE] = "none",
		[JUDGE_PACE_RELAY_SLOW] = "relay",
		[JUDGE_PACE_DOMAIN_SLOW] = "domain",
		[JUDGE_PACE_RELAY_QUOTA] = "quota",
	};

	return names[pace];
}

/* What an address is made of, on both sides of its at sign: RFC 5321 atoms, dots, and anything that is not ASCII. */
static bool
is_local(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool
is_domain(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '-' || c == '.' || c == '_';
}

/* The length of an at sign at p, plain or as URLs and mail systems write it, or 0. */
static size_t
at_sign(const char *p)
{
	if (*p == '@')
		return 1;
	if ((*p == '%' || *p == '=' || *p == '+') && p[1] == '4' && p[2] == '0')
		return 3;
	return strncasecmp(p, "&#64;", 5) == 0 ? 5 : 0;
}

/* Where the local part that ends before `at` begins: a quoted string or a run of atoms. */
static const char *
local_start(const char *text, const char *at)
{
	const char *p = at;

	if (p > text && p[-1] == '"') {
		for (p--; p > text && p[-1] != '"'; p--)
			;
		if (p > text)
			return p - 1;
		p = at;
	}
	while (p > text && (is_local(p[-1]) || p[-1] == '@' || p[-1] == '"'))
		p--;
	return p;
}

/* Where the domain or address literal that begins at p ends. */
static const char *
domain_end(const char *p)
{
	const char *end;

	if (*p == '[' && (end = strchr(p, ']')) != NULL)
		return end + 1;
	for (end = p; is_domain(*end); end++)
		;
	while (end > p && (end[-1] == '.' || end[-1] == '-'))
		end--; /* the sentence's, not the name's */
	return end;
}

/* Whether what lies between looks like a domain: its last label begins as names do. */
static bool
has_name_end(const char *p, const char *end)
{
	const char *dot = memrchr(p, '.', (size_t)(end - p));

	return dot && (isalpha((unsigned char)dot[1]) || (unsigned char)dot[1] >= 0x80);
}

/*
 * Find the first address in the text at or after `from`. A written-out at sign
 * counts only before something that looks like a domain ("size=4096" is none).
 * The text may have been cut, so "<ann" at its very end is one as well.
 */
static bool
find_address(const char *text, const char *from, const char **start, const char **end)
{
	for (const char *p = from; *p; p++) {
		size_t at = at_sign(p);

		if (*p == '<' && p[1] && p[1 + strcspn(p + 1, " <>")] == '\0') {
			*start = p;
			*end = p + strlen(p);
			return true;
		}
		if (at == 0)
			continue;
		*start = local_start(from > text ? from : text, p);
		*end = domain_end(p + at);
		if (at > 1 && (*start == p || !has_name_end(p + at, *end)))
			continue;
		if (*start == p && *end == p + at)
			continue; /* an at sign that stands alone */
		if (*start > text && (*start)[-1] == '<' && **end == '>') {
			--*start;
			++*end;
		}
		return true;
	}
	return false;
}

/* Put the mark in place of [start, end) of a text in `size` bytes; returns where to go on. */
static char *
put_mark(char *text, size_t size, const char *start, const char *end, const char *with)
{
	const size_t mark = strlen(with);
	size_t where = (size_t)(start - text), rest = strlen(end);
	size_t keep = where + mark < size ? mark : size - 1 - where; /* what of the mark fits */
	size_t room = size - 1 - where - keep;

	if (rest > room)
		rest = text_cut(end, room);
	memmove(text + where + keep, end, rest);
	memcpy(text + where, with, keep);
	text[where + keep + rest] = '\0';
	return text + where + keep;
}

void
judge_redact(char *text, unsigned long size)
{
	const char *start, *end;
	char *at = text;

	while (size > 0 && find_address(text, at, &start, &end))
		at = put_mark(text, size, start, end, MARK);
}

static bool
in_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '_';
}

/* Put the mark in place of a word, or words, wherever they stand alone. */
static void
redact_word(char *text, size_t size, const char *word, const char *with)
{
	size_t n = strlen(word);
	char *at = text;

	while ((at = strcasestr(at, word))) {
		if ((at > text && in_word(at[-1])) || in_word(at[n]))
			at++;
		else
			at = put_mark(text, size, at, at + n, with);
	}
}

void
judge_redact_for(char *text, unsigned long size, const char *address)
{
	size_t n = strcspn(address, "@");
	char local[65];

	judge_redact(text, size);
	if (n < WORD_LEAST || n >= sizeof(local))
		return;
	memcpy(local, address, n);
	local[n] = '\0';
	redact_word(text, size, local, MARK);
}

void
judge_redact_name(char *text, unsigned long size, const char *name)
{
	const char *p = name, *end;
	char word[257];
	size_t n;

	if (strlen(name) >= sizeof(word))
		return; /* nobody can be called so: lib/store/subscriber.h */
	if (name[0] && size)
		redact_word(text, size, name, MARK_NAME);
	for (; *p && size; p = end) {
		for (end = p; in_word(*end); end++)
			continue;
		n = (size_t)(end - p);
		if (n >= WORD_LEAST) {
			memcpy(word, p, n);
			word[n] = '\0';
			redact_word(text, size, word, MARK_NAME);
		}
		if (!n)
			end++;
	}
}
