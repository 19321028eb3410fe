/*
 * fuzz_exchange.c - any bytes as a full export, behind the right first line and before a last line that adds up: what is refused changes
 * nothing, what is taken is taken once, who left is back only if they confirmed it, and who was erased is not.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "site/exchange.h"
#include "store/consent.h"
#include "store/db.h"
#include "store/erasure.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/suppression.h"
#include "store/topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[32] = { 1 };
static char path[128];
static struct buf fresh; /* the store's file as each input finds it */
static struct db *db;
static struct topic topic;
static struct err e = ERR_INIT;

#define must(call) ((call) == -1 ? (fprintf(stderr, "%s\n", e.text), abort()) : (void)0)
#define check(what) ((what) ? (void)0 : (fprintf(stderr, "%s\n", #what), abort()))

static int64_t
put(const char *address)
{
	static const struct evidence by_them = { .source = "web" };
	struct subscriber s = { 0 };
	bool created;

	snprintf(s.address, sizeof(s.address), "%s", address);
	snprintf(s.key, sizeof(s.key), "%s", address);
	must(subscriber_put(db, &s, &created, &e));
	must(subscription_confirm(db, s.id, topic.id, &by_them, &e));
	return s.id;
}

static void
make_store(void)
{
	static const struct evidence by_them = { .source = "web" };
	char folder[64];

	snprintf(folder, sizeof(folder), "%s/fuzz_exchange.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(folder))
		abort();
	clock_set(1767225600);
	snprintf(path, sizeof(path), "%s/newsletter.db", folder);
	if (!(db = db_open(path, DB_CREATE, &e)))
		abort();
	db_set_suppression_key(db, secret);
	must(db_begin(db, &e));
	must(topic_create(db, "articles", "Articles", "", &topic, &e));
	must(subscription_leave(db, put("left@example.org"), topic.id, 0, "page", &by_them, &e));
	must(subscriber_erase(db, put("erased@example.org"), "page", &e));
	must(db_commit(db, &e));
	must(db_checkpoint(db, &e));
	db_close(db);
	buf_init(&fresh);
	must(file_read(path, 1 << 24, &fresh, &e));
}

static void
open_store(void)
{
	static const char *const ends[] = { "-wal", "-shm" };
	char name[160];
	size_t i;

	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
	must(file_write(path, 0600, fresh.data, fresh.len, &e));
	if (!(db = db_open(path, DB_USE, &e)))
		abort();
	db_set_suppression_key(db, secret);
}

/* The input as a file; its kinds are counted by the beginnings of lines, which is right unless a field has lines. */
static FILE *
as_file(const uint8_t *data, size_t size)
{
	char check_value[EXCHANGE_CHECK];
	int64_t n[EXCHANGE_END] = { 0 };
	FILE *f = tmpfile();
	size_t i, k, len;

	if (!f)
		abort();
	exchange_key_check(db, check_value);
	fprintf(f, "%s,%s,2026-01-01T00:00:00Z,%s\r\n", EXCHANGE_MAGIC, EXCHANGE_VERSION, check_value);
	fwrite(data, 1, size, f);
	for (i = 0; i < size; i++) {
		if (i && data[i - 1] != '\n')
			continue;
		for (k = 0; k < EXCHANGE_END; k++) {
			len = strlen(exchange_kind_names[k]);
			if (size - i > len && memcmp(data + i, exchange_kind_names[k], len) == 0 && data[i + len] == ',')
				n[k]++;
		}
	}
	fprintf(f, "%send", size && data[size - 1] != '\n' ? "\r\n" : "");
	for (k = 0; k < EXCHANGE_END; k++)
		fprintf(f, ",%lld", (long long)n[k]);
	fputs("\r\n", f);
	fflush(f);
	return f;
}

static bool
holds(const uint8_t *data, size_t size, const char *text)
{
	return memmem(data, size, text, strlen(text)) != NULL;
}

static void
check_people(const uint8_t *data, size_t size)
{
	enum suppression_reason reason;
	struct subscription of;
	struct subscriber s;

	check(subscriber_find(db, "erased@example.org", &s, &e) == 0);
	check(suppression_find(db, "erased@example.org", &reason, &e) == 1);
	check(subscriber_find(db, "left@example.org", &s, &e) == 1);
	check(subscription_find(db, s.id, topic.id, &of, &e) == 1);
	check(of.state != SUB_ACTIVE || holds(data, size, "confirmed"));
	check(of.state != SUB_PENDING);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exchange_report report, again;
	int64_t before, after;
	FILE *f;
	int rc;

	if (!path[0])
		make_store();
	open_store();
	f = as_file(data, size);
	must(subscriber_count(db, &before, &e));
	rc = exchange_read(db, f, "input", EXCHANGE_ALL, NULL, NULL, &report, &e);
	must(subscriber_count(db, &after, &e));
	check_people(data, size);
	if (rc == -1) {
		check(after == before);
	} else {
		check(after == before + report.people);
		must(exchange_read(db, f, "input", EXCHANGE_ALL, NULL, NULL, &again, &e));
		check(again.people == 0 && again.changed == 0 && again.consents == 0 && again.suppressions == 0 && again.topics == 0);
	}
	fclose(f);
	db_close(db);
	return 0;
}
