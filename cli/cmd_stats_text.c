/* cmd_stats_text.c - newsletter stats for people: a summary, and tables that fit a terminal of 80 columns. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cli.h"
#include "cmd_stats.h"
#include "judge/judge_meaning.h"
#include "out.h"

#define WIDE 120 /* columns from which on a mailing's counts stand beside their shares */
#define YEAR 5   /* bytes of "2026-" */

/* On a terminal a bar is the last column; it takes what 80 columns leave. Elsewhere there is no such column. */
static void
bar_cell(const struct cli *cli, struct out_table *t, int64_t part, int64_t whole)
{
	char bar[3 * OUT_BAR + 1];

	if (cli->tty)
		out_cell(t, OUT_DIM, "%s", out_bar(cli, bar, part, whole, out_columns(cli) >= WIDE ? 32 : 8));
}

static void
show_pair(const struct cli *cli, const char *label, const struct stats_pair *p, const char *more)
{
	char a[32], b[32], c[32];

	if (p->hard + p->soft)
		out_field(cli, label, OUT_PLAIN, "%s%s: %s hard, %s soft", out_number(a, p->hard + p->soft), more, out_number(b, p->hard),
		    out_number(c, p->soft));
	else
		out_field(cli, label, OUT_PLAIN, "0");
}

/* "45: 30 one-click, 15 page" */
static void
show_named(const struct cli *cli, const char *label, int64_t total, const struct stats_named *list, size_t n)
{
	struct buf b = BUF_INIT;
	char text[32];
	size_t i;

	buf_addstr(&b, out_number(text, total));
	for (i = 0; i < n && (n > 1 || list[0].name[0]); i++) {
		buf_addstr(&b, i ? ", " : ": ");
		buf_addf(&b, "%s %s", n == 1 ? "all" : out_number(text, list[i].n), list[i].name[0] ? list[i].name : "of unknown kind");
	}
	out_field(cli, label, OUT_PLAIN, "%s", b.data);
	buf_release(&b);
}

static void
show_summary(const struct cli *cli, const struct stats_returned *r)
{
	char a[96], b[96];

	show_pair(cli, "Bounced", &r->bounces, "");
	show_pair(cli, "Refused", &r->refusals, " by the relay at once");
	show_named(cli, "Complained", r->complaints, r->complaint, r->complaint_types);
	show_named(cli, "Left", r->unsubscribes, r->way, r->ways);
	out_count(a, r->doubted_bounces, "bounce", "bounces");
	out_count(b, r->doubted_complaints, "complaint", "complaints");
	if (r->doubted_bounces || r->doubted_complaints)
		out_field(cli, "Doubted", OUT_WARN, "%s%s%s: without a link of ours, so nothing was changed", r->doubted_bounces ? a : "",
		    r->doubted_bounces && r->doubted_complaints ? ", " : "", r->doubted_complaints ? b : "");
}

static void
show_reasons(const struct cli *cli, const struct stats_returned *r)
{
	int64_t total = r->bounces.hard + r->bounces.soft + r->refusals.hard + r->refusals.soft, n;
	const struct stats_reason *one;
	char share[16];
	struct out_table t;

	if (!r->reasons)
		return;
	out_gap(cli);
	out_table_init(&t, cli->tty ? "Why|Class|>Bounced|>Refused|>Share|" : "Why|Class|>Bounced|>Refused|>Share");
	for (one = r->reason; one < r->reason + r->reasons; one++) {
		n = one->bounces + one->refusals;
		out_cell(&t, OUT_BOLD, "%s", judge_meaning(one->rule));
		out_cell(&t, strcmp(one->class, "hard") == 0 ? OUT_BAD : OUT_PLAIN, "%s", one->class);
		out_cell_number(&t, one->bounces);
		out_cell_number(&t, one->refusals);
		out_cell(&t, OUT_PLAIN, "%s", out_percent(share, n, total));
		bar_cell(cli, &t, n, r->reason[0].bounces + r->reason[0].refusals);
	}
	out_table_print(cli, &t);
	out_line(cli, "  Hard: the address is dead, and is not mailed again. Soft: it may be healthy.");
}

static int64_t
sum(const struct stats_domain *d)
{
	return d->hard + d->soft + d->complaints;
}

static void
domain_row(const struct cli *cli, struct out_table *t, const char *name, enum out_style style, const struct stats_domain *d, int64_t most)
{
	out_cell(t, style, "%s", name);
	out_cell_number(t, d->hard);
	out_cell_number(t, d->soft);
	out_cell_number(t, d->complaints);
	bar_cell(cli, t, sum(d), most);
}

