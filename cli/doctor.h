/*
 * doctor.h - the checks of `newsletter doctor`: what each sees, and what it says.
 *
 * A check says one or more findings: what was found, and what to do about it.
 * It changes nothing, waits for nothing longer than DOCTOR_CHECK seconds, and
 * names no secret and no address but the site's own. What cannot be seen from
 * here (no network, no right to look) is skipped, with the reason; it is no failure.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/dns.h"

struct cli;
struct conf;
struct conf_relay;
struct err;

#define DOCTOR_CHECK 10 /* seconds for one check */
#define DOCTOR_ALL 60   /* seconds for all of them */

enum doctor_result {
	DOCTOR_PASS,
	DOCTOR_WARN,
	DOCTOR_FAIL,
	DOCTOR_SKIP, /* could not be looked at */
};

struct doctor {
	struct cli *cli;
	const struct conf *conf;
	struct dns *dns;
	const char *ip;   /* that mail leaves for the world from, as --ip says; NULL */
	bool full;        /* --full: however long the store takes */
	int64_t end_us;   /* clock_mono_us: what has not begun by then is skipped */
	json_t *findings; /* what was said so far */
	size_t printed;
	const char *group, *check; /* that is running */
	int count[4];              /* findings by result */

	/* What earlier checks learned. */
	char relay_ip[DNS_ADDRESS_MAX]; /* of the first relay that was reached; "" */
};

/* Say what was found (printf-like, one line). */
void doctor_say(struct doctor *d, enum doctor_result result, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What to do about what was said last; one line. */
void doctor_advise(struct doctor *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Seconds that a check has, at most DOCTOR_CHECK; 0: none, say so. */
int doctor_seconds(const struct doctor *d);

typedef void doctor_fn(struct doctor *d);

/* configuration */
doctor_fn doctor_settings, doctor_permissions, doctor_users, doctor_keys;
/* host */
doctor_fn doctor_clock, doctor_disk, doctor_daemon, doctor_sandbox;
/* store */
doctor_fn doctor_store;
/* relay */
doctor_fn doctor_relays;
/* dns */
doctor_fn doctor_dkim, doctor_spf, doctor_dmarc, doctor_mail_hosts, doctor_reverse;
/* web */
doctor_fn doctor_pages, doctor_one_click;

/* --send: a test mail to the address through the outbox; waits for what becomes of it. -1 when it cannot be queued. */
int doctor_send(struct doctor *d, const char *address, struct err *e);

/* Open the store, or read the link keys, into cli->site, unless that was done before. -1: neither said nor printed. */
int doctor_open_store(struct doctor *d, struct err *e);
int doctor_open_links(struct doctor *d, struct err *e);

/* "the relay", or "relay NAME". Returns out. */
const char *doctor_relay_name(char out[80], const struct conf_relay *r);

/* The domain of an address as it is mailed (A-labels); "" when it is none. */
const char *doctor_domain(char out[DNS_NAME], const char *address);

/* Whether nobody but this machine or its own network can send from it. */
bool doctor_is_private(const char *address);

/* A path as newsletter.conf would say it; borrowed from it. */
const char *doctor_path(const struct doctor *d, const char *path);

#endif
