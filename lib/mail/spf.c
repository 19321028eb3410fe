/* spf.c - see spf.h: the record's grammar (RFC 7208 12). */
#include "mail/spf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"

bool
spf_is_record(const char *text)
{
	return strncasecmp(text, "v=spf1", 6) == 0 && (text[6] == ' ' || text[6] == '\0');
}

static int
bad(struct err *e, const char *p, size_t n, const char *why)
{
	return err_set(e, ERR_INPUT, "\"%.*s\" %s", (int)(n < 60 ? n : 60), p, why);
}

/* Macros must be whole: %{letter digits r delimiters}, %%, %_ and %-. */
static int
check_macros(struct spf_term *t)
{
	for (const char *p = t->domain; (p = strchr(p, '%')); p++) {
		t->macro = true;
		p++;
		if (*p == '{') {
			p++;
			if (!*p || !strchr("slodiphcrtvSLODIPHCRTV", *p))
				return -1;
			p++;
			p += strspn(p, "0123456789");
			p += *p == 'r' || *p == 'R';
			p += strspn(p, ".-+,/_=");
			if (*p != '}')
				return -1;
		} else if (!*p || !strchr("%_-", *p)) {
			return -1;
		}
	}
	return 0;
}

static int
take_domain(struct spf_term *t, const char *p, size_t n)
{
	if (n > 1 && p[n - 1] == '.')
		n--;
	if (n == 0 || n >= sizeof(t->domain))
		return -1;
	memcpy(t->domain, p, n);
	t->domain[n] = '\0';
	if (check_macros(t) == -1)
		return -1;
	return t->macro || (dns_is_name(t->domain) && strchr(t->domain, '.')) ? 0 : -1;
}

static int
take_number(const char **p, const char *end, int most, int *out)
{
	int n = 0, digits = 0;

	for (; *p < end && **p >= '0' && **p <= '9' && digits < 4; (*p)++, digits++)
		n = n * 10 + **p - '0';
	if (digits == 0 || n > most)
		return -1;
	*out = n;
	return 0;
}

/* "/24", "//64" or "/24//64", up to the end. */
static int
take_prefixes(struct spf_term *t, const char *p, const char *end)
{
	t->prefix4 = 32;
	t->prefix6 = 128;
	if (p < end && *p == '/' && p + 1 < end && p[1] != '/') {
		p++;
		if (take_number(&p, end, 32, &t->prefix4) == -1)
			return -1;
	}
	if (p + 1 < end && p[0] == '/' && p[1] == '/') {
		p += 2;
		if (take_number(&p, end, 128, &t->prefix6) == -1)
			return -1;
	}
	return p == end ? 0 : -1;
}

static int
take_network(struct spf_term *t, const char *p, size_t n, bool v6)
{
	struct err e = ERR_INIT;
	char text[NETWORK_TEXT + 8];

	if (n >= sizeof(text))
		return -1;
	memcpy(text, p, n);
	text[n] = '\0';
	return (strchr(text, ':') != NULL) == v6 ? network_parse(&t->network, text, &e) : -1;
}

static const struct {
	const char *name;
	enum spf_kind kind;
} mechanisms[] = {
	{ "include", SPF_INCLUDE },
	{ "a", SPF_A },
	{ "mx", SPF_MX },
	{ "ptr", SPF_PTR },
	{ "exists", SPF_EXISTS },
	{ "ip4", SPF_IP },
	{ "ip6", SPF_IP },
	{ "all", SPF_ALL },
};

/* What stands behind the mechanism's name: `p` up to `end`. */
static int
take_argument(struct spf_term *t, const char *name, const char *p, const char *end)
{
	bool colon = p < end && *p == ':';
	const char *slash = memchr(p, '/', (size_t)(end - p));

	p += colon;
	switch (t->kind) {
	case SPF_ALL: return p == end && !colon ? 0 : -1;
	case SPF_IP: return colon ? take_network(t, p, (size_t)(end - p), name[2] == '6') : -1;
	case SPF_INCLUDE:
	case SPF_EXISTS: return colon ? take_domain(t, p, (size_t)(end - p)) : -1;
	case SPF_PTR: return colon ? take_domain(t, p, (size_t)(end - p)) : (p == end ? 0 : -1);
	case SPF_A:
	case SPF_MX:
		if (colon && take_domain(t, p, (size_t)((slash ? slash : end) - p)) == -1)
			return -1;
		return take_prefixes(t, slash ? slash : (colon ? end : p), end);
	case SPF_REDIRECT: break;
	}
	return -1;
}

static int
take_mechanism(struct spf_term *t, const char *p, size_t n, struct err *e)
{
	const char *end = p + n, *name;
	size_t length;

	t->qualifier = '+';
	name = p;
	if (strchr("+-~?", *p)) {
		t->qualifier = *p;
		name = p + 1;
	}
	for (length = 0; name + length < end && !strchr(":/", name[length]);)
		length++;
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (strlen(mechanisms[i].name) == length && strncasecmp(mechanisms[i].name, name, length) == 0) {
			t->kind = mechanisms[i].kind;
			return take_argument(t, mechanisms[i].name, name + length, end) == 0 ? 0 : bad(e, p, n, "cannot be read");
		}
	return bad(e, p, n, "is no mechanism of SPF");
}

/* name=value: 1 when it is one and was taken, 0 when it is a mechanism, -1. */
static int
take_modifier(struct spf *s, const char *p, size_t n, bool *has_exp, struct err *e)
{
	size_t length = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
	struct spf_term *t = &s->term[s->count];

	if (length == 0 || length >= n || p[length] != '=')
		return 0;
	if (length == 3 && strncasecmp(p, "exp", 3) == 0) {
		if (*has_exp)
			return bad(e, p, n, "is there twice");
		*has_exp = true;
	}
	if (length != 8 || strncasecmp(p, "redirect", 8) != 0)
		return 1;
	for (size_t i = 0; i < s->count; i++)
		if (s->term[i].kind == SPF_REDIRECT)
			return bad(e, p, n, "is there twice");
	t->kind = SPF_REDIRECT;
	if (take_domain(t, p + length + 1, n - length - 1) == -1)
		return bad(e, p, n, "cannot be read");
	s->count++;
	return 1;
}

int
spf_parse(struct spf *out, const char *text, struct err *e)
{
	bool has_exp = false;
	size_t n;

	out->count = 0;
	if (!spf_is_record(text))
		return err_set(e, ERR_INPUT, "it does not begin with v=spf1");
	for (text += 6; *(text += strspn(text, " ")); text += n) {
		int rc;

		n = strcspn(text, " ");
		if (out->count == SPF_TERMS)
			return err_set(e, ERR_INPUT, "it has more than %d terms", SPF_TERMS);
		memset(&out->term[out->count], 0, sizeof(out->term[0]));
		rc = take_modifier(out, text, n, &has_exp, e);
		if (rc == -1 || (rc == 0 && take_mechanism(&out->term[out->count], text, n, e) == -1))
			return -1;
		out->count += rc == 0;
	}
	return 0;
}
