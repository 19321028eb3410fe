/*
 * sender_count.c - what the sender counts for metrics: results in the transaction that records them, and, with its sign of life, which
 * relays do not work.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "sender.h"
#include "store/counter.h"
#include "store/pace.h"

static const char *const codes[SENDER_CODES] = { "none", "2xx", "4xx", "5xx" };

/* A file in the outbox folder is as good as a relay's word. */
static int
code_of(const struct delivery_result *r)
{
	switch (r->state == DELIVERY_ACCEPTED ? 2 : r->code / 100) {
	case 2: return 1;
	case 4: return 2;
	case 5: return 3;
	default: return 0;
	}
}

/* More classes than there is room for are one: there are fewer in lib/judge. */
static void
count_class(struct sender_count *c, const char *class)
{
	int i;

	for (i = 0; i < c->classes && strcmp(c->class[i].name, class) != 0; i++)
		;
	if (i == SENDER_CLASSES)
		return;
	if (i == c->classes) {
		c->class[i].name = class;
		c->class[i].n = 0;
		c->classes++;
	}
	c->class[i].n++;
}

void
sender_count(struct sender_count *c, const struct sender *s, const struct slot_entry *slot)
{
	const struct delivery_result *r = &slot->result;

	c->results[slot->outbox ? 1 : 0][r->state]++;
	if (r->class && r->class[0])
		count_class(c, r->class);
	if (slot->relay)
		c->replies[slot->relay - s->relay][code_of(r)]++;
}

int
sender_count_write(struct sender *s, const struct sender_count *c, struct err *e)
{
	static const char *const kinds[] = { "campaign", "mail" };
	struct db *db = s->site->db;
	int k, i;

	for (k = 0; k < 2; k++)
		for (i = 0; i < DELIVERY_STATES; i++)
			if (c->results[k][i] &&
			    counter_add_to(db, c->results[k][i], e, "messages", kinds[k], delivery_state_name((enum delivery_state)i),
				COUNTER_END) == -1)
				return -1;
	for (i = 0; i < c->classes; i++)
		if (counter_add_to(db, c->class[i].n, e, "failures", c->class[i].name, COUNTER_END) == -1)
			return -1;
	for (k = 0; k < s->relays; k++)
		for (i = 0; i < SENDER_CODES; i++)
			if (c->replies[k][i] &&
			    counter_add_to(db, c->replies[k][i], e, "replies", s->relay[k].name, codes[i], COUNTER_END) == -1)
				return -1;
	return 0;
}

/* One row for each relay that does not work: since when, and until when it is left alone. */
static int
note_relay(struct db *db, struct relay *r, int64_t now_us, struct err *e)
{
	struct pace_row row = { .scope = PACE_TROUBLE, .subject = r->conf->name };

	if (pace_drop(db, PACE_TROUBLE, r->conf->name, INT64_MAX, e) == -1)
		return -1;
	if (relay_works(r, now_us)) {
		r->trouble_since = 0;
		return 0;
	}
	if (!r->trouble_since)
		r->trouble_since = clock_now();
	row.window_start = r->trouble_since;
	row.used = r->hold_until_us > now_us ? clock_now() + (r->hold_until_us - now_us) / 1000000 : 0;
	return pace_put(db, &row, e);
}

int
sender_note_relays(void *sender, struct db *db, struct err *e)
{
	struct sender *s = sender;
	int i;

	for (i = 0; i < s->relays; i++)
		if (s->relay[i].conf && note_relay(db, &s->relay[i], clock_mono_us(), e) == -1)
			return -1;
	return 0;
}
