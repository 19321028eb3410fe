/* test_segment.c - segments: what is refused and why, the canonical text, and who is in one, beside a slow and obvious answer. */
#include "store_fixture.h"

#include "../../lib/store/segment_private.h"
#include "store/campaign.h"
#include "store/segment.h"
#include "store/subscription.h"

static const struct {
	const char *name, *text, *canonical;
} good[] = {
	{ "everybody", "", "" },
	{ "only white space", " \t\r\n", "" },
	{ "one", "topic=articles", "topic=articles" },
	{ "upper case", "TOPIC=Articles AND Language = ES", "topic=articles and language=es" },
	{ "active is topic", "active=articles", "topic=articles" },
	{ "the other not equal", "topic<>articles", "topic!=articles" },
	{ "precedence", "topic=a or topic=b and topic=c", "topic=a or topic=b and topic=c" },
	{ "needed parentheses", "(topic=a or topic=b) and topic=c", "(topic=a or topic=b) and topic=c" },
	{ "idle parentheses", "((topic=a) and (topic=b and topic=c))", "topic=a and topic=b and topic=c" },
	{ "not binds most", "not topic=a and topic=b", "not topic=a and topic=b" },
	{ "not of several", "not (topic=a and topic=b)", "not (topic=a and topic=b)" },
	{ "not not", "not not topic=a", "not not topic=a" },
	{ "list", "language in(es,'en')", "language in (es, en)" },
	{ "list of one", "language in (es)", "language=es" },
	{ "not in", "language not in (es, en)", "language not in (es, en)" },
	{ "quotes", "name='Ann O''Hara'", "name='Ann O''Hara'" },
	{ "double quotes", "name=\"say \"\"hi\"\"\"", "name='say \"hi\"'" },
	{ "no name", "name=''", "name=''" },
	{ "a name that is a word of the grammar", "name='and'", "name='and'" },
	{ "the same without quotes", "name=AND", "name='AND'" },
	{ "UTF-8", "name=Zoë", "name=Zoë" },
	{ "a field as a value", "name=topic", "name=topic" },
	{ "subdomains", "domain=*.Example.ORG", "domain=*.example.org" },
	{ "a day", "joined>2026-01-01", "joined>2026-01-01" },
	{ "a time", "joined >= '2026-01-01 10:30'", "joined>='2026-01-01 10:30'" },
	{ "a time with a zone", "joined<2026-01-01T10:30:00Z", "joined<2026-01-01T10:30:00Z" },
	{ "a time ago", "confirmed < -30D", "confirmed<-30d" },
	{ "a campaign", "not campaign=12", "not campaign=12" },
	{ "states", "state in (left, bounced) or pending=articles", "state in (left, bounced) or pending=articles" },
	{ "no spaces", "topic=a and(topic=b)", "topic=a and topic=b" },
};

