/* exchange_read.c - the reading half of exchange.h: two passes over the file, the first of which only looks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv_write.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"
#include "mail/addr.h"
#include "site/exchange_private.h"
#include "store/db.h"

#define WORDING_MOST ((size_t)4 << 20) /* bytes of one wording */
#define WORDINGS_MOST 100000
#define CLOCKS_APART 3600 /* seconds between two machines' clocks */

/* By enum exchange_kind: fields of a record. */
static const size_t lengths[EXCHANGE_KINDS] = { 4, 4, 11, 4, 8, 5, 1 + EXCHANGE_END };

static const char *
field(const struct exchange_reading *r, size_t i)
{
	return csv_unguard(r->csv.field[i]);
}

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "%s", what);
}

static bool
number(const char *text, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno;
}

/* A text of at most size - 1 bytes into out. */
static int
take_text(const struct exchange_reading *r, size_t i, char *out, size_t size, const char *what, struct err *e)
{
	if (text_copy(out, size, field(r, i)) == -1 || text_has_control(out, strlen(out), "\t"))
		return err_set(e, ERR_INPUT, "the %s cannot be", what);
	return 0;
}

static int
take_time(const struct exchange_reading *r, size_t i, int64_t *out, struct err *e)
{
	if (!csv_time(field(r, i), out))
		return bad(e, "a time is not as 2026-03-01T09:30:00Z");
	/* what comes tomorrow would be newer than anything that somebody says here today */
	return *out > clock_now() + CLOCKS_APART ? bad(e, "a time has not come yet: is this machine's clock right?") : 0;
}

/* 1 with a hash, 0 without, -1. */
static int
take_hash(const struct exchange_reading *r, size_t i, uint8_t *out, size_t size, struct err *e)
{
	const char *text = field(r, i);

	if (!text[0])
		return 0;
	if (hex_decode(out, size, text, strlen(text)) != (int)size)
		return bad(e, "a hash cannot be");
	return 1;
}

static int
take_topic_name(const struct exchange_reading *r, size_t i, size_t *out, struct err *e)
{
	const struct topic *t = topic_named(&r->topics, field(r, i));

	if (!t)
		return bad(e, "it names a topic that is not in the file");
	*out = (size_t)(t - r->topics.item);
	return 0;
}

static int
read_topic(struct exchange_reading *r, struct err *e)
{
	struct topic *t = &r->topics.item[r->topics.count];

	if (r->topics.count == TOPICS_MAX)
		return bad(e, "there are too many topics");
	if (topic_named(&r->topics, field(r, 1)))
		return bad(e, "a topic comes twice");
	if (take_text(r, 1, t->slug, sizeof(t->slug), "name of a topic", e) == -1 ||
	    take_text(r, 2, t->title, sizeof(t->title), "title of a topic", e) == -1 ||
	    take_text(r, 3, t->description, sizeof(t->description), "description of a topic", e) == -1 ||
	    topic_check(t->slug, t->title, t->description, e) == -1)
		return -1;
	r->topics.count++;
	return r->taking && r->how != EXCHANGE_SUPPRESSED_ONLY ? exchange_take_topic(r, t, e) : 0;
}

/* The wording that was gathered, if there is one. */
static int
end_wording(struct exchange_reading *r, struct err *e)
{
	uint8_t hash[SHA256_LEN];

	if (!r->wording.open)
		return 0;
	r->wording.open = false;
	sha256(hash, r->wording.text.data, r->wording.text.len);
	if (memcmp(hash, r->wording.hash, sizeof(hash)) != 0)
		return bad(e, "a wording does not have its hash: it was changed");
	buf_add(&r->hashes, hash, sizeof(hash));
	return r->taking && r->how != EXCHANGE_SUPPRESSED_ONLY ? exchange_take_wording(r, e) : 0;
}

