/*
 * http_signup.c - the signup form, and what is done with it: one row, whoever asks.
 *
 * What is typed is checked (http_signup_check.c); who it is, is not looked up. So
 * the answer has the same words, size and timing for everybody, and the clerk
 * decides afterwards.
 *
 * A program that fills in the field that nobody sees is answered alike too: it
 * waits for a transaction as the others do, in which a counter grows and nothing
 * else. Without that write there would be nothing to make durable, and the
 * answer would come sooner by what the disk takes.
 */
#include "http_signup.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "content/template.h"
#include "store/consent.h"
#include "store/counter.h"

#define FORM_PAGE "web/signup.html.mustache"

static int
render_consent(struct http *h, int language, struct err *e)
{
	struct http_consent *consent = &h->consent[language];
	json_t *context = json_object();
	int rc;

	buf_init(&consent->text);
	json_object_set(context, "site", h->site);
	json_put(context, "language", h->languages[language]);
	rc = template_file(&consent->text, h->role->site.conf.store_templates, "web/consent.text.mustache", context, e);
	json_decref(context);
	if (rc == -1)
		return -1;
	buf_truncate(&consent->text, strlen(text_trim(consent->text.data)));
	sha256(consent->hash, consent->text.data, consent->text.len);
	return 0;
}

int
signup_init(struct http *h, struct err *e)
{
	int i;

	for (i = 0; i < h->language_count; i++)
		if (render_consent(h, i, e) == -1)
			return -1;
	return signup_lists_init(h, e);
}

static void
fresh_token(char out[FORM_TOKEN_TEXT], const struct http_request *r)
{
	const struct http *h = r->http;

	form_token_make(out, h->role->site.links, h->consent[r->language].hash, clock_now());
}

static json_t *
topics_context(const struct http_request *r, const struct topic_list *all, const struct typed *t)
{
	json_t *topics = json_array();
	size_t i;

	for (i = 0; i < all->count; i++)
		json_array_append_new(topics, page_topic(r, &all->item[i], signup_is_chosen(t, all->item[i].id)));
	return topics;
}

/* The form: fresh, or again with what was typed and what is wrong with it. */
static json_t *
form_context(const struct http_request *r, const struct topic_list *all, const struct typed *t, const char *token)
{
	json_t *context = page_context(r), *problem;
	char member[32] = "field_";

	json_object_set_new(context, "topics", topics_context(r, all, t));
	json_put(context, "form_token", token);
	json_put(context, "consent_text", r->http->consent[r->language].text.data);
	page_put(context, "email", t->email);
	page_put(context, "name", t->name);
	page_put(context, "sure", t->suggestion[0] ? t->addr.text : t->sure);
	page_put(context, "suggestion", t->suggestion);
	if (t->field && !t->suggestion[0]) {
		problem = json_object();
		page_put(problem, "text", t->problem.data);
		strncat(member, t->field, sizeof(member) - strlen(member) - 1);
		json_put_bool(problem, member, 1);
		json_object_set_new(context, "error", problem);
	}
	return context;
}

/* A fresh form differs in its token alone among those who have the same topics checked. */
static void
show_fresh_form(struct http_request *r, const struct topic_list *all, const struct typed *t)
{
	char token[FORM_TOKEN_TEXT], checked[TOPICS_MAX * 21 + 1];
	const struct http_cached *page;

	fresh_token(token, r);
	signup_topics_write(checked, sizeof(checked), t->topics, t->count);
	page = http_cache_find(r, FORM_PAGE, checked);
	if (!page)
		page = http_cache_render(r, FORM_PAGE, checked, form_context(r, all, t, HTTP_SLOT(0)));
	if (page)
		http_cache_answer(r, MHD_HTTP_OK, page, (const char *[]){ token });
}

/* Again, with what was typed. Its token is the one that it had: its time counts from when the form was first shown. */
static void
show_form(struct http_request *r, unsigned status, const struct topic_list *all, const struct typed *t)
{
	char token[FORM_TOKEN_TEXT];

	fresh_token(token, r);
	page_answer(r, status, FORM_PAGE, form_context(r, all, t, t->token ? t->token : token));
}

/* The form as data, for pages that make their own of it. */
static void
give_form(struct http_request *r, const struct topic_list *all)
{
	char token[FORM_TOKEN_TEXT];
	const struct conf *conf = &r->http->role->site.conf;
	json_t *form = json_object(), *topics = json_array(), *topic;
	size_t i;

	for (i = 0; i < all->count; i++) {
		topic = page_topic(r, &all->item[i], false);
		json_object_del(topic, "checked");
		json_array_append_new(topics, topic);
	}
	json_object_set_new(form, "action", json_sprintf("%s/subscribe", conf->site_url));
	json_object_set_new(form, "topics", topics);
	json_put(form, "consent", r->http->consent[r->language].text.data);
	if (conf->site_privacy_url[0])
		json_put(form, "privacy_url", conf->site_privacy_url);
	fresh_token(token, r);
	json_put(form, "form_token", token);
	json_put(form, "language", http_language(r));
	page_json(r, MHD_HTTP_OK, "application/json", form);
}

