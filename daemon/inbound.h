/*
 * inbound.h - what the inbound role's files share: inbound.c has the mailboxes in turn, inbound_poll.c works through one of them,
 * inbound_batch.c commits what its messages do, inbound_guard.c sees to it that none of them kills the role for ever.
 *
 * The order that loses and doubles nothing, whenever the process dies: fetch; the message's effect and the row of its uid in one
 * transaction; only then remove it from the mailbox; and only once that is certain delete the row. Whatever comes twice is known by
 * uid or by digest (store/returned.h).
 */
#ifndef DAEMON_INBOUND_H
#define DAEMON_INBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "mail/mailbox.h"
#include "site/inbound.h"
#include "site/site.h"
#include "store/reading.h"

struct err;
struct pulse;

#define INBOUND_BATCH 32                  /* messages fetched before their effects are written */
#define INBOUND_BATCH_BYTES (1 << 20)     /* … or so many bytes of them */
#define INBOUND_POLL_US INT64_C(60000000) /* a poll that has more to do ends, so that other mailboxes have their turn */

struct inbound_tally {
	int64_t messages;
	int64_t outcome[INBOUND_OUTCOMES];
};

/* A message between its fetch and its commit. */
struct inbound_fetched {
	const struct mailbox_entry *entry; /* NULL: put off */
	struct buf bytes;
	bool too_long; /* for report_read: nothing was kept */
	struct inbound_message message;
	struct inbound_done done;
};

struct inbound_poll {
	struct site *site;
	const struct conf_mailbox *conf;
	struct pulse *pulse; /* NULL: none */
	int stop_fd;
	const char *name;          /* for the log */
	char key[INBOUND_MAILBOX]; /* for store/returned.h */
	char *suspect;             /* MAILBOX_UID bytes, kept between polls: the message at which the last one failed, "": none */

	struct mailbox *box;
	const struct mailbox_entry *list;
	size_t count;
	const struct mailbox_entry **fresh; /* nobody has dealt with them */
	size_t fresh_count, fetched;
	const struct mailbox_entry **dealt; /* their effects are committed; the first `removed` of them are removed */
	size_t dealt_count, removed;

	struct reading reading; /* what lives that ended in the middle of it left behind */
	bool guarded, noted;    /* the mailbox is noted as being read; one of its messages is */
	size_t lasts;           /* of the fresh ones: under suspicion, at their end */
	size_t careful;         /* messages to take one at a time still */

	struct inbound_fetched batch[INBOUND_BATCH];
	size_t batched, batch_bytes;
	int put_off; /* messages that could not be recorded; `why` is what the last of them said */
	struct err why;

	struct inbound_tally tally; /* of what is committed */
	bool more;                  /* the time was over before the mailbox was worked through */
};

/* A mailbox as the role goes round. */
struct inbound_round {
	const struct conf_mailbox *conf;
	int64_t next_us;    /* clock_mono_us of its next poll */
	int64_t backoff_us; /* 0: the last one went well */
	int64_t since_us;   /* in trouble since; 0: it is not */
	bool stuck;         /* for so long that somebody has to look */
	char suspect[MAILBOX_UID];
};

/* When its next poll is, after one that began and ended then. Failed: true when it is stuck from now on. more: inbound_poll's. */
bool inbound_round_failed(struct inbound_round *m, int64_t now_us);
void inbound_round_went_well(struct inbound_round *m, int64_t begun_us, int64_t now_us, bool more);

/*
 * Work through a mailbox once. *p is zero but for its first members, up to suspect and without key; the caller looks at tally and more,
 * whatever is returned. 0; -1 with the mailbox's trouble or the store's: what was committed stays so, all else comes again. Told to stop,
 * it returns soon.
 */
int inbound_poll(struct inbound_poll *p, struct err *e);

/* Act on the batch and commit it, in transactions of at most 15 ms; then it is empty. 0, or -1: the store's trouble, or told to stop. */
int inbound_batch_write(struct inbound_poll *p, struct err *e);
void inbound_batch_release(struct inbound_poll *p);

/* Before the mailbox is opened: note that it is being read, and find out how that ended last time. 0, or -1. */
int inbound_guard_begin(struct inbound_poll *p, struct err *e);

/* Put the messages at which the role died behind the others, and leave those where they are at which it died too often. 0, or -1. */
int inbound_guard_sort(struct inbound_poll *p, struct err *e);

/* Before the next batch, when there is a next message: note this if it has to be alone. 0, or -1. */
int inbound_guard_next(struct inbound_poll *p, struct err *e);

/* How many of the next messages may be on their way together; 0: the next one, if there is one, begins a batch of its own. */
size_t inbound_guard_ahead(const struct inbound_poll *p);

/* The poll has ended, and nobody died of it. `all`: every message was read. */
void inbound_guard_end(struct inbound_poll *p, bool all);

/* The role's sign of life, if it is due: for places where no transaction is open. */
void inbound_tick(void *ctx); /* the struct inbound_poll */

/* Wait for the turn to write: 0; -1 also when told to stop meanwhile. */
int inbound_begin(struct inbound_poll *p, struct err *e);
bool inbound_stopping(const struct inbound_poll *p);

#endif