static int
read_wording(struct exchange_reading *r, struct err *e)
{
	uint8_t hash[CONSENT_HASH];

	if (take_hash(r, 1, hash, sizeof(hash), e) != 1)
		return bad(e, "a wording has no hash");
	if (r->wording.open && memcmp(hash, r->wording.hash, sizeof(hash)) != 0 && end_wording(r, e) == -1)
		return -1;
	if (!r->wording.open) {
		buf_reset(&r->wording.text);
		if (r->hashes.len / CONSENT_HASH == WORDINGS_MOST)
			return bad(e, "there are too many wordings");
		if (r->hashes.len && memcmp(hash, r->hashes.data + r->hashes.len - CONSENT_HASH, CONSENT_HASH) <= 0)
			return bad(e, "the wordings are not in the order of their hashes");
	}
	r->wording.open = true;
	memcpy(r->wording.hash, hash, sizeof(hash));
	buf_addstr(&r->wording.text, field(r, 3));
	if (r->wording.text.len > WORDING_MOST)
		return bad(e, "a wording is too long");
	return take_time(r, 2, &r->wording.first_at, e);
}

static int
by_hash(const void *a, const void *b)
{
	return memcmp(a, b, CONSENT_HASH);
}

/* The person that was gathered, if there is one. */
static int
end_person(struct exchange_reading *r, struct err *e)
{
	if (!r->person.open)
		return 0;
	r->person.open = false;
	if (!r->taking)
		return 0;
	if (exchange_take_person(r, e) == -1 || db_chunk(r->db, e) == -1)
		return -1;
	if (r->progress && r->counts.of[EXCHANGE_PERSON] % 256 == 0)
		r->progress(r->progress_ctx, r->counts.of[EXCHANGE_PERSON], r->report->in.of[EXCHANGE_PERSON]);
	return 0;
}

static int
read_suppressed(const struct exchange_reading *r, size_t i, struct people_suppressed *s, struct err *e)
{
	int reason = suppression_parse(field(r, i));

	if (reason == -1)
		return bad(e, "a reason of suppression cannot be");
	s->is = true;
	s->reason = (enum suppression_reason)reason;
	if (take_time(r, i + 1, &s->since, e) == -1)
		return -1;
	return take_text(r, i + 2, s->source, sizeof(s->source), "source of a suppression", e);
}

static int
read_person(struct exchange_reading *r, struct err *e)
{
	struct exchange_person *p = &r->person;
	struct people_one *one = &p->one;
	struct err why = ERR_INIT;
	struct addr a;

	memset(one, 0, sizeof(*one));
	p->states = p->consents = 0;
	if (addr_parse(&a, field(r, 1), &why) == -1 || strcmp(a.text, field(r, 1)) != 0)
		return bad(e, "the address cannot be mailed");
	memcpy(one->who.address, a.text, sizeof(one->who.address));
	memcpy(one->who.key, a.key, sizeof(one->who.key));
	if (take_text(r, 2, one->who.name, sizeof(one->who.name), "name", e) == -1 ||
	    take_text(r, 3, one->who.language, sizeof(one->who.language), "language", e) == -1 ||
	    take_time(r, 4, &one->who.created_at, e) == -1 || take_time(r, 6, &one->bounce_first_at, e) == -1 ||
	    take_time(r, 7, &one->bounce_last_at, e) == -1)
		return -1;
	if (!number(field(r, 5), &one->bounce_score) || one->bounce_score > 1000 || !one->bounce_score != !one->bounce_first_at ||
	    !one->bounce_score != !one->bounce_last_at || one->bounce_first_at > one->bounce_last_at)
		return bad(e, "the points for bounces cannot be");
	p->open = true;
	return field(r, 8)[0] ? read_suppressed(r, 8, &one->suppressed, e) : 0;
}

static int
read_subscription(struct exchange_reading *r, struct err *e)
{
	struct exchange_person *p = &r->person;
	struct exchange_state *s = &p->state[p->states];
	int state = subscription_state_parse(field(r, 2));
	size_t i;

	if (p->consents || p->states == TOPICS_MAX)
		return bad(e, "the records of a person are not in their order");
	if (state == -1)
		return bad(e, "the state cannot be");
	s->state = (enum subscription_state)state;
	if (take_topic_name(r, 1, &s->topic, e) == -1 || take_time(r, 3, &s->since, e) == -1)
		return -1;
	for (i = 0; i < p->states; i++)
		if (p->state[i].topic == s->topic)
			return bad(e, "a person has a topic twice");
	p->states++;
	return 0;
}

