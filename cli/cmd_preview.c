/* cmd_preview.c - newsletter preview: what send would send, for the eye, a browser or a mail program. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "browser.h"
#include "cli.h"
#include "linting.h"
#include "mail/addr.h"
#include "mailing.h"
#include "out.h"
#include "people.h"
#include "preview.h"
#include "store/subscription.h"

#define LINE 80                                            /* bytes of an inbox's line that are printed */
#define NO_CAMPAIGN "00000000-0000-0000-0000-000000000000" /* as long as the uuid that a mailing will have */

const struct opt opts_preview[] = {
	{ "open", NULL, "all of it as a page, in the browser" },
	{ "page", "FILE", "the same page, into a file" },
	{ "html", NULL, "the HTML part, for a browser" },
	{ "text", NULL, "the text part" },
	{ "eml", NULL, "the whole message, as a mail program takes it" },
	{ "for", "ADDRESS", "as this subscriber would get it: name, language, links that work" },
	{ "language", "CODE", "in this language" },
	{ "links", NULL, "ask the addresses in it, as lint does" },
	{ "topic", "TOPIC", "as send would take it" },
	{ "subject", "TEXT", "as send would take it" },
	{ "of", "TOPIC", "as send would take it" },
	{ "max", "N", "as send would take it" },
	{ "since", "TIME", "as send would take it" },
	{ "intro", "FILE", "as send would take it" },
	{ NULL, NULL, NULL },
};

static const char *const forms[] = { "open", "page", "html", "text", "eml" };

/* What one call works with. */
struct work {
	struct mailing m;
	struct subscriber who; /* id 0: nobody */
	char language[MAILING_LANGUAGES][WORDS_LANGUAGE];
	int languages; /* that are shown, the first one first */
	struct preview_mail mail[MAILING_LANGUAGES];
	struct lint lint;
	const char *what, *form; /* "articles" or a file; one of forms, or NULL */
};

/* Whether the sender would write to them. */
static int
is_reader(struct cli *cli, const struct work *w, struct err *e)
{
	struct subscription s = { 0 };
	int rc = subscription_find(cli->site.db, w->who.id, w->m.topic.id, &s, e);

	return rc == 1 ? s.state == SUB_ACTIVE : rc;
}

