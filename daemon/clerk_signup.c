/*
 * clerk_signup.c - a visitor asked; what happens now?
 *
 * The visitor got the same answer whoever they are. Here it is decided: a
 * complaint or a word from staff ends it without a mail; who is subscribed to
 * all of it gets a note that says so, at most once a day; everybody else gets
 * one confirmation a day, and is subscribed only once its link was used.
 *
 * What leads to a mail is let through as the limits have room (clerk_limit.h), or waits. What leads to none is counted for
 * its network alone, so that a thousand posts for one address cost others nothing, and yet nobody can tell it from what
 * does. Nobody becomes a row of table subscriber before that.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/token.h"
#include "clerk.h"
#include "clerk_limit.h"
#include "clerk_notice.h"
#include "store/consent.h"
#include "store/counter.h"
#include "store/onetime.h"
#include "store/outbox.h"
#include "store/signup.h"
#include "store/signup_line.h"
#include "store/subscription.h"
#include "store/suppression.h"
#include "store/topic.h"

#define DAY 86400
#define REFUSED_MOST 2  /* confirmations a day that never left, after which one may still be tried */
#define PUT_OFF 60      /* seconds until one that could not be decided is tried again */
#define TURN_US 1000000 /* then the clerk's other duties have a turn */

struct decision {
	struct signup *signup;
	struct subscriber who; /* id 0: nobody knows them */
	struct topic_list topics;
	int64_t asked[TOPICS_MAX], wanted[TOPICS_MAX]; /* wanted: asked for and not active yet */
	int64_t theirs[TOPICS_MAX];                    /* active */
	int asked_count, wanted_count, theirs_count;
	bool active; /* subscribed to something */
};

/* What became of the requests of a turn, for the log. */
struct turn {
	int64_t silent, answer[3]; /* no mail to send; by enum limit_answer */
	int64_t began_us;
};

static int
note_already(struct clerk *c, struct decision *d, struct err *e)
{
	struct clerk_mail to = {
		.kind = "already",
		.address = d->who.address,
		.subscriber_id = d->who.id,
		.expires_at = clock_now() + DAY,
	};
	struct notice_wish wish = { "already", d->who.language, &d->topics, d->theirs, d->theirs_count, false };
	const struct notice *note = clerk_notice(c, &wish, e);
	int64_t id;

	return note ? clerk_mail(c, note->message, &to, &id, e) : -1;
}

/* Not the person asked but an import for them. */
static bool
is_import(const struct signup *s)
{
	return s->weight == 0;
}

static int
request(struct clerk *c, struct decision *d, const uint8_t *mail_hash, struct err *e)
{
	struct evidence evidence = { .source = is_import(d->signup) ? "import" : "web", .ip = d->signup->ip, .mail_hash = mail_hash };
	int i;

	evidence.form_hash = d->signup->form_hash;
	for (i = 0; i < d->wanted_count; i++)
		if (subscription_request(c->site->db, d->who.id, d->wanted[i], &evidence, e) == -1)
			return -1;
	return 0;
}

/* The name that was typed, until the person has confirmed; not that of somebody else whose request led to nothing meanwhile. */
static int
take_name(struct clerk *c, struct decision *d, struct err *e)
{
	const char *name = d->signup->name;

	if (d->active || !name[0] || strcmp(name, d->who.name) == 0)
		return 0;
	strcpy(d->who.name, name);
	return subscriber_set_name(c->site->db, d->who.id, name, e);
}

static int
ask_to_confirm(struct clerk *c, struct decision *d, struct err *e)
{
	struct notice_wish wish = { "confirm", d->who.language, &d->topics, d->wanted, d->wanted_count, false };
	const struct notice *mail = clerk_notice(c, &wish, e);
	struct onetime once = { .created_at = clock_now() };
	uint8_t mail_hash[CONSENT_HASH], hash[TOKEN_HASH];
	struct db *db = c->site->db;
	char token[TOKEN_TEXT];
	struct clerk_mail to = { .kind = "confirm", .address = d->who.address, .confirm_token = token };
	bool created;
	int64_t id;

	if (!mail || (d->who.id ? take_name(c, d, e) : subscriber_put(db, &d->who, &created, e)) == -1)
		return -1;
	once.subscriber_id = to.subscriber_id = d->who.id;
	once.expires_at = to.expires_at = once.created_at + c->site->conf.keep_pending;
	signup_topics_write(once.topics, sizeof(once.topics), d->wanted, d->wanted_count);
	token_new(token);
	token_hash(hash, token);
	if (consent_wording(db, mail->wording.data, mail_hash, e) == -1 || request(c, d, mail_hash, e) == -1 ||
	    onetime_put(db, hash, "confirm", &once, e) == -1)
		return -1;
	return clerk_mail(c, mail->message, &to, &id, e);
}

