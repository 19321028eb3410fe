/*
 * clerk_notice.h - the mails that answer a visitor's request, compiled.
 *
 * Such a mail differs between people in its slots alone, so it is composed once
 * for a language and the topics that it names, kept for a second (so that an
 * edited template shows), and merged for each of them.
 */
#ifndef CLERK_NOTICE_H
#define CLERK_NOTICE_H

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

/*
 * The mail mail/NAME.* ("confirm", "already", "manage") in a language ("": the site's), which names these topics. It belongs
 * to the clerk and is good until the next call. NULL on failure.
 */
const struct notice *clerk_notice(struct clerk *c, const char *name, const char *language, const struct topic_list *topics,
    const int64_t *ids, int count, struct err *e);

void clerk_notices_init(struct notices *n);
void clerk_notices_release(struct notices *n);

#endif
