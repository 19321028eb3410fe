/*
 * sender.h - what the sender's files share.
 *
 * A slot holds one message from its claim to its record, and stands in one list
 * all the time:
 *
 *   free -> fresh    claimed in the transaction that is open
 *        -> ready    committed; in the outbox's list or in its lane's
 *        -> signing  with a worker thread (in no list); only where DKIM is configured
 *        -> signed   waits for room at its relay
 *        -> busy     given to the relay (in no list: the transport has it)
 *        -> done     its result is known
 *        -> free     recorded
 *
 * What is ready or signed may go to done unsent: paused, left, its domain too slow, no relay that works.
 *
 * sender.c is the loop, sender_campaigns.c knows what there is to do,
 * sender_claim.c fills slots, sender_slots.c keeps their lists, sender_route.c
 * finds the relay for each, sender_submit.c hands them over, sender_record.c
 * empties them, sender_messages.c keeps the compiled messages, sender_erase.c
 * deletes files of people who are gone, sender_relay.c and sender_folder.c are the two transports.
 */
#ifndef SENDER_H
#define SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/window.h"
#include "mail/message.h"
#include "pulse.h"
#include "sender_pace.h"
#include "site/personal.h"
#include "site/site.h"
#include "store/campaign.h"
#include "store/delivery.h"
#include "store/outbox.h"

struct dkim;
struct err;
struct relay;
struct sender;
struct sign_job;
struct signers;
struct smtp_hub;

/* A compiled message in memory, for one campaign and language. */
struct compiled {
	int64_t campaign_id;
	char language[SUBSCRIBER_LANGUAGE];
	struct message *message;
	size_t size; /* octets of a merged one, about: for SIZE= (RFC 1870 allows an estimate) */
	int uses;    /* slots that hold it */
};

struct slot_entry {
	struct slot_entry *next; /* in the list that it stands in */
	bool outbox;             /* mail is used, else claim */
	bool busy;               /* the transport has it */
	bool recalled;           /* signing: whether it may still leave is asked when it comes back */
	struct delivery_claim claim;
	struct outbox_mail mail;
	struct compiled *compiled; /* campaigns: held while the slot is not free */
	struct lane *lane;
	int domain;           /* sender_pace.h: the recipient's */
	struct relay *relay;  /* signing, signed, busy, done: that it leaves by; else NULL */
	struct sign_job *job; /* signed, busy: its bytes; else NULL */

	/* done */
	struct delivery_result result;
	char enhanced[12], reply[201]; /* result points here */
	bool dead;                     /* the address is: suppress it */
};

struct slot_list {
	struct slot_entry *head, *tail;
	size_t count;
};

/* How messages leave: to one relay, or into the outbox folder. */
struct transport {
	size_t (*room)(void *t);               /* how many can be taken right now */
	void (*want)(void *t, size_t waiting); /* how many wait: connect, or let go */
	bool (*is_down)(void *t);              /* cannot be reached at present */
	bool (*takes_utf8)(void *t);           /* non-ASCII local parts */
	void (*submit)(void *t, struct slot_entry *e);
	void (*free)(void *t); /* gives every busy slot back through sender_done() */
};

struct relay {
	const char *name; /* for the log */
	const struct transport *transport;
	void *t;
	const struct conf_relay *conf; /* NULL: the outbox folder */
	int index;                     /* in conf->relay and in sender_pace.h */
	size_t slots;                  /* most messages on the way */
	struct dkim *dkim;             /* NULL: what leaves here is not signed */
	struct slot_list signed_;      /* wait for room */
	size_t signing, busy;
	size_t lately, before; /* results in this tenth of a second, and in the one before */
	int64_t hold_until_us; /* it is in trouble: nothing is given to it until then */
	int64_t hold_us;       /* how long it was held last; not 0: on probation, one message at a time until one is answered well */
	int64_t full_since_us; /* it had no room when asked, ever since; 0: it has */
	int64_t trouble_since; /* Unix time since when its sign of life found it not to work; 0: it does */
	uint64_t turn;         /* its place among relays of one tier: lowest first, 1/weight more for each message */
};

/*
 * Who may leave by which relays. One lane for each topic that a relay's configuration names, and the first for all the rest
 * and the outbox. A bit for each relay; of the tiers only the first that has a relay that works is used.
 */
struct lane {
	char *topic; /* slug; "" the first */
	uint32_t tier[CONF_RELAY_TIERS];
	struct slot_list ready;
	size_t fresh; /* claimed for it in the transaction that is open */
};

#define LANES_MAX 32

