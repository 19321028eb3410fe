/* linting.c - see linting.h. */
#include "linting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "content/link_check.h"
#include "mail/message.h"
#include "mailing.h"
#include "out.h"
#include "site/personal.h"
#include "store/campaign.h"

#define NEAR_MOST 20 /* other campaigns that are told */
#define SAME_MOST 8  /* findings of one kind that are printed */

/* The other campaigns of these hours, with what they point into. */
struct near {
	struct campaign row[NEAR_MOST];
	struct lint_campaign told[NEAR_MOST];
	struct topic_list topics;
	size_t count;
};

static bool
is_loopback(const char *url)
{
	const char *host = strstr(url, "://") + 3; /* conf_check has seen to it */

	return strncmp(host, "127.", 4) == 0 || strncmp(host, "localhost", 9) == 0 || strncmp(host, "[::1]", 5) == 0;
}

static enum lint_relay
relay_of(const struct conf *conf)
{
	int i;

	if (!conf_has_relay(conf))
		return LINT_RELAY_NONE;
	for (i = 0; i < conf->relays; i++)
		if (!is_loopback(conf->relay[i].url))
			return LINT_RELAY_REMOTE;
	return LINT_RELAY_LOCAL;
}

static int
find_near(struct cli *cli, int64_t start, struct near *near, struct err *e)
{
	int64_t hours = cli->site.conf.campaign_overlap;
	int i, n;

	if (!hours)
		return 0;
	n = campaign_near(cli->site.db, start - hours, start + hours, near->row, NEAR_MOST, e);
	if (n == -1 || topic_list(cli->site.db, &near->topics, e) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		const struct campaign *c = &near->row[i];

		near->told[i] = (struct lint_campaign){ .id = c->id, .subject = c->subject };
		near->told[i].topic = topic_slug(&near->topics, c->topic_id);
		near->told[i].at = c->started_at ? c->started_at : c->start_at;
	}
	near->count = (size_t)n;
	return 0;
}

/* How large the HTML is that one person gets. */
static int
measure(struct cli *cli, const struct message *message, const struct mailing *m, size_t *size, struct err *e)
{
	struct personal_for whose = { .address = cli->site.conf.mail_from, .name = "", .topic_id = m->topic.id };
	struct buf text = BUF_INIT, html = BUF_INIT;
	struct personal personal;
	int rc;

	personal_init(&personal, &cli->site.conf, cli->site.links);
	personal_fill(&personal, &whose, message);
	rc = message_bodies(message, &personal.values, &text, &html, e);
	*size = html.len;
	personal_release(&personal);
	buf_release(&text);
	buf_release(&html);
	return rc;
}

static int
look_at(struct cli *cli, const struct mailing *m, const char *language, int64_t start, const struct near *near, struct lint *l,
    struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	struct composed c = COMPOSED_INIT;
	struct message *message = NULL;
	struct lint_mail mail = {
		.language = language,
		.preheader = m->articles.count > 1 ? m->articles.item[0].title /* and the others' */
		    : m->articles.count            ? m->articles.item[0].excerpt
						   : m->text.preheader,
		.from = conf->mail_from,
		.site_url = conf->site_url,
		.postal_address = conf->site_postal_address,
		.relay = relay_of(conf),
		.promotion = strcmp(m->kind, "promotion") == 0,
		.topic = m->topic.slug,
		.now = clock_now(),
		.start = start,
		.valid_until = m->text.valid_until,
		.near = near->told,
		.near_count = near->count,
	};
	int rc = -1;

	if (mailing_render(m, &cli->site, language, "", &c, e) == -1)
		goto out;
	message = compose_campaign(conf, &c, &m->topic, 0, m->kind, e);
	if (!message || measure(cli, message, m, &mail.html_size, e) == -1)
		goto out;
	mail.subject = c.subject.data;
	mail.text = c.text.data;
	mail.html = c.html.data;
	lint_mail(l, &mail);
	rc = 0;
out:
	message_free(message);
	composed_release(&c);
	return rc;
}

