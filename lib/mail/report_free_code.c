/*
 * report_free_code.c - the codes of SMTP replies (RFC 5321 4.2, RFC 3463) in a line that people may have written.
 */
#include <ctype.h>
#include <string.h>

#include "mail/report_free_private.h"

/* "5.1.1" at s: its length, or 0. What stands around it must be no part of a number, an IP address or a version. */
static size_t
enhanced_at(const char *s, size_t n, bool first)
{
	size_t i = 1;

	if (n < 5 || (*s != '4' && *s != '5') || s[1] != '.' || (!first && (isalnum((unsigned char)s[-1]) || s[-1] == '.')))
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;

		if (i >= n || s[i] != '.')
			return 0;
		i++;
		while (i < n && isdigit((unsigned char)s[i]) && digits < 4)
			i++, digits++;
		if (digits == 0 || digits > 3)
			return 0;
	}
	if (i < n && (isdigit((unsigned char)s[i]) || (s[i] == '.' && i + 1 < n && isdigit((unsigned char)s[i + 1]))))
		return 0;
	return i;
}

/* Whether what stands before a number of three digits at low + i makes something else of it. */
static bool
is_other_before(const char *low, size_t i)
{
	unsigned char c;

	if (i == 0)
		return false;
	c = (unsigned char)low[i - 1];
	if (isalnum(c) || c == '_' || c >= 0x80)
		return true;
	return free_ends("port |line |size |id |at |#|/|.|,|$|-|+|=", low, i) &&
	    !free_ends("code: #|smtp-|error-|code=|error=|error #|code #|smtp #|- #|(#|[#| #", low, i);
}

/* … and what stands behind it, `n` bytes. `inside`: it does not begin its line. */
static bool
is_other_behind(const char *s, size_t n, bool inside)
{
	static const char counted[] =
	    " bytes| kb| mb| message| second| minute| hour| day| mail| times| recipient| people| user| subscriber| %";
	bool digit = n > 1 && isdigit((unsigned char)s[1]);

	if (n == 0)
		return false;
	if (!strchr(" -\t:;,.')]\">=#(/", *s) || ((*s == '.' || *s == ':') && digit))
		return true;
	if (*s == '-' && digit && enhanced_at(s + 1, n - 1, true) == 0)
		return true;
	for (const char *w = counted; inside && *w;) { /* "500 messages" */
		size_t k = strcspn(w, "|");

		if (n >= k && memcmp(s, w, k) == 0)
			return true;
		w += k + (w[k] == '|');
	}
	return false;
}

/* A bare number in a sentence is no code: it begins the line or a quotation, or stands behind a sign or a word that announces it. */
static bool
is_announced(const char *low, size_t n, size_t i)
{
	static const char words[] =
	    "said|error|code|reply|response|returned|with|smtp|status|reason|answered|says|was|server|failed|transcript";
	const char *behind = low + i + 4;
	size_t rest = n > i + 4 ? n - i - 4 : 0;

	if (i == 0 || !isspace((unsigned char)low[i - 1]))
		return true;
	while (i > 0 && isspace((unsigned char)low[i - 1]))
		i--;
	return i == 0 || strchr(":<>-=;\"'([#*|,", low[i - 1]) ||
	    free_ends(words, low, i) || (rest > 0 && enhanced_at(behind, rest, true) > 0);
}

/* "550" at low + i as a reply's code: three digits by themselves, and not a count, a port or a time. */
static bool
code_at(const char *low, size_t n, size_t i)
{
	const char *s = low + i;

	if (n - i < 3 || !isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2]))
		return false;
	if (!(*s == '4' && s[1] >= '2' && s[1] <= '7') && !(*s == '5' && s[1] <= '7'))
		return false;
	return !is_other_before(low, i) && !is_other_behind(s + 3, n - i - 3, i >= 4) && is_announced(low, n, i);
}

enum free_grade
free_codes(const char *low, size_t n, int *code, char enhanced[12])
{
	*code = 0;
	memset(enhanced, 0, 12);
	for (size_t i = 0; i < n && (*code == 0 || !*enhanced); i++) {
		size_t k;

		if (low[i] != '4' && low[i] != '5')
			continue;
		if (!*enhanced && (k = enhanced_at(low + i, n - i, i == 0)) > 0 && k < 12) {
			memcpy(enhanced, low + i, k);
			enhanced[k] = '\0';
			i += k;
		} else if (*code == 0 && code_at(low, n, i)) {
			*code = (low[i] - '0') * 100 + (low[i + 1] - '0') * 10 + (low[i + 2] - '0');
			i += 2;
		}
	}
	return *code && *enhanced ? FREE_CODES : *code || *enhanced ? FREE_CODE
								    : FREE_SILENT;
}
