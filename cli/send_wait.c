/* send_wait.c - see send.h: follow a campaign, with a bar on a terminal and lines elsewhere. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "send.h"
#include "site/running.h"

#define LOOK_MS 200
#define LINE_US 10000000  /* without a terminal: a line each 10 s, when something moved */
#define GRACE_US 10000000 /* a daemon may be starting anew */

struct watch {
	struct cli *cli;
	struct out_progress bar;
	enum campaign_state state; /* as last said */
	bool said_state, said_absent;
	int64_t said_us, said_done, absent_us;
};

static int64_t
reached(const struct campaign *c)
{
	return c->accepted + c->refused + c->unknown + c->skipped;
}

static void
say(struct watch *w, const struct campaign *c)
{
	int64_t now = clock_mono_us(), done = reached(c);
	char a[32], b[32], text[64], when[CLOCK_TEXT];

	if (!w->said_state || w->state != c->state) {
		if (c->state == CAMPAIGN_SCHEDULED && c->start_at > clock_now())
			out_line(w->cli, "%s  starts in %s", clock_local(when, clock_now()), out_duration(text, c->start_at - clock_now()));
		else if (c->state == CAMPAIGN_SENDING)
			out_line(w->cli, "%s  sending", clock_local(when, clock_now()));
	} else if (c->state != CAMPAIGN_SENDING || done == w->said_done || now - w->said_us < LINE_US) {
		return;
	} else {
		out_line(w->cli, "%s  %s of %s", clock_local(when, clock_now()), out_number(a, done), out_number(b, c->planned));
	}
	fflush(stdout);
	w->said_state = true;
	w->state = c->state;
	w->said_us = now;
	w->said_done = done;
}

static void
draw(struct watch *w, const struct campaign *c)
{
	char note[96] = "", text[64];

	if (w->said_absent)
		snprintf(note, sizeof(note), "newsletterd is not running");
	else if (c->state == CAMPAIGN_SCHEDULED && c->start_at > clock_now())
		snprintf(note, sizeof(note), "starts in %s", out_duration(text, c->start_at - clock_now()));
	else if (c->deferred)
		snprintf(note, sizeof(note), "%s to be tried again", out_number(text, c->deferred));
	out_progress(&w->bar, reached(c), c->planned, true, note);
}

/* Without a daemon nothing moves. Somebody at a terminal may start one; cron is not to wait for ever. */
static int
check_daemon(struct watch *w, int64_t id, struct err *e)
{
	int64_t now = clock_mono_us();
	int runs = running_check(w->cli->site.conf.store_path, e);

	if (runs == -1)
		return -1;
	if (runs) {
		w->absent_us = 0;
		w->said_absent = false;
		return 0;
	}
	if (!w->absent_us)
		w->absent_us = now;
	if (!w->said_absent)
		out_progress_end(&w->bar);
	if (!w->said_absent)
		out_warn(w->cli, "newsletterd is not running: nothing goes out until it is started");
	w->said_absent = true;
	if (!w->bar.on && now - w->absent_us > GRACE_US)
		return err_set(e, ERR_REFUSED, "campaign %lld waits for newsletterd; nobody is here to start it, so this command does not",
		    (long long)id);
	return 0;
}

static int
finish(struct cli *cli, const struct campaign *c, struct err *e)
{
	char a[32];

	json_put(cli->result, "state", campaign_state_name(c->state));
	json_put_int(cli->result, "accepted", c->accepted);
	json_put_int(cli->result, "refused", c->refused);
	json_put_int(cli->result, "unknown", c->unknown);
	json_put_int(cli->result, "skipped", c->skipped);
	if (c->state != CAMPAIGN_DONE)
		return err_set(e, ERR_REFUSED, "campaign %lld is %s%s%s; see `newsletter campaign show %lld`", (long long)c->id,
		    campaign_state_name(c->state), c->reason[0] ? ": " : "", c->reason, (long long)c->id);
	out_line(cli, "Done: %s sent.", out_number(a, c->accepted));
	if (c->refused)
		out_line(cli, "%s refused; see `newsletter campaign show %lld`", out_number(a, c->refused), (long long)c->id);
	if (c->unknown)
		out_line(cli, "%s unknown: the connection broke before the reply came", out_number(a, c->unknown));
	if (c->skipped)
		out_line(cli, "%s left out: they left, or cannot be mailed", out_number(a, c->skipped));
	return 0;
}

int
send_wait(struct cli *cli, int64_t campaign_id, struct err *e)
{
	const struct timespec pause = { LOOK_MS / 1000, LOOK_MS % 1000 * 1000000L };
	struct watch w = { .cli = cli };
	struct campaign c;
	int rc = -1;

	out_progress_init(cli, &w.bar);
	for (;;) {
		if (campaign_get(cli->site.db, campaign_id, &c, e) != 1)
			goto out;
		if (c.state != CAMPAIGN_SCHEDULED && c.state != CAMPAIGN_SENDING)
			break;
		if (check_daemon(&w, campaign_id, e) == -1)
			goto out;
		if (w.bar.on)
			draw(&w, &c);
		else
			say(&w, &c);
		nanosleep(&pause, NULL);
	}
	out_progress_end(&w.bar);
	return finish(cli, &c, e);
out:
	out_progress_end(&w.bar);
	return rc;
}
