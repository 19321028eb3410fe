/* mailbox_session.c - see mailbox_session.h. */
#include "mail/mailbox_session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "judge/judge.h"

#define SECOND 1000000LL
#define HASTE (5 * SECOND)

/* What a server says against us: POP3's "-ERR …", IMAP's "TAG NO …", "TAG BAD …", "* BYE …". The last one counts. */
static int
on_line(void *ctx, const char *p, size_t n)
{
	static const char *const signs[] = { "NO ", "BAD ", "BYE " };
	struct session *s = ctx;
	const char *end = p + n, *word = memchr(p, ' ', n), *text = NULL;

	if (!word)
		return 0;
	word++;
	if (word - p == 5 && strncasecmp(p, "-ERR ", 5) == 0)
		text = word;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if ((size_t)(end - word) > strlen(signs[i]) && strncasecmp(word, signs[i], strlen(signs[i])) == 0)
			text = word + strlen(signs[i]);
	if (!text)
		return 0;
	while (end > text && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	n = (size_t)(end - text) < sizeof(s->words) ? (size_t)(end - text) : sizeof(s->words) - 1;
	memcpy(s->words, text, n);
	s->words[n] = '\0';
	return 0;
}

/* A server may say again what it was given. */
static void
hide_plain(char *text, const char *secret)
{
	size_t n = secret ? strlen(secret) : 0;
	char *at;

	while (n > 0 && (at = strstr(text, secret)) != NULL) {
		memset(at, '*', n < 3 ? n : 3);
		if (n > 3)
			memmove(at + 3, at + n, strlen(at + n) + 1);
		if (secret[0] == '*')
			return; /* it would be found for ever */
	}
}

/* The bytes that base64 stands for (RFC 4648 section 4), as far as it is such; returns how many. */
static size_t
decode(unsigned char *out, const char *p, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, have = 0;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		const char *at = strchr(letters, p[i]);

		if (!at || p[i] == '\0')
			break;
		bits = (bits << 6 | (unsigned)(at - letters)) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[len++] = (unsigned char)(bits >> have);
		}
	}
	return len;
}

/* The same, in the base64 in which SASL sends secrets. */
static void
hide_encoded(char *text, const char *secret)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	unsigned char bytes[sizeof(((struct session *)NULL)->words)];

	if (!secret || !secret[0])
		return;
	while (*text) {
		size_t n = strspn(text, letters), len = decode(bytes, text, n);

		/* what is cut off at the end of a long line may be the secret's beginning */
		if (n >= 4 && (memmem(bytes, len, secret, strlen(secret)) || (text[n] == '\0' && n > 60))) {
			memcpy(text, "***", 3);
			memmove(text + 3, text + n, strlen(text + n) + 1);
			n = 3;
		}
		text += n;
		text += strcspn(text, letters);
	}
}

static void
hide(char *text, const char *secret)
{
	hide_plain(text, secret);
	hide_encoded(text, secret);
}

static int
stopped(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "stopped while it waited for the mail server");
}

static bool
must_stop(const struct session *s)
{
	struct pollfd p = { .fd = s->stop_fd, .events = POLLIN };

	return s->stop_fd >= 0 && poll(&p, 1, 0) > 0;
}

/* How long to wait at once, in milliseconds, of so many microseconds that are left: who ticks is not kept from it. */
static int
slice(const struct session *s, int64_t left)
{
	if (s->tick && left > SECOND)
		left = SECOND;
	return (int)(left / 1000) + 1;
}

static void
tick(const struct session *s)
{
	if (s->tick)
		s->tick(s->tick_ctx);
}

/* Let libcurl work until it is done with opening. */
static int
drive(struct session *s, CURLcode *result, struct err *e)
{
	struct curl_waitfd stop = { .fd = s->stop_fd, .events = CURL_WAIT_POLLIN };
	int running, left;
	CURLMsg *message;

	for (;;) {
		int64_t wait = s->deadline + SECOND - clock_mono_us(); /* libcurl has the same limit, and says where it stood */

		if (curl_multi_perform(s->multi, &running) != CURLM_OK)
			return err_set(e, ERR_SYSTEM, "libcurl failed");
		while ((message = curl_multi_info_read(s->multi, &left)) != NULL)
			if (message->msg == CURLMSG_DONE) {
				*result = message->data.result;
				return 0;
			}
		if (must_stop(s))
			return stopped(e);
		if (wait <= 0)
			return err_set(e, ERR_PEER, "the connection took too long");
		curl_multi_poll(s->multi, &stop, s->stop_fd >= 0, slice(s, wait), NULL);
		tick(s);
	}
}

