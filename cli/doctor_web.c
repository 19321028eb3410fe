/* doctor_web.c - see doctor.h: the public address, as a visitor and a mailbox provider's robot meet it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/link.h"
#include "cli.h"
#include "doctor.h"
#include "doctor_http.h"

#define DAY 86400
#define DAYS_FEW 14
#define APART 60 /* seconds between two clocks that nobody minds */

/* No answer: whose fault is it? */
static void
say_unanswered(struct doctor *d, const struct doctor_http *h, const char *url)
{
	const char *host = strstr(url, "//") + 2;
	const struct dns_answer *a;
	char name[DNS_NAME];

	switch (h->outcome) {
	case HTTP_NO_HOST:
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(host, ":/"), host);
		a = dns_look(d->dns, name, DNS_A);
		if (a->status == DNS_SILENT || a->status == DNS_REFUSED) {
			doctor_say(d, DOCTOR_SKIP, "%s: %s", url, dns_status_text(a->status));
		} else {
			doctor_say(d, DOCTOR_FAIL, "%s: there is no such host", url);
			doctor_advise(d, "publish the address of %s, or mend [site] url", name);
		}
		break;
	case HTTP_UNREACHABLE: doctor_say(d, DOCTOR_SKIP, "%s: no way there from this machine: %s", url, h->why); break;
	case HTTP_NOT_SECURE:
		doctor_say(d, DOCTOR_FAIL, "%s: %s", url, h->why);
		doctor_advise(d, "give the reverse proxy a certificate of this name, signed by a public authority, and renewed in time");
		break;
	case HTTP_NOT_CONNECTED:
	case HTTP_ANSWERED:
		doctor_say(d, DOCTOR_FAIL, "%s: %s", url, h->why);
		doctor_advise(d, "start newsletterd and the proxy; a machine that cannot reach its own public address: try from elsewhere");
		break;
	}
}

static bool
is_ours(const struct doctor *d, const struct doctor_http *h)
{
	return memmem(h->body.data, h->body.len, "/subscribe\"", 11) && memmem(h->body.data, h->body.len, "form_token", 10) && d->conf;
}

static void
say_certificate(struct doctor *d, const struct doctor_http *h)
{
	long long days = (long long)(h->expires - clock_now()) / DAY;

	if (!h->expires)
		return;
	if (days < DAYS_FEW) {
		doctor_say(d, DOCTOR_WARN, "the certificate of %s ends in %lld days", d->conf->site_url, days);
		doctor_advise(d, "see why it was not renewed: with it end signups and one-click unsubscribe");
	} else {
		doctor_say(d, DOCTOR_PASS, "the certificate is good for %lld days more", days);
	}
}

static void
say_clock(struct doctor *d, const struct doctor_http *h)
{
	long long apart = (long long)(h->date - clock_now());

	if (h->date && (apart > APART || apart < -APART)) {
		doctor_say(d, DOCTOR_WARN, "the server of %s and this machine are %lld seconds apart", d->conf->site_url, llabs(apart));
		doctor_advise(d, "set the clock of the one that is wrong");
	}
}

void
doctor_pages(struct doctor *d)
{
	struct buf url = BUF_INIT;
	struct doctor_http h;

	buf_addf(&url, "%s/", d->conf->site_url);
	doctor_http(&h, url.data, NULL, doctor_seconds(d));
	if (h.outcome != HTTP_ANSWERED) {
		say_unanswered(d, &h, url.data);
	} else if (h.status >= 300 && h.status < 400) {
		doctor_say(d, DOCTOR_FAIL, "%s redirects to %.200s: every link in a mail begins with it", url.data, h.location);
		doctor_advise(d, "set [site] url to where the pages are; providers follow no redirect to unsubscribe somebody");
	} else if (h.status != 200) {
		doctor_say(d, DOCTOR_FAIL, "%s answers %d", url.data, h.status);
		if (h.status >= 502)
			doctor_advise(d, "start newsletterd, and see that the proxy asks [http] listen");
		else
			doctor_advise(d, "see that the proxy hands the whole of it to newsletterd");
	} else if (!is_ours(d, &h)) {
		doctor_say(d, DOCTOR_FAIL, "%s shows another page than our signup form", url.data);
		doctor_advise(d, "see that the proxy hands this name, or this path, to newsletterd ([http] listen)");
	} else {
		doctor_say(d, DOCTOR_PASS, "%s shows the signup form", url.data);
		say_certificate(d, &h);
		say_clock(d, &h);
	}
	buf_release(&h.body);
	buf_release(&url);
}

/* A link of nobody's: subscriber 0 is never given out. */
static void
nobodys_link(struct doctor *d, struct buf *url)
{
	const struct link l = { .purpose = LINK_UNSUBSCRIBE };
	char text[LINK_TEXT];

	link_url(text, d->cli->site.links, &l);
	buf_addf(url, "%s/u/%s", d->conf->site_url, text);
}

static void
say_one_click(struct doctor *d, const struct doctor_http *get, const struct doctor_http *post)
{
	if (post->status != 200) {
		doctor_say(d, DOCTOR_FAIL, "POST to an unsubscribe link answers %d%s%.160s: people cannot leave by their mailbox's button",
		    post->status, post->location[0] ? " and redirects to " : "", post->location);
		doctor_advise(d, "have the proxy hand POST to /u/ through as it is: no redirect, no login, no cookie, no bot check");
	} else if (get->status != 200 || !memmem(get->body.data, get->body.len, "<form", 5)) {
		doctor_say(d, DOCTOR_FAIL, "GET of an unsubscribe link answers %d, and not our page with its button", get->status);
		doctor_advise(d, "have the proxy hand /u/ through to newsletterd");
	} else {
		doctor_say(d, DOCTOR_PASS, "POST to an unsubscribe link acts at once, GET shows a button (tried with nobody's)");
	}
}

void
doctor_one_click(struct doctor *d)
{
	struct buf url = BUF_INIT;
	struct err e = ERR_INIT;
	struct doctor_http get, post = { .outcome = HTTP_NOT_CONNECTED, .body = BUF_INIT };

	if (doctor_open_links(d, &e) == -1) {
		doctor_say(d, DOCTOR_SKIP, "no link can be made: %s", e.text);
		return;
	}
	nobodys_link(d, &url);
	doctor_http(&get, url.data, NULL, doctor_seconds(d));
	if (get.outcome == HTTP_ANSWERED)
		doctor_http(&post, url.data, "List-Unsubscribe=One-Click", doctor_seconds(d));
	if (post.outcome != HTTP_ANSWERED)
		doctor_say(d, DOCTOR_SKIP, "the pages cannot be reached: %s", get.outcome == HTTP_ANSWERED ? post.why : get.why);
	else
		say_one_click(d, &get, &post);
	buf_release(&get.body);
	buf_release(&post.body);
	buf_release(&url);
}
