/* http_header.c - see http_header.h. */
#include "http_header.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* How much a media type is wanted. */
struct want {
	int weight; /* 0 to 1000 */
	int exact;  /* of the range that says so: 2 for type/subtype, 1 for type and any subtype, 0 for any type, -1: none does */
};

#define WANT_NONE ((struct want){ 0, -1 })

static const char tchar[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static const char *
skip_space(const char *s)
{
	return s + strspn(s, " \t");
}

/* Where a quoted string ends (behind its quote), or NULL. */
static const char *
skip_quoted(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		if (*s == '\\' && !*++s)
			return NULL;
	return *s ? s + 1 : NULL;
}

/* RFC 9110 12.4.2: 0 to 1 with up to three digits, as thousandths; -1 when it is none. */
static int
weight(const char *s, size_t n)
{
	int q = 0, unit = 100;
	size_t i;

	if (!n || n > 5 || (s[0] != '0' && s[0] != '1') || (n > 1 && s[1] != '.'))
		return -1;
	q = s[0] == '1' ? 1000 : 0;
	for (i = 2; i < n; i++, unit /= 10) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		q += (s[i] - '0') * unit;
	}
	return q <= 1000 ? q : -1;
}

/* The parameters behind a range, up to its comma: *q is the weight they give. NULL when they are not well-formed. */
static const char *
read_parameters(const char *s, int *q)
{
	const char *name, *value;
	size_t name_len;

	for (s = skip_space(s); *s == ';'; s = skip_space(s)) {
		name = s = skip_space(s + 1);
		s += strspn(s, tchar);
		name_len = (size_t)(s - name);
		if (!name_len) /* an empty parameter, which RFC 9110 5.6.6 has one ignore */
			continue;
		if (*s++ != '=')
			return NULL;
		value = s;
		s = *s == '"' ? skip_quoted(s) : s + strspn(s, tchar);
		if (!s || s == value)
			return NULL;
		if (name_len == 1 && (*name == 'q' || *name == 'Q') && (*q = weight(value, (size_t)(s - value))) == -1)
			return NULL;
	}
	return *s == ',' || !*s ? s : NULL;
}

/* How exactly the range of n octets names the media type, or -1: not at all. */
static int
matches(const char *range, size_t n, const char *type)
{
	size_t major = strcspn(type, "/");

	if (n == 3 && memcmp(range, "*/*", 3) == 0)
		return 0;
	if (n == major + 2 && strncasecmp(range, type, major + 1) == 0 && range[n - 1] == '*')
		return 1;
	return n == strlen(type) && strncasecmp(range, type, n) == 0 ? 2 : -1;
}

static void
consider(struct want *w, const char *range, size_t n, int q, const char *type)
{
	int exact = matches(range, n, type);

	if (exact > w->exact || (exact != -1 && exact == w->exact && q > w->weight))
		*w = (struct want){ q, exact };
}

static bool
is_more(struct want a, struct want b)
{
	return a.weight != b.weight ? a.weight > b.weight : a.weight && a.exact > b.exact;
}

/* Behind the comma that ends what could not be read; the end, when there is none. */
static const char *
skip_element(const char *s)
{
	while (*s && *s != ',') {
		const char *end = *s == '"' ? skip_quoted(s) : s + 1;

		s = end ? end : s + strlen(s);
	}
	return s;
}

/*
 * The next range of a field, from *s on, which is moved behind it: its octets and its weight. False at the end of the field; n
 * is 0 for what is not well-formed.
 */
static bool
next_range(const char **s, const char **range, size_t *n, int *q)
{
	const char *end;

	if (!**s)
		return false;
	*range = skip_space(*s);
	*n = strspn(*range, tchar);
	if ((*range)[*n] == '/')
		*n += 1 + strspn(*range + *n + 1, tchar);
	*q = 1000;
	end = read_parameters(*range + *n, q);
	if (!end) {
		*n = 0;
		end = skip_element(*range);
	}
	*s = *end ? end + 1 : end;
	return true;
}

bool
accept_json(const char *accept)
{
	struct want html = WANT_NONE, json = WANT_NONE, problem = WANT_NONE;
	const char *s = accept ? accept : "", *range;
	size_t n;
	int i, q;

	for (i = 0; i < ACCEPT_RANGES && next_range(&s, &range, &n, &q); i++) {
		consider(&html, range, n, q, "text/html");
		consider(&json, range, n, q, "application/json");
		consider(&problem, range, n, q, "application/problem+json");
	}
	return is_more(json, html) || (problem.exact == 2 && is_more(problem, html));
}

/* Whether one language range fits a language: the same, or one is the other cut at a hyphen. */
static bool
range_fits(const char *range, size_t n, const char *language)
{
	size_t len = strlen(language), least = n < len ? n : len;

	return strncasecmp(range, language, least) == 0 && (n == len || (n < len ? language[n] : range[len]) == '-');
}

int
accept_language(const char *header, char (*languages)[16], int count)
{
	const char *s = header ? header : "", *range;
	int best = -1, best_weight = 0, i, k, q;
	size_t n;

	for (i = 0; i < ACCEPT_RANGES && next_range(&s, &range, &n, &q); i++)
		for (k = 0; n && k < count && q > best_weight; k++)
			if (range_fits(range, n, languages[k])) {
				best = k;
				best_weight = q;
			}
	return best;
}

bool
ip_parse(struct in6_addr *out, const char *text)
{
	struct in_addr v4;

	if (inet_pton(AF_INET6, text, out) == 1)
		return true;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = out->s6_addr[11] = 0xff;
	memcpy(out->s6_addr + 12, &v4, 4);
	return true;
}

void
ip_write(char out[IP_TEXT], const struct in6_addr *ip)
{
	if (IN6_IS_ADDR_V4MAPPED(ip))
		inet_ntop(AF_INET, ip->s6_addr + 12, out, IP_TEXT);
	else
		inet_ntop(AF_INET6, ip, out, IP_TEXT);
}

static bool
is_proxy(const struct in6_addr *ip, const struct in6_addr *proxies, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (memcmp(&proxies[i], ip, sizeof(*ip)) == 0)
			return true;
	return false;
}

void
forwarded_walk(struct in6_addr *ip, char *list, const struct in6_addr *proxies, size_t count)
{
	struct in6_addr next;
	char *word, *comma;
	size_t n = strlen(list);

	while (n && is_proxy(ip, proxies, count)) {
		comma = memrchr(list, ',', n);
		word = comma ? comma + 1 : list;
		word += strspn(word, " \t");
		while (n > (size_t)(word - list) && strchr(" \t", list[n - 1]))
			list[--n] = '\0';
		if (n > (size_t)(word - list)) { /* an empty element counts as none (RFC 9110 5.6.1.2) */
			if (!ip_parse(&next, word))
				return;
			*ip = next;
		}
		n = comma ? (size_t)(comma - list) : 0;
		list[n] = '\0';
	}
}
