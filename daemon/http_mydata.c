/*
 * http_mydata.c - one person's data, through a link that was mailed on request: see, save as JSON, erase.
 *
 * The link works for an hour and for its owner alone; it shows more than any other, so it neither lives longer nor is it
 * made without being asked for. Reading leaves it as it is, erasing ends it. Every link that does not work gets the same words.
 */
#include "http.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "site/person.h"
#include "store/counter.h"
#include "store/erasure.h"
#include "store/onetime.h"
#include "store/topic.h"

#define PURPOSE "my-data"

static enum http_outcome
judge(const struct onetime *t, int found)
{
	if (!found)
		return OUTCOME_UNKNOWN;
	return t->used_at || clock_now() >= t->expires_at ? OUTCOME_EXPIRED : OUTCOME_DONE;
}

static void
answer_expired(struct http_request *r, enum http_outcome outcome)
{
	page_link_expired(r, outcome == OUTCOME_UNKNOWN ? MHD_HTTP_NOT_FOUND : MHD_HTTP_GONE, "mydata");
}

/* Whose link it is; 0 after having answered. */
static int64_t
read_link(struct http_request *r)
{
	uint8_t hash[TOKEN_HASH];
	enum http_outcome outcome;
	struct err e = ERR_INIT;
	struct onetime t;
	int found = 0;

	if (token_hash(hash, r->token) && (found = onetime_find(r->http->role->site.db, hash, PURPOSE, &t, &e)) == -1) {
		page_trouble(r, &e);
		return 0;
	}
	outcome = judge(&t, found);
	if (outcome == OUTCOME_DONE)
		return t.subscriber_id;
	answer_expired(r, outcome);
	return 0;
}

/* All that is stored; NULL after having answered. */
static json_t *
read_data(struct http_request *r)
{
	int64_t id = read_link(r);
	struct err e = ERR_INIT;
	json_t *data;

	if (!id)
		return NULL;
	data = person_data(r->http->role->site.db, id, &e);
	if (data)
		return data;
	if (e.code == ERR_NOT_FOUND) /* erased between the two looks */
		answer_expired(r, OUTCOME_UNKNOWN);
	else
		page_trouble(r, &e);
	return NULL;
}

static json_t *for_page(const char *key, json_t *value);

/* As they are, and for each list that is not empty has_KEY, since a template cannot ask. */
static json_t *
object_for_page(json_t *object)
{
	json_t *out = json_object(), *value;
	const char *key;
	char has[32];

	json_object_foreach(object, key, value) {
		json_object_set_new(out, key, for_page(key, value));
		snprintf(has, sizeof(has), "has_%s", key);
		if (json_array_size(value))
			json_put_bool(out, has, 1);
	}
	return out;
}

/* A word of ours becomes a section, {"is_left": true}, for which the template has words; a time is written for people. */
static json_t *
text_for_page(const char *key, const char *text)
{
	static const char *const words[] = { "state", "action", "kind", "reason" };
	static const char *const times[] = { "at", "since", "first", "last" };
	json_t *word;
	struct err e = ERR_INIT;
	char member[64], local[CLOCK_TEXT];
	int64_t t;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (strcmp(key, times[i]) == 0 && clock_parse(text, &t, &e) == 0)
			return json_string(clock_local(local, t));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(key, words[i]) != 0)
			continue;
		snprintf(member, sizeof(member), "is_%s", text);
		word = json_object();
		json_put_bool(word, member, 1);
		return word;
	}
	/* as page_put(); wordings have several lines */
	return text_has_control(text, strlen(text), "\n\t") ? json_string("") : json_string(text);
}

static json_t *
for_page(const char *key, json_t *value)
{
	json_t *list;
	size_t i;

	if (json_is_string(value))
		return text_for_page(key, json_string_value(value));
	if (json_is_object(value))
		return object_for_page(value);
	if (!json_is_array(value))
		return json_incref(value);
	list = json_array();
	for (i = 0; i < json_array_size(value); i++)
		json_array_append_new(list, for_page("", json_array_get(value, i)));
	return list;
}

/* Each row of a list says its topic by name; people read its title, in their language. */
static void
name_topics(const struct http_request *r, json_t *list, const struct topic_list *all)
{
	const struct topic *t;
	json_t *row, *topic;
	const char *slug;
	size_t i;

	json_array_foreach(list, i, row) {
		slug = json_string_value(json_object_get(row, "topic"));
		if (!slug || !(t = topic_named(all, slug)))
			continue;
		topic = page_topic(r, t, false);
		json_object_set(row, "title", json_object_get(topic, "title"));
		json_decref(topic);
	}
}

