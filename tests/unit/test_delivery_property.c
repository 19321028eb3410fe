/*
 * test_delivery_property.c - thousands of random steps, and after each the ledger is what a model of it says.
 *
 * People come, leave, return, are suppressed and erased; campaigns start, pause, end, are retried and archived; senders
 * claim, record, put off, die and come back. The model says beforehand exactly whom each claim must give. It knows nothing
 * of SQL: nobody is mailed who did not ask, nobody is missed, nobody twice. NEWSLETTER_SEED=n repeats a run,
 * NEWSLETTER_STEPS=n makes it longer.
 */
#include "store_fixture.h"

#include "store/campaign.h"
#include "store/delivery.h"
#include "store/ledger.h"
#include "store/subscription.h"
#include "store/suppression.h"

#define PEOPLE 600
#define CAMPAIGNS 100
#define SIZE_MAX_CLAIM 8

struct person {
	bool alive, active, suppressed;
	int64_t since;
	int joined; /* in which step; since may be of a clock that was set back */
};

struct message {
	int state;              /* enum delivery_state, or -1: not reached */
	int attempts, accepted; /* accepted: how often */
	int64_t next_at, at;
	int class, code; /* class: of classes[] */
};

struct mailing {
	enum campaign_state state;
	bool exhausted, forgotten; /* forgotten: some of its rows were deleted */
	bool archived;
	int start_step;
	int64_t started_at, high_since, high, cursor, finished_at;
	struct message to[PEOPLE];
};

static const char *const classes[] = { NULL, "policy", "no-such-user" }; /* the last one is dead */
static struct person person[PEOPLE];
static struct mailing mailing[CAMPAIGNS];
static int people, mailings;
static int64_t topic, now;
static unsigned seed;
static int did[16], steps_done;

static int
upto(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (unsigned)n);
}

static const char *
address_of(int id)
{
	static char text[32];

	snprintf(text, sizeof(text), "p%d@example.org", id);
	return text;
}

static bool
mailable(int id)
{
	return person[id].alive && person[id].active && !person[id].suppressed;
}

/* Any person, or 0. */
static int
any_person(void)
{
	return people ? 1 + upto(people) : 0;
}

/* Any campaign in a state, or 0. */
static int
any_mailing(enum campaign_state state)
{
	int i, from = upto(CAMPAIGNS);

	for (i = 0; i < CAMPAIGNS; i++)
		if ((from + i) % CAMPAIGNS && (from + i) % CAMPAIGNS <= mailings && mailing[(from + i) % CAMPAIGNS].state == state)
			return (from + i) % CAMPAIGNS;
	return 0;
}

static int
count_state(const struct mailing *m, int state)
{
	int i, n = 0;

	for (i = 1; i <= people; i++)
		n += m->to[i].state == state;
	return n;
}

static void
step_person(void)
{
	int id = any_person();

	if (people < PEOPLE - 1 && (people < 30 || upto(5) == 0)) {
		id = (int)make_subscriber(address_of(++people));
		assert_int_equal(id, people);
		ok(subscription_add(db, id, topic, "imported", &by_test, &err));
		person[id] = (struct person){ .alive = true, .active = true, .since = now, .joined = steps_done };
		return;
	}
	if (!person[id].alive)
		return;
	if (person[id].active && upto(3)) {
		return; /* most people stay */
	} else if (person[id].active) {
		assert_int_equal(subscription_leave(db, id, topic, 0, "page", &by_test, &err), 1);
		person[id].active = false;
	} else {
		ok(subscription_request(db, id, topic, &by_test, &err));
		if (upto(2)) {
			ok(subscription_confirm(db, id, topic, &by_test, &err));
			person[id].suppressed = false; /* a fresh double opt-in lifts it */
			person[id].active = true;
			person[id].since = now;
			person[id].joined = steps_done;
		}
	}
}

static void
step_suppress(void)
{
	int id = any_person();

	if (!id)
		return;
	if (person[id].suppressed)
		ok(suppression_lift(db, address_of(id), &err));
	else
		ok(suppression_add(db, address_of(id), SUPPRESSED_HARD, "test", &err));
	person[id].suppressed = !person[id].suppressed;
}

static void
step_erase(void)
{
	int id = any_person();

	if (!id || !person[id].alive || upto(4))
		return;
	ok(subscriber_delete(db, id, &err));
	person[id].alive = person[id].active = false;
}