static const struct {
	const char *name, *text, *says;
} bad[] = {
	{ "a word alone", "articles", "column 1: \"articles\" is no field; there are: topic, pending" },
	{ "a field alone", "topic", "column 6: it ends where one of = != in should follow" },
	{ "a time's field alone", "joined", "column 7: it ends where one of = < <= > >= should follow" },
	{ "no value", "topic=", "column 7: it ends where a value should follow" },
	{ "unknown field", "topic=a and lang=es", "column 13: \"lang\" is no field" },
	{ "columns are characters", "name=Zoë and x=1", "column 14: \"x\" is no field" },
	{ "two values", "topic=a b", "column 9: \"b\" stands where \"and\", \"or\" or the end should be" },
	{ "open parenthesis", "(topic=a", "column 9: it ends where \"and\", \"or\" or \")\" should follow" },
	{ "close parenthesis", "topic=a)", "column 8: \")\" stands where" },
	{ "and at the end", "topic=a and", "column 12: it ends where a field" },
	{ "and at the beginning", "and topic=a", "column 1: \"and\" stands where a field" },
	{ "not before an operator", "topic not = a", "column 11: \"=\" stands where \"in\" should be" },
	{ "an empty list", "topic in ()", "column 11: \")\" stands where a value should be" },
	{ "an open list", "topic in (a, b", "column 15: it ends where \",\" or \")\" should follow" },
	{ "open quote", "name='Ann", "column 6: the quote that begins here does not end" },
	{ "an open quote first", "'Ann", "column 1: the quote that begins here does not end" },
	{ "an open quote behind not", "not 'Ann", "column 5: the quote that begins here does not end" },
	{ "an open quote behind and", "topic=a and 'Ann", "column 13: the quote that begins here does not end" },
	{ "an open quote behind or", "topic=a or 'Ann", "column 12: the quote that begins here does not end" },
	{ "an open quote in a list", "name in (Ann, 'Ben)", "column 15: the quote that begins here does not end" },
	{ "an open quote first in a list", "name in ('Ben)", "column 10: the quote that begins here does not end" },
	{ "less than a topic", "topic<a", "column 6: topic is compared with = and !=" },
	{ "not a day", "joined!=2026-01-01", "column 7: joined is compared with = < <= > >=" },
	{ "days in a list", "joined in (2026-01-01)", "column 8: joined is compared with" },
	{ "a bad day", "joined>2026-02-31", "column 8: \"2026-02-31\" is no time" },
	{ "a time from now on", "joined>+2h", "column 8: \"+2h\" is no time" },
	{ "at a time ago", "joined=-2d", "column 8: a time ago is compared with" },
	{ "a bad time ago", "joined>-2x", "column 8: \"2x\" is no length of time" },
	{ "a bad state", "state=gone", "column 7: \"gone\" is no state; there are: active, pending" },
	{ "a bad domain", "domain='ex ample'", "column 8: \"ex ample\" is no mail domain" },
	{ "a domain in letters of its own", "domain=bücher.example", "an international one as xn--" },
	{ "an address", "domain=a@example.org", "is no mail domain" },
	{ "a bad language", "language=e", "column 10: \"e\" is no language's code" },
	{ "no language", "language=''", "column 10: \"\" is no language's code" },
	{ "a bad campaign", "campaign=x", "column 10: \"x\" is no campaign's number" },
	{ "campaign 0", "campaign=0", "is no campaign's number" },
	{ "a bad topic", "topic='a b'", "column 7: \"a b\" is no topic's name" },
	{ "a semicolon", "topic=a; DROP TABLE topic", "column 8: \";\" stands where" },
	{ "a comment", "topic=a -- b", "column 9: \"--\" stands where" },
	{ "two equals signs", "topic==a", "column 7: \"=\" stands where a value should be" },
	{ "broken UTF-8", "name=\xff", "it must be UTF-8" },
	{ "a control character", "name='\x01'", "without control characters" },
};

static void
test_text(void **state)
{
	struct segment *s, *again;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		print_message("    %s\n", good[i].name);
		ok(segment_parse(good[i].text, &s, &err));
		assert_string_equal(segment_text(s), good[i].canonical);
		ok(segment_parse(segment_text(s), &again, &err));
		assert_string_equal(segment_text(again), good[i].canonical);
		segment_free(s);
		segment_free(again);
	}
}

static void
test_refused(void **state)
{
	struct segment *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("    %s\n", bad[i].name);
		if (segment_parse(bad[i].text, &s, &err) != -1)
			fail_msg("taken: %s", bad[i].text);
		assert_null(s);
		assert_int_equal(err.code, ERR_USAGE);
		if (!strstr(err.text, bad[i].says))
			fail_msg("says: %s", err.text);
	}
}

static void
repeat(struct buf *out, const char *text, int times)
{
	buf_reset(out);
	while (times--)
		buf_addstr(out, text);
}

static void
test_bounds(void **state)
{
	struct buf text = BUF_INIT;
	struct segment *s;
	int i;

	(void)state;
	repeat(&text, "not ", 16);
	buf_addstr(&text, "topic=a");
	ok(segment_parse(text.data, &s, &err));
	segment_free(s);
	repeat(&text, "not ", 17);
	buf_addstr(&text, "topic=a");
	refused(segment_parse(text.data, &s, &err), ERR_USAGE);
	repeat(&text, "(", 17);
	refused(segment_parse(text.data, &s, &err), ERR_USAGE);
	repeat(&text, "any=a or ", 63);
	buf_addstr(&text, "any=a");
	ok(segment_parse(text.data, &s, &err));
	segment_free(s);
	repeat(&text, "any=a or ", 64);
	buf_addstr(&text, "any=a");
	refused(segment_parse(text.data, &s, &err), ERR_USAGE);
	repeat(&text, " ", SEGMENT_MAX);
	ok(segment_parse(text.data, &s, &err));
	segment_free(s);
	buf_addch(&text, ' ');
	refused(segment_parse(text.data, &s, &err), ERR_USAGE);
	buf_reset(&text);
	buf_addstr(&text, "name='");
	for (i = 0; i < SUBSCRIBER_NAME; i++)
		buf_addch(&text, 'a');
	buf_addstr(&text, "'");
	refused(segment_parse(text.data, &s, &err), ERR_USAGE);
	/* the canonical text is longer than what was written, and may not be too long either */
	buf_reset(&text);
	buf_addstr(&text, "name in(");
	while (text.len < SEGMENT_MAX - 40)
		buf_addstr(&text, "aaaaaaaaaaaaaaaaaaaa,");
	buf_addstr(&text, "aaaaaaaaaaaaaaaaaa)");
	assert_true(text.len <= SEGMENT_MAX);
	refused(segment_parse(text.data, &s, &err), ERR_USAGE);
	buf_release(&text);
}

