/* clerk_notice.c - see clerk_notice.h. */
#include "clerk_notice.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slot.h"
#include "clerk.h"
#include "content/template.h"
#include "content/words.h"
#include "mail/message.h"
#include "site/article_words.h"
#include "site/compose.h"
#include "site/topic_words.h"
#include "store/article.h"
#include "store/signup.h"

#define DAY 86400
#define KEEP_US 1000000
#define TOPICS_TEXT sizeof(((struct signup *)NULL)->topics)

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

/* Read first, for the line that inboxes show after the subject. */
static int
put_preheader(const struct clerk *c, const char *language, json_t *data, struct err *e)
{
	const struct conf *conf = &c->site->conf;
	struct buf text = BUF_INIT;
	int rc = compose_data(data, conf, language, e);

	if (rc == 0)
		rc = template_words(&text, conf->store_templates, "mail-welcome.preheader", data, e);
	json_put(data, "preheader", text.data);
	buf_release(&text);
	return rc;
}

/* The newest articles of the topics. */
static int
put_articles(const struct clerk *c, const struct notice_wish *wish, const char *language, json_t *data, struct err *e)
{
	char topics[TOPICS_TEXT];
	struct article_list newest;
	json_t *list = json_array();
	size_t i;
	int rc;

	signup_topics_write(topics, sizeof(topics), wish->ids, wish->count);
	rc = article_newest(c->site->db, topics, clock_now(), c->site->conf.mail_welcome_articles, &newest, e);
	for (i = 0; i < newest.count; i++)
		json_array_append_new(list, article_words(&newest.item[i], c->site, language));
	article_list_release(&newest);
	json_object_set_new(data, "has_articles", json_boolean(json_array_size(list) > 0));
	json_object_set_new(data, "articles", list);
	return rc == -1 ? -1 : put_preheader(c, language, data, e);
}

static int
put_data(const struct clerk *c, const struct notice_wish *wish, const char *language, json_t *data, struct err *e)
{
	json_t *list = json_array();
	const struct topic *t;
	int i;

	for (i = 0; i < wish->count; i++) {
		t = topic_in(wish->topics, wish->ids[i]);
		if (t)
			json_array_append_new(list, topic_words(&c->site->conf, language, t));
	}
	json_object_set_new(data, "topics", list);
	json_put_int(data, "days", c->site->conf.keep_pending / DAY);
	return wish->welcome ? put_articles(c, wish, language, data, e) : 0;
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

static struct message *
compile(const struct clerk *c, const struct notice_wish *wish, const struct composed *mail, struct err *e)
{
	const struct topic *t;

	if (!wish->welcome)
		return compose_notice(&c->site->conf, mail, e);
	t = topic_in(wish->topics, wish->ids[0]);
	if (t)
		return compose_welcome(&c->site->conf, mail, t, e);
	err_set(e, ERR_NOT_FOUND, "the topic has gone");
	return NULL;
}

static int
compose(struct clerk *c, struct notice *n, const struct notice_wish *wish, struct err *e)
{
	struct composed mail = COMPOSED_INIT;
	char language[WORDS_LANGUAGE];
	json_t *data = json_object();

	site_language_of(&c->site->conf, wish->language, language);
	if (put_data(c, wish, language, data, e) == 0 && compose_render(&mail, &c->site->conf, language, wish->name, data, e) == 0) {
		n->message = compile(c, wish, &mail, e);
		write_wording(&n->wording, &mail);
	}
	json_decref(data);
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
clerk_notice(struct clerk *c, const struct notice_wish *wish, struct err *e)
{
	int64_t now = clock_mono_us();
	struct buf key = BUF_INIT;
	char topics[TOPICS_TEXT];
	struct notice *n;
	int rc = 0;

	signup_topics_write(topics, sizeof(topics), wish->ids, wish->count);
	buf_addf(&key, "%s %s %s", wish->name, wish->language, topics);
	n = find(&c->notices, &key, now);
	if (!n->message) {
		rc = compose(c, n, wish, e);
		buf_add(&n->key, key.data, key.len);
		n->until_us = now + KEEP_US;
	}
	buf_release(&key);
	if (rc == 0)
		return n;
	clear(n);
	return NULL;
}
