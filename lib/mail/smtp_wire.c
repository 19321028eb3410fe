/* smtp_wire.c - see smtp_wire.h. */
#include "mail/smtp_wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"

/* More than this before the first MAIL is no relay. */
#define OPENING_BYTES_MAX ((size_t)4 * SMTP_REPLY_MAX)

/* 0 when the URL names scheme, host and port and nothing else. */
static int
check_url(CURLU *u, const struct smtp_relay *relay, struct err *e)
{
	static const CURLUPart unwanted[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT };
	char *part = NULL;
	int rc = 0;

	if (curl_url_set(u, CURLUPART_URL, relay->url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &part, 0) != CURLUE_OK ||
	    (strcmp(part, "smtp") != 0 && strcmp(part, "smtps") != 0))
		rc = err_set(e, ERR_INPUT, "the relay's URL must look like smtp://host:587 or smtps://host:465");
	curl_free(part);
	for (size_t i = 0; rc == 0 && i < sizeof(unwanted) / sizeof(unwanted[0]); i++) {
		part = NULL;
		if (curl_url_get(u, unwanted[i], &part, 0) == CURLUE_OK)
			rc = err_set(e, ERR_INPUT,
			    "the relay's URL holds more than host and port; user and password have keys of their own");
		curl_free(part);
	}
	part = NULL;
	if (rc == 0 && curl_url_get(u, CURLUPART_PATH, &part, 0) == CURLUE_OK && strcmp(part, "/") != 0)
		rc = err_set(e, ERR_INPUT, "the relay's URL has a path; it must end after host and port");
	curl_free(part);
	return rc;
}

int
smtp_wire_url(const struct smtp_relay *relay, struct buf *url, struct err *e)
{
	CURLU *u = curl_url();
	char *name = NULL, *whole = NULL;
	struct buf path = BUF_INIT;
	int rc = -1;

	if (check_url(u, relay, e) == -1)
		goto out;
	name = curl_easy_escape(NULL, relay->helo, 0);
	buf_addf(&path, "/%s", relay->helo[0] ? name : "");
	if (curl_url_set(u, CURLUPART_PATH, path.data, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_URL, &whole, 0) != CURLUE_OK) {
		err_set(e, ERR_INPUT, "the name for EHLO cannot be used: \"%s\"", relay->helo);
		goto out;
	}
	buf_addstr(url, whole);
	rc = 0;
out:
	buf_release(&path);
	curl_free(whole);
	curl_free(name);
	curl_url_cleanup(u);
	return rc;
}

/* libcurl shows each line that the relay says while it opens the connection. */
static size_t
on_line(char *p, size_t size, size_t n, void *ctx)
{
	struct smtp_wire *w = ctx;

	(void)size; /* always 1 */
	w->heard += n;
	return w->heard <= OPENING_BYTES_MAX && smtp_ehlo_feed(&w->ehlo, p, n) == 0 ? n : 0;
}

