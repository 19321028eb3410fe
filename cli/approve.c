/* approve.c - see approve.h. */
#include "approve.h"

#include <stdio.h>

#include "audit.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/token.h"
#include "cli.h"
#include "content/date_words.h"
#include "content/template.h"
#include "mail/addr.h"
#include "mail/message.h"
#include "mailing.h"
#include "out.h"
#include "people.h"
#include "site/personal.h"
#include "site/running.h"
#include "store/approval.h"
#include "store/campaign.h"
#include "store/outbox.h"
#include "store/suppression.h"

int
approve_check(const struct cli *cli, struct err *e)
{
	const char *address = cli_option(cli, "approve");
	enum suppression_reason reason;
	struct addr to;
	int rc;

	if (!address)
		return 0;
	if (cli_option(cli, "to"))
		return err_set(e, ERR_USAGE, "--to sends a test copy and --approve asks to send it to everybody: say one of them");
	if (cli_option(cli, "wait"))
		return err_set(e, ERR_USAGE, "--approve waits for a person, for days perhaps: it goes without --wait");
	if (people_address(&to, address, e) == -1)
		return -1;
	rc = suppression_find(cli->site.db, to.key, &reason, e);
	if (rc == 1 && !suppression_liftable(reason))
		return err_set(e, ERR_SUPPRESSED, "%s must not be mailed (%s)", to.text, suppression_name(reason));
	return rc == -1 ? -1 : 0;
}

void
approve_show(struct cli *cli, int64_t at)
{
	char when[CLOCK_TEXT];

	out_field(cli, "Starts", OUT_PLAIN, "once %s has approved it%s%s", cli_option(cli, "approve"), at ? ", not before " : "",
	    at ? clock_local(when, at) : "");
}

static int
put_moment(json_t *data, const char *key, const struct conf *conf, int64_t at, struct err *e)
{
	struct buf words = BUF_INIT;
	int rc = at ? moment_words(&words, conf->store_templates, conf->site_language, at, e) : 0;

	if (rc == 0 && at)
		json_put(data, key, words.data);
	buf_release(&words);
	return rc;
}

/* The context of mail/approval; NULL on failure. */
static json_t *
banner(const struct cli *cli, const struct mailing *m, const struct campaign *c, const char *token, int64_t expires_at, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	int64_t at = c->start_at > clock_now() + conf->campaign_cancel_window ? c->start_at : 0;
	json_t *data = json_object();

	json_object_set_new(data, "approve_url", json_sprintf("%s/approve/%s", conf->site_url, token));
	site_put_number(data, "recipients", conf, "", m->recipients, 0);
	json_put_bool(data, "one", m->recipients == 1);
	json_put(data, "topic", m->topic.title);
	if (put_moment(data, "starts", conf, at, e) == 0 && put_moment(data, "expires", conf, expires_at, e) == 0 &&
	    put_moment(data, "valid_until", conf, c->valid_until, e) == 0)
		return data;
	json_decref(data);
	return NULL;
}

/* The subject alone is marked: "[Please approve] 3 new articles". */
static int
mark_subject(struct buf *subject, const struct conf *conf, struct err *e)
{
	struct buf marked = BUF_INIT;
	json_t *data = json_object();
	int rc;

	json_put(data, "language", conf->site_language);
	rc = template_words(&marked, conf->store_templates, "mail-approval.mark", data, e);
	buf_addf(&marked, " %s", subject->data);
	buf_release(subject);
	*subject = marked;
	json_decref(data);
	return rc;
}

/* The draft, in the site's language; "read in the browser" leads to it too, for it has no page of its own yet. NULL on failure. */
static struct message *
compile(struct cli *cli, struct mailing *m, const struct campaign *c, const char *token, int64_t expires_at, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	struct composed mail = COMPOSED_INIT;
	struct message *message = NULL;
	json_t *data = banner(cli, m, c, token, expires_at, e);

	if (!data)
		return NULL;
	m->approval = data;
	snprintf(m->archive_url, sizeof(m->archive_url), "%s/draft/%s", conf->site_url, token);
	if (mailing_render(m, &cli->site, "", "", &mail, e) == 0 && mark_subject(&mail.subject, conf, e) == 0)
		message = compose_campaign(conf, &mail, &m->topic, c->id, m->kind, e);
	m->approval = NULL;
	composed_release(&mail);
	json_decref(data);
	return message;
}

