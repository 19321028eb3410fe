/* segment_probe.c - whether a person is in a segment; see segment.h and segment_private.h. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "segment_private.h"
#include "store/db.h"
#include "store/delivery.h"
#include "store/stmt.h"
#include "store/subscription.h"
#include "store/topic.h"

struct segment_probe {
	struct db *db;
	const struct segment *s;
	int64_t now, id; /* the person that is asked about */
	struct segment_stream people, topic[TOPICS_MAX], campaign[SEGMENT_VALUES];
	int place[SEGMENT_VALUES]; /* of a value that is a topic: in the list */
	struct topic_list topics;
	struct err *e;
	bool failed;
};

static int
unknown_topic(const struct topic_list *topics, const struct segment_value *v, struct err *e)
{
	struct buf known = BUF_INIT;
	size_t i;

	for (i = 0; i < topics->count; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", topics->item[i].slug);
	err_set(e, ERR_USAGE, "column %d: unknown topic \"%.40s\"; there are: %s", v->column, v->text, known.len ? known.data : "none yet");
	buf_release(&known);
	return -1;
}

/* Find what the values name. */
static int
resolve(struct segment_probe *p, const struct segment_node *n, bool whole, struct err *e)
{
	const struct segment_value *v;
	const struct topic *t;
	int i;

	if (n->kind != NODE_TEST || (!segment_field_is_topic(n->field) && n->field != FIELD_CAMPAIGN))
		return 0;
	for (i = n->value; i < n->value + n->values; i++) {
		v = &p->s->value[i];
		if (n->field == FIELD_CAMPAIGN) {
			if (segment_campaign_check(p->db, v->number, whole, e) == -1)
				return e->code == ERR_USAGE ? err_wrap(e, "column %d", v->column) : -1;
			continue;
		}
		t = topic_named(&p->topics, v->text);
		if (!t)
			return unknown_topic(&p->topics, v, e);
		p->place[i] = (int)(t - p->topics.item);
	}
	return 0;
}

struct segment_probe *
segment_probe_open(struct db *db, const struct segment *s, int64_t now, bool whole, struct err *e)
{
	struct segment_probe *p = xcalloc(1, sizeof(*p));
	int i, rc;

	p->db = db;
	p->s = s;
	p->now = now;
	rc = topic_list(db, &p->topics, e);
	for (i = 0; rc == 0 && i < s->nodes; i++)
		rc = resolve(p, &s->node[i], whole, e);
	if (rc == 0)
		return p;
	segment_probe_free(p);
	return NULL;
}

struct segment_probe *
segment_probe_new(struct db *db, const struct segment *s, int64_t now, struct err *e)
{
	return segment_probe_open(db, s, now, false, e);
}

void
segment_probe_free(struct segment_probe *p)
{
	size_t i;

	if (!p)
		return;
	segment_stream_release(&p->people);
	for (i = 0; i < TOPICS_MAX; i++)
		segment_stream_release(&p->topic[i]);
	for (i = 0; i < SEGMENT_VALUES; i++)
		segment_stream_release(&p->campaign[i]);
	free(p);
}

/* The three tables at the present person; false: no row of theirs, or it failed. */
static bool
at_person(struct segment_probe *p)
{
	int rc = segment_stream_seek(&p->people, p->db, SEGMENT_PEOPLE, 0, p->id, p->e);

	p->failed |= rc == -1;
	return rc == 1;
}

static bool
at_topic(struct segment_probe *p, int place)
{
	int rc = segment_stream_seek(&p->topic[place], p->db, SEGMENT_TOPIC, p->topics.item[place].id, p->id, p->e);

	p->failed |= rc == -1;
	return rc == 1;
}

static bool
at_campaign(struct segment_probe *p, int value)
{
	int rc = segment_stream_seek(&p->campaign[value], p->db, SEGMENT_CAMPAIGN, p->s->value[value].number, p->id, p->e);

	p->failed |= rc == -1;
	return rc == 1;
}

static bool
is_in_state(struct segment_probe *p, int place, int64_t state)
{
	return at_topic(p, place) && stmt_col_int(p->topic[place].st, 1) == state;
}

static bool
has_state(struct segment_probe *p, int64_t state)
{
	size_t i;

	for (i = 0; i < p->topics.count; i++)
		if (is_in_state(p, (int)i, state))
			return true;
	return false;
}

static bool
has_domain(const char *address, const char *domain)
{
	const char *own = strrchr(address, '@');
	size_t n, below;

	if (!own)
		return false;
	own++;
	if (strncmp(domain, "*.", 2) != 0)
		return strcmp(own, domain) == 0;
	domain += 2;
	n = strlen(own);
	below = strlen(domain);
	return n >= below && strcmp(own + n - below, domain) == 0 && (n == below || own[n - below - 1] == '.');
}

static bool
got_campaign(struct segment_probe *p, int value)
{
	int64_t state;

	if (!at_campaign(p, value))
		return false;
	state = stmt_col_int(p->campaign[value].st, 1);
	return state != DELIVERY_REFUSED && state != DELIVERY_SKIPPED;
}

static bool
has_language(struct segment_probe *p, const char *language)
{
	const char *own = stmt_col_text(p->people.st, 4);

	return strcasecmp(own[0] ? own : db_language(p->db), language) == 0;
}

static bool
is_value(struct segment_probe *p, enum segment_field field, int value)
{
	const struct segment_value *v = &p->s->value[value];

	switch (field) {
	case FIELD_ANY:
		return at_topic(p, p->place[value]);
	case FIELD_STATE:
		return has_state(p, v->number);
	case FIELD_LANGUAGE:
		return at_person(p) && has_language(p, v->text);
	case FIELD_DOMAIN:
		return at_person(p) && has_domain(stmt_col_text(p->people.st, 2), v->text);
	case FIELD_NAME:
		return at_person(p) && strcmp(stmt_col_text(p->people.st, 3), v->text) == 0;
	case FIELD_CAMPAIGN:
		return got_campaign(p, value);
	default:
		return is_in_state(p, p->place[value], (int64_t)field);
	}
}

/* The oldest of their subscriptions, or 0. */
static int64_t
confirmed(struct segment_probe *p)
{
	int64_t since, oldest = 0;
	size_t i;

	for (i = 0; i < p->topics.count; i++)
		if (is_in_state(p, (int)i, SUB_ACTIVE)) {
			since = stmt_col_int(p->topic[i].st, 2);
			if (!oldest || since < oldest)
				oldest = since;
		}
	return oldest;
}

static bool
is_time(struct segment_probe *p, const struct segment_node *n)
{
	const struct segment_value *v = &p->s->value[n->value];
	int64_t from = v->ago ? p->now - v->number : v->number, end = v->ago ? from + 1 : v->end, t = 0;

	if (n->field == FIELD_CONFIRMED)
		t = confirmed(p);
	else if (at_person(p))
		t = stmt_col_int(p->people.st, 5);
	if (!t)
		return false;
	switch (n->op) {
	case OP_LESS:
		return t < from;
	case OP_UP_TO:
		return t < end;
	case OP_MORE:
		return t >= end;
	case OP_FROM:
		return t >= from;
	default:
		return t >= from && t < end;
	}
}

static bool
is_true(struct segment_probe *p, int node)
{
	const struct segment_node *n = &p->s->node[node];
	int i;

	switch (n->kind) {
	case NODE_NOT:
		return !is_true(p, n->left);
	case NODE_AND:
		return is_true(p, n->left) && is_true(p, n->right);
	case NODE_OR:
		return is_true(p, n->left) || is_true(p, n->right);
	case NODE_TEST:
		break;
	}
	if (segment_field_is_time(n->field))
		return is_time(p, n);
	for (i = 0; i < n->values; i++)
		if (is_value(p, n->field, n->value + i))
			return n->op == OP_IS;
	return n->op == OP_IS_NOT;
}

int
segment_probe_has(struct segment_probe *p, int64_t subscriber_id, struct err *e)
{
	bool in;

	p->e = e;
	p->id = subscriber_id;
	p->failed = false;
	in = p->s->root == -1 || is_true(p, p->s->root);
	return p->failed ? -1 : in;
}

int
segment_probe_person(struct segment_probe *p, int64_t id, struct subscriber *out, struct err *e)
{
	struct stmt *st;

	p->e = e;
	p->id = id;
	p->failed = false;
	if (!at_person(p))
		return p->failed ? -1 : 0;
	st = p->people.st;
	out->id = id;
	stmt_col_copy(st, 1, out->address, sizeof(out->address));
	stmt_col_copy(st, 2, out->key, sizeof(out->key));
	stmt_col_copy(st, 3, out->name, sizeof(out->name));
	stmt_col_copy(st, 4, out->language, sizeof(out->language));
	out->created_at = stmt_col_int(st, 5);
	return 1;
}

/* A comparison that everybody in the segment has a row for; NULL: none is known. */
static const struct segment_node *
required(const struct segment *s, int node)
{
	const struct segment_node *n, *found;

	if (node == -1)
		return NULL;
	n = &s->node[node];
	if (n->kind == NODE_TEST)
		return n->op == OP_IS && n->values == 1 && (segment_field_is_topic(n->field) || n->field == FIELD_CAMPAIGN) ? n : NULL;
	if (n->kind != NODE_AND)
		return NULL;
	found = required(s, n->left);
	return found ? found : required(s, n->right);
}

/* Go on to the next person who can be in the segment, from p->id on; SEGMENT_END: there is none. */
static int64_t
next_candidate(struct segment_probe *p, int place)
{
	const struct segment_node *n = place == -1 ? required(p->s, p->s->root) : NULL;

	if (n && segment_field_is_topic(n->field))
		place = p->place[n->value];
	if (place >= 0) {
		at_topic(p, place);
		return p->topic[place].at;
	}
	while (n) { /* the ledger outlives people */
		if (at_campaign(p, n->value) && at_person(p))
			return p->id;
		if (p->failed || p->campaign[n->value].at == SEGMENT_END)
			return SEGMENT_END;
		p->id += p->campaign[n->value].at == p->id;
		if (p->campaign[n->value].at > p->id)
			p->id = p->campaign[n->value].at;
	}
	at_person(p);
	return p->people.at;
}

int
segment_probe_next(struct segment_probe *p, int64_t topic_id, int64_t *id, struct err *e)
{
	const struct topic *t = topic_id ? topic_in(&p->topics, topic_id) : NULL;
	int place = t ? (int)(t - p->topics.item) : -1, rc;

	if (topic_id && !t)
		return 0;
	for (;;) {
		p->e = e;
		p->failed = false;
		p->id = *id + 1;
		*id = next_candidate(p, place);
		if (p->failed)
			return -1;
		if (*id == SEGMENT_END)
			return 0;
		p->id = *id;
		if (t && !is_in_state(p, place, SUB_ACTIVE)) {
			if (p->failed)
				return -1;
			continue;
		}
		rc = segment_probe_has(p, *id, e);
		if (rc)
			return rc;
	}
}
