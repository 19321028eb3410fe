/* report_found.c - one recipient of a report: codes read from the words, judged, redacted, kept; see report_private.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/report_private.h"

#define TEXT_JUDGED 2048

static bool
is_code(const char *p)
{
	return (*p == '4' || *p == '5') && p[1] >= '0' && p[1] <= '7' && isdigit((unsigned char)p[2]) && !isalnum((unsigned char)p[3]) &&
	    p[3] != '.' && p[3] != '/' && p[3] != '@';
}

static int
code_at(const char *p)
{
	return (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

int
report_code_in(const char *text)
{
	const char *p = text + strspn(text, " #<\"'([{:"), *said;

	if (is_code(p))
		return code_at(p);
	for (said = text; (said = strcasestr(said, "said:"));) {
		said += 5;
		p = said + strspn(said, " #<\"'([");
		if (is_code(p))
			return code_at(p);
	}
	/* Elsewhere a number that something follows as in a reply: "error 550 5.1.1", "SMTP; 550-no such user", "<<< 550 …". */
	for (p = text; *p; p++)
		if (is_code(p) && (p == text || strchr(" ;:#(<[\"'=,", p[-1])) &&
		    (p[3] == ' ' || p[3] == '-' || p[3] == '\0' || p[3] == ')' || p[3] == ',') &&
		    !(p > text + 3 && strncasecmp(p - 4, "port", 4) == 0))
			return code_at(p);
	return 0;
}

bool
report_enhanced_in(const char *text, char out[12])
{
	for (const char *p = text; *p; p++) {
		const char *q = p + 2;
		size_t a, b;

		if ((*p != '4' && *p != '5') || p[1] != '.' ||
		    (p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '.' || p[-1] == '_')))
			continue;
		a = strspn(q, "0123456789");
		if (a < 1 || a > 3 || q[a] != '.')
			continue;
		b = strspn(q + a + 1, "0123456789");
		q += a + 1 + b;
		if (b < 1 || b > 3 || isalpha((unsigned char)*q) || (*q == '.' && isdigit((unsigned char)q[1])))
			continue;
		memcpy(out, p, (size_t)(q - p));
		out[q - p] = '\0';
		return true;
	}
	out[0] = '\0';
	return false;
}

/* "5.0.0" and the like say no more than that it failed. */
static bool
is_generic(const char *enhanced)
{
	size_t n = strlen(enhanced);

	return n < 5 || strcmp(enhanced + 1, ".0.0") == 0;
}

/* What was found, with the text as it may be kept. */
static void
fill(struct report_recipient *to, const struct report_found *f)
{
	memset(to, 0, sizeof(*to));
	text_copy(to->address, sizeof(to->address), f->address);
	text_copy(to->original, sizeof(to->original), f->original);
	snprintf(to->server, sizeof(to->server), "%s", f->server);
	report_text_line(to->server);
	snprintf(to->text, sizeof(to->text), "%s", f->text[0] ? f->text : f->words);
	report_text_line(to->text);
	judge_redact_for(to->text, sizeof(to->text), to->address);
	judge_redact_for(to->text, sizeof(to->text), to->original);
	report_text_line(to->text);
	to->code = f->code;
	snprintf(to->enhanced, sizeof(to->enhanced), "%s", f->enhanced);
}

/*
 * Whether a second word about a recipient takes the place of the first: a failure that of a delay, and a named reason for which the address
 * may be healthy that of a dead one. An alias with several people behind it is reported so, and not all of them are gone.
 */
static bool
replaces(const struct report_recipient *after, const struct report_recipient *before)
{
	if (before->trying != after->trying)
		return before->trying;
	return before->class == REPORT_HARD && after->class == REPORT_SOFT && strcmp(after->rule, JUDGE_NO_REASON) != 0;
}

static void
put(struct report *r, const struct report_recipient *to)
{
	for (int i = 0; i < r->recipients; i++)
		if (strcasecmp(r->recipient[i].address, to->address) == 0) {
			if (replaces(to, &r->recipient[i]))
				r->recipient[i] = *to;
			return;
		}
	if (r->recipients == REPORT_RECIPIENTS) {
		r->more = true;
		return;
	}
	if (r->recipients % 8 == 0)
		r->recipient = xrealloc(r->recipient, ((size_t)r->recipients + 8) * sizeof(*r->recipient));
	r->recipient[r->recipients++] = *to;
}

void
report_add(struct report *r, const struct report_found *f, enum report_class class)
{
	struct report_recipient to;

	fill(&to, f);
	to.class = class;
	put(r, &to);
}

void
report_add_delayed(struct report *r, const struct report_found *f)
{
	struct report_recipient to;

	fill(&to, f);
	to.trying = true;
	to.class = REPORT_SOFT;
	if (!to.code)
		to.code = report_code_in(f->text);
	if (!to.enhanced[0])
		report_enhanced_in(f->text, to.enhanced);
	put(r, &to);
}

/* What the judge makes of it: class, rule and codes of *to, which fill() has begun. */
static void
judge_found(struct report_recipient *to, const struct report_found *f)
{
	char text[TEXT_JUDGED], enhanced[12];
	struct judge_in in = { .from_relay = false, .stage = JUDGE_AT_BOUNCE, .final = true, .text = text, .server = f->server };
	struct judge_out out;

	snprintf(text, sizeof(text), "%s%s%s", f->text, f->text[0] && f->words[0] ? " " : "", f->words);
	if (!to->code)
		to->code = report_code_in(f->text);
	if (!to->code)
		to->code = report_code_in(f->words);
	/* The code beside the words tells more than what a gateway made of it, unless it is generic. */
	if ((report_enhanced_in(f->text, enhanced) || report_enhanced_in(f->words, enhanced)) &&
	    (!is_generic(enhanced) || !to->enhanced[0]))
		memcpy(to->enhanced, enhanced, sizeof(enhanced));
	in.code = to->code;
	in.enhanced = to->enhanced;
	out = judge_reply(&in);
	to->class = out.verdict == JUDGE_HARD ? REPORT_HARD : REPORT_SOFT;
	snprintf(to->rule, sizeof(to->rule), "%s", out.rule);
}

bool
report_says_why(const struct report_found *f)
{
	struct report_recipient to;

	fill(&to, f);
	judge_found(&to, f);
	return strcmp(to.rule, JUDGE_NO_REASON) != 0 || !is_generic(to.enhanced);
}

void
report_add_judged(struct report *r, const struct report_found *f)
{
	struct report_recipient to;

	fill(&to, f);
	judge_found(&to, f);
	put(r, &to);
}
