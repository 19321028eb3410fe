/*
 * spf_check.c - see spf.h: the walk through a record and those it includes.
 *
 * It does not stop where an address matches, but goes on counting: what a
 * record costs is what it costs for the address that is named last. The result is that
 * of a receiver, who does stop.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "mail/spf.h"

#define DEPTH 12
#define COUNTED 40 /* questions after which nobody wants to know */
#define MX_NAMES 10

struct walk {
	struct spf_report *report;
	const char *address;
	bool v6;
	dns_look_fn *look;
	void *ctx;
	int depth;
	int live; /* questions of a receiver, who stops at a match */
};

enum match {
	NO,
	YES,
	TEMPERROR,
	PERMERROR
};

static enum spf_result walk(struct walk *w, const char *domain, bool live, char *all);

static enum match __attribute__((format(printf, 4, 5)))
trouble(struct walk *w, enum match what, bool live, const char *fmt, ...)
{
	va_list ap;

	if (live && !w->report->why[0]) {
		va_start(ap, fmt);
		vsnprintf(w->report->why, sizeof(w->report->why), fmt, ap);
		va_end(ap);
	}
	return what;
}

static bool
holds(const struct walk *w, const struct dns_answer *a, int prefix)
{
	struct network network;
	struct err e = ERR_INIT;
	char text[DNS_ADDRESS_MAX + 8];

	for (size_t i = 0; i < a->count; i++) {
		snprintf(text, sizeof(text), "%s/%d", a->record[i].text, prefix);
		if (network_parse(&network, text, &e) == 0 && network_holds(&network, w->address))
			return true;
	}
	return false;
}

/* Whether one of the name's addresses is it. */
static enum match
match_name(struct walk *w, const struct spf_term *t, const char *name, bool live, bool *is_void)
{
	const struct dns_answer *a = w->look(w->ctx, name, w->v6 ? DNS_AAAA : DNS_A);

	if (!w->address[0] && dns_is_absent(a))
		a = w->look(w->ctx, name, DNS_AAAA);
	*is_void = dns_is_absent(a);
	if (a->status != DNS_FOUND && !*is_void)
		return trouble(w, TEMPERROR, live, "%.100s: %s", name, dns_status_text(a->status));
	return w->address[0] && holds(w, a, w->v6 ? t->prefix6 : t->prefix4) ? YES : NO;
}

static enum match
match_mx(struct walk *w, const struct spf_term *t, const char *name, bool live)
{
	const struct dns_answer *a = w->look(w->ctx, name, DNS_MX);
	enum match one, all = NO;
	bool is_void;

	w->report->voids += dns_is_absent(a);
	if (a->status != DNS_FOUND && !dns_is_absent(a))
		return trouble(w, TEMPERROR, live, "%.100s: %s", name, dns_status_text(a->status));
	if (a->count > MX_NAMES)
		return trouble(w, PERMERROR, live, "mx: %.100s has more than %d mail servers", name, MX_NAMES);
	for (size_t i = 0; i < a->count && all == NO; i++) {
		if (!a->record[i].text[0])
			continue;
		one = match_name(w, t, a->record[i].text, live, &is_void);
		all = one;
	}
	return all;
}

static enum match
match_exists(struct walk *w, const char *name, bool live)
{
	const struct dns_answer *a = w->look(w->ctx, name, DNS_A);

	w->report->voids += dns_is_absent(a);
	if (a->status != DNS_FOUND && !dns_is_absent(a))
		return trouble(w, TEMPERROR, live, "%.100s: %s", name, dns_status_text(a->status));
	return a->status == DNS_FOUND ? YES : NO;
}

static enum match
match_include(struct walk *w, const char *name, bool live)
{
	char unused;

	switch (walk(w, name, live, &unused)) {
	case SPF_PASS: return YES;
	case SPF_TEMPERROR: return TEMPERROR;
	case SPF_PERMERROR: return PERMERROR;
	case SPF_NONE: return trouble(w, PERMERROR, live, "include:%.100s has no SPF record", name);
	default: return NO;
	}
}

static enum match
match_term(struct walk *w, const struct spf_term *t, const char *domain, bool live)
{
	const char *name = t->domain[0] ? t->domain : domain;
	enum match m;
	bool is_void;

	if (t->macro || t->kind == SPF_EXISTS || t->kind == SPF_PTR)
		w->report->depends = true;
	if (t->macro || t->kind == SPF_PTR)
		return NO; /* nobody knows before the message is there */
	switch (t->kind) {
	case SPF_ALL: return YES;
	case SPF_IP: return w->address[0] && network_holds(&t->network, w->address) ? YES : NO;
	case SPF_INCLUDE: return match_include(w, name, live);
	case SPF_MX: return match_mx(w, t, name, live);
	case SPF_EXISTS: return match_exists(w, name, live);
	case SPF_A:
		m = match_name(w, t, name, live, &is_void);
		w->report->voids += is_void;
		return m;
	case SPF_PTR:
	case SPF_REDIRECT: break;
	}
	return NO;
}

