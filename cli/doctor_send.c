/*
 * doctor_send.c - see doctor.h: a test mail, made and queued as `send --to` does, and what became of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "cli.h"
#include "doctor.h"
#include "mailing.h"
#include "out.h"
#include "send.h"
#include "site/running.h"
#include "store/outbox.h"
#include "store/suppression.h"

#define PATIENCE 30       /* seconds */
#define LOOK_EVERY 100000 /* microseconds */

static const char body[] =
    "This mail shows whether the newsletter's mails arrive as they should. Nobody on the list got it.\n\n"
    "Look at its headers (\"Show original\" in Gmail, \"View source\" elsewhere):\n\n"
    "- **Authentication-Results** says spf=pass, dkim=pass and dmarc=pass, with your own domain.\n"
    "- **DKIM-Signature** is there, with your domain at d= and List-Unsubscribe in h=.\n"
    "- **List-Unsubscribe** and **List-Unsubscribe-Post** are there, and the mailbox shows its button.\n"
    "- **Return-Path** is the mailbox that bounces go to.\n";

static int
fill(struct doctor *d, struct mailing *m, struct err *e)
{
	struct topic_list topics;
	struct article_text *t = &m->text;
	char **empty[] = { &t->url, &t->excerpt, &t->author, &t->image, &t->image_alt, &t->topic, &t->preheader, &t->action_text,
		&t->action_url };

	memset(m, 0, sizeof(*m));
	m->kind = "promotion";
	m->hidden = true;
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		*empty[i] = xstrdup("");
	t->title = xstrdup("Does the newsletter arrive as it should?");
	t->body = xstrdup(body);
	snprintf(m->subject, sizeof(m->subject), "%s", t->title);
	if (topic_list(d->cli->site.db, &topics, e) == -1)
		return -1;
	if (!topics.count)
		return err_set(e, ERR_NOT_FOUND, "there is no topic that the test mail could be of: newsletter topic create");
	m->topic = topics.item[0];
	return 0;
}

/* The copy's row in the outbox. */
static int
queue(struct doctor *d, const char *address, int64_t *id, struct err *e)
{
	struct mailing m;
	int rc = -1;

	if (fill(d, &m, e) == 0 && send_test(d->cli, &m, address, d->conf->site_language, e) == 0) {
		*id = json_integer_value(json_object_get(d->cli->result, "outbox"));
		rc = 0;
	}
	mailing_release(&m);
	return rc;
}

static int
await(struct doctor *d, int64_t id, struct outbox_fate *f, struct err *e)
{
	int64_t end_us = clock_mono_us() + PATIENCE * 1000000LL;
	int rc;

	while ((rc = outbox_fate(d->cli->site.db, id, f, e)) == 1 && f->waits && !f->code && clock_mono_us() < end_us)
		usleep(LOOK_EVERY);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "the test mail was taken out of the outbox");
	return rc == 1 ? 0 : -1;
}

static void
say_fate(struct doctor *d, const struct outbox_fate *f)
{
	if (f->accepted) {
		doctor_say(d, DOCTOR_PASS,
		    conf_has_relay(d->conf) ? "the relay took the test mail" : "the test mail is in the outbox folder");
		doctor_advise(d, "in what arrives, Authentication-Results should say spf=pass, dkim=pass and dmarc=pass, and the mailbox "
				 "should offer to unsubscribe; if it is in the spam folder, see which of them failed");
	} else if (f->waits && !f->attempts) {
		doctor_say(d, DOCTOR_FAIL, "newsletterd did not try to send the test mail in %d seconds", PATIENCE);
		doctor_advise(d, "its log says whether the relay can be reached");
	} else if (f->waits) {
		doctor_say(d, DOCTOR_WARN, "the relay put the test mail off: %d %s", f->code, f->reply);
		doctor_advise(d, "it is tried again for a day");
	} else {
		doctor_say(d, DOCTOR_FAIL, "the relay refused the test mail: %d %s", f->code, f->reply);
		doctor_advise(d, "that is what it does with every mail: ask its operator");
	}
}

int
doctor_send(struct doctor *d, const char *address, struct err *e)
{
	struct outbox_fate fate = { 0 };
	int64_t id = 0;
	int runs;

	out_gap(d->cli);
	out_line(d->cli, "test mail");
	d->group = "send";
	d->check = "test mail";
	if (doctor_open_store(d, e) == -1 || doctor_open_links(d, e) == -1 ||
	    suppression_key_load(d->cli->site.db, d->conf->store_keys, e) == -1 || queue(d, address, &id, e) == -1)
		return -1;
	runs = running_check(d->conf->store_path, e);
	if (runs != 1) {
		doctor_say(d, DOCTOR_WARN, "it waits in the outbox: newsletterd is not running");
		doctor_advise(d, "start it within a day, and the mail goes");
		return runs;
	}
	if (await(d, id, &fate, e) == -1)
		return -1;
	say_fate(d, &fate);
	return 0;
}
