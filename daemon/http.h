/*
 * http.h - inside the http role: what its files share. Nobody outside daemon/http*.c includes it.
 *
 * One thread, one loop (http.c). A request goes: http.c takes its bytes and
 * bounds them; http_route.c finds its handler; the handler answers (http_page.c), or
 * hands over what is to be written (http_queue.c), and is answered once that
 * is durable. Only http_queue.c opens a transaction, and only POST handlers
 * reach it: no GET, HEAD or OPTIONS can change a row.
 */
#ifndef HTTP_H
#define HTTP_H

#include <jansson.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/link.h"
#include "base/token.h"
#include "base/wordlist.h"
#include "content/words.h"
#include "http_cache.h"
#include "http_conn.h"
#include "http_header.h"
#include "http_numbers.h"
#include "http_request.h"
#include "role.h"
#include "store/signup.h"
#include "store/topic.h"

struct archive_pages;
struct err;
struct http_operator;
struct http_request;

#define HTTP_URI 2048              /* bytes of a request's path and query; 414 over it */
#define HTTP_HEAD 32768            /* bytes of a request's line and headers; 431 over it */
#define HTTP_FIELDS 200            /* header fields; 431 over it */
#define HTTP_TOKEN 80              /* characters of what stands behind a page's last '/': a link's token, or an archive's slug */
#define HTTP_DRAIN 1048576         /* bytes of a body that is too large which are read, so that its sender sees the 413 */
#define HTTP_BODIES 16777216       /* bytes of bodies held at once, over all requests; 503 over it */
#define HTTP_QUEUE 10000           /* requests waiting to be written; 503 over it */
#define HTTP_QUEUE_WAIT_US 5000000 /* a request that waited so long for the store is given up: 503 */
#define HTTP_PROXIES 16            /* addresses in [http] trusted_proxies */
#define UNDO_TIME 3600             /* seconds for which leaving can be taken back with a button */
#define UNDO_PRESSED 60            /* seconds that a leaving may be older than its button: "unsubscribe" was pressed twice */
#define UNDO_TOKEN 32              /* characters */
#define HTTP_PER_IP 64             /* connections of one address, where addresses are the visitors' own */

enum http_work {
	WORK_SIGNUP,
	WORK_CONFIRM,
	WORK_UNSUBSCRIBE,
	WORK_PREFERENCES,
	WORK_MANAGE,
	WORK_ERASE,
	WORK_APPROVE,
	WORK_COUNT,
};

typedef void http_fn(struct http_request *r);
typedef int http_write_fn(struct http_request *r, struct err *e); /* inside the transaction */

struct http {
	struct role_run *role;
	struct MHD_Daemon *mhd;
	json_t *site; /* site_context */
	char *base;   /* path that all pages lie under: "" or "/newsletter" */
	char style_version[17];
	char languages[WORDS_LANGUAGES][WORDS_LANGUAGE]; /* those on offer */
	int language_count, language;                    /* language: the site's */
	struct http_consent {
		struct buf text; /* the wording that the form shows, until the role is started anew */
		uint8_t hash[CONSENT_HASH];
	} consent[WORDS_LANGUAGES];        /* one for each language */
	struct archive_pages *archive;     /* http_archive.c */
	struct wordlist disposable, roles; /* addresses that no signup is taken from; empty where the configuration takes them */
	struct topic_list topics;
	int64_t topics_version, topics_read_us; /* db_data_version of `topics`, and when it was asked for */
	int64_t topics_changes;                 /* counts the times that the topics turned out to be others */
	struct http_cache *cache;
	struct in6_addr proxies[HTTP_PROXIES];
	size_t proxy_count;
	struct http_conns conns;
	int64_t turned_us;                 /* when the loop last came round */
	size_t active;                     /* requests begun and not completed */
	size_t bodies;                     /* bytes of bodies held */
	struct http_request *head, **tail; /* waiting to be written, oldest first */
	bool resumed;                      /* libmicrohttpd has to run at once: it does not count that in its timeout */
	size_t queued, batch;              /* batch: how many at most the next transaction takes */
	bool pulse_waits;                  /* the role's sign of life waits for the writers' turn */
	struct http_numbers numbers;
	struct http_operator *operator_; /* NULL: no listener is configured for one */
};

