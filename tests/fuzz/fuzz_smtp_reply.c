/*
 * fuzz_smtp_reply.c - replies and EHLO lines cut at arbitrary places read the same as in one piece; a lying relay cannot
 * make the dialogue forget or repeat a message.
 *
 * The first bytes say where to cut and what the dialogue does between two pieces; the rest is what the relay says.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/smtp_conn.h"
#include "mail/smtp_ehlo.h"
#include "mail/smtp_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUTS 16

static void
check(int true_it_is)
{
	if (!true_it_is)
		abort();
}

struct digest {
	uint64_t replies, sum;
	enum smtp_read last;
};

static void
digest_reply(struct digest *d, const struct smtp_reply *r)
{
	size_t n = strlen(r->text);

	check(n < sizeof(r->text) && strlen(r->enhanced) < sizeof(r->enhanced));
	check(text_is_utf8(r->text, n) && !text_has_control(r->text, n, ""));
	check(r->code >= 200 && r->code <= 599);
	d->replies++;
	d->sum = d->sum * 31 + (uint64_t)r->code;
	for (const char *p = r->text; *p; p++)
		d->sum = d->sum * 31 + (unsigned char)*p;
	for (const char *p = r->enhanced; *p; p++)
		d->sum = d->sum * 31 + (unsigned char)*p;
}

/* Read everything; cuts NULL: in one piece. */
static struct digest
read_all(const char *p, size_t n, const uint8_t *cuts)
{
	struct digest d = { 0, 0, SMTP_READ_MORE };
	struct smtp_reader r;

	smtp_reader_init(&r);
	for (size_t i = 0, used; n > 0 && d.last != SMTP_READ_BAD; i++, p += used, n -= used) {
		size_t piece = cuts && (size_t)cuts[i % CUTS] + 1 < n ? (size_t)cuts[i % CUTS] + 1 : n;

		d.last = smtp_reader_feed(&r, p, piece, &used);
		check(used > 0 && used <= piece);
		if (d.last == SMTP_READ_REPLY)
			digest_reply(&d, &r.reply);
	}
	return d;
}

static int
ehlo_all(struct smtp_ehlo *h, const char *p, size_t n, const uint8_t *cuts)
{
	int rc = 0;

	smtp_ehlo_init(h);
	for (size_t i = 0, piece; n > 0 && rc == 0; i++, p += piece, n -= piece) {
		piece = cuts && (size_t)cuts[i % CUTS] + 1 < n ? (size_t)cuts[i % CUTS] + 1 : n;
		rc = smtp_ehlo_feed(h, p, piece);
	}
	return rc;
}

static int given[64], taken[64];

static void
on_body(void *ctx, uint64_t tag, struct buf *out)
{
	(void)ctx;
	(void)tag;
	buf_addstr(out, "Subject: x\r\n\r\nx\r\n");
}

static void
on_done(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	(void)ctx;
	(void)at;
	check(result != SMTP_REPLIED || reply->code >= 200);
	check(result == SMTP_REPLIED || reply->code == 0);
	taken[tag]++;
}

#define WINDOW 4

/* Replies are arbitrary; the relay may be trusted already, and what it says may change that. */
static void
dialogue(const char *p, size_t n, const uint8_t *cuts, enum smtp_dialogue which, bool trusted)
{
	struct smtp_terms terms = { .dialogue = which, .limit = cuts[0] & 1 ? 9 : 0, .pause = cuts[0] & 2 ? 5 : 0 };
	struct smtp_handler h = { .body = on_body, .done = on_done };
	struct smtp_message m = { .mail_from = "a@b.org", .rcpt_to = "c@d.org" };
	struct smtp_trust trust;
	struct smtp_conn *c;
	const char *bytes;
	size_t left;
	int next = 0;

	memset(given, 0, sizeof(given));
	memset(taken, 0, sizeof(taken));
	smtp_trust_init(&trust, SMTP_AUTO);
	trust.chunk_accepted = trust.window_accepted = trusted;
	c = smtp_conn_new(&h, WINDOW, &trust);
	smtp_conn_open(c, &terms);
	for (size_t i = 0, piece; n > 0; i++, p += piece, n -= piece) {
		uint8_t what = cuts[i % CUTS];

		piece = (size_t)(what & 31) + 1 < n ? (size_t)(what & 31) + 1 : n;
		for (size_t k = 0; (what & 32) && k <= (i & 3) && next < 64 && smtp_conn_room(c); k++) {
			given[next]++;
			m.tag = (uint64_t)next++;
			smtp_conn_submit(c, &m);
		}
		if ((what & 64) && smtp_conn_put(c, &bytes, &left))
			smtp_conn_wrote(c, (what & 128) ? left : left / 2);
		if (smtp_conn_take(c, p, piece) != SMTP_GOES_ON) {
			smtp_conn_end(c);
			smtp_conn_open(c, &terms);
		}
		check(smtp_conn_busy(c) <= WINDOW && smtp_conn_room(c) <= WINDOW - smtp_conn_busy(c));
		check(which == SMTP_CHUNKING || smtp_conn_busy(c) <= 2);
	}
	smtp_conn_end(c);
	check(memcmp(given, taken, sizeof(given)) == 0);
	smtp_conn_free(c);
}

