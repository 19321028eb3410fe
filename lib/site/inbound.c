/* inbound.c - see inbound.h. */
#include "site/inbound.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/secret.h"
#include "site/inbound_private.h"
#include "site/site.h"
#include "store/bounce.h"
#include "store/consent.h"
#include "store/counter.h"
#include "store/event.h"
#include "store/pace.h"
#include "store/returned.h"
#include "store/subscriber.h"
#include "store/subscription.h"

#define DOUBTED_A_DAY 1000 /* rows of what nobody can check: a flood of forged bounces must not fill the store */

const char *
inbound_outcome_name(enum inbound_outcome outcome)
{
	static const char *const names[INBOUND_OUTCOMES] = {
		[INBOUND_AGAIN] = "again",
		[INBOUND_HARD] = "hard",
		[INBOUND_SOFT] = "soft",
		[INBOUND_COMPLAINT] = "complaint",
		[INBOUND_UNSUBSCRIBED] = "unsubscribed",
		[INBOUND_DOUBTED] = "doubted",
		[INBOUND_NOTHING] = "nothing",
		[INBOUND_FORWARDED] = "forwarded",
		[INBOUND_LEFT] = "left",
		[INBOUND_UNREADABLE] = "unreadable",
	};

	return names[outcome];
}

bool
inbound_removable(enum inbound_outcome outcome)
{
	return outcome != INBOUND_LEFT && outcome != INBOUND_UNREADABLE;
}

static int
count(struct site *site, enum inbound_outcome outcome, struct err *e)
{
	char name[64];

	snprintf(name, sizeof(name), "inbound_%s", inbound_outcome_name(outcome));
	if (counter_add(site->db, "inbound_messages", 1, e) == -1)
		return -1;
	return counter_add(site->db, name, 1, e);
}

int
inbound_unreadable(struct site *site, struct err *e)
{
	return count(site, INBOUND_UNREADABLE, e);
}

const char *
inbound_start(const char *bytes, size_t *n)
{
	const char *end = *n > 5 && memcmp(bytes, "From ", 5) == 0 ? memchr(bytes, '\n', *n) : NULL;

	if (!end)
		return bytes;
	*n -= (size_t)(end + 1 - bytes);
	return end + 1;
}

bool
inbound_header(const char *bytes, size_t n, const char *name, char *out, size_t size)
{
	size_t name_n = strlen(name), used = 0, line, i;
	const char *p = inbound_start(bytes, &n), *end = p + n;
	bool found = false;

	out[0] = '\0';
	for (; p < end && *p != '\n' && *p != '\r'; p += line) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		line = lf ? (size_t)(lf + 1 - p) : (size_t)(end - p);
		i = 0;
		if (*p != ' ' && *p != '\t') {
			if (found)
				break;
			found = line > name_n && p[name_n] == ':' && strncasecmp(p, name, name_n) == 0;
			i = name_n + 1;
		}
		for (; found && i < line; i++) {
			char c = (unsigned char)p[i] < ' ' || p[i] == 0x7f ? ' ' : p[i];

			if (used + 1 < size && (c != ' ' || (used > 0 && out[used - 1] != ' ')))
				out[used++] = c;
		}
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	return found;
}

int
inbound_room(struct site *site, const char *scope, int64_t most, struct err *e)
{
	struct pace_limit limit = { .scope = scope, .most = most, .seconds = PACE_DAY };
	struct pace_room room;
	int64_t now = clock_now();

	if (pace_room(site->db, &limit, "", 1, now, &room, e) == -1)
		return -1;
	if (room.at > now)
		return 0;
	if (pace_expire(site->db, scope, now - 2 * PACE_DAY, e) == -1 || pace_take(site->db, &limit, "", 1, now, e) == -1)
		return -1;
	return 1;
}

/* Who answers by a program ("I am away") means nothing by it; a provider whose user pressed "unsubscribe" may say auto-generated. */
static bool
is_answer(const char *bytes, size_t n)
{
	char value[128];

	if (inbound_header(bytes, n, "Return-Path", value, sizeof(value)) && strcmp(value, "<>") == 0)
		return true;
	return inbound_header(bytes, n, "Auto-Submitted", value, sizeof(value)) && strncasecmp(value, "auto-replied", 12) == 0;
}

static int
leave(struct site *site, const struct inbound_who *who, struct inbound_done *done, struct err *e)
{
	struct evidence evidence = { .source = "mailto" };

	done->outcome = INBOUND_UNSUBSCRIBED;
	done->subscriber_id = who->subscriber;
	done->campaign_id = who->campaign;
	return subscription_leave(site->db, who->subscriber, who->topic, who->campaign, "mailto", &evidence, e) == -1 ? -1 : 0;
}

