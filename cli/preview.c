/* preview.c - see preview.h; the page is made in preview_page.c. */
#include "preview.h"

#include <string.h>

#include "base/err.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/html_look.h"
#include "mail/message.h"
#include "mailing.h"
#include "site/compose.h"
#include "site/personal.h"
#include "site/site.h"

void
preview_init(struct preview_mail *p)
{
	*p = (struct preview_mail){ "", BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT };
}

void
preview_release(struct preview_mail *p)
{
	buf_release(&p->subject);
	buf_release(&p->snippet);
	buf_release(&p->text);
	buf_release(&p->html);
	buf_release(&p->eml);
}

/* The subject as its reader sees it: their name in it, if it is known. */
static void
put_subject(struct buf *out, const char *text, const char *name)
{
	static const char mark[] = { SLOT_START, 'n', 'a', 'm', 'e' };
	struct buf named = BUF_INIT;
	const char *start, *end;

	while (name[0] && (start = memmem(text, strlen(text), mark, sizeof(mark))) && (end = strchr(start, SLOT_END))) {
		buf_add(&named, text, (size_t)(start - text));
		buf_addstr(&named, name);
		text = end + 1;
	}
	buf_addstr(&named, text);
	mailing_fill_slots(out, named.data);
	buf_release(&named);
}

int
preview_make(struct preview_mail *p, const struct mailing *m, const struct site *site, const char *language,
    const struct subscriber *who, struct err *e)
{
	struct personal_for whose = {
		.address = who->id ? who->address : site->conf.mail_from,
		.name = who->id ? who->name : "",
		.subscriber_id = who->id,
		.topic_id = m->topic.id,
	};
	struct composed c = COMPOSED_INIT;
	struct message *message = NULL;
	struct personal personal;
	int rc = -1;

	personal_init(&personal, &site->conf, site->links);
	if (mailing_render(m, site, language, "", &c, e) == 0)
		message = compose_campaign(&site->conf, &c, &m->topic, 0, m->kind, e);
	if (message) {
		personal_fill(&personal, &whose, message);
		message_merge(message, &personal.values, &p->eml);
		rc = message_bodies(message, &personal.values, &p->text, &p->html, e);
		put_subject(&p->subject, c.subject.data, whose.name);
		html_snippet(&p->snippet, p->html.data, p->html.len);
		text_copy(p->language, sizeof(p->language), language);
	}
	message_free(message);
	personal_release(&personal);
	composed_release(&c);
	return rc;
}
