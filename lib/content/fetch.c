/* fetch.c - see fetch.h. */
#include "content/fetch.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "content/url.h"

#define HEADERS_MAX 65536 /* bytes of all header fields */
#define VALUE_MAX 500     /* bytes of one that is kept */

struct transfer {
	const struct fetch *f;
	struct fetch_answer *answer;
	CURL *curl;
	long status;
	size_t headers, bytes;
	bool ended; /* by us: *e says why */
	struct err *e;
};

void
fetch_answer_release(struct fetch_answer *answer)
{
	buf_release(&answer->url);
	buf_release(&answer->charset);
	buf_release(&answer->etag);
	buf_release(&answer->last_modified);
}

/* The value of a header field of that name, trimmed, or NULL. */
static const char *
value_of(const char *line, size_t n, const char *name, size_t *length)
{
	size_t skip = strlen(name);

	if (n <= skip || strncasecmp(line, name, skip) != 0 || line[skip] != ':')
		return NULL;
	for (skip++; skip < n && strchr(" \t", line[skip]); skip++)
		;
	while (n > skip && strchr(" \t\r\n", line[n - 1]))
		n--;
	*length = n - skip;
	return line + skip;
}

/* Keep a value that can be sent back as it is. */
static void
keep(struct buf *out, const char *line, size_t n, const char *name)
{
	size_t length;
	const char *value = value_of(line, n, name, &length);

	if (!value)
		return;
	buf_reset(out);
	if (length <= VALUE_MAX && text_is_utf8(value, length) && !text_has_control(value, length, ""))
		buf_add(out, value, length);
}

/* charset=… of a Content-Type (RFC 9110 section 8.3.1). */
static void
keep_charset(struct buf *out, const char *line, size_t n)
{
	struct buf type = BUF_INIT;
	const char *at;
	size_t length;

	keep(&type, line, n, "Content-Type");
	at = strcasestr(type.data, "charset=");
	if (at) {
		at += strlen("charset=");
		at += *at == '"' || *at == '\'';
		length = strcspn(at, "\"'; \t");
		buf_reset(out);
		buf_add(out, at, length);
	}
	buf_release(&type);
}

static size_t
on_header(char *line, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	size_t n = size * count;

	t->headers += n;
	if (t->headers > HEADERS_MAX) {
		err_set(t->e, ERR_PEER, "%.300s: the answer's header is larger than %d bytes", t->f->url, HEADERS_MAX);
		t->ended = true;
		return 0;
	}
	if (n > 5 && strncmp(line, "HTTP/", 5) == 0) { /* of a 100 before, or of a proxy: the last one counts */
		buf_reset(&t->answer->charset);
		buf_reset(&t->answer->etag);
		buf_reset(&t->answer->last_modified);
	}
	keep(&t->answer->etag, line, n, "ETag");
	keep(&t->answer->last_modified, line, n, "Last-Modified");
	keep_charset(&t->answer->charset, line, n);
	return n;
}

static size_t
on_bytes(char *s, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	size_t n = size * count;
	long status = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	t->bytes += n;
	if (t->bytes > FETCH_MAX) {
		err_set(t->e, ERR_PEER, "%.300s is larger than %u MB", t->f->url, FETCH_MAX >> 20);
		t->ended = true;
		return 0;
	}
	if (status == 200 && t->f->bytes(t->f->user, t->answer, s, n, t->e) == -1) {
		t->ended = true;
		return 0;
	}
	return n;
}

static int
on_progress(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
	const struct transfer *t = user;

	(void)total;
	(void)now;
	(void)up_total;
	(void)up;
	if (t->f->progress)
		t->f->progress(t->f->user, t->bytes);
	return 0;
}

static struct curl_slist *
add_header(struct curl_slist *list, const char *name, const char *value)
{
	struct buf line = BUF_INIT;
	struct curl_slist *longer;

	if (!value || !value[0])
		return list;
	buf_addf(&line, "%s: %s", name, value);
	longer = curl_slist_append(list, line.data);
	if (!longer)
		abort(); /* no memory */
	buf_release(&line);
	return longer;
}

static bool
is_https(const char *url)
{
	return strncasecmp(url, "https:", 6) == 0;
}

static void
set_options(struct transfer *t, const char *url, struct curl_slist *headers, long left_ms)
{
	const char *trusted = getenv("SSL_CERT_FILE"); /* libcurl's own command looks at it, libcurl does not */
	CURL *c = t->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, is_https(url) ? "https" : "http");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* redirects are followed here, one by one */
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "newsletter/" NEWSLETTER_VERSION);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, left_ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, left_ms < FETCH_CONNECT * 1000L ? left_ms : FETCH_CONNECT * 1000L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	if (trusted && trusted[0])
		curl_easy_setopt(c, CURLOPT_CAINFO, trusted);
}

