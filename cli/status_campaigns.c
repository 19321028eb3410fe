/* status_campaigns.c - see status.h. */
#include <stdio.h>

#include "base/clock.h"
#include "campaigns.h"
#include "cli.h"
#include "out.h"
#include "status.h"

#define BAR 24
#define SMOOTH 0.3 /* of the last look in the rate */

static int64_t
reached(const struct campaign *c)
{
	return c->accepted + c->refused + c->unknown + c->skipped;
}

/* Messages a second; 0: not known yet, or it stands still. */
static double
rate_of(struct status_rates *r, const struct campaign *c)
{
	int64_t now = clock_mono_us(), done = reached(c), since = clock_now() - c->started_at;
	double rate;
	int i;

	for (i = 0; i < r->count && r->campaign[i].id != c->id; i++)
		;
	if (i == r->count) {
		if (r->count == STATUS_CAMPAIGNS)
			return 0;
		r->count++;
		r->campaign[i].id = c->id;
		r->campaign[i].rate = since > 0 ? (double)done / (double)since : 0;
	} else if (now > r->campaign[i].at_us) {
		rate = (double)(done - r->campaign[i].done) * 1e6 / (double)(now - r->campaign[i].at_us);
		r->campaign[i].rate = (1 - SMOOTH) * r->campaign[i].rate + SMOOTH * rate;
	}
	r->campaign[i].at_us = now;
	r->campaign[i].done = done;
	return r->campaign[i].rate;
}

static void
show_progress(struct cli *cli, struct status_rates *rates, const struct campaign *c)
{
	char label[32], share[32], speed[32] = "", left[96] = "", later[96] = "", text[64], bar[3 * OUT_BAR + 1];
	char frame[4 * OUT_BAR] = "";
	int64_t done = reached(c), rest = c->planned - done - c->deferred;
	double rate = rate_of(rates, c);

	if (rate >= 0.05)
		snprintf(speed, sizeof(speed), rate < 10 ? ", %.1f a second" : ", %.0f a second", rate);
	if (rate >= 0.05 && rest > 0)
		snprintf(left, sizeof(left), ", %s left", out_duration(text, (int64_t)((double)rest / rate) + 1));
	if (c->deferred)
		snprintf(later, sizeof(later), ", %s to be tried again", out_number(text, c->deferred));
	snprintf(label, sizeof(label), "Campaign %lld", (long long)c->id);
	out_bar(cli, bar, done, c->planned, BAR);
	if (cli->tty)
		snprintf(frame, sizeof(frame), "[%s%*s] ", bar, (int)(BAR - out_width(bar)), "");
	out_field(cli, label, OUT_PLAIN, "%s%s%s%s%s", frame, campaigns_share(share, done, c->planned), speed, left, later);
}

int
status_campaigns(struct cli *cli, const struct topic_list *topics, struct status_rates *rates, struct err *e)
{
	struct campaign c[STATUS_CAMPAIGNS];
	int i, n = campaign_open(cli->site.db, c, STATUS_CAMPAIGNS, e);

	if (n == -1)
		return -1;
	json_object_set_new(cli->result, "campaigns", campaigns_json(cli, c, n, topics));
	if (!n)
		return 0;
	out_gap(cli);
	campaigns_print(cli, c, n, topics);
	for (i = 0; i < n; i++)
		if (c[i].state == CAMPAIGN_SENDING && c[i].planned > 0)
			show_progress(cli, rates, &c[i]);
	for (i = 0; i < n; i++)
		if ((c[i].state == CAMPAIGN_HELD || c[i].state == CAMPAIGN_PAUSED) && c[i].reason[0] && !campaigns_approval(cli, &c[i]))
			out_field(cli, c[i].state == CAMPAIGN_HELD ? "Held" : "Paused", OUT_WARN, "campaign %lld: %s", (long long)c[i].id,
			    c[i].reason);
	return 0;
}