static void
step_start(void)
{
	struct campaign c = { .kind = "promotion", .topic_id = topic, .subject = "s", .created_by = "ann", .start_at = now };
	struct mailing *m;
	int i;

	if (mailings == CAMPAIGNS - 1 || any_mailing(CAMPAIGN_SENDING))
		if (mailings == CAMPAIGNS - 1 || upto(8))
			return;
	ok(campaign_create(db, &c, &err));
	assert_int_equal(c.id, ++mailings);
	ok(campaign_start(db, c.id, now + 1000, &err));
	m = &mailing[mailings];
	m->state = CAMPAIGN_SENDING;
	m->started_at = m->high_since = now;
	m->start_step = steps_done;
	m->cursor = 0;
	m->high = raw_int("SELECT coalesce(max(id), 0) FROM subscriber");
	for (i = 0; i < PEOPLE; i++) {
		m->to[i].state = -1;
		if (person[i].alive && person[i].active && person[i].since > m->high_since)
			m->high_since = person[i].since;
	}
}

static bool
is_due(const struct message *to)
{
	return to->state == DELIVERY_DEFERRED && to->next_at <= now;
}

/* What a claim must do by the model: fill want[], move the model on. Returns how many. */
static int
expect_claim(struct mailing *m, int size, int *want)
{
	int i, best, n = 0, rows = 0;
	struct message *to;

	while (rows < size) { /* deferred ones whose time has come, the earliest first */
		for (best = 0, i = 1; i <= people; i++)
			if (is_due(&m->to[i]) && (!best || m->to[i].next_at < m->to[best].next_at))
				best = i;
		if (!best)
			break;
		rows++;
		to = &m->to[best];
		to->state = mailable(best) ? DELIVERY_CLAIMED : DELIVERY_SKIPPED;
		to->at = now;
		if (to->state == DELIVERY_CLAIMED) {
			to->attempts++;
			want[n++] = best;
		}
	}
	m->exhausted = false;
	if (rows == size)
		return n;
	for (rows = n, i = (int)m->cursor + 1; i <= people && i <= m->high && rows < size; i++) {
		if (!person[i].alive || !person[i].active || person[i].since > m->high_since)
			continue;
		rows++;
		assert_int_equal(m->to[i].state, -1);
		m->cursor = i;
		m->to[i].state = mailable(i) ? DELIVERY_CLAIMED : DELIVERY_SKIPPED;
		m->to[i].attempts = m->to[i].state == DELIVERY_CLAIMED;
		m->to[i].at = now;
		if (m->to[i].state == DELIVERY_CLAIMED)
			want[n++] = i;
	}
	m->exhausted = rows < size;
	return n;
}

static void
step_claim(bool crash)
{
	struct delivery_claim claims[SIZE_MAX_CLAIM];
	struct campaign_tally tally = { 0 };
	int id = any_mailing(CAMPAIGN_SENDING), size = upto(SIZE_MAX_CLAIM + 1), want[SIZE_MAX_CLAIM], i, n;
	struct campaign c;
	bool exhausted;

	if (!id)
		return;
	assert_int_equal(campaign_get(db, id, &c, &err), 1);
	assert_int_equal(c.cursor, mailing[id].cursor);
	n = delivery_claim(db, &c, claims, (size_t)size, &tally, &exhausted, &err);
	ok(n);
	ok(campaign_tally(db, id, &tally, &err));
	if (crash) { /* before it was committed: nothing happened */
		db_rollback(db);
		begin();
		return;
	}
	assert_int_equal(n, expect_claim(&mailing[id], size, want));
	for (i = 0; i < n; i++) {
		assert_int_equal(claims[i].who.id, want[i]);
		assert_int_equal(claims[i].attempts, mailing[id].to[want[i]].attempts);
		assert_string_equal(claims[i].who.address, address_of(want[i]));
		assert_int_equal(mailing[id].to[want[i]].accepted, 0);
	}
	assert_int_equal(exhausted, mailing[id].exhausted);
	assert_int_equal(c.cursor, mailing[id].cursor);
}

