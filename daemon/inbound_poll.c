/*
 * inbound_poll.c - one mailbox, once: what was dealt with is removed, what is new is fetched and acted on, what has gone is forgotten.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "inbound.h"
#include "mail/report.h"
#include "store/counter.h"
#include "store/polled.h"
#include "store/returned.h"

#define REMOVE_MOST 500 /* messages removed at once: as many are removed late if the process dies */
#define SWEEP_BITE 500  /* rows a transaction */
#define HELD_US 15000   /* a transaction */
#define LOOK_EVERY 1000 /* messages looked up before the signal is looked at */

static int
open_box(struct inbound_poll *p, struct err *e)
{
	const struct conf_mailbox *c = p->conf;
	struct mailbox_where where = {
		.url = c->url,
		.user = c->user,
		.password = "",
		.tls = c->tls,
		.ca_file = c->ca_file,
		.moved_to = c->move_to,
		.timeout = c->timeout,
		.stop_fd = p->stop_fd,
		.tick = inbound_tick,
		.tick_ctx = p,
	};
	char variable[CONF_VARIABLE], *secret = NULL;

	if (c->user[0]) {
		conf_mailbox_variable(c, variable);
		if (conf_secret(variable, c->token_file[0] ? c->token_file : c->password_file, &secret, e) == -1)
			return -1;
		*(c->token_file[0] ? &where.token : &where.password) = secret;
	}
	p->box = mailbox_open(&where, &p->list, &p->count, e);
	if (secret)
		secret_wipe(secret, strlen(secret));
	free(secret);
	return p->box ? 0 : -1;
}

/* A message that broke the last poll goes last, so that it keeps nobody else. */
static void
suspect_last(struct inbound_poll *p)
{
	const struct mailbox_entry *suspect;
	size_t i;

	for (i = 0; i < p->fresh_count && strcmp(p->fresh[i]->uid, p->suspect) != 0; i++)
		;
	if (i < p->fresh_count) {
		suspect = p->fresh[i];
		memmove(&p->fresh[i], &p->fresh[i + 1], (p->fresh_count - i - 1) * sizeof(const struct mailbox_entry *));
		p->fresh[p->fresh_count - 1] = suspect;
	}
	p->suspect[0] = '\0';
}

/* Which of the messages are new, and which only have to be removed still. */
static int
look_up(struct inbound_poll *p, struct err *e)
{
	enum returned_state state;
	size_t i;

	p->fresh = xcalloc(p->count + 1, sizeof(const struct mailbox_entry *));
	p->dealt = xcalloc(p->count + 1, sizeof(const struct mailbox_entry *));
	for (i = 0; i < p->count; i++) {
		if (i % LOOK_EVERY == 0 && inbound_stopping(p))
			return err_set(e, ERR_BUSY, "told to stop");
		if (returned_find(p->site->db, p->key, p->list[i].uid, &state, e) == -1)
			return -1;
		if (state == RETURNED_NEW)
			p->fresh[p->fresh_count++] = &p->list[i];
		else if (state == RETURNED_TO_REMOVE)
			p->dealt[p->dealt_count++] = &p->list[i];
	}
	suspect_last(p);
	return 0;
}

/* Remove what is committed, once it is as many as `from` at least. */
static int
remove_dealt(struct inbound_poll *p, size_t from, struct err *e)
{
	size_t n;

	while ((n = p->dealt_count - p->removed) >= from && n) {
		if (n > REMOVE_MOST)
			n = REMOVE_MOST;
		if (mailbox_remove(p->box, &p->dealt[p->removed], n, e) == -1)
			return -1;
		p->removed += n;
	}
	return 0;
}

static int
fetch(struct inbound_poll *p, size_t rest, struct err *e)
{
	struct inbound_fetched *f = &p->batch[p->batched];
	bool gone = false;
	int rc;

	mailbox_ahead(p->box, &p->fresh[p->fetched], rest < MAILBOX_AHEAD ? rest : MAILBOX_AHEAD);
	f->entry = p->fresh[p->fetched++];
	buf_reset(&f->bytes);
	rc = mailbox_fetch(p->box, f->entry, REPORT_BYTES, &f->bytes, &gone, e);
	if (rc == -1) {
		strcpy(p->suspect, f->entry->uid);
		return -1;
	}
	if (gone)
		return 0;
	f->too_long = rc == 0;
	p->batched++;
	p->batch_bytes += f->bytes.len;
	return 0;
}

/* As many of the next messages as are recorded together; there is one at least. */
static int
fetch_batch(struct inbound_poll *p, struct err *e)
{
	size_t rest = inbound_guard_ahead(p);

	do {
		if (fetch(p, rest, e) == -1)
			return -1;
		rest = p->noted ? 0 : inbound_guard_ahead(p);
	} while (rest > 0 && p->batched < INBOUND_BATCH && p->batch_bytes < INBOUND_BATCH_BYTES);
	return 0;
}