/* A campaign as the sender follows it between two looks at the store. */
struct running {
	struct campaign row;
	struct lane *lane;
	const struct window *window; /* when its messages may leave; NULL: always */
	bool shut;                   /* not now */
	bool exhausted;              /* the cursor has nobody left */
	int64_t next_due;            /* of a deferred one; 0: none */
	bool over, told;             /* closed by us; that was logged */
};

#define CAMPAIGNS_MAX 64
#define LANGUAGES_MAX 16 /* of one campaign */
#define COMPILED_MAX 1024
_Static_assert(COMPILED_MAX == CAMPAIGNS_MAX * LANGUAGES_MAX, "as many as all campaigns have languages");
#define ERASE_MOST 64 /* people a turn */

struct sender {
	struct site *site;
	struct pulse *pulse;
	int stop_fd;
	struct smtp_hub *hub;
	struct sender_pace *pace;
	struct signers *signers; /* NULL: nothing is signed */
	struct personal personal;
	struct window window; /* of promotions */

	struct relay relay[CONF_RELAYS_MAX];
	int relays;
	struct lane lane[LANES_MAX];
	int lanes, lane_turn;

	struct slot_entry *slot; /* twice `most`: what is recorded in a transaction is free only after it */
	size_t most;             /* claims in the ledger at once: connections x window, over all relays */
	size_t used;             /* slots that are not free */
	struct slot_list free, fresh, outbox, done;
	size_t busy, signing;  /* over all relays */
	int64_t done_since_us; /* when the oldest unrecorded result came */

	struct compiled compiled[COMPILED_MAX];
	int compiled_end; /* no place from here on was ever used */
	struct running campaign[CAMPAIGNS_MAX];
	int campaigns, turn; /* whose turn among them is next */
	int64_t turn_us;     /* after so long no further one is asked in the same transaction */
	int64_t outbox_due;  /* when the next outbox mail is due; 0: none waits */
	bool stale;          /* what we wrote ourselves changed what is due: data_version does not show it */
	bool draining;

	int64_t erased[ERASE_MOST]; /* people whose files are gone; their rows go with the next transaction */
	int erased_count;
	bool erase_waits;      /* there may be more of them */
	int64_t erase_us;      /* not tried before; monotonic, as is the next */
	int64_t checkpoint_us; /* the store's log is to be emptied then, or later; 0: it is not */
};

/* What a transport says of a slot that it was given. */
struct outcome {
	struct delivery_result result; /* strings are copied */
	bool dead;                     /* so is the address */
	int64_t hold;                  /* seconds: the relay is in trouble, give it nothing for so long at least; 0: it is not */
	enum pace_reply pace;
};

/* sender_relay.c, sender_folder.c: fill transport, t, slots. */
int sender_relay_open(struct sender *s, struct relay *r, struct err *e);
void sender_folder_open(struct sender *s, struct relay *r);

/*
 * For the transports: who it goes to, its envelope sender (valid until the next
 * call, as is s->personal.envelope_id, which it makes), its bytes.
 */
const char *sender_rcpt(const struct slot_entry *e);
const char *sender_mail_from(struct sender *s, const struct slot_entry *e);
void sender_body(struct sender *s, struct slot_entry *e, struct buf *out);        /* once for each time that it is submitted */
void sender_merge(struct sender *s, const struct slot_entry *e, struct buf *out); /* the same, without a signature */
bool sender_needs_utf8(const struct slot_entry *e);
size_t sender_size(const struct slot_entry *e); /* octets of its bytes: exactly of what is signed, else about */

/* A slot's result is known. */
void sender_done(struct sender *s, struct slot_entry *e, const struct outcome *o);

/* sender_slots.c */
void slot_push(struct slot_list *l, struct slot_entry *e);
void slot_push_first(struct slot_list *l, struct slot_entry *e);
struct slot_entry *slot_take(struct slot_list *l);               /* the first, or NULL */
void slot_join(struct slot_list *first, struct slot_list *then); /* all of `then` after `first`; `then` is empty afterwards */
void slots_init(struct sender *s);
void slots_release(struct sender *s);
struct slot_entry *slot_new(struct sender *s);          /* a free one, now in no list */
void slot_free(struct sender *s, struct slot_entry *e); /* in no list, back to the free ones */
bool campaign_has_slots(const struct sender *s, int64_t campaign_id);
bool sender_waits(const struct sender *s); /* some slot is claimed and not handed over */