/* A language by its own name, where there are words for it. */
static void
name_language(const struct http_request *r, json_t *person)
{
	const char *code = json_string_value(json_object_get(person, "language"));
	json_t *menu = http_language_menu(r), *item;
	size_t i;

	json_array_foreach(menu, i, item)
		if (code && strcmp(json_string_value(json_object_get(item, "code")), code) == 0) {
			json_object_set(person, "language", json_object_get(item, "name")); /* which ends `code` */
			break;
		}
	json_decref(menu);
}

/* Takes `data`. What stands in it, as the template wants it; topics that cannot be read go by their names. */
static json_t *
person_for_page(const struct http_request *r, json_t *data)
{
	static const char *const lists[] = { "topics", "consent", "events" };
	struct topic_list *all = xcalloc(1, sizeof(*all));
	json_t *person = for_page("", data);
	struct err e = ERR_INIT;
	size_t i;

	if (topic_list(r->http->role->site.db, all, &e) == 0)
		for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
			name_topics(r, json_object_get(person, lists[i]), all);
	name_language(r, person);
	free(all);
	json_decref(data);
	return person;
}

/* Takes `data`. */
static void
show(struct http_request *r, unsigned status, json_t *data, bool unconfirmed)
{
	json_t *context = page_context(r), *count = json_object_get(json_object_get(data, "mailings"), "count");

	json_put_bool(context, "more", json_integer_value(count) > PERSON_MAILINGS);
	json_object_set_new(context, "person", person_for_page(r, data));
	json_object_set_new(context, "page", json_sprintf("%s/my-data/%s", r->http->base, r->token));
	json_put_bool(context, "unconfirmed", unconfirmed);
	page_answer(r, status, "web/my-data.html.mustache", context);
}

/* Takes `data`. */
static void
download(struct http_request *r, json_t *data)
{
	struct buf text = BUF_INIT;

	json_write(&text, data, 1);
	page_bytes(r, MHD_HTTP_OK, "application/json", "no-store", &text);
	if (r->response)
		MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"");
	buf_release(&text);
	json_decref(data);
}

void
mydata_get(struct http_request *r)
{
	struct form query = FORM_INIT;
	struct err e = ERR_INIT;
	const char *format;
	json_t *data;

	if (form_query(&query, r->query, &e) == -1) {
		page_error(r, MHD_HTTP_BAD_REQUEST, "query", e.text);
		goto out;
	}
	format = form_get(&query, "format");
	if (!(data = read_data(r)))
		goto out;
	if (r->json || (format && strcmp(format, "json") == 0))
		download(r, data);
	else
		show(r, MHD_HTTP_OK, data, false);
out:
	form_release(&query);
}

static int
write_erase(struct http_request *r, struct err *e)
{
	struct db *db = r->http->role->site.db;
	struct onetime t;
	int found = onetime_find(db, r->u.erase.hash, PURPOSE, &t, e);

	if (found == -1)
		return -1;
	r->outcome = judge(&t, found);
	if (r->outcome != OUTCOME_DONE)
		return 0;
	/* the link goes with the person */
	return subscriber_erase(db, t.subscriber_id, "my data page", e) == -1 ? -1 : counter_add(db, "erasures", 1, e);
}

static void
answer_erase(struct http_request *r)
{
	json_t *context;

	if (r->outcome != OUTCOME_DONE) {
		answer_expired(r, r->outcome);
		return;
	}
	context = page_context(r);
	json_object_set_new(context, "signup_url", json_sprintf("%s/", r->http->base));
	page_ok(r, "web/erased.html.mustache", context, "erased.message");
}

/* The box was not ticked, or something else than erasing was asked for: nothing happens, and the page says why. */
static void
ask_again(struct http_request *r)
{
	struct buf title = BUF_INIT, detail = BUF_INIT;
	json_t *data;

	if (r->json) {
		page_words(r, &title, "error.unchanged", NULL);
		page_words(r, &detail, "my-data.unconfirmed", NULL);
		page_problem(r, MHD_HTTP_BAD_REQUEST,
		    &(struct problem){ .name = "not-confirmed", .title = title.data, .detail = detail.data, .field = "confirm" });
	} else if ((data = read_data(r))) {
		show(r, MHD_HTTP_BAD_REQUEST, data, true);
	}
	buf_release(&title);
	buf_release(&detail);
}

void
mydata_post(struct http_request *r)
{
	const char *action, *confirm;
	struct form f = FORM_INIT;

	if (!read_link(r) || http_form(r, &f) == -1)
		goto out;
	action = form_get(&f, "action");
	confirm = form_get(&f, "confirm");
	if (action && strcmp(action, "erase") == 0 && confirm && strcmp(confirm, "yes") == 0 && token_hash(r->u.erase.hash, r->token))
		http_queue_add(r, WORK_ERASE, write_erase, answer_erase);
	else
		ask_again(r);
out:
	form_release(&f);
}
