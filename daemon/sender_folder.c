/*
 * sender_folder.c - the transport of a site without a relay: each message is a file in the outbox folder.
 *
 * A file's name says whose message it is by number, so that sending again
 * after a crash writes the same file again.
 */
#include <poll.h>
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
folder_takes_utf8(void *t)
{
	(void)t;
	return true;
}

static void
folder_submit(void *t, size_t slot)
{
	struct folder *f = t;
	const struct slot_entry *entry = &f->s->slot[slot];
	struct delivery_result result = { .state = DELIVERY_ACCEPTED, .code = 250, .reply = "written to the outbox folder" };
	struct err e = ERR_INIT;

	buf_reset(&f->bytes);
	buf_reset(&f->path);
	sender_body(f->s, slot, &f->bytes);
	if (entry->outbox)
		buf_addf(&f->path, "%s/%s-%lld.eml", f->s->site->conf.store_outbox, entry->mail.kind, (long long)entry->mail.id);
	else
		buf_addf(&f->path, "%s/campaign-%lld-%lld.eml", f->s->site->conf.store_outbox, (long long)entry->claim.campaign_id,
		    (long long)entry->claim.who.id);
	if (file_write(f->path.data, 0660, f->bytes.data, f->bytes.len, &e) == -1) {
		result = (struct delivery_result){
			.state = DELIVERY_DEFERRED,
			.reply = e.text,
			.next_at = sender_retry_at(entry->outbox ? entry->mail.attempts : entry->claim.attempts),
		};
	}
	sender_done(f->s, slot, &result, false, result.state == DELIVERY_DEFERRED);
}

static void
folder_turn(void *t, int stop_fd, int wait_ms)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };

	(void)t;
	poll(&stop, 1, wait_ms);
}

static void
folder_free(void *t)
{
	struct folder *f = t;

	buf_release(&f->bytes);
	buf_release(&f->path);
	free(f);
}

int
sender_folder_open(struct sender *s, struct err *e)
{
	static const struct transport folder = { folder_room, folder_want, folder_takes_utf8, folder_submit, folder_turn, folder_free };
	struct folder *f = xcalloc(1, sizeof(*f));

	(void)e;
	f->s = s;
	buf_init(&f->bytes);
	buf_init(&f->path);
	s->transport = &folder;
	s->t = f;
	s->slots = FOLDER_SLOTS;
	return 0;
}
