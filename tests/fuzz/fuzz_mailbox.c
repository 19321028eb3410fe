/*
 * fuzz_mailbox.c - what IMAP and POP3 servers say reads the same however it is cut, and stays within its bounds.
 *
 * The first bytes say where to cut, how much of a message is kept, and what POP3's reader is told to expect; the rest is what the
 * server says.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mail/mailbox_imap_answer.h"
#include "mail/mailbox_imap_set.h"
#include "mail/mailbox_pop3_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUTS 16

static void
check(int true_it_is)
{
	if (!true_it_is)
		abort();
}

static uint64_t
add(uint64_t sum, const void *p, size_t n)
{
	const unsigned char *s = p;

	for (size_t i = 0; i < n; i++)
		sum = (sum ^ s[i]) * 0x100000001b3ULL;
	return (sum ^ n) * 0x100000001b3ULL;
}

static size_t
piece_of(const uint8_t *cuts, size_t i, size_t n)
{
	return cuts && (size_t)cuts[i % CUTS] + 1 < n ? (size_t)cuts[i % CUTS] + 1 : n;
}

static uint64_t
add_answer(uint64_t sum, const struct imap_reader *r, const struct buf *body, size_t most)
{
	const struct imap_answer *a = &r->answer;
	uint32_t number = 0;
	bool has;

	check(strlen(r->line) <= r->len && r->len <= IMAP_LINE_MAX);
	check(a->code >= r->line || a->code[0] == '\0');
	check(strlen(a->code) + strlen(a->text) <= r->len);
	check(body->len <= most && (a->body != IMAP_LONG || body->len == 0));
	check(a->size >= -1);
	check(a->kind == IMAP_FETCH || (a->uid == 0 && a->body == IMAP_NO_BODY));
	if (a->kind == IMAP_CAPABILITY && imap_lists(a->text, "MOVE"))
		sum++;
	has = imap_code(a->code, "UIDVALIDITY", &number);
	check(has || number == 0);
	sum = add(sum, &a->kind, sizeof(a->kind));
	sum = add(sum, &a->uid, sizeof(a->uid));
	sum = add(sum, &a->size, sizeof(a->size));
	sum = add(sum, &a->body, sizeof(a->body));
	sum = add(sum, &a->deleted, sizeof(a->deleted));
	sum = add(sum, a->text, strlen(a->text));
	if (a->body == IMAP_BODY)
		sum = add(sum, body->data, body->len);
	return sum + number;
}

/* cuts NULL: in one piece. */
static uint64_t
imap_all(const char *p, size_t n, const uint8_t *cuts, size_t most, bool wanted)
{
	static struct imap_reader r;
	struct buf body = BUF_INIT;
	enum imap_read got = IMAP_MORE;
	uint64_t sum = 1;

	imap_reader_init(&r);
	imap_reader_want(&r, wanted ? &body : NULL, most);
	for (size_t i = 0, used; n > 0 && got != IMAP_BAD; i++, p += used, n -= used) {
		size_t piece = piece_of(cuts, i, n);

		got = imap_reader_feed(&r, p, piece, &used);
		check(used <= piece && (used > 0 || got == IMAP_BAD));
		check(got != IMAP_MORE || used == piece);
		check(body.len <= most);
		if (got == IMAP_ANSWER)
			sum = add_answer(sum, &r, &body, most);
	}
	check((got == IMAP_BAD) == (r.bad[0] != '\0'));
	buf_release(&body);
	return sum + (got == IMAP_BAD);
}

/* What comes next is what the plan says, in turn. */
static void
expect_next(struct pop3_reader *r, struct buf *body, const uint8_t *plan, size_t at, size_t most)
{
	switch (plan[at % CUTS] % 4) {
	case 0: pop3_reader_expect(r, POP3_STATUS); break;
	case 1: pop3_reader_expect(r, POP3_LIST); break;
	case 2: pop3_reader_expect_message(r, body, most); break;
	default: pop3_reader_expect_message(r, NULL, 0); break;
	}
}

static uint64_t
pop3_all(const char *p, size_t n, const uint8_t *plan, const uint8_t *cuts, size_t most)
{
	static struct pop3_reader r;
	struct buf body = BUF_INIT;
	enum pop3_read got = POP3_MORE;
	uint64_t sum = 1;
	size_t at = 0;

	pop3_reader_init(&r);
	expect_next(&r, &body, plan, at, most);
	for (size_t i = 0, used; n > 0 && got != POP3_BAD; i++, p += used, n -= used) {
		size_t piece = piece_of(cuts, i, n);
		const char *words = "";
		uint32_t number = 0;
		bool good = false;

		got = pop3_reader_feed(&r, p, piece, &used);
		check(used <= piece && (used > 0 || got == POP3_BAD));
		check(got != POP3_MORE || used == piece);
		check(body.len <= most && (r.part != POP3_MESSAGE || !r.over || r.sink != &body || body.len == 0));
		if (got == POP3_LINE) {
			check(strlen(r.line) <= POP3_LINE_MAX);
			sum = add(sum, r.line, strlen(r.line));
			sum += pop3_status(r.line, &good, &words) + pop3_listed(r.line, &number, &words);
			check(words[0] == '\0' || (words > r.line && words < r.line + sizeof(r.line)));
		}
		if (got == POP3_END)
			sum = add(sum, body.data, body.len);
		if (got == POP3_END || (got == POP3_LINE && r.part == POP3_STATUS))
			expect_next(&r, &body, plan, ++at, most);
	}
	buf_release(&body);
	return sum + (got == POP3_BAD);
}

/* Each UID comes in exactly one set, and every set fits its line. */
static void
sets(const uint8_t *p, size_t n)
{
	uint32_t uids[4096];
	size_t count = n / 2 < 4096 ? n / 2 : 4096, from = 0;
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < count; i++)
		uids[i] = 1 + ((uint32_t)p[2 * i] << (p[0] % 24) | p[2 * i + 1]);
	count = imap_set_sort(uids, count);
	for (size_t next; from < count; from = next) {
		next = imap_set_add(&out, uids, count, from);
		check(next > from && next <= count && next - from <= IMAP_SET_UIDS && out.len < IMAP_SET_MAX + 24);
		check(imap_set_has(uids, count, uids[from]));
	}
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p;
	size_t n, most;

	if (size < CUTS)
		return 0;
	p = (const char *)data + CUTS;
	n = size - CUTS;
	most = data[0];
	check(imap_all(p, n, NULL, most, true) == imap_all(p, n, data, most, true));
	check(imap_all(p, n, NULL, most, false) == imap_all(p, n, data, most, false));
	check(pop3_all(p, n, data, NULL, most) == pop3_all(p, n, data, data, most));
	sets((const uint8_t *)p, n);
	return 0;
}
