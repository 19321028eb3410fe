/*
 * conf.h - newsletter.conf: one INI file, every key with a safe default.
 *
 * The table conf_keys says it all: section, key, kind, default and a line of
 * help. The man page newsletter.conf(5) is compared with it by a test. An
 * unknown section or key, or a value of the wrong kind, is an error that names
 * file and line. [relay], [domain] and [inbound] may be there several times, under
 * names: [relay backup], [domain gmail.com], [inbound complaints]. A comment is a line of its own that
 * begins with # or ;, for a value is the whole rest of its line. A key with a default must not be empty,
 * nor be given twice. No secret is in the file: it names files that hold them, so
 * that every role may read the configuration.
 */
#ifndef CONF_H
#define CONF_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum conf_kind {
	CONF_TEXT,    /* one line of UTF-8 */
	CONF_PATH,    /* relative to the folder of newsletter.conf */
	CONF_URL,     /* https://… (http:// for loopback only), no trailing slash kept */
	CONF_ADDRESS, /* local@domain, or empty */
	CONF_ORIGINS, /* a list as origin.h checks it */
	CONF_SOCIAL,  /* a list as social.h checks it */
	CONF_NUMBER,
	CONF_DURATION, /* seconds: 90s 15m 2h 3d */
	CONF_RATE,     /* 14 or 14/s, 30/m, 500/h: a struct conf_rate */
	CONF_BOOL,     /* yes or no */
	CONF_CHOICE,   /* one of the words in `choices` */
	CONF_SOCKET,   /* empty, an address of the loopback with its port, or CONF_UNIX and a path, relative as CONF_PATH's */
};

#define CONF_UNIX "unix:"
#define CONF_KEYS_MAX 128 /* rows of conf_keys */
#define CONF_RELAYS_MAX 16
#define CONF_VARIABLE 80 /* bytes of a name of conf_relay_variable or conf_mailbox_variable */
#define CONF_DOMAINS_MAX 64
#define CONF_MAILBOXES_MAX 16

struct conf_rate {
	int64_t messages; /* 0: no limit */
	int64_t seconds;  /* in so many: 1, 60 or 3600 */
};

struct conf_relay {
	char *name; /* of [relay NAME]; "" for [relay] */
	char *url, *user, *password_file, *token_file, *tls, *ca_file, *helo, *dialogue, *topics, *dkim_omit;
	int64_t connections, window, messages_per_connection, daily, warmup, timeout, weight, verp, dkim;
	struct conf_rate rate;
};

struct conf_domain {
	char *name; /* lower case */
	struct conf_rate rate;
	int64_t share;
};

struct conf_mailbox {
	char *name; /* of [inbound NAME]; "" for [inbound] */
	char *url, *user, *password_file, *token_file, *tls, *ca_file, *move_to;
	int64_t every, timeout;
};

struct conf {
	char *path;   /* of newsletter.conf, absolute */
	char *folder; /* the site's folder, absolute */

	/* [site] */
	char *site_name, *site_url, *site_home, *site_description;
	char *site_language, *site_timezone, *site_postal_address, *site_privacy_url;
	char *site_action_text, *site_action_url, *site_colour, *site_logo, *site_languages, *site_social;
	int64_t site_archive;

	/* [mail] */
	char *mail_from_name, *mail_from, *mail_reply_to, *mail_bounce, *mail_list_domain;
	char *mail_unsubscribe; /* mailbox that takes unsubscribe-<link>@; empty: no mailto */
	char *mail_operator;
	char *mail_forward; /* who gets what people write to the mailboxes that are read; empty: it stays there */
	int64_t mail_welcome, mail_welcome_articles;

	/* [store] */
	char *store_path, *store_keys, *store_outbox, *store_templates, *store_aside;

	/* [http] */
	char *http_listen, *http_operator, *http_trusted_proxies, *http_origins;
	int64_t http_connections, http_timeout, http_request_time;

	/* [daemon] */
	char *daemon_users;

	/* [signup] */
	struct conf_rate signup_per_network, signup_per_domain, signup_total;
	int64_t signup_hold, signup_disposable, signup_roles;

	struct conf_relay relay[CONF_RELAYS_MAX]; /* [relay], [relay NAME] …, those that name a url, in the order of the file */
	int relays;
	struct conf_domain domain[CONF_DOMAINS_MAX]; /* [domain NAME] … */
	int domains;
	struct conf_mailbox mailbox[CONF_MAILBOXES_MAX]; /* [inbound], [inbound NAME] …, those that name a url */
	int mailboxes;

	/* [dkim] */
	char *dkim_domain, *dkim_selector, *dkim_key_file, *dkim_ed25519_selector, *dkim_ed25519_key_file;

	/* [campaign] */
	int64_t campaign_cancel_window, campaign_deadline, campaign_overdue, campaign_overlap, campaign_raw_html, campaign_check_links;
	char *campaign_on_unknown, *campaign_promotion_window;

	/* [retention], seconds */
	int64_t keep_pending, keep_ip, keep_ledger, keep_events;
};

struct conf_key {
	const char *section, *key;
	enum conf_kind kind;
	size_t offset;        /* into struct conf, or the struct of its section (conf_relay …): char *, int64_t or struct conf_rate */
	const char *fallback; /* the default as it would be written */
	const char *choices;  /* CONF_CHOICE: "a b c"; CONF_NUMBER, CONF_DURATION: "least most" */
	const char *help;
};

extern const struct conf_key conf_keys[]; /* ends with a NULL section */

/*
 * Fill *c with the defaults and what the file says, and check what hangs
 * together. Errors are ERR_INPUT with "newsletter.conf:12: …", or
 * ERR_NOT_FOUND. The caller releases *c in either case.
 */
int conf_load(struct conf *c, const char *path, struct err *e);

/* The same from text that is, or is going to be, the file at `path`, which is absolute. */
int conf_read(struct conf *c, const char *path, const char *text, size_t n, struct err *e);

void conf_release(struct conf *c);

/* Whether a kind is kept as numbers, not as char *. */
int conf_is_number(enum conf_kind kind);

/* Whether some relay section names a url; without one, mail goes to the outbox folder. */
int conf_has_relay(const struct conf *c);

/*
 * In which tier a relay carries a topic's mail: 0 for relays that name the topic, 1 for spare ones that do, 2 for those for
 * all topics, 3 for spare ones of these; -1: it does not. Only the first tier that has a relay that works is used. "" is mail of no topic.
 */
#define CONF_RELAY_TIERS 4
int conf_relay_tier(const struct conf *c, int relay, const char *topic);

/* The name of the environment variable for a relay's password: NEWSLETTER_RELAY_PASSWORD, with _NAME for [relay name]. */
void conf_relay_variable(const struct conf_relay *r, char out[CONF_VARIABLE]);

/* The same for a mailbox's: NEWSLETTER_INBOUND_PASSWORD, NEWSLETTER_INBOUND_PASSWORD_NAME. */
void conf_mailbox_variable(const struct conf_mailbox *m, char out[CONF_VARIABLE]);

/* Set *out (a malloc'ed string) to the secret's first line: from the environment variable if set, else from the file. */
int conf_secret(const char *variable, const char *file, char **out, struct err *e);

#endif
