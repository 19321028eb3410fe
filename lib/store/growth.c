/* growth.c - see growth.h. */
#include "store/growth.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_CONSENT,
	Q_COUNT
};
static const char *const sql[] = {
	[Q_CONSENT] = "SELECT subscriber_id, topic_id, action, at FROM consent WHERE action <> 'requested' ORDER BY id",
};
const struct db_module growth_module = { "growth", sql, Q_COUNT, MODULE_GROWTH };

static const char *const names[GROWTH_STEPS] = { "confirmed", "imported", "added", "left", "bounced", "complained" };

const char *
growth_step_name(enum growth_step step)
{
	return names[step];
}

static int
step_parse(const char *action)
{
	int i;

	for (i = 0; i < GROWTH_STEPS; i++)
		if (strcmp(names[i], action) == 0)
			return i;
	return -1;
}

static uint8_t *
active_of(struct growth *g, int64_t id)
{
	size_t ids = g->ids ? g->ids : 1024;

	if (id < 0)
		return NULL; /* never given */
	while ((size_t)id >= ids)
		ids *= 2;
	if (ids != g->ids) {
		g->active = xrealloc(g->active, ids * g->width);
		memset(g->active + g->ids * g->width, 0, (ids - g->ids) * g->width);
		g->ids = ids;
	}
	return g->active + (size_t)id * g->width;
}

static bool
any(const uint8_t *bits, size_t n)
{
	while (n && !bits[n - 1])
		n--;
	return n > 0;
}

/* `where` is the period, or -1 for what came before them all. */
static void
take_topic(struct growth_topic *t, bool joins, int64_t where)
{
	if (where < 0) {
		t->before += joins ? 1 : -1;
		return;
	}
	t->people[where] += joins ? 1 : -1;
	*(joins ? &t->joined : &t->gone) += 1;
}

static void
take(struct growth *g, int64_t subscriber, size_t topic, enum growth_step step, int64_t where)
{
	uint8_t *bits = active_of(g, subscriber), bit = (uint8_t)(1u << topic % 8);
	bool joins = step < GROWTH_FIRST_LOSS, was, is;

	/* whoever asked and never confirmed has nothing to leave, and who is there need not join again */
	if (!bits || ((bits[topic / 8] & bit) != 0) == joins)
		return;
	was = any(bits, g->width);
	bits[topic / 8] ^= bit;
	is = any(bits, g->width);
	take_topic(&g->topic[topic], joins, where);
	if (was == is)
		return;
	if (where < 0)
		g->before += joins ? 1 : -1;
	else
		g->period[where].step[step]++;
}

static size_t
topic_place(const struct topic_list *topics, int64_t id)
{
	size_t i;

	for (i = 0; i < topics->count && topics->item[i].id != id; i++)
		;
	return i;
}

static int
walk(struct db *db, const int64_t *start, size_t periods, struct growth *g, struct err *e)
{
	struct stmt *st = db_stmt(db, &growth_module, Q_CONSENT);
	int64_t at;
	size_t topic;
	int rc, step;

	while ((rc = stmt_step(st, e)) == 1) {
		topic = topic_place(&g->topics, stmt_col_int(st, 1));
		step = step_parse(stmt_col_text(st, 2));
		at = stmt_col_int(st, 3);
		if (topic < g->topics.count && step != -1)
			take(g, stmt_col_int(st, 0), topic, (enum growth_step)step,
			    at < start[0] ? -1 : (int64_t)period_find(start, periods, at));
	}
	return rc;
}

/* What was counted as a change of each period becomes the number at its end. */
static void
add_up(struct growth *g)
{
	int64_t people = g->before;
	size_t i, j;

	for (i = 0; i < g->periods; i++) {
		people += growth_joined(g->period[i].step) - growth_gone(g->period[i].step);
		g->period[i].people = people;
		for (j = 0; j < GROWTH_STEPS; j++)
			g->total[j] += g->period[i].step[j];
		for (j = 0; j < g->topics.count; j++)
			g->topic[j].people[i] += i ? g->topic[j].people[i - 1] : g->topic[j].before;
	}
}

int
growth_read(struct db *db, const int64_t *start, size_t periods, struct growth *g, struct err *e)
{
	size_t i;

	memset(g, 0, sizeof(*g));
	g->periods = periods;
	for (i = 0; i < periods; i++)
		g->period[i].start = start[i];
	if (topic_list(db, &g->topics, e) == -1)
		return -1;
	g->width = g->topics.count ? (g->topics.count + 7) / 8 : 1;
	if (walk(db, start, periods, g, e) == -1)
		return -1;
	add_up(g);
	return 0;
}

void
growth_release(struct growth *g)
{
	free(g->active);
	g->active = NULL;
	g->ids = 0;
}

bool
growth_is_active(const struct growth *g, int64_t subscriber)
{
	return subscriber >= 0 && (size_t)subscriber < g->ids && any(g->active + (size_t)subscriber * g->width, g->width);
}

int64_t
growth_now(const struct growth *g)
{
	return g->period[g->periods - 1].people;
}

int64_t
growth_joined(const int64_t step[GROWTH_STEPS])
{
	return step[GROWTH_CONFIRMED] + step[GROWTH_IMPORTED] + step[GROWTH_ADDED];
}

int64_t
growth_gone(const int64_t step[GROWTH_STEPS])
{
	return step[GROWTH_LEFT] + step[GROWTH_BOUNCED] + step[GROWTH_COMPLAINED];
}