/* sender_count.c: results of a turn, by what an operator asks for. */
#define SENDER_CODES 4
#define SENDER_CLASSES 64
struct sender_count {
	int64_t results[2][DELIVERY_STATES]; /* of campaigns, of the outbox */
	int64_t replies[CONF_RELAYS_MAX][SENDER_CODES];
	int classes;
	struct {
		const char *name;
		int64_t n;
	} class[SENDER_CLASSES];
};
void sender_count(struct sender_count *c, const struct sender *s, const struct slot_entry *slot); /* slot is kept until it is written */
int sender_count_write(struct sender *s, const struct sender_count *c, struct err *e);
int sender_note_relays(void *sender, struct db *db, struct err *e); /* with the role's sign of life (pulse.h) */

/* sender_route.c */
int sender_route_open(struct sender *s, struct err *e); /* the relays and lanes of the configuration */
void sender_route_close(struct sender *s);
struct lane *lane_for(struct sender *s, const char *topic);
bool lane_works(const struct sender *s, const struct lane *l);                /* some relay of it does */
size_t lane_capacity(const struct sender *s, const struct lane *l);           /* how many should wait in it: what leaves soon */
size_t lane_waiting(const struct sender *s, const struct lane *l);            /* how many do, in it and in those that share a relay */
struct relay *lane_relay(struct sender *s, struct lane *l, int64_t *wait_us); /* who takes the next one, or NULL and perhaps when */
bool relay_works(const struct relay *r, int64_t now);
void relay_took(struct relay *r);
void relay_heard(struct relay *r, const struct outcome *o);
void sender_route_tick(struct sender *s); /* a tenth of a second has passed */
void sender_want(struct sender *s);       /* tell each relay how much waits for it */

/* sender_limits.c: what the configuration says of pace, for so many slots. */
struct sender_pace *sender_limits(const struct conf *c, size_t slots);

/* sender_keys.c: the DKIM keys for what leaves by a relay into r->dkim, and the threads that sign; neither where nothing is signed. */
int sender_keys_open(struct sender *s, struct relay *r, struct err *e);
int sender_keys_start(struct sender *s, struct err *e);
void sender_keys_close(struct sender *s);

/* sender_submit.c: hand over what can go. Returns microseconds until something that is paced can, -1 when nothing waits for time. */
int64_t sender_submit(struct sender *s);
void sender_signed(struct sender *s);                       /* take what the worker threads have finished */
void sender_unsign(struct sender *s, struct slot_entry *e); /* forget its signature */

/* sender_campaigns.c: what there is to do, as the store says. */
int sender_look(struct sender *s, struct err *e);
void sender_look_at_windows(struct sender *s);                               /* whether the campaigns' hours have come or are over */
const struct running *campaign_followed(const struct sender *s, int64_t id); /* NULL: it does not run */
bool campaign_has_work(const struct running *r, int64_t now);
bool sender_has_ended(const struct sender *s);   /* a campaign can be closed */
int sender_end(struct sender *s, struct err *e); /* close it; inside a transaction */
void sender_ended(struct sender *s);             /* it was committed */
int sender_recover(struct sender *s, struct err *e);

/* sender_claim.c: fill free slots, inside a transaction: every outbox mail that is due, then what campaigns should have waiting. */
bool sender_can_claim(const struct sender *s); /* whether enough can be claimed to be worth a commit */
int sender_claim(struct sender *s, struct err *e);
void sender_claimed(struct sender *s);                      /* it was committed */
bool sender_parked(struct sender *s, struct slot_entry *e); /* its domain's turn is far off: back into the ledger until then */
void sender_unclaimed(struct sender *s);                    /* it was not: forget those claims */
void sender_unclaim(struct sender *s, int64_t campaign_id); /* what waits of a campaign (0: all, outbox too) goes back undone */
void sender_unclaim_lane(struct sender *s, struct lane *l); /* the same for what waits in a lane */
int sender_drop_unwanted(struct sender *s, struct err *e);  /* what waits for people who have left meanwhile, or are erased, is skipped */
bool sender_keeps(struct sender *s, struct slot_entry *e);  /* whether one that was recalled may still leave; else it has gone back */

/* sender_record.c: write every result (inside a transaction), and free the slots once it is committed. */
int sender_record(struct sender *s, struct err *e);
void sender_recorded(struct sender *s);
int64_t sender_retry_at(int attempts);

/*
 * sender_erase.c: ten times a second, after what waits for people who are gone was dropped. news: the store has changed. Then
 * inside the transaction that records, and once that is committed.
 */
void sender_erase(struct sender *s, bool news);
int sender_erase_record(struct sender *s, struct err *e);
void sender_erase_recorded(struct sender *s);

/* sender_messages.c */
struct compiled *sender_compiled(struct sender *s, int64_t campaign_id, const char *language, struct err *e);
void sender_compiled_release_unused(struct sender *s); /* of campaigns that are not followed */

#endif