static void
step_record(void)
{
	static const enum delivery_state states[] = { DELIVERY_ACCEPTED, DELIVERY_DEFERRED, DELIVERY_REFUSED, DELIVERY_SKIPPED };
	struct delivery_result r = { .state = states[upto(6) % 4], .next_at = now + upto(40), .code = 250, .reply = "x" };
	int class = upto(3);
	struct campaign_tally t = { 0 };
	struct delivery_claim claim = { 0 };
	struct message *to;
	int id = upto(8) || !mailings ? any_mailing(CAMPAIGN_SENDING) : 1 + upto(mailings), i, from;

	if (!id || mailing[id].state == CAMPAIGN_DONE || mailing[id].forgotten)
		return;
	if (r.state == DELIVERY_REFUSED || r.state == DELIVERY_DEFERRED) {
		r.class = classes[class];
		r.code = r.state == DELIVERY_REFUSED && upto(4) ? 550 : 450;
		r.not_tried = upto(3) == 0; /* means something with DEFERRED only */
	} else {
		class = 0;
	}
	from = upto(PEOPLE);
	for (i = 0; i < PEOPLE && mailing[id].to[(from + i) % PEOPLE].state != DELIVERY_CLAIMED; i++)
		;
	i = (from + i) % PEOPLE;
	to = &mailing[id].to[i];
	claim.campaign_id = id;
	claim.who.id = i;
	if (to->state != DELIVERY_CLAIMED) { /* a reply that comes too late changes nothing */
		assert_int_equal(delivery_record(db, &claim, &r, &err), 0);
		return;
	}
	assert_int_equal(delivery_record(db, &claim, &r, &err), 1);
	t.accepted = r.state == DELIVERY_ACCEPTED;
	t.deferred = r.state == DELIVERY_DEFERRED;
	t.refused = r.state == DELIVERY_REFUSED;
	t.skipped = r.state == DELIVERY_SKIPPED;
	ok(campaign_tally(db, id, &t, &err));
	to->state = (int)r.state;
	to->next_at = r.next_at;
	to->at = now;
	if (r.state == DELIVERY_DEFERRED && r.not_tried) {
		to->attempts--;
		if (!r.class)
			class = to->class;
	}
	to->class = class;
	to->code = r.code;
	to->accepted += r.state == DELIVERY_ACCEPTED;
	assert_true(to->accepted <= 1);
}

static void
step_recover(void)
{
	int id = any_mailing(CAMPAIGN_SENDING), i, want;
	bool hold = upto(3) == 0;
	int64_t n;

	if (!id)
		return;
	want = count_state(&mailing[id], DELIVERY_CLAIMED);
	ok(delivery_recover(db, id, hold, &n, &err));
	assert_int_equal(n, want);
	for (i = 1; i <= people; i++)
		if (mailing[id].to[i].state == DELIVERY_CLAIMED) {
			mailing[id].to[i].state = hold ? DELIVERY_UNKNOWN : DELIVERY_DEFERRED;
			mailing[id].to[i].next_at = mailing[id].to[i].at = now;
		}
}

static void
step_give_up(void)
{
	int id = any_mailing(CAMPAIGN_SENDING), i, want;
	int64_t n;

	if (!id || now < mailing[id].started_at + 200)
		return;
	want = count_state(&mailing[id], DELIVERY_DEFERRED);
	ok(delivery_give_up(db, id, &n, &err));
	assert_int_equal(n, want);
	for (i = 1; i <= people; i++)
		if (mailing[id].to[i].state == DELIVERY_DEFERRED) {
			mailing[id].to[i].state = DELIVERY_REFUSED;
			mailing[id].to[i].at = now;
		}
}

static bool
is_over(const struct mailing *m)
{
	return m->exhausted && !count_state(m, DELIVERY_CLAIMED) && !count_state(m, DELIVERY_DEFERRED);
}

/*
 * At the end of a campaign: nobody who was on the list all the time was missed, whatever the clock did.
 */
static void
check_done(const struct mailing *m)
{
	int i;

	for (i = 1; i <= people; i++) {
		if (i <= m->high && person[i].active && person[i].joined < m->start_step)
			assert_int_not_equal(m->to[i].state, -1);
		if (i > m->high)
			assert_int_equal(m->to[i].state, -1);
	}
}

