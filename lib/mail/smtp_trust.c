/* smtp_trust.c - see smtp_trust.h. */
#include "mail/smtp_trust.h"

#include <string.h>

#define LOSSES 2 /* one may be the network's */

enum smtp_dialogue
smtp_dialogue_named(const char *word)
{
	switch (word[0]) {
	case 'c': return SMTP_CHUNKING;
	case 'a': return SMTP_AUTO;
	default: return word[0] == 'p' && word[1] == 'i' ? SMTP_PIPELINED : SMTP_PLAIN;
	}
}

void
smtp_trust_init(struct smtp_trust *t, enum smtp_dialogue configured)
{
	memset(t, 0, sizeof(*t));
	t->configured = t->best = configured == SMTP_AUTO ? SMTP_CHUNKING : configured;
}

static int64_t
lesser(int64_t a, int64_t b)
{
	return a > 0 && (b == 0 || a < b) ? a : b;
}

struct smtp_terms
smtp_trust_terms(struct smtp_trust *t, const struct smtp_offers *offers, int64_t limit, int64_t now)
{
	struct smtp_terms terms = { .offers = *offers };
	enum smtp_dialogue offered = SMTP_PLAIN;

	if (t->best != t->configured && t->fell_at == 0)
		t->fell_at = now;
	if (t->fell_at != 0 && now - t->fell_at >= SMTP_TRUST_RETRY)
		smtp_trust_init(t, t->configured);
	if (t->limit > 0 && now - t->limit_at >= SMTP_TRUST_LIMIT)
		t->limit = 0; /* closed_after stays: it is looked at with nothing on the way */
	/* CHUNKING alone would save one round trip of four, for a pair that no relay in the wild offers: DATA. */
	if (offers->pipelining)
		offered = offers->chunking ? SMTP_CHUNKING : SMTP_PIPELINED;
	terms.dialogue = offered > t->best ? offered : t->best;
	terms.limit = lesser(offers->mailmax, lesser(t->limit, limit));
	terms.pause = t->closed_after;
	return terms;
}

size_t
smtp_trust_ahead(const struct smtp_trust *t, enum smtp_dialogue dialogue, size_t window)
{
	size_t most = 1;

	if (dialogue == SMTP_PIPELINED)
		most = 2; /* the next envelope behind a body */
	else if (dialogue == SMTP_CHUNKING && t->chunk_accepted)
		most = t->window_accepted ? window : 2;
	return most < window ? most : window;
}

static void
fall(struct smtp_trust *t, enum smtp_dialogue to)
{
	if (t->best >= to)
		return; /* another connection did */
	t->best = to;
	t->fell_at = 0; /* the next opening knows what time it is */
	t->losses = 0;
	t->closed_after = t->limit = 0; /* it was not the number of messages */
}

static bool
speaks_of_pipelining(const struct smtp_reply *r)
{
	return r->code >= 500 && (strcasestr(r->text, "pipelin") || strcasestr(r->text, "synchroni"));
}

/* BDAT is not known, or not here; RFC 3030 leaves the code open. 554 with a reason of its own is about the message. */
static bool
refuses_bdat(const struct smtp_reply *r)
{
	if (r->code == 554)
		return r->enhanced[0] == '\0' || strncmp(r->enhanced, "5.5.", 4) == 0;
	return r->code >= 500 && r->code <= 504;
}

bool
smtp_trust_blames(struct smtp_trust *t, enum smtp_dialogue dialogue, enum smtp_command at, const struct smtp_reply *r)
{
	bool sequence = r->code == 503 && strncmp(r->enhanced, "5.7.", 4) != 0; /* "log in first" is no matter of order */

	if (dialogue == SMTP_PLAIN)
		return false;
	if (speaks_of_pipelining(r) && (at != SMTP_BODY || (dialogue == SMTP_CHUNKING && !t->window_accepted))) {
		fall(t, SMTP_PLAIN);
		return true;
	}
	if (dialogue == SMTP_CHUNKING && !t->chunk_accepted && (at == SMTP_BODY ? refuses_bdat(r) : sequence)) {
		fall(t, SMTP_PIPELINED);
		return true;
	}
	if (dialogue == SMTP_PIPELINED && !t->group_accepted && at != SMTP_BODY && sequence) {
		fall(t, SMTP_PLAIN);
		return true;
	}
	return false;
}

bool
smtp_trust_lost(struct smtp_trust *t, enum smtp_dialogue dialogue)
{
	bool proved = dialogue == SMTP_CHUNKING ? t->window_accepted : (dialogue == SMTP_PIPELINED ? t->group_accepted : true);

	if (proved || dialogue < t->best || ++t->losses < LOSSES)
		return false;
	fall(t, dialogue == SMTP_CHUNKING ? SMTP_PIPELINED : SMTP_PLAIN);
	return true;
}

void
smtp_trust_told(struct smtp_trust *t, int64_t served, int64_t now)
{
	t->closed_after = served;
	t->limit = lesser(served, t->limit);
	t->limit_at = now;
}

void
smtp_trust_closed(struct smtp_trust *t, int64_t served, int64_t now)
{
	if (served == t->closed_after) {
		t->limit = lesser(served, t->limit);
		t->limit_at = now;
	}
	t->closed_after = served;
}

void
smtp_trust_passed(struct smtp_trust *t, int64_t served)
{
	if (t->closed_after > 0 && served > t->closed_after)
		t->closed_after = t->limit; /* that was chance */
}
