/* ledger.c - see ledger.h. */
#include "store/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "store/campaign.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_ALL,
	Q_PICK,
	Q_PICK_ADDRESSES,
	Q_BITE,
	Q_MAY,
	Q_QUEUE,
	Q_DELETE_BITE,
	Q_PUT_BACK,
	Q_COUNT
};

#define PICKED \
	"WHERE d.campaign_id = :campaign AND (:state < 0 OR d.state = :state) AND (:class IS NULL OR d.class = :class) " \
	"ORDER BY d.subscriber_id"
#define DELIVERY \
	"d.subscriber_id, d.state, d.attempts, d.at, coalesce(d.next_at, 0), coalesce(d.code, 0), coalesce(d.enhanced, ''), " \
	"coalesce(d.reply, ''), coalesce(d.class, '')"

static const char *const sql[] = {
	[Q_ALL] = "SELECT state, coalesce(class, ''), coalesce(next_at, 0), at, coalesce(code, 0), coalesce(enhanced, ''), coalesce(reply, '') "
		  "FROM delivery WHERE campaign_id = :campaign ORDER BY subscriber_id",
	[Q_PICK] = "SELECT " DELIVERY ", '' FROM delivery d " PICKED,
	[Q_PICK_ADDRESSES] = "SELECT " DELIVERY ", coalesce(s.address, '') FROM delivery d LEFT JOIN subscriber s ON s.id = d.subscriber_id " PICKED,
	[Q_BITE] = "SELECT subscriber_id, state, attempts, at, coalesce(class, ''), coalesce(code, 0) FROM delivery "
		   "WHERE campaign_id = :campaign AND subscriber_id > :after ORDER BY subscriber_id LIMIT :limit",
	/* since when the person has wanted it, when they may be mailed */
	[Q_MAY] = "SELECT u.since FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id WHERE u.topic_id = :topic "
		  "AND u.subscriber_id = :subscriber AND u.state = 1 AND NOT EXISTS (SELECT 1 FROM suppression p WHERE p.address_hmac = s.address_hmac)",
	[Q_QUEUE] = "UPDATE delivery SET state = 2, at = :now, next_at = :now WHERE campaign_id = :campaign AND subscriber_id = :subscriber",
	[Q_DELETE_BITE] = "DELETE FROM delivery WHERE campaign_id = :campaign AND subscriber_id > :after AND subscriber_id <= :last",
	[Q_PUT_BACK] = "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) VALUES (:campaign, :subscriber, :state, :attempts, :at)",
};
const struct db_module ledger_module = { "ledger", sql, Q_COUNT, MODULE_LEDGER };

/* The group of a state and class: one there is, a new one, or the state's last one when there is no room; NULL: not even that. */
static struct ledger_group *
group_of(struct ledger_group *g, size_t *n, size_t size, enum delivery_state state, const char *class)
{
	struct ledger_group *last = NULL;
	size_t i, kept = size > DELIVERY_STATES ? size - DELIVERY_STATES : 0; /* room for one of each state is left */

	for (i = 0; i < *n; i++) {
		if (g[i].state != state)
			continue;
		if (strcmp(g[i].class, class) == 0)
			return &g[i];
		last = &g[i];
	}
	if (*n == size || (last && *n >= kept)) {
		if (last)
			text_copy(last->class, sizeof(last->class), "others");
		return last;
	}
	memset(&g[*n], 0, sizeof(*g));
	g[*n].state = state;
	text_copy(g[*n].class, sizeof(g[*n].class), class);
	return &g[(*n)++];
}

static int
by_state_and_number(const void *a, const void *b)
{
	const struct ledger_group *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	return (x->n < y->n) - (x->n > y->n);
}

int
ledger_groups(struct db *db, int64_t campaign_id, struct ledger_group *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &ledger_module, Q_ALL);
	struct ledger_group *g;
	char class[32];
	size_t n = 0;
	int64_t at;
	int rc;

	stmt_int(st, ":campaign", campaign_id);
	while ((rc = stmt_step(st, e)) == 1) {
		stmt_col_copy(st, 1, class, sizeof(class));
		g = group_of(out, &n, size, (enum delivery_state)stmt_col_int(st, 0), class);
		if (!g)
			continue;
		at = stmt_col_int(st, 2);
		if (at && (!g->next_at || at < g->next_at))
			g->next_at = at;
		at = stmt_col_int(st, 3);
		if (at > g->last_at)
			g->last_at = at;
		if (!g->n++ || (!g->code && !g->reply[0])) {
			g->code = (int)stmt_col_int(st, 4);
			stmt_col_copy(st, 5, g->enhanced, sizeof(g->enhanced));
			stmt_col_copy(st, 6, g->reply, sizeof(g->reply));
		}
	}
	qsort(out, n, sizeof(*out), by_state_and_number);
	return rc == -1 ? -1 : (int)n;
}

