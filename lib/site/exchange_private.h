/* exchange_private.h - what exchange_read.c (which reads and checks records) and exchange_take.c (which writes them) share. */
#ifndef EXCHANGE_PRIVATE_H
#define EXCHANGE_PRIVATE_H

#include "base/buf.h"
#include "base/csv.h"
#include "site/exchange.h"
#include "store/people.h"

#define EXCHANGE_CONSENTS 50000 /* most rows of evidence of one person */

struct exchange_state {
	size_t topic; /* its place in the file */
	enum subscription_state state;
	int64_t since;
};

struct exchange_consent {
	size_t topic;
	int64_t at;
	char action[16], ip[64], source[PEOPLE_SOURCE];
	uint8_t form_hash[CONSENT_HASH], mail_hash[CONSENT_HASH];
	bool has_form, has_mail;
};

/* All of one person: what stands between two `person` records. */
struct exchange_person {
	bool open;
	struct people_one one;
	struct exchange_state state[TOPICS_MAX];
	size_t states;
	struct exchange_consent *consent;
	size_t consents, cap;
};

struct exchange_reading {
	struct db *db;
	enum exchange_how how;
	bool taking; /* else only looking through the file */
	struct csv csv;
	enum exchange_kind stage; /* kind of the record before */
	struct topic_list topics; /* of the file; ids are the store's, once taking */
	struct exchange_person person;
	struct {
		bool open;
		uint8_t hash[CONSENT_HASH];
		int64_t first_at;
		struct buf text;
	} wording;
	struct buf hashes; /* of all wordings, in their order */
	struct exchange_counts counts;
	struct exchange_report *report;
	void (*progress)(void *ctx, int64_t people, int64_t of);
	void *progress_ctx;
};

/* Write what was read, inside the open transaction. 0 or -1. */
int exchange_take_topic(struct exchange_reading *r, struct topic *t, struct err *e); /* fills in its id */
int exchange_take_wording(struct exchange_reading *r, struct err *e);
int exchange_take_person(struct exchange_reading *r, struct err *e);
int exchange_take_suppression(struct exchange_reading *r, const struct people_suppressed *s, struct err *e);

#endif
