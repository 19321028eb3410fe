/*
 * cmd_embed.c - newsletter embed: the signup form for the organisation's own website.
 *
 * The wording of consent that the form shows is kept in the store, and the form
 * carries its hash under our MAC (form_token_embed): so the evidence of
 * whoever signs up there names the words that stood there.
 */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "content/template.h"
#include "content/words.h"
#include "out.h"
#include "site/form_token.h"
#include "site/topic_words.h"
#include "store/consent.h"
#include "store/topic.h"

const struct opt opts_embed[] = {
	{ "topic", "TOPIC", "offer this topic only; may be repeated (default: all)" },
	{ "language", "CODE", "of the form and of the mails to those who use it (default: the site's)" },
	{ "plain", NULL, "without the script" },
	{ "script", NULL, "print the script instead, for who serves it from their own site" },
	{ NULL, NULL, NULL },
};

/* The language of the form: one that newsletterd offers too. NULL on failure. */
static const char *
choose_language(struct cli *cli, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	const char *wanted = cli_option(cli, "language");
	char all[WORDS_LANGUAGES][WORDS_LANGUAGE];
	int i, count = site_languages(conf, all);

	if (!wanted)
		wanted = conf->site_language;
	for (i = 0; i < count; i++)
		if (strcmp(all[i], wanted) == 0)
			return wanted;
	if (!cli_option(cli, "language"))
		return WORDS_DEFAULT;
	err_set(e, ERR_NOT_FOUND, "the pages do not speak \"%.20s\": there are no words for it, or [site] languages leaves it out", wanted);
	return NULL;
}

static bool
is_wanted(const struct cli *cli, const char *slug)
{
	const char *wanted;
	int i;

	for (i = 0; (wanted = cli_option_nth(cli, "topic", i)); i++)
		if (strcmp(wanted, slug) == 0)
			return true;
	return i == 0;
}

/* Those that --topic names, or all. Nothing is ticked beforehand but a single one, which the button alone is the consent to. */
static int
put_topics(struct cli *cli, const char *language, json_t *context, struct err *e)
{
	struct topic_list all;
	json_t *list = json_array();
	const char *wanted;
	size_t i;
	int k;

	json_object_set_new(context, "topics", list);
	if (topic_list(cli->site.db, &all, e) == -1)
		return -1;
	if (!all.count)
		return err_set(e, ERR_NOT_FOUND, "there is no topic to subscribe to: make one with `newsletter topic create`");
	for (k = 0; (wanted = cli_option_nth(cli, "topic", k)); k++)
		if (!topic_named(&all, wanted))
			return err_set(e, ERR_NOT_FOUND, "there is no topic \"%.40s\"; see `newsletter topic list`", wanted);
	for (i = 0; i < all.count; i++)
		if (is_wanted(cli, all.item[i].slug))
			json_array_append_new(list, topic_words(&cli->site.conf, language, &all.item[i]));
	if (json_array_size(list) == 1)
		json_put_bool(json_array_get(list, 0), "checked", true);
	return 0;
}

/* Render the wording of consent, keep it, and put it and its token into the context. */
static int
put_consent(struct cli *cli, json_t *context, struct err *e)
{
	char token[FORM_TOKEN_EMBED_TEXT];
	uint8_t hash[CONSENT_HASH];
	struct buf text = BUF_INIT;
	int rc = -1;

	if (template_file(&text, cli->site.conf.store_templates, "web/consent.text.mustache", context, e) == -1)
		goto out;
	buf_truncate(&text, strlen(text_trim(text.data)));
	if (db_begin(cli->site.db, e) == -1)
		goto out;
	if (consent_wording(cli->site.db, text.data, hash, e) == -1)
		goto out;
	if (cli_audit(cli, cli->site.db, "embed", "", e) == -1)
		goto out;
	if (db_commit(cli->site.db, e) == -1)
		goto out;
	form_token_embed(token, cli->site.links, hash);
	json_put(context, "form_token", token);
	json_put(context, "consent_text", text.data);
	rc = 0;
out:
	db_rollback(cli->site.db);
	buf_release(&text);
	return rc;
}

static int
render_form(struct cli *cli, json_t *context, struct buf *html, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	const char *language = choose_language(cli, e);

	if (!language)
		return -1;
	json_put(context, "language", language);
	if (put_topics(cli, language, context, e) == -1 || put_consent(cli, context, e) == -1)
		return -1;
	if (!cli_option(cli, "plain"))
		json_object_set_new(context, "script_url", json_sprintf("%s/embed.js", conf->site_url));
	return template_file(html, conf->store_templates, "web/embed.html.mustache", context, e);
}

int
cmd_embed(struct cli *cli, int argc, char **argv, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	json_t *context = json_object();
	struct buf text = BUF_INIT;
	bool script = cli_option(cli, "script");
	int rc;

	(void)argc, (void)argv;
	json_object_set_new(context, "site", site_context(conf));
	if (script)
		rc = template_file(&text, conf->store_templates, "web/embed.js.mustache", context, e);
	else
		rc = render_form(cli, context, &text, e);
	if (rc == 0) {
		if (cli->people)
			fputs(text.data, stdout);
		json_put(cli->result, script ? "script" : "html", text.data);
		json_object_set_new(cli->result, "script_url", json_sprintf("%s/embed.js", conf->site_url));
		if (!script)
			json_object_set(cli->result, "language", json_object_get(context, "language"));
	}
	json_decref(context);
	buf_release(&text);
	return rc;
}