/* Who is it, and what of the topics asked for is not theirs yet? */
static int
look_up(struct clerk *c, struct decision *d, struct err *e)
{
	struct subscription of[TOPICS_MAX];
	const struct signup *s = d->signup;
	int i, j, known, count = 0;
	bool has;

	d->asked_count = signup_topics_read(s->topics, d->asked, TOPICS_MAX);
	known = subscriber_find(c->site->db, s->key, &d->who, e);
	if (known == -1 || topic_list(c->site->db, &d->topics, e) == -1)
		return -1;
	if (known == 0) {
		strcpy(d->who.address, s->address);
		strcpy(d->who.key, s->key);
		strcpy(d->who.name, s->name);
		strcpy(d->who.language, s->language);
	} else {
		count = subscription_of(c->site->db, d->who.id, of, TOPICS_MAX, e);
	}
	if (count == -1)
		return -1;
	for (i = 0; i < count; i++)
		if (of[i].state == SUB_ACTIVE)
			d->theirs[d->theirs_count++] = of[i].topic_id;
	d->active = d->theirs_count > 0;
	for (i = 0; i < d->asked_count; i++) {
		has = !topic_in(&d->topics, d->asked[i]); /* a topic that went away is nobody's wish */
		for (j = 0; j < count; j++)
			has |= of[j].topic_id == d->asked[i] && of[j].state == SUB_ACTIVE;
		if (!has)
			d->wanted[d->wanted_count++] = d->asked[i];
	}
	return 0;
}

/* Add what is not in the list of topic ids yet; returns how many were added. */
static int
add_topics(int64_t ids[TOPICS_MAX], int *count, int64_t *fresh, const struct decision *d)
{
	int i, j, added = 0;

	for (i = 0; i < d->wanted_count; i++) {
		for (j = 0; j < *count && ids[j] != d->wanted[i]; j++)
			;
		if (j == *count && *count < TOPICS_MAX)
			ids[(*count)++] = fresh[added++] = d->wanted[i];
	}
	return added;
}

/*
 * They had their confirmation today, and ask for more: the link that they have covers that too, and its page lists it before the button.
 * From the address alone that asked first: nobody else is to put a topic there. 1 when it does, 0, -1.
 */
static int
widen(struct clerk *c, struct decision *d, struct err *e)
{
	int64_t ids[TOPICS_MAX], fresh[TOPICS_MAX];
	struct db *db = c->site->db;
	uint8_t hash[TOKEN_HASH];
	struct onetime once;
	int count, added, rc = consent_requested_from(db, d->who.id, d->signup->ip, clock_now() - DAY, e);

	if (rc == 1)
		rc = onetime_outstanding(db, d->who.id, "confirm", hash, &once, e);
	if (rc != 1)
		return rc;
	if (take_name(c, d, e) == -1)
		return -1;
	count = signup_topics_read(once.topics, ids, TOPICS_MAX);
	added = add_topics(ids, &count, fresh, d);
	if (!added)
		return 1;
	signup_topics_write(once.topics, sizeof(once.topics), ids, count);
	memcpy(d->wanted, fresh, sizeof(fresh));
	d->wanted_count = added;
	return onetime_set_topics(db, hash, once.topics, e) == -1 || request(c, d, NULL, e) == -1 ? -1 : 1;
}

/* The note that they are on the list: at most once a day. 1 when it is to be sent, 0, -1. */
static int
gets_note(struct clerk *c, struct decision *d, struct err *e)
{
	int rc = outbox_recent(c->site->db, d->who.id, "already", clock_now() - DAY, e);

	d->wanted_count = 0;
	return rc == -1 ? -1 : !rc;
}

/* Whether a mail is to be sent: 1 (a confirmation of what is wanted, or the note when nothing is), 0 when there is nothing to say, -1. */
static int
gets_mail(struct clerk *c, struct decision *d, struct err *e)
{
	struct db *db = c->site->db;
	int64_t since = clock_now() - DAY;
	int rc;

	if (!d->wanted_count && !d->active)
		return 0;
	if (!d->who.id)
		return 1;
	if (!d->wanted_count)
		return gets_note(c, d, e);
	rc = onetime_recent(db, d->who.id, "confirm", since, e);
	if (rc == 0)
		return 1;
	if (rc == 1) /* one confirmation a day; but one that the relay refused is none */
		rc = outbox_only_refused(db, d->who.id, "confirm", since, REFUSED_MOST, e);
	if (rc != 0)
		return rc;
	rc = widen(c, d, e);
	if (rc == 0 && d->active) /* their note has the link to their settings, where they can choose the topic */
		return gets_note(c, d, e);
	return rc == -1 ? -1 : 0;
}

/*
 * An import asks for somebody who has not asked themselves: not those who must not be mailed, or who left, bounced or complained since; and
 * nobody is told that they are on the list already. 1 when they are asked, 0, -1.
 */
static int
may_be_asked(struct clerk *c, const struct decision *d, bool suppressed, struct err *e)
{
	int i, rc;

	if (suppressed || !d->wanted_count)
		return 0;
	for (i = 0; d->who.id && i < d->wanted_count; i++) {
		rc = subscription_addable(c->site->db, d->who.id, d->wanted[i], e);
		if (rc == -1)
			return e->code == ERR_REFUSED ? 0 : -1;
	}
	return 1;
}

