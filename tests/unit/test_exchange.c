/* test_exchange.c - an export that was changed by hand, cut or made up: which line is wrong and why, and nothing of it is taken. */
#include "store_fixture.h"

#include <fcntl.h>

#include "base/encode.h"
#include "base/secret.h"
#include "site/exchange.h"

#define TOPIC "topic,news,News,What is new\r\n"
#define PERSON "person,ann@example.org,Ann,en,2025-06-01T09:30:00Z,0,,,,,\r\n"
#define CONSENT(action, form) "consent,news," action ",2025-06-01T09:30:00Z,192.0.2.1," form ",,page\r\n"
#define SUBSCRIPTION "subscription,news,active,2025-06-01T09:30:00Z\r\n"
#define WORDING "wording,%s,2025-06-01T09:30:00Z,May we?\r\n"
#define SUPPRESSION "suppression,00112233445566778899aabbccddeeff,erased,2025-06-01T09:30:00Z,page\r\n"
#define REST TOPIC WORDING PERSON SUBSCRIPTION CONSENT("confirmed", "%s") SUPPRESSION "end,1,1,1,1,1,1\r\n"

static const struct {
	const char *name, *text; /* after the first line; %s: the hash of the wording */
	const char *want;        /* part of the error, with its line; NULL: taken */
} cases[] = {
	{ "whole", REST, NULL },
	{ "nothing but its head", "", "x.csv:2: the file was cut" },
	{ "cut", TOPIC WORDING PERSON, "the file was cut: its last line is missing" },
	{ "behind its end", "end,0,0,0,0,0,0\r\n" TOPIC, "x.csv:3: the records are not in their order" },
	{ "counts", TOPIC "end,2,0,0,0,0,0\r\n", "x.csv:3: 1 records of the kind topic were read, but the last line says 2" },
	{ "a count that is no number", TOPIC "end,1,0,0,0,0,x\r\n", "the last line says x" },
	{ "a kind that there is not", "toopic,news,News,\r\n", "x.csv:2: \"toopic\" is no kind of record" },
	{ "too few fields", "topic,news,News\r\n", "a record of the kind topic has 4 fields, not 3" },
	{ "too many", "topic,news,News,,\r\n", "has 4 fields, not 5" },
	{ "not UTF-8", "topic,news,N\xffws,\r\n", "it is not UTF-8" },
	{ "a topic behind a person", TOPIC PERSON TOPIC, "x.csv:4: the records are not in their order" },
	{ "evidence of nobody", TOPIC CONSENT("added", ""), "the records are not in their order" },
	{ "a topic of nobody", TOPIC SUBSCRIPTION, "the records are not in their order" },
	{ "a topic twice", TOPIC TOPIC, "x.csv:3: a topic comes twice" },
	{ "a topic's name", "topic,No Name,News,\r\n", "x.csv:2: " },
	{ "a title with a control character", "topic,news,Ne\x01ws,\r\n", "the title of a topic cannot be" },
	{ "a wording without a hash", "wording,,2025-06-01T09:30:00Z,May we?\r\n", "a wording has no hash" },
	{ "a hash that is none", "wording,xyz,2025-06-01T09:30:00Z,May we?\r\n", "a wording has no hash" },
	{ "a wording that was changed", "wording,%s,2025-06-01T09:30:00Z,We may.\r\n" PERSON, "a wording does not have its hash" },
	{ "the last wording was changed", "wording,%s,2025-06-01T09:30:00Z,We may.\r\nend,0,1,0,0,0,0\r\n", "it was changed" },
	{ "a wording again", WORDING PERSON WORDING, "the records are not in their order" },
	{ "a wording that goes on",
	    "wording,%s,2025-06-01T09:30:00Z,May\r\nwording,%s,2025-06-01T09:30:00Z, we?\r\nend,0,2,0,0,0,0\r\n", NULL },
	{ "wordings not in their order",
	    WORDING "wording,0000000000000000000000000000000000000000000000000000000000000000,2025-06-01T09:30:00Z,x\r\n",
	    "x.csv:3: the wordings are not in the order of their hashes" },
	{ "no address", "person,ann,Ann,en,2025-06-01T09:30:00Z,0,,,,,\r\n", "the address cannot be mailed" },
	{ "an address as nobody writes it", "person, ann@example.org,Ann,en,2025-06-01T09:30:00Z,0,,,,,\r\n",
	    "the address cannot be mailed" },
	{ "a name with two lines", "person,ann@example.org,\"A\nb\",en,2025-06-01T09:30:00Z,0,,,,,\r\n", "the name cannot be" },
	{ "no time", "person,ann@example.org,Ann,en,yesterday,0,,,,,\r\n", "a time is not as 2026-03-01T09:30:00Z" },
	{ "a time to come", "person,ann@example.org,Ann,en,2026-01-01T01:00:01Z,0,,,,,\r\n", "a time has not come yet" },
	{ "points without days", "person,ann@example.org,Ann,en,2025-06-01T09:30:00Z,2,,,,,\r\n", "the points for bounces cannot be" },
	{ "days without points", "person,ann@example.org,Ann,en,2025-06-01T09:30:00Z,0,2025-06-02T09:30:00Z,2025-06-02T09:30:00Z,,,\r\n",
	    "the points for bounces cannot be" },
	{ "days the wrong way round",
	    "person,ann@example.org,Ann,en,2025-06-01T09:30:00Z,2,2025-06-03T09:30:00Z,2025-06-02T09:30:00Z,,,\r\n",
	    "the points for bounces cannot be" },
	{ "points below nothing", "person,ann@example.org,Ann,en,2025-06-01T09:30:00Z,-1,,,,,\r\n", "the points for bounces cannot be" },
	{ "a reason that there is not", "person,ann@example.org,Ann,en,2025-06-01T09:30:00Z,0,,,dislike,2025-06-01T09:30:00Z,page\r\n",
	    "a reason of suppression cannot be" },
	{ "a state that there is not", TOPIC PERSON "subscription,news,asleep,2025-06-01T09:30:00Z\r\n", "the state cannot be" },
	{ "a topic that there is not", TOPIC PERSON "subscription,sport,active,2025-06-01T09:30:00Z\r\n",
	    "a topic that is not in the file" },
	{ "a topic twice for one", TOPIC PERSON SUBSCRIPTION SUBSCRIPTION, "x.csv:5: a person has a topic twice" },
	{ "a topic behind the evidence", TOPIC PERSON CONSENT("added", "") SUBSCRIPTION, "the records of a person are not in their order" },
	{ "an action that there is not", TOPIC PERSON CONSENT("thought", ""), "the action cannot be" },
	{ "two actions in one", TOPIC PERSON CONSENT("added left", ""), "the action cannot be" },
	{ "a wording that is not there", TOPIC PERSON CONSENT("confirmed", "%s"), "it names a wording that is not in the file" },
	{ "half a hash", TOPIC PERSON CONSENT("confirmed", "00ff"), "a hash cannot be" },
	{ "a suppression of nobody", "suppression,,erased,2025-06-01T09:30:00Z,page\r\n", "a suppression has no HMAC" },
	{ "a suppression for nothing", "suppression,00112233445566778899aabbccddeeff,,2025-06-01T09:30:00Z,page\r\n",
	    "a reason of suppression cannot be" },
};

