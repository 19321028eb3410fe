/* cmd_send.c - newsletter send: what would go out, a question, and the campaign. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "approve.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "linting.h"
#include "mailing.h"
#include "out.h"
#include "send.h"
#include "site/running.h"
#include "store/restored.h"

const struct opt opts_send[] = {
	{ "topic", "TOPIC", "whom it goes to (default: articles; a promotion's: promotions)" },
	{ "where", "EXPRESSION", "only to those of the topic who are in this segment" },
	{ "except", "EXPRESSION", "not to those who are in this one" },
	{ "subject", "TEXT", "instead of the one that is made" },
	{ "at", "TIME", "not before: 2026-03-01 10:30, +2h" },
	{ "key", "KEY", "send once for each key; %Y, %m, %d, %V as strftime(3)" },
	{ "to", "ADDRESS", "only a test copy, to this address" },
	{ "approve", "ADDRESS", "mail the draft there; it goes when they press its button" },
	{ "language", "CODE", "of the test copy (default: the site's)" },
	{ "of", "TOPIC", "articles of this topic instead, for a digest with a topic of its own" },
	{ "max", "N", "at most so many articles in one mail (default: 20)" },
	{ "since", "TIME", "only articles published since: 7 (days), 2026-03-01; older ones stay new" },
	{ "intro", "FILE", "Markdown that stands before the articles" },
	{ "hidden", NULL, "keep it out of the public archive" },
	{ "force", "REASON", "send it in spite of what lint says; the reason goes into the audit" },
	{ "no-links", NULL, "do not ask the addresses in it" },
	{ "dry-run", NULL, "show what would go out, and stop" },
	{ "yes", NULL, "do not ask" },
	{ "wait", NULL, "stay until everything is sent" },
	{ NULL, NULL, NULL },
};

struct request {
	bool promotion;
	const char *file;
	struct mailing_wish wish;
	char key[129];        /* expanded; "" for none */
	int64_t at;           /* 0: as soon as may be */
	const char *language; /* of a test copy */
};

/* "weekly-%G-%V" for this week; the site's zone. */
static int
expand_key(struct request *r, const char *key, struct err *e)
{
	time_t now = (time_t)clock_now();
	struct tm tm;

	localtime_r(&now, &tm);
	if (!key[0] || !strftime(r->key, sizeof(r->key), key, &tm) || !text_is_utf8(r->key, strlen(r->key)) ||
	    text_has_control(r->key, strlen(r->key), ""))
		return err_set(e, ERR_USAGE, "--key must be 1 to 128 bytes of text, like articles-%%Y-%%m-%%d");
	return 0;
}

