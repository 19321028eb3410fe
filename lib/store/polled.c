/* polled.c - see polled.h. */
#include "store/polled.h"

#include <string.h>

#include "store/pace.h"

#define WELL "inbound-polled"
#define BADLY "inbound-trouble"

/* One row a mailbox in each scope. */
static int
replace(struct db *db, const char *scope, const char *mailbox, int64_t at, int64_t n, struct err *e)
{
	const struct pace_row row = { .scope = scope, .subject = mailbox, .window_start = at, .used = n };

	if (pace_drop(db, scope, mailbox, INT64_MAX, e) == -1)
		return -1;
	return pace_put(db, &row, e);
}

int
polled_well(struct db *db, const char *mailbox, int64_t now, struct err *e)
{
	if (pace_drop(db, BADLY, mailbox, INT64_MAX, e) == -1)
		return -1;
	return replace(db, WELL, mailbox, now, 1, e);
}

int
polled_badly(struct db *db, const char *mailbox, int64_t now, struct err *e)
{
	struct polled was;

	if (polled_get(db, mailbox, &was, e) == -1)
		return -1;
	return replace(db, BADLY, mailbox, was.trouble ? was.trouble : now, was.failures + 1, e);
}

struct wanted {
	const char *mailbox;
	int64_t at, n;
};

static void
take(void *arg, const struct pace_row *row)
{
	struct wanted *w = arg;

	if (strcmp(row->subject, w->mailbox) != 0)
		return;
	w->at = row->window_start;
	w->n = row->used;
}

int
polled_get(struct db *db, const char *mailbox, struct polled *out, struct err *e)
{
	struct wanted well = { .mailbox = mailbox }, badly = { .mailbox = mailbox };

	if (pace_each(db, WELL, take, &well, e) == -1 || pace_each(db, BADLY, take, &badly, e) == -1)
		return -1;
	*out = (struct polled){ .at = well.at, .trouble = badly.at, .failures = badly.n };
	return 0;
}
