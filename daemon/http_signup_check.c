/*
 * http_signup_check.c - whether a signup can be taken as it was typed; see http_signup.h.
 *
 * The form carries its time and the hash of the consent it shows, signed
 * (site/form_token.h): what the store then keeps as evidence is what stood there, and a
 * form from before a change of wording is shown again. A signup without one
 * came from a page that somebody else made, and the evidence says so.
 */
#include "http_signup.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "content/builtin.h"
#include "mail/addr_hint.h"
#include "store/consent.h"

#define DISPOSABLE "lists/disposable-domains.txt"
#define ROLES "lists/role-addresses.txt"

static const char foreign_wording[] =
    "Sent through the interface for other pages: the wording of consent was shown by the page that sent it.";

/* Read a list: the site's own file, or the one that is part of the binary. */
static int
read_list(struct wordlist *list, const char *folder, const char *name, struct err *e)
{
	const struct builtin_file *f = builtin_templates;
	struct buf path = BUF_INIT, text = BUF_INIT;
	int rc;

	file_join(&path, folder, name);
	rc = file_read(path.data, WORDLIST_FILE, &text, e);
	if (rc == 0) {
		rc = wordlist_read(list, path.data, text.data, text.len, e);
	} else if (e->code == ERR_NOT_FOUND) {
		while (f->name && strcmp(f->name, name) != 0)
			f++;
		rc = f->name ? 0 : -1; /* none: the error of above */
		if (f->name)
			wordlist_borrow(list, f->text, f->len);
	}
	buf_release(&path);
	buf_release(&text);
	return rc;
}

int
signup_lists_init(struct http *h, struct err *e)
{
	const struct conf *conf = &h->role->site.conf;

	if (!conf->signup_disposable && read_list(&h->disposable, conf->store_templates, DISPOSABLE, e) == -1)
		return -1;
	if (!conf->signup_roles && read_list(&h->roles, conf->store_templates, ROLES, e) == -1)
		return -1;
	return 0;
}

bool
signup_is_chosen(const struct typed *t, int64_t topic_id)
{
	int i;

	for (i = 0; i < t->count; i++)
		if (t->topics[i] == topic_id)
			return true;
	return false;
}

void
signup_choose(struct typed *t, int64_t topic_id)
{
	if (!signup_is_chosen(t, topic_id) && t->count < TOPICS_MAX)
		t->topics[t->count++] = topic_id;
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
check_topics(struct typed *t, const struct http_request *r, const struct form *f, const struct topic_list *all)
{
	const struct topic *topic;
	const char *slug;
	bool unknown = false;
	size_t at = 0, i;

	while ((slug = form_next(f, "topic", &at))) {
		topic = topic_named(all, slug);
		if (topic)
			signup_choose(t, topic->id);
		else
			unknown = unknown || slug[0]; /* an empty one is JSON's "topics": [] */
	}
	if (unknown && !t->field)
		unknown_topic(t, r, all);
	if (unknown)
		return;
	if (!t->count && (all->count == 1 || (f->kind == FORM_JSON && !form_get(f, "topic"))))
		for (i = 0; i < all->count; i++)
			signup_choose(t, all->item[i].id);
	if (!t->count && !t->field)
		complain(t, r, "topic", "signup.no-topic", NULL, NULL);
}

/* A form of ours: which of the languages' wordings stood in it, and when. False when none did, or too long ago. */
static bool
check_page_token(struct typed *t, const struct http_request *r, const char *token)
{
	const struct http *h = r->http;
	enum form_token kind = FORM_TOKEN_FOREIGN;
	int i;

	for (i = 0; i < h->language_count && kind == FORM_TOKEN_FOREIGN; i++)
		kind = form_token_check(h->role->site.links, h->consent[i].hash, clock_now(), token);
	if (kind != FORM_TOKEN_HASTY && kind != FORM_TOKEN_TIMED)
		return false;
	t->wording = h->consent[i - 1].text.data;
	if (i - 1 == r->language)
		t->token = token;
	if (kind == FORM_TOKEN_TIMED)
		t->weight = 1;
	return true;
}

/* A form on a page of the site's own: 1, 0, or -1 after having answered. */
static int
check_embed_token(struct typed *t, struct http_request *r, const char *token)
{
	const struct site *site = &r->http->role->site;
	struct err e = ERR_INIT;
	int rc;

	if (form_token_embed_read(t->form_hash, site->links, token) == -1)
		return 0;
	rc = consent_has_wording(site->db, t->form_hash, &e); /* not in a store from a backup that is older than the form */
	if (rc == -1)
		page_trouble(r, &e);
	return rc;
}

static int
check_token(struct typed *t, struct http_request *r, const struct form *f)
{
	const char *token = form_get(f, "form_token");
	int rc;

	t->weight = SIGNUP_WEIGHT_UNTIMED;
	t->wording = token ? NULL : foreign_wording;
	if (!token || check_page_token(t, r, token))
		return 0;
	rc = check_embed_token(t, r, token);
	if (rc == 1)
		t->weight = 1;
	else if (rc == 0)
		complain(t, r, "", "signup.out-of-date", NULL, NULL);
	return rc == -1 ? -1 : 0;
}

/* Whether what stands before the @, and before a +, is a function. */
static bool
is_role(const struct http *h, const struct addr *a)
{
	char local[ADDR_MAX];
	size_t n = strcspn(a->key, "+@");

	memcpy(local, a->key, n);
	local[n] = '\0';
	return wordlist_has(&h->roles, local);
}

static void
check_address(struct typed *t, const struct http_request *r)
{
	struct err e = ERR_INIT;

	if (addr_parse(&t->addr, t->email ? t->email : "", &e) == -1)
		complain(t, r, "email", "signup.bad-address", "detail", e.text);
	else if (wordlist_has_domain(&r->http->disposable, t->addr.domain))
		complain(t, r, "email", "signup.disposable", NULL, NULL);
	else if (is_role(r->http, &t->addr))
		complain(t, r, "email", "signup.role", NULL, NULL);
}

/* Only when all else is well: a question, and who sends the same address again has answered it. */
static void
check_spelling(struct typed *t, const struct http_request *r, const char *sure)
{
	struct err e = ERR_INIT;
	struct addr a;

	if (sure && addr_parse(&a, sure, &e) == 0 && strcmp(a.key, t->addr.key) == 0)
		t->sure = sure;
	else if (!t->field && addr_hint(t->suggestion, &t->addr))
		complain(t, r, "email", "signup.did-you-mean", "suggestion", t->suggestion);
	else
		t->suggestion[0] = '\0';
}

int
signup_check(struct typed *t, struct http_request *r, const struct form *f, const struct topic_list *all)
{
	struct err e = ERR_INIT;

	t->email = form_get(f, "email");
	t->name = form_get(f, "name");
	if (check_token(t, r, f) == -1)
		return -1;
	if (!t->field)
		check_address(t, r);
	if (!t->field && t->name && subscriber_check_name(t->name, &e) == -1)
		complain(t, r, "name", "signup.bad-name", "detail", e.text);
	check_topics(t, r, f, all); /* in any case: a form that is shown again has them ticked */
	check_spelling(t, r, form_get(f, "sure"));
	return 0;
}
