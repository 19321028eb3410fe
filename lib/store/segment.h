/*
 * segment.h - who of the people on the list is meant, in a small grammar.
 *
 *   expression   any         = all *( "or" all )
 *                all         = one *( "and" one )
 *                one         = "not" one / "(" any ")" / comparison
 *                comparison  = FIELD OPERATOR value / FIELD ["not"] "in" "(" value *( "," value ) ")"
 *                value       = letters, digits, bytes over 0x7f and _ . * @ : + - / text in ' or ", doubled inside it
 *
 *   topic=T (or active=T), pending=T, left=T, bounced=T, complained=T, any=T      their subscription to the topic is in that
 *                state, or there is one at all
 *   state=S      they have a subscription in that state, to whatever topic
 *   language=L   the language of their mails; who has none has the site's (db_set_language)
 *   domain=D     of their address; *.D is D and all below it
 *   name=N       byte for byte; '' is who gave none
 *   joined       when they came to the list; confirmed: since when they are subscribed, to whatever topic they have had the longest
 *                without a break (nothing is true of it for who is subscribed to nothing)
 *   campaign=N   they got this mailing, or may have: it is in the ledger, neither refused nor skipped
 *
 * Operators: = and != (or <>); for times = < <= > >= with a day of the site's zone (2026-03-01, all of it), a time
 * ('2026-03-01 10:30') or a time ago (-30d, -12h; no =). Words are the same in upper and lower case.
 *
 * Nothing of a text ever becomes SQL: people are walked through in the order of ids by fixed statements, side by side with the
 * subscriptions and ledger rows that a comparison asks about, and the comparisons are made here. So every segment costs at most one walk
 * through the tables it names, whatever it says.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct segment;
struct segment_probe;
struct subscriber;

#define SEGMENT_MAX 1000  /* bytes of a text, of the canonical one too */
#define SEGMENT_DEPTH 16  /* of parentheses and "not" */
#define SEGMENT_VALUES 64 /* values that are compared with */

/* Read a text; "" is everybody. ERR_USAGE names the column, what is wrong and what can be there. The caller frees *out. */
int segment_parse(const char *text, struct segment **out, struct err *e);
void segment_free(struct segment *s); /* NULL is fine */

/* The canonical text: it means the same, and it is its own canonical text. Lives as long as s. */
const char *segment_text(const struct segment *s);

/* How many people there are in it. ERR_USAGE as in segment_check. */
int segment_count(struct db *db, const struct segment *s, int64_t *out, struct err *e);

/* How many of them a campaign to the topic that starts now would reach. */
int segment_audience(struct db *db, const struct segment *s, int64_t topic_id, int64_t *out, struct err *e);

/*
 * Walk through them in the order of ids, those above `after` (0: from the beginning). `each` returns 0, or -1 to stop with its error;
 * it may read the store, not write it.
 */
int segment_each(struct db *db, const struct segment *s, int64_t after, int (*each)(void *ctx, const struct subscriber *who, struct err *e),
    void *ctx, struct err *e);

/* Whether every topic and campaign that it names is there: ERR_USAGE names the column, and the topics there are. */
int segment_check(struct db *db, const struct segment *s, struct err *e);

/*
 * Ask of one person after the other, in ascending order of ids: 1 in it, 0 not, -1. Times ago are counted back from `now`. NULL as
 * segment_check fails. A probe reads the store as it is at its first question, and must be freed before anybody else waits to write.
 */
struct segment_probe *segment_probe_new(struct db *db, const struct segment *s, int64_t now, struct err *e);
int segment_probe_has(struct segment_probe *p, int64_t subscriber_id, struct err *e);
void segment_probe_free(struct segment_probe *p); /* NULL is fine */

#endif
