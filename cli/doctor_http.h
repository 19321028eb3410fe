/*
 * doctor_http.h - one question to the site's own pages, as a mailbox provider's robot asks it: no redirect is followed.
 */
#ifndef DOCTOR_HTTP_H
#define DOCTOR_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct doctor_http {
	enum {
		HTTP_ANSWERED,
		HTTP_NO_HOST,       /* no name server knows it, or none answers */
		HTTP_UNREACHABLE,   /* no way there: no network */
		HTTP_NOT_CONNECTED, /* nobody listens, or no answer in time */
		HTTP_NOT_SECURE,    /* no TLS, or the certificate is not good */
	} outcome;
	char why[200]; /* when it did not answer */
	int status;
	int64_t date;       /* of the answer's Date header; 0 without */
	int64_t expires;    /* of the certificate; 0: none */
	char location[400]; /* of a redirect */
	struct buf body;    /* at most 256 KB of it */
};

/* GET, or POST of the body as a form. The caller releases *out with buf_release(&out->body). */
void doctor_http(struct doctor_http *out, const char *url, const char *post, int seconds);

/* Whether libcurl's handle failed because no way leads there from this machine. */
bool doctor_is_cut_off(void *easy);

#endif
