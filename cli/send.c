/* send.c - see send.h: the campaign in one transaction, and the test copy. */
#include "send.h"

#include <stdio.h>
#include <string.h>

#include "approve.h"
#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "content/template.h"
#include "mail/addr.h"
#include "mail/message.h"
#include "mailing.h"
#include "out.h"
#include "people.h"
#include "site/personal.h"
#include "store/outbox.h"
#include "store/suppression.h"

#define TEST_LASTS 86400 /* seconds that a test copy is tried */

static int
fill_row(struct cli *cli, const struct mailing *m, const char *key, int64_t at, struct campaign *c, struct err *e)
{
	int64_t first = clock_now() + cli->site.conf.campaign_cancel_window;
	struct buf subject = BUF_INIT;
	char when[CLOCK_TEXT];

	memset(c, 0, sizeof(*c));
	mailing_fill_slots(&subject, m->subject);
	snprintf(c->subject, sizeof(c->subject), "%s", subject.data);
	buf_release(&subject);
	snprintf(c->kind, sizeof(c->kind), "%s", m->kind);
	snprintf(c->key, sizeof(c->key), "%s", key);
	snprintf(c->created_by, sizeof(c->created_by), "%s", cli->who);
	c->topic_id = m->topic.id;
	c->start_at = at > first ? at : first;
	c->valid_until = m->text.valid_until;
	c->planned = m->recipients;
	c->hidden = m->hidden;
	text_copy(c->segment, sizeof(c->segment), m->segment);
	if (c->valid_until && c->valid_until <= c->start_at)
		return err_set(e, ERR_REFUSED, "it would start after its valid-until, %s", clock_local(when, c->valid_until));
	return 0;
}

static int
put_message(struct cli *cli, const struct mailing *m, const struct campaign *c, const char *language, struct err *e)
{
	struct message *message = mailing_compile(m, &cli->site, language, "", c->id, e);
	struct buf bytes = BUF_INIT;
	int rc;

	if (!message)
		return -1;
	message_save(message, &bytes);
	rc = campaign_put_message(cli->site.db, c->id, language, bytes.data, bytes.len, e);
	buf_release(&bytes);
	message_free(message);
	return rc;
}

/* One for each language that somebody may read. */
static int
put_messages(struct cli *cli, struct mailing *m, const struct campaign *c, struct err *e)
{
	char languages[MAILING_LANGUAGES][WORDS_LANGUAGE];
	int i, count = mailing_languages(&cli->site, languages);

	mailing_set_archive_url(m, &cli->site, c->subject, c->uuid);
	for (i = 0; i < count; i++)
		if (put_message(cli, m, c, languages[i], e) == -1)
			return -1;
	return 0;
}

static int
announce(struct cli *cli, const struct mailing *m, int64_t campaign_id, struct err *e)
{
	struct buf detail = BUF_INIT;
	size_t i;
	int rc;

	for (i = 0; i < m->articles.count; i++)
		if (article_announce(cli->site.db, m->articles.item[i].id, m->topic.id, campaign_id, e) == -1)
			return -1;
	buf_addf(&detail, "campaign %lld, topic %s, %lld recipients", (long long)campaign_id, m->topic.slug, (long long)m->recipients);
	if (m->segment[0])
		buf_addf(&detail, ", of a segment");
	if (m->forced)
		buf_addf(&detail, ", forced: %s", m->forced);
	rc = cli_audit(cli, cli->site.db, m->text.title ? "send promotion" : "send articles", detail.data, e);
	buf_release(&detail);
	return rc;
}

int
send_campaign(struct cli *cli, struct mailing *m, const char *key, int64_t at, struct campaign *c, struct err *e)
{
	bool articles = m->articles.count > 0;
	int found = 0, rc = -1;

	if (fill_row(cli, m, key, at, c, e) == -1 || db_begin(cli->site.db, e) == -1)
		return -1;
	if (key[0])
		found = campaign_by_key(cli->site.db, key, c, e);
	if (found) { /* another send with the key came first */
		rc = found == 1 ? 0 : -1;
		goto out;
	}
	if (articles && mailing_drop_announced(m, &cli->site, e) == -1)
		goto out;
	if (articles && !m->articles.count) {
		rc = 0;
		goto out;
	}
	if (fill_row(cli, m, key, at, c, e) == -1 || campaign_create(cli->site.db, c, e) == -1 || put_messages(cli, m, c, e) == -1 ||
	    announce(cli, m, c->id, e) == -1 || approve_ask(cli, m, c, e) == -1 || db_commit(cli->site.db, e) == -1)
		goto out;
	rc = 1;
out:
	db_rollback(cli->site.db);
	return rc;
}

static int
queue_copy(struct cli *cli, const struct addr *to, const struct message *message, int64_t topic_id, struct err *e)
{
	struct personal_for whose = { .address = to->text, .name = "", .topic_id = topic_id };
	struct personal personal;
	struct buf bytes = BUF_INIT;
	int rc = -1;

	personal_init(&personal, &cli->site.conf, cli->site.links);
	if (outbox_reserve(cli->site.db, "test", 0, to->text, clock_now() + TEST_LASTS, &whose.outbox_id, e) == -1)
		goto out;
	personal_fill(&personal, &whose, NULL); /* its links are nobody's: they change nothing */
	message_merge(message, &personal.values, &bytes);
	if (outbox_fill(cli->site.db, whose.outbox_id, bytes.data, bytes.len, e) == -1 ||
	    cli_audit(cli, cli->site.db, cli_option(cli, "to") ? "send --to" : "doctor --send", "a test copy", e) == -1)
		goto out;
	json_put_int(cli->result, "outbox", whose.outbox_id);
	rc = 0;
out:
	personal_release(&personal);
	buf_release(&bytes);
	return rc;
}

static int
check_suppressed(struct cli *cli, const struct addr *to, struct err *e)
{
	enum suppression_reason reason;
	int rc = suppression_find(cli->site.db, to->key, &reason, e);

	if (rc == 1)
		return err_set(e, ERR_SUPPRESSED, "%s must not be mailed (%s)", to->text, suppression_name(reason));
	return rc;
}

/* The copy as compiled, in a language. */
static struct message *
compile_copy(struct cli *cli, struct mailing *m, const char *language, struct err *e)
{
	json_t *data = json_pack("{s:s}", "language", language);
	struct message *message = NULL;
	struct buf mark = BUF_INIT;

	m->test = true;
	mailing_set_archive_url(m, &cli->site, NULL, NULL);
	if (template_words(&mark, cli->site.conf.store_templates, "mail-test.mark", data, e) == 0) {
		buf_addch(&mark, ' ');
		message = mailing_compile(m, &cli->site, language, mark.data, 0, e);
	}
	buf_release(&mark);
	json_decref(data);
	return message;
}

int
send_test(struct cli *cli, struct mailing *m, const char *address, const char *language, struct err *e)
{
	struct message *message;
	struct addr to;
	int rc = -1;

	if (people_address(&to, address, e) == -1 || check_suppressed(cli, &to, e) == -1)
		return -1;
	message = compile_copy(cli, m, language, e);
	if (!message || db_begin(cli->site.db, e) == -1)
		goto out;
	if (queue_copy(cli, &to, message, m->topic.id, e) == -1 || db_commit(cli->site.db, e) == -1)
		goto out;
	out_line(cli, "A test copy goes to %s.", to.text);
	json_put(cli->result, "to", to.text);
	json_put(cli->result, "language", language);
	rc = 0;
out:
	db_rollback(cli->site.db);
	message_free(message);
	return rc;
}
