/* stats.c - see stats.h. */
#include "store/stats.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "store/campaign.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_GROUPS,
	Q_GROUPS_OF,
	Q_DOMAINS,
	Q_DOMAINS_OF,
	Q_CAMPAIGNS,
	Q_FIRST,
	Q_LAST,
	Q_COUNT
};

#define GROUPS(WHERE) \
	"SELECT kind, class, coalesce(rule, ''), trusted, count(*) FROM event WHERE " WHERE " AND at >= :since " \
	"GROUP BY kind, class, coalesce(rule, ''), trusted ORDER BY count(*) DESC, rule, class"

/* An address is joined to its events before they are grouped: they may be many more than the domains, and nothing holds them all. */
#define DOMAINS(WHERE) \
	"SELECT coalesce(substr(s.address_key, instr(s.address_key, '@') + 1), ''), " \
	"sum(v.kind <> 'complaint' AND v.class = 'hard'), sum(v.kind <> 'complaint' AND v.class <> 'hard'), sum(v.kind = 'complaint') " \
	"FROM event v LEFT JOIN subscriber s ON s.id = v.subscriber_id " \
	"WHERE " WHERE " AND v.at >= :since AND v.trusted = 1 AND v.kind <> 'unsubscribe' GROUP BY 1 ORDER BY count(*) DESC, 1"

/* A ledger is in the order of ids, and so was what went out. One attempt: the row's time is that of the first reply. */
#define LEDGER_END(WHICH, ORDER) \
	"SELECT " WHICH "(at) FROM (SELECT at, attempts, state FROM delivery WHERE campaign_id = :campaign " \
	"ORDER BY subscriber_id " ORDER " LIMIT 1000) WHERE attempts = 1 AND state IN (1, 3)"

static const char *const sql[] = {
	[Q_GROUPS] = GROUPS(":campaign = 0"),
	[Q_GROUPS_OF] = GROUPS("campaign_id = :campaign"),
	[Q_DOMAINS] = DOMAINS(":campaign = 0"),
	[Q_DOMAINS_OF] = DOMAINS("v.campaign_id = :campaign"),
	[Q_CAMPAIGNS] = "SELECT id FROM campaign WHERE started_at >= :since ORDER BY started_at DESC, id DESC LIMIT :limit",
	[Q_FIRST] = LEDGER_END("min", "ASC"),
	[Q_LAST] = LEDGER_END("max", "DESC"),
};
const struct db_module stats_module = { "stats", sql, Q_COUNT, MODULE_STATS };

static struct stmt *
query(struct db *db, int all, int of_one, const struct stats_window *w)
{
	struct stmt *st = db_stmt(db, &stats_module, w->campaign_id ? of_one : all);

	stmt_int(st, ":campaign", w->campaign_id);
	stmt_int(st, ":since", w->since);
	return st;
}

/* Count under a name; the last place is for all that come too late for one of their own. */
static void
add_named(struct stats_named *list, size_t *count, size_t size, const char *name, int64_t n)
{
	size_t i;

	for (i = 0; i < *count && strcmp(list[i].name, name) != 0; i++)
		;
	if (i == size)
		i = size - 1;
	if (i == *count) {
		text_copy(list[i].name, sizeof(list[i].name), i == size - 1 ? "others" : name);
		list[i].n = 0;
		(*count)++;
	}
	list[i].n += n;
}

static void
add_reason(struct stats_returned *out, bool bounce, const char *rule, const char *class, int64_t n)
{
	struct stats_reason *r;
	size_t i;

	for (i = 0; i < out->reasons && (strcmp(out->reason[i].rule, rule) != 0 || strcmp(out->reason[i].class, class) != 0); i++)
		;
	if (i == STATS_REASONS)
		i--;
	r = &out->reason[i];
	if (i == out->reasons) {
		text_copy(r->rule, sizeof(r->rule), i == STATS_REASONS - 1 ? "others" : rule);
		text_copy(r->class, sizeof(r->class), i == STATS_REASONS - 1 ? "" : class);
		out->reasons++;
	}
	*(bounce ? &r->bounces : &r->refusals) += n;
}

