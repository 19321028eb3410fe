/*
 * report_free.c - whether a text is a bounce, of which form, and of whom it tells.
 *
 * People's mail, vacation notes, lists and newsletters that speak of mail must never pass for one, so that one sign is never enough: who
 * sent it, its subject and its words must agree. Whom it is about is asked of the most trusted source that knows anything:
 * X-Failed-Recipients, a list, a label, a sentence, and at last the returned message's To.
 */
#include "mail/report_free.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "judge/judge.h"
#include "mail/report_free_private.h"

/* What recognition knows of the message besides its text. */
struct signs {
	char from[256], name[256], subject[512]; /* in lower case; from with ^ before it */
	bool server;                             /* its address is a mail server's */
	bool daemon;                             /* … or its name is, which anybody may choose */
	bool subject_fails;                      /* the subject is a bounce's */
	bool answer;                             /* the subject begins with "Re:", "Fwd:" … */
};

static void
copy_low(char *out, size_t size, const char *in)
{
	size_t n = strnlen(in, size - 1);

	memcpy(out, in, n);
	out[n] = '\0';
	free_lower(out);
}

static bool
is_answer(const char *subject)
{
	static const char *const words[] = { "re:", "re :", "fw:", "fwd:", "aw:", "wg:", "tr:", "rv:", "res:", "enc:", "sv:", "vs:",
		"antw:", "odp:", "ynt:", "r:", "i:" };

	while (*subject == ' ' || *subject == '[')
		subject++;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strncmp(subject, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void
read_signs(struct signs *s, const struct report_free_in *in)
{
	s->from[0] = '^';
	copy_low(s->from + 1, sizeof s->from - 1, in->from);
	copy_low(s->name, sizeof s->name, in->name);
	copy_low(s->subject, sizeof s->subject, in->subject);
	s->subject_fails = free_string_has(free_subjects, s->subject);
	s->server = free_string_has(free_daemons, s->from) || (!*in->from && (in->null_sender || s->subject_fails));
	s->daemon = s->server || free_string_has(free_names, s->name);
	s->answer = is_answer(s->subject);
}

static bool
matches(const struct free_form *f, const struct signs *s, const struct free_text *t, size_t head)
{
	if (*f->from && !free_string_has(f->from, s->from) && !free_string_has(f->from, s->name))
		return false;
	if (*f->subject && free_string_has(f->subject, s->subject))
		return !*f->text || f->kind == FREE_FORM_NONE || free_has(f->text, t->low, head);
	if (*f->subject && f->kind != FREE_FORM_NONE)
		return false;
	if (f->kind == FREE_FORM_NONE && s->daemon && s->subject_fails) /* "… was delivered to all others" */
		return false;
	return *f->text && free_has(f->text, t->low, head);
}

static enum free_grade
best_grade(const struct free_text *t)
{
	enum free_grade best = FREE_SILENT;

	for (int i = 0; i < t->lines; i++)
		if (t->line[i].grade > best)
			best = t->line[i].grade;
	return best;
}

/* A vacation note, a ticket, a challenge: unless a mail server speaks as one. */
static bool
is_automatic(const struct signs *s, const struct free_text *t, bool known)
{
	if (s->daemon && (s->subject_fails || known))
		return false;
	return free_string_has(free_automatic, s->subject) || free_string_has(free_notices, s->subject) ||
	    free_has(free_automatic, t->low, t->n < FREE_OPENING ? t->n : FREE_OPENING);
}

/* Whether a form's own words open the text: people say something before they quote. */
static bool
opens(const struct free_form *f, const struct free_text *t)
{
	return free_has(f->text, t->low, t->n < FREE_FIRST ? t->n : FREE_FIRST);
}

/* Whether the judge knows a reason in the text: without one it may be a receipt, or a note that the mail was held or sent on. */
static bool
names_reason(const struct report_free_in *in)
{
	struct judge_in said = { .enhanced = "", .text = in->text, .server = "", .stage = JUDGE_AT_BOUNCE, .final = true };

	return strcmp(judge_reply(&said).rule, JUDGE_NO_REASON) != 0;
}

/* The row that the message matches; NULL: no bounce. */
static const struct free_form *
recognise(const struct report_free_in *in, const struct signs *s, const struct free_text *t)
{
	size_t head = t->n < FREE_HEAD ? t->n : FREE_HEAD;
	bool failed = in->failed && *in->failed, states = free_has(free_statements, t->low, head), marked;
	const struct free_form *f = free_table;
	enum free_grade grade = best_grade(t);

	if (s->answer && !s->daemon)
		return NULL;
	while (f->name && !matches(f, s, t, head))
		f++;
	if (f->name && f->kind == FREE_FORM_NONE)
		return NULL;
	if (!failed && is_automatic(s, t, f->name != NULL))
		return NULL;
	marked = in->null_sender || failed || *in->returned;
	if (f->name && (s->server || failed || (s->daemon && (marked || s->subject_fails))))
		return f;
	if (f->name && s->subject_fails && (marked || opens(f, t)))
		return f;
	if (f->name && in->null_sender && states && grade > FREE_SILENT)
		return f;
	if (failed && (s->daemon || s->subject_fails || states))
		return &free_generic;
	if (s->daemon && !s->server && !marked && grade < FREE_CODE) /* "Mail System: you have five undelivered messages" */
		return NULL;
	/* A mail server sends our own mail back and says why: whatever it calls that. */
	if (s->server && in->null_sender && *in->returned && names_reason(in))
		return &free_generic;
	if (s->daemon && s->subject_fails && (states || grade > FREE_SILENT || marked))
		return &free_generic;
	if (s->daemon && ((states && grade > FREE_SILENT) || (marked && grade >= FREE_CODE)))
		return &free_generic;
	/* parcels are undeliverable, too */
	if (s->subject_fails && marked && (grade >= FREE_CODE || (*in->returned && (states || grade > FREE_SILENT))))
		return &free_generic;
	return NULL;
}

/* A header's value in the returned message, unfolded up to its next line; NULL: it has none. */
static const char *
field(const char *headers, const char *name, size_t *n)
{
	size_t k = strlen(name);

	for (const char *p = headers; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
		const char *end;

		if (strncasecmp(p, name, k) != 0 || p[k] != ':')
			continue;
		p += k + 1;
		end = strchr(p, '\n');
		while (end && (end[1] == ' ' || end[1] == '\t'))
			end = strchr(end + 1, '\n');
		*n = end ? (size_t)(end - p) : strlen(p);
		return p;
	}
	return NULL;
}

static bool
field_address(char out[255], const char *headers, const char *name)
{
	size_t n;
	const char *value = field(headers, name, &n);

	return value && free_address_in(out, value, n < 4096 ? n : 4096);
}

/* Addresses that are nobody's recipient: the sender's of the bounce, and of what came back, with spaces between. */
static void
own_addresses(struct buf *own, const struct report_free_in *in)
{
	static const char *const fields[] = { "From", "Return-Path", "Sender", "Reply-To", "Message-ID", "Errors-To" };
	char to[255], address[255];
	bool sent = field_address(to, in->returned, "To");

	buf_addstr(own, in->from);
	if (in->to && *in->to && !(sent && strcasecmp(in->to, to) == 0))
		buf_addf(own, " %s", in->to);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (field_address(address, in->returned, fields[i]) && !(sent && strcasecmp(address, to) == 0))
			buf_addf(own, " %s", address);
}

struct found {
	struct report_free_out *out;
	int mention[REPORT_FREE_MOST];
};

static int
find_address(const struct report_free_out *out, const char *address)
{
	for (int i = 0; i < out->count; i++)
		if (strcasecmp(out->recipient[i].address, address) == 0)
			return i;
	return -1;
}

static void
add(struct found *f, const char *address, int mention)
{
	struct report_free_recipient *r;

	if (f->out->count == REPORT_FREE_MOST || find_address(f->out, address) != -1)
		return;
	r = &f->out->recipient[f->out->count];
	memset(r, 0, sizeof *r);
	text_copy(r->address, sizeof r->address, address);
	f->mention[f->out->count++] = mention;
}

static int
mention_of(const struct free_mentions *m, const char *address)
{
	int best = -1;

	for (int i = 0; i < m->count; i++)
		if (strcasecmp(m->at[i].address, address) == 0 && (best == -1 || m->at[i].trust > m->at[best].trust))
			best = i;
	return best;
}

static void
add_failed(struct found *f, const char *value, const struct free_mentions *m)
{
	for (const char *p = value; *p;) {
		size_t n = strcspn(p, ",;");
		char address[255];

		if (free_address_in(address, p, n))
			add(f, address, mention_of(m, address));
		p += n + (p[n] != '\0');
	}
}

static void
add_mentions(struct found *f, const struct free_mentions *m, enum free_trust least, enum free_trust most)
{
	for (int i = 0; i < m->count; i++)
		if (m->at[i].trust >= least && m->at[i].trust <= most && !m->at[i].original)
			add(f, m->at[i].address, i);
}

/* "(generated from …)" tells whom we wrote to; it is the recipient itself where the mail went on to a program or a file. */
static void
add_originals(struct found *f, const struct free_mentions *m)
{
	for (int i = 0; i < m->count; i++) {
		const struct free_mention *a = &m->at[i];
		int of = -1;

		for (int k = 0; a->original && k < f->out->count; k++)
			if (f->mention[k] >= 0 && f->mention[k] < i && m->at[f->mention[k]].line + 3 >= a->line)
				of = k;
		if (of >= 0)
			text_copy(f->out->recipient[of].original, sizeof f->out->recipient[of].original, a->address);
		else if (a->original && a->trust > FREE_IGNORED)
			add(f, a->address, i);
	}
}

/* "ann (user not found)" of a server that leaves its own domain away: the first word of each line behind the form's `begin`. */
static void
add_bare(struct found *f, const struct free_text *t, const struct free_form *form)
{
	size_t k = 0;
	const char *p = free_find(*form->label ? form->label : form->begin, t->low, t->n, &k);

	if (!p || !*form->domain)
		return;
	if (!*form->label && !(p = memchr(p, '\n', t->n - (size_t)(p - t->low))))
		return;
	p += *form->label ? k : 1;
	while (*p) {
		size_t n;
		char address[255];

		p += strspn(p, " \t\n<('\"");
		n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789._-");
		if (n == 0 || n > 64 || !strchr(" \t\n>)'\"(,", p[n]))
			return;
		snprintf(address, sizeof address, "%.*s@%s", (int)n, p, form->domain);
		add(f, address, -1);
		p += strcspn(p, "\n");
		if (p[0] == '\n' && p[1] == '\n')
			return;
	}
}

static void
find_recipients(struct found *f, const struct report_free_in *in, const struct free_text *t, const struct free_form *form,
    const struct free_mentions *m)
{
	char to[255];
	bool sent = field_address(to, in->returned, "To");

	if (in->failed)
		add_failed(f, in->failed, m);
	if (f->out->count == 0)
		add_mentions(f, m, FREE_LABELLED, FREE_LISTED);
	add_originals(f, m);
	if (f->out->count == 0)
		add_bare(f, t, form);
	if (f->out->count == 0 && sent && mention_of(m, to) >= 0)
		add(f, to, mention_of(m, to));
	if (f->out->count == 0)
		add_mentions(f, m, FREE_SAID, FREE_SAID);
	if (f->out->count == 0)
		add_mentions(f, m, FREE_TO, FREE_TO);
	if (f->out->count == 0 && sent)
		add(f, to, -1);
	if (f->out->count == 0)
		add_mentions(f, m, FREE_MENTIONED, FREE_MENTIONED);
}

/* Whether a server's reply in the text is a final one. */
static bool
has_final_reply(const struct free_text *t)
{
	for (int i = 0; i < t->lines; i++) {
		char enhanced[12];
		int code;

		if (t->line[i].grade < FREE_CODE)
			continue;
		free_codes(t->low + t->line[i].at, t->line[i].n, &code, enhanced);
		if (code >= 500 || *enhanced == '5')
			return true;
	}
	return false;
}

static bool
is_delay(const struct free_form *form, const struct signs *s, const struct free_text *t)
{
	size_t head = t->n < FREE_HEAD ? t->n : FREE_HEAD;
	bool delayed = free_string_has(free_delays, s->subject) || free_string_has("(delay)|delayed|warning:|incomplete", s->subject);

	if (form->kind == FREE_FORM_DELAY)
		return !free_has("permanent fatal errors", t->low, head);
	if (free_has(free_finals, t->low, head))
		return false;
	return delayed || (!has_final_reply(t) && free_has(free_delays, t->low, head));
}

void
report_free(const struct report_free_in *in, struct report_free_out *out)
{
	const struct free_form *form;
	struct free_mentions m = { 0 };
	struct buf own = BUF_INIT;
	struct free_text t;
	struct found f = { .out = out };
	struct signs s;

	out->what = REPORT_FREE_NONE;
	out->form = "";
	out->count = 0;
	free_text_read(&t, in->text);
	read_signs(&s, in);
	form = recognise(in, &s, &t);
	if (!form)
		goto out;
	out->what = is_delay(form, &s, &t) ? REPORT_FREE_DELAY : REPORT_FREE_BOUNCE;
	out->form = form->name;
	own_addresses(&own, in);
	free_mentions_read(&m, &t, form, own.data);
	find_recipients(&f, in, &t, form, &m);
	if (out->count == 0 && !(s.server && s.subject_fails)) {
		out->what = REPORT_FREE_NONE;
		out->form = "";
	}
	free_reasons(&t, &m, f.mention, out, in->subject);
out:
	free_mentions_release(&m);
	buf_release(&own);
	free_text_release(&t);
}
