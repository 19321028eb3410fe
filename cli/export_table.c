/*
 * export_table.c - people as a table that spreadsheets read: a line for each, with their topics by state.
 *
 * Columns: email, name, language, status, topics (those that are active), joined, and topics by what became of them: pending, left, bounced,
 * complained. The status is active where any topic is, and suppressed where the address must not be mailed.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/csv_write.h"
#include "base/err.h"
#include "cli.h"
#include "exporting.h"
#include "out.h"
#include "store/people.h"

int
export_wish(const struct cli *cli, struct export_wish *w, struct err *e)
{
	const char *topic = cli_option(cli, "topic"), *state = cli_option(cli, "state");
	struct topic t;

	memset(w, 0, sizeof(*w));
	w->topic = w->state = -1;
	w->domain = cli_option(cli, "domain");
	w->language = cli_option(cli, "language");
	if (topic_list(cli->site.db, &w->topics, e) == -1 || cli_option_since(cli, "since", &w->since, e) == -1)
		return -1;
	if (state && (w->state = subscription_state_parse(state)) == -1)
		return err_set(e, ERR_USAGE, "--state must be pending, active, left, bounced or complained, not \"%.40s\"", state);
	if (!topic)
		return 0;
	if (topic_find(cli->site.db, topic, &t, e) == -1)
		return -1;
	w->topic = (int)(topic_in(&w->topics, t.id) - w->topics.item);
	return 0;
}

int
export_wish_all(const struct export_wish *w)
{
	return w->topic == -1 && w->state == -1 && !w->since && !w->domain && !w->language;
}

static bool
has_state(const struct export_wish *w, const struct people *people, size_t topic, size_t i)
{
	int state = people->of[topic][i].state;

	return state != -1 && (w->state == -1 || state == w->state);
}

static bool
topics_match(const struct export_wish *w, const struct people *people, size_t i)
{
	size_t t;

	if (w->topic != -1)
		return has_state(w, people, (size_t)w->topic, i);
	for (t = 0; w->state != -1 && t < w->topics.count; t++)
		if (has_state(w, people, t, i))
			return true;
	return w->state == -1;
}

static bool
is_meant(const struct cli *cli, const struct export_wish *w, const struct people *people, size_t i)
{
	const struct subscriber *s = &people->one[i].who;
	const char *at = strrchr(s->address, '@');

	if (w->since && s->created_at < w->since)
		return false;
	if (w->domain && (!at || strcasecmp(at + 1, w->domain) != 0))
		return false;
	if (w->language && strcasecmp(s->language[0] ? s->language : cli->site.conf.site_language, w->language) != 0)
		return false;
	return topics_match(w, people, i);
}

/* Go through everybody who is meant. */
static int
walk(struct cli *cli, const struct export_wish *w, int (*each)(void *ctx, const struct people *people, size_t i, struct err *e), void *ctx,
    struct err *e)
{
	struct people *people = xcalloc(1, sizeof(*people));
	int64_t last = 0;
	size_t i;
	int rc = 0;

	do {
		rc = people_next(cli->site.db, &w->topics, last, people, e);
		for (i = 0; rc == 0 && i < people->count; i++)
			if (is_meant(cli, w, people, i))
				rc = each(ctx, people, i, e);
		if (people->count)
			last = people->one[people->count - 1].who.id;
	} while (rc == 0 && people->count == PEOPLE_WINDOW);
	free(people);
	return rc;
}

static int
count_one(void *ctx, const struct people *people, size_t i, struct err *e)
{
	(void)people, (void)i, (void)e;
	++*(int64_t *)ctx;
	return 0;
}

int
export_count(struct cli *cli, const struct export_wish *w, int64_t *n, struct err *e)
{
	*n = 0;
	if (export_wish_all(w))
		return subscriber_count(cli->site.db, n, e);
	return walk(cli, w, count_one, n, e);
}

struct table {
	struct csv_out out;
	const struct export_wish *wish;
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
	for (k = 0; k < t->wish->topics.count; k++)
		if (people->of[k][i].state == state)
			buf_addf(&t->names, "%s%s", t->names.len ? " " : "", t->wish->topics.item[k].slug);
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
		for (k = 0; k < t->wish->topics.count; k++)
			if (people->of[k][i].state == (int)order[o])
				return subscription_state_name(order[o]);
	return "";
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
	static const char *const columns[] = { "email", "name", "language", "status", "topics", "joined", "pending", "left", "bounced", "complained" };
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		csv_put(&t->out, columns[i]);
	return csv_end(&t->out, e);
}

int
export_table(struct cli *cli, const struct export_wish *w, int fd, int64_t of, int64_t *n, struct err *e)
{
	struct table t = { .wish = w, .names = BUF_INIT, .of = of };
	int rc = -1;

	csv_out_init(&t.out, fd);
	out_progress_init(cli, &t.bar);
	if (db_read_begin(cli->site.db, e) == 0 && put_head(&t, e) == 0 && walk(cli, w, put_one, &t, e) == 0)
		rc = csv_flush(&t.out, e);
	db_read_end(cli->site.db);
	out_progress_end(&t.bar);
	*n = t.n;
	csv_out_release(&t.out);
	buf_release(&t.names);
	return rc;
}