static const struct {
	const char *name, *text; /* the whole file; %s: the check of the key */
	enum err_code code;
	const char *want;
} heads[] = {
	{ "empty", "", ERR_INPUT, "it is empty" },
	{ "another CSV", "email,name\r\nann@example.org,Ann\r\n", ERR_INPUT, "it is no export of this program" },
	{ "no version", "newsletter_export\r\n", ERR_INPUT, "it is no export of this program" },
	{ "a version to come", "newsletter_export,2,2025-06-01T09:30:00Z,%s\r\n", ERR_VERSION, "it is of version 2" },
	{ "not whole", "newsletter_export,1,2025-06-01T09:30:00Z\r\n", ERR_INPUT, "its first line is not whole" },
	{ "another key", "newsletter_export,1,2025-06-01T09:30:00Z,0011223344556677\r\n", ERR_REFUSED, "another keys/suppression.key" },
};

static int
take(const char *text, enum exchange_how how, struct exchange_report *report)
{
	FILE *in = tmpfile();
	int rc;

	assert_non_null(in);
	assert_int_equal(fwrite(text, 1, strlen(text), in), strlen(text));
	rc = exchange_read(db, in, "x.csv", how, NULL, NULL, report, &err);
	fclose(in);
	return rc;
}

/* Put a text in the place of each %s. */
static void
fill(struct buf *out, const char *text, const char *in_place)
{
	const char *at;

	while ((at = strstr(text, "%s"))) {
		buf_add(out, text, (size_t)(at - text));
		buf_addstr(out, in_place);
		text = at + 2;
	}
	buf_addstr(out, text);
}

