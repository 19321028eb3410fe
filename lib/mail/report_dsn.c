/*
 * report_dsn.c - delivery status notifications: RFC 3464, 6533, and what servers make of them; see report_private.h.
 *
 * Fields are taken in the order in which they come: a recipient begins where its address is named, whether or not a blank line stands
 * before it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/report_private.h"

enum action {
	ACTION_NONE,
	ACTION_FAILED,
	ACTION_DELAYED,
	ACTION_DONE
};

/* One recipient's fields. */
struct group {
	bool any, has_final, has_original, blank;
	char final[ADDR_MAX], original[ADDR_MAX], local[ADDR_MAX];
	enum action action;
	char status[12], remote[256], text[REPORT_VALUE], more[REPORT_VALUE];
};

struct dsn {
	struct report *r;
	const struct report_mail *m;
	char reporting[256];
	struct group g;
	int failed, delayed, done;
	int words_read; /* the free-form reader has been asked: it knows `words` */
	struct report_free_out words;
	char near[600]; /* what stands behind the address there */
};

static enum action
action_of(const char *value)
{
	static const struct {
		const char *begins;
		enum action action;
	} actions[] = { { "fail", ACTION_FAILED }, { "error", ACTION_FAILED }, { "reject", ACTION_FAILED }, { "delay", ACTION_DELAYED },
		{ "deliver", ACTION_DONE }, { "relay", ACTION_DONE }, { "expand", ACTION_DONE } };

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strncasecmp(value, actions[i].begins, strlen(actions[i].begins)) == 0)
			return actions[i].action;
	return ACTION_NONE;
}

/* "dns; mx.example.org (TCP|192.0.2.1|…)" as "mx.example.org". */
static void
host_of(const char *value, char *out, size_t size)
{
	const char *semicolon = strchr(value, ';'), *p = semicolon ? semicolon + 1 : value;
	size_t n;

	p += strspn(p, " <[\"");
	n = strcspn(p, " ;>]\"(,");
	while (n && p[n - 1] == '.')
		n--;
	n = n < size ? n : text_cut(p, size - 1);
	memcpy(out, p, n);
	out[n] = '\0';
	text_lower(out);
}

/* "smtp; 550 5.1.1 …", "X-Postfix; …", "x-notes;…" without the type; with it, where it says what the number is: Sendmail's "X-Unix; 67". */
static void
diagnostic_of(const char *value, char out[REPORT_VALUE])
{
	size_t word = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ");

	if (word < 40 && value[word] == ';' && strncasecmp(value, "x-unix", 6) != 0)
		value += word + 1;
	value += strspn(value, " ");
	text_copy(out, REPORT_VALUE, value); /* it fits: a value of a field is no longer */
}

/* Who said it, when the words name them: "host mx.example.org[192.0.2.1] said: …". */
static void
speaker_of(const char *text, char *out, size_t size)
{
	const char *p = strstr(text, " said: "), *host = text;
	size_t n;

	out[0] = '\0';
	if (!p)
		return;
	for (const char *q = text; (q = strstr(q, "host ")) && q < p; q++)
		host = q + 5;
	if (host == text)
		return;
	n = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
	if (n == 0 || n >= size || !memchr(host, '.', n))
		return;
	memcpy(out, host, n);
	out[n] = '\0';
	text_lower(out);
}

/* Ask the reader of free-form bounces; the caller frees out->recipient. */
static void
read_words(const struct report_mail *m, bool null_sender, struct report_free_out *out)
{
	char failed[REPORT_VALUE], to[REPORT_VALUE];
	struct report_free_in in = {
		.from = m->from,
		.name = m->name,
		.subject = m->subject,
		.null_sender = null_sender,
		.text = m->words.data,
		.returned = m->returned.data,
		.failed = failed,
		.to = to,
	};

	report_field_get(&m->headers, "X-Failed-Recipients", failed, sizeof(failed));
	report_field_get(&m->headers, "To", to, sizeof(to));
	out->recipient = xcalloc(REPORT_FREE_MOST, sizeof(*out->recipient));
	report_free(&in, out);
}

/* What the readable part says: read once, when a recipient's own fields do not tell enough. */
static const struct report_free_recipient *
in_words(struct dsn *d, const char *address)
{
	if (!d->words_read) {
		d->words_read = true;
		read_words(d->m, true, &d->words);
	}
	for (int i = 0; i < d->words.count; i++)
		if (!address || strcasecmp(d->words.recipient[i].address, address) == 0)
			return &d->words.recipient[i];
	return NULL;
}