int
ledger_each(struct db *db, int64_t campaign_id, const struct ledger_pick *pick, bool addresses,
    int (*each)(void *ctx, const struct ledger_row *row, struct err *e), void *ctx, struct err *e)
{
	struct stmt *st = db_stmt(db, &ledger_module, addresses ? Q_PICK_ADDRESSES : Q_PICK);
	struct ledger_row row;
	int rc;

	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":state", pick->state);
	stmt_text(st, ":class", pick->class);
	while ((rc = stmt_step(st, e)) == 1) {
		row.d.subscriber_id = stmt_col_int(st, 0);
		row.d.state = (enum delivery_state)stmt_col_int(st, 1);
		row.d.attempts = (int)stmt_col_int(st, 2);
		row.d.at = stmt_col_int(st, 3);
		row.d.next_at = stmt_col_int(st, 4);
		row.d.code = (int)stmt_col_int(st, 5);
		stmt_col_copy(st, 6, row.d.enhanced, sizeof(row.d.enhanced));
		stmt_col_copy(st, 7, row.d.reply, sizeof(row.d.reply));
		stmt_col_copy(st, 8, row.d.class, sizeof(row.d.class));
		stmt_col_copy(st, 9, row.address, sizeof(row.address));
		rc = each(ctx, &row, e);
		if (rc) {
			stmt_done(st);
			return rc;
		}
	}
	return rc;
}

struct bite_row {
	int64_t subscriber_id, at;
	int state, attempts, code;
	char class[32];
};

/* The next rows after `after`; how many, or -1. */
static int
bite(struct db *db, int64_t campaign_id, int64_t after, struct bite_row out[LEDGER_BITE], struct err *e)
{
	struct stmt *st = db_stmt(db, &ledger_module, Q_BITE);
	int n = 0, rc = 0;

	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":after", after);
	stmt_int(st, ":limit", LEDGER_BITE);
	while (n < LEDGER_BITE && (rc = stmt_step(st, e)) == 1) {
		out[n].subscriber_id = stmt_col_int(st, 0);
		out[n].state = (int)stmt_col_int(st, 1);
		out[n].attempts = (int)stmt_col_int(st, 2);
		out[n].at = stmt_col_int(st, 3);
		stmt_col_copy(st, 4, out[n].class, sizeof(out[n].class));
		out[n++].code = (int)stmt_col_int(st, 5);
	}
	stmt_done(st);
	return rc == -1 ? -1 : n;
}

static int
get(struct db *db, int64_t campaign_id, struct campaign *c, struct err *e)
{
	int rc = campaign_get(db, campaign_id, c, e);

	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no campaign %lld; see `newsletter campaign list`", (long long)campaign_id);
	return rc == 1 ? 0 : -1;
}

static bool
is_meant(const struct ledger_pick *pick, const struct bite_row *row)
{
	if (row->state != DELIVERY_REFUSED && row->state != DELIVERY_UNKNOWN && row->state != DELIVERY_DEFERRED)
		return false;
	return (pick->state < 0 || pick->state == row->state) && (!pick->class || strcmp(pick->class, row->class) == 0);
}

/* Whether the reply said that the address is dead: for good, not for now. */
static bool
is_dead(const char *const *dead, const struct bite_row *row)
{
	if (row->state != DELIVERY_REFUSED || row->code / 100 == 4)
		return false;
	for (; dead && *dead; dead++)
		if (strcmp(*dead, row->class) == 0)
			return true;
	return false;
}

/* 1 when the row may be queued; 0, counted, when not; -1. */
static int
may_queue(struct db *db, const struct campaign *c, struct ledger_retry *r, const struct bite_row *row, struct err *e)
{
	struct stmt *st = db_stmt(db, &ledger_module, Q_MAY);
	int64_t since;
	int rc;

	stmt_int(st, ":topic", c->topic_id);
	stmt_int(st, ":subscriber", row->subscriber_id);
	rc = stmt_one_int(st, &since, e);
	if (rc == 0)
		r->gone++;
	if (rc == 1 && since <= row->at && is_dead(r->dead, row)) {
		r->dead_ones++;
		return 0;
	}
	return rc;
}

static int
queue(struct db *db, const struct campaign *c, int64_t subscriber_id, struct err *e)
{
	struct stmt *st = db_stmt(db, &ledger_module, Q_QUEUE);

	stmt_int(st, ":campaign", c->id);
	stmt_int(st, ":subscriber", subscriber_id);
	stmt_int(st, ":now", clock_now());
	return stmt_run(st, e);
}

