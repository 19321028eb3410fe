/*
 * name.c - see name.h.
 *
 * The name is folded first: to lower case, full-width forms to ASCII, all that looks
 * like a dot, slash or space to one, what nobody sees left out. Then labels that
 * are joined by a dot are looked at in pairs: "evil.com", "evil . com", "evil[.]com",
 * "evil dot com". Whether the second is an ending of domains decides, and how
 * the dot is written: "Joh. de Boer" has a space after it, "joh.de" none.
 */
#include "base/name.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

/* Endings that are no part of a name in any language. */
static const char sure[] = " com net org info biz ru xyz io onion online site website click shop casino bet \xd1\x80\xd1\x84 ";
/* Those that are: only where the dot has no space after it. */
static const char likely[] =
    " de uk fr it es nl pl eu us ch at cn me co be in is to cc tv ly gl gd su ua by kz br pw ws icu vip top club store live app dev tk ml ga cf gq ai "
    "gg im id ca au nz mx ar cl dk fi cz sk hu ro bg gr tr il ir jp kr hk tw th vn pk lt lv ee ie pt blog loan fun space tech pro buzz monster email ";
/* People's names: only where a path follows. */
static const char rare[] = " page link win cam work li la my ng no se sh st am fm wtf rest bar art world today ";
/* Words that are shortened with a dot before a name: "Dr.de Boer" is no domain. */
static const char titles[] =
    " dr prof med dent vet phil jur rer nat ing dipl mag lic st ste mr mrs ms mme mlle jr sr sra srta hr fr fra hno ma chr joh wm th geb dra ";

struct span {
	const char *s;
	size_t n;
};

/* How two labels are joined. */
struct joint {
	bool dot, spelled;  /* spelled: "[.]", "(dot)", " dot " */
	bool before, after; /* space */
};

enum fold {
	FOLD_KEEP,
	FOLD_DROP,
	FOLD_REFUSE,
	FOLD_TO, /* an ASCII character */
};

static const struct {
	uint32_t first, last;
	enum fold fold;
	char to; /* 0: the distance from `first`, after '!' */
} folds[] = {
	{ 0x00a0, 0x00a0, FOLD_TO, ' ' },
	{ 0x00ad, 0x00ad, FOLD_DROP, 0 },
	{ 0x00b7, 0x00b7, FOLD_TO, '.' },
	{ 0x034f, 0x034f, FOLD_DROP, 0 },
	{ 0x061c, 0x061c, FOLD_DROP, 0 },
	{ 0x180e, 0x180e, FOLD_DROP, 0 },
	{ 0x2000, 0x200a, FOLD_TO, ' ' },
	{ 0x200b, 0x200f, FOLD_DROP, 0 }, /* the joiners among them belong into Persian and Indic names */
	{ 0x2022, 0x2022, FOLD_TO, '.' },
	{ 0x2024, 0x2024, FOLD_TO, '.' },
	{ 0x2027, 0x2027, FOLD_TO, '.' },
	{ 0x2028, 0x202e, FOLD_REFUSE, 0 }, /* line ends, and marks that turn the text around them */
	{ 0x202f, 0x202f, FOLD_TO, ' ' },
	{ 0x2044, 0x2044, FOLD_TO, '/' },
	{ 0x205f, 0x205f, FOLD_TO, ' ' },
	{ 0x2060, 0x2064, FOLD_DROP, 0 },
	{ 0x2066, 0x206f, FOLD_REFUSE, 0 },
	{ 0x2215, 0x2215, FOLD_TO, '/' },
	{ 0x2236, 0x2236, FOLD_TO, ':' },
	{ 0x24b6, 0x24e9, FOLD_REFUSE, 0 }, /* letters in circles */
	{ 0x3000, 0x3000, FOLD_TO, ' ' },
	{ 0x3002, 0x3002, FOLD_TO, '.' },
	{ 0x30fb, 0x30fb, FOLD_TO, '.' },
	{ 0xa789, 0xa789, FOLD_TO, ':' },
	{ 0xfe00, 0xfe0f, FOLD_DROP, 0 },
	{ 0xfe52, 0xfe52, FOLD_TO, '.' },
	{ 0xfe55, 0xfe55, FOLD_TO, ':' },
	{ 0xfe6b, 0xfe6b, FOLD_TO, '@' },
	{ 0xfeff, 0xfeff, FOLD_DROP, 0 },
	{ 0xff01, 0xff5e, FOLD_TO, 0 }, /* full-width ASCII */
	{ 0xff61, 0xff61, FOLD_TO, '.' },
	{ 0x1d400, 0x1d7ff, FOLD_REFUSE, 0 }, /* mathematical letters */
	{ 0x1f110, 0x1f189, FOLD_REFUSE, 0 }, /* letters in squares */
};

