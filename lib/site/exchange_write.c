/* exchange_write.c - the writing half of exchange.h. */
#include "site/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv_write.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/db.h"
#include "store/people.h"

#define WORDING_PART 16384 /* bytes in one record: with every quote doubled it is a row that csv.h takes */

const char *const exchange_kind_names[EXCHANGE_KINDS] = { "topic", "wording", "person", "subscription", "consent", "suppression", "end" };

struct writing {
	struct db *db;
	struct csv_out out;
	struct exchange_counts *n;
	struct topic_list topics;
	struct people *people;
	size_t place;     /* of the person whose evidence is being written */
	struct buf hmacs; /* of people who are suppressed, to know them again among all suppressions */
};

void
exchange_key_check(struct db *db, char out[EXCHANGE_CHECK])
{
	uint8_t mac[SHA256_LEN];

	hmac_sha256(mac, db_suppression_key(db), 32, "newsletter export", "key check", 9);
	hex_encode(out, mac, (EXCHANGE_CHECK - 1) / 2);
}

static void
begin(struct writing *w, enum exchange_kind kind)
{
	csv_put(&w->out, exchange_kind_names[kind]);
	if (kind < EXCHANGE_END)
		w->n->of[kind]++;
}

static int
write_head(struct writing *w, struct err *e)
{
	char check[EXCHANGE_CHECK];

	exchange_key_check(w->db, check);
	csv_put(&w->out, EXCHANGE_MAGIC);
	csv_put(&w->out, EXCHANGE_VERSION);
	csv_put_time(&w->out, clock_now());
	csv_put(&w->out, check);
	return csv_end(&w->out, e);
}

static int
write_topics(struct writing *w, struct err *e)
{
	size_t i;

	for (i = 0; i < w->topics.count; i++) {
		begin(w, EXCHANGE_TOPIC);
		csv_put(&w->out, w->topics.item[i].slug);
		csv_put(&w->out, w->topics.item[i].title);
		csv_put(&w->out, w->topics.item[i].description);
		if (csv_end(&w->out, e) == -1)
			return -1;
	}
	return 0;
}

static int
write_wording(void *ctx, const uint8_t *hash, int64_t first_at, const char *text, struct err *e)
{
	struct writing *w = ctx;
	size_t left = strlen(text), n;

	do {
		n = left > WORDING_PART ? text_cut(text, WORDING_PART) : left;
		n = n ? n : left; /* no UTF-8 at all: it cannot be cut well */
		begin(w, EXCHANGE_WORDING);
		csv_put_hex(&w->out, hash, CONSENT_HASH);
		csv_put_time(&w->out, first_at);
		csv_put_n(&w->out, text, n);
		if (csv_end(&w->out, e) == -1)
			return -1;
		text += n;
		left -= n;
	} while (left);
	return 0;
}

static int
write_person(struct writing *w, const struct people_one *p, struct err *e)
{
	begin(w, EXCHANGE_PERSON);
	csv_put(&w->out, p->who.address);
	csv_put(&w->out, p->who.name);
	csv_put(&w->out, p->who.language);
	csv_put_time(&w->out, p->who.created_at);
	csv_put_int(&w->out, p->bounce_score);
	csv_put_time(&w->out, p->bounce_first_at);
	csv_put_time(&w->out, p->bounce_last_at);
	csv_put(&w->out, p->suppressed.is ? suppression_name(p->suppressed.reason) : "");
	csv_put_time(&w->out, p->suppressed.is ? p->suppressed.since : 0);
	csv_put(&w->out, p->suppressed.is ? p->suppressed.source : "");
	if (p->suppressed.is)
		buf_add(&w->hmacs, p->suppressed.hmac, SUPPRESSION_HMAC);
	return csv_end(&w->out, e);
}

static int
write_states(struct writing *w, size_t i, struct err *e)
{
	const struct people_state *of;
	size_t t;

	for (t = 0; t < w->topics.count; t++) {
		of = &w->people->of[t][i];
		if (of->state == -1)
			continue;
		begin(w, EXCHANGE_SUBSCRIPTION);
		csv_put(&w->out, w->topics.item[t].slug);
		csv_put(&w->out, subscription_state_name((enum subscription_state)of->state));
		csv_put_time(&w->out, of->since);
		if (csv_end(&w->out, e) == -1)
			return -1;
	}
	return 0;
}

