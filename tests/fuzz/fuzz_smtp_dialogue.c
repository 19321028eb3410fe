/*
 * fuzz_smtp_dialogue.c - whatever an honest relay refuses and whenever the connection breaks, what is said of each message is true.
 *
 * The relay here reads what the dialogue writes and knows what it accepted. It
 * refuses, hangs up, says 421, does not know BDAT or keeps transactions open as
 * the input says, and its replies arrive in pieces, late or never. At the end:
 * accepted only if it accepted, unsent or refused only if it did not.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mail/smtp_conn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MESSAGES 200
#define WINDOW 6

struct relay {
	bool knows_bdat, keeps_open; /* keeps_open: a failed transaction stays open */
	struct buf in, replies;
	bool mail, dead, in_data;
	int rcpt; /* accepted in this transaction, or -1 */
};

struct play {
	struct relay r;
	struct smtp_conn *c;
	int given[MESSAGES], taken[MESSAGES], accepted[MESSAGES];
};

static void
check(int true_it_is)
{
	if (!true_it_is)
		abort();
}

static void
on_body(void *ctx, uint64_t tag, struct buf *out)
{
	const struct play *p = ctx;

	check(p->given[tag] == 1 && p->taken[tag] == 0);
	buf_addf(out, "X-Tag: %d\r\n\r\nMAIL FROM:<%d@x>\r\nQUIT\r\n", (int)tag, (int)tag);
}

static void
on_done(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	struct play *p = ctx;

	(void)at;
	p->taken[tag]++;
	if (result == SMTP_REPLIED)
		check(p->accepted[tag] == (reply->code < 400));
	else if (result == SMTP_UNSENT)
		check(p->accepted[tag] == 0);
}

static void
reply(struct relay *r, const char *text)
{
	buf_addf(&r->replies, "%s\r\n", text);
}

static void
consume(struct relay *r, size_t n)
{
	memmove(r->in.data, r->in.data + n, r->in.len - n);
	buf_truncate(&r->in, r->in.len - n);
}

/* A whole message came. */
static void
content(struct play *p, const char *text, unsigned choice)
{
	static const char *const refusals[] = { "552 5.3.4 too large", "451 later", "554 5.7.1 spam" };
	struct relay *r = &p->r;
	int tag = r->rcpt;

	if (tag < 0) {
		reply(r, "554 5.5.1 no valid recipients");
		r->mail = r->mail && r->keeps_open;
		return;
	}
	r->mail = false;
	r->rcpt = -1;
	check(atoi(text + strlen("X-Tag: ")) == tag); /* each content to its own recipient */
	if (choice < 3) {
		reply(r, refusals[choice]);
		return;
	}
	check(++p->accepted[tag] == 1);
	reply(r, "250 taken");
}

static void
command(struct play *p, const char *line, unsigned choice)
{
	struct relay *r = &p->r;

	if (strncmp(line, "MAIL", 4) == 0) {
		if (r->mail || choice == 1) {
			reply(r, r->mail ? "503 5.5.1 nested MAIL" : "452 4.3.1 full");
			return;
		}
		r->mail = true;
		r->rcpt = -1;
		reply(r, "250 ok");
	} else if (strncmp(line, "RCPT", 4) == 0) {
		if (!r->mail || choice < 3) {
			reply(r, r->mail ? (choice == 1 ? "450 later" : "550 5.1.1 unknown") : "503 5.5.1 need MAIL");
			return;
		}
		r->rcpt = atoi(line + strlen("RCPT TO:<"));
		reply(r, "250 ok");
	} else if (strncmp(line, "DATA", 4) == 0) {
		r->in_data = r->rcpt >= 0 && choice != 1;
		reply(r, r->in_data ? "354 go" : (r->rcpt >= 0 ? "451 not now" : "503 5.5.1 need RCPT"));
	} else if (strncmp(line, "RSET", 4) == 0) {
		r->mail = false;
		r->rcpt = -1;
		reply(r, "250 ok");
	} else if (strncmp(line, "QUIT", 4) == 0) {
		reply(r, "221 bye");
		r->dead = true;
	} else {
		reply(r, "502 5.5.2 what");
	}
}

