/*
 * erasure.h - one person goes, and nothing that leads to them stays.
 *
 * What stays on purpose: the address as an HMAC in suppression, so that no
 * import and no member of staff mails it again by mistake; deliveries and events as
 * numbers, without what a relay said. The wordings in form_text stay too: they
 * hold the site's words, topics and the names of slots, never a person's.
 *
 * Files of the outbox folder are the sender's: a row of table `erasure`, left
 * by a trigger whenever a subscriber goes, tells it which.
 */
#ifndef ERASURE_H
#define ERASURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct db;
struct err;

struct erasure {
	int64_t subscriber_id;
	struct buf mails; /* ids of the outbox, separated by commas; or "" */
};

/*
 * Erase a subscriber, inside the caller's transaction: suppress the address as
 * erased (a stronger reason stays; needs no key), delete what waits of theirs in
 * signup_request, wipe test copies that wait for the address, delete the row and
 * all that hangs on it. `source` goes into suppression: "my data page". 1, 0 when
 * there is nobody of that id (any more), -1.
 */
int subscriber_erase(struct db *db, int64_t id, const char *source, struct err *e);

/*
 * The same for an address that is nobody's on the list, in its compared form (needs the key): it is suppressed as erased, and what waits of
 * it goes. *requests: how many there were. 0 or -1.
 */
int address_erase(struct db *db, const char *address_key, const char *source, int64_t *requests, struct err *e);

/* Erasures whose files may still be there, at most `size`, oldest first; out[].mails is initialised here. Returns how many, or -1. */
int erasure_list(struct db *db, struct erasure *out, size_t size, struct err *e);

/*
 * Their files are gone: forget the erasure, inside the caller's transaction. What
 * a relay answered while the person was being erased goes as well.
 */
int erasure_done(struct db *db, int64_t subscriber_id, struct err *e);

#endif