/* A made list of people: the store's, and the same in memory for the slow answer. */
#define PEOPLE 300
#define TOPICS 3

static const char *const slugs[TOPICS] = { "articles", "promotions", "events" };
static const char *const languages[] = { "", "en", "es", "pt-BR" };
static const char *const domains[] = { "example.org", "mail.example.org", "badexample.org", "example.net" };
static const char *const names[] = { "", "Ann", "O'Hara", "and" };

static struct person {
	int64_t id, joined, since[TOPICS];
	int state[TOPICS]; /* -1: none */
	int language, domain, name;
	bool got; /* campaign 1 */
} people[PEOPLE];
static int64_t topic_ids[TOPICS];

/* Small, and the same each time. */
static unsigned
dice(unsigned n)
{
	static unsigned x = 2463534242;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % n;
}

static void
make_person(struct person *p, int i)
{
	char address[80], text[256];
	int t;

	p->language = (int)dice(4);
	p->domain = (int)dice(4);
	p->name = (int)dice(4);
	p->joined = T0 - 86400 * (int64_t)dice(100);
	snprintf(address, sizeof(address), "p%d@%s", i, domains[p->domain]);
	p->id = make_subscriber(address);
	ok(subscriber_set_name(db, p->id, names[p->name], &err));
	ok(subscriber_set_language(db, p->id, languages[p->language], &err));
	commit();
	snprintf(text, sizeof(text), "UPDATE subscriber SET created_at = %lld WHERE id = %lld", (long long)p->joined, (long long)p->id);
	assert_int_equal(raw_exec(text), SQLITE_OK);
	for (t = 0; t < TOPICS; t++) {
		p->state[t] = (int)dice(7) - 1;
		p->since[t] = p->joined + 86400 * (int64_t)dice(20);
		if (p->state[t] == 5)
			p->state[t] = SUB_ACTIVE;
		snprintf(text, sizeof(text), "INSERT INTO subscription VALUES (%lld, %lld, %d, %lld)", (long long)topic_ids[t],
		    (long long)p->id,
		    p->state[t], (long long)p->since[t]);
		if (p->state[t] >= 0)
			assert_int_equal(raw_exec(text), SQLITE_OK);
	}
	t = (int)dice(7) - 1; /* a state in the ledger, or none */
	p->got = t >= 0 && t != 3 && t != 5;
	snprintf(text, sizeof(text),
	    "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, next_at) VALUES (1, %lld, %d, 1, 1, %s)",
	    (long long)p->id, t, t == 2 ? "1" : "NULL");
	if (t >= 0)
		assert_int_equal(raw_exec(text), SQLITE_OK);
	begin();
}

static void
make_people(void)
{
	struct campaign c = { .kind = "articles", .subject = "s", .created_by = "t", .start_at = T0 };
	int i;

	for (i = 0; i < TOPICS; i++)
		topic_ids[i] = make_topic(slugs[i]);
	db_set_language(db, "en");
	c.topic_id = topic_ids[0];
	begin();
	ok(campaign_create(db, &c, &err));
	assert_int_equal(c.id, 1);
	for (i = 0; i < PEOPLE; i++)
		make_person(&people[i], i);
	/* who is gone is in the ledger still */
	commit();
	assert_int_equal(raw_exec("INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) VALUES (1, 150000, 1, 1, 1)"),
	    SQLITE_OK);
}

/* The slow answer: a random expression as text, and whether a person is in it, made side by side. */
struct wish {
	enum {
		TOPIC_STATE,
		STATE,
		LANGUAGE,
		DOMAIN,
		NAME,
		JOINED,
		CONFIRMED,
		CAMPAIGN,
		NOT,
		AND,
		OR
	} kind;
	int a, b;       /* what is compared with, or the wishes inside */
	int op, second; /* second: another value, or -1 */
	bool list;
};
static struct wish wishes[64];
static int wished;

