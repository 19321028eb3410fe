/* test_sender_pace_store_bounds.c - what pacing reads from the store and writes there, row by row, at the bounds. */
#include "store_fixture.h"

#include "same_number.h"

#include "../../daemon/sender_pace_private.h"
#include "store/pace.h"

#define S SECOND_US
#define BUCKET ((int64_t)PACE_BUCKET)
#define MONO (77 * S) /* the process's own clock */
#define RATE_MOST (INT64_C(1000) * PACE_MOST)
#define NOW (T0 / PACE_BUCKET) /* number of the bucket that begins at T0 */

static struct sender_pace *p;

static int
setup(void **state)
{
	p = NULL;
	return store_setup(state);
}

static int
teardown(void **state)
{
	sender_pace_free(p);
	return store_teardown(state);
}

/* A pace with one relay, and domains of 5 a second and one in five minutes. */
static void
make(const struct pace_relay_limits *relay)
{
	static const struct pace_domain_limits domain[] = {
		{ "set.example", { 5, 1 }, 0 },
		{ "minute.example", { 1, 300 }, 0 },
		{ "x", { 5, 1 }, 0 },
	};

	sender_pace_free(p);
	p = sender_pace_new(&(struct pace_limits){ .relay = relay, .relays = 1, .domain = domain, .domains = 3, .room = 64 });
}

static void
only(const char *scope, const char *subject, int64_t start, int64_t used)
{
	const struct pace_row row = { scope, subject, start, used };

	begin();
	ok(pace_put(db, &row, &err));
	commit();
}

static void
no_rows(void)
{
	assert_int_equal(raw_exec("DELETE FROM pace"), SQLITE_OK);
}

/* One row of what a relay used, read when it is `wall`. */
static const struct {
	const char *name, *subject;
	struct pace_rate rate;
	int64_t wall, ago, used; /* seconds before that it began */
	int64_t total, next_us;  /* of the rate, from now */
	bool rewrite;
} used[] = {
	{ "this second", "r", { 1, 60 }, T0, 0, 5, 5, 60050000, false },
	{ "of the future", "r", { 1, 60 }, T0, -1, 5, 5, 60050000, true },
	{ "far ahead", "r", { 1, 60 }, T0, -86400, 5, 5, 60050000, true },
	{ "another relay's", "q", { 1, 60 }, T0, 0, 5, 0, -MONO, false },
	{ "one gap may be left", "r", { 1, 60 }, T0, 300, 5, 5, 60050000, false },
	{ "part of a gap", "r", { 1, 60 }, T0, 359, 5, 5, 1050000, false },
	{ "what is made up for", "r", { 1, 60 }, T0, 360, 5, 5, 50000, false },
	{ "nothing", "r", { 1, 60 }, T0, 361, 5, 5, -MONO, false },
	{ "nothing, to the microsecond", "r", { 20, 19 }, T0, 301, 5, 5, -MONO, false },
	{ "no rate", "r", { 0, 1 }, T0, 0, 5, 5, -MONO, false },
	{ "none used", "r", { 1, 60 }, T0, 0, 0, 0, 60050000, false },
	{ "the first second there is", "r", { 1, 60 }, 100, 100, 5, 5, 60050000, false },
	{ "before it", "r", { 1, 60 }, 100, 101, 5, 0, -MONO, false },
};

static void
test_load_used(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
		make(&(struct pace_relay_limits){ .name = "r", .rate = used[i].rate, .per_day = 1000 });
		no_rows();
		only("relay", used[i].subject, used[i].wall - used[i].ago, used[i].used);
		ok(sender_pace_load(p, db, MONO, used[i].wall, &err));
		same_number(used[i].name, "total", p->relay[0].day.total, used[i].total);
		same_number(used[i].name, "next", p->relay[0].spread.next_us - MONO, used[i].next_us);
		same_number(used[i].name, "rewrite", p->relay[0].day.rewrite, used[i].rewrite);
		same_number(used[i].name, "bucket", p->relay[0].day.bucket, used[i].wall / PACE_BUCKET);
		same_number(used[i].name, "clock", pace_day_clock(p, MONO + 5), used[i].wall * S + 5);
	}
	none_wrong();
}

