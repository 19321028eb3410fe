/*
 * person.h - all that the store holds about one person, as JSON (GDPR 15, 20).
 */
#ifndef PERSON_H
#define PERSON_H

#include <jansson.h>
#include <stdint.h>

struct db;
struct err;

#define PERSON_MAILINGS 100 /* the newest are listed, the others counted */

/*
 * One object, which the caller owns; NULL with ERR_NOT_FOUND when there is nobody of that id, or another error. Times are
 * "2026-03-01T09:30:00Z"; what is empty is left out, lists are there always:
 *
 *   address, name, language, since
 *   topics:   [{topic, title, state, since}]           state: as subscription_state_name says
 *   consent:  [{at, topic, action, source, ip, form, mail}]   the evidence; form and mail: the verbatim wordings
 *   mailings: {count, newest: [{at, subject, topic, state, code, enhanced, reply}]}   at most PERSON_MAILINGS, newest first
 *   mails:    [{at, kind, state, reply}]               confirmations and the like
 *   events:   [{at, kind, class, rule, topic, code, enhanced, text}]   bounces, complaints, unsubscribes
 *   requests: [{at, kind, name, ip}]                   what waits to be decided
 *   bounces:  {points, first, last}                    when there are any
 *   suppressed: {reason, since}                        when the address is
 */
json_t *person_data(struct db *db, int64_t subscriber_id, struct err *e);

#endif
