/*
 * sender_folder.c - the transport of a site without a relay: each message is a file in the outbox folder.
 *
 * The file's name comes from the ledger, so a message that is written again after a crash replaces itself.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "sender.h"

#define FOLDER_SLOTS 64

struct folder {
	struct sender *s;
	struct buf bytes, path;
};

static size_t
folder_room(void *t)
{
	(void)t;
	return FOLDER_SLOTS;
}

static void
folder_want(void *t, size_t waiting)
{
	(void)t;
	(void)waiting;
}

static bool
folder_is_down(void *t)
{
	(void)t;
	return false;
}

static bool
folder_takes_utf8(void *t)
{
	(void)t;
	return true;
}

static void
folder_submit(void *t, struct slot_entry *slot)
{
	struct folder *f = t;
	struct outcome o = { .result = { .state = DELIVERY_ACCEPTED, .code = 250, .reply = "written to the outbox folder" } };
	struct err e = ERR_INIT;

	buf_reset(&f->bytes);
	buf_reset(&f->path);
	sender_body(f->s, slot, &f->bytes);
	if (slot->outbox)
		buf_addf(&f->path, "%s/%s-%lld.eml", f->s->site->conf.store_outbox, slot->mail.kind, (long long)slot->mail.id);
	else
		buf_addf(&f->path, "%s/campaign-%lld-%lld.eml", f->s->site->conf.store_outbox, (long long)slot->claim.campaign_id,
		    (long long)slot->claim.who.id);
	if (file_write(f->path.data, 0660, f->bytes.data, f->bytes.len, &e) == -1) {
		o.hold = 1;
		o.result = (struct delivery_result){
			.state = DELIVERY_DEFERRED,
			.reply = e.text,
			.next_at = sender_retry_at(slot->outbox ? slot->mail.attempts : slot->claim.attempts),
		};
	}
	sender_done(f->s, slot, &o);
}

static void
folder_free(void *t)
{
	struct folder *f = t;

	buf_release(&f->bytes);
	buf_release(&f->path);
	free(f);
}

void
sender_folder_open(struct sender *s, struct relay *r)
{
	static const struct transport folder = { folder_room, folder_want, folder_is_down, folder_takes_utf8, folder_submit, folder_free };
	struct folder *f = xcalloc(1, sizeof(*f));

	f->s = s;
	buf_init(&f->bytes);
	buf_init(&f->path);
	r->transport = &folder;
	r->t = f;
	r->slots = FOLDER_SLOTS;
}