/* A row of a slowed rate and one of its end, read at T0; `rate` 0 when it is not slowed. */
static const struct {
	const char *name, *scope, *subject;
	int64_t set, used, until, ago;
	int64_t rate, want_until, grow_us; /* from now */
} slowed[] = {
	{ "now", "relay", "r", 0, 1000, 9000, 0, 1000, 9000, 15 * S },
	{ "a second ago", "relay", "r", 0, 1000, 9000, 1, 1000, 9000, 14 * S },
	{ "ten seconds ago", "relay", "r", 0, 1000, 9000, 10, 1000, 9000, 5 * S },
	{ "of the future", "relay", "r", 0, 1000, 9000, -10, 1000, 9000, 15 * S },
	{ "fifteen seconds ago", "relay", "r", 0, 1000, 9000, 15, 1200, 9000, 15 * S },
	{ "another relay", "relay", "q", 0, 1000, 9000, 0, 0, 0, 0 },
	{ "the end is the rate set", "relay", "r", 5, 1000, 9000, 0, 1000, 5000, 15 * S },
	{ "no end", "relay", "r", 0, 1000, 0, 0, 1000, 2000, 15 * S },
	{ "an end that is none", "relay", "r", 0, 1000, 1000, 0, 1000, 2000, 15 * S },
	{ "just an end", "relay", "r", 0, 1000, 1001, 0, 1000, 1001, 15 * S },
	{ "the slowest", "relay", "r", 0, 1, 9000, 0, 1, 9000, 15 * S },
	{ "the most", "relay", "r", 0, RATE_MOST, RATE_MOST, 0, RATE_MOST, 2 * RATE_MOST, 15 * S },
	{ "more", "relay", "r", 0, RATE_MOST + 1, RATE_MOST, 0, 0, RATE_MOST, 0 },
	{ "none", "relay", "r", 0, 0, 9000, 0, 0, 9000, 0 },
	{ "less", "relay", "r", 0, -1, 9000, 0, 0, 9000, 0 },
	{ "too large an end", "relay", "r", 0, 1000, RATE_MOST + 1, 0, 1000, 2000, 15 * S },
	{ "older than a day", "relay", "r", 0, 1, RATE_MOST, 86401, 0, 0, 0 },
	{ "a domain", "domain", "x.example", 0, 1000, 9000, 10, 1000, 9000, 5 * S },
	{ "a domain with a rate", "domain", "set.example", 0, 1000, 9000, 0, 1000, 5000, 15 * S },
};

static void
test_load_slow(void **state)
{
	char scope[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(slowed) / sizeof(slowed[0]); i++) {
		const char *name = slowed[i].name;
		const struct pace_slow *s;
		int d;

		make(&(struct pace_relay_limits){ .name = "r", .rate = { slowed[i].set, 1 } });
		no_rows();
		snprintf(scope, sizeof(scope), "%s-rate", slowed[i].scope);
		only(scope, slowed[i].subject, T0 - slowed[i].ago, slowed[i].used);
		snprintf(scope, sizeof(scope), "%s-until", slowed[i].scope);
		if (slowed[i].until)
			only(scope, slowed[i].subject, T0 - slowed[i].ago, slowed[i].until);
		ok(sender_pace_load(p, db, MONO, T0, &err));
		d = strcmp(slowed[i].scope, "domain") == 0 ? sender_pace_domain(p, slowed[i].subject) : -1;
		s = d == -1 ? &p->relay[0].slow : &p->domain[d].slow;
		same_number(name, "rate", s->spread.count, slowed[i].rate);
		same_number(name, "end", s->until, slowed[i].want_until);
		same_number(name, "growth", s->grow_us, slowed[i].rate ? MONO + slowed[i].grow_us : 0);
		same_number(name, "changes", s->changed > 0, slowed[i].rate > 0);
	}
	/* a day old, to the second, counts; it has grown since, to its end or not */
	make(&(struct pace_relay_limits){ .name = "r" });
	no_rows();
	only("relay-rate", "r", T0 - PACE_DAY, 1);
	only("relay-until", "r", T0 - PACE_DAY, RATE_MOST);
	ok(sender_pace_load(p, db, MONO, T0, &err));
	assert_true(p->relay[0].slow.changed > 0);
	none_wrong();
}