static void
show_domains(const struct cli *cli, const struct stats_domains *d)
{
	struct out_table t;
	char text[96];
	size_t i;

	if (!d->count)
		return;
	out_gap(cli);
	out_table_init(&t, cli->tty ? "Recipients' domain|>Hard|>Soft|>Complained|" : "Recipients' domain|>Hard|>Soft|>Complained");
	for (i = 0; i < d->count; i++)
		domain_row(cli, &t, d->top[i].domain[0] ? d->top[i].domain : "unknown (erased)", d->top[i].domain[0] ? OUT_BOLD : OUT_PLAIN,
		    &d->top[i], sum(&d->top[0]));
	if (d->others)
		domain_row(cli, &t, out_count(text, d->others, "other", "others"), OUT_PLAIN, &d->rest, 0);
	out_table_print(cli, &t);
}

/* A count and its share; on a narrow terminal the share alone. */
static void
share_cell(struct out_table *t, bool wide, int64_t part, int64_t whole)
{
	char number[32] = "", share[16];

	out_percent(share, part, whole);
	if (wide || !share[0])
		out_number(number, part);
	out_cell(t, OUT_PLAIN, "%s%*s", number, share[0] && wide ? 8 : 0, share);
}

static void
speed_cell(struct out_table *t, const struct stats_speed *s)
{
	char number[32];

	out_cell(t, OUT_PLAIN, "%s", stats_a_minute(s) ? out_number(number, stats_a_minute(s)) : "-");
}

static const char wide_heads[] = ">Id|Mailing|Started|>To|>Accepted|>Refused|>Bounced|>Complained|>Left|>A minute";
static const char narrow_heads[] = ">Id|Mailing|>To|>Accepted|>Refused|>Bounced|>Complained|>Left";

static void
show_campaigns(const struct cli *cli, const struct stats_view *v)
{
	bool wide = !out_columns(cli) || out_columns(cli) >= WIDE;
	const struct stats_mailing *m;
	const struct stats_returned *a;
	const struct campaign *c;
	char when[CLOCK_TEXT];
	struct out_table t;

	if (!v->mailings)
		return;
	out_gap(cli);
	out_table_init(&t, wide ? wide_heads : narrow_heads);
	for (m = v->mailing; m < v->mailing + v->mailings; m++) {
		c = &m->campaign;
		a = &m->returned;
		out_cell(&t, OUT_PLAIN, "%lld", (long long)c->id);
		out_cell(&t, OUT_BOLD, "%s", c->subject);
		if (wide)
			out_cell(&t, OUT_PLAIN, "%.5s", c->started_at ? clock_local(when, c->started_at) + YEAR : "");
		out_cell_number(&t, c->planned);
		share_cell(&t, wide, c->accepted, c->planned);
		share_cell(&t, wide, c->refused, c->accepted + c->refused);
		share_cell(&t, wide, stats_pair_sum(&a->bounces), c->accepted);
		share_cell(&t, wide, a->complaints, c->accepted);
		share_cell(&t, wide, a->unsubscribes, c->accepted);
		if (wide)
			speed_cell(&t, &m->speed);
	}
	out_table_print(cli, &t);
	if (wide)
		out_line(cli, "  A minute: messages from the first reply to when everybody had been tried once, pauses with them.");
}

static void
show_head(const struct cli *cli, const struct stats_view *v)
{
	char when[CLOCK_TEXT], since[CLOCK_TEXT + 8] = "";

	if (v->window.since)
		snprintf(since, sizeof(since), " since %s", clock_local(when, v->window.since));
	if (v->window.campaign_id)
		out_line(cli, "What came back of campaign %lld%s: %s", (long long)v->window.campaign_id, since,
		    v->mailing[0].campaign.subject);
	else
		out_line(cli, "The list, and what came back%s", since);
}

void
stats_text(const struct cli *cli, const struct stats_view *v)
{
	show_head(cli, v);
	if (!v->window.campaign_id)
		stats_list_text(cli, v);
	show_summary(cli, &v->returned);
	show_reasons(cli, &v->returned);
	show_domains(cli, &v->domains);
	show_campaigns(cli, v);
	if (!cli->site.conf.mail_bounce || !cli->site.conf.mail_bounce[0]) {
		out_gap(cli);
		out_line(cli, "Bounces come back to nowhere: [mail] bounce in newsletter.conf is empty.");
	}
}