static void
set_tls(CURL *h, const struct smtp_relay *relay)
{
	static const long use[] = {
		[SMTP_TLS_REQUIRED] = CURLUSESSL_ALL,
		[SMTP_TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
		[SMTP_TLS_NONE] = CURLUSESSL_NONE,
	};
	bool verify = relay->tls != SMTP_TLS_OPPORTUNISTIC; /* smtps:// speaks TLS whatever else is said */

	curl_easy_setopt(h, CURLOPT_USE_SSL, use[relay->tls]);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (relay->ca_file[0])
		curl_easy_setopt(h, CURLOPT_CAINFO, relay->ca_file);
}

static void
set_login(CURL *h, const char *user, const struct smtp_credentials *login)
{
	curl_easy_setopt(h, CURLOPT_USERNAME, user);
	if (login->bearer && login->bearer[0]) {
		/* left to itself, libcurl would rather take what needs no token */
		curl_easy_setopt(h, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2;AUTH=OAUTHBEARER");
		curl_easy_setopt(h, CURLOPT_XOAUTH2_BEARER, login->bearer);
		return;
	}
	curl_easy_setopt(h, CURLOPT_PASSWORD, login->password ? login->password : "");
}

int
smtp_wire_open(struct smtp_wire *w, CURLM *multi, const struct smtp_relay *relay, const char *url,
    const struct smtp_credentials *login, struct err *e)
{
	CURL *h = curl_easy_init();

	if (!h)
		return err_set(e, ERR_SYSTEM, "libcurl has no memory left");
	w->easy = h;
	w->fd = CURL_SOCKET_BAD;
	w->error[0] = '\0';
	w->heard = 0;
	w->tls = false;
	smtp_ehlo_init(&w->ehlo);
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(h, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(h, CURLOPT_MAXAGE_CONN, 0x7FFFFFFFL); /* its cache must never think a connection too old */
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L); /* closing must not wait for a name server */
	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, w->error);
	curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, w);
	curl_easy_setopt(h, CURLOPT_PRIVATE, w);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)relay->timeout);
	curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)relay->timeout);
	if (login)
		set_login(h, relay->user, login);
	set_tls(h, relay);
	if (curl_multi_add_handle(multi, h) == CURLM_OK)
		return 0;
	curl_easy_cleanup(h);
	w->easy = NULL;
	return err_set(e, ERR_SYSTEM, "libcurl cannot take another connection");
}

int
smtp_wire_opened(struct smtp_wire *w, CURLcode result, const struct smtp_relay *relay, struct err *e)
{
	const struct smtp_reply *last = &w->ehlo.reader.reply;
	struct curl_tlssessioninfo *tls = NULL;

	if (result != CURLE_OK) {
		const char *why = w->error[0] ? w->error : curl_easy_strerror(result);

		if (last->code >= 400)
			return err_set(e, ERR_PEER, "%s; the relay said: %d %s %s", why, last->code, last->enhanced, last->text);
		return err_set(e, ERR_PEER, "%s", why);
	}
	/* libcurl goes on without logging in when the relay offers no AUTH that it knows. */
	if (relay->user[0] && !w->ehlo.logged_in)
		return err_set(e, ERR_PEER, "there are a user and a password, but the relay %s",
		    w->ehlo.offers.auth ? "offers no way to log in that is known here" : "does not offer AUTH");
	if (curl_easy_getinfo(w->easy, CURLINFO_ACTIVESOCKET, &w->fd) != CURLE_OK || w->fd == CURL_SOCKET_BAD)
		return err_set(e, ERR_PEER, "the connection was lost as soon as it was there");
	w->tls = curl_easy_getinfo(w->easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || (tls && tls->internals);
	return 0;
}

void
smtp_wire_close(struct smtp_wire *w, CURLM *multi)
{
	if (!w->easy)
		return;
	curl_multi_remove_handle(multi, w->easy);
	curl_easy_cleanup(w->easy);
	w->easy = NULL;
	w->fd = CURL_SOCKET_BAD;
}

enum smtp_io
smtp_wire_send(struct smtp_wire *w, const char *p, size_t n, size_t *done)
{
	CURLcode rc;

	*done = 0;
	rc = curl_easy_send(w->easy, p, n, done);
	return rc == CURLE_OK ? SMTP_IO_OK : (rc == CURLE_AGAIN ? SMTP_IO_AGAIN : SMTP_IO_ERROR);
}

enum smtp_io
smtp_wire_recv(struct smtp_wire *w, char *p, size_t n, size_t *done)
{
	CURLcode rc;

	*done = 0;
	rc = curl_easy_recv(w->easy, p, n, done);
	if (rc == CURLE_AGAIN)
		return SMTP_IO_AGAIN;
	if (rc != CURLE_OK)
		return SMTP_IO_ERROR;
	return *done > 0 ? SMTP_IO_OK : SMTP_IO_CLOSED;
}

void
smtp_wire_hurry(struct smtp_wire *w)
{
	int on = 1;

	/* Not kept by the kernel: it holds for what was just read. A refusal costs nothing but time. */
	setsockopt(w->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}
