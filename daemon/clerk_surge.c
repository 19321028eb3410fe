/*
 * clerk_surge.c - the circuit breaker: when more ask than the limit over all lets through, a person is told.
 *
 * Nothing else changes then: visitors are answered as ever, their requests wait quietly (clerk_limit.h). Here also ends what has waited
 * for too long.
 */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "clerk.h"
#include "clerk_limit.h"
#include "content/date_words.h"
#include "mail/message.h"
#include "site/compose.h"
#include "store/counter.h"
#include "store/pace.h"
#include "store/signup_line.h"

#define LOOK_EVERY 1                  /* seconds */
#define DROP_EVERY 60                 /* seconds */
#define BITE 500                      /* rows a transaction */
#define SETTLES 10                    /* seconds after which there are numbers to tell */
#define TELL_EVERY ((int64_t)86400)   /* one mail a day is enough */
#define MAIL_EXPIRES ((int64_t)86400) /* and of yesterday's surge nobody need be told */
#define SCOPE_SURGE "signup-surge"
#define SCOPE_TOLD "signup-told"

/* Whether the time has come; a clock that was set back is no reason to wait. */
static bool
is_time(int64_t *next, int64_t every)
{
	int64_t now = clock_now();

	if (now < *next && *next - now <= every)
		return false;
	*next = now + every;
	return true;
}

static void
keep_latest(void *arg, const struct pace_row *row)
{
	int64_t *at = arg;

	*at = row->window_start;
}

int
surge_load(struct clerk *c, struct err *e)
{
	c->surge_since = 0;
	return pace_each(c->site->db, SCOPE_SURGE, keep_latest, &c->surge_since, e);
}

int
surge_start(struct clerk *c, struct err *e)
{
	struct pace_row row = { .scope = SCOPE_SURGE, .subject = "", .window_start = clock_now(), .used = 1 };

	if (c->surge_since)
		return 0;
	c->surge_since = row.window_start;
	return pace_put(c->site->db, &row, e);
}

/* Whether the limit over all is no more than a limit again: 1, 0, -1. */
static int
is_over(struct clerk *c, struct err *e)
{
	const struct conf_rate *rate = &c->site->conf.signup_total;
	struct pace_limit limit = { .scope = "signup-total", .most = rate->messages, .seconds = rate->seconds };
	struct signup_first first;
	struct pace_room room;
	int rc = signup_first(c->site->db, SIGNUP_TOTAL, "", &first, e);

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (pace_room(c->site->db, &limit, "", 1, clock_now(), &room, e) == -1)
		return -1;
	return !limit.most || room.used * 4 <= limit.most * 3;
}

/* The context of mail/surge. */
static json_t *
context(const struct clerk *c, const struct signup_waiting *waiting)
{
	const struct conf_rate *rate = &c->site->conf.signup_total;
	json_t *data = json_object(), *limit = json_object(), *since = json_object();
	struct buf day = BUF_INIT;
	struct err e = ERR_INIT;
	char text[CLOCK_TEXT];

	json_object_set_new(data, "since", since);
	json_put(since, "time", clock_local(text, c->surge_since) + sizeof("2026-01-01"));
	if (date_words(&day, c->site->conf.store_templates, c->site->conf.site_language, c->surge_since, &e) == -1) {
		buf_reset(&day);
		buf_add(&day, text, strcspn(text, " "));
	}
	json_put(since, "day", day.data);
	buf_release(&day);
	json_put_int(data, "waiting", waiting->held);
	json_put_int(data, "networks", waiting->networks);
	json_put_bool(data, "one_network", waiting->networks == 1);
	json_put_int(limit, "requests", rate->messages);
	json_put_bool(limit, "second", rate->seconds == 1);
	json_put_bool(limit, "minute", rate->seconds == 60);
	json_put_bool(limit, "hour", rate->seconds == 3600);
	json_object_set_new(data, "limit", limit);
	return data;
}

/* The mail as compiled; NULL, with a line in the log, when the templates do not give one: that it was due is remembered all the same. */
static struct message *
compile(struct clerk *c, const struct signup_waiting *waiting)
{
	struct composed mail = COMPOSED_INIT;
	json_t *data = context(c, waiting);
	struct message *message = NULL;
	struct err e = ERR_INIT;

	if (compose_render(&mail, &c->site->conf, "", "surge", data, &e) == 0)
		message = compose_notice(&c->site->conf, &mail, &e);
	if (!message)
		log_event(LOG_LEVEL_ERROR, "operator_mail", "surge=%lld text=%s", (long long)c->surge_since, log_text(e.text));
	composed_release(&mail);
	json_decref(data);
	return message;
}

