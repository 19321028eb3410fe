/*
 * intake.c - see intake.h.
 *
 * What makes a row cheap: a statement for 256 of them at a time, and the guess that
 * all of a group are new, as they are when a list moves here. Where that is wrong the group's people are looked up,
 * and those who are known go through subscription_add one by one.
 */
#include "store/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/intake_one.h"
#include "store/modules.h"
#include "store/subscription.h"
#include "store/suppression.h"

#define GROUP 256
#define X4(row) row ", " row ", " row ", " row
#define X256(row) X4(X4(X4(X4(row))))

enum {
	Q_ANY_SUPPRESSED,
	Q_SUPPRESSED,
	Q_KNOWN,
	Q_HIGHEST,
	Q_PEOPLE,
	Q_PERSON,
	Q_SUBSCRIPTIONS,
	Q_SUBSCRIPTION,
	Q_CONSENTS,
	Q_CONSENT,
	Q_COUNT
};

#define PEOPLE "INSERT INTO subscriber (created_at, address, address_key, address_hmac, name, language) VALUES "
#define SUBSCRIPTIONS "INSERT INTO subscription (state, topic_id, subscriber_id, since) VALUES "
#define CONSENTS "INSERT INTO consent (action, source, subscriber_id, topic_id, at, ip) VALUES "

static const char *const sql[] = {
	[Q_ANY_SUPPRESSED] = "SELECT 1 FROM suppression WHERE address_hmac >= x'' LIMIT 1",
	[Q_SUPPRESSED] = "SELECT address_hmac FROM suppression WHERE address_hmac IN (" X256("?") ")",
	[Q_KNOWN] = "SELECT address_key, id, name <> '' FROM subscriber WHERE address_key IN (" X256("?") ")",
	[Q_HIGHEST] = "SELECT coalesce(max(id), 0) FROM subscriber",
	[Q_PEOPLE] = PEOPLE X256("(?1, ?, ?, ?, ?, ?)") " ON CONFLICT (address_key) DO NOTHING",
	[Q_PERSON] = PEOPLE "(?1, ?, ?, ?, ?, ?) ON CONFLICT (address_key) DO NOTHING",
	[Q_SUBSCRIPTIONS] = SUBSCRIPTIONS X256("(1, ?, ?, ?)"),
	[Q_SUBSCRIPTION] = SUBSCRIPTIONS "(1, ?, ?, ?)",
	[Q_CONSENTS] = CONSENTS X256("('imported', ?1, ?, ?, ?, ?)"),
	[Q_CONSENT] = CONSENTS "('imported', ?1, ?, ?, ?, ?)",
};
const struct db_module intake_module = { "intake", sql, Q_COUNT, MODULE_INTAKE };

struct person {
	struct intake_row row;
	int64_t id; /* 0: not known yet */
	bool suppressed, created, named;
};

struct wish {
	int64_t topic, subscriber, at;
	char ip[46];
};

struct intake {
	struct db *db;
	enum intake_how how;
	struct intake_one one; /* for rows that go one by one */
	const char *source;
	int64_t now;
	struct intake_counts counts, committed;
	bool known; /* the last group's people were not all new: look before writing */

	struct person person[GROUP];
	size_t people;
	struct wish wish[GROUP]; /* of new people, to be written together */
	size_t wishes;
};

struct intake *
intake_new(struct db *db, enum intake_how how, const int64_t *topic, size_t topics, const char *source)
{
	struct intake *in = xcalloc(1, sizeof(*in));

	if (topics > 64)
		abort(); /* more than a row has bits */
	in->db = db;
	in->how = how;
	in->source = source;
	in->one = (struct intake_one){ .db = db, .how = how, .topic = topic, .evidence.source = source, .counts = &in->counts };
	return in;
}

void
intake_set_pace(struct intake *in, int64_t interval_us)
{
	in->one.interval_us = interval_us;
}

void
intake_free(struct intake *in)
{
	free(in);
}

const struct intake_counts *
intake_counts(const struct intake *in)
{
	return &in->counts;
}

const struct intake_counts *
intake_committed(const struct intake *in)
{
	return &in->committed;
}