static void
add_failure(struct stats_returned *out, bool bounce, const char *rule, const char *class, int64_t n)
{
	struct stats_pair *pair = bounce ? &out->bounces : &out->refusals;

	*(strcmp(class, "hard") == 0 ? &pair->hard : &pair->soft) += n;
	add_reason(out, bounce, rule, class, n);
}

static void
add_group(struct stats_returned *out, const char *kind, const char *class, const char *rule, bool trusted, int64_t n)
{
	bool complaint = strcmp(kind, "complaint") == 0;

	if (!trusted) {
		*(complaint ? &out->doubted_complaints : &out->doubted_bounces) += n;
	} else if (complaint) {
		out->complaints += n;
		add_named(out->complaint, &out->complaint_types, sizeof(out->complaint) / sizeof(out->complaint[0]), rule, n);
	} else if (strcmp(kind, "unsubscribe") == 0) {
		out->unsubscribes += n;
		add_named(out->way, &out->ways, sizeof(out->way) / sizeof(out->way[0]), class, n);
	} else {
		add_failure(out, strcmp(kind, "bounce") == 0, rule, class, n);
	}
}

/* What a rule did as bounces and as refusals came as two groups: their sums are sorted anew. Few, and nearly in order. */
static void
sort_reasons(struct stats_returned *out)
{
	struct stats_reason r;
	size_t i, j;

	for (i = 1; i < out->reasons; i++) {
		r = out->reason[i];
		for (j = i; j && out->reason[j - 1].bounces + out->reason[j - 1].refusals < r.bounces + r.refusals; j--)
			out->reason[j] = out->reason[j - 1];
		out->reason[j] = r;
	}
}

int
stats_returned(struct db *db, const struct stats_window *w, struct stats_returned *out, struct err *e)
{
	struct stmt *st = query(db, Q_GROUPS, Q_GROUPS_OF, w);
	char kind[16], class[16], rule[32];
	int rc;

	memset(out, 0, sizeof(*out));
	while ((rc = stmt_step(st, e)) == 1) {
		stmt_col_copy(st, 0, kind, sizeof(kind));
		stmt_col_copy(st, 1, class, sizeof(class));
		stmt_col_copy(st, 2, rule, sizeof(rule));
		add_group(out, kind, class, rule, stmt_col_int(st, 3) != 0, stmt_col_int(st, 4));
	}
	sort_reasons(out);
	return rc;
}

int
stats_domains(struct db *db, const struct stats_window *w, size_t most, struct stats_domains *out, struct err *e)
{
	struct stmt *st = query(db, Q_DOMAINS, Q_DOMAINS_OF, w);
	struct stats_domain *d;
	int rc;

	memset(out, 0, sizeof(*out));
	while ((rc = stmt_step(st, e)) == 1) {
		if (out->count < most && out->count < STATS_DOMAINS) {
			d = &out->top[out->count++];
			stmt_col_copy(st, 0, d->domain, sizeof(d->domain));
		} else {
			d = &out->rest;
			out->others++;
		}
		d->hard += stmt_col_int(st, 1);
		d->soft += stmt_col_int(st, 2);
		d->complaints += stmt_col_int(st, 3);
	}
	return rc;
}

int
stats_speed(struct db *db, const struct campaign *c, struct stats_speed *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &stats_module, Q_FIRST);
	int64_t first = 0, last = 0;

	out->messages = out->seconds = 0;
	stmt_int(st, ":campaign", c->id);
	if (stmt_one_int(st, &first, e) == -1)
		return -1;
	st = db_stmt(db, &stats_module, Q_LAST);
	stmt_int(st, ":campaign", c->id);
	if (stmt_one_int(st, &last, e) == -1)
		return -1;
	if (!first || last < first)
		return 0;
	out->messages = c->accepted + c->refused + c->deferred + c->unknown;
	out->seconds = last - first + 1; /* both seconds were in use */
	return 0;
}

int
stats_campaigns(struct db *db, int64_t since, int64_t *out, size_t size, struct err *e)
{
	struct stmt *st = db_stmt(db, &stats_module, Q_CAMPAIGNS);
	size_t n = 0;
	int rc = 0;

	stmt_int(st, ":since", since);
	stmt_int(st, ":limit", (int64_t)size);
	while (n < size && (rc = stmt_step(st, e)) == 1)
		out[n++] = stmt_col_int(st, 0);
	stmt_done(st);
	return rc == -1 ? -1 : (int)n;
}