static void
test_load_rest(void **state)
{
	char name[32];
	int i;

	(void)state;
	make(&(struct pace_relay_limits){ .name = "r", .per_day = 100 });
	only("relay-first", "r", -5, 1);
	only("relay-first", "r", 0, 1);
	only("relay-first", "r", T0 - 500, 1);
	only("relay-first", "r", T0 - 300, 1);
	only("relay-first", "q", T0 - 900, 1);
	ok(sender_pace_load(p, db, MONO, T0, &err));
	assert_int_equal(p->relay[0].day.ramp.first, T0 - 500);
	assert_int_equal(p->day_base_us, T0 * S);
	/* a domain with a rate leaves a gap, of a minute at most */
	assert_int_equal(p->domain[0].spread.next_us, MONO + 200000 + PACE_GRACE_US);
	assert_int_equal(p->domain[1].spread.next_us, MONO + 60 * S);
	assert_int_equal(p->domain[2].spread.next_us, MONO + 200000 + PACE_GRACE_US);
	no_rows();
	only("relay-first", "r", 1, 1);
	only("domain-until", "free.example", T0, 5); /* of a rate that is no more */
	make(&(struct pace_relay_limits){ .name = "r", .per_day = 100 });
	ok(sender_pace_load(p, db, MONO, T0, &err));
	assert_int_equal(p->relay[0].day.ramp.first, 1);
	assert_int_equal(sender_pace_domain(p, "free.example"), -1);
	/* no more domains than there are places */
	no_rows();
	for (i = 0; i < PACE_DOMAINS + 10; i++) {
		snprintf(name, sizeof(name), "d%03d.example", i);
		only("domain-rate", name, T0, 1000);
	}
	make(&(struct pace_relay_limits){ .name = "r" });
	ok(sender_pace_load(p, db, MONO, T0, &err));
	assert_int_equal(p->free, -1);
	assert_int_equal(sender_pace_domain(p, "d252.example"), PACE_DOMAINS - 1);
	assert_int_equal(sender_pace_domain(p, "d253.example"), -1);
}

static char listed[4096];

static void
list_row(void *arg, const struct pace_row *row)
{
	size_t n = strlen(listed);

	(void)arg;
	snprintf(listed + n, sizeof(listed) - n, "%s@%lld=%lld ", row->subject, (long long)(row->window_start - T0), (long long)row->used);
}

/* The rows of a scope, their time from T0 on. */
static const char *
rows(const char *scope)
{
	listed[0] = '\0';
	ok(pace_each(db, scope, list_row, NULL, &err));
	return listed;
}

static void
save(int64_t now_us)
{
	begin();
	ok(sender_pace_save(p, db, now_us, T0 + (now_us - MONO) / S, &err));
	commit();
}

