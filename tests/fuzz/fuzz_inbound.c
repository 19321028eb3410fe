/*
 * fuzz_inbound.c - any bytes as a message that came back to a site, with links of ours in it or without: nobody is touched without one,
 * and what is forwarded can go out as it is.
 *
 * In the input ~B, ~M, ~U and ~O stand for links that are Ann's, ~F for one of Ben's.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/link.h"
#include "site/inbound.h"
#include "site/site.h"
#include "store/consent.h"
#include "store/outbox.h"
#include "store/subscription.h"
#include "store/topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct site site;
static struct topic topic;
static int64_t ann, ben, mail;
static struct err e = ERR_INIT;

#define must(call) ((call) == -1 ? (fprintf(stderr, "%s\n", e.text), abort()) : (void)0)

static int64_t
subscribed(const char *address)
{
	static const struct evidence by_them = { .source = "web" };
	struct subscriber s = { 0 };
	bool created;

	snprintf(s.address, sizeof(s.address), "%s", address);
	snprintf(s.key, sizeof(s.key), "%s", address);
	must(subscriber_put(site.db, &s, &created, &e));
	must(subscription_confirm(site.db, s.id, topic.id, &by_them, &e));
	return s.id;
}

static void
open_site(void)
{
	static const char conf[] = "[site]\nname = Quiet Harbour\nurl = https://news.quietharbour.example\n"
				   "[mail]\nfrom = news@quietharbour.example\nbounce = bounce@quietharbour.example\n"
				   "unsubscribe = leave@quietharbour.example\nforward = desk@quietharbour.example\n";
	static const char key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	static const uint8_t secret[32] = { 1 };
	char folder[64], path[128];

	snprintf(folder, sizeof(folder), "%s/fuzz_inbound.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(folder))
		abort();
	clock_set(1767225600);
	snprintf(path, sizeof(path), "%s/link-1.key", folder);
	must(file_write(path, 0600, key, sizeof(key) - 1, &e));
	site.links = link_keys_load(folder, &e);
	remove(path);
	snprintf(path, sizeof(path), "%s/newsletter.conf", folder);
	must(conf_read(&site.conf, path, conf, sizeof(conf) - 1, &e));
	snprintf(path, sizeof(path), "%s/newsletter.db", folder);
	site.db = db_open(path, DB_CREATE, &e);
	if (!site.links || !site.db)
		abort();
	db_set_suppression_key(site.db, secret);
	must(db_begin(site.db, &e));
	must(topic_create(site.db, "articles", "Articles", "", &topic, &e));
	ann = subscribed("ann.lee@example.org");
	ben = subscribed("ben@example.com");
	must(outbox_reserve(site.db, "confirm", ann, "ann.lee@example.org", clock_now() + 100, &mail, &e));
	must(db_commit(site.db, &e));
}

/* The input with its links; how many of them were put in. */
static int
fill(struct buf *out, const uint8_t *data, size_t size)
{
	const struct {
		char mark;
		struct link link;
	} marks[] = {
		{ 'B', { .purpose = LINK_BOUNCE, .subscriber = ann, .topic = topic.id } },
		{ 'M', { .purpose = LINK_MESSAGE, .subscriber = ann, .topic = topic.id, .campaign = 7 } },
		{ 'U', { .purpose = LINK_UNSUBSCRIBE, .subscriber = ann, .topic = topic.id } },
		{ 'O', { .purpose = LINK_OUTBOX, .subscriber = mail } },
		{ 'F', { .purpose = LINK_BOUNCE, .subscriber = ben, .topic = topic.id } },
	};
	char text[LINK_TEXT];
	size_t i, k;
	int n = 0;

	for (i = 0; i < size; i++) {
		for (k = 0; k < sizeof(marks) / sizeof(marks[0]); k++)
			if (data[i] == '~' && i + 1 < size && data[i + 1] == (uint8_t)marks[k].mark)
				break;
		if (k == sizeof(marks) / sizeof(marks[0])) {
			buf_addch(out, (char)data[i]);
			continue;
		}
		link_address(text, site.links, &marks[k].link);
		buf_addstr(out, text);
		i++;
		n++;
	}
	return n;
}

static bool
is_active(int64_t subscriber)
{
	struct subscription s;

	must(subscription_find(site.db, subscriber, topic.id, &s, &e));
	return s.state == SUB_ACTIVE;
}

/* 7-bit, CRLF, no line too long, none that begins with a dot. */
static void
check_mail(const struct buf *m)
{
	size_t i, column = 0;

	for (i = 0; i < m->len; i++) {
		if ((unsigned char)m->data[i] >= 0x80 || !m->data[i] || (column == 0 && m->data[i] == '.') || column > 1000)
			abort();
		if (m->data[i] == '\n' && (i == 0 || m->data[i - 1] != '\r'))
			abort();
		column = m->data[i] == '\n' ? 0 : column + 1;
	}
}

static void
check_forwarded(bool forwarded)
{
	struct outbox_mail out[4];
	int n = outbox_claim(site.db, out, 4, &e);

	must(n);
	if (n != forwarded)
		abort();
	if (!forwarded)
		return;
	check_mail(&out[0].message);
	buf_release(&out[0].message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT;
	struct inbound_done done, again;
	int links;

	if (!site.db)
		open_site();
	links = fill(&text, data, size);
	must(db_begin(site.db, &e));
	must(inbound_take(&site, text.data, text.len, NULL, &done, &e));
	if (done.outcome >= INBOUND_OUTCOMES || (links == 0 && (!is_active(ann) || !is_active(ben) || done.subscriber_id)))
		abort();
	if (!is_active(ann) && !is_active(ben))
		abort(); /* one message is about one person */
	if ((done.outcome == INBOUND_HARD || done.outcome == INBOUND_COMPLAINT || done.outcome == INBOUND_UNSUBSCRIBED) &&
	    is_active(done.subscriber_id))
		abort();
	check_forwarded(done.outcome == INBOUND_FORWARDED);
	must(inbound_take(&site, text.data, text.len, NULL, &again, &e));
	if (again.outcome != (inbound_removable(done.outcome) ? INBOUND_AGAIN : done.outcome))
		abort();
	db_rollback(site.db);
	buf_release(&text);
	return 0;
}