/* Mark those of the group whose address is suppressed. */
static int
find_suppressed(struct intake *in, struct err *e)
{
	struct stmt *st;
	const void *hmac;
	int64_t any;
	size_t i, n;
	int rc;

	rc = stmt_one_int(db_stmt(in->db, &intake_module, Q_ANY_SUPPRESSED), &any, e);
	if (rc != 1)
		return rc;
	st = db_stmt(in->db, &intake_module, Q_SUPPRESSED);
	for (i = 0; i < in->people; i++)
		stmt_blob_at(st, (int)i + 1, in->person[i].row.hmac, SUPPRESSION_HMAC);
	while ((rc = stmt_step(st, e)) == 1) {
		hmac = stmt_col_blob(st, 0, &n);
		for (i = 0; n == SUPPRESSION_HMAC && i < in->people; i++)
			if (memcmp(in->person[i].row.hmac, hmac, n) == 0)
				in->person[i].suppressed = true;
	}
	return rc;
}

/* The ids of those of the group who are in the store, whose ids are at most `highest` (-1: whatever they are) if they were there before. */
static int
find_known(struct intake *in, int64_t highest, struct err *e)
{
	struct stmt *st = db_stmt(in->db, &intake_module, Q_KNOWN);
	size_t i, n, at = 0; /* they are found in the order of their keys, as they stand in a group that came in it */
	int rc;

	for (i = 0; i < in->people; i++)
		stmt_text_at(st, (int)i + 1, in->person[i].row.who.key);
	while ((rc = stmt_step(st, e)) == 1) {
		const char *key = stmt_col_text(st, 0);

		for (n = 0; n < in->people && strcmp(in->person[at].row.who.key, key) != 0; n++)
			at = (at + 1) % in->people;
		if (n == in->people)
			continue;
		i = at;
		in->person[i].id = stmt_col_int(st, 1);
		in->person[i].named = stmt_col_int(st, 2);
		in->person[i].created = highest != -1 && in->person[i].id > highest;
	}
	return rc;
}

static void
bind_person(struct stmt *st, int place, const struct person *p)
{
	stmt_text_at(st, place, p->row.who.address);
	stmt_text_at(st, place + 1, p->row.who.key);
	stmt_blob_at(st, place + 2, p->row.hmac, SUPPRESSION_HMAC);
	stmt_text_at(st, place + 3, p->row.who.name);
	stmt_text_at(st, place + 4, p->row.who.language);
}

/* A whole group, nobody of it known or suppressed. */
static int
insert_group(struct intake *in, struct err *e)
{
	struct stmt *st;
	int64_t highest;
	size_t i;

	if (stmt_one_int(db_stmt(in->db, &intake_module, Q_HIGHEST), &highest, e) == -1)
		return -1;
	st = db_stmt(in->db, &intake_module, Q_PEOPLE);
	stmt_int_at(st, 1, in->now);
	for (i = 0; i < GROUP; i++)
		bind_person(st, 2 + 5 * (int)i, &in->person[i]);
	if (stmt_run(st, e) == -1)
		return -1;
	if (db_changes(in->db) != GROUP)
		return find_known(in, highest, e);
	for (i = 0; i < GROUP; i++) {
		in->person[i].id = db_insert_id(in->db) - GROUP + 1 + (int64_t)i;
		in->person[i].created = true;
	}
	return 0;
}

static int
insert_one(struct intake *in, struct person *p, struct err *e)
{
	struct stmt *st = db_stmt(in->db, &intake_module, Q_PERSON);

	stmt_int_at(st, 1, in->now);
	bind_person(st, 2, p);
	if (stmt_run(st, e) == -1)
		return -1;
	if (db_changes(in->db) != 1)
		return err_set(e, ERR_SYSTEM, "store: a person came twice in a group");
	p->id = db_insert_id(in->db);
	p->created = true;
	return 0;
}

/* See to it that everybody of the group has an id, but those who are suppressed. */
static int
give_ids(struct intake *in, struct err *e)
{
	size_t i, whole = 0;

	for (i = 0; i < in->people; i++)
		whole += !in->person[i].suppressed;
	if (!in->known && whole == GROUP)
		return insert_group(in, e);
	if (find_known(in, -1, e) == -1)
		return -1;
	for (i = 0; i < in->people; i++)
		if (!in->person[i].id && !in->person[i].suppressed && insert_one(in, &in->person[i], e) == -1)
			return -1;
	return 0;
}