void
signup_get(struct http_request *r)
{
	const struct topic_list *all = http_topics(r);
	struct typed t = { .problem = BUF_INIT };
	struct form query = FORM_INIT;
	const struct topic *topic;
	struct err e = ERR_INIT;
	const char *slug;
	size_t at = 0;

	if (!all)
		goto out;
	if (form_query(&query, r->query, &e) == -1) {
		page_error(r, MHD_HTTP_BAD_REQUEST, "query", e.text);
		goto out;
	}
	if (!all->count) {
		page_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "not-open", NULL);
		goto out;
	}
	while ((slug = form_next(&query, "topic", &at)))
		if ((topic = topic_named(all, slug)))
			signup_choose(&t, topic->id);
	if (all->count == 1) /* else nothing is ticked beforehand: a choice that somebody else made is no consent (ECJ C-673/17) */
		signup_choose(&t, all->item[0].id);
	if (r->json)
		give_form(r, all);
	else
		show_fresh_form(r, all, &t);
out:
	form_release(&query);
}

static int
write_signup(struct http_request *r, struct err *e)
{
	struct http_signup *s = &r->u.signup;

	if (s->wording && consent_wording(r->http->role->site.db, s->wording, s->row.form_hash, e) == -1)
		return -1;
	return signup_append(r->http->role->site.db, &s->row, e);
}

static int
write_trapped(struct http_request *r, struct err *e)
{
	return counter_add(r->http->role->site.db, "signup_trapped", 1, e);
}

static json_t *
check_mail_context(const struct http_request *r)
{
	json_t *context = page_context(r);

	json_put_int(context, "days", r->http->role->site.conf.keep_pending / 86400);
	return context;
}

static void
answer_signup(struct http_request *r)
{
	page_ok_kept(r, "web/check-mail.html.mustache", check_mail_context, "check-mail.message");
}

static void
queue_signup(struct http_request *r, const struct typed *t, bool trapped)
{
	struct signup *s = &r->u.signup.row;

	r->u.signup.wording = t->wording;
	memcpy(s->form_hash, t->form_hash, sizeof(s->form_hash));
	text_copy(s->address, sizeof(s->address), t->addr.text);
	text_copy(s->key, sizeof(s->key), t->addr.key);
	if (t->name)
		text_copy(s->name, sizeof(s->name), t->name);
	text_trim(s->name);
	text_copy(s->language, sizeof(s->language), http_language(r));
	text_copy(s->ip, sizeof(s->ip), r->ip);
	signup_topics_write(s->topics, sizeof(s->topics), t->topics, t->count);
	s->weight = t->weight;
	s->received_at = clock_now();
	http_queue_add(r, WORK_SIGNUP, trapped ? write_trapped : write_signup, answer_signup);
}

/* RFC 9457 problem details, with the members "field" and "suggestion" of our own. */
static void
refuse_json(struct http_request *r, const struct typed *t)
{
	static const char *const names[][2] = { { "email", "invalid-address" }, { "name", "invalid-name" }, { "topic", "invalid-topic" } };
	struct problem p = { .name = "form-out-of-date", .detail = t->problem.data };
	struct buf title = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i][0], t->field) == 0) {
			p.field = names[i][0];
			p.name = names[i][1];
		}
	if (t->suggestion[0]) {
		p.name = "suggestion";
		p.suggestion = t->suggestion;
	}
	page_words(r, &title, "signup.problem", NULL);
	p.title = title.data;
	page_problem(r, MHD_HTTP_BAD_REQUEST, &p);
	buf_release(&title);
}

void
signup_post(struct http_request *r)
{
	struct typed t = { .problem = BUF_INIT };
	struct form f = FORM_INIT;
	const struct topic_list *all;
	const char *trap;

	if (http_form(r, &f) == -1 || !(all = http_topics(r)) || signup_check(&t, r, &f, all) == -1)
		goto out;
	trap = form_get(&f, "website");
	if (!t.field)
		queue_signup(r, &t, trap && trap[0]); /* nobody sees that field: a program filled it in, and learns nothing */
	else if (r->json)
		refuse_json(r, &t);
	else
		show_form(r, MHD_HTTP_BAD_REQUEST, all, &t);
out:
	buf_release(&t.problem);
	form_release(&f);
}
