/*
 * addr.c - see addr.h.
 *
 * The local part is kept as typed: only its owner's server may fold its case.
 * The domain goes through IDNA2008 with the mapping of UTS 46 (what people type
 * is upper case and full-width now and then) and is then checked octet by octet,
 * so that nothing depends on what libidn2 lets pass.
 */
#include "mail/addr.h"

#include <idn2.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"

#define LOCAL_MAX 64
#define DOMAIN_MAX 253
#define LABEL_MAX 63
#define TYPED_MAX 1024 /* a domain typed in UTF-8 may shrink in A-labels, but not from more than this */

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* atext of RFC 5322 3.2.3, widened to UTF-8 by RFC 6532 3.2. */
static bool
is_atext(char c)
{
	return is_alnum(c) || (unsigned char)c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

enum odd {
	ODD_NONE,
	ODD_UNSEEN, /* comes along when an address is pasted, and nobody sees it; or is no character at all */
	ODD_WIDE,   /* full-width ASCII: looks like the letter and is another */
};

static const struct {
	uint32_t first, last;
	enum odd odd;
} odds[] = {
	{ 0x00a0, 0x00a0, ODD_UNSEEN }, /* no-break space */
	{ 0x00ad, 0x00ad, ODD_UNSEEN }, /* soft hyphen */
	{ 0x034f, 0x034f, ODD_UNSEEN }, /* grapheme joiner */
	{ 0x061c, 0x061c, ODD_UNSEEN }, /* Arabic letter mark */
	{ 0x115f, 0x1160, ODD_UNSEEN }, /* Hangul fillers */
	{ 0x1680, 0x1680, ODD_UNSEEN }, /* Ogham space */
	{ 0x17b4, 0x17b5, ODD_UNSEEN }, /* Khmer inherent vowels */
	{ 0x180b, 0x180f, ODD_UNSEEN }, /* Mongolian selectors */
	{ 0x2000, 0x200f, ODD_UNSEEN }, /* spaces, joiners, direction marks */
	{ 0x2028, 0x202f, ODD_UNSEEN }, /* line ends, direction overrides */
	{ 0x205f, 0x206f, ODD_UNSEEN }, /* invisible operators, direction isolates */
	{ 0x2800, 0x2800, ODD_UNSEEN }, /* Braille blank */
	{ 0x3000, 0x3000, ODD_UNSEEN }, /* ideographic space */
	{ 0x3164, 0x3164, ODD_UNSEEN }, /* Hangul filler */
	{ 0xe000, 0xf8ff, ODD_UNSEEN }, /* private use */
	{ 0xfdd0, 0xfdef, ODD_UNSEEN }, /* noncharacters */
	{ 0xfe00, 0xfe0f, ODD_UNSEEN }, /* variation selectors */
	{ 0xfeff, 0xfeff, ODD_UNSEEN }, /* byte order mark */
	{ 0xff01, 0xff5e, ODD_WIDE },
	{ 0xfe52, 0xfe52, ODD_WIDE },      /* small full stop */
	{ 0xfe6b, 0xfe6b, ODD_WIDE },      /* small @ */
	{ 0xff61, 0xff61, ODD_WIDE },      /* half-width ideographic full stop */
	{ 0xffa0, 0xffa0, ODD_UNSEEN },    /* Hangul filler */
	{ 0xfff0, 0xffff, ODD_UNSEEN },    /* annotation marks, replacement character, noncharacters */
	{ 0xe0000, 0x10ffff, ODD_UNSEEN }, /* tags, selectors, private use */
};

/* Whether well-formed UTF-8 holds a character of that kind. */
static bool
holds(const char *s, size_t n, enum odd odd)
{
	size_t len, i;
	uint32_t c;

	for (; n; s += len, n -= len) {
		len = 1;
		if ((unsigned char)*s < 0x80) /* nothing of the table is ASCII */
			continue;
		len = text_sequence(s, n);
		c = text_code_point(s, len);
		for (i = 0; i < sizeof(odds) / sizeof(odds[0]); i++)
			if (c >= odds[i].first && c <= odds[i].last && odds[i].odd == odd)
				return true;
	}
	return false;
}

static int
check_local(const char *s, size_t n, struct err *e)
{
	size_t i;

	if (!n)
		return err_set(e, ERR_INPUT, "there is nothing before the @");
	if (holds(s, n, ODD_WIDE))
		return err_set(e, ERR_INPUT, "it is written in full-width characters: type it in ordinary ones");
	if (n > LOCAL_MAX)
		return err_set(e, ERR_INPUT, "the part before the @ is longer than %d characters", LOCAL_MAX);
	for (i = 0; i < n; i++) {
		if (s[i] == '.') {
			if (i == 0 || i == n - 1 || s[i + 1] == '.')
				return err_set(e, ERR_INPUT, "a dot stands at the start or end of the part before the @, or twice");
		} else if (is_space(s[i])) {
			return err_set(e, ERR_INPUT, "there is a space in the address");
		} else if (!is_atext(s[i])) {
			return err_set(e, ERR_INPUT, "the part before the @ holds a character that no address has: %c", s[i]);
		}
	}
	return 0;
}

/* The domain as A-labels: letters, digits, hyphens; RFC 5321 4.1.2 and the last label no number (RFC 3696 2). */
static int
check_domain(const char *s, struct err *e)
{
	size_t n, labels = 0;
	bool letter = false;

	if (!*s || strlen(s) > DOMAIN_MAX)
		return err_set(e, ERR_INPUT, "the domain after the @ is empty or too long");
	for (;; s += n + 1) {
		size_t i;

		n = strcspn(s, ".");
		if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
			return err_set(e, ERR_INPUT, "the domain after the @ is not written as a domain is");
		for (i = 0, letter = false; i < n; i++) {
			if (!is_alnum(s[i]) && s[i] != '-')
				return err_set(e, ERR_INPUT, "the domain after the @ holds a character that no domain has");
			letter = letter || s[i] > '9';
		}
		labels++;
		if (!s[n])
			break;
	}
	if (labels < 2)
		return err_set(e, ERR_INPUT, "the domain after the @ is not complete: its ending (.com, .org, …) is missing");
	if (!letter)
		return err_set(e, ERR_INPUT, "the domain after the @ ends in a number");
	return 0;
}

/* Fill *a from a local part and a domain that is final; all checks are done. */
static int
fill(struct addr *a, const char *local, size_t n, const char *domain, struct err *e)
{
	size_t domain_len = strlen(domain), i;

	if (n + 1 + domain_len >= ADDR_MAX)
		return err_set(e, ERR_INPUT, "the address is longer than %d characters", ADDR_MAX - 1);
	memcpy(a->text, local, n);
	a->text[n] = '@';
	memcpy(a->text + n + 1, domain, domain_len + 1);
	text_lower(a->text + n + 1);
	a->domain = a->text + n + 1;
	memcpy(a->key, a->text, n + 1 + domain_len + 1);
	text_lower(a->key);
	a->smtputf8 = false;
	for (i = 0; i < n; i++)
		a->smtputf8 = a->smtputf8 || (unsigned char)local[i] >= 0x80;
	return 0;
}

/*
 * Whether a domain has to go through IDNA. One of ASCII without an A-label does not, and must not: libidn2 would refuse those with
 * two hyphens as their third and fourth character, of which some were registered before IDNA reserved them.
 */
static bool
is_international(const char *domain)
{
	const char *label;
	size_t i;

	for (i = 0; domain[i]; i++)
		if ((unsigned char)domain[i] >= 0x80)
			return true;
	for (label = domain;; label++) {
		if (strncasecmp(label, "xn--", 4) == 0)
			return true;
		label = strchr(label, '.');
		if (!label)
			return false;
	}
}

/* Fill *a, whose local part is checked, with the domain as typed. */
static int
take_domain(struct addr *a, const char *local, size_t n, const char *typed, struct err *e)
{
	char *domain = NULL;
	int rc = -1;

	if (typed[0] && typed[strlen(typed) - 1] == '.')
		return err_set(e, ERR_INPUT, "there is a dot at the end of the address");
	if (!is_international(typed))
		return check_domain(typed, e) == -1 ? -1 : fill(a, local, n, typed, e);
	if (idn2_lookup_u8((const uint8_t *)typed, (uint8_t **)&domain, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		err_set(e, ERR_INPUT, "the domain after the @ is not written as a domain is");
	else if (check_domain(domain, e) == 0)
		rc = fill(a, local, n, domain, e);
	idn2_free(domain);
	return rc;
}

int
addr_parse(struct addr *a, const char *text, struct err *e)
{
	size_t n = strlen(text), local;
	char typed[TYPED_MAX];
	const char *at;

	memset(a, 0, sizeof(*a));
	a->domain = a->text;
	for (; n && is_space(text[n - 1]); n--)
		;
	for (; n && is_space(*text); n--)
		text++;
	if (!n)
		return err_set(e, ERR_INPUT, "the address is empty");
	if (n >= sizeof(typed))
		return err_set(e, ERR_INPUT, "the address is longer than %d characters", ADDR_MAX - 1);
	if (!text_is_utf8(text, n) || text_has_control(text, n, "") || holds(text, n, ODD_UNSEEN))
		return err_set(e, ERR_INPUT, "the address holds an invisible character: type it anew instead of pasting it");
	at = memchr(text, '@', n);
	if (!at && holds(text, n, ODD_WIDE))
		return err_set(e, ERR_INPUT, "it is written in full-width characters: type it in ordinary ones");
	if (!at)
		return err_set(e, ERR_INPUT, "there is no @ in the address");
	local = (size_t)(at - text);
	if (check_local(text, local, e) == -1)
		return -1;
	n -= local + 1;
	if (memchr(at + 1, '@', n))
		return err_set(e, ERR_INPUT, "there is more than one @: one address, please");
	memcpy(typed, at + 1, n);
	typed[n] = '\0';
	return take_domain(a, text, local, typed, e);
}
