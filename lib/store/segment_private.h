/* segment_private.h - what segment*.c share: a segment as it was read. */
#ifndef SEGMENT_PRIVATE_H
#define SEGMENT_PRIVATE_H

#include <stdbool.h>

#include "store/segment.h"

#define SEGMENT_NODES 256

struct buf;
struct db;
struct stmt;

/* The first five in the order of enum subscription_state, and one for whatever state. */
enum segment_field {
	FIELD_PENDING,
	FIELD_TOPIC,
	FIELD_LEFT,
	FIELD_BOUNCED,
	FIELD_COMPLAINED,
	FIELD_ANY,
	FIELD_STATE,
	FIELD_LANGUAGE,
	FIELD_DOMAIN,
	FIELD_NAME,
	FIELD_JOINED,
	FIELD_CONFIRMED,
	FIELD_CAMPAIGN,
	FIELDS
};

enum segment_operator {
	OP_IS,
	OP_IS_NOT,
	OP_LESS,
	OP_UP_TO,
	OP_MORE,
	OP_FROM,
	OPS
};

enum segment_kind {
	NODE_TEST,
	NODE_NOT,
	NODE_AND,
	NODE_OR
};

struct segment_value {
	const char *text; /* in the segment's pool, as it is compared and shown */
	int column;       /* in the text that was read, in characters from 1 */
	int64_t number;   /* a campaign's, or a state's; of a time: when it begins, or how many seconds ago */
	int64_t end;      /* of a time: the first second after it */
	bool ago;
};

struct segment_node {
	enum segment_kind kind;
	int left, right; /* nodes; NOT has a left one only */
	enum segment_field field;
	enum segment_operator op; /* a list has OP_IS or OP_IS_NOT */
	int value, values;        /* the first, and how many */
};

struct segment {
	struct segment_node node[SEGMENT_NODES];
	struct segment_value value[SEGMENT_VALUES];
	int nodes, values, root; /* root -1: everybody */
	char pool[SEGMENT_MAX + 1];
	size_t pooled;
	char text[SEGMENT_MAX + 1]; /* canonical */
};

extern const char *const segment_fields[FIELDS];
extern const char *const segment_operators[OPS];

bool segment_field_is_topic(enum segment_field field);
bool segment_field_is_time(enum segment_field field);

/* Whether these bytes need no quotes as a value; and whether they are one of the grammar's own words, in any case. */
bool segment_is_bare(const char *text, size_t n);
bool segment_is_keyword(const char *text, size_t n);

/* Append the canonical text of what was read. */
void segment_write(const struct segment *s, struct buf *out);

/* Rows of one table in ascending order of people's ids, at most one of each person. */
struct segment_stream {
	struct stmt *st; /* NULL: not opened so far */
	int64_t at;      /* whose row is the present one; SEGMENT_END behind the last; 0 before the first */
};

#define SEGMENT_END INT64_MAX

enum segment_table {
	SEGMENT_PEOPLE,
	SEGMENT_TOPIC,
	SEGMENT_CAMPAIGN
};

/*
 * Go to the row of `id`, or the next one there is; never back. `key` is the topic's or the campaign's id. The columns: people's as in
 * struct subscriber, a topic's (subscriber_id, state, since), a campaign's (subscriber_id, state). 1: it is theirs, 0, -1.
 */
int segment_stream_seek(struct segment_stream *stream, struct db *db, enum segment_table table, int64_t key, int64_t id, struct err *e);
void segment_stream_release(struct segment_stream *stream);

/*
 * A campaign's number: 0 when it is there and its ledger too; ERR_USAGE. `whole`: count the ledger, of which a part may have been deleted
 * by now, which takes a moment; else see whether there is anything of it.
 */
int segment_campaign_check(struct db *db, int64_t id, bool whole, struct err *e);

/* As segment_probe_new, which does it with a quick check. */
struct segment_probe *segment_probe_open(struct db *db, const struct segment *s, int64_t now, bool whole, struct err *e);

/*
 * The next person in the segment after `id`, the last one or 0: 1 and *id, 0, -1. With a topic_id only who is subscribed to it, and a
 * topic that is not there is nobody's.
 */
int segment_probe_next(struct segment_probe *p, int64_t topic_id, int64_t *id, struct err *e);

/* The present person, all of their row; after segment_probe_next. */
int segment_probe_person(struct segment_probe *p, int64_t id, struct subscriber *out, struct err *e);

/* Check and fill in a value for a field; v->text is what was written and may be changed in place. ERR_USAGE without the column. */
int segment_value_read(struct segment_value *v, char *text, enum segment_field field, enum segment_operator op, struct err *e);

#endif
