/* reading.c - see reading.h. */
#include "store/reading.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/pace.h"

/* A scope for each mailbox; the subject is a uid, or "" for the mailbox as a whole. Where a row's window starts says what it is. */
enum {
	NOW,  /* being read */
	KEPT, /* under suspicion; of "": work has begun */
};

struct scope {
	char name[256];
};

static struct scope
scope_of(const char *mailbox)
{
	struct scope s;

	snprintf(s.name, sizeof(s.name), "inbound-reading %s", mailbox);
	return s;
}

static int
put(struct db *db, const char *scope, const char *uid, int64_t what, int64_t deaths, struct err *e)
{
	const struct pace_row row = { .scope = scope, .subject = uid, .window_start = what, .used = deaths };

	return pace_put(db, &row, e);
}

/* A message with a row of each kind died once more than is known: the one that comes first, NOW, is counted, and the other skipped. */
static void
take(void *arg, const struct pace_row *row)
{
	struct reading *r = arg;
	struct reading_suspect *s;

	if (!row->subject[0]) {
		r->interrupted = true;
		return;
	}
	if (r->suspects == READING_SUSPECTS || (r->suspects && strcmp(r->suspect[r->suspects - 1].uid, row->subject) == 0))
		return;
	s = &r->suspect[r->suspects++];
	text_copy(s->uid, sizeof(s->uid), row->subject);
	s->deaths = (int)row->used + (row->window_start == NOW);
}

int
reading_get(struct db *db, const char *mailbox, struct reading *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	return pace_each(db, scope_of(mailbox).name, take, out, e);
}

int
reading_begin(struct db *db, const char *mailbox, struct reading *out, struct err *e)
{
	struct scope scope = scope_of(mailbox);
	int i;

	if (reading_get(db, mailbox, out, e) == -1 || pace_expire(db, scope.name, INT64_MAX, e) == -1)
		return -1;
	for (i = 0; i < out->suspects; i++)
		if (put(db, scope.name, out->suspect[i].uid, KEPT, out->suspect[i].deaths, e) == -1)
			return -1;
	return put(db, scope.name, "", KEPT, 0, e);
}

int
reading_note(struct db *db, const char *mailbox, const char *uid, int deaths, struct err *e)
{
	struct scope scope = scope_of(mailbox);

	if (pace_expire(db, scope.name, KEPT, e) == -1)
		return -1;
	return uid[0] ? put(db, scope.name, uid, NOW, deaths, e) : 0;
}

int
reading_clear(struct db *db, const char *mailbox, const char *uid, struct err *e)
{
	return pace_drop(db, scope_of(mailbox).name, uid, INT64_MAX, e);
}

int
reading_end(struct db *db, const char *mailbox, bool all, struct err *e)
{
	if (all)
		return pace_expire(db, scope_of(mailbox).name, INT64_MAX, e);
	if (reading_note(db, mailbox, "", 0, e) == -1)
		return -1;
	return reading_clear(db, mailbox, "", e);
}