/* Count it: false when a receiver would give up here. */
static bool
count(struct walk *w, bool live)
{
	w->report->lookups++;
	w->live += live;
	return !live || w->live <= SPF_LOOKUPS;
}

static enum spf_result
result_of(char qualifier)
{
	switch (qualifier) {
	case '-': return SPF_FAIL;
	case '~': return SPF_SOFTFAIL;
	case '?': return SPF_NEUTRAL;
	default: return SPF_PASS;
	}
}

static enum spf_result
evaluate(struct walk *w, const struct spf *s, const char *domain, bool live, char *all)
{
	enum spf_result result = SPF_NONE;
	const struct spf_term *redirect = NULL;

	for (size_t i = 0; i < s->count && w->report->lookups < COUNTED; i++) {
		const struct spf_term *t = &s->term[i];
		bool asks = live && result == SPF_NONE;
		enum match m;

		if (t->kind == SPF_REDIRECT) {
			redirect = t;
			continue;
		}
		if (t->kind < SPF_REDIRECT && !count(w, asks)) {
			trouble(w, PERMERROR, asks, "more than %d look-ups", SPF_LOOKUPS);
			result = SPF_PERMERROR;
		}
		m = match_term(w, t, domain, asks);
		if (t->kind == SPF_ALL) {
			*all = t->qualifier;
			redirect = NULL;
		}
		if (result == SPF_NONE && m != NO)
			result = m == YES ? result_of(t->qualifier) : (m == TEMPERROR ? SPF_TEMPERROR : SPF_PERMERROR);
		if (t->kind == SPF_ALL)
			return result; /* what stands behind is never looked at (RFC 7208 5.1) */
	}
	if (redirect && w->report->lookups < COUNTED) {
		bool asks = live && result == SPF_NONE, fits = count(w, asks);
		enum spf_result there = SPF_NONE;

		w->report->depends |= redirect->macro;
		if (!redirect->macro)
			there = walk(w, redirect->domain, asks, all);
		if (!fits || (there == SPF_NONE && !redirect->macro)) {
			trouble(w, PERMERROR, asks, fits ? "redirect=%.100s has no SPF record" : "more than ten look-ups, at %.100s",
			    redirect->domain);
			there = SPF_PERMERROR;
		}
		if (result == SPF_NONE)
			result = there;
	}
	return result == SPF_NONE ? SPF_NEUTRAL : result;
}

/* The one record of the domain: 1, 0, or -1 and *result. */
static int
find(struct walk *w, const char *domain, bool live, const char **text, enum spf_result *result)
{
	const struct dns_answer *a = w->look(w->ctx, domain, DNS_TXT);

	*text = NULL;
	if (a->status != DNS_FOUND && !dns_is_absent(a)) {
		trouble(w, TEMPERROR, live, "%.100s: %s", domain, dns_status_text(a->status));
		*result = SPF_TEMPERROR;
		return -1;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (!spf_is_record(a->record[i].text))
			continue;
		if (*text) {
			trouble(w, PERMERROR, live, "%.100s has two SPF records", domain);
			*result = SPF_PERMERROR;
			return -1;
		}
		*text = a->record[i].text;
	}
	return *text != NULL;
}

static enum spf_result
walk(struct walk *w, const char *domain, bool live, char *all)
{
	enum spf_result result = SPF_NONE;
	struct err e = ERR_INIT;
	const char *text;
	struct spf *s;

	*all = 0;
	if (w->depth == DEPTH) {
		trouble(w, PERMERROR, live, "records include each other too deeply, at %.100s", domain);
		return SPF_PERMERROR;
	}
	if (find(w, domain, live, &text, &result) != 1)
		return result;
	s = xmalloc(sizeof(*s));
	w->depth++;
	if (spf_parse(s, text, &e) == -1) {
		trouble(w, PERMERROR, live, "%.80s: %.110s", domain, e.text);
		result = SPF_PERMERROR;
	} else {
		result = evaluate(w, s, domain, live, all);
	}
	w->depth--;
	free(s);
	return result;
}

void
spf_check(struct spf_report *out, const char *domain, const char *address, dns_look_fn *look, void *ctx)
{
	struct walk w = { .report = out, .address = address ? address : "", .look = look, .ctx = ctx };

	memset(out, 0, sizeof(*out));
	w.v6 = strchr(w.address, ':') != NULL;
	out->result = walk(&w, domain, true, &out->all);
	if (out->result == SPF_PERMERROR || out->result == SPF_TEMPERROR)
		return;
	if (out->voids > SPF_VOID && !w.address[0]) {
		out->result = SPF_PERMERROR;
		snprintf(out->why, sizeof(out->why), "more than %d look-ups find nothing", SPF_VOID);
	}
}
