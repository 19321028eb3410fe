/*
 * dmarc.h - which DMARC policy receivers find for a domain, and which names align with it (RFC 9989).
 *
 * The tree walk (4.10) in place of a list of public suffixes: at most eight questions from a domain upward.
 */
#ifndef DMARC_H
#define DMARC_H

#include <stdbool.h>

#include "mail/dns.h"

struct err;

enum dmarc_policy {
	DMARC_UNSET,
	DMARC_NONE,
	DMARC_QUARANTINE,
	DMARC_REJECT,
};

struct dmarc {
	enum dmarc_policy policy, subdomains, absent; /* p=, sp=, np= */
	bool strict_dkim, strict_spf;                 /* adkim=s, aspf=s */
	bool testing;                                 /* t=y */
	bool reports;                                 /* rua= names somebody */
	bool old_pct;                                 /* pct=, which is no more */
	char psd;                                     /* 'y', 'n' or 'u' */
};

/* Whether a TXT record claims to be one: it begins with v=DMARC1. */
bool dmarc_is_record(const char *text);

/* ERR_INPUT when receivers take no policy from it. A p= that is none counts as p=none where rua= is there (4.7). */
int dmarc_parse(struct dmarc *out, const char *text, struct err *e);

#define DMARC_QUESTIONS 8

struct dmarc_found {
	struct dmarc record;       /* the one that governs */
	char at[DNS_NAME];         /* the domain that has it, without _dmarc.; "": none has */
	char org[DNS_NAME];        /* the organisational domain */
	enum dmarc_policy applies; /* p=, sp= or np=, as the domain stands to it */
	bool several;              /* the domain has more than one record: receivers ignore them all */
	bool unsure;               /* a question was not answered */
	bool exists;               /* the domain itself is in DNS */
	char wrong[160];           /* the domain's own record cannot be used, for this reason; "" */
	int questions;
};

/* What governs mail from the domain. Nothing fails: what was not answered is `unsure`. */
void dmarc_discover(struct dmarc_found *out, const char *domain, dns_look_fn *look, void *ctx);

/* Whether a name (of DKIM's d=, or of the envelope's sender) aligns with the domain in From. */
bool dmarc_aligned(const char *from, const char *name, bool strict, dns_look_fn *look, void *ctx);

const char *dmarc_policy_name(enum dmarc_policy policy);

#endif