static void
step_state(void)
{
	int id = any_mailing(CAMPAIGN_SENDING), paused = any_mailing(CAMPAIGN_PAUSED);

	if (paused && upto(2)) {
		ok(campaign_resume(db, paused, &err));
		mailing[paused].state = CAMPAIGN_SENDING;
	} else if (id && is_over(&mailing[id])) {
		ok(campaign_finish(db, id, &err));
		mailing[id].state = CAMPAIGN_DONE;
		mailing[id].finished_at = now;
		check_done(&mailing[id]);
	} else if (id && upto(24) == 0) {
		ok(campaign_cancel(db, id, "test", &err));
		mailing[id].state = CAMPAIGN_CANCELLED;
		mailing[id].finished_at = now;
	} else if (id && upto(4) == 0) {
		ok(campaign_pause(db, id, "test", &err));
		mailing[id].state = CAMPAIGN_PAUSED;
	}
}

static void
step_delete_old(void)
{
	int64_t n, before = now - 3000;
	int i;

	ok(delivery_delete_old(db, before, 1 + upto(30), &n, &err));
	for (i = 1; n && i <= mailings; i++)
		if (mailing[i].finished_at && mailing[i].finished_at < before)
			mailing[i].forgotten = true;
}

/* Any campaign with all its rows, or 0. */
static int
any_whole(void)
{
	int id = mailings ? 1 + upto(mailings) : 0;

	return id && !mailing[id].forgotten ? id : 0;
}

/* What a retry must do by the model; with `change`, move the model on. */
static void
expect_retry(struct mailing *m, struct ledger_retry *r, bool change)
{
	struct message *to;
	int i;

	for (i = 1; i <= people; i++) {
		to = &m->to[i];
		r->seen += to->state != -1;
		if ((to->state != DELIVERY_REFUSED && to->state != DELIVERY_UNKNOWN && to->state != DELIVERY_DEFERRED) ||
		    (r->pick.state != -1 && r->pick.state != to->state) || (r->pick.class && r->pick.class != classes[to->class]))
			continue;
		if (!mailable(i)) {
			r->gone++;
			continue;
		}
		if (to->state == DELIVERY_REFUSED && to->class == 2 && to->code / 100 == 5 && person[i].since <= to->at) {
			r->dead_ones++;
			continue;
		}
		*(to->state == DELIVERY_REFUSED ? &r->refused : to->state == DELIVERY_UNKNOWN ? &r->unknown
											      : &r->deferred) += 1;
		if (!change)
			continue;
		to->state = DELIVERY_DEFERRED;
		to->next_at = to->at = now;
		if (m->state == CAMPAIGN_DONE)
			m->state = CAMPAIGN_SENDING;
		m->finished_at = 0;
	}
}

static void
step_retry(void)
{
	static const int picks[] = { -1, DELIVERY_REFUSED, DELIVERY_UNKNOWN, DELIVERY_DEFERRED };
	static const char *const dead[] = { "no-such-user", NULL };
	struct ledger_retry r = { .pick = { picks[upto(4)], classes[upto(3)] }, .dead = dead, .deadline = now + 1000 }, want = r;
	int id = any_whole(), rc;

	if (!id)
		return;
	r.count_only = upto(3) == 0;
	if (mailing[id].state == CAMPAIGN_CANCELLED || mailing[id].archived) {
		refused(ledger_retry(db, id, &r, &err), ERR_REFUSED);
		return;
	}
	expect_retry(&mailing[id], &want, !r.count_only);
	while ((rc = ledger_retry(db, id, &r, &err)) == 1)
		;
	ok(rc);
	assert_int_equal(r.seen, want.seen);
	assert_int_equal(r.refused, want.refused);
	assert_int_equal(r.unknown, want.unknown);
	assert_int_equal(r.deferred, want.deferred);
	assert_int_equal(r.gone, want.gone);
	assert_int_equal(r.dead_ones, want.dead_ones);
}

