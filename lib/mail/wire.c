/* wire.c - see wire.h. */
#include "mail/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"

/* Who says more than this before the login is done is no mail server. */
#define OPENING_BYTES_MAX ((size_t)256 * 1024)

static bool
scheme_is(CURLU *u, const char *scheme)
{
	char *part = NULL;
	size_t n = strlen(scheme);
	bool is = curl_url_get(u, CURLUPART_SCHEME, &part, 0) == CURLUE_OK && strncmp(part, scheme, n) == 0 &&
	    (part[n] == '\0' || strcmp(part + n, "s") == 0);

	curl_free(part);
	return is;
}

static bool
has_part(CURLU *u, CURLUPart which)
{
	char *part = NULL;
	bool has = curl_url_get(u, which, &part, 0) == CURLUE_OK && !(which == CURLUPART_PATH && strcmp(part, "/") == 0);

	curl_free(part);
	return has;
}

int
wire_check_url(CURLU *u, const struct wire_url *wanted, const char *url, struct err *e)
{
	static const CURLUPart unwanted[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT };

	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK || !scheme_is(u, wanted->scheme))
		return err_set(e, ERR_INPUT, "%s must look like %s", wanted->what, wanted->like);
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		if (has_part(u, unwanted[i]))
			return err_set(e, ERR_INPUT, "%s holds more than host and port; user and password have keys of their own",
			    wanted->what);
	if (!wanted->path && has_part(u, CURLUPART_PATH))
		return err_set(e, ERR_INPUT, "%s has a path; it must end after host and port", wanted->what);
	return 0;
}

/* libcurl shows each line that the other side says while it opens the connection. */
static size_t
on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct wire *w = ctx;

	(void)size; /* always 1 */
	w->heard += n;
	return w->heard <= OPENING_BYTES_MAX && w->line(w->ctx, p, n) == 0 ? n : 0;
}

static void
set_tls(CURL *h, const struct wire_where *where)
{
	static const long use[] = {
		[TLS_REQUIRED] = CURLUSESSL_ALL,
		[TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
		[TLS_NONE] = CURLUSESSL_NONE,
	};
	bool verify = where->tls != TLS_OPPORTUNISTIC; /* smtps:// speaks TLS whatever else is said */

	curl_easy_setopt(h, CURLOPT_USE_SSL, use[where->tls]);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (where->ca_file[0])
		curl_easy_setopt(h, CURLOPT_CAINFO, where->ca_file);
}

static void
set_login(CURL *h, const struct wire_where *where)
{
	curl_easy_setopt(h, CURLOPT_USERNAME, where->user);
	if (where->token && where->token[0]) {
		/* left to itself, libcurl would rather take what needs no token */
		curl_easy_setopt(h, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2;AUTH=OAUTHBEARER");
		curl_easy_setopt(h, CURLOPT_XOAUTH2_BEARER, where->token);
		return;
	}
	curl_easy_setopt(h, CURLOPT_PASSWORD, where->password);
}

int
wire_open(struct wire *w, CURLM *multi, const struct wire_where *where, struct err *e)
{
	CURL *h = curl_easy_init();

	if (!h)
		return err_set(e, ERR_SYSTEM, "libcurl has no memory left");
	*w = (struct wire){ .easy = h, .fd = CURL_SOCKET_BAD, .line = where->line, .ctx = where->ctx };
	curl_easy_setopt(h, CURLOPT_URL, where->url);
	curl_easy_setopt(h, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(h, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(h, CURLOPT_MAXAGE_CONN, 0x7FFFFFFFL); /* its cache must never think a connection too old */
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L); /* closing must not wait for a name server */
	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, w->error);
	curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, w);
	curl_easy_setopt(h, CURLOPT_PRIVATE, w);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)where->timeout);
	curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)where->timeout);
	if (where->user)
		set_login(h, where);
	set_tls(h, where);
	if (curl_multi_add_handle(multi, h) == CURLM_OK)
		return 0;
	curl_easy_cleanup(h);
	w->easy = NULL;
	return err_set(e, ERR_SYSTEM, "libcurl cannot take another connection");
}

int
wire_opened(struct wire *w, struct err *e)
{
	struct curl_tlssessioninfo *tls = NULL;

	if (curl_easy_getinfo(w->easy, CURLINFO_ACTIVESOCKET, &w->fd) != CURLE_OK || w->fd == CURL_SOCKET_BAD)
		return err_set(e, ERR_PEER, "the connection was lost as soon as it was there");
	w->tls = curl_easy_getinfo(w->easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || (tls && tls->internals);
	return 0;
}

const char *
wire_why(const struct wire *w, CURLcode result)
{
	if (w->heard > OPENING_BYTES_MAX) /* on_header ended it */
		return "it says more before the login is done than a mail server does";
	return w->error[0] ? w->error : curl_easy_strerror(result);
}

void
wire_close(struct wire *w, CURLM *multi)
{
	if (!w->easy)
		return;
	curl_multi_remove_handle(multi, w->easy);
	curl_easy_cleanup(w->easy);
	w->easy = NULL;
	w->fd = CURL_SOCKET_BAD;
}

enum wire_io
wire_send(struct wire *w, const char *p, size_t n, size_t *done)
{
	CURLcode rc;

	*done = 0;
	rc = curl_easy_send(w->easy, p, n, done);
	return rc == CURLE_OK ? WIRE_OK : (rc == CURLE_AGAIN ? WIRE_AGAIN : WIRE_ERROR);
}

enum wire_io
wire_recv(struct wire *w, char *p, size_t n, size_t *done)
{
	CURLcode rc;

	*done = 0;
	rc = curl_easy_recv(w->easy, p, n, done);
	if (rc == CURLE_AGAIN)
		return WIRE_AGAIN;
	if (rc != CURLE_OK)
		return WIRE_ERROR;
	return *done > 0 ? WIRE_OK : WIRE_CLOSED;
}

void
wire_hurry(struct wire *w)
{
	int on = 1;

	/* Not kept by the kernel: it holds for what was just read. A refusal costs nothing but time. */
	setsockopt(w->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}
