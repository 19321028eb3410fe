/*
 * http_signup.c - the signup form, and what is done with it: one row, whoever asks.
 *
 * What is typed is checked; who it is, is not looked up. So the answer has the
 * same words, size and timing for everybody, and the clerk decides afterwards.
 *
 * The form carries its time and the hash of the consent it shows, signed
 * (form_token): what the store then keeps as evidence is what stood there, and a form
 * from before a change of wording is shown again. A signup without one came
 * from somebody else's page, and the evidence says so.
 */
#include "http.h"

#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "content/template.h"
#include "mail/addr.h"
#include "store/consent.h"

#define FORM_PAGE "web/signup.html.mustache"
#define TOKEN_TIME 8
#define TOKEN_MAC 16
#define FORM_TOKEN (BASE64URL_LEN(TOKEN_TIME + TOKEN_MAC))

static const char label[] = "newsletter signup form";
static const char foreign_wording[] =
    "Sent through the interface for other pages: the wording of consent was shown by the page that sent it.";

/* A signup as typed, and what to say about it. */
struct typed {
	const char *email, *name;
	int64_t topics[TOPICS_MAX];
	int count;
	const char *field;  /* NULL: all is well; "" belongs to none */
	struct buf problem; /* what is wrong */
};

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
	return 0;
}

static void
sign(uint8_t mac[TOKEN_MAC], const struct http_request *r, const uint8_t time[TOKEN_TIME])
{
	uint8_t signed_text[TOKEN_TIME + CONSENT_HASH], full[32];

	memcpy(signed_text, time, TOKEN_TIME);
	memcpy(signed_text + TOKEN_TIME, r->http->consent[r->language].hash, CONSENT_HASH);
	link_sign(full, r->http->role->site.links, label, signed_text, sizeof(signed_text));
	memcpy(mac, full, TOKEN_MAC);
}

static void
form_token(char out[FORM_TOKEN + 1], const struct http_request *r)
{
	uint8_t octets[TOKEN_TIME + TOKEN_MAC];
	int64_t now = clock_now();
	int i;

	for (i = 0; i < TOKEN_TIME; i++)
		octets[i] = (uint8_t)(now >> (8 * (TOKEN_TIME - 1 - i)));
	sign(octets + TOKEN_TIME, r, octets);
	base64url_encode(out, octets, sizeof(octets));
}

static bool
form_token_ours(const struct http_request *r, const char *text)
{
	uint8_t octets[TOKEN_TIME + TOKEN_MAC], mac[TOKEN_MAC];

	if (base64url_decode(octets, sizeof(octets), text, strlen(text)) != (int)sizeof(octets))
		return false;
	sign(mac, r, octets);
	return secret_equal(mac, octets + TOKEN_TIME, TOKEN_MAC);
}

static bool
is_chosen(const struct typed *t, int64_t id)
{
	int i;

	for (i = 0; i < t->count; i++)
		if (t->topics[i] == id)
			return true;
	return false;
}

