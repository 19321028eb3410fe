/*
 * smtp_driver.c - send N messages through a relay with the engine of lib/mail/smtp, and say what became of them.
 *
 * Message i goes to r<i>@example.org and carries its number and length in its
 * header, so that the relay's side can tell what is missing, twice or damaged.
 * Prints one line of JSON; exit 0 unless the engine broke its contract (a
 * message done twice or never, a body asked for twice).
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "mail/smtp.h"

struct driver {
	long messages, size, seconds, enough; /* enough: troubles to stop after */
	bool resend, smtputf8, dsn;
	const char *bearer;
	const char *rcpt;     /* local part, before the number */
	unsigned char *state; /* of each message */
	long *again;          /* messages to be sent again */
	long next, agains, left;
	long accepted, unknown, unsent, troubles, broken;
	long refused_at[SMTP_BODY + 1], codes[600];
	char trouble[700];
	struct buf filling;
};

enum {
	WAITING,
	SUBMITTED,
	ASKED,
	DONE
};

static void
on_body(void *ctx, uint64_t tag, struct buf *out)
{
	struct driver *d = ctx;

	if (d->state[tag] != SUBMITTED)
		d->broken++;
	d->state[tag] = ASKED;
	buf_addf(out,
	    "From: News <news@example.net>\r\nTo: r%06ld@example.org\r\nSubject: Number %06ld\r\nX-Tag: %06ld\r\nX-Body: %zu\r\n\r\n",
	    (long)tag, (long)tag, (long)tag, d->filling.len);
	buf_add(out, d->filling.data, d->filling.len);
}

static void
on_done(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	struct driver *d = ctx;

	if (d->state[tag] != SUBMITTED && d->state[tag] != ASKED)
		d->broken++;
	if (result == SMTP_UNKNOWN && d->state[tag] != ASKED)
		d->broken++;
	d->state[tag] = DONE;
	if (result == SMTP_UNSENT) {
		d->unsent++;
		if (d->resend) {
			d->state[tag] = WAITING;
			d->again[d->agains++] = (long)tag;
			return;
		}
	} else if (result == SMTP_UNKNOWN) {
		d->unknown++;
	} else if (reply->code < 300) {
		d->accepted++;
	} else {
		d->codes[reply->code]++;
		d->refused_at[at]++;
	}
	d->left--;
}

static void
on_trouble(void *ctx, const char *text)
{
	struct driver *d = ctx;

	d->troubles++;
	snprintf(d->trouble, sizeof(d->trouble), "%s", text);
}

/* -b only: the password is the pool's own business. */
static int
on_credentials(void *ctx, struct smtp_credentials *out, struct err *e)
{
	const struct driver *d = ctx;

	if (d->bearer[0] == '\0')
		return err_set(e, ERR_INPUT, "there is no token");
	out->bearer = d->bearer;
	return 0;
}

static void
submit(struct driver *d, struct smtp_pool *p)
{
	while (smtp_pool_room(p) > 0 && (d->agains > 0 || d->next < d->messages)) {
		long i = d->agains > 0 ? d->again[--d->agains] : d->next++;
		char from[64], to[128];
		struct smtp_message m = { .tag = (uint64_t)i, .mail_from = from, .rcpt_to = to, .size = d->filling.len + 200 };

		snprintf(from, sizeof(from), "b+%06ld@example.net", i);
		snprintf(to, sizeof(to), "%s%06ld@example.org", d->rcpt, i);
		m.envid = d->dsn ? "c+1=" : "";
		m.orcpt = d->dsn ? to : "";
		m.smtputf8 = d->smtputf8 && smtp_pool_has_smtputf8(p);
		d->state[i] = SUBMITTED;
		smtp_pool_submit(p, &m);
	}
}