/* A bounce or complaint that nobody can check: a number, for whoever wonders about them. */
static int
doubt(struct site *site, const struct report *r, struct inbound_done *done, struct err *e)
{
	const struct report_recipient *to = inbound_gravest(r);
	struct event event = { .kind = report_kind_name(r->kind), .doubted = true };
	int rc;

	if (inbound_class(to) == REPORT_OTHER)
		return 0;
	done->outcome = INBOUND_DOUBTED;
	event.class = report_class_name(to->class);
	event.code = to->code;
	event.enhanced = to->enhanced[0] ? to->enhanced : NULL;
	event.rule = to->rule[0] ? to->rule : NULL;
	rc = inbound_room(site, "inbound-doubted", DOUBTED_A_DAY, e);
	return rc == 1 ? event_add(site->db, &event, e) : rc;
}

/* Add what became of a message to the events. s: the person, or NULL when they are gone. */
static int
note(struct site *site, const struct report *r, const struct inbound_who *who, const struct subscriber *s,
    const struct report_recipient *to, enum report_class class, struct err *e)
{
	char text[REPORT_TEXT + 64];
	struct event event = {
		.kind = report_kind_name(r->kind),
		.class = report_class_name(class),
		.subscriber_id = s ? s->id : 0,
		.topic_id = who->topic,
		.campaign_id = who->campaign,
		.code = to->code,
		.enhanced = to->enhanced[0] ? to->enhanced : NULL,
		.rule = to->rule[0] ? to->rule : NULL,
	};

	if (s && to->text[0]) {
		snprintf(text, sizeof(text), "%s", to->text);
		judge_redact_for(text, sizeof(text), s->address);
		judge_redact_name(text, sizeof(text), s->name);
		event.text = text;
	}
	return event_add(site->db, &event, e);
}

static int
act(struct site *site, const struct subscriber *s, const struct inbound_who *who, enum report_class class, struct inbound_done *done,
    struct err *e)
{
	switch (class) {
	case REPORT_HARD: done->outcome = INBOUND_HARD; return bounce_hard(site->db, s->id, "bounce", e);
	case REPORT_SOFT: done->outcome = INBOUND_SOFT; return bounce_soft(site->db, s->id, who->campaign, "bounce", e);
	case REPORT_COMPLAINED: done->outcome = INBOUND_COMPLAINT; return bounce_complaint(site->db, s->id, "complaint", e);
	case REPORT_OTHER: break;
	}
	return 0;
}

/*
 * The same where no event can be asked: a link that names no mailing is good for one event of a class a day, and one of somebody who is
 * gone for one of a mailing. Else whoever has a link of their own could fill the store with it, or pause a mailing.
 */
static int
is_counted(struct site *site, const struct report *r, const struct inbound_who *who, bool gone, enum report_class class, struct err *e)
{
	uint8_t hash[SHA256_LEN];
	char text[160];
	const char *which = gone ? "once" : report_class_name(class);
	long long day = gone ? 0 : clock_now() / BOUNCE_DAY;
	int n = snprintf(text, sizeof(text), "%s %s of %lld in %lld on %lld", report_kind_name(r->kind), which, (long long)who->subscriber,
	    (long long)who->campaign, day);
	int rc;

	sha256(hash, text, (size_t)n);
	rc = returned_digest(site->db, hash, e);
	return rc == -1 ? -1 : !rc;
}

/* Whether as much is known already of this person's message: 1, 0, -1. Only a dead address is news after a soft bounce. */
static int
is_known(struct site *site, const struct report *r, const struct inbound_who *who, enum report_class class, struct err *e)
{
	char before[EVENT_CLASS];
	int rc;

	if (!who->campaign)
		return is_counted(site, r, who, false, class, e);
	rc = event_find(site->db, report_kind_name(r->kind), who->campaign, who->subscriber, before, e);
	if (rc != 1)
		return rc;
	return class != REPORT_HARD || strcmp(before, report_class_name(REPORT_HARD)) == 0;
}

/* A bounce or a complaint with a link of ours. */
static int
believe(struct site *site, const struct report *r, const struct inbound_who *who, struct inbound_done *done, struct err *e)
{
	const struct report_recipient *to = inbound_gravest(r);
	enum report_class class = inbound_class(to);
	struct subscriber s;
	int known, rc = subscriber_get(site->db, who->subscriber, &s, e);

	if (rc == -1)
		return -1;
	if (rc == 1)
		to = inbound_recipient(site, r, &s, &class);
	if (!to || class == REPORT_OTHER)
		return 0;
	done->subscriber_id = rc == 1 ? s.id : 0;
	done->campaign_id = who->campaign;
	known = rc == 0 ? is_counted(site, r, who, true, class, e) : is_known(site, r, who, class, e);
	if (known != 0) {
		done->outcome = INBOUND_AGAIN;
		return known == -1 ? -1 : 0;
	}
	if (rc == 0) /* erased: it counts for the mailing, and for nobody */
		return note(site, r, who, NULL, to, class, e);
	if (note(site, r, who, &s, to, class, e) == -1 || act(site, &s, who, class, done, e) == -1)
		return -1;
	return 0;
}

