/* lint_links.c - addresses of links and images, as they stand in a mail; for lint.c. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/slot.h"
#include "base/text.h"
#include "content/lint_private.h"
#include "content/url.h"

#define HOST_MAX 256

/* Services that hide where a link leads: spam does, so filters distrust them. */
static const char *const shorteners[] = { "bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "v.gd", "buff.ly", "rebrand.ly",
	"cutt.ly",
	"lnkd.in", "rb.gy", "t.ly", "tiny.cc", "shorturl.at", "bl.ink", "s.id", "soo.gd", "t2m.io", "adf.ly" };

/* Below which names are given to anybody, two labels deep: a short list of what is common. */
static const char *const shared[] = { "co", "com", "org", "net", "gov", "ac", "edu", "gob", "nom", "or", "ne", "me" };

/* The host of a web address in lower case, without user and port; "" when there is none. Returns what stands before an '@', or 0. */
static size_t
host_of(char out[HOST_MAX], const char *url)
{
	const char *start = strstr(url, "://"), *at;
	size_t n, user = 0;

	out[0] = '\0';
	if (!start)
		return 0;
	start += 3;
	n = strcspn(start, "/?#");
	for (at = start + n; at > start && at[-1] != '@'; at--)
		;
	user = (size_t)(at - start);
	n -= user;
	if (*at == '[')
		n = n > strcspn(at, "]") ? strcspn(at, "]") + 1 : n;
	else if (n > strcspn(at, ":"))
		n = strcspn(at, ":");
	if (n >= HOST_MAX)
		return user;
	memcpy(out, at, n);
	out[n] = '\0';
	while (n && out[n - 1] == '.')
		out[--n] = '\0';
	text_lower(out);
	return user;
}

