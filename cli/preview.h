/*
 * preview.h - the parts of `newsletter preview`: a mailing as one person gets it, and the page that shows it.
 */
#ifndef PREVIEW_H
#define PREVIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "content/words.h"
#include "store/subscriber.h"

struct err;
struct mailing;
struct site;

/* One language's mail, merged. */
struct preview_mail {
	char language[WORDS_LANGUAGE];
	struct buf subject;
	struct buf snippet; /* what inboxes show after the subject: how the HTML begins, read as text */
	struct buf text, html;
	struct buf eml; /* as it would go to the relay, before it is signed */
};

void preview_init(struct preview_mail *p);
void preview_release(struct preview_mail *p);

/*
 * Render, compile and merge the mailing in a language for a person, as newsletterd's sender does. `who` with the id 0 is nobody: the
 * links are then nobody's, and change nothing.
 */
int preview_make(struct preview_mail *p, const struct mailing *m, const struct site *site, const char *language,
    const struct subscriber *who, struct err *e);

/* What the page shows beside the mails. */
struct preview_page {
	const struct mailing *m;
	const struct site *site;
	const struct subscriber *who;
	const struct preview_mail *mail;
	size_t count;
	bool links;             /* they were asked */
	const json_t *findings; /* of linting.h: an array of {severity, code, language, where, text} */
};

/* Append the page: one HTML file that needs nothing else, without script; images come from where the mail has them. */
int preview_render(struct buf *out, const struct preview_page *page, struct err *e);

#endif