static int
wish_make(int depth)
{
	int i = wished++;
	struct wish w = { .kind = depth ? dice(14) : dice(8), .second = -1 };

	if (w.kind > OR)
		w.kind = AND;
	if (w.kind >= NOT) {
		w.a = wish_make(depth - 1);
		w.b = w.kind == NOT ? 0 : wish_make(depth - 1);
	} else {
		w.a = (int)dice(w.kind == TOPIC_STATE ? 18 : w.kind == STATE ? 5
			: w.kind == CAMPAIGN                                 ? 1
			: w.kind >= JOINED                                   ? 100
									     : 4);
		w.op = (int)dice(w.kind == JOINED || w.kind == CONFIRMED ? 5 : 2);
		w.list = w.kind < JOINED && w.kind != TOPIC_STATE && dice(3) == 0;
		w.second = w.list ? (int)dice(4) : -1;
	}
	wishes[i] = w;
	return i;
}

static const char *const state_names[] = { "pending", "active", "left", "bounced", "complained", "any" };

static void
value_text(struct buf *out, const struct wish *w, int value)
{
	static const char *const domain_texts[] = { "example.org", "*.example.org", "badexample.org", "*.net" };

	if (w->kind == STATE)
		buf_addstr(out, state_names[value]);
	else if (w->kind == LANGUAGE)
		buf_addstr(out, languages[value][0] ? languages[value] : "fr");
	else if (w->kind == DOMAIN)
		buf_addstr(out, domain_texts[value]);
	else if (w->kind == NAME)
		buf_addf(out, value == 2 ? "\"%s\"" : "'%s'", names[value]);
	else
		buf_addch(out, '1');
}

static void
wish_text(struct buf *out, int i)
{
	static const char *const ops[] = { " = ", "<", "<=", ">", ">=" };
	const struct wish *w = &wishes[i];
	char day[CLOCK_TEXT];

	switch (w->kind) {
	case NOT:
		buf_addstr(out, "NOT (");
		wish_text(out, w->a);
		buf_addch(out, ')');
		return;
	case AND:
	case OR:
		buf_addch(out, '(');
		wish_text(out, w->a);
		buf_addstr(out, w->kind == AND ? ") and (" : ") Or (");
		wish_text(out, w->b);
		buf_addch(out, ')');
		return;
	case TOPIC_STATE:
		buf_addf(out, "%s%s%s", state_names[w->a / TOPICS], w->op ? "!=" : "=", slugs[w->a % TOPICS]);
		return;
	case JOINED:
	case CONFIRMED:
		buf_addf(out, "%s%s%.10s", w->kind == JOINED ? "joined" : "confirmed", ops[w->op],
		    clock_iso(day, T0 - 86400 * (int64_t)w->a));
		return;
	default:
		break;
	}
	buf_addstr(out, ((const char *const[]){ "", "state", "language", "domain", "name", "", "", "campaign" })[w->kind]);
	if (w->list) {
		buf_addstr(out, w->op ? " not in (" : " in (");
		value_text(out, w, w->a);
		buf_addstr(out, " , ");
		value_text(out, w, w->second);
		buf_addch(out, ')');
		return;
	}
	buf_addstr(out, w->op ? " <> " : "=");
	value_text(out, w, w->a);
}

static bool
compare_days(int64_t t, int op, int ago)
{
	int64_t day = T0 / 86400 - ago, own = t / 86400;

	if (!t)
		return false;
	return op == 0 ? own == day : op == 1 ? own < day
	    : op == 2                         ? own <= day
	    : op == 3                         ? own > day
					      : own >= day;
}

static bool
has_value(const struct person *p, const struct wish *w, int value)
{
	int t;

	switch (w->kind) {
	case TOPIC_STATE:
		t = p->state[value % TOPICS];
		return value / TOPICS == 5 ? t >= 0 : t == value / TOPICS;
	case STATE:
		for (t = 0; t < TOPICS; t++)
			if (p->state[t] == value)
				return true;
		return false;
	case LANGUAGE:
		return value && (p->language == value || (value == 1 && p->language == 0)); /* 0 stands for a language that nobody has */
	case DOMAIN:
		return value == 0 ? p->domain == 0 : value == 1 ? p->domain < 2
		    : value == 2                                ? p->domain == 2
								: p->domain == 3;
	case NAME:
		return p->name == value;
	default:
		return p->got;
	}
}