static int
take_all(struct inbound_poll *p, struct err *e)
{
	int64_t until = clock_mono_us() + INBOUND_POLL_US;
	struct err ignored = ERR_INIT;
	int rc = 0;

	while (p->fetched < p->fresh_count && !p->more) {
		if (inbound_guard_next(p, e) == -1)
			return -1;
		rc = fetch_batch(p, e);
		/* what was fetched before the connection broke is recorded all the same */
		if (inbound_batch_write(p, rc == -1 ? &ignored : e) == -1 || rc == -1)
			return -1;
		if (remove_dealt(p, REMOVE_MOST, e) == -1)
			return -1;
		p->more = p->fetched < p->fresh_count && clock_mono_us() >= until;
	}
	return remove_dealt(p, 1, e);
}

static int
by_uid(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct listed {
	const char **uid; /* sorted */
	size_t n;
};

static int
is_listed(void *ctx, const char *uid)
{
	const struct listed *l = ctx;

	return bsearch(&uid, l->uid, l->n, sizeof(*l->uid), by_uid) != NULL;
}

/* Rows of messages that somebody else removed, or we before we could delete the row. Only a whole list tells. */
static int
sweep(struct inbound_poll *p, struct err *e)
{
	struct listed listed = { .uid = xcalloc(p->count + 1, sizeof(const char *)), .n = p->count };
	char after[MAILBOX_UID] = "";
	size_t i;
	int rc;

	for (i = 0; i < p->count; i++)
		listed.uid[i] = p->list[i].uid;
	qsort(listed.uid, listed.n, sizeof(*listed.uid), by_uid);
	do {
		rc = inbound_begin(p, e);
		if (rc == 0)
			rc = returned_sweep(p->site->db, p->key, after, sizeof(after), SWEEP_BITE, is_listed, &listed, e);
		if (rc == -1 || db_commit(p->site->db, e) == -1) {
			db_rollback(p->site->db);
			rc = -1;
		}
	} while (rc == 1);
	free(listed.uid);
	return rc;
}

/* The mailbox has said that they are gone: so may their rows be. `uids` one after the other, each with its NUL. */
static int
forget(struct inbound_poll *p, const struct buf *uids, struct err *e)
{
	const char *uid = uids->data, *end = uids->data + uids->len;
	struct db *db = p->site->db;
	int64_t since;

	do {
		if (inbound_begin(p, e) == -1)
			return -1;
		since = clock_mono_us();
		for (; uid < end && clock_mono_us() - since < HELD_US; uid += strlen(uid) + 1)
			if (returned_gone(db, p->key, uid, e) == -1)
				goto fail;
		if (uid == end && !p->put_off &&
		    (polled_well(db, p->conf->name, clock_now(), e) == -1 || counter_add(db, "inbound_polls", 1, e) == -1))
			goto fail;
		if (db_commit(db, e) == -1)
			goto fail;
	} while (uid < end);
	return 0;
fail:
	db_rollback(db);
	return -1;
}

static void
uids_of_removed(const struct inbound_poll *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->removed; i++)
		buf_add(out, p->dealt[i]->uid, strlen(p->dealt[i]->uid) + 1);
}

int
inbound_poll(struct inbound_poll *p, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct buf removed = BUF_INIT;
	size_t i;
	int rc;

	inbound_mailbox(p->conf, p->key);
	for (i = 0; i < INBOUND_BATCH; i++)
		buf_init(&p->batch[i].bytes);
	rc = inbound_guard_begin(p, e);
	if (rc == 0)
		rc = open_box(p, e);
	if (rc == 0)
		rc = look_up(p, e);
	if (rc == 0)
		rc = inbound_guard_sort(p, e);
	if (rc == 0)
		rc = remove_dealt(p, 1, e);
	if (rc == 0)
		rc = take_all(p, e);
	if (rc == 0 && p->count < MAILBOX_MESSAGES)
		rc = sweep(p, e);
	uids_of_removed(p, &removed);
	if (mailbox_close(p->box, rc == 0 ? e : &ignored) == -1)
		rc = -1;
	p->box = NULL;
	if (rc == 0)
		rc = forget(p, &removed, e);
	if (rc == 0 && p->put_off) {
		*e = p->why;
		rc = -1;
	}
	inbound_guard_end(p, rc == 0 && !p->more);
	inbound_batch_release(p);
	buf_release(&removed);
	free(p->fresh);
	free(p->dealt);
	return rc;
}
