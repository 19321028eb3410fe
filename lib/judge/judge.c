/* judge.c - see judge.h; the rules are in judge_table.c. */
#include "judge/judge.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "judge/judge_table.h"
#include "judge/judge_text.h"
#include "judge/judge_words.h"

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

/* What the rules are compared with. */
struct facts {
	unsigned where;
	int code;
	const char *enhanced, *server;
	struct judge_rows rows; /* whose words stand in what is judged: what the last speaker said */
	struct judge_rows all;  /* … in the whole text, whoever spoke */
};

static bool
rule_matches(size_t row, const struct facts *f)
{
	const struct judge_rule *rule = &judge_table[row];

	return (rule->where & f->where) && code_matches(rule->codes, f->code) && enhanced_matches(rule->enhanced, f->enhanced) &&
	    words_match(rule->server, f->server) &&
	    (!rule->words[0] || judge_rows_have(rule->where & WHERE_WHOLE ? &f->all : &f->rows, row));
}

/* The first rule that matches; the last one matches everything. */
static const struct judge_rule *
find_rule(const struct facts *f)
{
	size_t row = 0;

	while (!rule_matches(row, f))
		row++;
	return &judge_table[row];
}

/* Whether an enhanced code says no more than the first digit does. */
static bool
is_generic(const char *enhanced)
{
	return !enhanced[0] || strcmp(enhanced + 1, ".0.0") == 0;
}

/* What a relay says itself: its own codes come with it. */
static const struct judge_rule *
judge_spoken(struct facts *f, const struct judge_text *t)
{
	if (!f->enhanced[0])
		f->enhanced = t->hashed;
	f->rows = f->all;
	return find_rule(f);
}

/*
 * What came back, or is quoted: the last who spoke is believed, codes and all. Who adds nothing to judge by
 * ("… said: 550") leaves it to those before, and to the codes that the report gives.
 */
static const struct judge_rule *
judge_quoted(struct facts *f, const struct judge_text *t)
{
	const struct judge_rule *rule;
	const char *given = f->enhanced;

	if (t->enhanced[0] && (is_generic(given) || !is_generic(t->enhanced)) && t->enhanced[0] != '2')
		f->enhanced = t->enhanced;
	else if (t->code && strcmp(given, "5.1.3") == 0)
		f->enhanced = given = ""; /* Sendmail makes that of any 553, and most of those are about the sender */
	if (is_generic(f->enhanced) && t->hashed[0])
		f->enhanced = t->hashed;
	if (!f->code)
		f->code = t->code / 100 == 2 ? 0 : t->code;
	rule = find_rule(f);
	if (rule[1].name || t->last == t->words)
		return rule;
	f->rows = f->all;
	if (!is_generic(given))
		f->enhanced = given;
	return find_rule(f);
}

/*
 * What a reply that was temporary comes to. Where nobody tries it again, what says in plain words after days that there is no such
 * user or domain is as good as final (Postfix says 450 for both when told to be careful); a code alone is not.
 */
static enum judge_verdict
temporary_verdict(const struct judge_rule *rule, bool final)
{
	if (!final)
		return JUDGE_RETRY;
	return rule->verdict == JUDGE_HARD && rule->words[0] ? JUDGE_HARD : JUDGE_SOFT;
}

struct judge_out
judge_reply(const struct judge_in *in)
{
	struct facts f = { .where = where_of(in), .code = in->code, .enhanced = in->enhanced, .server = in->server ? in->server : "" };
	const struct judge_rule *rule;
	struct judge_out out = { 0 };
	struct judge_text t;
	bool temporary, ours = f.where != WHERE_BOUNCE && f.where != WHERE_QUOTED;

	judge_text_read(&t, in->text);
	judge_words_find(t.words, 0, (size_t)(t.last - t.words), &f.all);
	judge_words_find(t.words, (size_t)(t.last - t.words), sizeof(t.words), &f.rows);
	for (size_t k = 0; k < JUDGE_ROWS / 64; k++) {
		f.all.bits[0][k] |= f.rows.bits[0][k];
		f.all.bits[1][k] |= f.rows.bits[1][k];
	}
	rule = ours ? judge_spoken(&f, &t) : judge_quoted(&f, &t);
	/* A report's own status may be that it was given up ("5.4.7") for what the server put off until then, and the other way round. */
	temporary = in->code ? in->code / 100 == 4 : in->enhanced[0] ? in->enhanced[0] == '4'
								     : f.code / 100 == 4;
	out.verdict = rule->verdict;
	out.rule = rule->name;
	if (temporary && (out.verdict == JUDGE_HARD || out.verdict == JUDGE_SOFT)) {
		out.verdict = temporary_verdict(rule, in->final && f.where == WHERE_BOUNCE);
		if (!rule[1].name)
			out.rule = TRY_LATER;
	}
	if (f.where == WHERE_BOUNCE || (out.verdict != JUDGE_RETRY && out.verdict != JUDGE_RELAY))
		return out;
	out.pace = rule->pace;
	out.hold = rule->hold;
	if (f.where == WHERE_QUOTED && out.verdict == JUDGE_RETRY && out.pace == JUDGE_PACE_RELAY_SLOW)
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
