/* report_returned.c - mailings, and what came back of them, in the page of `newsletter stats --html`. See report.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "judge/judge_meaning.h"
#include "out.h"
#include "report.h"

/* The judge's rules for people who know no mail servers; what is not here says judge_meaning. At most 34 characters: a bar is no longer. */
static const struct {
	const char *rule, *words;
} plain_words[] = {
	{ "", "No reason was given" },
	{ "content", "The message was not accepted" },
	{ "daily-quota", "Our daily limit was reached" },
	{ "disabled", "The mailbox was closed" },
	{ "full-inactive", "The mailbox is full and abandoned" },
	{ "greylisting", "Their server asked us to wait" },
	{ "mailbox-full", "The mailbox was full" },
	{ "no-such-domain", "The part after the @ is gone" },
	{ "no-such-user", "The address no longer exists" },
	{ "null-mx", "They take no mail at all" },
	{ "policy", "Against their provider’s rules" },
	{ "receiving-fast", "Their mailbox got too much at once" },
	{ "refused", "Refused without a reason" },
	{ "reputation", "Their provider does not trust us" },
	{ "routing", "Their server could not be reached" },
	{ "sender-refused", "Our sender address was refused" },
	{ "server-trouble", "Their server was in trouble" },
	{ "spam", "Their provider took it for spam" },
	{ "too-large", "The message was too large" },
	{ "try-later", "Their server asked us to wait" },
},
  plain_ways[] = {
	  { "one-click", "The button in their mail program" },
	  { "page", "The link in the mail, and our page" },
	  { "mailto", "By an email to us" },
	  { "staff", "They asked you to do it" },
  };

static void
reason_words(char *out, size_t size, const char *rule)
{
	size_t i;

	for (i = 0; i < sizeof(plain_words) / sizeof(plain_words[0]); i++) {
		if (strcmp(plain_words[i].rule, rule) == 0) {
			snprintf(out, size, "%s", plain_words[i].words);
			return;
		}
	}
	snprintf(out, size, "%s", judge_meaning(rule));
	out[0] = (char)toupper((unsigned char)out[0]);
}

static const char *
way_words(const char *way)
{
	size_t i;

	for (i = 0; i < sizeof(plain_ways) / sizeof(plain_ways[0]); i++)
		if (strcmp(plain_ways[i].rule, way) == 0)
			return plain_ways[i].words;
	return way[0] ? way : "In a way that is not known";
}

static void
add_mailing(json_t *list, const struct stats_mailing *m)
{
	struct report_sent n;
	json_t *one = json_object();
	char day[CLOCK_TEXT], text[2 * CLOCK_TEXT], took[64];
	const char *month, *year;
	int length;

	report_sent(&n, m);
	json_put(one, "subject", m->campaign.subject);
	clock_day(day, m->campaign.started_at);
	month = strchrnul(day, ' ');
	year = strchrnul(month + (*month != '\0'), ' ');
	length = (int)(month - day) + 4;
	snprintf(text, sizeof(text), "%.*s%s", length, day, year);
	json_put(one, "day", text); /* 5 Mar 2026 */
	report_put_number(one, "sent", n.sent);
	report_put_share(one, "delivered", n.delivered, n.sent);
	report_put_number(one, "failed", n.failed);
	report_put_number(one, "left", m->returned.unsubscribes);
	report_put_number(one, "complained", m->returned.complaints);
	json_put(one, "took", m->speed.seconds ? out_duration(took, m->speed.seconds) : "–");
	json_array_append_new(list, one);
}

static void
mailings_text(json_t *data, const struct stats_view *v, int shown)
{
	char text[300], all[96];

	if (!v->mailings)
		snprintf(text, sizeof(text), "Nothing was sent in this time.");
	else if (shown < v->mailings)
		snprintf(text, sizeof(text), "%s%s in this time; the last %d are shown.", v->mailings == STATS_CAMPAIGNS ? "At least " : "",
		    out_count(all, v->mailings, "mailing", "mailings"), shown);
	else
		snprintf(text, sizeof(text), "%s in this time.", out_count(all, v->mailings, "mailing", "mailings"));
	json_put(data, "mailings_text", text);
}

