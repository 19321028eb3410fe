/* segment.c - the people in a segment, counted and walked through; see segment.h. */
#include "store/segment.h"

#include <stdlib.h>

#include "base/clock.h"
#include "segment_private.h"
#include "store/subscriber.h"

void
segment_free(struct segment *s)
{
	free(s);
}

const char *
segment_text(const struct segment *s)
{
	return s->text;
}

int
segment_audience(struct db *db, const struct segment *s, int64_t topic_id, int64_t *out, struct err *e)
{
	struct segment_probe *p = segment_probe_open(db, s, clock_now(), true, e);
	int64_t id = 0;
	int rc;

	if (!p)
		return -1;
	*out = 0;
	while ((rc = segment_probe_next(p, topic_id, &id, e)) == 1)
		++*out;
	segment_probe_free(p);
	return rc;
}

int
segment_count(struct db *db, const struct segment *s, int64_t *out, struct err *e)
{
	return s->root == -1 ? subscriber_count(db, out, e) : segment_audience(db, s, 0, out, e);
}

int
segment_each(struct db *db, const struct segment *s, int64_t after, int (*each)(void *ctx, const struct subscriber *who, struct err *e),
    void *ctx, struct err *e)
{
	struct segment_probe *p = segment_probe_open(db, s, clock_now(), true, e);
	struct subscriber who;
	int rc;

	if (!p)
		return -1;
	while ((rc = segment_probe_next(p, 0, &after, e)) == 1) {
		rc = segment_probe_person(p, after, &who, e);
		if (rc == -1 || (rc == 1 && each(ctx, &who, e) == -1)) {
			rc = -1;
			break;
		}
	}
	segment_probe_free(p);
	return rc;
}

int
segment_check(struct db *db, const struct segment *s, struct err *e)
{
	struct segment_probe *p = segment_probe_open(db, s, clock_now(), true, e);

	segment_probe_free(p);
	return p ? 0 : -1;
}