static void
report(const struct driver *d, double seconds)
{
	static const char *const at[] = { "connect", "mail", "rcpt", "data", "body" };
	json_t *top = json_object(), *codes = json_object(), *where = json_object();
	struct rusage use;
	struct buf out = BUF_INIT;
	char code[16];

	getrusage(RUSAGE_SELF, &use);
	json_put_int(top, "accepted", d->accepted);
	for (int i = 0; i < 600; i++) {
		snprintf(code, sizeof(code), "%d", i);
		if (d->codes[i])
			json_put_int(codes, code, d->codes[i]);
	}
	for (int i = 0; i <= SMTP_BODY; i++)
		if (d->refused_at[i])
			json_put_int(where, at[i], d->refused_at[i]);
	json_object_set_new(top, "refused", codes);
	json_object_set_new(top, "refused_at", where);
	json_put_int(top, "unknown", d->unknown);
	json_put_int(top, "unsent", d->unsent);
	json_put_int(top, "left", d->left);
	json_put_int(top, "broken", d->broken);
	json_put_int(top, "troubles", d->troubles);
	if (d->trouble[0])
		json_put(top, "trouble", d->trouble);
	json_put_int(top, "ms", (long long)(seconds * 1000));
	json_put_int(top, "cpu_ms",
	    (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000);
	json_write(&out, top, 0);
	fputs(out.data, stdout);
	buf_release(&out);
	json_decref(top);
}

static void
run(struct driver *d, struct smtp_hub *h, struct smtp_pool *p)
{
	int64_t start = clock_mono_us(), now = start, stop = start + d->seconds * 1000000;

	while (d->left > 0 && now < stop && d->troubles < d->enough) {
		smtp_pool_want(p, (size_t)(d->messages - d->next + d->agains));
		submit(d, p);
		smtp_pool_want(p, (size_t)(d->messages - d->next + d->agains));
		smtp_hub_turn(h, NULL, 0, 1000000);
		now = clock_mono_us();
	}
	/* Stop as a daemon does: what is on the way gets its replies, nothing new begins; then QUIT. */
	smtp_pool_want(p, 0);
	stop = clock_mono_us() + 20000000;
	for (int i = 0; (smtp_pool_busy(p) > 0 || i < 3) && clock_mono_us() < stop; i++)
		smtp_hub_turn(h, NULL, 0, 50000);
	d->resend = false;
	smtp_pool_free(p);
	for (long i = 0; i < d->messages; i++)
		d->broken += d->state[i] == SUBMITTED || d->state[i] == ASKED;
	report(d, (double)(now - start) / 1e6);
}

static int
usage(void)
{
	fprintf(stderr,
	    "usage: smtp_driver [-n messages] [-c connections] [-w window] [-s octets] [-l messages-a-connection] [-t timeout]\n"
	    "    [-d seconds] [-u user] [-p password] [-C ca-file] [-T required|opportunistic|none] [-r] [-8] [-R rcpt]\n"
	    "    [-D chunking|pipelined|plain] [-b bearer-token] [-E] [-x troubles] url\n");
	return 2;
}

static void
fill(struct driver *d)
{
	buf_init(&d->filling);
	while (d->filling.len + 78 <= (size_t)d->size)
		buf_addstr(&d->filling, "The quick brown fox jumps over the lazy dog, and then again, and then rest.\r\n");
	buf_addstr(&d->filling, "End.\r\n");
}

int
main(int argc, char **argv)
{
	struct smtp_relay relay = {
		.user = "",
		.password = "",
		.ca_file = "",
		.helo = "client.example.net",
		.tls = TLS_NONE,
		.connections = 1,
		.window = 16,
		.timeout = 30,
	};
	struct driver d = { .messages = 10, .size = 8192, .seconds = 120, .enough = LONG_MAX, .rcpt = "r" };
	struct smtp_handler handler = { .body = on_body, .done = on_done, .trouble = on_trouble, .ctx = &d };
	struct err e = ERR_INIT;
	struct smtp_hub *h;
	struct smtp_pool *p;
	int c, rc = 1;

	while ((c = getopt(argc, argv, "n:c:w:s:l:t:d:x:u:p:C:T:rR:8D:b:E")) != -1)
		switch (c) {
		case 'n': d.messages = atol(optarg); break;
		case 'c': relay.connections = atoi(optarg); break;
		case 'w': relay.window = atoi(optarg); break;
		case 's': d.size = atol(optarg); break;
		case 'l': relay.messages_per_connection = atol(optarg); break;
		case 't': relay.timeout = atol(optarg); break;
		case 'd': d.seconds = atol(optarg); break;
		case 'x': d.enough = atol(optarg); break;
		case 'u': relay.user = optarg; break;
		case 'p': relay.password = optarg; break;
		case 'C': relay.ca_file = optarg; break;
		case 'T': relay.tls = tls_named(optarg); break;
		case 'r': d.resend = true; break;
		case 'R': d.rcpt = optarg; break;
		case 'D': relay.dialogue = *optarg == 'c' ? SMTP_CHUNKING : (optarg[1] == 'i' ? SMTP_PIPELINED : SMTP_PLAIN); break;
		case 'b': d.bearer = optarg; break;
		case 'E': d.dsn = true; break;
		case '8': d.smtputf8 = true; break;
		default: return usage();
		}
	if (optind + 1 != argc || d.messages < 1)
		return usage();
	relay.url = argv[optind];
	d.left = d.messages;
	d.state = xcalloc((size_t)d.messages, 1);
	d.again = xcalloc((size_t)d.messages, sizeof(long));
	fill(&d);
	if (d.bearer)
		handler.credentials = on_credentials;
	h = smtp_hub_new();
	p = smtp_pool_new(h, &relay, &handler, &e);
	if (!p) {
		fprintf(stderr, "smtp_driver: %s\n", e.text);
		goto out;
	}
	run(&d, h, p);
	rc = d.broken ? 1 : 0;
out:
	smtp_hub_free(h);
	buf_release(&d.filling);
	free(d.state);
	free(d.again);
	return rc;
}
