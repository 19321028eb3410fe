/* clerk_notice.c - see clerk_notice.h. */
#include "clerk_notice.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slot.h"
#include "clerk.h"
#include "mail/message.h"
#include "site/compose.h"
#include "site/topic_words.h"
#include "store/signup.h"

#define DAY 86400
#define KEEP_US 1000000

void
clerk_notices_init(struct notices *n)
{
	size_t i;

	memset(n, 0, sizeof(*n));
	for (i = 0; i < NOTICES; i++) {
		buf_init(&n->item[i].key);
		buf_init(&n->item[i].wording);
	}
}

static void
clear(struct notice *n)
{
	message_free(n->message);
	n->message = NULL;
	n->until_us = 0;
	buf_reset(&n->key);
	buf_reset(&n->wording);
}

void
clerk_notices_release(struct notices *n)
{
	size_t i;

	for (i = 0; i < NOTICES; i++) {
		clear(&n->item[i]);
		buf_release(&n->item[i].key);
		buf_release(&n->item[i].wording);
	}
}

static void
make_key(struct buf *key, const char *name, const char *language, const int64_t *ids, int count)
{
	char topics[sizeof(((struct signup *)NULL)->topics)];

	signup_topics_write(topics, sizeof(topics), ids, count);
	buf_addf(key, "%s %s %s", name, language, topics);
}

static json_t *
make_data(const struct clerk *c, const char *language, const struct topic_list *topics, const int64_t *ids, int count)
{
	json_t *data = json_object(), *list = json_array();
	const struct topic *t;
	int i;

	for (i = 0; i < count; i++) {
		t = topic_in(topics, ids[i]);
		if (t)
			json_array_append_new(list, topic_words(&c->site->conf, language, t));
	}
	json_object_set_new(data, "topics", list);
	json_put_int(data, "days", c->site->conf.keep_pending / DAY);
	return data;
}

/* The mail as evidence: its words, with a slot's name in brackets in place of what is one person's. */
static void
write_wording(struct buf *out, const struct composed *mail)
{
	const char *p = mail->text.data, *mark;

	buf_addf(out, "Subject: %s\n\n", mail->subject.data);
	while ((mark = strchr(p, SLOT_START))) {
		buf_add(out, p, (size_t)(mark - p));
		buf_addch(out, '[');
		p = mark + 1 + strcspn(mark + 1, "\001\002|");
		buf_add(out, mark + 1, (size_t)(p - mark - 1));
		buf_addch(out, ']');
		p += strcspn(p, "\002");
		p += *p == SLOT_END;
	}
	buf_addstr(out, p);
}

static int
compose(struct clerk *c, struct notice *n, const char *name, const char *language, json_t *data, struct err *e)
{
	struct composed mail = COMPOSED_INIT;
	int rc = compose_render(&mail, &c->site->conf, language, name, data, e);

	if (rc == 0) {
		n->message = compose_notice(&c->site->conf, &mail, e);
		write_wording(&n->wording, &mail);
	}
	composed_release(&mail);
	return n->message ? 0 : -1;
}

/* The one of that key that is still good, or the oldest one, emptied. */
static struct notice *
find(struct notices *all, const struct buf *key, int64_t now)
{
	struct notice *n, *oldest = &all->item[0];
	size_t i;

	for (i = 0; i < NOTICES; i++) {
		n = &all->item[i];
		if (now < n->until_us && n->key.len == key->len && memcmp(n->key.data, key->data, key->len) == 0)
			return n;
		if (n->until_us < oldest->until_us)
			oldest = n;
	}
	clear(oldest);
	return oldest;
}

const struct notice *
clerk_notice(struct clerk *c, const char *name, const char *language, const struct topic_list *topics, const int64_t *ids, int count,
    struct err *e)
{
	int64_t now = clock_mono_us();
	struct buf key = BUF_INIT;
	struct notice *n;
	json_t *data;
	int rc = 0;

	make_key(&key, name, language, ids, count);
	n = find(&c->notices, &key, now);
	if (!n->message) {
		data = make_data(c, language, topics, ids, count);
		rc = compose(c, n, name, language, data, e);
		json_decref(data);
		buf_add(&n->key, key.data, key.len);
		n->until_us = now + KEEP_US;
	}
	buf_release(&key);
	if (rc == 0)
		return n;
	clear(n);
	return NULL;
}