/* A page, or a group of pages whose path ends in one token. */
struct http_route {
	const char *path; /* ends with '/' when a token follows */
	bool token;
	bool any_body;       /* POST needs the token alone: a body that is too large is cut, never refused */
	http_fn *get, *post; /* NULL: 405 */
};

enum http_stage {
	HTTP_NEW,      /* its URI is known */
	HTTP_BODY,     /* its headers are, and its body comes */
	HTTP_QUEUED,   /* waits to be written; the connection is suspended */
	HTTP_WRITTEN,  /* is durable, or was refused; to be answered */
	HTTP_ANSWERED, /* has its response */
};

/* What a confirm link, or a preferences link, turned out to be inside the transaction. */
enum http_outcome {
	OUTCOME_DONE,
	OUTCOME_USED,
	OUTCOME_EXPIRED,
	OUTCOME_UNKNOWN,
};

struct http_preferences {
	int64_t subscriber_id;
	int64_t topics[TOPICS_MAX]; /* those that are checked */
	int count;
	int language;    /* of mails to them, in http.languages; -1: stays */
	bool everything; /* leave all */
	char name[SUBSCRIBER_NAME];
};

struct http_signup {
	struct signup row;
	const char *wording; /* that was shown; NULL: row.form_hash says it */
};

struct http_confirm {
	uint8_t hash[TOKEN_HASH];
	int64_t subscriber_id;
	int64_t topics[TOPICS_MAX];
	int count;
};

struct http_erase {
	uint8_t hash[TOKEN_HASH]; /* of the link's token */
};

struct http_approve {
	uint8_t hash[TOKEN_HASH]; /* of the link's token */
	bool yes;
};

struct http_leave {
	struct link link;
	const char *source; /* "one-click" or "page" */
	int64_t at;         /* to be taken back: when that was */
};

struct http_request {
	struct http *http;
	struct MHD_Connection *connection;
	const struct http_route *route;
	enum http_stage stage;
	char uri[HTTP_URI + 1];    /* cut at its '?'; "" when it was too long */
	const char *query, *token; /* point into uri; never NULL */
	char ip[64];               /* the visitor's */
	struct buf body;
	size_t seen;      /* bytes of body that came, kept or not */
	unsigned refused; /* status that the body has earned already, or 0 */
	bool json;        /* the answer is to be JSON */
	const char *csp;  /* the answer's own Content-Security-Policy, or NULL: that of all pages */
	bool get;         /* GET or HEAD: may be asked again in another language */
	int language;     /* of the answer, in http.languages */
	unsigned status;
	struct MHD_Response *response; /* once answered */

	struct http_request *next; /* in the queue */
	int64_t begun_us, queued_us;
	enum http_work work;
	http_write_fn *write;
	http_fn *answer;
	enum http_outcome outcome;
	union {
		struct http_signup signup;
		struct http_confirm confirm;
		struct http_leave leave;
		struct http_preferences preferences;
		struct http_erase erase;
		struct http_approve approve;
	} u;
};

/* http_route.c: find the handler and call it; it answers or queues. */
void http_dispatch(struct http_request *r, const char *method);
const struct http_route *http_route_find(const struct http *h, struct http_request *r);

/* http_head.c: 0, or the status that a request's line and headers have earned: 400 where they can be read in two ways, 431. */
unsigned http_head_check(const struct http_request *r, const char *version);

/* http_queue.c */
void http_queue_add(struct http_request *r, enum http_work work, http_write_fn *write, http_fn *answer);
void http_queue_turn(struct http *h);    /* one transaction, if it is our turn */
void http_queue_abandon(struct http *h); /* at the very end: refuse what could not be written */

/* http_visitor.c */
int http_proxies_init(struct http *h, struct err *e);
void http_visitor_ip(struct http_request *r);

/* http_cors.c: what goes with every answer, and what a preflight (OPTIONS with Access-Control-Request-Method) hears beside. */
void http_cors_headers(struct http_request *r);
void http_cors_preflight(struct http_request *r);

/* http_language.c */
int http_language_init(struct http *h, struct err *e);
void http_language_begin(struct http_request *r);                         /* from its query and headers */
void http_language_choose(struct http_request *r, const char *code);      /* what a form says; one that is not on offer changes nothing */
int http_language_find(const struct http *h, const char *code, size_t n); /* in http.languages, or -1 */
json_t *http_language_menu(const struct http_request *r);                 /* [{code, name, current}] */
static inline const char *
http_language(const struct http_request *r)
{
	return r->http->languages[r->language];
}

