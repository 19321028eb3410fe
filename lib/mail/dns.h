/*
 * dns.h - questions to a name server, with an end to everything (RFC 1035).
 *
 * For the checks of `newsletter doctor` alone: the sender leaves names to
 * libcurl. Blocking, one question at a time; UDP, and TCP where an answer was
 * cut. What was asked is kept, so that a name costs one question however often
 * it is looked at. Answers are hostile: their size, their records and the
 * aliases followed are bounded.
 */
#ifndef DNS_H
#define DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum dns_type { /* RFC 1035 3.2.2, RFC 3596 */
	DNS_A = 1,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
};

enum dns_status {
	DNS_FOUND,
	DNS_NO_DATA, /* the name is there, without such a record */
	DNS_NO_NAME, /* NXDOMAIN */
	DNS_REFUSED, /* SERVFAIL, REFUSED and their like: the server answers, and does not know */
	DNS_SILENT,  /* no answer */
	DNS_BROKEN,  /* what came is no answer to this, or the name is none */
};

#define DNS_NAME 256       /* bytes of a name as text, with the NUL; without the final dot */
#define DNS_RECORDS 64     /* kept of one answer */
#define DNS_ALIASES 12     /* CNAMEs followed inside one answer */
#define DNS_MESSAGE 65535  /* octets of one */
#define DNS_SECONDS 2      /* for one try; a question has two */
#define DNS_QUESTIONS 400  /* most that one struct dns asks */
#define DNS_ADDRESS_MAX 46 /* bytes of an address as text */

struct dns_record {
	unsigned preference; /* MX */
	char *text;          /* address, name in lower case, or TXT's strings joined; what is not printable ASCII is '?' */
};

struct dns_answer {
	enum dns_status status;
	bool cut; /* there were more than DNS_RECORDS */
	size_t count;
	struct dns_record record[DNS_RECORDS];
};

/* Looks a name up. What it gives stays until the ctx goes. */
typedef const struct dns_answer *dns_look_fn(void *ctx, const char *name, enum dns_type type);

struct dns;

/* `server` is "192.0.2.1", "192.0.2.1:5353" or "[2001:db8::1]:53"; NULL or "": those of /etc/resolv.conf. ERR_USAGE when it is none. */
struct dns *dns_new(const char *server, struct err *e);
void dns_free(struct dns *d);

/* By then (clock_mono_us) a question that has no answer gets none, and no further one is asked: DNS_SILENT. 0, as it begins: no end. */
void dns_until(struct dns *d, int64_t end_us);

/* A dns_look_fn; ctx is a struct dns. After two questions without an answer, no further one is asked: all are DNS_SILENT. */
const struct dns_answer *dns_look(void *ctx, const char *name, enum dns_type type);

/* "no such name", "no answer" …: for people. */
const char *dns_status_text(enum dns_status status);

/* Whether the answer tells that nothing is there; false when nobody knows. */
bool dns_is_absent(const struct dns_answer *a);

/* Whether it is a name to ask for: labels of 1 to 63 printable characters, 253 in all, no backslash. */
bool dns_is_name(const char *name);

/* Append nothing, fill `out`: "4.2.0.192.in-addr.arpa" of an address; -1 when it is none. */
int dns_reverse(char out[DNS_NAME], const char *address);

/* What the wire carries; for dns.c and for tests. The answer's texts are freed with dns_answer_release. */
size_t dns_question(uint8_t out[512], uint16_t id, const char *name, enum dns_type type);
/* -1: not the answer to that question. *tc: it was cut, ask by TCP. */
int dns_read(struct dns_answer *out, const uint8_t *message, size_t n, const char *name, enum dns_type type, bool *tc);
void dns_answer_release(struct dns_answer *a);

#endif