/* A diagnostic without words that tell why: empty, a code alone, "delivery failed". */
static bool
says_little(const char *text)
{
	static const char *const empty[] = { "", "unknown", "failed", "delivery failed", "error", "none", "permanent failure",
		"other or undefined status", "transaction failed", "service unavailable", "unspecified", "undefined", "message rejected",
		"not delivered", "delivery error", "see transcript" };
	const char *p = text + strcspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\x80");
	size_t n = strlen(p);

	for (size_t i = 0; p[0] && (unsigned char)p[0] < 0x80 && i < sizeof(empty) / sizeof(*empty); i++) {
		size_t length = strlen(empty[i]);

		if (length && n >= length && n <= length + 2 && strncasecmp(p, empty[i], length) == 0)
			return true;
	}
	for (p = text; *p; p++)
		if (isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80)
			return false;
	return true;
}

/* The lines of the readable part from the address on, where nothing better is there. */
static void
excerpt(const struct report_mail *m, const char *address, char *out, size_t size)
{
	const char *p = address[0] ? strcasestr(m->words.data, address) : NULL, *end;
	size_t n;

	out[0] = '\0';
	if (!p)
		return;
	p += strlen(address);
	p += strspn(p, ">:;, \n\"'");
	end = strstr(p, "\n\n");
	n = end ? (size_t)(end - p) : strlen(p);
	n = n < size ? n : text_cut(p, size - 1);
	memcpy(out, p, n);
	out[n] = '\0';
	report_text_line(out);
}

static void
flush_failed(struct dsn *d, struct report_found *f)
{
	struct group *g = &d->g;
	const struct report_free_recipient *w = NULL;

	d->failed++;
	if (d->r->recipients == REPORT_RECIPIENTS) {
		d->r->more = true; /* looking for its words would take long for nothing */
		return;
	}
	if (!f->address[0] && in_words(d, NULL) && d->words.count >= d->failed) {
		w = &d->words.recipient[d->failed - 1];
		f->address = w->address;
	}
	if (says_little(g->text) || !report_says_why(f)) {
		if (!w)
			w = in_words(d, f->address);
		if (!w && d->words.count == 1)
			w = &d->words.recipient[0];
		if (w && !says_little(w->text))
			f->words = w->text;
		else {
			excerpt(d->m, f->address, d->near, sizeof(d->near));
			f->words = d->near;
		}
		if (w && !f->server[0])
			f->server = w->server;
	}
	report_add_judged(d->r, f);
}

static void
flush(struct dsn *d)
{
	struct group *g = &d->g;
	struct report_found f = {
		.address = g->final, .original = "", .enhanced = g->status, .text = g->text, .words = "", .server = g->remote
	};
	char speaker[256];

	if (!g->any)
		return;
	if (!f.address[0])
		f.address = g->original;
	else if (g->original[0] && strcasecmp(g->original, g->final) != 0)
		f.original = g->original;
	if (!g->text[0])
		f.text = g->more;
	speaker_of(f.text, speaker, sizeof(speaker));
	if (speaker[0])
		f.server = speaker;
	else if (!g->remote[0])
		f.server = d->reporting;
	if (g->action == ACTION_NONE)
		g->action = g->status[0] == '2' ? ACTION_DONE : ACTION_FAILED;
	if (g->action == ACTION_FAILED)
		flush_failed(d, &f);
	else {
		if (f.address[0] && g->action == ACTION_DELAYED)
			report_add_delayed(d->r, &f);
		else if (f.address[0])
			report_add(d->r, &f, REPORT_OTHER);
		d->delayed += g->action == ACTION_DELAYED;
		d->done += g->action == ACTION_DONE;
	}
	memset(g, 0, sizeof(*g));
}

static void
take_address(struct dsn *d, const char *value, bool final)
{
	struct group *g = &d->g;
	char address[ADDR_MAX];
	bool whole = report_field_address(value, address);

	if (final ? g->has_final || (g->has_original && g->blank && g->action) : g->has_original || (g->has_final && g->blank))
		flush(d);
	g->any = true;
	g->blank = false;
	*(final ? &g->has_final : &g->has_original) = true;
	if (whole)
		text_copy(final ? g->final : g->original, ADDR_MAX, address);
}

static void
take_status(struct group *g, const char *value)
{
	char found[12];

	if (report_enhanced_in(value, found) || (value[0] == '2' && value[1] == '.'))
		snprintf(g->status, sizeof(g->status), "%.11s", found[0] ? found : "2.0.0");
	/* "5.1.1 (unknown user)": the comment is all that some say. */
	if (strchr(value, '(') && !g->more[0])
		snprintf(g->more, sizeof(g->more), "%s", strchr(value, '('));
}

