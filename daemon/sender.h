/*
 * sender.h - what the sender's files share.
 *
 * A slot holds one message from its claim to its record:
 *
 *   FREE -> READY (claimed and committed, waits for the transport)
 *        -> BUSY  (given to the transport) -> DONE (result known) -> FREE (recorded)
 *
 * sender.c is the loop, sender_campaigns.c knows what there is to do,
 * sender_claim.c fills slots, sender_record.c empties them, sender_messages.c
 * keeps the compiled messages, sender_relay.c and sender_folder.c are the two
 * transports.
 */
#ifndef SENDER_H
#define SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/message.h"
#include "site/personal.h"
#include "site/site.h"
#include "store/campaign.h"
#include "store/delivery.h"
#include "store/outbox.h"

struct err;
struct sender;

enum slot_state {
	SLOT_FREE,
	SLOT_READY,
	SLOT_BUSY,
	SLOT_DONE
};

struct slot_entry {
	enum slot_state state;
	bool fresh;  /* claimed in the transaction that is open */
	bool outbox; /* mail is used, else claim */
	struct delivery_claim claim;
	struct outbox_mail mail;
	struct compiled *compiled; /* campaigns: held while the slot is not FREE */

	/* DONE */
	struct delivery_result result;
	char enhanced[12], reply[201]; /* result points here */
	bool dead;                     /* the address is: suppress it */
	bool relay_trouble;
};

/* A compiled message in memory, for one campaign and language. */
struct compiled {
	int64_t campaign_id;
	char language[SUBSCRIBER_LANGUAGE];
	struct message *message;
	int uses; /* slots that hold it */
};

#define COMPILED_MAX 128
#define CAMPAIGNS_MAX 64

/* A campaign as the sender follows it between two looks at the store. */
struct running {
	struct campaign row;
	bool exhausted;   /* the cursor has nobody left */
	int64_t next_due; /* of a deferred one; 0: none */
	bool over, told;  /* closed by us; that was logged */
};

/* How messages leave. */
struct transport {
	size_t (*room)(void *t);               /* how many can be taken right now */
	void (*want)(void *t, size_t waiting); /* how many wait: connect, or let go */
	bool (*takes_utf8)(void *t);           /* non-ASCII local parts */
	void (*submit)(void *t, size_t slot);  /* a READY slot; ends with sender_done() */
	void (*turn)(void *t, int stop_fd, int wait_ms);
	void (*free)(void *t); /* gives every BUSY slot back through sender_done() */
};

struct sender {
	struct site *site;
	int stop_fd;
	const struct transport *transport;
	void *t;
	struct personal personal;
	struct slot_entry *slot;
	size_t slots;                           /* most claims at once: connections x window */
	size_t ready_head, *ready, ready_count; /* ring of READY slots, in the order of their claims */
	size_t busy, done;
	int64_t done_since_us; /* when the oldest unrecorded result came */
	size_t lately, before; /* results in this tenth of a second, and in the one before */
	struct compiled compiled[COMPILED_MAX];
	struct running campaign[CAMPAIGNS_MAX];
	int campaigns, turn;   /* whose turn among them is next */
	int64_t outbox_due;    /* when the next outbox mail is due; 0: none waits */
	int64_t hold_until_us; /* relay trouble: no claims until then */
	int64_t hold_us;
	int64_t next_send_us; /* the relay's rate */
	bool stale;           /* what we wrote ourselves changed what is due: data_version does not show it */
	bool draining;
};

/* sender_relay.c, sender_folder.c: fill s->transport, s->t and s->slots. */
int sender_relay_open(struct sender *s, struct err *e);
int sender_folder_open(struct sender *s, struct err *e);

/* For the transports: who the slot's message goes to, its envelope sender (valid until the next call), its bytes. */
const char *sender_rcpt(const struct sender *s, size_t slot);
const char *sender_mail_from(struct sender *s, size_t slot);
void sender_body(struct sender *s, size_t slot, struct buf *out);
bool sender_needs_utf8(const struct sender *s, size_t slot);

/* A slot's result is known; the strings are copied. */
void sender_done(struct sender *s, size_t slot, const struct delivery_result *result, bool dead, bool relay_trouble);

/* sender_campaigns.c: what there is to do, as the store says. */
int sender_look(struct sender *s, struct err *e);
bool campaign_has_work(const struct running *r, int64_t now);
bool sender_has_work(const struct sender *s);    /* something could be claimed */
bool sender_has_ended(const struct sender *s);   /* a campaign can be closed */
int sender_end(struct sender *s, struct err *e); /* close it; inside a transaction */
void sender_ended(struct sender *s);             /* it was committed */
int sender_recover(struct sender *s, struct err *e);

/* sender_claim.c: fill free slots, inside a transaction: every outbox mail that is due, then at most `most` of campaigns. */
int sender_claim(struct sender *s, size_t most, struct err *e);
void sender_claimed(struct sender *s);                      /* it was committed */
void sender_unclaimed(struct sender *s);                    /* it was not: forget those claims */
void sender_unclaim(struct sender *s, int64_t campaign_id); /* READY slots of a campaign (0: all, outbox too) go back undone */
int sender_drop_unwanted(struct sender *s, struct err *e);  /* READY slots of people who have left meanwhile are skipped */

/* sender_record.c: write every DONE slot (inside a transaction), and free them once it is committed. */
int sender_record(struct sender *s, struct err *e);
void sender_recorded(struct sender *s);
int64_t sender_retry_at(int attempts);

/* sender_messages.c */
struct compiled *sender_compiled(struct sender *s, int64_t campaign_id, const char *language, struct err *e);
void sender_compiled_release_unused(struct sender *s, bool all);

#endif
