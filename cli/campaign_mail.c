/* campaign_mail.c - see campaign_mail.h. */
#include "campaign_mail.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "mail/message.h"
#include "mailing.h"
#include "out.h"
#include "site/personal.h"
#include "store/campaign.h"

/* The mail as one reader would have it, with links that are nobody's. */
static int
print(struct cli *cli, const struct campaign *c, const char *language, struct err *e)
{
	struct personal_for whose = { .address = cli->site.conf.mail_from, .name = "", .topic_id = c->topic_id, .campaign_id = c->id };
	struct buf compiled = BUF_INIT, bytes = BUF_INIT;
	struct message *message = NULL;
	struct personal personal;
	int rc = campaign_get_message(cli->site.db, c->id, language, &compiled, e);

	personal_init(&personal, &cli->site.conf, cli->site.links);
	if (rc == 0)
		err_set(e, ERR_NOT_FOUND, "the mail of campaign %lld is not kept", (long long)c->id);
	if (rc == 1)
		message = message_load(compiled.data, compiled.len, e);
	if (message) {
		personal_fill(&personal, &whose, NULL);
		message_merge(message, &personal.values, &bytes);
		if (cli->people)
			fwrite(bytes.data, 1, bytes.len, stdout);
		json_put(cli->result, "eml", bytes.data);
		message_free(message);
	}
	personal_release(&personal);
	buf_release(&compiled);
	buf_release(&bytes);
	return message ? 0 : -1;
}

/* "en, es", or nothing */
static int
list(struct cli *cli, const struct campaign *c, struct buf *out, json_t *codes, struct err *e)
{
	char languages[MAILING_LANGUAGES][WORDS_LANGUAGE];
	int i, n = campaign_languages(cli->site.db, c->id, languages, MAILING_LANGUAGES, e);

	for (i = 0; i < n; i++) {
		buf_addf(out, "%s%s", i ? ", " : "", languages[i]);
		json_array_append_new(codes, json_string(languages[i]));
	}
	return n;
}

static bool
has(json_t *codes, const char *language)
{
	size_t i;

	for (i = 0; i < json_array_size(codes); i++)
		if (strcmp(json_string_value(json_array_get(codes, i)), language) == 0)
			return true;
	return false;
}

int
campaign_mail_show(struct cli *cli, const struct campaign *c, const char *language, struct err *e)
{
	json_t *codes = json_array();
	struct buf text = BUF_INIT;
	int rc = list(cli, c, &text, codes, e);

	if (rc > 0 && language && !has(codes, language))
		rc = err_set(e, ERR_NOT_FOUND, "campaign %lld is not in this language; it is in %s", (long long)c->id, text.data);
	if (rc != -1)
		rc = print(cli, c, language ? language : cli->site.conf.site_language, e);
	buf_release(&text);
	json_decref(codes);
	return rc;
}

int
campaign_mail_languages(struct cli *cli, const struct campaign *c, struct err *e)
{
	json_t *codes = json_array();
	struct buf text = BUF_INIT;
	int n = list(cli, c, &text, codes, e);

	json_object_set_new(cli->result, "languages", codes);
	if (n > 1)
		out_field(cli, "Languages", OUT_PLAIN, "%s", text.data);
	buf_release(&text);
	return n == -1 ? -1 : 0;
}
