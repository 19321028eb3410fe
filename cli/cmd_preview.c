/* cmd_preview.c - newsletter preview: what send would send, for the eye, a browser or a mail program. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "mail/message.h"
#include "mailing.h"
#include "out.h"
#include "site/personal.h"

const struct opt opts_preview[] = {
	{ "html", NULL, "the HTML part, for a browser" },
	{ "text", NULL, "the text part" },
	{ "eml", NULL, "the whole message, as a mail program takes it" },
	{ "topic", "TOPIC", "as send would take it" },
	{ "subject", "TEXT", "as send would take it" },
	{ "max", "N", "as send would take it" },
	{ NULL, NULL, NULL },
};

static void
print_eml(struct cli *cli, const struct message *message, int64_t topic_id)
{
	struct personal_for whose = { .address = cli->site.conf.mail_from, .name = "", .topic_id = topic_id };
	struct personal personal;
	struct buf bytes = BUF_INIT;

	personal_init(&personal, &cli->site.conf, cli->site.links);
	personal_fill(&personal, &whose, NULL);
	message_merge(message, &personal.values, &bytes);
	if (cli->people)
		fwrite(bytes.data, 1, bytes.len, stdout);
	json_put(cli->result, "eml", bytes.data);
	personal_release(&personal);
	buf_release(&bytes);
}

static int
show(struct cli *cli, const struct mailing *m, struct err *e)
{
	struct composed c = COMPOSED_INIT;
	struct buf subject = BUF_INIT, text = BUF_INIT, html = BUF_INIT;
	char count[96];
	int rc = mailing_render(m, &cli->site, "", "", &c, e);

	if (rc == -1)
		goto out;
	mailing_fill_slots(&subject, c.subject.data, &cli->site);
	mailing_fill_slots(&text, c.text.data, &cli->site);
	mailing_fill_slots(&html, c.html.data, &cli->site);
	json_put(cli->result, "subject", subject.data);
	json_put(cli->result, "topic", m->topic.slug);
	json_put_int(cli->result, "recipients", m->recipients);
	json_put(cli->result, "text", text.data);
	json_put(cli->result, "html", html.data);
	if (cli_option(cli, "html") && cli->people)
		fputs(html.data, stdout);
	else if (cli_option(cli, "text") && cli->people)
		fputs(text.data, stdout);
	if (cli_option(cli, "html") || cli_option(cli, "text"))
		goto out;
	out_field(cli, "Subject", OUT_BOLD, "%s", subject.data);
	out_field(cli, "To", OUT_PLAIN, "%s of %s", out_count(count, m->recipients, "subscriber", "subscribers"), m->topic.slug);
	out_field(cli, "Size", OUT_PLAIN, "%zu KB of HTML, %zu KB of text", (html.len + 1023) / 1024, (text.len + 1023) / 1024);
	out_gap(cli);
	out_text(cli, text.data, "    ");
out:
	composed_release(&c);
	buf_release(&subject);
	buf_release(&text);
	buf_release(&html);
	return rc;
}

int
cmd_preview(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct mailing_wish wish = { .topic = cli_option(cli, "topic"), .subject = cli_option(cli, "subject") };
	struct mailing m = { 0 };
	struct message *message;
	int articles = strcmp(argv[0], "articles") == 0, rc = -1;

	(void)argc;
	if (cli_option_int(cli, "max", 1, 200, &wish.most, e) == -1)
		return -1;
	if ((articles ? mailing_articles(&m, &cli->site, &wish, e) : mailing_promotion(&m, &cli->site, argv[0], &wish, e)) == -1)
		goto out;
	if (articles && !m.articles.count) {
		out_warn(cli, "nothing new to announce to %s", m.topic.slug);
		json_put(cli->result, "reason", "nothing new");
		rc = 0;
		goto out;
	}
	mailing_set_archive_url(&m, &cli->site, NULL, NULL);
	/* compiled in any case: what cannot be sent is not to be found out later */
	message = mailing_compile(&m, &cli->site, "", "", 0, e);
	if (!message)
		goto out;
	rc = 0;
	if (cli_option(cli, "eml"))
		print_eml(cli, message, m.topic.id);
	else
		rc = show(cli, &m, e);
	message_free(message);
out:
	mailing_release(&m);
	return rc;
}