/* Fold well-formed UTF-8 of at most NAME_BYTES; -1 when it holds what no name does. */
static int
fold(char out[NAME_BYTES + 1], const char *name)
{
	size_t left = strlen(name), n, i;
	uint32_t c;

	for (; left; name += n, left -= n) {
		n = 1;
		if ((unsigned char)*name < 0x80) { /* nothing of the table is ASCII */
			*out++ = *name;
			continue;
		}
		n = text_sequence(name, left);
		c = text_code_point(name, n);
		for (i = 0; i < sizeof(folds) / sizeof(folds[0]) && (c < folds[i].first || c > folds[i].last); i++)
			;
		if (i == sizeof(folds) / sizeof(folds[0])) {
			memcpy(out, name, n);
			out += n;
		} else if (folds[i].fold == FOLD_REFUSE) {
			return -1;
		} else if (folds[i].fold == FOLD_TO) {
			*out++ = folds[i].to ? folds[i].to : (char)('!' + (int)(c - folds[i].first));
		}
	}
	*out = '\0';
	return 0;
}

static bool
is_in(const char *list, struct span word)
{
	const char *at = list;

	for (; (at = memmem(at, strlen(at), word.s, word.n)); at++)
		if (at[-1] == ' ' && at[word.n] == ' ') /* each list begins and ends with one, and no word holds any */
			return true;
	return false;
}

static bool
is_label(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* Whether two labels that a dot joins are read as a domain; `next` is what follows. */
static bool
is_domain(struct span first, struct span second, struct joint j, char next)
{
	bool is_sure = is_in(sure, second), is_likely = is_in(likely, second);

	if (next == '/' && !j.after && (is_sure || is_likely || is_in(rare, second)))
		return true;
	if (j.spelled)
		return is_sure || is_likely;
	if (first.n == 1) /* "B.Com" is a degree, and "M.de Boer" somebody */
		return is_sure && !(second.n == 3 && memcmp(second.s, "com", 3) == 0);
	if (is_sure)
		return true;
	return is_likely && (j.before || !j.after) && !is_in(titles, first);
}

/* What stands between two labels: returns where it ends. */
static const char *
read_joint(struct joint *j, const char *p)
{
	static const char *const spelled[] = { "[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}" };
	size_t i;

	for (; *p == ' '; p++)
		*(j->dot ? &j->after : &j->before) = true;
	for (i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++)
		if (strncmp(p, spelled[i], strlen(spelled[i])) == 0) {
			j->dot = j->spelled = true;
			return p + strlen(spelled[i]);
		}
	if (*p == '.') {
		j->dot = true;
		return p + 1;
	}
	return p;
}

static bool
is_number(struct span label)
{
	size_t i;

	for (i = 0; i < label.n && label.s[i] >= '0' && label.s[i] <= '9'; i++)
		;
	return label.n && i == label.n;
}

static bool
holds_domain(const char *p)
{
	struct span first = { NULL, 0 }, second;
	struct joint j = { 0 };
	const char *end;
	int numbers = 0;

	while (*p) {
		for (end = p; is_label(*end); end++)
			;
		if (end == p) {
			end = read_joint(&j, p);
			if (end == p) { /* something else: the labels around it have nothing to do with each other */
				first.n = 0;
				numbers = 0;
				j = (struct joint){ 0 };
				end++;
			}
			p = end;
			continue;
		}
		second = (struct span){ p, (size_t)(end - p) };
		p = end;
		if (!j.dot && j.before && first.n && second.n == 3 && memcmp(second.s, "dot", 3) == 0) {
			j.dot = j.spelled = true;
			continue;
		}
		if (j.dot && first.n && is_domain(first, second, j, *end))
			return true;
		numbers = !is_number(second) ? 0 : j.dot && !j.before && !j.after ? numbers + 1
										  : 1;
		if (numbers == 4) /* an IPv4 address */
			return true;
		first = second;
		j = (struct joint){ 0 };
	}
	return false;
}

int
name_check(const char *name, struct err *e)
{
	static const char *const marks[] = { "//", ":/", "www", "http", "hxxp", "ftp:", "mailto:", "<", ">", "@" };
	char folded[NAME_BYTES + 1];
	size_t n = strlen(name), i;

	if (n > NAME_BYTES)
		return err_set(e, ERR_INPUT, "the name is too long: at most %d bytes", NAME_BYTES);
	if (!text_is_utf8(name, n) || text_has_control(name, n, ""))
		return err_set(e, ERR_INPUT, "the name must be one line of text in UTF-8");
	if (fold(folded, name) == -1)
		return err_set(e, ERR_INPUT, "the name must be written in ordinary letters");
	text_lower(folded);
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(folded, marks[i]))
			return err_set(e, ERR_INPUT, "the name must not hold a link or an address");
	if (holds_domain(folded))
		return err_set(e, ERR_INPUT, "the name must not hold a link or an address");
	return 0;
}