static bool
has_wording(const struct exchange_reading *r, const uint8_t *hash)
{
	return bsearch(hash, r->hashes.data, r->hashes.len / CONSENT_HASH, CONSENT_HASH, by_hash) != NULL;
}

static int
read_consent(struct exchange_reading *r, struct err *e)
{
	static const char actions[] = "requested confirmed imported added left bounced complained";
	struct exchange_person *p = &r->person;
	struct exchange_consent *c;
	int form, mail;

	if (p->consents == EXCHANGE_CONSENTS)
		return bad(e, "a person has too much evidence");
	if (p->consents == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->consent = xrealloc(p->consent, p->cap * sizeof(*p->consent));
	}
	c = &p->consent[p->consents];
	if (!text_is_listed(actions, field(r, 2), strlen(field(r, 2))))
		return bad(e, "the action cannot be");
	if (take_topic_name(r, 1, &c->topic, e) == -1 || take_text(r, 2, c->action, sizeof(c->action), "action", e) == -1 ||
	    take_time(r, 3, &c->at, e) == -1 || take_text(r, 4, c->ip, sizeof(c->ip), "IP address", e) == -1 ||
	    take_text(r, 7, c->source, sizeof(c->source), "source", e) == -1 ||
	    (form = take_hash(r, 5, c->form_hash, CONSENT_HASH, e)) == -1 || (mail = take_hash(r, 6, c->mail_hash, CONSENT_HASH, e)) == -1)
		return -1;
	c->has_form = form;
	c->has_mail = mail;
	if ((form && !has_wording(r, c->form_hash)) || (mail && !has_wording(r, c->mail_hash)))
		return bad(e, "it names a wording that is not in the file");
	p->consents++;
	return 0;
}

static int
read_suppression(struct exchange_reading *r, struct err *e)
{
	struct people_suppressed s;

	if (take_hash(r, 1, s.hmac, sizeof(s.hmac), e) != 1)
		return bad(e, "a suppression has no HMAC");
	if (read_suppressed(r, 2, &s, e) == -1)
		return -1;
	return r->taking && (exchange_take_suppression(r, &s, e) == -1 || db_chunk(r->db, e) == -1) ? -1 : 0;
}

static int
read_end(struct exchange_reading *r, struct err *e)
{
	int64_t n;
	size_t kind;

	for (kind = 0; kind < EXCHANGE_END; kind++)
		if (!number(field(r, kind + 1), &n) || n != r->counts.of[kind])
			return err_set(e, ERR_INPUT,
			    "%lld records of the kind %s were read, but the last line says %.20s: the file is not whole",
			    (long long)r->counts.of[kind], exchange_kind_names[kind], field(r, kind + 1));
	return 0;
}

static int (*const readers[EXCHANGE_KINDS])(struct exchange_reading *r, struct err *e) = {
	read_topic,
	read_wording,
	read_person,
	read_subscription,
	read_consent,
	read_suppression,
	read_end,
};

/* Whether records of a kind may stand here. */
static bool
in_place(const struct exchange_reading *r, enum exchange_kind kind)
{
	if (r->stage == EXCHANGE_END)
		return false;
	if (kind == EXCHANGE_PERSON)
		return r->stage <= EXCHANGE_CONSENT;
	if (kind == EXCHANGE_SUBSCRIPTION || kind == EXCHANGE_CONSENT)
		return r->person.open && r->stage <= EXCHANGE_CONSENT;
	return kind >= r->stage;
}