/* Its links are nobody's: they change nothing. */
static int
queue(struct cli *cli, const struct addr *to, const struct message *message, int64_t topic_id, int64_t expires_at, struct err *e)
{
	struct personal_for whose = { .address = to->text, .name = "", .topic_id = topic_id };
	struct personal personal;
	struct buf bytes = BUF_INIT;
	int rc = outbox_reserve(cli->site.db, "approval", 0, to->text, expires_at, &whose.outbox_id, e);

	personal_init(&personal, &cli->site.conf, cli->site.links);
	if (rc == 0) {
		personal_fill(&personal, &whose, NULL);
		message_merge(message, &personal.values, &bytes);
		rc = outbox_fill(cli->site.db, whose.outbox_id, bytes.data, bytes.len, e);
		json_put_int(cli->result, "outbox", whose.outbox_id);
	}
	personal_release(&personal);
	buf_release(&bytes);
	return rc;
}

/* Held, and nobody is alarmed: a person is asked already. */
static int
hold(struct cli *cli, struct campaign *c, const uint8_t hash[TOKEN_HASH], int64_t expires_at, struct err *e)
{
	struct db *db = cli->site.db;
	char detail[64];

	snprintf(detail, sizeof(detail), "campaign %lld", (long long)c->id);
	if (campaign_hold(db, c->id, "waits for approval, which was asked for by mail", e) == -1 ||
	    campaign_alarm(db, c->id, CAMPAIGN_ALARM_HELD, e) == -1 || approval_create(db, c->id, hash, expires_at, e) == -1)
		return -1;
	c->state = CAMPAIGN_HELD;
	return cli_audit(cli, db, "send --approve", detail, e);
}

int
approve_ask(struct cli *cli, struct mailing *m, struct campaign *c, struct err *e)
{
	int64_t expires_at = clock_now() + APPROVAL_LASTS;
	const char *address = cli_option(cli, "approve");
	uint8_t hash[TOKEN_HASH];
	char token[TOKEN_TEXT];
	struct message *message;
	struct addr to;
	int rc;

	if (!address)
		return 0;
	token_new(token);
	token_hash(hash, token);
	if (people_address(&to, address, e) == -1 || hold(cli, c, hash, expires_at, e) == -1)
		return -1;
	message = compile(cli, m, c, token, expires_at, e);
	rc = message ? queue(cli, &to, message, m->topic.id, expires_at, e) : -1;
	message_free(message);
	return rc;
}

int
approve_say(struct cli *cli, const struct campaign *c, struct err *e)
{
	int runs = running_check(cli->site.conf.store_path, e);
	struct approval a;
	char when[CLOCK_TEXT];

	if (runs == -1 || approval_of(cli->site.db, c->id, &a, e) != 1)
		return -1;
	out_line(cli, "Campaign %lld waits for approval: %s gets it by mail, with a button that works until %s.", (long long)c->id,
	    cli_option(cli, "approve"), clock_local(when, a.expires_at));
	out_line(cli, "To let it go from here: newsletter campaign resume %lld", (long long)c->id);
	out_line(cli, "To drop it: newsletter campaign cancel %lld", (long long)c->id);
	if (!runs)
		out_warn(cli, "newsletterd is not running: the mail does not go out until it is started");
	json_put_int(cli->result, "campaign", c->id);
	json_put(cli->result, "uuid", c->uuid);
	json_put(cli->result, "key", c->key[0] ? c->key : NULL);
	json_put(cli->result, "state", campaign_state_name(c->state));
	json_put_time(cli->result, "start_at", c->start_at);
	json_put_time(cli->result, "approval_until", a.expires_at);
	json_put_bool(cli->result, "running", runs == 1);
	return 0;
}
