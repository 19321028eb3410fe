/*
 * mailbox_imap_private.h - one connection to an IMAP server: commands and their ends; for lib/mail/mailbox_imap*.c only.
 *
 * Commands may be sent ahead. What a server says of messages comes when it likes: Dovecot answers several FETCH together and ends
 * them afterwards. So a message is known by its UID, and a tag says only that nothing more will come for its command.
 */
#ifndef MAILBOX_IMAP_PRIVATE_H
#define MAILBOX_IMAP_PRIVATE_H

#include "mail/mailbox_imap_answer.h"
#include "mail/mailbox_private.h"
#include "mail/mailbox_session.h"

#define IMAP_FOLDER_MAX 255
#define IMAP_OPEN_MAX 24 /* commands that are not ended: those of MAILBOX_AHEAD fetches, and what follows them */

struct imap_asked {
	int64_t uid;
	uint32_t tag;
};

struct imap {
	struct mailbox m;
	struct session s;
	struct imap_reader reader;
	struct buf command;
	char folder[IMAP_FOLDER_MAX + 1], moved_to[IMAP_FOLDER_MAX + 1];
	uint32_t validity;
	uint32_t exists, most_exists; /* as last said, and the most that was ever said */
	bool uidplus, move;

	uint32_t tag; /* the last one */
	uint32_t open[IMAP_OPEN_MAX];
	size_t opens;
	struct imap_asked ask[MAILBOX_AHEAD]; /* messages that were asked for and are neither here nor known to have gone */
	size_t asked;

	uint32_t *marked; /* without UIDPLUS: the UIDs that we marked \Deleted */
	size_t marks, marks_room;
};

/* Called for each answer to a command but the last. */
typedef void imap_answer_fn(struct imap *im, const struct imap_answer *a, void *ctx);

/* The tag of one more command, which is open from now on. There is room for two when imap_drain was called. */
uint32_t imap_tag(struct imap *im);

/* Write what is in `command`. */
int imap_send(struct imap *im, struct err *e);

/* Read one answer; it is the reader's. When it ends a command, that is open no more. */
int imap_next(struct imap *im, struct err *e);

/* How many answers one command may have. */
uint64_t imap_answers_max(const struct imap *im);

/* Read up to the end of a command, whose answer is then the reader's. It may be a refusal. */
int imap_finish(struct imap *im, uint32_t tag, imap_answer_fn *fn, void *ctx, struct err *e);

/* The same, and a refusal is an error that names what was tried. */
int imap_succeed(struct imap *im, uint32_t tag, const char *what, imap_answer_fn *fn, void *ctx, struct err *e);

/* Read up to the end of every open command; messages that come are thrown away. */
int imap_drain(struct imap *im, struct err *e);

/* What mailbox.h says. */
int imap_fetch(struct mailbox *m, const struct mailbox_entry *entry, size_t most, struct buf *out, bool *gone, struct err *e);
void imap_ahead(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n);

#endif
