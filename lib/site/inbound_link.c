/* inbound_link.c - whom a message that came back is about: by our links in it, and by the addresses that it names */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "mail/addr.h"
#include "site/inbound_private.h"
#include "site/site.h"
#include "store/outbox.h"
#include "store/subscriber.h"

/* Whether a link of this purpose means anything at this place. What is answered names the mail by any of its links. */
static bool
belongs(const struct report *r, enum report_link_place place, enum link_purpose purpose)
{
	if (r->kind == REPORT_PERSON || r->kind == REPORT_AUTOMATIC)
		return place == REPORT_LINK_RECIPIENT && purpose == LINK_UNSUBSCRIBE;
	switch (purpose) {
	case LINK_BOUNCE:
	case LINK_OUTBOX_BOUNCE: return true;
	case LINK_MESSAGE:
	case LINK_OUTBOX:
	case LINK_UNSUBSCRIBE: return place != REPORT_LINK_RECIPIENT;
	case LINK_PREFERENCES:
	case LINK_VIEW: break;
	}
	return false;
}

/* The person of a link: 1 and *subscriber, 0 when it is nobody's, -1. */
static int
person_of(struct site *site, const struct link *l, int64_t *subscriber, struct err *e)
{
	if (l->purpose == LINK_OUTBOX || l->purpose == LINK_OUTBOX_BOUNCE)
		return outbox_person(site->db, l->subscriber, subscriber, e);
	*subscriber = l->subscriber;
	return *subscriber != 0;
}

/* Take one link into account: 1, 0 when it names somebody else than those before it, -1. */
static int
take(struct site *site, const struct report *r, const struct report_link *found, struct inbound_who *who, struct err *e)
{
	int64_t subscriber;
	struct link l;
	int rc;

	if (link_read_address(&l, site->links, found->text) == -1 || !belongs(r, found->place, l.purpose))
		return 1;
	who->leave |= found->place == REPORT_LINK_RECIPIENT && l.purpose == LINK_UNSUBSCRIBE;
	rc = person_of(site, &l, &subscriber, e);
	if (rc != 1)
		return rc == -1 ? -1 : 1;
	if (who->subscriber && who->subscriber != subscriber)
		return 0;
	who->known = true;
	who->subscriber = subscriber;
	if (l.purpose == LINK_OUTBOX || l.purpose == LINK_OUTBOX_BOUNCE || who->campaign)
		return 1;
	who->campaign = l.campaign;
	who->topic = l.topic;
	return 1;
}

int
inbound_who(struct site *site, const struct report *r, struct inbound_who *who, struct err *e)
{
	int place, i, rc;

	memset(who, 0, sizeof(*who));
	/* the envelope says more than what is quoted: its campaign counts */
	for (place = REPORT_LINK_RECIPIENT; place <= REPORT_LINK_UNSUBSCRIBE; place++)
		for (i = 0; i < r->links; i++) {
			if ((int)r->link[i].place != place)
				continue;
			rc = take(site, r, &r->link[i], who, e);
			if (rc == 1)
				continue;
			memset(who, 0, sizeof(*who));
			return rc;
		}
	return 0;
}

/* Whether the name before the + of an address, and its domain, are those of one of ours. */
static bool
is_mailbox(const char *address, const char *ours)
{
	const char *at = strrchr(ours, '@'), *own = strrchr(address, '@');
	size_t n = at ? (size_t)(at - ours) : 0;

	return at && own && strncasecmp(address, ours, n) == 0 && (address[n] == '@' || address[n] == '+') && strcasecmp(own, at) == 0;
}

static bool
is_ours(const struct conf *c, const char *address)
{
	return is_mailbox(address, c->mail_bounce) || is_mailbox(address, c->mail_from) || is_mailbox(address, c->mail_unsubscribe) ||
	    is_mailbox(address, c->mail_reply_to);
}

/*
 * Whether it is the person's address: in any case of letters, with its domain in either form, or at another host of the same
 * domain, to which their provider sends it on (ann@example.org, ann@mbox3.example.org).
 */
static bool
is_theirs(const char *text, const char *key)
{
	const char *domain, *at = strrchr(key, '@');
	struct err e = ERR_INIT;
	struct addr a;
	size_t n, more;

	if (!text[0] || !at || addr_parse(&a, text, &e) == -1)
		return text[0] && strcasecmp(text, key) == 0;
	if (strcmp(a.key, key) == 0)
		return true;
	domain = strrchr(a.key, '@');
	n = strlen(at + 1);
	more = strlen(domain + 1);
	return domain - a.key == at - key && strncmp(a.key, key, (size_t)(at - key)) == 0 && more > n && domain[more - n] == '.' &&
	    strcmp(domain + 1 + more - n, at + 1) == 0;
}

enum report_class
inbound_class(const struct report_recipient *to)
{
	return to && !to->trying ? to->class : REPORT_OTHER;
}

/* A complaint outweighs a dead address, as in suppression.h. */
static const struct report_recipient *
graver(const struct report_recipient *a, const struct report_recipient *b)
{
	return a && inbound_class(a) >= inbound_class(b) ? a : b;
}

const struct report_recipient *
inbound_gravest(const struct report *r)
{
	const struct report_recipient *out = NULL;
	int i;

	for (i = 0; i < r->recipients; i++)
		out = graver(out, &r->recipient[i]);
	return out;
}

const struct report_recipient *
inbound_recipient(const struct site *site, const struct report *r, const struct subscriber *s, enum report_class *class)
{
	const struct report_recipient *theirs = NULL, *unnamed = NULL, *out, *one;
	int i;

	for (i = 0; i < r->recipients; i++) {
		one = &r->recipient[i];
		if (is_theirs(one->address, s->key) || is_theirs(one->original, s->key))
			theirs = graver(theirs, one);
		else if (!one->address[0] || is_ours(&site->conf, one->address))
			unnamed = graver(unnamed, one);
	}
	out = theirs ? theirs : unnamed ? unnamed
					: inbound_gravest(r);
	*class = inbound_class(out);
	if (out && !theirs && !unnamed && *class == REPORT_HARD)
		*class = REPORT_SOFT;
	return out;
}
