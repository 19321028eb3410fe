/*
 * fuzz_smtp_reply.c - replies and EHLO lines cut at arbitrary places read the same as in one piece; a lying relay cannot
 * make the dialogue forget or repeat a message.
 *
 * The first bytes say where to cut and what the dialogue does between two pieces; the rest is what the relay says.
 */
#include <stdint.h>
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

static void
dialogue(const char *p, size_t n, const uint8_t *cuts, int pipelining)
{
	struct smtp_offers offers = { .pipelining = pipelining };
	struct smtp_handler h = { .body = on_body, .done = on_done };
	struct smtp_message m = { .mail_from = "a@b.org", .rcpt_to = "c@d.org" };
	struct smtp_conn *c = smtp_conn_new(&h, 4);
	const char *bytes;
	size_t left;
	int next = 0;

	memset(given, 0, sizeof(given));
	memset(taken, 0, sizeof(taken));
	smtp_conn_open(c, &offers, 0);
	for (size_t i = 0, piece; n > 0; i++, p += piece, n -= piece) {
		uint8_t what = cuts[i % CUTS];

		piece = (size_t)(what & 31) + 1 < n ? (size_t)(what & 31) + 1 : n;
		if ((what & 32) && next < 64 && smtp_conn_room(c)) {
			given[next]++;
			m.tag = (uint64_t)next++;
			smtp_conn_submit(c, &m);
		}
		if ((what & 64) && smtp_conn_put(c, &bytes, &left))
			smtp_conn_wrote(c, (what & 128) ? left : left / 2);
		if (smtp_conn_take(c, p, piece) != SMTP_GOES_ON) {
			smtp_conn_end(c);
			smtp_conn_open(c, &offers, 0);
		}
		check(smtp_conn_busy(c) <= 2);
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
	    a.offers.smtputf8 == b.offers.smtputf8 && a.offers.auth == b.offers.auth && a.offers.mailmax == b.offers.mailmax);
	check(a.offers.mailmax >= 0 && a.offers.mailmax <= 999999);
	dialogue(p, n, data, 0);
	dialogue(p, n, data, 1);
	return 0;
}
