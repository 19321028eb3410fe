/*
 * url.h - addresses as people write them, made fit for a mail.
 */
#ifndef CONTENT_URL_H
#define CONTENT_URL_H

#include <stddef.h>

struct buf;

enum url_kind {
	URL_HTTP,     /* http or https, with a host */
	URL_CONTACT,  /* mailto or tel */
	URL_RELATIVE, /* no scheme */
	URL_OTHER,    /* javascript, data, …: never to be linked */
};

/*
 * What an address is, as a browser would see it: a colon in the first segment
 * is a scheme even if it is none by RFC 3986. Give it a clean one (url_clean).
 */
enum url_kind url_kind(const char *url);

/*
 * Append the address as printable ASCII: white space around it and control
 * characters dropped, a non-ASCII host as A-labels, what RFC 3986 does not
 * allow percent-encoded. What is percent-encoded already stays.
 */
void url_clean(struct buf *out, const char *s, size_t n);

/*
 * Append `ref` resolved against `base` (RFC 3986 section 5.2, strict). A ref
 * with a scheme is appended as it is; so is any when base is no http address.
 */
void url_resolve(struct buf *out, const char *base, const char *ref);

#endif
