/*
 * fuzz_segment.c - any text as a segment: read or refused with a column; its canonical text is its own; and a store answers it, in time,
 * with the same number whichever way it is asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/segment.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/topic.h"

#define PEOPLE 24
#define LONGEST_US 2000000 /* under sanitizers, on a busy machine */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct db *db;
static struct topic topics[2];
static char folder[64] = "/dev/shm/newsletter-fuzz.XXXXXX", path[96];

static void
need(int good)
{
	if (!good)
		abort();
}

static void
remove_store(void)
{
	static const char *const rest[] = { "", "-wal", "-shm", "-lock" };
	char name[120];
	size_t i;

	db_close(db);
	for (i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, rest[i]);
		unlink(name);
	}
	rmdir(folder);
}

static void
make_store(void)
{
	static const char *const languages[] = { "", "en", "es" };
	static const struct evidence evidence = { .source = "fuzz" };
	struct err e = ERR_INIT;
	struct subscriber s;
	bool created;
	int i, t;

	need(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/s.db", folder);
	need((db = db_open(path, DB_CREATE, &e)) != NULL);
	atexit(remove_store);
	db_set_suppression_key(db, (const uint8_t[32]){ 1 });
	db_set_language(db, "en");
	need(db_begin(db, &e) == 0);
	need(topic_create(db, "a", "A", "", &topics[0], &e) == 0 && topic_create(db, "articles", "B", "", &topics[1], &e) == 0);
	for (i = 0; i < PEOPLE; i++) {
		memset(&s, 0, sizeof(s));
		snprintf(s.address, sizeof(s.address), "p%d@%sexample.org", i, i % 3 ? "" : "mail.");
		snprintf(s.key, sizeof(s.key), "%s", s.address);
		snprintf(s.language, sizeof(s.language), "%s", languages[i % 3]);
		clock_set(1767225600 + 86400 * i);
		need(subscriber_put(db, &s, &created, &e) == 0);
		for (t = 0; t < 2; t++)
			if (i % (t + 2))
				need(subscription_add(db, s.id, topics[t].id, "added", &evidence, &e) == 1);
		if (i % 5 == 0)
			need(subscription_leave(db, s.id, topics[0].id, 0, "staff", &evidence, &e) >= 0);
	}
	need(db_commit(db, &e) == 0);
}

static int
count_one(void *ctx, const struct subscriber *who, struct err *e)
{
	int64_t *n = ctx;

	(void)e;
	need(who->id > 0 && who->address[0]);
	++*n;
	return 0;
}

static int64_t
count(const struct segment *s)
{
	struct err e = ERR_INIT;
	struct segment_probe *p;
	int64_t n = 0, each = 0, probed = 0, audience = 0, id;

	if (segment_count(db, s, &n, &e) == -1) {
		need(e.code == ERR_USAGE && strncmp(e.text, "column ", 7) == 0); /* a topic or campaign that is not there */
		return -1;
	}
	need(segment_each(db, s, 0, count_one, &each, &e) == 0);
	need(segment_audience(db, s, topics[0].id, &audience, &e) == 0);
	p = segment_probe_new(db, s, clock_now(), &e);
	need(p != NULL);
	for (id = 1; id <= PEOPLE; id++) {
		int has = segment_probe_has(p, id, &e);

		need(has >= 0);
		probed += has;
	}
	segment_probe_free(p);
	need(each == n && probed == n && audience <= n);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct segment *s, *again;
	struct err e = ERR_INIT;
	int64_t began;
	char *text;

	if (!db)
		make_store();
	text = malloc(n + 1);
	need(text != NULL);
	memcpy(text, data, n);
	text[n] = '\0';
	began = clock_mono_us();
	if (segment_parse(text, &s, &e) == -1) {
		need(e.code == ERR_USAGE && e.text[0] && !s && text_is_utf8(e.text, strlen(e.text)));
		free(text);
		return 0;
	}
	need(strlen(segment_text(s)) <= SEGMENT_MAX);
	need(segment_parse(segment_text(s), &again, &e) == 0);
	need(strcmp(segment_text(s), segment_text(again)) == 0);
	need(count(s) == count(again));
	need(clock_mono_us() - began < LONGEST_US);
	segment_free(s);
	segment_free(again);
	free(text);
	return 0;
}