static void
start(struct buf *out)
{
	char check[EXCHANGE_CHECK];

	exchange_key_check(db, check);
	buf_reset(out);
	buf_addf(out, "newsletter_export,1,2025-06-01T09:30:00Z,%s\r\n", check);
}

static void
hash_of(char *out, const char *wording)
{
	uint8_t hash[SHA256_LEN];

	sha256(hash, wording, strlen(wording));
	hex_encode(out, hash, sizeof(hash));
}

static void
refusals(void **state)
{
	struct exchange_report report;
	struct buf text = BUF_INIT;
	char hash[2 * SHA256_LEN + 1];
	size_t i;
	int rc;

	(void)state;
	hash_of(hash, "May we?");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&text);
		fill(&text, cases[i].text, hash);
		/* what is good is only looked at here, since the others must find nothing */
		rc = take(text.data, cases[i].want ? EXCHANGE_ALL : EXCHANGE_DRY, &report);
		if (!cases[i].want != !rc || (rc == -1 && (err.code != ERR_INPUT || !strstr(err.text, cases[i].want))))
			fail_msg("%s: %d, \"%s\"", cases[i].name, rc, err.text);
		err = (struct err)ERR_INIT;
		if (raw_int("SELECT (SELECT count(*) FROM topic) + (SELECT count(*) FROM subscriber) + "
			    "(SELECT count(*) FROM suppression) + "
			    "(SELECT count(*) FROM form_text)") != 0)
			fail_msg("%s: something was taken", cases[i].name);
	}
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		char check[EXCHANGE_CHECK];

		exchange_key_check(db, check);
		buf_reset(&text);
		fill(&text, heads[i].text, check);
		rc = take(text.data, EXCHANGE_ALL, &report);
		if (rc != -1 || err.code != heads[i].code || !strstr(err.text, heads[i].want))
			fail_msg("%s: %d, \"%s\"", heads[i].name, rc, err.text);
		err = (struct err)ERR_INIT;
	}
	buf_release(&text);
}

/* More topics than a site has, and more evidence than a person does; as much as there may be is taken, once. */
static void
bounds(void **state)
{
	struct exchange_report report;
	struct buf text = BUF_INIT;
	int i;

	(void)state;
	start(&text);
	for (i = 0; i <= TOPICS_MAX; i++)
		buf_addf(&text, "topic,t%d,T,\r\n", i);
	refused(take(text.data, EXCHANGE_ALL, &report), ERR_INPUT);
	start(&text);
	buf_addstr(&text, TOPIC PERSON SUBSCRIPTION);
	for (i = 0; i < 100; i++) /* it grows */
		buf_addstr(&text, CONSENT("added", ""));
	buf_addstr(&text, "end,1,0,1,1,100,0\r\n");
	ok(take(text.data, EXCHANGE_ALL, &report));
	assert_int_equal(report.people, 1);
	assert_int_equal(raw_int("SELECT count(*) FROM subscription WHERE state = 1"), 1);
	ok(take(text.data, EXCHANGE_ALL, &report));
	assert_int_equal(report.people, 0);
	assert_int_equal(report.same, 1);
	assert_int_equal(report.consents, 0);
	assert_invariants();
	buf_release(&text);
}

/* Each topic of somebody who is there, by what the file has of it. */
static const struct {
	const char *name, *before; /* what is in the store of her: SQL */
	const char *text;          /* of the file, after PERSON */
	const char *records;       /* of its last line, after the person's: states, consents */
	const char *want;          /* state, and how often there is evidence; "" none */
	int64_t changed, kept;
} merges[] = {
	{ "the same time, ended there", "INSERT INTO subscription VALUES (1, 1, 1, 1748770200)",
	    "subscription,news,left,2025-06-01T09:30:00Z\r\n", "1,0", "2 0", 1, 0 },
	{ "the same time, ended here", "INSERT INTO subscription VALUES (1, 1, 2, 1748770200)",
	    "subscription,news,active,2025-06-01T09:30:00Z\r\n", "1,0", "2 0", 0, 1 },
	{ "the same time, ended in another way", "INSERT INTO subscription VALUES (1, 1, 3, 1748770200)",
	    "subscription,news,left,2025-06-01T09:30:00Z\r\n", "1,0", "3 0", 0, 1 },
	{ "no state, evidence that is not here", "SELECT 1", CONSENT("requested", ""), "0,1", " 1", 1, 0 },
	{ "no state, evidence that is here",
	    "INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (1, 1, 'requested', 5, 'x')",
	    CONSENT("requested", ""), "0,1", " 1", 0, 0 },
	{ "no state there, one here", "INSERT INTO subscription VALUES (1, 1, 1, 1748770200)", CONSENT("requested", ""), "0,1", "1 0", 0, 0 },
};

