/*
 * http_preferences.c - one person's topics, name and language, through the link in a mail.
 *
 * The link proves the address, so a topic that is newly checked needs no further
 * mail. It expires, since mails are passed on; then the page says where to get
 * a fresh one.
 */
#include "http.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "store/consent.h"
#include "store/subscriber.h"
#include "store/subscription.h"

/* Fill *id from the token; false after having answered. */
static bool
read_preferences_link(struct http_request *r, int64_t *id)
{
	struct link l;

	if (link_read_url(&l, r->http->role->site.links, r->token) == -1 || l.purpose != LINK_PREFERENCES) {
		page_link_expired(r, MHD_HTTP_NOT_FOUND, NULL);
		return false;
	}
	if (link_expired(&l, clock_now())) {
		page_link_expired(r, MHD_HTTP_GONE, "preferences");
		return false;
	}
	*id = l.subscriber;
	return true;
}

static bool
is_active(const struct subscription *of, int count, int64_t topic_id)
{
	int i;

	for (i = 0; i < count; i++)
		if (of[i].topic_id == topic_id)
			return of[i].state == SUB_ACTIVE;
	return false;
}

/* Which of the languages on offer somebody's mails are written in. */
static int
language_of(const struct http *h, const struct subscriber *s)
{
	int i = http_language_find(h, s->language, strlen(s->language));

	return i == -1 ? h->language : i;
}

/* Where there is a choice of languages. */
static void
put_languages(struct http_request *r, json_t *context, const struct subscriber *s)
{
	json_t *menu;

	if (r->http->language_count < 2)
		return;
	menu = http_language_menu(r);
	json_put_bool(json_array_get(menu, (size_t)language_of(r->http, s)), "chosen", true);
	json_put_bool(context, "mail_languages_offered", true);
	json_object_set_new(context, "mail_languages", menu);
}

/* Takes `topics`. The settings for a program; `checked` says which topics are chosen. */
static void
show_json(struct http_request *r, const struct subscriber *s, json_t *topics)
{
	json_t *value = json_object();

	json_object_set_new(value, "topics", topics);
	json_put(value, "name", s->name);
	json_put(value, "language", r->http->languages[language_of(r->http, s)]);
	page_json(r, MHD_HTTP_OK, "application/json", value);
}

/* The form as the store has it now. */
static void
show(struct http_request *r, int64_t id, bool saved)
{
	const struct topic_list *all = http_topics(r);
	struct db *db = r->http->role->site.db;
	struct subscription of[TOPICS_MAX];
	json_t *context, *topics;
	struct err e = ERR_INIT;
	struct subscriber s;
	int count, found;
	size_t i;

	if (!all)
		return;
	found = subscriber_get(db, id, &s, &e);
	count = subscription_of(db, id, of, TOPICS_MAX, &e);
	if (found == -1 || count == -1) {
		page_trouble(r, &e);
		return;
	}
	if (!found) { /* erased since */
		page_link_expired(r, MHD_HTTP_GONE, "preferences");
		return;
	}
	topics = json_array();
	for (i = 0; i < all->count; i++)
		json_array_append_new(topics, page_topic(r, &all->item[i], is_active(of, count, all->item[i].id)));
	if (r->json && !saved) {
		show_json(r, &s, topics);
		return;
	}
	context = page_context(r);
	json_object_set_new(context, "topics", topics);
	json_object_set_new(context, "action", json_sprintf("%s/preferences/%s", r->http->base, r->token));
	page_put(context, "name", s.name);
	put_languages(r, context, &s);
	json_put_bool(context, "saved", saved);
	page_ok(r, "web/preferences.html.mustache", context, saved ? "preferences.saved" : NULL);
}

void
preferences_get(struct http_request *r)
{
	int64_t id;

	if (read_preferences_link(r, &id))
		show(r, id, false);
}

static bool
is_checked(const struct http_preferences *p, int64_t topic_id)
{
	int i;

	for (i = 0; i < p->count; i++)
		if (p->topics[i] == topic_id)
			return true;
	return false;
}

