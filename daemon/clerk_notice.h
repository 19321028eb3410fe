/*
 * clerk_notice.h - the mails that answer what a visitor did, compiled.
 *
 * Such a mail differs between people in its slots alone, so it is composed once
 * for a language and the topics that it names, kept for a second (so that an
 * edited template shows), and merged for each of them.
 */
#ifndef CLERK_NOTICE_H
#define CLERK_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/topic.h"

struct clerk;
struct err;
struct message;

#define NOTICES 16 /* kept at once; the oldest makes room */

struct notice {
	struct buf key;
	struct message *message; /* NULL: never used */
	struct buf wording;      /* its words, as evidence: the secret links left out */
	int64_t until_us;
};

struct notices {
	struct notice item[NOTICES];
};

/* The mail mail/NAME.* in a language ("" or one that is not offered: the site's). Borrowed. */
struct notice_wish {
	const char *name; /* "confirm", "already", "manage", "welcome" */
	const char *language;
	const struct topic_list *topics; /* NULL: it names none */
	const int64_t *ids;              /* of those that it names */
	int count;
	bool welcome; /* the newest articles are in it, and the ways out of the list, which is the first topic's */
};

/* It belongs to the clerk and is good until the next call. NULL on failure. */
const struct notice *clerk_notice(struct clerk *c, const struct notice_wish *wish, struct err *e);

void clerk_notices_init(struct notices *n);
void clerk_notices_release(struct notices *n);

#endif