static void
tell_link(struct lint *l, const struct lint_link *link, const struct link_check *c)
{
	struct buf where = BUF_INIT;

	buf_addf(&where, "%s %s", link->image ? "image" : "link", link->url);
	l->language = link->languages;
	switch (c->state) {
	case LINK_OK:
	case LINK_UNCHECKED:
		break;
	case LINK_MOVED:
		lint_add(l, LINT_WARNING, "link-moved", where.data, "moved for good: write %s", c->moved);
		break;
	case LINK_GONE:
		lint_add(l, LINT_ERROR, "link-broken", where.data, "nothing is there (%ld): mend the address, or the page", c->status);
		break;
	case LINK_NO_HOST:
		lint_add(l, LINT_ERROR, "link-broken", where.data, "there is no host of that name: mend the address");
		break;
	case LINK_REFUSED:
		lint_add(l, LINT_WARNING, "link-refused", where.data,
		    "the server answers %ld: see whether it opens in a browser", c->status);
		break;
	case LINK_TROUBLE:
		lint_add(l, LINT_WARNING, "link-unreachable", where.data, "%s: see whether it opens in a browser", c->trouble);
		break;
	}
	l->language = "";
	buf_release(&where);
}

static void
show_progress(void *bar, size_t done, size_t total)
{
	out_progress(bar, (int64_t)done, (int64_t)total, true, "links checked");
}

static int
check_links(struct cli *cli, struct lint *l, struct err *e)
{
	struct link_check *item = xcalloc(l->links + 1, sizeof(item[0]));
	struct out_progress bar;
	size_t i, late = 0;
	int rc;

	for (i = 0; i < l->links; i++)
		item[i].url = l->link[i].url;
	out_progress_init(cli, &bar);
	if (l->links)
		show_progress(&bar, 0, l->links);
	rc = link_check(item, l->links, show_progress, &bar, e);
	out_progress_end(&bar);
	for (i = 0; rc == 0 && i < l->links; i++) {
		tell_link(l, &l->link[i], &item[i]);
		late += item[i].state == LINK_UNCHECKED;
	}
	if (late)
		lint_add(l, LINT_WARNING, "links-unchecked", "links",
		    "%zu of %zu could not be checked within %ld s", late, l->links, LINK_CHECK_ALL);
	json_put_int(cli->result, "links_checked", (long long)(l->links - late));
	free(item);
	return rc;
}

int
linting_collect(struct cli *cli, struct mailing *m, const struct linting_wish *wish, struct lint *l, struct err *e)
{
	char languages[MAILING_LANGUAGES][WORDS_LANGUAGE];
	int64_t start = wish->start ? wish->start : clock_now();
	struct near *near = xcalloc(1, sizeof(*near));
	int i, count = mailing_languages(&cli->site, languages), rc = -1;

	*l = LINT_INIT;
	mailing_set_archive_url(m, &cli->site, NULL, NULL);
	if (find_near(cli, start, near, e) == -1)
		goto out;
	for (i = 0; i < count; i++)
		if (look_at(cli, m, languages[i], start, near, l, e) == -1)
			goto out;
	rc = wish->links && cli->site.conf.campaign_check_links ? check_links(cli, l, e) : 0;
out:
	free(near);
	return rc;
}

static const char *
severity_name(enum lint_severity severity)
{
	return severity == LINT_ERROR ? "error" : "warning";
}

json_t *
linting_json(const struct lint *l)
{
	json_t *list = json_array(), *object;
	size_t i;

	for (i = 0; i < l->findings; i++) {
		const struct lint_finding *f = &l->finding[i];

		object = json_object();
		json_put(object, "severity", severity_name(f->severity));
		json_put(object, "code", f->code);
		json_put(object, "language", f->languages);
		json_put(object, "where", f->where);
		json_put(object, "text", f->text);
		json_array_append_new(list, object);
	}
	return list;
}

/* How many findings of the same kind come before this one. */
static size_t
alike_before(const struct lint *l, size_t i)
{
	size_t j, n = 0;

	for (j = 0; j < i; j++)
		n += l->finding[j].severity == l->finding[i].severity && strcmp(l->finding[j].code, l->finding[i].code) == 0;
	return n;
}