/* What libcurl's code means to somebody who wants a feed. */
static int
curl_failed(const struct transfer *t, const char *url, CURLcode code, const char *detail)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY: return err_set(t->e, ERR_PEER, "%.300s: there is no such host, or no name server answers", url);
	case CURLE_COULDNT_CONNECT: return err_set(t->e, ERR_PEER, "%.300s: no connection: %.120s", url, detail);
	case CURLE_OPERATION_TIMEDOUT: return err_set(t->e, ERR_PEER, "%.300s: no answer in time: %.120s", url, detail);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER: return err_set(t->e, ERR_PEER, "%.300s: no secure connection: %.120s", url, detail);
	default: return err_set(t->e, ERR_PEER, "%.300s: %.160s", url, detail[0] ? detail : curl_easy_strerror(code));
	}
}

static int
transfer_one(struct transfer *t, const char *url, struct curl_slist *headers, long left_ms)
{
	char detail[CURL_ERROR_SIZE] = "";
	CURLcode code;

	if (left_ms <= 0)
		return err_set(t->e, ERR_PEER, "%.300s: no answer in time", url);
	buf_reset(&t->answer->url);
	buf_addstr(&t->answer->url, url);
	set_options(t, url, headers, left_ms);
	curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, detail);
	code = curl_easy_perform(t->curl);
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->status);
	if (t->ended)
		return -1;
	return code == CURLE_OK ? 0 : curl_failed(t, url, code, detail);
}

/* Whether a web address has a user, or a user and a password, in it. */
static bool
has_user(const char *url)
{
	const char *host = strstr(url, "//");

	return host && memchr(host, '@', strcspn(host + 2, "/?#") + 2);
}

/* Where a redirect leads, into `next`: 1, 0 when the answer is none, -1 when it must not be followed. */
static int
redirect(const struct transfer *t, const char *url, struct buf *next)
{
	char *to = NULL;

	if (t->status != 301 && t->status != 302 && t->status != 303 && t->status != 307 && t->status != 308)
		return 0;
	curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &to);
	buf_reset(next);
	if (to)
		url_clean(next, to, strlen(to));
	if (url_kind(next->data) != URL_HTTP)
		return err_set(t->e, ERR_PEER, "%.300s redirects to what is no web address", url);
	if (has_user(next->data)) /* links that are relative would be resolved against it, and mailed */
		return err_set(t->e, ERR_PEER, "%.300s redirects to an address with a user in it: refused", url);
	if (is_https(url) && !is_https(next->data))
		return err_set(t->e, ERR_PEER, "%.200s redirects to %.200s, which is not secure: refused", url, next->data);
	return 1;
}

static int
follow(struct transfer *t, struct curl_slist *headers, struct err *e)
{
	int64_t end = clock_mono_us() + (t->f->seconds ? t->f->seconds : FETCH_SECONDS) * INT64_C(1000000);
	struct buf url = BUF_INIT, next = BUF_INIT;
	int rc = -1, turn, more = 1;

	buf_addstr(&url, t->f->url);
	for (turn = 0; more == 1; turn++) {
		if (turn > FETCH_REDIRECTS) {
			err_set(e, ERR_PEER, "%.300s: more than %d redirects", t->f->url, FETCH_REDIRECTS);
			goto out;
		}
		if (transfer_one(t, url.data, headers, (long)((end - clock_mono_us()) / 1000)) == -1)
			goto out;
		more = redirect(t, url.data, &next);
		if (more == 1) {
			buf_reset(&url);
			buf_addstr(&url, next.data);
		}
	}
	t->answer->unchanged = t->status == 304 && (t->f->etag[0] || t->f->last_modified[0]);
	if (more == 0 && (t->status == 200 || t->answer->unchanged))
		rc = 0;
	else if (more == 0)
		err_set(e, ERR_PEER, "%.300s: the server answers with status %ld", url.data, t->status);
out:
	buf_release(&url);
	buf_release(&next);
	return rc;
}

int
fetch_url(const struct fetch *f, struct fetch_answer *answer, struct err *e)
{
	struct transfer t = { .f = f, .answer = answer, .e = e };
	struct curl_slist *headers = NULL;
	int rc;

	*answer = (struct fetch_answer){ .url = BUF_INIT, .charset = BUF_INIT, .etag = BUF_INIT, .last_modified = BUF_INIT };
	if (url_kind(f->url) != URL_HTTP)
		return err_set(e, ERR_INPUT, "\"%.200s\" is no web address: write one that starts with https://", f->url);
	if (has_user(f->url))
		return err_set(e, ERR_INPUT,
		    "an address with a user and a password in it is not fetched: what is stored and shown must hold no secret");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	t.curl = curl_easy_init();
	if (!t.curl)
		abort(); /* no memory */
	headers = add_header(headers, "Accept", f->accept);
	headers = add_header(headers, "If-None-Match", f->etag);
	headers = add_header(headers, "If-Modified-Since", f->last_modified);
	rc = follow(&t, headers, e);
	curl_slist_free_all(headers);
	curl_easy_cleanup(t.curl);
	return rc;
}
