/* lint_subject.c - what a subject looks like in an inbox; for lint.c. */
#include <string.h>
#include <strings.h>

#include "base/slot.h"
#include "base/text.h"
#include "content/lint_private.h"

#define CAPITALS 8 /* letters of a subject that can be called loud: shorter ones are names, ADHD */

/* The subject as somebody sees whose name is not known. */
static void
fill(struct buf *out, const char *s)
{
	const char *start, *end, *bar;

	while ((start = strchr(s, SLOT_START)) && (end = strchr(start, SLOT_END))) {
		buf_add(out, s, (size_t)(start - s));
		bar = memchr(start, '|', (size_t)(end - start));
		if (bar)
			buf_add(out, bar + 1, (size_t)(end - bar - 1));
		s = end + 1;
	}
	buf_addstr(out, s);
}

/* Pictures, and the signs that stand as badges of being genuine. */
static bool
is_emoji(uint32_t c)
{
	return (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x2600 && c <= 0x27bf) || c == 0x203c || c == 0x2049 || c == 0x2b50 || c == 0x2b55;
}

/* 1 for a capital, -1 for a small letter, of ASCII, Latin-1, Greek and Cyrillic. */
static int
letter_case(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x400 && c <= 0x42f))
		return 1;
	if ((c >= 'a' && c <= 'z') || (c >= 0xdf && c <= 0xff && c != 0xf7) || (c >= 0x3b1 && c <= 0x3c9) || (c >= 0x430 && c <= 0x45f))
		return -1;
	return 0;
}

static void
check_signs(struct lint *l, const char *s, size_t n)
{
	size_t len, capitals = 0, small = 0, marks = 0, run = 0;
	bool emoji = false, runs = false;
	uint32_t c;

	for (; n && (len = text_sequence(s, n)); s += len, n -= len) {
		c = text_code_point(s, len);
		emoji = emoji || is_emoji(c);
		capitals += letter_case(c) == 1;
		small += letter_case(c) == -1;
		marks += c == '!';
		run = c == '!' || c == '?' ? run + 1 : 0;
		runs = runs || (run > 1 && marks);
	}
	if (capitals >= CAPITALS && !small)
		lint_add(l, LINT_WARNING, "subject-capitals", "subject", "all in capitals: filters and readers take it for shouting");
	if (runs || marks > 2)
		lint_add(l, LINT_WARNING, "subject-exclamation", "subject", "a row of exclamation marks: filters count them");
	if (emoji)
		lint_add(l, LINT_WARNING, "subject-emoji", "subject", "an emoji: Gmail takes it for a false badge; write words");
}

/* "Re:", "Fwd:" and what mail programs of other languages write, as if there had been a mail before. */
static void
check_prefix(struct lint *l, const char *s)
{
	static const char *const prefixes[] = { "re:", "fwd:", "fw:", "aw:", "wg:", "rv:", "tr:", "sv:" };
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncasecmp(s, prefixes[i], strlen(prefixes[i])) == 0)
			lint_add(l, LINT_WARNING, "subject-reply", "subject", "begins with \"%.*s\" and answers nothing: leave it out",
			    (int)strlen(prefixes[i]), s);
}

void
lint_subject(struct lint *l, const struct lint_mail *m)
{
	struct buf b = BUF_INIT;
	const char *s;
	size_t n;

	fill(&b, m->subject);
	s = b.data + strspn(b.data, " \t");
	n = text_length(s, strlen(s));
	if (!n)
		lint_add(l, LINT_ERROR, "subject-empty", "subject", "it is empty");
	if (n > LINT_SUBJECT)
		lint_add(l, LINT_WARNING, "subject-length", "subject", "%zu characters: inboxes show about %d", n, LINT_SUBJECT);
	check_prefix(l, s);
	check_signs(l, s, strlen(s));
	lint_words(l, m, s, strlen(s), "subject");
	buf_release(&b);
}
