/* intake_one.h - rows of an intake that go one by one; for intake.c alone. */
#ifndef INTAKE_ONE_H
#define INTAKE_ONE_H

#include "store/consent.h"
#include "store/intake.h"

struct intake_one {
	struct db *db;
	enum intake_how how;
	const int64_t *topic;
	struct evidence evidence;
	struct intake_counts *counts;
	int64_t interval_us, next_us; /* asking: when the next one is due; 0: not known yet */
	uint8_t form[CONSENT_HASH];   /* and what stands for the form that was shown */

	/* foreseeing: what an earlier row of the same person would have done */
	char last_key[SUBSCRIBER_ADDRESS];
	uint64_t last_topics;
	bool last_ended;
};

/* A row that is not active, or one that is only asked or foreseen. */
int intake_one(struct intake_one *in, const struct intake_row *row, struct err *e);

/* What an active row wants, of somebody who is in the store and not suppressed. */
int intake_one_add(struct intake_one *in, int64_t subscriber_id, const struct intake_row *row, struct err *e);

#endif