/* Archive, or die in the middle of it. */
static void
step_archive(void)
{
	int id = any_whole(), i, rc = 1, bites = upto(4) ? 100 : upto(3);
	int64_t after = 0, n = 0;
	struct mailing *m = &mailing[id];
	bool flying;

	if (!id)
		return;
	if (m->state != CAMPAIGN_DONE && m->state != CAMPAIGN_CANCELLED) {
		refused(ledger_archive(db, id, &after, &n, &err), ERR_REFUSED);
		return;
	}
	flying = count_state(m, DELIVERY_CLAIMED) && m->finished_at > now - LEDGER_FLIGHT;
	while (bites-- > 0 && (rc = ledger_archive(db, id, &after, &n, &err)) == 1)
		;
	if (rc == -1) {
		assert_true(flying);
		refused(rc, ERR_REFUSED);
	}
	m->archived |= rc == 0;
	assert_false(rc == 0 && flying);
	for (i = 1; i <= after; i++) {
		if (m->to[i].state == DELIVERY_DEFERRED)
			m->to[i].state = DELIVERY_REFUSED;
		if (m->to[i].state == DELIVERY_CLAIMED)
			m->to[i].state = DELIVERY_UNKNOWN;
		m->to[i].class = m->to[i].code = 0;
	}
}

/* As the clerk answers it; now and then nobody was there when it happened. */
static void
step_clock_back(void)
{
	int64_t back = 1 + upto(900), told = upto(3) ? back : 0, n, want = 0;
	struct message *to;
	int i, j;

	clock_set(now -= back);
	for (i = 1; i <= mailings; i++)
		for (j = 1; j <= people && !mailing[i].forgotten; j++) {
			to = &mailing[i].to[j];
			if (to->state != DELIVERY_DEFERRED || (to->at <= now && (!told || to->next_at <= now)))
				continue;
			to->next_at -= to->at - now > told ? to->at - now : told;
			to->at = to->at < now ? to->at : now;
			want++;
		}
	ok(delivery_sooner(db, told, &n, &err));
	assert_int_equal(n, want);
}

static void
step(void)
{
	int what = upto(100);

	if (what < 24)
		did[0]++, step_person();
	else if (what < 28)
		did[1]++, step_suppress();
	else if (what < 30)
		did[2]++, step_erase();
	else if (what < 33)
		did[3]++, step_start();
	else if (what < 53)
		did[4]++, step_claim(false);
	else if (what < 56)
		did[5]++, step_claim(true);
	else if (what < 84)
		did[6]++, step_record();
	else if (what < 87)
		did[7]++, step_recover();
	else if (what < 89)
		did[8]++, step_give_up();
	else if (what < 93)
		did[9]++, step_state();
	else if (what < 95)
		did[10]++, step_delete_old();
	else if (what < 97)
		did[11]++, step_retry();
	else if (what < 98)
		did[12]++, step_archive();
	else if (upto(8))
		clock_set(now += upto(100) ? upto(80) : 1500);
	else
		step_clock_back();
}

static void
compare_all(void)
{
	struct delivery d;
	int i, j, rc;

	for (i = 1; i <= mailings; i++)
		for (j = 1; j <= people && !mailing[i].forgotten; j++) {
			rc = delivery_find(db, i, j, &d, &err);
			assert_int_equal(rc, mailing[i].to[j].state == -1 ? 0 : 1);
			if (rc) {
				assert_int_equal(d.state, mailing[i].to[j].state);
				assert_int_equal(d.attempts, mailing[i].to[j].attempts);
				assert_int_equal(d.at, mailing[i].to[j].at);
				assert_string_equal(d.class, mailing[i].to[j].class ? classes[mailing[i].to[j].class] : "");
			}
		}
}

static void
test_random(void **state)
{
	unsigned first = getenv("NEWSLETTER_SEED") ? (unsigned)atoi(getenv("NEWSLETTER_SEED")) : 1;
	int i, steps = getenv("NEWSLETTER_STEPS") ? atoi(getenv("NEWSLETTER_STEPS")) : 3000;
	const char *why;

	(void)state;
	memset(person, 0, sizeof(person));
	memset(mailing, 0, sizeof(mailing));
	people = mailings = 0;
	now = T0;
	seed = first;
	topic = make_topic("articles");
	begin();
	for (i = 0; i < 30; i++)
		step_person();
	for (i = 0; i < steps; i++) {
		steps_done++;
		step();
		commit();
		if ((why = invariants_broken()))
			fail_msg("seed %u, step %d: %s", first, i, why);
		begin();
	}
	compare_all();
	commit();
	for (i = 0; i <= 12; i++)
		if (did[i] < steps / 200)
			fail_msg("step %d was done %d times only: this is no test", i, did[i]);
	assert_true(raw_int("SELECT sum(accepted) FROM campaign") > steps / 40);
	assert_true(raw_int("SELECT count(*) FROM campaign WHERE state = 'done'") > steps / 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
