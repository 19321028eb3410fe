/*
 * http_manage.c - "mail me my link": somebody types their address, and gets the link to their settings and data by mail.
 *
 * Like a signup: one row whoever asks, the same answer for everybody, and the clerk decides afterwards (clerk_manage.c).
 */
#include "http.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "mail/addr.h"
#include "store/counter.h"

static void
show(struct http_request *r, unsigned status, const char *email, const char *problem)
{
	json_t *context = page_context(r), *error;

	page_put(context, "email", email);
	if (problem) {
		error = json_object();
		page_put(error, "text", problem);
		json_object_set_new(context, "error", error);
	}
	page_answer(r, status, "web/manage.html.mustache", context);
}

/* Nothing of the query goes into the form: whose link is asked for is typed here, not by somebody else. */
void
manage_get(struct http_request *r)
{
	show(r, MHD_HTTP_OK, NULL, NULL);
}

static void
refuse(struct http_request *r, const char *email, const struct err *e)
{
	struct buf problem = BUF_INIT, title = BUF_INIT;
	json_t *context = page_context(r);

	page_put(context, "detail", e->text);
	page_words(r, &problem, "manage.bad-address", context);
	page_words(r, &title, "manage.problem", context);
	if (r->json)
		page_problem(r, MHD_HTTP_BAD_REQUEST,
		    &(struct problem){ .name = "invalid-address", .title = title.data, .detail = problem.data, .field = "email" });
	else
		show(r, MHD_HTTP_BAD_REQUEST, email, problem.data);
	json_decref(context);
	buf_release(&problem);
	buf_release(&title);
}

static int
write_manage(struct http_request *r, struct err *e)
{
	return signup_append(r->http->role->site.db, &r->u.signup.row, e);
}

/* What http_signup.c does with a program that falls for the field that nobody sees: it waits for the disk as everybody does. */
static int
write_trapped(struct http_request *r, struct err *e)
{
	return counter_add(r->http->role->site.db, "signup_trapped", 1, e);
}

static void
answer_manage(struct http_request *r)
{
	page_ok(r, "web/manage-sent.html.mustache", page_context(r), "manage.message");
}

void
manage_post(struct http_request *r)
{
	struct signup *s = &r->u.signup.row;
	struct form f = FORM_INIT;
	const char *email, *trap;
	struct err e = ERR_INIT;
	struct addr a;

	if (http_form(r, &f) == -1)
		goto out;
	trap = form_get(&f, "website");
	email = form_get(&f, "email");
	if (addr_parse(&a, email ? email : "", &e) == -1) {
		refuse(r, email, &e);
	} else {
		s->manage = true;
		text_copy(s->address, sizeof(s->address), a.text);
		text_copy(s->key, sizeof(s->key), a.key);
		text_copy(s->language, sizeof(s->language), http_language(r));
		text_copy(s->ip, sizeof(s->ip), r->ip);
		s->weight = 1;
		s->received_at = clock_now();
		http_queue_add(r, WORK_MANAGE, trap && trap[0] ? write_trapped : write_manage, answer_manage);
	}
out:
	form_release(&f);
}
