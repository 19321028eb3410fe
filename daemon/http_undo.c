/*
 * http_undo.c - the way back from a slip: the button on the page that says "you are unsubscribed".
 *
 * The button carries the moment of leaving and whether it was from everything,
 * signed over the link that the page was opened with. So it acts for whoever has just
 * pressed "unsubscribe" in a browser, for UNDO_TIME seconds, without a mail; it is in no
 * mail, and a link alone (which works for ever, and is passed on) brings nobody
 * back: a button that is fetched more than UNDO_PRESSED seconds after they left
 * finds nothing to take back. Where nothing can be brought back, as for somebody
 * erased, the answer is the same.
 */
#include "http.h"

#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "store/consent.h"
#include "store/subscription.h"

#define TIME 8
#define MAC 16

_Static_assert(UNDO_TOKEN == BASE64URL_LEN(TIME + MAC), "the token's length");

static void
sign(uint8_t mac[MAC], const struct link_keys *keys, const char *link, bool everything, const uint8_t time[TIME])
{
	uint8_t signed_text[TIME + LINK_TEXT] = { 0 }, full[32];

	memcpy(signed_text, time, TIME);
	memcpy(signed_text + TIME, link, strnlen(link, LINK_TEXT));
	link_sign(full, keys, everything ? "newsletter undo everything" : "newsletter undo", signed_text, sizeof(signed_text));
	memcpy(mac, full, MAC);
}

void
undo_token(char out[UNDO_TOKEN + 1], const struct link_keys *keys, const char *link, bool everything, int64_t at)
{
	uint8_t octets[TIME + MAC];
	int i;

	for (i = 0; i < TIME; i++)
		octets[i] = (uint8_t)((uint64_t)at >> (8 * (TIME - 1 - i)));
	sign(octets + TIME, keys, link, everything, octets);
	base64url_encode(out, octets, sizeof(octets));
}

bool
undo_read(int64_t *at, const struct link_keys *keys, const char *link, bool everything, const char *text)
{
	uint8_t octets[TIME + MAC], mac[MAC];
	uint64_t time = 0;
	int i;

	if (base64url_decode(octets, sizeof(octets), text, strlen(text)) != (int)sizeof(octets))
		return false;
	sign(mac, keys, link, everything, octets);
	if (!secret_equal(mac, octets + TIME, MAC))
		return false;
	for (i = 0; i < TIME; i++)
		time = time << 8 | octets[i];
	*at = (int64_t)time;
	return true;
}

static int
write_undo(struct http_request *r, struct err *e)
{
	const struct http_leave *leave = &r->u.leave;
	struct evidence evidence = { .source = "undo", .ip = r->ip };
	struct db *db = r->http->role->site.db;
	int n = subscription_return(db, leave->link.subscriber, leave->link.topic, leave->at, UNDO_PRESSED, &evidence, e);

	return n == -1 ? -1 : 0;
}

/* Says that all is as it was, which is true whoever asked. */
static void
answer_undo(struct http_request *r)
{
	json_t *context = page_context(r);

	json_object_set_new(context, "unsubscribe_url", json_sprintf("%s/u/%s", r->http->base, r->token));
	page_ok(r, "web/undone.html.mustache", context, "undone.message");
}

void
undo_post(struct http_request *r, const char *text, bool everything)
{
	struct http_leave *leave = &r->u.leave;
	int64_t now = clock_now();

	if (!undo_read(&leave->at, r->http->role->site.links, r->token, everything, text) || now - leave->at >= UNDO_TIME)
		page_link_expired(r, MHD_HTTP_GONE, "undo");
	else
		http_queue_add(r, WORK_UNSUBSCRIBE, write_undo, answer_undo);
}