/* http_problem.c: answer with problem details (RFC 9457), in words for people. */
struct problem {
	const char *name; /* names its type, where http_problem.c has one; may be NULL, as all but title and detail */
	const char *title, *detail;
	const char *field, *suggestion; /* of the form; an address that may have been meant */
};
void page_problem(struct http_request *r, unsigned status, const struct problem *p);

/* http_page.c: each answers the request; a json_t that is handed over is freed. */
json_t *page_context(const struct http_request *r);
void page_put(json_t *context, const char *key, const char *text); /* text from outside: left out when it holds control characters */
json_t *page_topic(const struct http_request *r, const struct topic *t, bool checked);
/* Those of the ids that there are. */
json_t *page_topics(const struct http_request *r, const struct topic_list *all, const int64_t *ids, int count);
void page_answer(struct http_request *r, unsigned status, const char *template, json_t *context);
void page_json(struct http_request *r, unsigned status, const char *type, json_t *value);
void page_bytes(struct http_request *r, unsigned status, const char *type, const char *cache, struct buf *bytes);
void page_html(struct http_request *r, unsigned status, struct buf *bytes); /* the same for a page in the visitor's language */
void page_broken(struct http_request *r, const struct err *e);              /* its template has an error: a line in the log, a 500 */
/* The page, or {"status":"ok","message":…}; message: a key of words.h, or NULL. */
void page_ok(struct http_request *r, const char *template, json_t *context, const char *message);
/* The same for a page that says the same to everybody who gets it: it is kept (http_cache.h); the context is made only to render it. */
void page_ok_kept(struct http_request *r, const char *template, json_t *(*context)(const struct http_request *r), const char *message);
/* The words error.NAME, error.NAME.detail and, where there is one, error.NAME.hint; `detail` is what they may call {{detail}}, or NULL. */
void page_error(struct http_request *r, unsigned status, const char *name, const char *detail);
/* What words.h says for a key in the visitor's language; context NULL: {language} alone. Appends to *out; "" when it cannot be rendered. */
void page_words(const struct http_request *r, struct buf *out, const char *key, const json_t *context);

void page_busy(struct http_request *r);                         /* 503: nothing was recorded */
void page_trouble(struct http_request *r, const struct err *e); /* our fault: a line in the log and a 503 */
/* kind: "confirm", "preferences", "undo", "mydata", "view" or NULL */
void page_link_expired(struct http_request *r, unsigned status, const char *kind);

/* The site's topics, a tenth of a second old at the most; NULL after having answered. */
const struct topic_list *http_topics(struct http_request *r);

/* Read the request's form; -1 after having answered. The caller releases *f in either case. */
int http_form(struct http_request *r, struct form *f);

/* The pages, and what they render once. */
int signup_init(struct http *h, struct err *e);
int style_init(struct http *h, struct err *e);
void archive_init(struct http *h);
void archive_release(struct http *h);
void signup_get(struct http_request *r);
void signup_post(struct http_request *r);
void confirm_get(struct http_request *r);
void confirm_post(struct http_request *r);
void unsubscribe_get(struct http_request *r);
void unsubscribe_post(struct http_request *r);

/*
 * http_undo.c: the button that takes a leaving back. Its text is made for the link as it stood in the path, and for one moment; undo_read
 * returns false for anything that we did not make. undo_post answers or queues; link.topic is 0 with `everything`.
 */
void undo_token(char out[UNDO_TOKEN + 1], const struct link_keys *keys, const char *link, bool everything, int64_t at);
bool undo_read(int64_t *at, const struct link_keys *keys, const char *link, bool everything, const char *text);
void undo_post(struct http_request *r, const char *text, bool everything);
void preferences_get(struct http_request *r);
void preferences_post(struct http_request *r);
void manage_get(struct http_request *r);
void manage_post(struct http_request *r);
void mydata_get(struct http_request *r);
void mydata_post(struct http_request *r);
void archive_list_get(struct http_request *r);
void archive_get(struct http_request *r);
void archive_feed_get(struct http_request *r);
void approve_get(struct http_request *r);
void approve_post(struct http_request *r);
void draft_get(struct http_request *r);
void view_get(struct http_request *r);
void style_get(struct http_request *r);
void robots_get(struct http_request *r);
void favicon_get(struct http_request *r);
void embed_script_get(struct http_request *r);
void problem_get(struct http_request *r);

#endif