/* The test copy's; one of those that mailings are made in. */
static int
read_language(const struct cli *cli, struct request *r, struct err *e)
{
	char all[MAILING_LANGUAGES][WORDS_LANGUAGE];
	struct buf list = BUF_INIT;
	int i, n = mailing_languages(&cli->site, all);

	r->language = cli_option(cli, "language");
	if (!r->language) {
		r->language = cli->site.conf.site_language;
		return 0;
	}
	if (!cli_option(cli, "to"))
		return err_set(e, ERR_USAGE, "--language goes with --to: subscribers get their own");
	for (i = 0; i < n && strcmp(all[i], r->language) != 0; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", all[i]);
	if (i == n)
		err_set(e, ERR_USAGE, "there are no mails in \"%.20s\", only in: %s", r->language, list.data);
	buf_release(&list);
	return i == n ? -1 : 0;
}

static int
read_request(const struct cli *cli, int argc, char **argv, struct request *r, struct err *e)
{
	const char *at = cli_option(cli, "at"), *key = cli_option(cli, "key");

	memset(r, 0, sizeof(*r));
	r->promotion = argc && strcmp(argv[0], "promotion") == 0;
	if (argc && !r->promotion && strcmp(argv[0], "articles") != 0)
		return err_set(e, ERR_USAGE, "\"%.60s\" is nothing to send: it is `send articles` or `send promotion FILE`",
		    argv[0]);
	if (argc != (r->promotion ? 2 : argc ? 1
					     : 0))
		return err_set(e, ERR_USAGE, "%s",
		    r->promotion ? "name the promotion's file: send promotion FILE" : "send articles takes no file");
	r->file = r->promotion ? argv[1] : NULL;
	if (mailing_wish_read(cli, r->promotion, &r->wish, e) == -1 || read_language(cli, r, e) == -1)
		return -1;
	if (at && clock_parse(at, &r->at, e) == -1) {
		e->code = ERR_USAGE;
		return err_wrap(e, "--at");
	}
	if (cli_option(cli, "to") && (at || key || cli_option(cli, "wait")))
		return err_set(e, ERR_USAGE, "--to sends a test copy at once: it goes with neither --at, --key nor --wait");
	if (approve_check(cli, e) == -1)
		return -1;
	return key ? expand_key(r, key, e) : 0;
}

static int
say_nothing(struct cli *cli, const char *why, const char *text)
{
	out_line(cli, "%s", text);
	json_object_set_new(cli->result, "campaign", json_null());
	json_put(cli->result, "reason", why);
	return 0;
}

static int
say_nobody(struct cli *cli, const struct mailing *m)
{
	char text[128];

	if (m->segment[0])
		snprintf(text, sizeof(text), "Nobody who subscribes to %s is in this segment: nothing was sent.", m->topic.slug);
	else
		snprintf(text, sizeof(text), "Nobody subscribes to %s yet: nothing was sent.", m->topic.slug);
	return say_nothing(cli, m->segment[0] ? "nobody in the segment" : "no subscribers", text);
}

static int
say_key_used(struct cli *cli, const struct campaign *c)
{
	out_line(cli, "Campaign %lld has the key %s already: nothing was sent.", (long long)c->id, c->key);
	if (c->state == CAMPAIGN_CANCELLED)
		out_line(cli, "It was cancelled: to send what was mended since, give another --key.");
	json_put_int(cli->result, "campaign", c->id);
	json_put(cli->result, "reason", "key used");
	return 0;
}

static int
say_sent(struct cli *cli, const struct campaign *c, struct err *e)
{
	int64_t wait = c->start_at - clock_now();
	char text[64], when[CLOCK_TEXT];
	int runs = running_check(cli->site.conf.store_path, e);

	if (wait > SEND_SOON)
		out_line(cli, "Campaign %lld starts at %s.", (long long)c->id, clock_local(when, c->start_at));
	else if (wait > 0)
		out_line(cli, "Campaign %lld starts in %s.", (long long)c->id, out_duration(text, wait));
	else
		out_line(cli, "Campaign %lld starts now.", (long long)c->id);
	out_line(cli, "To stop it: newsletter campaign cancel %lld", (long long)c->id);
	if (runs == 0 && !cli_option(cli, "wait"))
		out_warn(cli, "newsletterd is not running: nothing goes out until it is started");
	json_put_int(cli->result, "campaign", c->id);
	json_put(cli->result, "uuid", c->uuid);
	json_put(cli->result, "key", c->key[0] ? c->key : NULL);
	json_put_time(cli->result, "start_at", c->start_at);
	json_put_bool(cli->result, "running", runs == 1);
	return runs == -1 ? -1 : 0;
}

static int
ask(struct cli *cli, const struct mailing *m, struct err *e)
{
	char question[160], text[96];

	if (!cli->asks || cli_option(cli, "yes"))
		return 0;
	if (cli->json)
		return err_set(e, ERR_USAGE, "with --json on a terminal, say --yes (or --dry-run): there is no place to ask");
	snprintf(question, sizeof(question), "\nSend this to %s?", out_count(text, m->recipients, "person", "people"));
	if (cli_option(cli, "approve"))
		snprintf(question, sizeof(question), "\nAsk %.100s to approve this?", cli_option(cli, "approve"));
	return out_ask_yes(question) ? 0 : err_set(e, ERR_REFUSED, "nothing was sent");
}

static int
gather(struct cli *cli, const struct request *r, struct mailing *m, struct err *e)
{
	return r->promotion ? mailing_promotion(m, &cli->site, r->file, &r->wish, e) : mailing_articles(m, &cli->site, &r->wish, e);
}

/* A test copy is told what is wrong, and goes. */
static int
lint(struct cli *cli, const struct request *r, struct mailing *m, struct err *e)
{
	int64_t first = clock_now() + cli->site.conf.campaign_cancel_window;
	struct linting_wish wish = {
		.start = r->at > first ? r->at : first,
		.links = !cli_option(cli, "no-links"),
		.warns_only = cli_option(cli, "to") != NULL,
		.reason = cli_option(cli, "force"),
	};

	if (linting_run(cli, m, &wish, e) == -1)
		return -1;
	m->forced = wish.forced ? wish.reason : NULL;
	return 0;
}

/* What was announced after the backup is not known: cron is not to announce it once more. */
static int
check_restored(struct cli *cli, struct err *e)
{
	char when[CLOCK_TEXT];
	struct restored held;
	int rc = restored_held(cli->site.db, &held, e);

	if (rc != 1)
		return rc;
	return err_set(e, ERR_REFUSED,
	    "this site was restored from a backup of %s and is held: see what was sent since, mark it (article skip), then `newsletter outbox release`",
	    clock_local(when, held.taken_at));
}

static int
make_campaign(struct cli *cli, const struct request *r, struct mailing *m, struct err *e)
{
	struct campaign c = { 0 };
	int made;

	if (check_restored(cli, e) == -1 || ask(cli, m, e) == -1)
		return -1;
	made = send_campaign(cli, m, r->key, r->at, &c, e);
	if (made == -1)
		return -1;
	if (!made && c.id)
		return say_key_used(cli, &c);
	if (!made)
		return say_nothing(cli, "nothing new", "Another send announced them in the meantime: nothing was sent.");
	if (cli_option(cli, "approve"))
		return approve_say(cli, &c, e);
	if (say_sent(cli, &c, e) == -1)
		return -1;
	return cli_option(cli, "wait") ? send_wait(cli, c.id, e) : 0;
}

int
cmd_send(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct mailing m = { 0 };
	struct campaign old;
	struct request r;
	char text[128];
	int rc = -1;

	if (read_request(cli, argc, argv, &r, e) == -1)
		return -1;
	if (r.key[0]) {
		rc = campaign_by_key(cli->site.db, r.key, &old, e);
		if (rc)
			return rc == 1 ? say_key_used(cli, &old) : -1;
	}
	rc = gather(cli, &r, &m, e);
	if (rc == -1)
		goto out;
	snprintf(text, sizeof(text), "Nothing new to announce to %s.", m.topic.slug);
	if (!r.promotion && !m.articles.count) {
		rc = say_nothing(cli, "nothing new", text);
		goto out;
	}
	if (cli_option(cli, "to")) {
		send_show_subject(cli, &m);
		rc = lint(cli, &r, &m, e);
		if (rc == 0)
			rc = send_test(cli, &m, cli_option(cli, "to"), r.language, e);
		goto out;
	}
	rc = send_show(cli, &m, r.at, e);
	if (rc == -1)
		goto out;
	if (!m.recipients && !r.at && !cli_option(cli, "dry-run"))
		rc = say_nobody(cli, &m);
	else if (lint(cli, &r, &m, e) == -1)
		rc = -1;
	else if (cli_option(cli, "dry-run"))
		rc = say_nothing(cli, "dry run", "Nothing was sent (--dry-run).");
	else
		rc = make_campaign(cli, &r, &m, e);
out:
	mailing_release(&m);
	return rc;
}