/* One command or content out of what came. */
static void
serve(struct play *p, unsigned choice)
{
	struct relay *r = &p->r;
	const char *end;
	size_t n, header;

	if (r->dead || r->in.len == 0)
		return;
	end = strstr(r->in.data, r->in_data ? "\r\n.\r\n" : "\r\n");
	if (!end)
		return;
	if (choice == 15) {
		reply(r, "421 4.3.2 closing");
		r->dead = true;
		return;
	}
	header = (size_t)(end - r->in.data) + 2;
	if (r->in_data) {
		r->in_data = false;
		content(p, r->in.data, choice);
		consume(r, header + 3);
	} else if (r->knows_bdat && strncmp(r->in.data, "BDAT ", 5) == 0) {
		n = strtoul(r->in.data + 5, NULL, 10);
		if (r->in.len - header < n)
			return;
		content(p, r->in.data + header, choice);
		consume(r, header + n);
	} else {
		command(p, r->in.data, choice);
		consume(r, header);
	}
}

static void
new_connection(struct play *p, struct smtp_trust *trust)
{
	static const struct smtp_offers offers = { .pipelining = true, .chunking = true };
	struct smtp_terms terms = smtp_trust_terms(trust, &offers, 0, 1);

	smtp_conn_end(p->c);
	buf_reset(&p->r.in);
	buf_reset(&p->r.replies);
	p->r.mail = p->r.dead = p->r.in_data = false;
	p->r.rcpt = -1;
	smtp_conn_open(p->c, &terms);
}

static void
submit(struct play *p, int *next)
{
	struct smtp_message m = { .tag = (uint64_t)*next, .mail_from = "f" };
	char rcpt[16];

	if (*next == MESSAGES || smtp_conn_room(p->c) == 0)
		return;
	snprintf(rcpt, sizeof(rcpt), "%d@x", *next);
	m.rcpt_to = rcpt;
	p->given[(*next)++]++;
	smtp_conn_submit(p->c, &m);
}

static void
step(struct play *p, struct smtp_trust *trust, unsigned what, unsigned choice, int *next)
{
	enum smtp_end end;
	const char *bytes;
	size_t n;

	switch (what) {
	case 0:
	case 1:
	case 2: submit(p, next); break;
	case 3:
	case 4:
		if (!smtp_conn_put(p->c, &bytes, &n))
			break;
		n = choice >= 8 ? n : n * choice / 8;
		buf_add(&p->r.in, bytes, n);
		smtp_conn_wrote(p->c, n);
		break;
	case 5:
		for (unsigned i = 0; i < choice % 4; i++) /* what needs no fault goes quickly */
			serve(p, 14);
		serve(p, choice);
		break;
	default:
		n = choice >= 4 || choice > p->r.replies.len ? p->r.replies.len : choice;
		end = smtp_conn_take(p->c, p->r.replies.data, n);
		check(end != SMTP_UNREADABLE && end != SMTP_OUT_OF_STEP);
		memmove(p->r.replies.data, p->r.replies.data + n, p->r.replies.len - n);
		buf_truncate(&p->r.replies, p->r.replies.len - n);
		if (end != SMTP_GOES_ON || (choice == 13 && what == 7)) {
			if (end == SMTP_GOES_ON)
				smtp_trust_lost(trust, smtp_conn_terms(p->c)->dialogue);
			new_connection(p, trust);
		}
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play p = { .r.rcpt = -1 };
	struct smtp_handler h = { .body = on_body, .done = on_done, .ctx = &p };
	struct smtp_trust trust;
	int next = 0;

	if (size < 1)
		return 0;
	p.r.knows_bdat = (data[0] & 3) != 0;
	p.r.keeps_open = (data[0] & 4) != 0;
	buf_init(&p.r.in);
	buf_init(&p.r.replies);
	smtp_trust_init(&trust, (enum smtp_dialogue)((data[0] >> 3) % 4));
	trust.chunk_accepted = trust.window_accepted = p.r.knows_bdat && (data[0] & 128);
	p.c = smtp_conn_new(&h, WINDOW, &trust);
	new_connection(&p, &trust);
	for (size_t i = 1; i < size; i++)
		step(&p, &trust, data[i] & 7, (data[i] >> 3) & 15, &next);
	smtp_conn_end(p.c);
	for (int i = 0; i < MESSAGES; i++)
		check(p.given[i] == p.taken[i]);
	smtp_conn_free(p.c);
	buf_release(&p.r.in);
	buf_release(&p.r.replies);
	return 0;
}