static int
read_record(struct exchange_reading *r, struct err *e)
{
	int kind;
	size_t i;

	for (kind = 0; kind < EXCHANGE_KINDS && strcmp(r->csv.field[0], exchange_kind_names[kind]) != 0; kind++)
		continue;
	if (kind == EXCHANGE_KINDS)
		return err_set(e, ERR_INPUT, "\"%.40s\" is no kind of record", r->csv.field[0]);
	if (r->csv.fields != lengths[kind])
		return err_set(e, ERR_INPUT, "a record of the kind %s has %zu fields, not %zu", exchange_kind_names[kind], lengths[kind],
		    r->csv.fields);
	for (i = 0; i < r->csv.fields; i++)
		if (!text_is_utf8(r->csv.field[i], strlen(r->csv.field[i])))
			return bad(e, "it is not UTF-8");
	if (!in_place(r, (enum exchange_kind)kind))
		return bad(e, "the records are not in their order");
	if (kind != EXCHANGE_WORDING && end_wording(r, e) == -1)
		return -1;
	if (kind != EXCHANGE_SUBSCRIPTION && kind != EXCHANGE_CONSENT && end_person(r, e) == -1)
		return -1;
	if (kind < EXCHANGE_END)
		r->counts.of[kind]++;
	r->stage = (enum exchange_kind)kind;
	return readers[kind](r, e);
}

static int
read_head(struct exchange_reading *r, struct err *e)
{
	char check[EXCHANGE_CHECK];
	int rc = csv_next(&r->csv, e);

	if (rc != 1)
		return rc == 0 ? bad(e, "it is empty") : -1;
	if (strcmp(r->csv.field[0], EXCHANGE_MAGIC) != 0 || r->csv.fields < 2)
		return bad(e, "it is no export of this program: its first line begins with " EXCHANGE_MAGIC);
	if (strcmp(r->csv.field[1], EXCHANGE_VERSION) != 0)
		return err_set(e, ERR_VERSION,
		    "it is of version %.10s, and this program reads version " EXCHANGE_VERSION
		    ": import it with the program that wrote it, or a newer one",
		    r->csv.field[1]);
	if (r->csv.fields != 4)
		return bad(e, "its first line is not whole");
	exchange_key_check(r->db, check);
	r->report->other_key = strcmp(check, r->csv.field[3]) != 0;
	if (r->report->other_key && r->how != EXCHANGE_ALL_BUT_KEYS)
		return err_set(e, ERR_REFUSED,
		    "it comes from a site with another keys/suppression.key, under which the addresses that must not be mailed are kept: put "
		    "that key here first, or take the file without those who are not on its list any more (who were erased or asked never to "
		    "be mailed could then be imported again)");
	return 0;
}

/* One pass over the file. */
static int
pass(struct exchange_reading *r, FILE *in, struct err *e)
{
	int rc;

	rewind(in);
	csv_init(&r->csv, in);
	memset(&r->counts, 0, sizeof(r->counts));
	memset(&r->topics, 0, sizeof(r->topics));
	buf_reset(&r->hashes);
	r->stage = EXCHANGE_TOPIC;
	r->person.open = r->wording.open = false;
	rc = read_head(r, e);
	while (rc == 0 && (rc = csv_next(&r->csv, e)) == 1)
		rc = read_record(r, e);
	if (rc == 0 && r->stage != EXCHANGE_END)
		rc = bad(e, "the file was cut: its last line is missing");
	return rc;
}

int
exchange_read(struct db *db, FILE *in, const char *path, enum exchange_how how, void (*progress)(void *ctx, int64_t people, int64_t of),
    void *ctx, struct exchange_report *report, struct err *e)
{
	struct exchange_reading *r = xcalloc(1, sizeof(*r));
	int rc;

	memset(report, 0, sizeof(*report));
	r->db = db;
	r->how = how;
	r->report = report;
	r->progress = progress;
	r->progress_ctx = ctx;
	buf_init(&r->hashes);
	buf_init(&r->wording.text);
	rc = pass(r, in, e);
	report->in = r->counts;
	if (rc == 0 && how != EXCHANGE_DRY) {
		csv_release(&r->csv);
		r->taking = true;
		db_bulk(db);
		rc = db_begin(db, e);
		if (rc == 0)
			rc = pass(r, in, e);
		if (rc == 0)
			rc = db_commit(db, e);
	}
	if (rc == -1)
		err_wrap(e, "%s:%lu", path, r->csv.line);
	db_rollback(db);
	csv_release(&r->csv);
	buf_release(&r->hashes);
	buf_release(&r->wording.text);
	free(r->person.consent);
	free(r);
	return rc;
}
