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
#include <string.h>

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

/* Characters that come along when an address is pasted and that nobody sees: U+00A0, U+200B-200F, U+2028-202F, U+2060-206F, U+FEFF. */
static bool
has_invisible(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i;

	for (i = 0; i + 1 < n; i++) {
		if (p[i] == 0xc2 && p[i + 1] == 0xa0)
			return true;
		if (i + 2 == n)
			continue;
		if (p[i] == 0xe2 && p[i + 1] == 0x80 && ((p[i + 2] >= 0x8b && p[i + 2] <= 0x8f) || (p[i + 2] >= 0xa8 && p[i + 2] <= 0xaf)))
			return true;
		if (p[i] == 0xe2 && p[i + 1] == 0x81 && p[i + 2] >= 0xa0 && p[i + 2] <= 0xaf)
			return true;
		if (p[i] == 0xef && p[i + 1] == 0xbb && p[i + 2] == 0xbf)
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

int
addr_parse(struct addr *a, const char *text, struct err *e)
{
	size_t n = strlen(text), local;
	char typed[TYPED_MAX], *domain = NULL;
	const char *at;
	int rc = -1;

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
	if (!text_is_utf8(text, n) || text_has_control(text, n, "") || has_invisible(text, n))
		return err_set(e, ERR_INPUT, "the address holds an invisible character: type it anew instead of pasting it");
	at = memchr(text, '@', n);
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
	if (idn2_lookup_u8((const uint8_t *)typed, (uint8_t **)&domain, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
		err_set(e, ERR_INPUT, "the domain after the @ is not written as a domain is");
		goto out;
	}
	if (check_domain(domain, e) == -1)
		goto out;
	rc = fill(a, text, local, domain, e);
out:
	idn2_free(domain);
	return rc;
}
