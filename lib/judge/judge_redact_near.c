/* judge_redact_near.c - where a person's name stands beside their address, as mail programs write it. See judge_redact.h. */
#include "judge/judge_redact.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WORDS_MOST 5 /* of a name */
#define WORD_MOST 40 /* bytes */
#define PART_LEAST 3 /* a shorter word may stand in a local part by chance */
#define QUOTED_MOST 120

/* What replies put before or behind an address, and is nobody's name. */
static const char words[] =
    " a access account action address bounce bounced cannot could delivery denied destination diagnostic "
    "does domain email envelope error failed failure final for from full greylisted group have host http "
    "in inactive invalid is it mail mailbox mailer message mx no not of on or original over please policy "
    "quota rcpt receiver recipient recipients refused reject rejected relay relaying remote reply "
    "reported return rewritten sender sent server smtp sorry spam spf state status temporary that the "
    "this to too transaction unable unavailable undeliverable unknown unrouteable user verify via was we "
    "with you your ";

static bool
in_name(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80 || c == '\'' || c == '-' || c == '.';
}

static bool
is_word_of_replies(const char *word, size_t n)
{
	char wanted[WORD_MOST + 3];
	size_t i;

	while (n && (word[n - 1] == '.' || word[n - 1] == '-'))
		n--;
	snprintf(wanted, sizeof(wanted), " %.*s ", (int)n, word);
	for (i = 0; wanted[i]; i++)
		wanted[i] = (char)tolower((unsigned char)wanted[i]);
	return strstr(words, wanted) != NULL;
}

/* Whether a word may be of a name: it begins as names do, or stands in the address [start, end) itself. */
static bool
is_of_name(const char *word, size_t n, const char *start, const char *end)
{
	const char *p;

	if (n == 0 || n > WORD_MOST || is_word_of_replies(word, n))
		return false;
	if (isupper((unsigned char)word[0]) || (unsigned char)word[0] >= 0x80)
		return true;
	for (p = start; n >= PART_LEAST && p + n <= end && *p != '@'; p++)
		if (strncasecmp(p, word, n) == 0)
			return true;
	return false;
}

const char *
judge_name_before(const char *from, const char *start, const char *end, const char **name_end)
{
	const char *p = start, *word, *name = NULL;
	int n;

	while (p > from && p[-1] == ' ')
		p--;
	*name_end = p;
	if (p > from && p[-1] == '"') {
		for (word = p - 1; word > from && word[-1] != '"' && p - word < QUOTED_MOST; word--)
			;
		return word > from && word[-1] == '"' && p - word > 1 ? word - 1 : NULL;
	}
	for (n = 0; n < WORDS_MOST; n++) {
		for (word = p; word > from && in_name(word[-1]); word--)
			;
		if ((word > from && word[-1] != ' ' && word[-1] != '(' && word[-1] != ',' && word[-1] != ':') ||
		    !is_of_name(word, (size_t)(p - word), start, end))
			break;
		name = word;
		for (p = word; p > from && (p[-1] == ' ' || p[-1] == ','); p--)
			;
	}
	return name;
}

const char *
judge_name_behind(const char *start, const char *end, const char **name_end)
{
	const char *p = end + strspn(end, " "), *word;
	size_t between;
	int n = 0;

	if (*p != '(')
		return NULL;
	for (p++; n < WORDS_MOST; n++) {
		for (word = p; in_name(*p); p++)
			;
		if (!is_of_name(word, (size_t)(p - word), start, end))
			return NULL;
		*name_end = p;
		between = strspn(p, " ,");
		if (p[between] == ')' || !p[between])
			return end + strspn(end, " ") + 1;
		if (!between)
			return NULL;
		p += between;
	}
	return NULL;
}
