/*
 * clerk_welcome.c - somebody has just confirmed; do they get the welcome mail?
 *
 * Once a confirmation, and not again within 30 days: neither who left and came back, nor who confirms a second topic, is to get it
 * over and over. Who has left meanwhile gets none (and what is queued already is taken back as they leave: store/subscription.c).
 *
 * It may wait, so it has less of a turn than signups. One that cannot be made (a template that does not render) keeps nobody behind it
 * waiting: a pass goes on to the end, and the next comes a minute later.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "clerk.h"
#include "clerk_notice.h"
#include "store/outbox.h"
#include "store/signup.h"
#include "store/subscription.h"
#include "store/suppression.h"
#include "store/topic.h"
#include "store/welcome.h"

#define KIND "welcome"
#define DAY 86400
#define AGAIN ((int64_t)30 * DAY)
#define LATE ((int64_t)2 * DAY) /* after the confirmation nobody wonders about it any more */
#define PUT_OFF 60
#define TURN_US 250000

/* What became of those of a turn. */
struct turn {
	int64_t began_us, queued, without;
	struct err failure; /* the last one */
};

/* Which of the confirmed topics are theirs still. Returns how many, or -1. */
static int
still_active(struct db *db, const struct welcome *w, int64_t ids[TOPICS_MAX], struct err *e)
{
	struct subscription of[TOPICS_MAX];
	int64_t asked[TOPICS_MAX];
	int i, j, n = 0, count, confirmed = signup_topics_read(w->topics, asked, TOPICS_MAX);

	count = subscription_of(db, w->subscriber_id, of, TOPICS_MAX, e);
	if (count == -1)
		return -1;
	for (i = 0; i < confirmed; i++)
		for (j = 0; j < count; j++)
			if (of[j].topic_id == asked[i] && of[j].state == SUB_ACTIVE)
				ids[n++] = asked[i];
	return n;
}

/* Of how many topics it is to speak: 0 when there is to be none, -1. */
static int
judge(struct clerk *c, const struct welcome *w, int64_t ids[TOPICS_MAX], struct err *e)
{
	struct db *db = c->site->db;
	int rc;

	if (!c->site->conf.mail_welcome || clock_now() - w->at >= LATE)
		return 0;
	rc = suppression_of(db, w->subscriber_id, e);
	if (rc == 0)
		rc = outbox_recent(db, w->subscriber_id, KIND, clock_now() - AGAIN, e);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	return still_active(db, w, ids, e);
}

static int
send_mail(struct clerk *c, const struct welcome *w, const int64_t *ids, int count, struct err *e)
{
	struct subscriber who;
	struct topic_list topics;
	struct notice_wish wish = { KIND, who.language, &topics, ids, count, true };
	struct clerk_mail to = {
		.kind = KIND,
		.address = who.address,
		.name = who.name,
		.subscriber_id = w->subscriber_id,
		.topic_id = count == 1 ? ids[0] : 0,
		.expires_at = w->at + LATE,
	};
	const struct notice *mail;
	int64_t id;

	if (subscriber_get(c->site->db, w->subscriber_id, &who, e) != 1 || topic_list(c->site->db, &topics, e) == -1)
		return -1;
	mail = clerk_notice(c, &wish, e);
	return mail ? clerk_mail(c, mail->message, &to, &id, e) : -1;
}

/* 0, also when its mail cannot be made; -1 when it is the store that fails. */
static int
settle(struct clerk *c, const struct welcome *w, struct turn *turn, struct err *e)
{
	int64_t ids[TOPICS_MAX];
	int n = judge(c, w, ids, e);

	if (n > 0 && send_mail(c, w, ids, n, e) == -1)
		n = -1;
	if (n == -1) {
		if (e->code == ERR_BUSY || e->code == ERR_FULL || e->code == ERR_SYSTEM)
			return -1;
		c->welcome.failed++; /* nothing was written: the mail is made first */
		turn->failure = *e;
		*e = (struct err)ERR_INIT;
		return 0;
	}
	if (n)
		turn->queued++;
	else
		turn->without++;
	return welcome_delete(c->site->db, w->subscriber_id, e);
}

static void
end_turn(struct clerk *c, const struct turn *turn, bool last)
{
	if (turn->queued + turn->without)
		log_event(LOG_LEVEL_INFO, "welcomes", "queued=%lld without=%lld", (long long)turn->queued, (long long)turn->without);
	if (turn->failure.text[0])
		log_event(LOG_LEVEL_ERROR, "clerk", "welcomes_put_off=%lld text=%s", (long long)c->welcome.failed,
		    log_text(turn->failure.text));
	if (!last)
		return;
	c->welcome.after = 0;
	c->welcome.next = c->welcome.failed ? clock_now() + PUT_OFF : 0;
	c->welcome.failed = 0;
}

int
clerk_welcome(struct clerk *c, struct err *e)
{
	struct turn turn = { .began_us = clock_mono_us(), .failure = ERR_INIT };
	struct db *db = c->site->db;
	int64_t now = clock_now();
	struct welcome w;
	bool more = false;
	int rc;

	if (now < c->welcome.next && c->welcome.next - now <= PUT_OFF) /* a clock that was set back is no reason to wait */
		return 0;
	rc = welcome_next(db, c->welcome.after, &w, e);
	if (rc == 0)
		c->welcome.after = 0;
	if (rc != 1)
		return rc;
	if (db_begin(db, e) == -1)
		return -1;
	while (!more && (rc = welcome_next(db, c->welcome.after, &w, e)) == 1) {
		if (settle(c, &w, &turn, e) == -1 || db_chunk(db, e) == -1)
			return -1;
		c->welcome.after = w.subscriber_id;
		more = clock_mono_us() - turn.began_us > TURN_US;
	}
	if (rc == -1 || db_commit(db, e) == -1)
		return -1;
	end_turn(c, &turn, !more);
	c->more |= more;
	return 0;
}