static int
tell(struct clerk *c, const struct signup_waiting *waiting, struct err *e)
{
	struct clerk_mail to = { .kind = "operator", .address = c->site->conf.mail_operator, .expires_at = clock_now() + MAIL_EXPIRES };
	struct pace_row told = { .scope = SCOPE_TOLD, .subject = "", .window_start = clock_now(), .used = 1 };
	struct message *message = compile(c, waiting);
	int64_t outbox = 0;
	int rc = -1;

	if (db_begin(c->site->db, e) == -1)
		goto out;
	if (pace_expire(c->site->db, SCOPE_TOLD, INT64_MAX, e) == -1 || pace_put(c->site->db, &told, e) == -1)
		goto out;
	if (message && clerk_mail(c, message, &to, &outbox, e) == -1)
		goto out;
	rc = db_commit(c->site->db, e);
	if (rc == 0)
		log_event(LOG_LEVEL_WARNING, "signup_surge_told", "operator_mail=%lld", (long long)outbox);
out:
	message_free(message);
	return rc;
}

static int
end(struct clerk *c, struct err *e)
{
	if (db_begin(c->site->db, e) == -1 || pace_expire(c->site->db, SCOPE_SURGE, INT64_MAX, e) == -1 || db_commit(c->site->db, e) == -1)
		return -1;
	log_event(LOG_LEVEL_INFO, "signup_surge_over", "seconds=%lld", (long long)(clock_now() - c->surge_since));
	c->surge_since = 0;
	return 0;
}

static int
watch(struct clerk *c, struct err *e)
{
	struct signup_waiting waiting;
	int64_t now = clock_now(), told = 0;
	bool settled, tells;
	int rc;

	if (surge_load(c, e) == -1)
		return -1;
	if (!c->surge_since)
		return 0;
	if (c->surge_logged != c->surge_since)
		log_event(LOG_LEVEL_WARNING, "signup_surge", "since=%lld", (long long)c->surge_since);
	c->surge_logged = c->surge_since;
	rc = is_over(c, e);
	if (rc == 1)
		return end(c, e);
	if (rc == -1 || pace_each(c->site->db, SCOPE_TOLD, keep_latest, &told, e) == -1)
		return -1;
	settled = now - c->surge_since >= SETTLES || c->surge_since > now;
	tells = c->site->conf.mail_operator[0] && settled && (now - told >= TELL_EVERY || told > now);
	if (!tells)
		return 0;
	return signup_waiting(c->site->db, &waiting, e) == -1 ? -1 : tell(c, &waiting, e);
}

/*
 * What a limit has held for as long as [signup] hold says. Then the first of every line is looked at anew: those before it may be gone, by
 * us or by `newsletter signup discard`.
 */
static int
drop_held(struct clerk *c, struct err *e)
{
	struct db *db = c->site->db;
	int64_t n, total = 0, held;

	if (signup_held_count(db, &held, e) == -1)
		return -1;
	if (!held)
		return 0;
	do {
		if (db_begin(db, e) == -1 || signup_drop_held(db, clock_now() - c->site->conf.signup_hold, BITE, &n, e) == -1)
			return -1;
		if (n && counter_add(db, "signup_dropped_hold", n, e) == -1)
			return -1;
		if ((n < BITE && signup_wake(db, clock_now(), e) == -1) || db_commit(db, e) == -1)
			return -1;
		total += n;
	} while (n == BITE);
	if (total)
		log_event(LOG_LEVEL_WARNING, "signups_dropped", "requests=%lld held_for=%lld", (long long)total,
		    (long long)c->site->conf.signup_hold);
	c->more = true;
	return 0;
}

int
clerk_surge(struct clerk *c, struct err *e)
{
	if (is_time(&c->next_drop, DROP_EVERY) && drop_held(c, e) == -1)
		return -1;
	return is_time(&c->next_surge, LOOK_EVERY) ? watch(c, e) : 0;
}