/* --for: who that is. */
static int
find_reader(struct cli *cli, struct work *w, struct err *e)
{
	const char *address = cli_option(cli, "for");
	struct addr a;
	int rc;

	if (!address)
		return 0;
	if (people_address(&a, address, e) == -1 || (rc = subscriber_find(cli->site.db, a.key, &w->who, e)) == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no subscriber %s", a.text);
	rc = is_reader(cli, w, e);
	if (rc == -1)
		return -1;
	if (rc == 0)
		out_warn(cli, "%s does not get %s: send would leave them out", w->who.address, w->m.topic.slug);
	out_warn(cli, "the links in it are those of %s, and they work", w->who.address);
	json_put(cli->result, "for", w->who.address);
	return 0;
}

static bool
is_page(const struct work *w)
{
	return w->form && (strcmp(w->form, "open") == 0 || strcmp(w->form, "page") == 0);
}

/* Which languages to show: the one that is asked for, the reader's, or all, the site's first. */
static int
choose_languages(struct cli *cli, struct work *w, struct err *e)
{
	const char *asked = cli_option(cli, "language"), *wanted = asked ? asked : w->who.language;
	json_t *list = json_array();
	struct buf all = BUF_INIT;
	int i, found = 0;

	w->languages = mailing_languages(&cli->site, w->language);
	for (i = 0; i < w->languages; i++) {
		json_array_append_new(list, json_string(w->language[i]));
		buf_addf(&all, "%s%s", i ? ", " : "", w->language[i]);
		if (strcmp(w->language[i], wanted) == 0)
			found = i; /* else the site's, which the sender takes too */
	}
	json_object_set_new(cli->result, "languages", list);
	if (asked && strcmp(w->language[found], asked) != 0) {
		err_set(e, ERR_USAGE, "--language must be one that mails are composed in: %s", all.data);
		buf_release(&all);
		return -1;
	}
	buf_release(&all);
	if (asked || w->who.id || (w->form && !is_page(w))) {
		if (found)
			memcpy(w->language[0], w->language[found], WORDS_LANGUAGE);
		w->languages = 1;
	}
	json_put(cli->result, "language", w->language[0]);
	return 0;
}

/* How to see a page that no browser here shows. */
static void
tell_page(struct cli *cli, const char *path, const char *url)
{
	out_field(cli, "Page", OUT_BOLD, "%s", url);
	json_put(cli->result, "page", path);
	json_put(cli->result, "url", url);
}

static void
tell_no_display(struct cli *cli, const char *path)
{
	out_line(cli, "  There is no display here: open that address in a browser of this machine,");
	out_line(cli, "  or take the file to yours, for example with scp, from");
	out_line(cli, "  %s", path);
}

static int
open_page(struct cli *cli, const struct buf *page, struct err *e)
{
	struct buf path = BUF_INIT, url = BUF_INIT;
	int rc = browser_file(&path, page->data, page->len, e);

	if (rc == -1)
		goto out;
	browser_url(&url, path.data);
	tell_page(cli, path.data, url.data);
	if (!browser_has_display()) {
		tell_no_display(cli, path.data);
	} else if (browser_open(url.data, e) == -1) {
		out_warn(cli, "%s: open that address by hand", e->text);
		*e = ERR_INIT;
	}
out:
	buf_release(&path);
	buf_release(&url);
	return rc;
}

static int
write_page(struct cli *cli, const char *file, const struct buf *page, struct err *e)
{
	char path[PATH_MAX];
	struct buf url = BUF_INIT;

	if (file_write(file, 0600, page->data, page->len, e) == -1)
		return -1;
	browser_url(&url, realpath(file, path) ? path : file);
	tell_page(cli, file, url.data);
	buf_release(&url);
	return 0;
}

static int
show_page(struct cli *cli, struct work *w, struct err *e)
{
	json_t *findings = linting_json(&w->lint);
	const struct preview_page page = { &w->m, &cli->site, &w->who, w->mail, (size_t)w->languages,
		cli_option(cli, "links") && cli->site.conf.campaign_check_links, findings };
	struct buf html = BUF_INIT;
	int rc = preview_render(&html, &page, e);

	json_object_set(cli->result, "findings", findings);
	if (rc == 0)
		rc = strcmp(w->form, "open") == 0 ? open_page(cli, &html, e) : write_page(cli, cli_option(cli, "page"), &html, e);
	json_decref(findings);
	buf_release(&html);
	return rc;
}

/* For people, without an option: what matters of it, and the text. */
static void
show(struct cli *cli, const struct work *w)
{
	const struct preview_mail *mail = &w->mail[0];
	struct buf languages = BUF_INIT;
	char count[96];
	int i, n;

	for (i = 0; i < w->languages; i++)
		buf_addf(&languages, "%s%s", i ? ", " : "", w->language[i]);
	out_field(cli, "Subject", OUT_BOLD, "%s", mail->subject.data);
	n = mail->snippet.len > LINE ? (int)text_cut(mail->snippet.data, LINE) : (int)mail->snippet.len;
	out_field(cli, "Preheader", OUT_PLAIN, "%.*s%s", n, mail->snippet.data, mail->snippet.data[n] ? "…" : "");
	out_field(cli, "From", OUT_PLAIN, "%s <%s>", cli->site.conf.mail_from_name, cli->site.conf.mail_from);
	out_field(cli, "To", OUT_PLAIN, "%s of %s", out_count(count, w->m.recipients, "subscriber", "subscribers"), w->m.topic.slug);
	out_field(cli, w->languages > 1 ? "Languages" : "Language", OUT_PLAIN, "%s", languages.data);
	out_field(cli, "Size", mail->html.len > LINT_SIZE_ERROR ? OUT_BAD : OUT_PLAIN, "%zu KB of HTML%s, %zu KB of text",
	    (mail->html.len + 1023) / 1024, mail->html.len > LINT_SIZE_ERROR ? ", more than the 100 KB that Gmail shows" : "",
	    (mail->text.len + 1023) / 1024);
	linting_show(cli, &w->lint);
	out_gap(cli);
	out_text(cli, mail->text.data, "    ");
	if (cli->tty) {
		out_gap(cli);
		out_line(cli, "  Add --open to see it as mail programs show it.");
	}
	buf_release(&languages);
}

static void
put_part(struct cli *cli, const char *form, const struct preview_mail *mail)
{
	const struct buf *part = &mail->eml;

	if (strcmp(form, "html") == 0)
		part = &mail->html;
	else if (strcmp(form, "text") == 0)
		part = &mail->text;
	json_put(cli->result, form, part->data);
	if (cli->people)
		fwrite(part->data, 1, part->len, stdout);
}

static int
put_form(struct cli *cli, struct work *w, struct err *e)
{
	const struct preview_mail *mail = &w->mail[0];

	json_put(cli->result, "subject", mail->subject.data);
	json_put(cli->result, "preheader", mail->snippet.data);
	json_put(cli->result, "topic", w->m.topic.slug);
	json_put_int(cli->result, "recipients", w->m.recipients);
	json_put_int(cli->result, "html_bytes", (long long)mail->html.len);
	if (is_page(w))
		return show_page(cli, w, e);
	if (w->form) {
		put_part(cli, w->form, mail);
		return 0;
	}
	json_put(cli->result, "text", mail->text.data);
	json_put(cli->result, "html", mail->html.data);
	show(cli, w);
	return 0;
}

/* The one form that is asked for. */
static int
choose_form(struct cli *cli, struct work *w, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!cli_option(cli, forms[i]))
			continue;
		if (w->form)
			return err_set(e, ERR_USAGE, "--%s or --%s: say one of them", w->form, forms[i]);
		w->form = forms[i];
	}
	return 0;
}

