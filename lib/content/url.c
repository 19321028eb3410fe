/* url.c - see url.h. */
#include "content/url.h"

#include <idn2.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

/* The five components of RFC 3986 section 3; a component that is absent has s NULL. */
struct part {
	const char *s;
	size_t n;
};

struct parts {
	struct part scheme, authority, path, query, fragment;
};

static void
split(const char *s, struct parts *p)
{
	size_t n = strcspn(s, ":/?#");

	memset(p, 0, sizeof(*p));
	if (n && s[n] == ':') {
		p->scheme = (struct part){ s, n };
		s += n + 1;
	}
	if (s[0] == '/' && s[1] == '/') {
		p->authority = (struct part){ s + 2, strcspn(s + 2, "/?#") };
		s += 2 + p->authority.n;
	}
	p->path = (struct part){ s, strcspn(s, "?#") };
	s += p->path.n;
	if (*s == '?') {
		p->query = (struct part){ s + 1, strcspn(s + 1, "#") };
		s += 1 + p->query.n;
	}
	if (*s == '#')
		p->fragment = (struct part){ s + 1, strlen(s + 1) };
}

static bool
part_is(const struct part *p, const char *word)
{
	return p->n == strlen(word) && strncasecmp(p->s, word, p->n) == 0;
}

static bool
is_http(const struct parts *p)
{
	return (part_is(&p->scheme, "http") || part_is(&p->scheme, "https")) && p->authority.n;
}

enum url_kind
url_kind(const char *url)
{
	struct parts p;

	split(url, &p);
	if (is_http(&p))
		return URL_HTTP;
	if ((part_is(&p.scheme, "mailto") || part_is(&p.scheme, "tel")) && p.path.n)
		return URL_CONTACT;
	return p.scheme.s || url[0] == ':' ? URL_OTHER : URL_RELATIVE;
}

static bool
is_hex(char c)
{
	return c && strchr("0123456789abcdefABCDEF", c);
}

/* Append with everything percent-encoded that is neither reserved nor unreserved (RFC 3986 section 2), nor in `also`. */
static void
encode(struct buf *out, const char *s, size_t n, const char *also)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '%' ? i + 2 < n && is_hex(s[i + 1]) && is_hex(s[i + 2])
			     : c > ' ' && c < 0x7f && (!strchr("\"<>\\^`{|}[]", c) || strchr(also, c)))
			buf_addch(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

/* [user@]host[:port]; only a host of other than ASCII letters needs more than encode(). */
static void
add_authority(struct buf *out, const struct part *a)
{
	const char *at = memchr(a->s, '@', a->n), *host = at ? at + 1 : a->s;
	size_t user = (size_t)(host - a->s), n = a->n - user, i;
	uint8_t *label = NULL;
	char name[256];
	bool ascii = true;

	for (i = 0; i < n && host[i] != ':'; i++)
		if ((unsigned char)host[i] >= 0x80)
			ascii = false;
	encode(out, a->s, user, "");
	if (!ascii && i < sizeof(name)) {
		memcpy(name, host, i);
		name[i] = '\0';
		if (idn2_lookup_u8((const uint8_t *)name, &label, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK) {
			encode(out, (const char *)label, strlen((const char *)label), ""); /* libidn2 lets through what is no letter */
			host += i;
			n -= i;
			idn2_free(label);
		}
	}
	encode(out, host, n, "[]");
}

void
url_clean(struct buf *out, const char *s, size_t n)
{
	struct buf copy = BUF_INIT;
	struct parts p;
	size_t i;

	while (n && (unsigned char)s[0] <= ' ')
		s++, n--;
	while (n && (unsigned char)s[n - 1] <= ' ')
		n--;
	buf_reserve(&copy, n);
	for (i = 0; i < n; i++) /* "java\nscript:" is a scheme to a browser: no control character may hide one */
		if ((unsigned char)s[i] >= ' ' && s[i] != 0x7f)
			buf_addch(&copy, s[i]);
	split(copy.data, &p);
	if (p.authority.s) {
		encode(out, copy.data, (size_t)(p.authority.s - copy.data), "");
		add_authority(out, &p.authority);
		encode(out, p.path.s, strlen(p.path.s), "");
	} else
		encode(out, copy.data, copy.len, "");
	buf_release(&copy);
}

static void
drop_segment(struct buf *out, size_t start)
{
	size_t n = out->len;

	while (n > start && out->data[n - 1] != '/')
		n--;
	buf_truncate(out, n > start ? n - 1 : start);
}

/* Append an absolute path without its "." and ".." segments (RFC 3986 section 5.2.4). */
static void
add_path(struct buf *out, const char *s, size_t n)
{
	size_t start = out->len, i = 0, len;

	while (i < n) { /* s[i] is the slash before a segment */
		const char *segment = s + i + 1, *slash = memchr(segment, '/', n - i - 1);

		len = slash ? (size_t)(slash - segment) : n - i - 1;
		if (len == 2 && memcmp(segment, "..", 2) == 0)
			drop_segment(out, start);
		else if (len != 1 || segment[0] != '.') {
			buf_addch(out, '/');
			buf_add(out, segment, len);
			i += len + 1;
			continue;
		}
		i += len + 1;
		if (i >= n)
			buf_addch(out, '/');
	}
}

/* RFC 3986 section 5.2.3: the reference takes the place of what follows the base's last slash. */
static void
add_merged(struct buf *out, const struct part *base, const struct part *ref)
{
	struct buf path = BUF_INIT;
	size_t n = base->n;

	while (n && base->s[n - 1] != '/')
		n--;
	buf_add(&path, base->s, n);
	if (!n)
		buf_addch(&path, '/');
	buf_add(&path, ref->s, ref->n);
	add_path(out, path.data, path.len);
	buf_release(&path);
}

static void
add_part(struct buf *out, const char *before, const struct part *p)
{
	if (!p->s)
		return;
	buf_addstr(out, before);
	buf_add(out, p->s, p->n);
}

void
url_resolve(struct buf *out, const char *base, const char *ref)
{
	struct parts b, r;

	split(base, &b);
	split(ref, &r);
	if (r.scheme.s || !is_http(&b)) {
		buf_addstr(out, ref);
		return;
	}
	add_part(out, "", &b.scheme);
	add_part(out, "://", r.authority.s ? &r.authority : &b.authority);
	if (r.authority.s || r.path.s[0] == '/')
		add_path(out, r.path.s, r.path.n);
	else if (r.path.n)
		add_merged(out, &b.path, &r.path);
	else
		buf_add(out, b.path.s, b.path.n);
	add_part(out, "?", r.path.n || r.authority.s || r.query.s ? &r.query : &b.query);
	add_part(out, "#", &r.fragment);
}