static void
test_save_day(void **state)
{
	struct pace_day *d;

	(void)state;
	make(&(struct pace_relay_limits){ .name = "r", .per_day = 3200 });
	d = &p->relay[0].day;
	ok(sender_pace_load(p, db, MONO, T0, &err));
	assert_true(sender_pace_wants_save(p, MONO));
	save(MONO);
	assert_string_equal(rows("relay"), "r@0=16 ");
	assert_string_equal(rows("relay-first"), "r@0=1 ");
	assert_int_equal(d->reserved, -1);
	sender_pace_saved(p);
	assert_int_equal(d->reserved, 16);
	assert_int_equal(d->ramp.first, T0);
	assert_false(sender_pace_wants_save(p, MONO));
	/* enough is reserved: no row is touched, and nothing is taken for written */
	no_rows();
	d->saving_rewrite = true;
	save(MONO + S);
	assert_string_equal(rows("relay"), "");
	assert_int_equal(d->saving_bucket, 0);
	assert_int_equal(d->saving_first, 0);
	assert_int_equal(d->saving_unsettled, 0);
	assert_false(d->saving_rewrite);
	/* what the bucket before has used is written over what it had reserved, and what is older than a day goes */
	only("relay", "r", T0, 16);
	only("relay", "r", T0 - 290 * BUCKET, 4);
	only("relay", "r", T0 - 289 * BUCKET, 5);
	only("relay", "r", T0 - 288 * BUCKET, 6);
	for (int i = 0; i < 3; i++)
		sender_pace_take(p, 0, -1, MONO + S);
	save(MONO + PACE_BUCKET * S);
	assert_string_equal(rows("relay"), "r@-86700=5 r@-86400=6 r@0=3 r@300=16 ");
	assert_int_equal(d->saving_unsettled, NOW);
	sender_pace_saved(p);
	assert_int_equal(d->unsettled, 0);
	assert_int_equal(d->reserved, 16);
	/* at the end only what was used */
	sender_pace_take(p, 0, -1, MONO + PACE_BUCKET * S);
	sender_pace_settle(p);
	assert_false(sender_pace_wants_save(p, MONO + 2 * BUCKET * S));
	save(MONO + PACE_BUCKET * S);
	assert_string_equal(rows("relay"), "r@-86700=5 r@-86400=6 r@0=3 r@300=1 ");
}

/* As many relays as there may be, and rows of one more. */
static void
test_load_relays(void **state)
{
	static struct pace_relay_limits relay[PACE_RELAYS];
	static char names[PACE_RELAYS][16];
	int i;

	(void)state;
	for (i = 0; i < PACE_RELAYS; i++) {
		snprintf(names[i], sizeof(names[i]), "r%d", i);
		relay[i] = (struct pace_relay_limits){ .name = names[i], .per_day = 100 };
		only("relay", names[i], T0, 5 + i);
		only("relay-rate", names[i], T0, 50 + i);
	}
	only("relay", "another", T0, 5);
	only("relay-rate", "another", T0, 5);
	p = sender_pace_new(&(struct pace_limits){ .relay = relay, .relays = PACE_RELAYS });
	ok(sender_pace_load(p, db, MONO, T0, &err));
	for (i = 0; i < PACE_RELAYS; i++) {
		assert_int_equal(p->relay[i].day.total, 5 + i);
		assert_int_equal(p->relay[i].slow.spread.count, 50 + i);
	}
	/* what lies behind the last one is no relay */
	for (i = 0; i < PACE_DOMAINS; i++)
		p->domain[i].slow.changed = p->domain[i].slow.saving = p->domain[i].slow.saved = 2;
	save(MONO);
	sender_pace_saved(p);
	for (i = 0; i < PACE_RELAYS; i++)
		assert_int_equal(p->relay[i].day.reserved, 5 + i + 4); /* a 32nd of the limit, and one */
}

/* No limit of any kind: no rows. */
static void
test_save_unlimited(void **state)
{
	(void)state;
	make(&(struct pace_relay_limits){ .name = "r" });
	ok(sender_pace_load(p, db, MONO, T0, &err));
	sender_pace_take(p, 0, -1, MONO);
	save(MONO);
	assert_string_equal(rows("relay"), "");
	assert_string_equal(rows("relay-first"), "");
	assert_false(sender_pace_wants_save(p, MONO));
}

