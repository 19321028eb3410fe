/* report.c - what a message that came back says; see report.h. Here is the order in which the kinds are asked. */
#include "mail/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mail/report_private.h"

/* A bounce that names nobody, neither for programs nor for people: the message that it returns may say whom it was for. */
static void
add_unnamed(struct report *r, const struct report_mail *m)
{
	struct report_found f = { .address = "", .original = "", .enhanced = "", .text = m->words.data, .words = m->subject, .server = "" };
	char value[REPORT_VALUE], address[ADDR_MAX] = "";

	if (report_field_get(&m->headers, "X-Failed-Recipients", value, sizeof(value)) ||
	    report_field_get(&m->returned, "To", value, sizeof(value)))
		if (!strchr(value, ',') && report_field_address(value, address))
			f.address = address;
	report_add_judged(r, &f);
}

static void
read_kind(struct report *r, const struct report_mail *m)
{
	bool report = strcmp(m->type, "multipart/report") == 0, person = report_is_person(m);

	bool feedback = report_mail_part(m, REPORT_ROLE_FEEDBACK) && !report_has_reader(m);

	if ((report || feedback || !person) && report_arf(r, m))
		return;
	if (report_is_receipt(m)) {
		if (!report_rejection(r, m))
			r->kind = REPORT_RECEIPT;
		return;
	}
	if ((report || !person) && report_dsn(r, m))
		return;
	if (!person && !report_is_note(m) && report_words(r, m)) {
		if (r->kind == REPORT_BOUNCE && r->recipients == 0)
			add_unnamed(r, m);
		return;
	}
	if (!person && report && strcmp(m->report_type, "delivery-status") == 0 && m->daemon) {
		r->kind = REPORT_BOUNCE;
		add_unnamed(r, m);
		return;
	}
	r->kind = !person && report_is_auto(m) ? REPORT_AUTOMATIC : REPORT_PERSON;
}

int
report_read(struct report *r, const char *bytes, size_t n, const char *envelope, struct err *e)
{
	struct report_extent x;
	struct report_mail *m;

	*r = REPORT_INIT;
	if (report_scan(bytes, n, &x, e) == -1)
		return -1;
	m = xmalloc(sizeof(*m));
	report_mail_read(m, &x);
	text_copy(r->from, sizeof(r->from), m->from);
	text_copy(r->subject, sizeof(r->subject), m->subject);
	read_kind(r, m);
	r->automatic = r->kind != REPORT_PERSON || report_is_auto(m);
	report_links(r, m, envelope);
	report_mail_release(m);
	free(m);
	return 0;
}

void
report_release(struct report *r)
{
	free(r->recipient);
	*r = REPORT_INIT;
}

const char *
report_kind_name(enum report_kind kind)
{
	static const char *const names[] = {
		[REPORT_PERSON] = "person",
		[REPORT_BOUNCE] = "bounce",
		[REPORT_DELAY] = "delay",
		[REPORT_SUCCESS] = "success",
		[REPORT_COMPLAINT] = "complaint",
		[REPORT_AUTH_FAILURE] = "auth-failure",
		[REPORT_RECEIPT] = "receipt",
		[REPORT_AUTOMATIC] = "automatic",
	};

	return names[kind];
}

const char *report_class_name(enum report_class class)
{
	static const char *const names[] = {
		[REPORT_OTHER] = "other", [REPORT_SOFT] = "soft", [REPORT_HARD] = "hard", [REPORT_COMPLAINED] = "complaint"
	};

	return names[class];
}
