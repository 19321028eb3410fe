/* doctor_http.c - see doctor_http.h. */
#include "doctor_http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_MAX ((size_t)256 * 1024)

static size_t
on_bytes(char *s, size_t size, size_t count, void *user)
{
	struct doctor_http *h = user;
	size_t n = size * count, room = BODY_MAX - h->body.len;

	buf_add(&h->body, s, n < room ? n : room);
	return n <= room ? n : 0;
}

static size_t
on_header(char *line, size_t size, size_t count, void *user)
{
	struct doctor_http *h = user;
	size_t n = size * count;
	char date[64];

	if (n > 5 && n < 5 + sizeof(date) && strncasecmp(line, "Date:", 5) == 0) {
		memcpy(date, line + 5, n - 5);
		date[n - 5] = '\0';
		h->date = curl_getdate(date, NULL);
		if (h->date < 0)
			h->date = 0;
	}
	return n;
}

static int64_t
certificate_end(CURL *c)
{
	struct curl_certinfo *info = NULL;
	time_t t;

	if (curl_easy_getinfo(c, CURLINFO_CERTINFO, &info) != CURLE_OK || !info || info->num_of_certs < 1)
		return 0;
	for (const struct curl_slist *l = info->certinfo[0]; l; l = l->next)
		if (strncmp(l->data, "Expire date:", 12) == 0) {
			t = curl_getdate(l->data + 12, NULL);
			return t > 0 ? t : 0;
		}
	return 0;
}

bool
doctor_is_cut_off(void *easy)
{
	long why = 0;

	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &why);
	return why == ENETUNREACH || why == EHOSTUNREACH;
}

static void
set_outcome(struct doctor_http *h, CURL *c, CURLcode code, const char *detail)
{
	switch (code) {
	case CURLE_OK:
	case CURLE_WRITE_ERROR: h->outcome = HTTP_ANSWERED; break; /* longer than anybody needs */
	case CURLE_COULDNT_RESOLVE_HOST: h->outcome = HTTP_NO_HOST; break;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR: h->outcome = HTTP_NOT_SECURE; break;
	default: h->outcome = doctor_is_cut_off(c) ? HTTP_UNREACHABLE : HTTP_NOT_CONNECTED; break;
	}
	if (h->outcome != HTTP_ANSWERED)
		snprintf(h->why, sizeof(h->why), "%s", detail[0] ? detail : curl_easy_strerror(code));
}

void
doctor_http(struct doctor_http *out, const char *url, const char *post, int seconds)
{
	const char *trusted = getenv("SSL_CERT_FILE"); /* as lib/content/fetch.h */
	char detail[CURL_ERROR_SIZE] = "", *to = NULL;
	CURL *c = curl_easy_init();
	long status = 0;

	*out = (struct doctor_http){ .body = BUF_INIT };
	if (!c)
		abort(); /* no memory */
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_USERAGENT, "newsletter/" NEWSLETTER_VERSION);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, seconds > 0 ? (long)seconds : 1); /* 0 would be for ever */
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, out);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
	if (trusted && trusted[0])
		curl_easy_setopt(c, CURLOPT_CAINFO, trusted);
	if (post)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, post);
	set_outcome(out, c, curl_easy_perform(c), detail);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	out->expires = certificate_end(c);
	curl_easy_getinfo(c, CURLINFO_REDIRECT_URL, &to);
	snprintf(out->location, sizeof(out->location), "%s", to ? to : "");
	curl_easy_cleanup(c);
}