/* After a clock that went back all rows are written anew, those of the future with them. */
static void
test_rewrite(void **state)
{
	struct pace_day *d;
	int i;

	(void)state;
	make(&(struct pace_relay_limits){ .name = "r", .per_day = 3200 });
	d = &p->relay[0].day;
	only("relay", "r", T0 + 5 * BUCKET, 5);
	only("relay", "q", T0 + 5 * BUCKET, 5);
	only("relay", "r", T0 - 288 * BUCKET, 4); /* the oldest that counts, and one that does not */
	only("relay", "r", T0 - 290 * BUCKET, 9);
	only("relay", "r", T0 - 5 * BUCKET, 1);
	only("relay", "r", T0 - PACE_BUCKET, 6);
	ok(sender_pace_load(p, db, MONO, T0, &err));
	assert_true(d->rewrite);
	begin();
	ok(sender_pace_save(p, db, MONO, T0, &err));
	db_rollback(db);
	assert_true(d->rewrite);
	save(MONO);
	assert_string_equal(rows("relay"), "q@1500=5 r@-86400=4 r@-1500=1 r@-300=6 r@0=21 ");
	assert_true(d->saving_rewrite);
	sender_pace_saved(p);
	assert_false(d->rewrite);
	/* with all of its buckets in use, also when as much is reserved as must be */
	for (i = 0; i < PACE_BUCKETS; i++)
		d->used[i] = 1;
	d->total = PACE_BUCKETS;
	d->oldest = NOW - PACE_BUCKETS + 1;
	d->rewrite = true;
	d->used[NOW % PACE_BUCKETS] = 5;
	p->relay[0].count = p->relay[0].lately = 0;
	save(MONO);
	assert_int_equal(raw_int("SELECT count(*) FROM pace WHERE subject = 'r'"), PACE_BUCKETS + 1); /* and that of the first use */
	assert_int_equal(raw_int("SELECT min(window_start) FROM pace WHERE scope = 'relay'"), T0 - (PACE_BUCKETS - 1) * BUCKET);
	assert_int_equal(raw_int("SELECT used FROM pace WHERE subject = 'r' AND window_start = 1767225600 AND scope = 'relay'"), 21);
}

static void
test_save_slow(void **state)
{
	struct pace_slow *r, *s;
	int d;

	(void)state;
	make(&(struct pace_relay_limits){ .name = "r" });
	ok(sender_pace_load(p, db, MONO, T0, &err));
	save(MONO); /* the next a second later */
	sender_pace_saved(p);
	assert_int_equal(p->slow_save_us, MONO + S);
	sender_pace_reply(p, 0, -1, "y@y", PACE_RELAY_SLOW, MONO);
	sender_pace_reply(p, 0, -1, "y@y", PACE_DOMAIN_SLOW, MONO);
	d = sender_pace_domain(p, "y@y");
	r = &p->relay[0].slow;
	s = &p->domain[d].slow;
	assert_false(sender_pace_has_news(p, MONO + S - 1));
	assert_true(sender_pace_has_news(p, MONO + S));
	save(MONO + S - 1);
	sender_pace_saved(p);
	assert_true(sender_pace_has_news(p, MONO + S));
	assert_string_equal(rows("relay-rate"), "");
	save(MONO + S);
	assert_string_equal(rows("relay-rate"), "r@1=20000 ");
	assert_string_equal(rows("relay-until"), "r@1=80000 ");
	assert_string_equal(rows("domain-rate"), "y@1=20000 ");
	assert_string_equal(rows("domain-until"), "y@1=80000 ");
	assert_int_equal(r->saved, 0);
	sender_pace_saved(p);
	assert_int_equal(r->saved, r->changed);
	assert_int_equal(s->saved, s->changed);
	assert_false(sender_pace_has_news(p, MONO + 9 * S));
	/* what has not changed is not written again */
	no_rows();
	save(MONO + 3 * S);
	sender_pace_saved(p);
	assert_string_equal(rows("relay-rate"), "");
	/* it grows, in the transaction; when it is free its rows go */
	only("relay-rate", "r", T0 + 1, 20000);
	save(MONO + 15 * S);
	assert_string_equal(rows("relay-rate"), "r@15=24000 ");
	assert_string_equal(rows("domain-rate"), "y@15=24000 ");
	sender_pace_saved(p);
	save(MONO + 500 * S);
	assert_string_equal(rows("relay-rate"), "");
	assert_string_equal(rows("relay-until"), "");
	assert_string_equal(rows("domain-rate"), "");
	assert_string_equal(rows("domain-until"), "");
	assert_int_equal(p->domain[d].held, 1);
	sender_pace_saved(p);
	assert_string_equal(p->domain[d].name, "y"); /* somebody holds it */
	p->domain[d].held = 0;
	save(MONO + 600 * S);
	sender_pace_saved(p);
	assert_string_equal(p->domain[d].name, "");
	/* the end does not wait for its second */
	sender_pace_reply(p, 0, -1, "y@y", PACE_RELAY_SLOW, MONO + 600 * S + 1);
	sender_pace_settle(p);
	save(MONO + 600 * S + 1);
	assert_string_equal(rows("relay-rate"), "r@600=20000 ");
}