static bool
wish_holds(int i, const struct person *p)
{
	const struct wish *w = &wishes[i];
	int64_t oldest = 0;
	int t;

	switch (w->kind) {
	case NOT:
		return !wish_holds(w->a, p);
	case AND:
		return wish_holds(w->a, p) && wish_holds(w->b, p);
	case OR:
		return wish_holds(w->a, p) || wish_holds(w->b, p);
	case JOINED:
		return compare_days(p->joined, w->op, w->a);
	case CONFIRMED:
		for (t = 0; t < TOPICS; t++)
			if (p->state[t] == SUB_ACTIVE && (!oldest || p->since[t] < oldest))
				oldest = p->since[t];
		return compare_days(oldest, w->op, w->a);
	default:
		return (has_value(p, w, w->a) || (w->list && has_value(p, w, w->second))) != (w->op == 1);
	}
}

struct walk {
	int64_t after;
	int n, root;
	bool in[PEOPLE];
};

static int
visit(void *ctx, const struct subscriber *who, struct err *e)
{
	struct walk *w = ctx;
	char address[80];
	int i;

	(void)e;
	assert_true(who->id > w->after);
	w->after = who->id;
	for (i = 0; people[i].id != who->id; i++)
		assert_true(i + 1 < PEOPLE);
	snprintf(address, sizeof(address), "p%d@%s", i, domains[people[i].domain]);
	assert_string_equal(who->address, address);
	assert_string_equal(who->key, address);
	assert_string_equal(who->name, names[people[i].name]);
	assert_string_equal(who->language, languages[people[i].language]);
	assert_int_equal(who->created_at, people[i].joined);
	w->in[i] = true;
	w->n++;
	return 0;
}

/* One expression: each, count, audience and a probe over all say what the slow answer says. */
static void
check(const char *text, int root)
{
	struct walk w = { .root = root };
	struct segment_probe *probe;
	int64_t count, audience, want = 0;
	struct segment *s;
	int i, n = 0;

	ok(segment_parse(text, &s, &err));
	ok(segment_each(db, s, 0, visit, &w, &err));
	ok(segment_count(db, s, &count, &err));
	ok(segment_audience(db, s, topic_ids[1], &audience, &err));
	probe = segment_probe_new(db, s, T0, &err);
	assert_non_null(probe);
	for (i = 0; i < PEOPLE; i++) {
		bool holds = wish_holds(root, &people[i]);

		n += holds;
		want += holds && people[i].state[1] == SUB_ACTIVE;
		if (w.in[i] != holds)
			fail_msg("%s\n    person %d: %s", text, i, holds ? "missed" : "too many");
		if (dice(3) && segment_probe_has(probe, people[i].id, &err) != holds)
			fail_msg("%s\n    person %d: the probe errs", text, i);
	}
	segment_probe_free(probe);
	assert_int_equal(w.n, n);
	assert_int_equal(count, n);
	assert_int_equal(audience, want);
	segment_free(s);
}

static void
test_random(void **state)
{
	struct buf text = BUF_INIT;
	int i;

	(void)state;
	make_people();
	for (i = 0; i < 1500; i++) {
		wished = 0;
		wish_make((int)dice(5));
		buf_reset(&text);
		wish_text(&text, 0);
		if (text.len <= SEGMENT_MAX / 2)
			check(text.data, 0);
	}
	buf_release(&text);
}

static int64_t
count_of(const char *text)
{
	struct segment *s;
	int64_t n;

	ok(segment_parse(text, &s, &err));
	ok(segment_count(db, s, &n, &err));
	segment_free(s);
	return n;
}