static int
gather(struct cli *cli, struct work *w, struct err *e)
{
	bool articles = strcmp(w->what, "articles") == 0;
	struct mailing_wish wish;

	if (mailing_wish_read(cli, !articles, &wish, e) == -1)
		return -1;
	if (articles)
		return mailing_articles(&w->m, &cli->site, &wish, e);
	return mailing_promotion(&w->m, &cli->site, w->what, &wish, e);
}

static int
preview(struct cli *cli, struct work *w, struct err *e)
{
	const struct linting_wish linting = { .links = cli_option(cli, "links") != NULL };
	bool eml = w->form && strcmp(w->form, "eml") == 0;
	int i;

	if (find_reader(cli, w, e) == -1 || choose_languages(cli, w, e) == -1)
		return -1;
	if ((!w->form || is_page(w)) && linting_collect(cli, &w->m, &linting, &w->lint, e) == -1)
		return -1;
	/* To read, a link that leads somewhere; byte for byte, one that is as long as that of the mailing's page. */
	mailing_set_archive_url(&w->m, &cli->site, w->m.subject, eml ? NO_CAMPAIGN : NULL);
	for (i = 0; i < w->languages; i++)
		if (preview_make(&w->mail[i], &w->m, &cli->site, w->language[i], &w->who, e) == -1)
			return -1;
	return put_form(cli, w, e);
}

int
cmd_preview(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct work *w = xcalloc(1, sizeof(*w));
	int i, rc = -1;

	w->what = mailing_what(argc, argv, e);
	w->lint = LINT_INIT;
	for (i = 0; i < MAILING_LANGUAGES; i++)
		preview_init(&w->mail[i]);
	if (!w->what || choose_form(cli, w, e) == -1 || gather(cli, w, e) == -1)
		goto out;
	if (strcmp(w->m.kind, "articles") == 0 && !w->m.articles.count) {
		out_warn(cli, "nothing new to announce to %s", w->m.topic.slug);
		json_put(cli->result, "reason", "nothing new");
		rc = 0;
		goto out;
	}
	rc = preview(cli, w, e);
out:
	for (i = 0; i < MAILING_LANGUAGES; i++)
		preview_release(&w->mail[i]);
	mailing_release(&w->m);
	lint_release(&w->lint);
	free(w);
	return rc;
}