/* The same, of who is not suppressed. */
static int
judge(struct clerk *c, struct decision *d, struct err *e)
{
	enum suppression_reason reason;
	int rc = suppression_find(c->site->db, d->signup->key, &reason, e);

	if (rc == 1 && !suppression_liftable(reason)) {
		log_event(LOG_LEVEL_INFO, "signup_suppressed", "request=%lld reason=%s", (long long)d->signup->id,
		    suppression_name(reason));
		return 0;
	}
	if (rc == -1 || look_up(c, d, e) == -1)
		return -1;
	if (is_import(d->signup)) {
		rc = may_be_asked(c, d, rc == 1, e);
		if (rc != 1)
			return rc;
	}
	return gets_mail(c, d, e);
}

static int
send_mail(struct clerk *c, struct decision *d, struct err *e)
{
	if (d->signup->manage)
		return clerk_manage(c, d->signup, &d->who, e);
	return d->wanted_count ? ask_to_confirm(c, d, e) : note_already(c, d, e);
}

/* 1 when it is settled and may go, 0 when it waits, -1. */
static int
decide(struct clerk *c, struct signup *signup, struct turn *turn, struct err *e)
{
	struct decision *d = xcalloc(1, sizeof(*d));
	bool waited = signup->held_by != SIGNUP_FREE, mails;
	int rc, answer = LIMIT_DROP;

	d->signup = signup;
	rc = signup->manage ? clerk_manage_judge(c, signup, &d->who, e) : judge(c, d, e);
	if (rc != -1) {
		mails = rc == 1;
		/* an import has spread them over time by itself (intake_set_pace) */
		rc = answer = is_import(signup) ? LIMIT_PASS : limit_ask(c, signup, mails, e);
		if (rc == LIMIT_PASS && !mails)
			turn->silent++;
		else if (rc != -1 && !(waited && rc == LIMIT_WAIT)) /* that it goes on waiting is no news */
			turn->answer[answer]++;
		if (rc == LIMIT_PASS)
			rc = mails ? send_mail(c, d, e) : counter_add(c->site->db, "signup_without_mail", 1, e);
	}
	free(d);
	return rc == -1 ? -1 : answer != LIMIT_WAIT;
}

static void
log_turn(const struct turn *turn)
{
	const int64_t *n = turn->answer;
	int64_t decided = turn->silent + n[LIMIT_PASS] + n[LIMIT_DROP];

	if (decided + n[LIMIT_WAIT] == 0)
		return;
	log_event(LOG_LEVEL_INFO, "signups", "decided=%lld let_through=%lld dropped=%lld held=%lld",
	    (long long)decided, (long long)n[LIMIT_PASS], (long long)n[LIMIT_DROP], (long long)n[LIMIT_WAIT]);
}

/* Decide it and let it go, or wait. */
static int
settle(struct clerk *c, struct signup *signup, struct turn *turn, struct err *e)
{
	int rc = decide(c, signup, turn, e);

	if (rc == 1 && (signup_delete(c->site->db, signup->id, e) == -1 || limit_left(c, signup, e) == -1))
		return -1;
	return rc == -1 ? -1 : 0;
}

/*
 * One could not be decided (a template that does not render): it is tried again later, and keeps nobody behind it waiting. What
 * was decided since the last commit is lost with it, and decided anew. -1 when it is the store that fails, for that is everybody's trouble.
 */
static int
put_off(struct clerk *c, const struct signup *signup, struct err *e)
{
	struct db *db = c->site->db;

	if (e->code == ERR_BUSY || e->code == ERR_FULL || e->code == ERR_SYSTEM)
		return -1;
	db_rollback(db);
	log_event(LOG_LEVEL_ERROR, "clerk", "request=%lld text=%s", (long long)signup->id, log_text(e->text));
	*e = (struct err)ERR_INIT;
	if (db_begin(db, e) == -1 || signup_set_next(db, signup->id, clock_now() + PUT_OFF, e) == -1 || db_commit(db, e) == -1)
		return -1;
	return limit_begin(c, e) == -1 || db_begin(db, e) == -1 ? -1 : 0;
}

int
clerk_signups(struct clerk *c, struct err *e)
{
	bool alone = false; /* each in a transaction of its own, so that no more is lost */
	struct turn turn = { .began_us = clock_mono_us() };
	struct db *db = c->site->db;
	struct signup signup;
	int rc;

	c->more = false;
	if (limit_start(c, e) == -1)
		return -1;
	rc = signup_next(db, clock_now(), &signup, e);
	if (rc != 1)
		return rc;
	if (limit_begin(c, e) == -1 || db_begin(db, e) == -1)
		return -1;
	while (!c->more && (rc = signup_next(db, clock_now(), &signup, e)) == 1) {
		if (settle(c, &signup, &turn, e) == -1) {
			if (put_off(c, &signup, e) == -1)
				return -1;
			alone = true;
			turn = (struct turn){ .began_us = turn.began_us };
		} else if (alone ? db_commit(db, e) == -1 || db_begin(db, e) == -1 : db_chunk(db, e) == -1) {
			return -1;
		}
		c->more = clock_mono_us() - turn.began_us > TURN_US;
	}
	if (rc == -1 || db_commit(db, e) == -1)
		return -1;
	log_turn(&turn);
	return 0;
}
