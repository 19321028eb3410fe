/*
 * http_signup.h - a signup as it was typed: what http_signup.c shows and http_signup_check.c judges.
 *
 * The check knows the typed text, the lists and the form's token, and never looks at
 * who is on the list: whatever it says, it says to everybody alike.
 */
#ifndef HTTP_SIGNUP_H
#define HTTP_SIGNUP_H

#include "http.h"
#include "mail/addr.h"
#include "site/form_token.h"

struct typed {
	const char *email, *name; /* borrowed of the form; NULL: no such field */
	int64_t topics[TOPICS_MAX];
	int count;
	const char *field;         /* NULL: all is well; "" belongs to none */
	struct buf problem;        /* what is wrong, in the visitor's language */
	char suggestion[ADDR_MAX]; /* what the address is more likely meant to be; or "" */
	const char *sure;          /* the address that was confirmed as it is; or NULL */

	struct addr addr;
	const char *token;               /* the form's, when a form shown again in this language may keep it; or NULL */
	int64_t weight;                  /* what it counts against the limits */
	const char *wording;             /* that was shown; NULL: form_hash says which */
	uint8_t form_hash[CONSENT_HASH]; /* of an embedded form's wording */
};

/* Read h->disposable and h->roles, as the configuration wants them. */
int signup_lists_init(struct http *h, struct err *e);

/* Fill *t from the form; the first thing that is wrong goes into field and problem. -1 after having answered, when the store failed. */
int signup_check(struct typed *t, struct http_request *r, const struct form *f, const struct topic_list *all);

bool signup_is_chosen(const struct typed *t, int64_t topic_id);
void signup_choose(struct typed *t, int64_t topic_id);

#endif