static void
count_refused(const char *text, const char *says)
{
	struct segment *s;
	int64_t n;

	ok(segment_parse(text, &s, &err));
	assert_int_equal(segment_check(db, s, &err), -1);
	assert_int_equal(segment_count(db, s, &n, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	if (!strstr(err.text, says))
		fail_msg("says: %s", err.text);
	segment_free(s);
}

/* What it names must be there; and what a ledger that was deleted said is not "nobody". */
static void
test_names(void **state)
{
	(void)state;
	make_people();
	count_refused("topic=articles and topic=article", "column 26: unknown topic \"article\"; there are: articles, promotions, events");
	count_refused("left in (articles, x)", "column 20: unknown topic \"x\"");
	count_refused("not campaign=2", "column 14: there is no campaign 2");
	assert_true(count_of("campaign=1") > 0);
	assert_int_equal(raw_exec("UPDATE campaign SET accepted = (SELECT count(*) FROM delivery)"), SQLITE_OK);
	assert_true(count_of("campaign=1") > 0);
	assert_int_equal(raw_exec("DELETE FROM delivery WHERE subscriber_id < 20"), SQLITE_OK); /* a part of it */
	count_refused("not campaign=1", "column 14: who got campaign 1 is not known any more");
	assert_int_equal(raw_exec("DELETE FROM delivery"), SQLITE_OK);
	count_refused("not campaign=1", "column 14: who got campaign 1 is not known any more");
}

/* Days are the site's, and a time ago is counted from now. */
static void
test_times(void **state)
{
	int64_t id;

	(void)state;
	begin();
	id = make_subscriber("ann@example.org");
	commit();
	assert_int_equal(id, 1);
	/* 2026-03-29 00:00 in Madrid, a day of 23 hours */
	assert_int_equal(raw_exec("UPDATE subscriber SET created_at = 1774738800"), SQLITE_OK);
	ok(clock_init("Europe/Madrid", &err));
	assert_int_equal(count_of("joined=2026-03-29"), 1);
	assert_int_equal(count_of("joined>=2026-03-29"), 1);
	assert_int_equal(count_of("joined<2026-03-29"), 0);
	assert_int_equal(count_of("joined>2026-03-28"), 1);
	assert_int_equal(raw_exec("UPDATE subscriber SET created_at = created_at + 23 * 3600 - 1"), SQLITE_OK);
	assert_int_equal(count_of("joined=2026-03-29"), 1);
	assert_int_equal(count_of("joined<=2026-03-29"), 1);
	assert_int_equal(count_of("joined>2026-03-29"), 0);
	assert_int_equal(raw_exec("UPDATE subscriber SET created_at = created_at + 1"), SQLITE_OK);
	assert_int_equal(count_of("joined=2026-03-29"), 0);
	assert_int_equal(count_of("joined>2026-03-29"), 1);
	assert_int_equal(count_of("joined='2026-03-30 00:00'"), 1);
	assert_int_equal(count_of("joined>'2026-03-30 00:00'"), 0);
	ok(clock_init("UTC", &err));
	clock_set(1774738800 + 23 * 3600 + 86400);
	assert_int_equal(count_of("joined>=-1d"), 1);
	assert_int_equal(count_of("joined>-1d"), 0);
	assert_int_equal(count_of("joined<-23h"), 1);
	assert_int_equal(count_of("confirmed<-1s"), 0); /* who is subscribed to nothing */
	assert_int_equal(count_of("not confirmed<-1s"), 1);
}

static int
stop(void *ctx, const struct subscriber *who, struct err *e)
{
	int *n = ctx;

	(void)who;
	return ++*n == 3 ? err_set(e, ERR_REFUSED, "enough") : 0;
}

static void
test_walk(void **state)
{
	struct walk w = { .after = 0 };
	struct segment *s;
	int n = 0;

	(void)state;
	make_people();
	ok(segment_parse("", &s, &err));
	refused(segment_each(db, s, 0, stop, &n, &err), ERR_REFUSED);
	assert_int_equal(n, 3);
	w.after = people[PEOPLE - 11].id;
	ok(segment_each(db, s, w.after, visit, &w, &err));
	assert_int_equal(w.n, 10);
	segment_free(s);
}

/* Nobody has a topic that there is not; who is not there is not found. */
static void
test_nobody(void **state)
{
	struct segment_probe *p;
	struct subscriber who;
	struct segment *s;
	int64_t n;

	(void)state;
	make_topic("articles");
	begin();
	make_subscriber("ann@example.org");
	commit();
	ok(segment_parse("", &s, &err));
	ok(segment_audience(db, s, 99, &n, &err));
	assert_int_equal(n, 0);
	p = segment_probe_open(db, s, T0, true, &err);
	assert_non_null(p);
	assert_int_equal(segment_probe_person(p, 1, &who, &err), 1);
	assert_int_equal(segment_probe_person(p, 2, &who, &err), 0);
	segment_probe_free(p);
	segment_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_text), cmocka_unit_test(test_refused), cmocka_unit_test(test_bounds),
		store_test(test_random), store_test(test_names), store_test(test_times), store_test(test_walk), store_test(test_nobody) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