/* With a user libcurl logs in or fails. */
static int
connect_and_login(struct session *s, const struct mailbox_where *where, const char *url, struct err *e)
{
	struct wire_where to = {
		.url = url,
		.user = where->user[0] ? where->user : NULL, /* a server may know us already (PREAUTH) */
		.password = where->password,
		.token = where->token,
		.ca_file = where->ca_file,
		.tls = tls_named(where->tls),
		.timeout = where->timeout,
		.line = on_line,
		.ctx = s,
	};
	CURLcode result = CURLE_OK;
	char text[ERR_TEXT];

	if (wire_open(&s->wire, s->multi, &to, e) == -1 || drive(s, &result, e) == -1)
		return -1;
	if (result == CURLE_OK)
		return wire_opened(&s->wire, e);
	hide(s->words, where->password);
	hide(s->words, where->token);
	if (result == CURLE_LOGIN_DENIED && !s->words[0]) /* libcurl does not say that */
		return err_set(e, ERR_PEER, "the server offers no way to log in that is known here");
	snprintf(text, sizeof(text), "%s%s%s", wire_why(&s->wire, result), s->words[0] ? "; the server said: " : "", s->words);
	judge_redact(text, sizeof(text));
	return err_set(e, ERR_PEER, "%s", text);
}

int
session_open(struct session *s, const struct mailbox_where *where, struct err *e)
{
	CURLU *u = curl_url();
	char *url = NULL;
	int rc;

	memset(s, 0, sizeof(*s));
	s->stop_fd = where->stop_fd;
	s->tick = where->tick;
	s->tick_ctx = where->tick_ctx;
	s->timeout = where->timeout * SECOND;
	s->multi = curl_multi_init();
	session_expect(s);
	/* the folder is ours */
	if (curl_url_set(u, CURLUPART_URL, where->url, 0) != CURLUE_OK || curl_url_set(u, CURLUPART_PATH, "/", 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_URL, &url, 0) != CURLUE_OK || !s->multi)
		rc = err_set(e, ERR_SYSTEM, "libcurl cannot begin");
	else
		rc = connect_and_login(s, where, url, e);
	s->good = rc == 0;
	curl_free(url);
	curl_url_cleanup(u);
	if (rc == -1)
		session_close(s);
	return rc;
}

void
session_expect(struct session *s)
{
	s->deadline = clock_mono_us() + s->timeout;
	s->block = 0;
}

/* Wait for the socket. */
static int
wait_for(struct session *s, short events, struct err *e)
{
	struct pollfd p[2] = { { .fd = s->wire.fd, .events = events }, { .fd = s->stop_fd, .events = POLLIN } };
	int64_t left = s->deadline - clock_mono_us();
	int n;

	if (left <= 0)
		return session_fail(s, e, "the server has not answered for %lld seconds", (long long)(s->timeout / SECOND));
	n = poll(p, s->stop_fd >= 0 ? 2 : 1, slice(s, left));
	tick(s);
	if (n > 0 && s->stop_fd >= 0 && p[1].revents) {
		session_close(s);
		return stopped(e);
	}
	if (n == -1 && errno != EINTR) {
		session_close(s);
		return err_sys(e, "poll");
	}
	return 0;
}

int
session_write(struct session *s, const char *p, size_t n, struct err *e)
{
	if (!s->good)
		return session_fail(s, e, "the connection is closed");
	session_expect(s);
	while (n > 0) {
		size_t done;
		enum wire_io io = wire_send(&s->wire, p, n, &done);

		if (io == WIRE_ERROR || io == WIRE_CLOSED)
			return session_fail(s, e, "the connection was lost");
		p += done;
		n -= done;
		if (io == WIRE_AGAIN && wait_for(s, POLLOUT, e) == -1)
			return -1;
	}
	return 0;
}

int
session_fill(struct session *s, struct err *e)
{
	if (s->start < s->end)
		return 0;
	if (!s->good)
		return session_fail(s, e, "the connection is closed");
	for (;;) {
		size_t n;
		enum wire_io io = wire_recv(&s->wire, s->in, sizeof(s->in), &n);

		if (io == WIRE_OK) {
			s->start = 0;
			s->end = n;
			s->block += n;
			if (s->block >= SESSION_BLOCK)
				session_expect(s);
			else if (s->deadline < clock_mono_us())
				return session_fail(s, e, "the server dribbles its answer");
			return 0;
		}
		if (io != WIRE_AGAIN)
			return session_fail(s, e, "the server has closed the connection");
		wire_hurry(&s->wire);
		if (wait_for(s, POLLIN, e) == -1)
			return -1;
	}
}

int
session_fail(struct session *s, struct err *e, const char *fmt, ...)
{
	char text[ERR_TEXT];
	va_list ap;

	session_close(s);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	judge_redact(text, sizeof(text));
	return err_set(e, ERR_PEER, "%s", text);
}

int
session_refused(struct err *e, const char *what, const char *words)
{
	char text[ERR_TEXT];

	snprintf(text, sizeof(text), "%s: the server said: %.300s", what, words);
	judge_redact(text, sizeof(text));
	return err_set(e, ERR_PEER, "%s", text);
}

void
session_hasten(struct session *s)
{
	if (must_stop(s) && s->timeout > HASTE)
		s->timeout = HASTE;
	s->stop_fd = -1;
}

void
session_close(struct session *s)
{
	s->good = false;
	if (!s->multi)
		return;
	wire_close(&s->wire, s->multi);
	curl_multi_cleanup(s->multi);
	s->multi = NULL;
}
