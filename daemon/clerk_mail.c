/* clerk_mail.c - a mail to one person into the outbox. */
#include "base/buf.h"
#include "base/err.h"
#include "clerk.h"
#include "mail/message.h"
#include "store/outbox.h"

int
clerk_mail(struct clerk *c, const struct message *message, const struct clerk_mail *mail, int64_t *id, struct err *e)
{
	struct personal_for whose = {
		.address = mail->address,
		.name = mail->name ? mail->name : "",
		.subscriber_id = mail->subscriber_id,
		.topic_id = mail->topic_id,
		.confirm_token = mail->confirm_token,
		.mydata_token = mail->mydata_token,
	};
	struct buf bytes = BUF_INIT;
	int rc;

	if (outbox_reserve(c->site->db, mail->kind, mail->subscriber_id, mail->address, mail->expires_at, &whose.outbox_id, e) == -1)
		return -1;
	personal_fill(&c->personal, &whose, NULL);
	message_merge(message, &c->personal.values, &bytes);
	rc = outbox_fill(c->site->db, whose.outbox_id, bytes.data, bytes.len, e);
	buf_release(&bytes);
	*id = whose.outbox_id;
	return rc;
}