static void
bind_wish(struct stmt *subscription, struct stmt *consent, int i, const struct wish *w)
{
	stmt_int_at(subscription, 3 * i + 1, w->topic);
	stmt_int_at(subscription, 3 * i + 2, w->subscriber);
	stmt_int_at(subscription, 3 * i + 3, w->at);
	stmt_int_at(consent, 4 * i + 2, w->subscriber);
	stmt_int_at(consent, 4 * i + 3, w->topic);
	stmt_int_at(consent, 4 * i + 4, w->at);
	stmt_text_at(consent, 4 * i + 5, w->ip[0] ? w->ip : NULL);
}

/* What new people want, with its evidence. */
static int
write_wishes(struct intake *in, struct err *e)
{
	bool whole = in->wishes == GROUP;
	struct stmt *subscription, *consent;
	size_t i, each = whole ? GROUP : 1, j;

	for (i = 0; i < in->wishes; i += each) {
		subscription = db_stmt(in->db, &intake_module, whole ? Q_SUBSCRIPTIONS : Q_SUBSCRIPTION);
		consent = db_stmt(in->db, &intake_module, whole ? Q_CONSENTS : Q_CONSENT);
		stmt_text_at(consent, 1, in->source);
		for (j = 0; j < each; j++)
			bind_wish(subscription, consent, (int)j, &in->wish[i + j]);
		if (stmt_run(subscription, e) == -1 || stmt_run(consent, e) == -1)
			return -1;
	}
	in->wishes = 0;
	return 0;
}

static int
subscribe_new(struct intake *in, const struct person *p, struct err *e)
{
	uint64_t left = p->row.topics;

	for (; left; left &= left - 1) {
		struct wish *w = &in->wish[in->wishes++];

		w->topic = in->one.topic[__builtin_ctzll(left)];
		w->subscriber = p->id;
		w->at = p->row.at;
		memcpy(w->ip, p->row.ip, sizeof(w->ip));
		if (in->wishes == GROUP && write_wishes(in, e) == -1)
			return -1;
	}
	in->counts.added++;
	return 0;
}

static int
subscribe_known(struct intake *in, const struct person *p, struct err *e)
{
	if (write_wishes(in, e) == -1) /* of the same person, perhaps */
		return -1;
	if (!p->named && p->row.who.name[0] && subscriber_set_name(in->db, p->id, p->row.who.name, e) == -1)
		return -1;
	return intake_one_add(&in->one, p->id, &p->row, e);
}

/* The group into the store. */
static int
write_group(struct intake *in, struct err *e)
{
	bool known = false;
	size_t i;

	if (!in->people)
		return 0;
	if (find_suppressed(in, e) == -1 || give_ids(in, e) == -1)
		return -1;
	for (i = 0; i < in->people; i++) {
		struct person *p = &in->person[i];

		if (p->suppressed)
			in->counts.suppressed++;
		else if ((p->created ? subscribe_new(in, p, e) : subscribe_known(in, p, e)) == -1)
			return -1;
		known = known || !(p->created || p->suppressed);
	}
	in->known = known;
	in->people = 0;
	return 0;
}

/* Others may have their turn, if they wait. */
static int
turn(struct intake *in, struct err *e)
{
	if (in->how >= INTAKE_FORESEE || !db_chunk_due(in->db))
		return 0;
	if (write_wishes(in, e) == -1 || db_commit(in->db, e) == -1)
		return -1;
	in->committed = in->counts;
	return db_begin(in->db, e);
}

static void
add_person(struct intake *in, const struct intake_row *row)
{
	struct person *p = &in->person[in->people++];

	*p = (struct person){ .row = *row };
	if (!p->row.at)
		p->row.at = in->now;
}

int
intake_put(struct intake *in, const struct intake_row *row, struct err *e)
{
	in->now = clock_now();
	if (row->wish != INTAKE_ACTIVE || in->how != INTAKE_WRITE)
		return intake_one(&in->one, row, e) == -1 ? -1 : turn(in, e);
	if (in->people && strcmp(in->person[in->people - 1].row.who.key, row->who.key) == 0 && write_group(in, e) == -1)
		return -1;
	add_person(in, row);
	if (in->people < GROUP)
		return 0;
	return write_group(in, e) == -1 ? -1 : turn(in, e);
}

int
intake_end(struct intake *in, struct err *e)
{
	return write_group(in, e) == -1 ? -1 : write_wishes(in, e);
}
