/*
 * http_view.c - GET /view/TOKEN: the mailing that somebody got, in their language, as a page.
 *
 * What stands in no archive is shown too: whoever has the link has the mail. The page itself names nobody and leads to nobody's settings,
 * so that a link that is passed on gives nothing away but the mailing.
 */
#include "http.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "http_archive.h"
#include "store/campaign.h"
#include "store/subscriber.h"

/* Fill *c and *who for the link; 0 when there is no such mailing, or its reader was erased; -1. */
static int
find(struct http_request *r, const struct link *l, struct campaign *c, struct subscriber *who, struct err *e)
{
	struct db *db = r->http->role->site.db;
	int rc = subscriber_get(db, l->subscriber, who, e);

	return rc == 1 ? campaign_get(db, l->campaign, c, e) : rc;
}

void
view_get(struct http_request *r)
{
	struct subscriber who;
	struct err e = ERR_INIT;
	struct campaign c;
	struct archived a;
	struct link l;
	int rc;

	if (link_read_url(&l, r->http->role->site.links, r->token) == -1 || l.purpose != LINK_VIEW) {
		page_link_expired(r, MHD_HTTP_NOT_FOUND, NULL);
		return;
	}
	rc = link_expired(&l, clock_now()) ? 0 : find(r, &l, &c, &who, &e);
	if (rc == -1) {
		page_trouble(r, &e);
	} else if (rc == 0) {
		page_link_expired(r, MHD_HTTP_GONE, "view");
	} else {
		r->language = r->http->language;
		http_language_choose(r, who.language);
		archive_of(&a, &c);
		archive_show(r, &a, ARCHIVE_READER);
	}
}
