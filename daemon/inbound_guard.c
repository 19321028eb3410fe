/*
 * inbound_guard.c - a message that kills the role must neither do so for ever nor keep the others from being read.
 *
 * The store says that a mailbox is being worked through; a new life that finds this knows that the last one died of it. Then as many
 * messages as can have been in work are taken one at a time, each noted before it is fetched. One at which the role dies goes behind all
 * the others, and after its fifth death it is left in its mailbox, as one that cannot be read. Fewer may be chance, somebody's kill -9.
 */
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "inbound.h"
#include "store/returned.h"

#define DEATHS_MOST 5
#define END_WAIT_MS 2000

int
inbound_guard_begin(struct inbound_poll *p, struct err *e)
{
	struct db *db = p->site->db;

	if (inbound_begin(p, e) == -1)
		return -1;
	if (reading_begin(db, p->conf->name, &p->reading, e) == -1 || db_commit(db, e) == -1) {
		db_rollback(db);
		return -1;
	}
	p->guarded = true;
	p->careful = p->reading.interrupted ? INBOUND_BATCH : 0;
	return 0;
}

static const struct reading_suspect *
suspect_of(const struct inbound_poll *p, const char *uid)
{
	int i;

	for (i = 0; i < p->reading.suspects; i++)
		if (strcmp(p->reading.suspect[i].uid, uid) == 0)
			return &p->reading.suspect[i];
	return NULL;
}

/* It stays where it is, and is not read again. */
static int
leave(struct inbound_poll *p, const char *uid, struct err *e)
{
	struct db *db = p->site->db;

	if (inbound_begin(p, e) == -1)
		return -1;
	if (returned_note(db, p->key, uid, true, e) == -1 || inbound_unreadable(p->site, e) == -1 ||
	    reading_clear(db, p->conf->name, uid, e) == -1 || db_commit(db, e) == -1) {
		db_rollback(db);
		return -1;
	}
	p->tally.messages++;
	p->tally.outcome[INBOUND_UNREADABLE]++;
	log_event(LOG_LEVEL_ERROR, "unreadable", "mailbox=%s uid=%s text=%s", p->name, log_text(uid),
	    log_text("the role died each time that it read this message; it is left in the mailbox"));
	return 0;
}

int
inbound_guard_sort(struct inbound_poll *p, struct err *e)
{
	bool full = p->reading.suspects == READING_SUSPECTS;
	const struct mailbox_entry *last[READING_SUSPECTS];
	const struct reading_suspect *suspect;
	size_t i, n = 0, lasts = 0;

	if (p->reading.suspects == 0)
		return 0;
	for (i = 0; i < p->fresh_count; i++) {
		suspect = suspect_of(p, p->fresh[i]->uid);
		if (!suspect || lasts == READING_SUSPECTS)
			p->fresh[n++] = p->fresh[i];
		else if (suspect->deaths < DEATHS_MOST && !full)
			last[lasts++] = p->fresh[i];
		else if (leave(p, suspect->uid, e) == -1)
			return -1;
	}
	for (i = 0; i < lasts; i++)
		p->fresh[n++] = last[i];
	p->fresh_count = n;
	p->lasts = lasts;
	return 0;
}

int
inbound_guard_next(struct inbound_poll *p, struct err *e)
{
	const char *uid = p->fresh[p->fetched]->uid;
	const struct reading_suspect *suspect = suspect_of(p, uid);
	struct db *db = p->site->db;
	bool alone = p->careful > 0 || suspect;

	if (!alone && !p->noted)
		return 0;
	if (inbound_begin(p, e) == -1)
		return -1;
	if (reading_note(db, p->conf->name, alone ? uid : "", suspect ? suspect->deaths : 0, e) == -1 || db_commit(db, e) == -1) {
		db_rollback(db);
		return -1;
	}
	p->careful -= p->careful > 0;
	p->noted = alone;
	return 0;
}

size_t
inbound_guard_ahead(const struct inbound_poll *p)
{
	size_t trusted = p->fresh_count - p->lasts;

	return p->noted ? 1 : trusted - p->fetched;
}

/* Told to stop is no reason not to write this: but for a moment only, if somebody else does. */
static int
begin_last(struct inbound_poll *p, struct err *e)
{
	if (!inbound_stopping(p))
		return inbound_begin(p, e);
	db_set_wait(p->site->db, END_WAIT_MS);
	return db_begin(p->site->db, e);
}

void
inbound_guard_end(struct inbound_poll *p, bool all)
{
	struct db *db = p->site->db;
	struct err ignored = ERR_INIT;

	if (!p->guarded || begin_last(p, &ignored) == -1)
		return; /* the next poll is a careful one */
	if (reading_end(db, p->conf->name, all, &ignored) == -1 || db_commit(db, &ignored) == -1)
		db_rollback(db);
}