int
ledger_retry(struct db *db, int64_t campaign_id, struct ledger_retry *r, struct err *e)
{
	struct bite_row row[LEDGER_BITE];
	struct campaign_tally tally = { 0 };
	struct campaign c;
	int64_t *count;
	int i, n, rc, queued = 0;

	if (get(db, campaign_id, &c, e) == -1 || campaign_can_reopen(&c, e) == -1)
		return -1;
	n = bite(db, campaign_id, r->after, row, e);
	for (i = 0; i < n; i++) {
		r->after = row[i].subscriber_id;
		r->seen++;
		if (!is_meant(&r->pick, &row[i]))
			continue;
		rc = may_queue(db, &c, r, &row[i], e);
		if (rc == 1 && !r->count_only)
			rc = queue(db, &c, row[i].subscriber_id, e) == -1 ? -1 : 1;
		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		queued++;
		count = row[i].state == DELIVERY_REFUSED ? &tally.refused : &tally.deferred;
		if (row[i].state == DELIVERY_UNKNOWN)
			count = &tally.unknown;
		++*count;
	}
	if (n == -1)
		return -1;
	r->refused += tally.refused;
	r->unknown += tally.unknown;
	r->deferred += tally.deferred;
	if (queued && !r->count_only) {
		tally.deferred = tally.refused + tally.unknown; /* the deferred ones stay deferred */
		tally.refused = -tally.refused;
		tally.unknown = -tally.unknown;
		if (campaign_tally(db, c.id, &tally, e) == -1 || campaign_reopen(db, &c, r->deadline, e) == -1)
			return -1;
	}
	return n == LEDGER_BITE;
}

/* What a cancelled campaign left open is settled; ERR_REFUSED while its reply may still come. */
static int
settle(const struct campaign *c, struct bite_row *row, struct campaign_tally *tally, struct err *e)
{
	if (row->state == DELIVERY_CLAIMED) {
		if (c->finished_at > clock_now() - LEDGER_FLIGHT)
			return err_set(e, ERR_REFUSED, "messages of campaign %lld are still in flight: archive it an hour after its end",
			    (long long)c->id);
		row->state = DELIVERY_UNKNOWN;
		tally->unknown++;
	} else if (row->state == DELIVERY_DEFERRED) {
		row->state = DELIVERY_REFUSED;
		tally->refused++;
		tally->deferred--;
	}
	return 0;
}

static int
put_back(struct db *db, int64_t campaign_id, const struct bite_row *row, struct err *e)
{
	struct stmt *st = db_stmt(db, &ledger_module, Q_PUT_BACK);

	stmt_int(st, ":campaign", campaign_id);
	stmt_int(st, ":subscriber", row->subscriber_id);
	stmt_int(st, ":state", row->state);
	stmt_int(st, ":attempts", row->attempts);
	stmt_int(st, ":at", row->at);
	return stmt_run(st, e);
}

/* Rows that are updated stay on half-empty pages; those that are deleted and put back in their order fill them. */
int
ledger_archive(struct db *db, int64_t campaign_id, int64_t *after, int64_t *n, struct err *e)
{
	struct campaign_tally tally = { 0 };
	struct bite_row row[LEDGER_BITE];
	struct campaign c;
	struct stmt *st;
	int i, rows;

	if (get(db, campaign_id, &c, e) == -1)
		return -1;
	if (!c.finished_at)
		return err_set(e, ERR_REFUSED, "campaign %lld is %s: only one that is over is archived", (long long)c.id,
		    campaign_state_name(c.state));
	rows = bite(db, campaign_id, *after, row, e);
	for (i = 0; i < rows; i++)
		if (settle(&c, &row[i], &tally, e) == -1)
			return -1;
	if (rows > 0) {
		st = db_stmt(db, &ledger_module, Q_DELETE_BITE);
		stmt_int(st, ":campaign", campaign_id);
		stmt_int(st, ":after", *after);
		stmt_int(st, ":last", row[rows - 1].subscriber_id);
		if (stmt_run(st, e) == -1)
			return -1;
	}
	for (i = 0; i < rows; i++)
		if (put_back(db, campaign_id, &row[i], e) == -1)
			return -1;
	if (rows == -1 || campaign_tally(db, campaign_id, &tally, e) == -1)
		return -1;
	*n += rows;
	if (rows)
		*after = row[rows - 1].subscriber_id;
	if (rows < LEDGER_BITE && !c.archived_at)
		return campaign_set_archived(db, campaign_id, e);
	return rows == LEDGER_BITE;
}