/* Bring one topic to what the form says; what waits for its confirmation mail is left to it. */
static int
write_topic(struct http_request *r, const struct subscription *of, int count, int64_t topic_id, struct err *e)
{
	const struct http_preferences *p = &r->u.preferences;
	struct evidence evidence = { .source = "preferences", .ip = r->ip };
	struct db *db = r->http->role->site.db;

	if (is_checked(p, topic_id) == is_active(of, count, topic_id))
		return 0;
	if (is_checked(p, topic_id))
		return subscription_confirm(db, p->subscriber_id, topic_id, &evidence, e);
	return subscription_leave(db, p->subscriber_id, topic_id, 0, "page", &evidence, e);
}

/* One who changes it is answered in it. */
static int
write_language(struct http_request *r, const struct subscriber *s, struct err *e)
{
	int language = r->u.preferences.language;

	if (language == -1 || language == language_of(r->http, s))
		return 0;
	r->language = language;
	return subscriber_set_language(r->http->role->site.db, s->id, r->http->languages[language], e);
}

static int
write_preferences(struct http_request *r, struct err *e)
{
	const struct http_preferences *p = &r->u.preferences;
	const struct topic_list *all = &r->http->topics; /* as they were when the form was read */
	struct evidence evidence = { .source = "preferences", .ip = r->ip };
	struct db *db = r->http->role->site.db;
	struct subscription of[TOPICS_MAX];
	struct subscriber s;
	int count, found = subscriber_get(db, p->subscriber_id, &s, e);
	size_t i;

	if (found == -1)
		return -1;
	r->outcome = found ? OUTCOME_DONE : OUTCOME_EXPIRED;
	if (!found)
		return 0;
	if (strcmp(s.name, p->name) != 0 && subscriber_set_name(db, s.id, p->name, e) == -1)
		return -1;
	if (write_language(r, &s, e) == -1)
		return -1;
	if (p->everything)
		return subscription_leave(db, s.id, 0, 0, "page", &evidence, e) == -1 ? -1 : 0;
	count = subscription_of(db, s.id, of, TOPICS_MAX, e);
	if (count == -1)
		return -1;
	for (i = 0; i < all->count; i++)
		if (write_topic(r, of, count, all->item[i].id, e) == -1)
			return -1;
	return 0;
}

static void
answer_preferences(struct http_request *r)
{
	if (r->outcome == OUTCOME_DONE)
		show(r, r->u.preferences.subscriber_id, true);
	else
		page_link_expired(r, MHD_HTTP_GONE, "preferences");
}

/* Fill r->u.preferences from the form; false after having answered. */
static bool
take(struct http_request *r, const struct form *f, const struct topic_list *all)
{
	struct http_preferences *p = &r->u.preferences;
	const char *name = form_get(f, "name"), *everything = form_get(f, "everything"), *language = form_get(f, "language"), *slug;
	const struct topic *topic;
	struct err e = ERR_INIT;
	size_t at = 0;

	if (name && (subscriber_check_name(name, &e) == -1 || text_copy(p->name, sizeof(p->name), name) == -1)) {
		page_error(r, MHD_HTTP_BAD_REQUEST, "unchanged", e.text);
		return false;
	}
	text_trim(p->name);
	p->language = language ? http_language_find(r->http, language, strlen(language)) : -1;
	p->everything = everything && strcmp(everything, "yes") == 0;
	while ((slug = form_next(f, "topic", &at))) {
		topic = topic_named(all, slug);
		if (!topic && slug[0]) {
			page_error(r, MHD_HTTP_BAD_REQUEST, "unchanged-topic", NULL);
			return false;
		}
		if (topic && !is_checked(p, topic->id))
			p->topics[p->count++] = topic->id;
	}
	return true;
}

void
preferences_post(struct http_request *r)
{
	const struct topic_list *all;
	struct form f = FORM_INIT;
	int language = r->language;

	if (!read_preferences_link(r, &r->u.preferences.subscriber_id) || http_form(r, &f) == -1)
		goto out;
	r->language = language; /* the form's is that of mails: the page goes on as it is, unless that changes */
	all = http_topics(r);
	if (!all)
		goto out;
	if (take(r, &f, all))
		http_queue_add(r, WORK_PREFERENCES, write_preferences, answer_preferences);
out:
	form_release(&f);
}
