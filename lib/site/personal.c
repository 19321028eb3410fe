/* personal.c - see personal.h. */
#include "site/personal.h"

#include <stdbool.h>
#include <string.h>

#include "base/conf.h"

#define PREFERENCES_DAYS 30

void
personal_init(struct personal *p, const struct conf *conf, const struct link_keys *links)
{
	memset(p, 0, sizeof(*p));
	p->conf = conf;
	p->links = links;
	buf_init(&p->sender);
	buf_init(&p->message_id);
	buf_init(&p->unsubscribe_url);
	buf_init(&p->unsubscribe_mailto);
	buf_init(&p->preferences_url);
	buf_init(&p->view_url);
	buf_init(&p->confirm_url);
	buf_init(&p->mydata_url);
}

void
personal_release(struct personal *p)
{
	buf_release(&p->sender);
	buf_release(&p->message_id);
	buf_release(&p->unsubscribe_url);
	buf_release(&p->unsubscribe_mailto);
	buf_release(&p->preferences_url);
	buf_release(&p->view_url);
	buf_release(&p->confirm_url);
	buf_release(&p->mydata_url);
}

/* site-url/path/LINK, where it is wanted */
static void
put_url(struct personal *p, struct buf *out, const char *path, const struct link *l, bool wanted)
{
	char text[LINK_TEXT];

	buf_reset(out);
	if (!wanted)
		return;
	link_url(text, p->links, l);
	buf_addstr(out, p->conf->site_url);
	buf_addstr(out, path);
	buf_addstr(out, text);
}

/* site-url/path/TOKEN, where there is one */
static void
put_token(const struct personal *p, struct buf *out, const char *path, const char *token)
{
	buf_reset(out);
	if (!token)
		return;
	buf_addstr(out, p->conf->site_url);
	buf_addstr(out, path);
	buf_addstr(out, token);
}

/* local+LINK@domain out of local@domain */
static void
put_tagged(struct buf *out, const char *mailbox, const char *text)
{
	const char *at = strrchr(mailbox, '@');

	buf_reset(out);
	buf_add(out, mailbox, (size_t)(at - mailbox));
	buf_addch(out, '+');
	buf_addstr(out, text);
	buf_addstr(out, at);
}

static struct link
link_for(const struct personal_for *whose, enum link_purpose campaign, enum link_purpose outbox)
{
	struct link l = {
		.purpose = campaign,
		.subscriber = whose->subscriber_id,
		.topic = whose->topic_id,
		.campaign = whose->campaign_id,
	};

	if (whose->outbox_id)
		l = (struct link){ .purpose = outbox, .subscriber = whose->outbox_id };
	return l;
}

void
personal_sender(struct personal *p, const struct personal_for *whose)
{
	struct link l = link_for(whose, LINK_BOUNCE, LINK_OUTBOX_BOUNCE);

	link_address(p->envelope_id, p->links, &l);
	if (p->conf->mail_bounce[0]) {
		put_tagged(&p->sender, p->conf->mail_bounce, p->envelope_id);
		return;
	}
	buf_reset(&p->sender);
	buf_addstr(&p->sender, p->conf->mail_from);
}

static bool
uses(const struct message *m, enum slot slot)
{
	return !m || message_uses(m, slot);
}

void
personal_fill(struct personal *p, const struct personal_for *whose, const struct message *m)
{
	struct link id = link_for(whose, LINK_MESSAGE, LINK_OUTBOX);
	struct link leave = {
		.purpose = LINK_UNSUBSCRIBE,
		.subscriber = whose->subscriber_id,
		.topic = whose->topic_id,
		.campaign = whose->campaign_id,
	};
	struct link preferences = { .purpose = LINK_PREFERENCES, .subscriber = whose->subscriber_id };
	struct link view = { .purpose = LINK_VIEW, .subscriber = whose->subscriber_id, .campaign = whose->campaign_id };
	const char **value = p->values.value;
	int64_t now = clock_now();
	char text[LINK_TEXT];

	preferences.expires = view.expires = now + (int64_t)PREFERENCES_DAYS * 86400;
	if (now != p->date_at)
		clock_mail(p->date, p->date_at = now);
	link_address(text, p->links, &id);
	buf_reset(&p->message_id);
	buf_addstr(&p->message_id, text);
	buf_addch(&p->message_id, '@');
	buf_addstr(&p->message_id, p->conf->mail_list_domain);
	put_url(p, &p->unsubscribe_url, "/u/", &leave, uses(m, SLOT_UNSUBSCRIBE_URL));
	put_url(p, &p->preferences_url, "/preferences/", &preferences, uses(m, SLOT_PREFERENCES_URL));
	put_url(p, &p->view_url, "/view/", &view, uses(m, SLOT_VIEW_URL));
	buf_reset(&p->unsubscribe_mailto);
	if (p->conf->mail_unsubscribe[0] && uses(m, SLOT_UNSUBSCRIBE_MAILTO)) {
		link_address(text, p->links, &leave);
		put_tagged(&p->unsubscribe_mailto, p->conf->mail_unsubscribe, text);
	}
	put_token(p, &p->confirm_url, "/confirm/", whose->confirm_token);
	put_token(p, &p->mydata_url, "/my-data/", whose->mydata_token);
	value[SLOT_NAME] = whose->name;
	value[SLOT_TO] = whose->address;
	value[SLOT_DATE] = p->date;
	value[SLOT_MESSAGE_ID] = p->message_id.data;
	value[SLOT_UNSUBSCRIBE_URL] = p->unsubscribe_url.data;
	value[SLOT_UNSUBSCRIBE_MAILTO] = p->unsubscribe_mailto.data;
	value[SLOT_PREFERENCES_URL] = p->preferences_url.data;
	value[SLOT_VIEW_URL] = p->view_url.data;
	value[SLOT_CONFIRM_URL] = p->confirm_url.data;
	value[SLOT_MYDATA_URL] = p->mydata_url.data;
}