void
report_put_mailings(json_t *data, const struct stats_view *v)
{
	int n = v->mailings < REPORT_MAILINGS ? v->mailings : REPORT_MAILINGS, i;
	struct chart_column c[REPORT_MAILINGS] = { 0 };
	struct report_sent sent;
	json_t *list = json_array();
	char day[CLOCK_TEXT], *month;

	for (i = 0; i < n; i++)
		add_mailing(list, &v->mailing[i]);
	/* on the chart time goes to the right */
	for (i = 0; i < n; i++) {
		report_sent(&sent, &v->mailing[n - 1 - i]);
		clock_day(day, v->mailing[n - 1 - i].campaign.started_at);
		month = strchr(day, ' ');
		snprintf(c[i].label, sizeof(c[i].label), "%.*s", month ? (int)(month - day) + 4 : 0, day);
		snprintf(c[i].under, sizeof(c[i].under), "%.4s", clock_local(day, v->mailing[n - 1 - i].campaign.started_at));
		c[i].plain = sent.delivered;
		c[i].hatched = sent.failed;
	}
	report_put_columns(data, "mailings_chart",
	    &(struct chart_head){ "mailings", "Messages of each mailing",
		"How many were delivered and how many could not be, the oldest mailing first. The table below has the numbers." },
	    CHART_STACKED, c, (size_t)n);
	json_object_set_new(data, "mailings", list);
	mailings_text(data, v, n);
}

/* A reason may be there twice, for addresses that are dead and for those that may live: one row. */
static void
put_reasons(json_t *data, const struct stats_returned *r)
{
	struct chart_row row[STATS_REASONS] = { 0 };
	json_t *list = json_array(), *one;
	char words[sizeof(row[0].label)], number[32];
	int64_t times;
	size_t i, j, n = 0;

	for (i = 0; i < r->reasons; i++) {
		reason_words(words, sizeof(words), r->reason[i].rule);
		for (j = 0; j < n && strcmp(row[j].label, words) != 0; j++)
			;
		if (j == n)
			memcpy(row[n++].label, words, sizeof(words));
		times = r->reason[i].bounces + r->reason[i].refusals;
		*(strcmp(r->reason[i].class, "hard") == 0 ? &row[j].plain : &row[j].hatched) += times;
	}
	for (i = 0; i < n; i++) {
		snprintf(row[i].value, sizeof(row[i].value), "%s", out_number(number, row[i].plain + row[i].hatched));
		one = json_object();
		json_put(one, "name", row[i].label);
		report_put_number(one, "dead", row[i].plain);
		report_put_number(one, "other", row[i].hatched);
		json_array_append_new(list, one);
	}
	json_object_set_new(data, "reasons", list);
	report_put_rows(data, "reasons_chart",
	    &(struct chart_head){ "reasons", "Messages that were not delivered, by reason",
		"Most frequent first; hatched: the address may work again. The table below has the numbers." },
	    row, n < REPORT_ROWS ? n : REPORT_ROWS);
}

static void
put_ways(json_t *data, const struct stats_returned *r)
{
	struct chart_row row[17] = { 0 };
	json_t *list = json_array(), *one;
	char number[32], left[96], text[200];
	size_t i, n = 0;

	for (i = 0; i < r->ways; i++) {
		snprintf(row[n].label, sizeof(row[n].label), "%s", way_words(r->way[i].name));
		row[n++].plain = r->way[i].n;
	}
	if (r->complaints) {
		snprintf(row[n].label, sizeof(row[n].label), "They called a message spam");
		row[n++].plain = r->complaints;
	}
	for (i = 0; i < n; i++) {
		snprintf(row[i].value, sizeof(row[i].value), "%s", out_number(number, row[i].plain));
		one = json_object();
		json_put(one, "name", row[i].label);
		report_put_number(one, "people", row[i].plain);
		json_array_append_new(list, one);
	}
	snprintf(text, sizeof(text), "%s and %s. Leaving one topic of several counts, too.",
	    out_count(left, r->unsubscribes, "unsubscription", "unsubscriptions"),
	    out_count((char[96]){ 0 }, r->complaints, "complaint", "complaints"));
	json_put(data, "ways_text", text);
	json_object_set_new(data, "ways", list);
	report_put_rows(data, "ways_chart",
	    &(struct chart_head){ "ways", "Times that people left, by the way they took", "The table below has the numbers." }, row, n);
}

void
report_put_returned(json_t *data, const struct stats_view *v)
{
	put_reasons(data, &v->returned);
	put_ways(data, &v->returned);
	json_put_bool(data, "either", json_object_get(data, "reasons_chart") || json_object_get(data, "ways_chart"));
}
