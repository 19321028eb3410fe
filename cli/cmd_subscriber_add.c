/* cmd_subscriber_add.c - newsletter subscriber add: one person, by staff. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "mail/addr.h"
#include "out.h"
#include "people.h"
#include "store/consent.h"
#include "store/subscriber.h"
#include "store/subscription.h"
#include "store/suppression.h"

const struct opt opts_subscriber_add[] = {
	{ "name", "NAME", "how mails greet them" },
	{ "topic", "TOPIC", "what they asked for; may be repeated (default: articles)" },
	{ "language", "CODE", "of their mails, like de (default: the site's)" },
	{ "consent", "TEXT", "how they asked, kept as evidence: \"at the reception, 3 May\"" },
	{ NULL, NULL, NULL },
};

/* Subscribe to each topic; all or none. *changed: how many are new. */
static int
add_in_transaction(struct cli *cli, struct subscriber *s, const struct topic_list *topics, const struct evidence *evidence, int *changed,
    struct err *e)
{
	const char *name = cli_option(cli, "name");
	enum suppression_reason reason;
	char detail[48];
	bool created;
	size_t i;
	int rc;

	rc = suppression_find(cli->site.db, s->key, &reason, e);
	if (rc == -1)
		return -1;
	if (rc == 1)
		return err_set(e, ERR_SUPPRESSED, "%s must not be mailed (%s): %s", s->address, suppression_name(reason),
		    suppression_liftable(reason) ? "only they themselves can come back, through the signup page"
						 : "the suppression has to be lifted first");
	if (subscriber_put(cli->site.db, s, &created, e) == -1)
		return -1;
	if (!created && name && subscriber_set_name(cli->site.db, s->id, name, e) == -1)
		return -1;
	for (i = 0; i < topics->count; i++) {
		rc = subscription_add(cli->site.db, s->id, topics->item[i].id, "added", evidence, e);
		if (rc == -1)
			return err_wrap(e, "%s, topic %s", s->address, topics->item[i].slug);
		*changed += rc;
	}
	snprintf(detail, sizeof(detail), "subscriber %lld", (long long)s->id);
	return cli_audit(cli, cli->site.db, "subscriber add", detail, e);
}

static int
read_person(struct cli *cli, const char *address, struct subscriber *s, struct err *e)
{
	const char *name = cli_option(cli, "name"), *language = cli_option(cli, "language");
	struct addr a;

	memset(s, 0, sizeof(*s));
	if (people_address(&a, address, e) == -1 || (name && subscriber_check_name(name, e) == -1) ||
	    (language && people_check_language(language, e) == -1))
		return -1;
	snprintf(s->address, sizeof(s->address), "%s", a.text);
	snprintf(s->key, sizeof(s->key), "%s", a.key);
	snprintf(s->name, sizeof(s->name), "%s", name ? name : "");
	snprintf(s->language, sizeof(s->language), "%s", language ? language : "");
	return 0;
}

static void
join_topics(struct buf *out, const struct topic_list *topics)
{
	size_t i;

	for (i = 0; i < topics->count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", topics->item[i].slug);
}

int
cmd_subscriber_add(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct evidence evidence = { 0 };
	const char *consent = cli_option(cli, "consent");
	char kind[80], source[SOURCE_MAX + 1];
	struct topic_list all, topics;
	struct buf names = BUF_INIT;
	struct subscriber s;
	int changed = 0, rc;

	(void)argc;
	snprintf(kind, sizeof(kind), "staff: %s", cli->who);
	if (read_person(cli, argv[0], &s, e) == -1 || people_source(source, kind, consent ? consent : "", e) == -1 ||
	    people_topics(cli, &all, &topics, e) == -1 || db_begin(cli->site.db, e) == -1)
		return -1;
	evidence.source = source;
	rc = add_in_transaction(cli, &s, &topics, &evidence, &changed, e);
	if (rc == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	if (rc == -1)
		return -1;
	join_topics(&names, &topics);
	out_line(cli, changed ? "%s is subscribed to %s." : "%s was subscribed to %s already.", s.address, names.data);
	json_put(cli->result, "address", s.address);
	json_put_int(cli->result, "id", s.id);
	json_put_int(cli->result, "added", changed);
	buf_release(&names);
	return 0;
}
