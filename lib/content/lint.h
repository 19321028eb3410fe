/*
 * lint.h - what is wrong with a mailing, told before it leaves.
 *
 * Looks at what was composed, with the slots still marks (base/slot.h), and at
 * what the caller knows of the site and of other campaigns. Pure: no store, no
 * network; what must be fetched to be judged it lists, for link_check.h.
 *
 * An error is what breaks the mail for its readers, what mailbox providers
 * refuse, or what the law forbids; it stops a send. A warning is a matter of
 * judgement. The same mailing gives the same findings in the same order.
 */
#ifndef LINT_H
#define LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINT_FINDINGS 200       /* more are only counted */
#define LINT_LINKS 500          /* addresses to fetch; more are left out */
#define LINT_SUBJECT 60         /* characters that inboxes show */
#define LINT_SIZE_WARNING 81920 /* bytes of the HTML part */
#define LINT_SIZE_ERROR 102400  /* bytes: where Gmail cuts the HTML, and hides the foot */

enum lint_severity {
	LINT_WARNING,
	LINT_ERROR
};

/* Where mail leaves: nowhere (the outbox folder), through a relay on this machine, through one elsewhere. */
enum lint_relay {
	LINT_RELAY_NONE,
	LINT_RELAY_LOCAL,
	LINT_RELAY_REMOTE
};

struct lint_finding {
	enum lint_severity severity;
	const char *code; /* a stable word, like "http-link" */
	char *where;      /* "subject", "HTML, line 12", "link https://…" */
	char *text;       /* what is wrong, and what to do; one line */
	char *languages;  /* of the mails that have it, separated by spaces */
};

/* An address to fetch, each once. */
struct lint_link {
	char *url;
	char *languages; /* as a finding's */
	bool image;
};

struct lint {
	struct lint_finding *finding;
	struct lint_link *link;
	size_t findings, more; /* more: beyond LINT_FINDINGS */
	size_t links;
	const char *language; /* that findings are added for; the caller's */
};

#define LINT_INIT ((struct lint){ NULL, NULL, 0, 0, 0, "" })

/* Another campaign of these hours. */
struct lint_campaign {
	int64_t id, at; /* at: when it starts or started */
	const char *subject, *topic;
};

/* Strings are UTF-8 and never NULL. */
struct lint_mail {
	const char *language;
	const char *subject, *text, *html; /* slots are marks */
	const char *preheader;
	size_t html_size; /* bytes of the HTML as one person gets it */
	const char *from, *site_url, *postal_address;
	enum lint_relay relay;
	bool promotion;
	const char *topic;
	int64_t now, start, valid_until; /* valid_until 0: always */
	const struct lint_campaign *near;
	size_t near_count;
};

/* Add what is wrong with one language's mail. What was found already gets the language too. */
void lint_mail(struct lint *l, const struct lint_mail *m);

/*
 * Add one finding (printf-like); control characters in it become '?', and `where` is cut after 200 bytes. One that is there
 * (same code, where and text) is not added again.
 */
void lint_add(struct lint *l, enum lint_severity severity, const char *code, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

size_t lint_count(const struct lint *l, enum lint_severity severity);
void lint_release(struct lint *l);

#endif
