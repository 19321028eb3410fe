/* send_show.c - what `newsletter send` shows before it asks: what goes to whom, when, and how long it takes. */
#include <stdlib.h>

#include "approve.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "mailing.h"
#include "out.h"
#include "send.h"
#include "site/estimate.h"

void
send_show_subject(struct cli *cli, const struct mailing *m)
{
	struct buf subject = BUF_INIT;

	mailing_fill_slots(&subject, m->subject);
	out_field(cli, "Subject", OUT_BOLD, "%s", subject.data);
	json_put(cli->result, "subject", subject.data);
	buf_release(&subject);
}

static void
show_articles(struct cli *cli, const struct mailing *m)
{
	json_t *list = json_array();
	char text[96];
	size_t i;

	for (i = 0; i < m->articles.count; i++) {
		out_field(cli, i ? "" : m->articles.count == 1 ? "Article"
							       : "Articles",
		    OUT_PLAIN, "%s", m->articles.item[i].title);
		json_array_append_new(list, json_string(m->articles.item[i].title));
	}
	if (m->waiting)
		out_field(cli, "", OUT_DIM, "%s: for the next send, or raise --max",
		    out_count(text, m->waiting, "older one waits", "older ones wait"));
	if (m->older)
		out_field(cli, "", OUT_DIM, "%s left out (--since): for a send without it",
		    out_count(text, m->older, "older one was", "older ones were"));
	if (m->articles.count)
		json_object_set_new(cli->result, "articles", list);
	else
		json_decref(list);
	json_put_int(cli->result, "waiting", m->waiting);
	json_put_int(cli->result, "older", m->older);
}

/* "about 2 h 10 min, until 2026-03-01 12:40" */
static void
takes_text(struct buf *out, const struct cli *cli, const struct estimate *in, const struct estimate_answer *a, int64_t start)
{
	int64_t seconds = a->end - start;
	char text[64], when[CLOCK_TEXT];

	if (!in->relays)
		buf_addf(out, "no relay is configured: into the folder %s", cli->site.conf.store_outbox);
	else if (!a->limited)
		buf_addstr(out, in->relays > 1 ? "as fast as the relays take it" : "as fast as the relay takes it");
	else if (!a->end)
		buf_addf(out, "more than %lld days, at the present limits", (long long)(ESTIMATE_MOST / PACE_DAY));
	else if (seconds < 60)
		buf_addstr(out, "less than a minute");
	else
		buf_addf(out, "about %s", out_duration(text, seconds < 86400 ? (seconds + 59) / 60 * 60 : seconds));
	if (in->relays && a->limited && a->end && seconds > SEND_SOON)
		buf_addf(out, ", until %s", clock_local(when, a->end));
}

static int
show_takes(struct cli *cli, const struct mailing *m, int64_t start, struct err *e)
{
	struct estimate *in = xcalloc(1, sizeof(*in));
	struct buf takes = BUF_INIT;
	struct estimate_answer a;
	int64_t late;
	char text[96];
	int rc = estimate_prepare(in, &cli->site, &m->topic, m->kind[0] == 'p', m->recipients, e);

	if (rc == -1)
		goto out;
	estimate(in, start, m->text.valid_until, &a);
	takes_text(&takes, cli, in, &a, start);
	out_field(cli, "Takes", OUT_PLAIN, "%s", takes.data);
	late = a.left < m->recipients ? a.left : m->recipients;
	if (late)
		out_field(cli, "", OUT_WARN, "%s would not get it in time: valid-until comes before",
		    out_count(text, late, "person", "people"));
	if (in->relays && a.limited && a.end)
		json_put_int(cli->result, "takes", a.end - start);
	json_put_int(cli->result, "late", late);
out:
	buf_release(&takes);
	free(in);
	return rc;
}

/* Each subscriber gets theirs. */
static void
show_languages(struct cli *cli)
{
	char all[MAILING_LANGUAGES][WORDS_LANGUAGE];
	json_t *list = json_array();
	struct buf text = BUF_INIT;
	int i, n = mailing_languages(&cli->site, all);

	for (i = 0; i < n; i++) {
		buf_addf(&text, "%s%s", i ? ", " : "", all[i]);
		json_array_append_new(list, json_string(all[i]));
	}
	if (n > 1)
		out_field(cli, "Languages", OUT_PLAIN, "%s: each subscriber's own", text.data);
	json_object_set_new(cli->result, "languages", list);
	buf_release(&text);
}

static void
show_archive(const struct cli *cli, const struct mailing *m)
{
	const char *how = "yes, at /archive for everybody";

	if (m->hidden)
		how = m->segment[0] ? "no, it is not for everybody" : "no, it is kept out of it";
	out_field(cli, "Archive", OUT_PLAIN, "%s", how);
}

static void
show_segment(struct cli *cli, const struct mailing *m)
{
	json_put(cli->result, "where", m->segment[0] ? m->segment : NULL);
	if (!m->segment[0])
		return;
	out_field(cli, "Only", OUT_PLAIN, "%s", m->segment);
	if (m->articles.count)
		out_field(cli, "", OUT_WARN, "whoever is not among them will not hear of these articles: they count as announced to %s",
		    m->topic.slug);
}

int
send_show(struct cli *cli, const struct mailing *m, int64_t at, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	int64_t now = clock_now(), start = now + conf->campaign_cancel_window;
	char text[96], when[CLOCK_TEXT];

	send_show_subject(cli, m);
	show_articles(cli, m);
	out_field(cli, "From", OUT_PLAIN, "%s <%s>", conf->mail_from_name, conf->mail_from);
	out_field(cli, "To", OUT_PLAIN, "%s of %s (%s)", out_count(text, m->recipients, "subscriber", "subscribers"), m->topic.slug,
	    m->topic.title);
	show_segment(cli, m);
	show_languages(cli);
	if (cli_option(cli, "approve"))
		approve_show(cli, at);
	else if (at > start)
		out_field(cli, "Starts", OUT_PLAIN, "%s", clock_local(when, at));
	else if (start > now)
		out_field(cli, "Starts", OUT_PLAIN, "in %s", out_duration(text, start - now));
	if (m->recipients && show_takes(cli, m, at > start ? at : start, e) == -1)
		return -1;
	if (m->text.valid_until)
		out_field(cli, "Valid until", OUT_PLAIN, "%s", clock_local(when, m->text.valid_until));
	if (conf->site_archive)
		show_archive(cli, m);
	json_put(cli->result, "topic", m->topic.slug);
	json_put_bool(cli->result, "hidden", m->hidden);
	json_put_int(cli->result, "recipients", m->recipients);
	return 0;
}
