/* dmarc.c - see dmarc.h. */
#include "mail/dmarc.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"
#include "mail/tag_list.h"

bool
dmarc_is_record(const char *text)
{
	struct tag_list list;
	struct err e = ERR_INIT;
	size_t n = strcspn(text, ";");
	char first[32];

	/* the rest may be broken: it is one all the same */
	if (n >= sizeof(first))
		return false;
	memcpy(first, text, n);
	first[n] = '\0';
	return tag_list_parse(&list, first, &e) == 0 && tag_find(&list, "v") && list.tag[0].value_len == 6 &&
	    memcmp(list.tag[0].value, "DMARC1", 6) == 0;
}

static enum dmarc_policy
policy_of(const struct tag *t)
{
	if (!t)
		return DMARC_UNSET;
	if (tag_is(t, "none"))
		return DMARC_NONE;
	if (tag_is(t, "quarantine"))
		return DMARC_QUARANTINE;
	return tag_is(t, "reject") ? DMARC_REJECT : DMARC_UNSET;
}

const char *
dmarc_policy_name(enum dmarc_policy policy)
{
	static const char *const names[] = { "none", "none", "quarantine", "reject" };

	return names[policy];
}

static bool
is_set_to(const struct tag_list *list, const char *name, const char *word)
{
	const struct tag *t = tag_find(list, name);

	return t && tag_is(t, word);
}

int
dmarc_parse(struct dmarc *out, const char *text, struct err *e)
{
	const struct tag *p, *rua;
	struct tag_list list;

	memset(out, 0, sizeof(*out));
	if (tag_list_parse(&list, text, e) == -1)
		return -1;
	if (!dmarc_is_record(text))
		return err_set(e, ERR_INPUT, "v= must come first and be DMARC1");
	p = tag_find(&list, "p");
	rua = tag_find(&list, "rua");
	out->policy = policy_of(p);
	out->subdomains = policy_of(tag_find(&list, "sp"));
	out->absent = policy_of(tag_find(&list, "np"));
	out->strict_dkim = is_set_to(&list, "adkim", "s");
	out->strict_spf = is_set_to(&list, "aspf", "s");
	out->testing = is_set_to(&list, "t", "y");
	out->old_pct = tag_find(&list, "pct") != NULL;
	out->psd = 'u';
	if (is_set_to(&list, "psd", "y"))
		out->psd = 'y';
	else if (is_set_to(&list, "psd", "n"))
		out->psd = 'n';
	out->reports = rua && rua->value_len > 7 && strncasecmp(rua->value, "mailto:", 7) == 0;
	if (out->policy == DMARC_UNSET && out->reports)
		out->policy = DMARC_NONE;
	if (out->policy == DMARC_UNSET)
		return err_set(e, ERR_INPUT, p ? "p= is none of none, quarantine and reject" : "it has no p=");
	return 0;
}

static int
labels(const char *domain)
{
	int n = 1;

	for (; *domain; domain++)
		n += *domain == '.';
	return n;
}

struct step {
	const char *at; /* a suffix of the domain */
	struct dmarc record;
	bool found;
};

struct walk {
	struct step step[DMARC_QUESTIONS];
	int count;
	bool several, unsure; /* several: at the first step */
	char wrong[160];      /* of the first step's record */
};

static void
read_step(struct walk *w, struct step *s, const struct dns_answer *a)
{
	struct err e = ERR_INIT;
	const char *text = NULL;
	bool first = w->count == 0;

	if (a->status != DNS_FOUND && !dns_is_absent(a))
		w->unsure = true;
	for (size_t i = 0; i < a->count; i++) {
		if (!dmarc_is_record(a->record[i].text))
			continue;
		if (text) { /* RFC 9989 4.10: more than one are none */
			w->several |= first;
			return;
		}
		text = a->record[i].text;
	}
	if (!text)
		return;
	s->found = dmarc_parse(&s->record, text, &e) == 0;
	if (!s->found && first)
		snprintf(w->wrong, sizeof(w->wrong), "%.150s", e.text);
}

static void
walk(struct walk *w, const char *domain, dns_look_fn *look, void *ctx)
{
	char name[DNS_NAME + 8];

	memset(w, 0, sizeof(*w));
	while (domain && *domain && w->count < DMARC_QUESTIONS) {
		struct step *s = &w->step[w->count];
		int n = labels(domain);

		s->at = domain;
		snprintf(name, sizeof(name), "_dmarc.%s", domain);
		read_step(w, s, look(ctx, name, DNS_TXT));
		w->count++;
		if (s->found && s->record.psd != 'u')
			return;
		do {
			domain = strchr(domain, '.');
			domain = domain ? domain + 1 : NULL;
		} while (domain && --n > 7);
	}
}

/* RFC 9989 4.10.2 */
static const char *
organisation(const struct walk *w, const char *domain)
{
	const char *org = domain;

	for (int i = 0; i < w->count; i++) {
		if (!w->step[i].found)
			continue;
		if (w->step[i].record.psd == 'y' && i > 0) { /* one label below the public suffix */
			const char *p = w->step[i].at - 1;

			while (p > domain && p[-1] != '.')
				p--;
			return p;
		}
		org = w->step[i].at; /* the last one has the fewest labels */
	}
	return org;
}

static bool
is_there(const char *domain, dns_look_fn *look, void *ctx)
{
	return look(ctx, domain, DNS_MX)->status != DNS_NO_NAME && look(ctx, domain, DNS_A)->status != DNS_NO_NAME;
}

/* The domain's own record, else the organisation's, else the public suffix's. */
static const struct step *
governing(const struct walk *w, const char *org)
{
	if (w->count && w->step[0].found)
		return &w->step[0];
	for (int i = 1; i < w->count; i++)
		if (w->step[i].found && strcmp(w->step[i].at, org) == 0)
			return &w->step[i];
	for (int i = 1; i < w->count; i++)
		if (w->step[i].found && w->step[i].record.psd == 'y')
			return &w->step[i];
	return NULL;
}

void
dmarc_discover(struct dmarc_found *out, const char *domain, dns_look_fn *look, void *ctx)
{
	const struct step *s;
	struct walk w;

	memset(out, 0, sizeof(*out));
	walk(&w, domain, look, ctx);
	out->several = w.several;
	out->unsure = w.unsure;
	out->questions = w.count;
	memcpy(out->wrong, w.wrong, sizeof(out->wrong));
	text_copy(out->org, sizeof(out->org), organisation(&w, domain));
	out->exists = is_there(domain, look, ctx);
	s = governing(&w, out->org);
	if (!s)
		return;
	text_copy(out->at, sizeof(out->at), s->at);
	out->record = s->record;
	out->applies = s->record.policy;
	if (s == &w.step[0])
		return;
	if (s->record.subdomains)
		out->applies = s->record.subdomains;
	if (!out->exists && s->record.absent)
		out->applies = s->record.absent;
}

bool
dmarc_aligned(const char *from, const char *name, bool strict, dns_look_fn *look, void *ctx)
{
	struct walk a, b;

	if (strict || strcasecmp(from, name) == 0)
		return strcasecmp(from, name) == 0;
	walk(&a, from, look, ctx);
	walk(&b, name, look, ctx);
	return strcasecmp(organisation(&a, from), organisation(&b, name)) == 0;
}
