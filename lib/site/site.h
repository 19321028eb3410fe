/*
 * site.h - a site opened: its configuration, store and keys.
 *
 * The layer lib/site is what the daemon and the command line share when they
 * join the layers below: opening a site, composing its mails, and filling in what is
 * one person's. Everything a role must not have it does not open.
 */
#ifndef SITE_H
#define SITE_H

#include <jansson.h>

#include "base/conf.h"
#include "content/words.h"
#include "store/db.h"

struct err;
struct link_keys;

enum {
	SITE_STORE = 1,       /* the store, up to date */
	SITE_LINKS = 2,       /* the link keys */
	SITE_SUPPRESSION = 4, /* the suppression key, into the store */
	SITE_ALL = 7,
	SITE_AS_IS = 8, /* an older version's store, too, and left so */
};

struct site {
	struct conf conf;
	struct db *db;           /* NULL when not asked for */
	struct link_keys *links; /* NULL when not asked for */
};

/* Load newsletter.conf, set the time zone, open what `what` asks for. The caller closes it in either case. */
int site_open(struct site *s, const char *conf_path, unsigned what, struct err *e);
void site_close(struct site *s);

/*
 * The languages that pages and mails are offered in, in alphabetical order: those that there are words for, as far as [site] languages
 * lists them (all when it lists none), and the site's own if there are words for it. Returns how many.
 */
int site_languages(const struct conf *c, char out[WORDS_LANGUAGES][WORDS_LANGUAGE]);

/* The one of them that somebody with this language ("": the site's) is written to in: theirs, else the site's. */
void site_language_of(const struct conf *c, const char *wanted, char out[WORDS_LANGUAGE]);

/*
 * The object `site` of every template: name, url, home, description, language,
 * postal_address, privacy_url, colour, colour_text (what is readable on it),
 * logo, social [{name, url}], action {text, url}; what is empty is left out. The
 * caller owns it.
 */
json_t *site_context(const struct conf *c);

/* What relative addresses in staff's files are relative to: the organisation's own website, else the newsletter's pages. Borrowed. */
const char *site_base(const struct conf *c);

/* Put a number as people write it in a language ("": the site's): n / 10^decimals (content/number_words.h). */
void site_put_number(json_t *object, const char *key, const struct conf *c, const char *language, int64_t n, int decimals);

#endif