/* The part of a host that somebody registered: its last two labels, or three below co.uk and the like. */
static const char *
registered(const char *host)
{
	const char *s = host + strlen(host), *start[3] = { host, host, host };
	size_t labels = 0, i, n;

	while (s > host && labels < 3) {
		s--;
		if (*s == '.' || s == host)
			start[labels++] = *s == '.' ? s + 1 : s;
	}
	if (labels < 3)
		return host;
	n = (size_t)(start[0] - start[1] - 1);
	for (i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (strlen(start[0]) == 2 && strlen(shared[i]) == n && memcmp(start[1], shared[i], n) == 0)
			return start[2];
	return start[1];
}

/* An IP address, also as one number or in other ways that inet_aton(3) and browsers read. */
static bool
is_ip(const char *host)
{
	struct in_addr v4;

	return host[0] == '[' || inet_aton(host, &v4) == 1;
}

/* Whether the address is below the site's own. */
static bool
is_own(const struct lint_mail *m, const char *url)
{
	size_t n = strlen(m->site_url);

	return n && strncmp(url, m->site_url, n) == 0 && (!url[n] || strchr("/?#", url[n]));
}

/* Pages that are one person's: to open them would say nothing, and their links are made for each mail. */
static bool
is_personal(const struct lint_mail *m, const char *url)
{
	static const char *const pages[] = { "/u/", "/preferences/", "/view/", "/confirm/", "/my-data/", "/approve/", "/draft/" };
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (is_own(m, url) && strncmp(url + strlen(m->site_url), pages[i], strlen(pages[i])) == 0)
			return true;
	return false;
}

static void
keep_link(struct lint *l, const char *url, bool image)
{
	size_t n = strcspn(url, "#"), i;

	for (i = 0; i < l->links; i++)
		if (strncmp(l->link[i].url, url, n) == 0 && !l->link[i].url[n]) {
			lint_add_language(l, &l->link[i].languages);
			return;
		}
	if (l->links == LINT_LINKS)
		return;
	if (!l->link)
		l->link = xcalloc(LINT_LINKS, sizeof(l->link[0]));
	l->link[l->links].url = xstrndup(url, n);
	l->link[l->links].languages = xstrdup(l->language);
	l->link[l->links++].image = image;
}

static void
check_web(struct lint *l, const struct lint_mail *m, const char *url, bool image, const char *where)
{
	bool own = is_own(m, url); /* what is wrong with the site's own address is told once, for the site */
	char host[HOST_MAX];
	size_t i;

	if (host_of(host, url))
		lint_add(l, LINT_ERROR, "link-user", where, "what stands before the @ looks like another site: leave it out");
	if (!own && strncasecmp(url, "http:", 5) == 0)
		lint_add(l, LINT_ERROR, image ? "http-image" : "http-link", where, "http:// is readable on its way%s: write https://",
		    image ? ", and mail programs do not show it" : "");
	if (!own && is_ip(host))
		lint_add(l, LINT_ERROR, "ip-link", where, "an IP address in place of a name: filters take it for fraud");
	for (i = 0; i < sizeof(shorteners) / sizeof(shorteners[0]); i++)
		if (strcmp(registered(host), shorteners[i]) == 0)
			lint_add(l, LINT_WARNING, "short-link", where,
			    "%s hides where it leads, as spam does: write the address itself", host);
	if (!own && (strstr(url, "_url\002") || (image && strchr(url, SLOT_START))))
		lint_add(l, LINT_ERROR, "personal-link", where,
		    image ? "tells its server who opens the mail: write one address for everybody"
			  : "gives somebody's own link to another site, which could use it: leave it out");
	if (!strpbrk(url, "\001\002") && !is_personal(m, url) && !(own && m->relay == LINT_RELAY_NONE))
		keep_link(l, url, image);
}

/* What stands behind "mailto:" or "tel:", by its form alone. */
static void
check_contact(struct lint *l, const char *url, const char *where)
{
	const char *s = strchr(url, ':') + 1, *at;
	size_t n = strcspn(s, "?");

	if (strchr(url, SLOT_START))
		return;
	if ((url[0] | 32) == 't') {
		if (strpbrk(s, "/@:<>\"") || !strpbrk(s, "0123456789"))
			lint_add(l, LINT_ERROR, "contact-link", where, "no telephone number: write tel:+ and digits");
		return;
	}
	at = memchr(s, '@', n);
	if (n && (!at || at == s || at + 1 == s + n || !memchr(at, '.', n - (size_t)(at - s)) || memchr(s, ' ', n)))
		lint_add(l, LINT_ERROR, "contact-link", where, "no mail address: write mailto:name@example.org");
}

static void
check_other(struct lint *l, const char *url, bool image, const char *where)
{
	if (image && strncasecmp(url, "data:", 5) == 0)
		lint_add(l, LINT_ERROR, "data-image", where,
		    "an image within the mail (data:) is not shown by Gmail: put it on the website");
	else
		lint_add(l, LINT_ERROR, "link-scheme", where, "\"%.*s:\" opens nothing from a mail: write https://, mailto: or tel:",
		    (int)strcspn(url, ":"), url);
}

/* url_clean, but slots stay. */
static void
clean(struct buf *out, const char *url)
{
	size_t n;

	for (; *url; url += n) {
		n = strcspn(url, "\001\002");
		if (n) {
			url_clean(out, url, n);
			continue;
		}
		buf_addch(out, *url);
		n = 1;
	}
}

void
lint_address(struct lint *l, const struct lint_mail *m, const char *url, bool image)
{
	struct buf b = BUF_INIT, where = BUF_INIT;

	clean(&b, url);
	buf_addf(&where, "%s %s", image ? "image" : "link", b.data);
	if (b.data[0] == SLOT_START) /* a link of one's own, made by the program */
		goto out;
	if (strcasestr(b.data, "%7B%7B"))
		lint_add(l, LINT_ERROR, "unresolved-slot", where.data, "braces stand in the address as they are: there is no such value");
	switch (url_kind(b.data)) {
	case URL_HTTP:
		check_web(l, m, b.data, image, where.data);
		break;
	case URL_CONTACT:
		check_contact(l, b.data, where.data);
		break;
	case URL_RELATIVE:
		if (!b.len || strcmp(b.data, "#") == 0)
			lint_add(l, LINT_ERROR, "empty-link", where.data, "%s without an address", image ? "an image" : "a link");
		else if (b.data[0] != '#')
			lint_add(l, LINT_ERROR, "relative-link", where.data,
			    "leads nowhere from a mail: write the whole address, https://…");
		break;
	case URL_OTHER:
		check_other(l, b.data, image, where.data);
		break;
	}
out:
	buf_release(&b);
	buf_release(&where);
}

/* Whether a name without https:// before it is one of a site, and not of a file, like notes.pdf or README.md. */
static bool
is_site(const char *host)
{
	static const char *const ends[] = { "com", "org", "net", "info", "edu", "gov", "example" };
	static const char *const files[] = { "md", "js", "py", "sh", "rs", "pl", "ps", "so", "cc", "gz", "ai", "ms" };
	const char *dot = strrchr(host, '.');
	size_t i;

	if (strncmp(host, "www.", 4) == 0)
		return true;
	if (!dot || strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(host))
		return false;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(dot + 1, ends[i]) == 0)
			return true;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strcmp(dot + 1, files[i]) == 0)
			return false;
	return strlen(dot + 1) == 2 && isalpha((unsigned char)dot[1]) && isalpha((unsigned char)dot[2]);
}

void
lint_shown(struct lint *l, const struct lint_mail *m, const char *words, const char *url)
{
	struct buf shown = BUF_INIT, where = BUF_INIT;
	char host[HOST_MAX], target[HOST_MAX];
	size_t n;
	bool scheme;

	words += strspn(words, " \t\r\n");
	n = strcspn(words, " \t\r\n");
	if (words[n + strspn(words + n, " \t\r\n")] || memchr(words, '@', n) || memchr(words, SLOT_START, n))
		return;
	scheme = strncasecmp(words, "http://", 7) == 0 || strncasecmp(words, "https://", 8) == 0;
	buf_addf(&shown, "%s%.*s", scheme ? "" : "https://", (int)n, words);
	host_of(host, shown.data);
	host_of(target, url[0] == SLOT_START ? m->site_url : url);
	if (host[0] && target[0] && (scheme || is_site(host)) && strcmp(registered(host), registered(target)) != 0) {
		buf_addf(&where, "link %s", url[0] == SLOT_START ? m->site_url : url);
		lint_add(l, LINT_WARNING, "link-shows-other", where.data,
		    "its words show %s, and it leads to %s: filters and readers suspect fraud",
		    host, target);
	}
	buf_release(&shown);
	buf_release(&where);
}