static void
merging(void **state)
{
	struct exchange_report report;
	struct buf text = BUF_INIT;
	const char *got;
	size_t i;

	for (i = 0; i < sizeof(merges) / sizeof(merges[0]); i++) {
		if (i) {
			store_teardown(state);
			store_setup(state);
		}
		make_topic("news");
		begin();
		make_subscriber("ann@example.org");
		commit();
		assert_int_equal(raw_exec(merges[i].before), SQLITE_OK);
		start(&text);
		buf_addf(&text, TOPIC PERSON "%send,1,0,1,%s,0\r\n", merges[i].text, merges[i].records);
		ok(take(text.data, EXCHANGE_ALL, &report));
		got = raw_text("SELECT format('%s %d', (SELECT state FROM subscription), (SELECT count(*) FROM consent))");
		if (strcmp(got, merges[i].want) != 0 || report.changed != merges[i].changed || report.kept != merges[i].kept)
			fail_msg("%s: changed %d, kept %d, \"%s\"", merges[i].name, (int)report.changed, (int)report.kept, got);
	}
	buf_release(&text);
}

/* Suppressions alone: of those who are here, and of those who are not. */
static void
suppressions_alone(void **state)
{
	static const char two[] = TOPIC "person,ann@example.org,Ann,en,2025-06-01T09:30:00Z,0,,,erased,2025-06-01T09:30:00Z,page\r\n"
					"person,ben@example.org,Ben,en,2025-06-01T09:30:00Z,0,,,complaint,2025-06-01T09:30:00Z,page\r\n"
					"end,1,0,2,0,0,0\r\n";
	struct exchange_report report;
	struct buf text = BUF_INIT;

	(void)state;
	begin();
	make_subscriber("ann@example.org");
	commit();
	start(&text);
	buf_addstr(&text, two);
	ok(take(text.data, EXCHANGE_SUPPRESSED_ONLY, &report));
	assert_int_equal(report.suppressions, 2);
	assert_int_equal(raw_int("SELECT count(*) FROM subscriber"), 1);
	assert_int_equal(raw_int("SELECT count(*) FROM suppression WHERE reason IN ('complaint', 'erased')"), 2);
	buf_release(&text);
}

static void
no_progress(void *ctx, int64_t people)
{
	(void)ctx;
	(void)people;
}

/* The whole export, its first line left out. */
static const char *
exported(struct buf *out, const char *name)
{
	struct exchange_counts n;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.csv", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd != -1);
	ok(exchange_write(db, fd, no_progress, NULL, &n, &err));
	close(fd);
	buf_reset(out);
	ok(file_read(path, 1 << 20, out, &err));
	return strchr(out->data, '\n') + 1;
}

/* A store without people; and one with what no program of ours leaves there: it is written as far as it can be. */
static void
odd_stores(void **state)
{
	struct buf out = BUF_INIT;
	const char *text;

	(void)state;
	assert_string_equal(exported(&out, "empty"), "end,0,0,0,0,0,0\r\n");
	make_topic("news");
	begin();
	make_subscriber("ann@example.org");
	commit();
	assert_int_equal(raw_exec("INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (1, 99, 'added', 5, 'x');"
				  "INSERT INTO form_text VALUES (zeroblob(32), CAST(replace(hex(zeroblob(10000)), '00', x'8080') AS TEXT), 5)"),
	    SQLITE_OK);
	text = exported(&out, "odd");
	assert_non_null(strstr(text, "\r\nconsent,,added,1970-01-01T00:00:05Z,"));
	assert_non_null(strstr(text, "\x80\x80\x80\x80"));
	assert_non_null(strstr(text, "\r\nend,1,1,1,0,1,0\r\n"));
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(refusals),
		store_test(bounds),
		store_test(merging),
		store_test(suppressions_alone),
		store_test(odd_stores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