/* What was halved again while its rows were written is news still. */
static void
test_news(void **state)
{
	int d;

	(void)state;
	make(&(struct pace_relay_limits){ .name = "r" });
	ok(sender_pace_load(p, db, MONO, T0, &err));
	sender_pace_reply(p, 0, -1, "y@y", PACE_DOMAIN_SLOW, MONO);
	d = sender_pace_domain(p, "y@y");
	save(MONO);
	p->domain[d].slow.changed++;
	sender_pace_saved(p);
	assert_true(p->slow_news);
	save(MONO + S);
	p->relay[0].slow.changed++;
	sender_pace_saved(p);
	assert_true(p->slow_news);
	save(MONO + 2 * S);
	sender_pace_saved(p);
	assert_false(p->slow_news);
	/* a transaction without slowed rates says nothing of them */
	p->relay[0].slow.changed++;
	p->slow_news = true;
	save(MONO + 2 * S + 1);
	sender_pace_saved(p);
	assert_true(p->slow_news);
	/* one with them that was rolled back neither */
	begin();
	ok(sender_pace_save(p, db, MONO + 4 * S, T0 + 4, &err));
	db_rollback(db);
	save(MONO + 4 * S + 1);
	sender_pace_saved(p);
	assert_int_not_equal(p->relay[0].slow.saved, p->relay[0].slow.changed);
	assert_true(sender_pace_has_news(p, MONO + 5 * S));
}

/* Once, what is older than two days goes, of whomever it is. */
static void
test_sweep(void **state)
{
	static const char *const scopes[] = { "relay", "relay-rate", "relay-until", "domain-rate", "domain-until" };
	static const char left[] = "SELECT group_concat(DISTINCT window_start - 1767225600) FROM pace WHERE scope <> 'signup-total'";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		only(scopes[i], "q", T0 - 2 * PACE_DAY - 1, 1);
		only(scopes[i], "q", T0 - 2 * PACE_DAY, 1);
	}
	only("signup-total", "", 5 - PACE_DAY, 1);
	make(&(struct pace_relay_limits){ .name = "r" });
	ok(sender_pace_load(p, db, MONO, T0, &err));
	begin();
	ok(sender_pace_save(p, db, MONO, T0, &err));
	db_rollback(db);
	assert_false(p->swept);
	save(MONO);
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 6);
	assert_string_equal(raw_text(left), "-172800");
	sender_pace_saved(p);
	assert_true(p->swept);
	only("relay", "q", T0 - 2 * PACE_DAY - 1, 1);
	save(MONO + 5 * S);
	sender_pace_saved(p);
	assert_true(p->swept);
	assert_int_equal(raw_int("SELECT count(*) FROM pace"), 7);
}

#define pace_state(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		pace_state(test_load_used),
		pace_state(test_load_slow),
		pace_state(test_load_rest),
		pace_state(test_load_relays),
		pace_state(test_save_day),
		pace_state(test_save_unlimited),
		pace_state(test_rewrite),
		pace_state(test_save_slow),
		pace_state(test_news),
		pace_state(test_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