/*
 * A relay that answers each command with a code of its own choosing, so that the dialogue gets far: every message is done exactly
 * once, whatever the dialogue falls back to.
 */
static void
obedient_dialogue(const uint8_t *data, size_t size, enum smtp_dialogue which)
{
	static const int codes[] = { 250, 250, 250, 250, 250, 354, 550, 503, 502, 452, 554, 421 };
	struct smtp_terms terms = { .dialogue = which };
	struct smtp_handler h = { .body = on_body, .done = on_done };
	struct smtp_message m = { .mail_from = "a@b.org", .rcpt_to = "c@d.org" };
	struct smtp_trust trust;
	struct smtp_conn *c;
	const char *bytes;
	char line[40];
	size_t n;
	int next = 0;

	memset(given, 0, sizeof(given));
	memset(taken, 0, sizeof(taken));
	smtp_trust_init(&trust, SMTP_AUTO);
	c = smtp_conn_new(&h, WINDOW, &trust);
	smtp_conn_open(c, &terms);
	for (size_t i = 0; i < size; i++) {
		if ((data[i] & 16) && next < 64 && smtp_conn_room(c)) {
			given[next]++;
			m.tag = (uint64_t)next++;
			smtp_conn_submit(c, &m);
		}
		if (data[i] & 32)
			while (smtp_conn_put(c, &bytes, &n))
				smtp_conn_wrote(c, n);
		if (!smtp_conn_waiting(c))
			continue;
		n = (size_t)sprintf(line, "%d %s\r\n", codes[(data[i] & 15) % 12], data[i] & 64 ? "5.5.1 pipelining" : "x");
		if (smtp_conn_take(c, line, n) != SMTP_GOES_ON) {
			smtp_conn_end(c);
			terms = smtp_trust_terms(&trust, &(struct smtp_offers){ .pipelining = true, .chunking = true }, 0, 1);
			smtp_conn_open(c, &terms);
		}
	}
	smtp_conn_end(c);
	check(memcmp(given, taken, sizeof(given)) == 0);
	smtp_conn_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct digest whole, parts;
	struct smtp_ehlo a, b;
	const char *p;
	size_t n;

	if (size < CUTS)
		return 0;
	p = (const char *)data + CUTS;
	n = size - CUTS;
	whole = read_all(p, n, NULL);
	parts = read_all(p, n, data);
	check(whole.replies == parts.replies && whole.sum == parts.sum && (whole.last == SMTP_READ_BAD) == (parts.last == SMTP_READ_BAD));
	check(ehlo_all(&a, p, n, NULL) == ehlo_all(&b, p, n, data));
	check(a.logged_in == b.logged_in && a.offers.pipelining == b.offers.pipelining && a.offers.size == b.offers.size &&
	    a.offers.smtputf8 == b.offers.smtputf8 && a.offers.auth == b.offers.auth && a.offers.mailmax == b.offers.mailmax &&
	    a.offers.chunking == b.offers.chunking && a.offers.dsn == b.offers.dsn && a.offers.size_max == b.offers.size_max);
	check(a.offers.mailmax >= 0 && a.offers.mailmax <= 999999);
	dialogue(p, n, data, SMTP_PLAIN, false);
	dialogue(p, n, data, SMTP_PIPELINED, false);
	dialogue(p, n, data, SMTP_CHUNKING, false);
	dialogue(p, n, data, SMTP_CHUNKING, true);
	obedient_dialogue(data, size, SMTP_CHUNKING);
	obedient_dialogue(data, size, SMTP_PIPELINED);
	return 0;
}