/* The form: fresh, or again with what was typed and what is wrong with it. */
static json_t *
form_context(const struct http_request *r, const struct topic_list *all, const struct typed *t, const char *token)
{
	json_t *context = page_context(r), *topics = json_array(), *problem;
	char member[32] = "field_";
	size_t i;

	for (i = 0; i < all->count; i++)
		json_array_append_new(topics, page_topic(&all->item[i], is_chosen(t, all->item[i].id)));
	json_object_set_new(context, "topics", topics);
	json_put(context, "form_token", token);
	json_put(context, "consent_text", r->http->consent[r->language].text.data);
	page_put(context, "email", t->email);
	page_put(context, "name", t->name);
	if (t->field) {
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
	char token[FORM_TOKEN + 1], checked[TOPICS_MAX * 21 + 1];
	const struct http_cached *page;

	form_token(token, r);
	signup_topics_write(checked, sizeof(checked), t->topics, t->count);
	page = http_cache_find(r, FORM_PAGE, checked);
	if (!page)
		page = http_cache_render(r, FORM_PAGE, checked, form_context(r, all, t, HTTP_SLOT(0)));
	if (page)
		http_cache_answer(r, MHD_HTTP_OK, page, (const char *[]){ token });
}

static void
show_form(struct http_request *r, unsigned status, const struct topic_list *all, const struct typed *t)
{
	char token[FORM_TOKEN + 1];

	form_token(token, r);
	page_answer(r, status, FORM_PAGE, form_context(r, all, t, token));
}

static void
choose(struct typed *t, int64_t id)
{
	if (!is_chosen(t, id) && t->count < TOPICS_MAX)
		t->topics[t->count++] = id;
}

static void
choose_all(struct typed *t, const struct topic_list *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		choose(t, all->item[i].id);
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
			choose(&t, topic->id);
	if (all->count == 1) /* else nothing is ticked beforehand: a choice that somebody else made is no consent (ECJ C-673/17) */
		choose(&t, all->item[0].id);
	show_fresh_form(r, all, &t);
out:
	form_release(&query);
}

/* What is wrong with a field, in the visitor's language: `key` of words.h, in which {{NAME}} is `text`. */
static void
complain(struct typed *t, const struct http_request *r, const char *field, const char *key, const char *name, const char *text)
{
	json_t *context = page_context(r);

	t->field = field;
	if (name)
		page_put(context, name, text);
	buf_reset(&t->problem);
	page_words(r, &t->problem, key, context);
	json_decref(context);
}

static void
unknown_topic(struct typed *t, const struct http_request *r, const struct topic_list *all)
{
	struct buf names = BUF_INIT;
	size_t i;

	for (i = 0; i < all->count; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", all->item[i].slug);
	complain(t, r, "topic", "signup.unknown-topic", "topics", names.data);
	buf_release(&names);
}

static void
read_topics(struct typed *t, const struct http_request *r, const struct form *f, const struct topic_list *all)
{
	const struct topic *topic;
	const char *slug;
	bool unknown = false;
	size_t at = 0;

	while ((slug = form_next(f, "topic", &at))) {
		topic = topic_named(all, slug);
		if (topic)
			choose(t, topic->id);
		else
			unknown = unknown || slug[0]; /* an empty one is JSON's "topics": [] */
	}
	if (unknown) {
		unknown_topic(t, r, all);
		return;
	}
	if (!t->count && (all->count == 1 || (f->kind == FORM_JSON && !form_get(f, "topic"))))
		choose_all(t, all);
	if (!t->count)
		complain(t, r, "topic", "signup.no-topic", NULL, NULL);
}

/* Check what was typed; the first thing that is wrong goes into *t. */
static void
check(struct typed *t, const struct http_request *r, const struct form *f, const struct topic_list *all, struct addr *a)
{
	const char *token = form_get(f, "form_token");
	struct err e = ERR_INIT;

	t->email = form_get(f, "email");
	t->name = form_get(f, "name");
	read_topics(t, r, f, all);
	if (token && !form_token_ours(r, token))
		complain(t, r, "", "signup.out-of-date", NULL, NULL);
	else if (addr_parse(a, t->email ? t->email : "", &e) == -1)
		complain(t, r, "email", "signup.bad-address", "detail", e.text);
	else if (t->name && subscriber_check_name(t->name, &e) == -1)
		complain(t, r, "name", "signup.bad-name", "detail", e.text);
}

static int
write_signup(struct http_request *r, struct err *e)
{
	struct http_signup *s = &r->u.signup;

	if (consent_wording(r->http->role->site.db, s->wording, s->row.form_hash, e) == -1)
		return -1;
	return signup_append(r->http->role->site.db, &s->row, e);
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
queue_signup(struct http_request *r, const struct form *f, const struct typed *t, const struct addr *a)
{
	struct signup *s = &r->u.signup.row;

	r->u.signup.wording = form_get(f, "form_token") ? r->http->consent[r->language].text.data : foreign_wording;
	text_copy(s->address, sizeof(s->address), a->text);
	text_copy(s->key, sizeof(s->key), a->key);
	if (t->name)
		text_copy(s->name, sizeof(s->name), t->name);
	text_trim(s->name);
	text_copy(s->language, sizeof(s->language), http_language(r));
	text_copy(s->ip, sizeof(s->ip), r->ip);
	signup_topics_write(s->topics, sizeof(s->topics), t->topics, t->count);
	s->weight = 1;
	s->received_at = clock_now();
	http_queue_add(r, WORK_SIGNUP, write_signup, answer_signup);
}

static void
refuse_json(struct http_request *r, const struct typed *t)
{
	struct buf title = BUF_INIT;

	page_words(r, &title, "signup.problem", NULL);
	page_problem(r, MHD_HTTP_BAD_REQUEST, title.data, t->problem.data, t->field[0] ? t->field : NULL);
	buf_release(&title);
}

void
signup_post(struct http_request *r)
{
	struct typed t = { .problem = BUF_INIT };
	struct form f = FORM_INIT;
	const struct topic_list *all;
	const char *trap;
	struct addr a;

	if (http_form(r, &f) == -1 || !(all = http_topics(r)))
		goto out;
	trap = form_get(&f, "website");
	if (trap && trap[0]) { /* nobody sees that field: a program filled it in, and learns nothing */
		answer_signup(r);
		goto out;
	}
	check(&t, r, &f, all, &a);
	if (!t.field)
		queue_signup(r, &f, &t, &a);
	else if (r->json)
		refuse_json(r, &t);
	else
		show_form(r, MHD_HTTP_BAD_REQUEST, all, &t);
out:
	buf_release(&t.problem);
	form_release(&f);
}