static void
print_severity(struct cli *cli, const struct lint *l, enum lint_severity severity)
{
	char languages[MAILING_LANGUAGES][WORDS_LANGUAGE];
	bool several = mailing_languages(&cli->site, languages) > 1, error = severity == LINT_ERROR;
	size_t i, left = 0;

	for (i = 0; i < l->findings; i++) {
		const struct lint_finding *f = &l->finding[i];
		bool some = several && f->languages[0] && !strchr(f->languages, ' ');

		if (f->severity != severity)
			continue;
		if (alike_before(l, i) >= SAME_MOST) {
			left++;
			continue;
		}
		out_field(cli, error ? "Error" : "Warning", error ? OUT_BAD : OUT_WARN, "%s%s%s%s: %s", f->where,
		    some ? " (" : "", some ? f->languages : "", some ? ")" : "", f->text);
	}
	if (left)
		out_field(cli, "", OUT_DIM, "and %zu more like these; --json has them all", left);
}

/* "2 errors, 1 warning". */
static void
count(const struct lint *l, struct buf *out)
{
	size_t errors = lint_count(l, LINT_ERROR), warnings = lint_count(l, LINT_WARNING);
	char text[96];

	if (errors)
		buf_addstr(out, out_count(text, (int64_t)errors, "error", "errors"));
	if (errors && warnings)
		buf_addstr(out, ", ");
	if (warnings)
		buf_addstr(out, out_count(text, (int64_t)warnings, "warning", "warnings"));
	if (l->more)
		buf_addf(out, ", and %zu findings more", l->more);
}

void
linting_show(struct cli *cli, const struct lint *l)
{
	size_t errors = lint_count(l, LINT_ERROR);
	struct buf text = BUF_INIT;

	print_severity(cli, l, LINT_ERROR);
	print_severity(cli, l, LINT_WARNING);
	count(l, &text);
	out_field(cli, "Lint", errors ? OUT_BAD : OUT_PLAIN, "%s", text.len ? text.data : "nothing to complain about");
	json_object_set_new(cli->result, "findings", linting_json(l));
	json_put_int(cli->result, "errors", (long long)errors);
	json_put_int(cli->result, "warnings", (long long)lint_count(l, LINT_WARNING));
	buf_release(&text);
}

static int
check_reason(const char *reason, struct err *e)
{
	size_t n = reason ? strlen(reason) : 0;
	bool said = n >= 3 && n <= LINTING_REASON && reason[strspn(reason, " ")];

	if (reason && (!said || !text_is_utf8(reason, n) || text_has_control(reason, n, "")))
		return err_set(e, ERR_USAGE, "--force needs a reason of 3 to %d bytes, for the audit: --force \"the page opens tomorrow\"",
		    LINTING_REASON);
	return 0;
}

/* What cron mails: the first error, and how many there are beside it. */
static int
refuse(const struct cli *cli, const struct lint *l, struct err *e)
{
	const struct lint_finding *first = NULL;
	size_t i, more = lint_count(l, LINT_ERROR) - 1;
	char text[96];

	for (i = l->findings; i--;)
		if (l->finding[i].severity == LINT_ERROR)
			first = &l->finding[i];
	return err_set(e, ERR_REFUSED, "%.120s: %.160s%s%s%s", first ? first->where : "", first ? first->text : "",
	    more ? "; and " : "",
	    more ? out_count(text, (int64_t)more, "error more", "errors more") : "",
	    strcmp(cli->command->noun, "send") == 0 ? "; nothing was sent: mend it, or say with --force why it is to go as it is" : "");
}

int
linting_run(struct cli *cli, struct mailing *m, struct linting_wish *wish, struct err *e)
{
	struct lint l = LINT_INIT;
	int rc = -1;

	if (check_reason(wish->reason, e) == -1 || linting_collect(cli, m, wish, &l, e) == -1)
		goto out;
	linting_show(cli, &l);
	wish->forced = wish->reason && lint_count(&l, LINT_ERROR);
	rc = 0;
	if (lint_count(&l, LINT_ERROR) && !wish->reason && !wish->warns_only) {
		cli->told = true;
		rc = refuse(cli, &l, e);
	}
out:
	lint_release(&l);
	return rc;
}