/* The people up to this one: those without evidence in between, too. */
static int
write_people_to(struct writing *w, int64_t id, struct err *e)
{
	for (; w->place < w->people->count && w->people->one[w->place].who.id <= id; w->place++)
		if (write_person(w, &w->people->one[w->place], e) == -1 || write_states(w, w->place, e) == -1)
			return -1;
	return 0;
}

static int
write_consent(void *ctx, const struct people_consent *c, struct err *e)
{
	struct writing *w = ctx;
	const struct topic *t = topic_in(&w->topics, c->topic_id);

	if (write_people_to(w, c->subscriber_id, e) == -1)
		return -1;
	begin(w, EXCHANGE_CONSENT);
	csv_put(&w->out, t ? t->slug : "");
	csv_put(&w->out, c->action);
	csv_put_time(&w->out, c->at);
	csv_put(&w->out, c->ip);
	csv_put_hex(&w->out, c->form_hash, CONSENT_HASH);
	csv_put_hex(&w->out, c->mail_hash, CONSENT_HASH);
	csv_put(&w->out, c->source);
	return csv_end(&w->out, e);
}

static int
write_people(struct writing *w, void (*progress)(void *ctx, int64_t people), void *ctx, struct err *e)
{
	int64_t last = 0;

	do {
		if (people_next(w->db, &w->topics, last, w->people, e) == -1)
			return -1;
		if (!w->people->count)
			break;
		w->place = 0;
		last = w->people->one[w->people->count - 1].who.id;
		if (people_consents(w->db, w->people->one[0].who.id, last, write_consent, w, e) == -1 || write_people_to(w, last, e) == -1)
			return -1;
		if (progress)
			progress(ctx, w->n->of[EXCHANGE_PERSON]);
	} while (w->people->count == PEOPLE_WINDOW);
	return 0;
}

static int
by_octets(const void *a, const void *b)
{
	return memcmp(a, b, SUPPRESSION_HMAC);
}

static int
write_suppression(void *ctx, const struct people_suppressed *s, struct err *e)
{
	struct writing *w = ctx;

	if (bsearch(s->hmac, w->hmacs.data, w->hmacs.len / SUPPRESSION_HMAC, SUPPRESSION_HMAC, by_octets))
		return 0; /* stands with the person */
	begin(w, EXCHANGE_SUPPRESSION);
	csv_put_hex(&w->out, s->hmac, SUPPRESSION_HMAC);
	csv_put(&w->out, suppression_name(s->reason));
	csv_put_time(&w->out, s->since);
	csv_put(&w->out, s->source);
	return csv_end(&w->out, e);
}

static int
write_end(struct writing *w, struct err *e)
{
	int kind;

	begin(w, EXCHANGE_END);
	for (kind = 0; kind < EXCHANGE_END; kind++)
		csv_put_int(&w->out, w->n->of[kind]);
	return csv_end(&w->out, e) == -1 ? -1 : csv_flush(&w->out, e);
}

int
exchange_write(struct db *db, int fd, void (*progress)(void *ctx, int64_t people), void *ctx, struct exchange_counts *n, struct err *e)
{
	struct writing *w = xcalloc(1, sizeof(*w));
	int rc = -1;

	memset(n, 0, sizeof(*n));
	w->db = db;
	w->n = n;
	w->people = xcalloc(1, sizeof(*w->people));
	buf_init(&w->hmacs);
	csv_out_init(&w->out, fd);
	if (db_read_begin(db, e) == -1 || topic_list(db, &w->topics, e) == -1 || write_head(w, e) == -1 || write_topics(w, e) == -1 ||
	    people_wordings(db, write_wording, w, e) == -1 || write_people(w, progress, ctx, e) == -1)
		goto out;
	qsort(w->hmacs.data, w->hmacs.len / SUPPRESSION_HMAC, SUPPRESSION_HMAC, by_octets);
	if (people_suppressions(db, write_suppression, w, e) == -1)
		goto out;
	rc = write_end(w, e);
out:
	db_read_end(db);
	csv_out_release(&w->out);
	buf_release(&w->hmacs);
	free(w->people);
	free(w);
	return rc;
}