static int
handle(struct site *site, const struct report *r, const char *bytes, size_t n, struct inbound_done *done, struct err *e)
{
	struct err why = ERR_INIT;
	struct inbound_who who;
	int rc;

	done->kind = r->kind;
	done->outcome = INBOUND_NOTHING;
	if (inbound_who(site, r, &who, e) == -1)
		return -1;
	switch (r->kind) {
	case REPORT_BOUNCE:
	case REPORT_COMPLAINT: return who.known ? believe(site, r, &who, done, e) : doubt(site, r, done, e);
	case REPORT_PERSON:
	case REPORT_AUTOMATIC:
		if (who.leave && is_answer(bytes, n))
			return 0;
		if (who.leave)
			return who.known ? leave(site, &who, done, e) : 0;
		if (r->kind == REPORT_AUTOMATIC) {
			if (inbound_is_forward(site, bytes, n)) /* to a mailbox that is read: a letter is in it */
				done->outcome = INBOUND_LEFT;
			return 0;
		}
		rc = inbound_forward(site, r, bytes, n, &why, e);
		snprintf(done->why, sizeof(done->why), "%.*s", (int)sizeof(done->why) - 1, why.text);
		done->outcome = rc == 1 ? INBOUND_FORWARDED : INBOUND_LEFT;
		return rc == -1 ? -1 : 0;
	case REPORT_DELAY:
	case REPORT_SUCCESS:
	case REPORT_AUTH_FAILURE:
	case REPORT_RECEIPT:
	case REPORT_KINDS: break;
	}
	return 0;
}

void
inbound_read(struct inbound_message *m, const char *bytes, size_t n, const char *envelope)
{
	struct err why = ERR_INIT;
	uint8_t hash[SHA256_LEN];
	size_t rest = n;
	const char *start = inbound_start(bytes, &rest);

	*m = (struct inbound_message){ .bytes = bytes, .n = n, .report = REPORT_INIT };
	sha256(hash, start, rest);
	memcpy(m->digest, hash, sizeof(m->digest));
	if (report_read(&m->report, bytes, n, envelope, &why) == -1)
		snprintf(m->why, sizeof(m->why), "%.*s", (int)sizeof(m->why) - 1, why.text[0] ? why.text : "it cannot be read");
}

void
inbound_message_release(struct inbound_message *m)
{
	report_release(&m->report);
}

int
inbound_act(struct site *site, const struct inbound_message *m, struct inbound_done *done, struct err *e)
{
	int rc;

	memset(done, 0, sizeof(*done));
	rc = returned_digest(site->db, m->digest, e);
	if (rc == -1)
		return -1;
	if (rc == 0) {
		done->outcome = INBOUND_AGAIN;
	} else if (m->why[0]) {
		done->outcome = INBOUND_UNREADABLE;
		memcpy(done->why, m->why, sizeof(done->why));
	} else if (handle(site, &m->report, m->bytes, m->n, done, e) == -1) {
		return -1;
	}
	/* a mailbox that numbers its messages anew shows it once more, and it must stay there once more */
	if (!inbound_removable(done->outcome) && returned_digest_forget(site->db, m->digest, e) == -1)
		return -1;
	return count(site, done->outcome, e);
}

int
inbound_take(struct site *site, const char *bytes, size_t n, const char *envelope, struct inbound_done *done, struct err *e)
{
	struct inbound_message m;
	int rc;

	inbound_read(&m, bytes, n, envelope);
	rc = inbound_act(site, &m, done, e);
	inbound_message_release(&m);
	return rc;
}

void
inbound_mailbox(const struct conf_mailbox *c, char out[INBOUND_MAILBOX])
{
	struct buf whose = BUF_INIT;
	uint8_t hash[SHA256_LEN];
	char mark[2 * 8 + 1];

	buf_addf(&whose, "%s\n%s", c->url, c->user);
	sha256(hash, whose.data, whose.len);
	hex_encode(mark, hash, 8);
	snprintf(out, INBOUND_MAILBOX, "%.200s %s", c->name, mark);
	buf_release(&whose);
}