static void
take_field(struct dsn *d, const struct report_field *f)
{
	struct group *g = &d->g;
	char value[REPORT_VALUE];

	report_field_value(f, value, sizeof(value));
	if (f->blank_before)
		g->blank = true;
	if (report_field_is(f, "Reporting-MTA") && !d->reporting[0])
		host_of(value, d->reporting, sizeof(d->reporting));
	else if (report_field_is(f, "Final-Recipient"))
		take_address(d, value, true);
	else if (report_field_is(f, "Original-Recipient"))
		take_address(d, value, false);
	else if (report_field_is(f, "X-Actual-Recipient") && !g->final[0])
		report_field_address(value, g->final);
	else if (report_field_is(f, "Action")) {
		g->action = action_of(value);
		g->any = true;
	} else if (report_field_is(f, "Status")) {
		take_status(g, value);
		g->any = true;
	} else if (report_field_is(f, "Remote-MTA"))
		host_of(value, g->remote, sizeof(g->remote));
	else if (report_field_is(f, "Diagnostic-Code") && says_little(g->text))
		diagnostic_of(value, g->text);
	else if (report_field_is(f, "X-Supplementary-Info"))
		snprintf(g->more, sizeof(g->more), "%s", value);
}

static void
take_block(struct dsn *d, const char *text, size_t n)
{
	const char *at = text, *end = text + n;
	struct report_field f;

	while (report_field_next(&at, end, &f)) {
		/* Some fold a diagnostic without the white space that says so. */
		if (report_field_is(&f, "Diagnostic-Code"))
			while (at < end && *at != '\n' && report_field_count(at, (size_t)(end - at)) == 0) {
				const char *lf = memchr(at, '\n', (size_t)(end - at));

				at = lf ? lf + 1 : end;
				f.value_n = (size_t)((lf ? lf : end) - f.value);
			}
		take_field(d, &f);
	}
	flush(d);
}

/* A report without a part for programs may hold its fields in the readable text, from a line of their own on. */
static const char *
fields_in_words(const struct report_mail *m)
{
	static const char *const first[] = { "\nReporting-MTA:", "\nFinal-Recipient:", "\nOriginal-Recipient:" };
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++) {
		const char *p = strcasestr(m->words.data, first[i]);

		if (p && (!found || p < found))
			found = p;
	}
	return found && strcasestr(found, "\nAction:") ? found : NULL;
}

bool
report_dsn(struct report *r, const struct report_mail *m)
{
	struct dsn d = { .r = r, .m = m };
	const char *in_text = NULL;
	bool any = false;

	for (int i = 0; i < m->parts; i++)
		if (m->part[i].role == REPORT_ROLE_STATUS) {
			any = true;
			take_block(&d, m->part[i].text.data, m->part[i].text.len);
		}
	if (!any && (in_text = fields_in_words(m)))
		take_block(&d, in_text, m->words.len - (size_t)(in_text - m->words.data));
	free(d.words.recipient);
	if (d.failed)
		r->kind = REPORT_BOUNCE;
	else if (d.delayed)
		r->kind = REPORT_DELAY;
	else if (d.done)
		r->kind = REPORT_SUCCESS;
	else
		return false;
	return true;
}

bool
report_rejection(struct report *r, const struct report_mail *m)
{
	const struct report_part *receipt = report_mail_part(m, REPORT_ROLE_RECEIPT);
	struct report_found f = { .address = "", .original = "", .enhanced = "", .text = "", .words = m->words.data, .server = "" };
	char disposition[128], value[REPORT_VALUE], address[ADDR_MAX];

	report_field_get(&receipt->text, "Disposition", disposition, sizeof(disposition));
	if (!strcasestr(disposition, "automatic-action") || !strcasestr(disposition, "deleted"))
		return false;
	/* A mailbox that was emptied says "deleted" as well. */
	if (!strcasestr(m->words.data, "automatically rejected") && !strcasestr(m->words.data, "was rejected") &&
	    !strcasestr(m->words.data, "was refused") && strncasecmp(m->subject, "rejected:", 9) != 0)
		return false;
	if (report_field_get(&receipt->text, "Final-Recipient", value, sizeof(value)) && report_field_address(value, address))
		f.address = address;
	report_add(r, &f, REPORT_SOFT);
	r->kind = REPORT_BOUNCE;
	return true;
}

bool
report_words(struct report *r, const struct report_mail *m)
{
	struct report_free_out out = { 0 };

	read_words(m, m->null_sender || strncmp(m->submitted, "auto-", 5) == 0, &out);
	for (int i = 0; i < out.count; i++) {
		const struct report_free_recipient *w = &out.recipient[i];
		struct report_found f = { w->address, w->original, w->code, w->enhanced, w->text, "", w->server };

		if (out.what == REPORT_FREE_BOUNCE)
			report_add_judged(r, &f);
		else if (out.what == REPORT_FREE_DELAY)
			report_add_delayed(r, &f);
	}
	free(out.recipient);
	if (out.what == REPORT_FREE_NONE)
		return false;
	r->kind = out.what == REPORT_FREE_BOUNCE ? REPORT_BOUNCE : REPORT_DELAY;
	return true;
}
