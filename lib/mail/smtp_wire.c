/* smtp_wire.c - see smtp_wire.h. */
#include "mail/smtp_wire.h"

#include "base/buf.h"
#include "base/err.h"

int
smtp_wire_url(const struct smtp_relay *relay, struct buf *url, struct err *e)
{
	static const struct wire_url wanted = { "smtp", "the relay's URL", "smtp://host:587 or smtps://host:465", false };
	CURLU *u = curl_url();
	char *name = NULL, *whole = NULL;
	struct buf path = BUF_INIT;
	int rc = -1;

	if (wire_check_url(u, &wanted, relay->url, e) == -1)
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

static int
on_line(void *ctx, const char *p, size_t n)
{
	return smtp_ehlo_feed(ctx, p, n);
}

int
smtp_wire_open(struct wire *w, struct smtp_ehlo *ehlo, CURLM *multi, const struct smtp_relay *relay, const char *url,
    const struct smtp_credentials *login, struct err *e)
{
	struct wire_where where = {
		.url = url,
		.user = login ? relay->user : NULL,
		.password = login && login->password ? login->password : "",
		.token = login ? login->bearer : NULL,
		.ca_file = relay->ca_file,
		.tls = relay->tls,
		.timeout = relay->timeout,
		.line = on_line,
		.ctx = ehlo,
	};

	smtp_ehlo_init(ehlo);
	return wire_open(w, multi, &where, e);
}

int
smtp_wire_opened(struct wire *w, const struct smtp_ehlo *ehlo, CURLcode result, const struct smtp_relay *relay, struct err *e)
{
	const struct smtp_reply *last = &ehlo->reader.reply;

	if (result != CURLE_OK) {
		const char *why = wire_why(w, result);

		if (last->code >= 400)
			return err_set(e, ERR_PEER, "%s; the relay said: %d %s %s", why, last->code, last->enhanced, last->text);
		return err_set(e, ERR_PEER, "%s", why);
	}
	/* libcurl goes on without logging in when the relay offers no AUTH that it knows. */
	if (relay->user[0] && !ehlo->logged_in)
		return err_set(e, ERR_PEER, "there are a user and a password, but the relay %s",
		    ehlo->offers.auth ? "offers no way to log in that is known here" : "does not offer AUTH");
	return wire_opened(w, e);
}
