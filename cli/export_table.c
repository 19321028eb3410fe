/*
 * export_table.c - people as a table that spreadsheets read: a line for each, with their topics by state.
 *
 * Columns: email, name, language, status, topics (those that are active), joined, and topics by what became of them: pending, left,
 * bounced, complained. The status is active where any topic is, suppressed where the address must not be mailed, and none where there is no
 * topic at all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv_write.h"
#include "base/err.h"
#include "cli.h"
#include "exporting.h"
#include "out.h"
#include "store/people.h"
#include "store/segment.h"

int
export_count(struct cli *cli, const struct segment *s, int64_t *n, struct err *e)
{
	return s ? segment_count(cli->site.db, s, n, e) : subscriber_count(cli->site.db, n, e);
}

struct table {
	struct csv_out out;
	struct topic_list topics;
	struct out_progress bar;
	struct buf names;
	int64_t n, of;
};

/* The names of the person's topics in a state, with a space between. */
static void
put_topics(struct table *t, const struct people *people, size_t i, int state)
{
	size_t k;

	buf_reset(&t->names);
	for (k = 0; k < t->topics.count; k++)
		if (people->of[k][i].state == state)
			buf_addf(&t->names, "%s%s", t->names.len ? " " : "", t->topics.item[k].slug);
	csv_put_n(&t->out, t->names.data, t->names.len);
}

static const char *
status_of(const struct table *t, const struct people *people, size_t i)
{
	/* what counts first stands first */
	static const enum subscription_state order[] = { SUB_ACTIVE, SUB_COMPLAINED, SUB_BOUNCED, SUB_LEFT, SUB_PENDING };
	size_t k, o;

	if (people->one[i].suppressed.is)
		return "suppressed";
	for (o = 0; o < sizeof(order) / sizeof(order[0]); o++)
		for (k = 0; k < t->topics.count; k++)
			if (people->of[k][i].state == (int)order[o])
				return subscription_state_name(order[o]);
	return "none"; /* a request that lapsed; never "", which whoever reads the file may take for active */
}

static int
put_one(void *ctx, const struct people *people, size_t i, struct err *e)
{
	struct table *t = ctx;
	const struct subscriber *s = &people->one[i].who;
	int state;

	csv_put(&t->out, s->address);
	csv_put(&t->out, s->name);
	csv_put(&t->out, s->language);
	csv_put(&t->out, status_of(t, people, i));
	put_topics(t, people, i, SUB_ACTIVE);
	csv_put_time(&t->out, s->created_at);
	for (state = 0; state < SUB_STATES; state++)
		if (state != SUB_ACTIVE)
			put_topics(t, people, i, state);
	if (++t->n % 4096 == 0)
		out_progress(&t->bar, t->n, t->of, true, "");
	return csv_end(&t->out, e);
}

static int
put_head(struct table *t, struct err *e)
{
	static const char *const columns[] = { "email", "name", "language", "status", "topics", "joined", "pending", "left", "bounced",
		"complained" };
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		csv_put(&t->out, columns[i]);
	return csv_end(&t->out, e);
}

/* All of them, or whoever the probe says is meant. */
static int
put_people(struct table *t, struct db *db, struct segment_probe *probe, struct err *e)
{
	struct people *people = xcalloc(1, sizeof(*people));
	int64_t last = 0;
	size_t i;
	int rc = 0, is;

	do {
		rc = people_next(db, &t->topics, last, people, e);
		for (i = 0; rc == 0 && i < people->count; i++) {
			last = people->one[i].who.id;
			is = probe ? segment_probe_has(probe, last, e) : 1;
			rc = is == 1 ? put_one(t, people, i, e) : is;
		}
	} while (rc == 0 && people->count == PEOPLE_WINDOW);
	free(people);
	return rc;
}

int
export_table(struct cli *cli, const struct segment *s, int fd, int64_t of, int64_t *n, struct err *e)
{
	struct table *t = xcalloc(1, sizeof(*t));
	struct segment_probe *probe = NULL;
	int rc = -1;

	t->of = of;
	buf_init(&t->names);
	csv_out_init(&t->out, fd);
	out_progress_init(cli, &t->bar);
	if (db_read_begin(cli->site.db, e) == -1 || topic_list(cli->site.db, &t->topics, e) == -1 ||
	    (s && !(probe = segment_probe_new(cli->site.db, s, clock_now(), e))))
		goto out;
	if (put_head(t, e) == 0 && put_people(t, cli->site.db, probe, e) == 0)
		rc = csv_flush(&t->out, e);
out:
	segment_probe_free(probe);
	db_read_end(cli->site.db);
	out_progress_end(&t->bar);
	*n = t->n;
	csv_out_release(&t->out);
	buf_release(&t->names);
	free(t);
	return rc;
}
