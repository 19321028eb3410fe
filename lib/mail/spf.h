/*
 * spf.h - what an SPF record says, how many questions it costs, and whether addresses are inside (RFC 7208).
 */
#ifndef SPF_H
#define SPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/network.h"
#include "mail/dns.h"

struct err;

enum spf_kind { /* those up to SPF_REDIRECT cost a question (RFC 7208 4.6.4) */
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_EXISTS,
	SPF_REDIRECT,
	SPF_IP,
	SPF_ALL,
};

struct spf_term {
	enum spf_kind kind;
	char qualifier;         /* + - ~ ? */
	bool macro;             /* the domain depends on the message */
	char domain[DNS_NAME];  /* "": the record's own */
	struct network network; /* SPF_IP */
	int prefix4, prefix6;   /* of SPF_A and SPF_MX */
};

#define SPF_TERMS 200

struct spf {
	struct spf_term term[SPF_TERMS];
	size_t count;
};

/* Whether a TXT record claims to be one: "v=spf1", alone or before a space. */
bool spf_is_record(const char *text);

/* ERR_INPUT is what receivers call permerror. Modifiers that nobody knows are left out (RFC 7208 6). */
int spf_parse(struct spf *out, const char *text, struct err *e);

enum spf_result {
	SPF_NONE, /* no record */
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR, /* a question was not answered */
	SPF_PERMERROR,
};

#define SPF_LOOKUPS 10 /* RFC 7208 4.6.4 */
#define SPF_VOID 2

struct spf_report {
	enum spf_result result; /* for the address; without one, that for an address that nothing names */
	int lookups, voids;     /* of all terms, those behind a match too: what the worst address costs */
	char all;               /* qualifier of the record's own last word, all, also by redirect; 0: it has none */
	bool depends;           /* macros, exists or ptr: some of it is decided for each message */
	char why[200];          /* of SPF_TEMPERROR and SPF_PERMERROR */
};

/* Check a domain's record; address NULL or "": what it says of all others. */
void spf_check(struct spf_report *out, const char *domain, const char *address, dns_look_fn *look, void *ctx);

#endif
