/*
 * personal.h - what is one person's in a mail: links, Message-ID, envelope sender, To.
 *
 * Filled without a look-up and, after the first time, without an allocation: it stands
 * on the sending path.
 */
#ifndef PERSONAL_H
#define PERSONAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/link.h"
#include "mail/message.h"

struct conf;
struct link_keys;

/* Whose mail it is. A campaign's names subscriber, topic and campaign; an outbox mail names outbox_id (and the subscriber, if any). */
struct personal_for {
	const char *address, *name;
	int64_t subscriber_id, topic_id, campaign_id;
	int64_t outbox_id;
	const char *confirm_token; /* confirmations; else NULL */
	const char *mydata_token;  /* what was asked for at /manage; else NULL */
};

struct personal {
	const struct conf *conf;
	const struct link_keys *links;
	struct buf sender;           /* envelope sender */
	char envelope_id[LINK_TEXT]; /* the link in it, which is also ENVID (RFC 3461 4.4) */
	struct buf message_id, unsubscribe_url, unsubscribe_mailto, preferences_url, view_url, confirm_url, mydata_url;
	char date[CLOCK_TEXT];
	int64_t date_at;
	struct message_values values; /* point into the above, and into *whose */
};

void personal_init(struct personal *p, const struct conf *conf, const struct link_keys *links);
void personal_release(struct personal *p);

/*
 * Fill the values for one person; valid until the next call. Links of
 * preferences and to a mailing's page (view) last 30 days. What `m` does not use is left empty, since
 * each link costs; NULL: fill all.
 */
void personal_fill(struct personal *p, const struct personal_for *whose, const struct message *m);

/* Fill sender and envelope_id. */
void personal_sender(struct personal *p, const struct personal_for *whose);

#endif
