/*
 * pulse.h - a role's sign of life: its row in table `role`, and with it the numbers that it counted in memory.
 *
 * It is written by the role's own loop and not by a thread beside it, so that a role that hangs is seen to. Every ROLE_BEAT seconds it is
 * due; then it goes with the role's next transaction (pulse_write, inside it; pulse_written, once it is committed) or in one of its own
 * (pulse_turn).
 */
#ifndef PULSE_H
#define PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "store/role.h"

struct db;
struct err;
struct sandbox;

struct pulse {
	struct role_seen row;
	int64_t next_us;                   /* clock_mono_us */
	int64_t asked_us;                  /* since when pulse_turn waits for its turn to write; 0: it does not */
	int64_t deaths;                    /* of its forerunners, not counted yet */
	struct histogram written, writing; /* commit times: as counted, and as they will be */

	/* The role's own numbers, counted with it: inside the transaction, and once it is committed. NULL: none. */
	int (*write)(void *ctx, struct db *db, struct err *e);
	void (*wrote)(void *ctx);
	void *ctx;
};

/* deaths: how often the role has died since one said that it was ready. */
void pulse_init(struct pulse *p, const char *role, int64_t deaths);

/* What its row says the kernel enforces. */
void pulse_sandbox(struct pulse *p, const struct sandbox *s);

bool pulse_due(const struct pulse *p);
int pulse_write(struct pulse *p, struct db *db, struct err *e);
void pulse_written(struct pulse *p);
void pulse_failed(struct pulse *p); /* the transaction was rolled back: not due for a while, so that a full disk fills no log */

/*
 * For loops, when no transaction is open: if it is due and it is our turn to write, do. True: it waits for the turn, ask again within 1-2
 * ms. A failure is logged.
 */
bool pulse_turn(struct pulse *p, struct db *db);

/* The role is told to end: write once more what it counted, waiting at most a second. No transaction is open. */
void pulse_end(struct pulse *p, struct db *db);

#endif
