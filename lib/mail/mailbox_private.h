/*
 * mailbox_private.h - what the kinds of mailbox share; for lib/mail/mailbox*.c only.
 */
#ifndef MAILBOX_PRIVATE_H
#define MAILBOX_PRIVATE_H

#include "mail/mailbox.h"

/* What mailbox.h says of each; open fills the list with mailbox_add, free takes what open made, whether or not it came to an end. */
struct mailbox_kind {
	const char *scheme; /* also with an s */
	const char *like;   /* for the error's text */
	bool path;          /* the URL may have one */
	struct mailbox *(*make)(const struct mailbox_where *where);
	int (*open)(struct mailbox *m, const struct mailbox_where *where, struct err *e);
	int (*fetch)(struct mailbox *m, const struct mailbox_entry *entry, size_t most, struct buf *out, bool *gone, struct err *e);
	void (*ahead)(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n);
	int (*remove)(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n, struct err *e);
	int (*close)(struct mailbox *m, struct err *e);
	void (*free)(struct mailbox *m);
};

extern const struct mailbox_kind mailbox_imap, mailbox_pop3, mailbox_maildir;

struct mailbox { /* first in the struct of each kind */
	const struct mailbox_kind *kind;
	struct mailbox_entry *list;
	size_t count, room;
	int64_t most; /* octets of a message, when it was last asked for one: longer ones are not asked for ahead */
};

/* One more in the list, its uid of these bytes; NULL when MAILBOX_MESSAGES are there. */
struct mailbox_entry *mailbox_add(struct mailbox *m, const char *uid, size_t n);

/* Sort the list by the entries' numbers, each once, whatever the server said; the order, for bsearch(3). */
void mailbox_sort(struct mailbox *m);
int mailbox_by_number(const void *a, const void *b);

#endif
