/* filter.c - see filter.h. */
#include "filter.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "cli.h"
#include "mail/addr.h"
#include "people.h"
#include "store/subscription.h"
#include "store/topic.h"

/* "… and abc"; whatever may have an "or" in it comes in parentheses. */
static void
add(struct buf *all, const char *a, const char *b, const char *c)
{
	buf_addf(all, "%s%s%s%s", all->len ? " and " : "", a, b, c);
}

static int
add_expression(const struct cli *cli, struct buf *all, const char *option, const char *open, struct err *e)
{
	const char *text = cli_option(cli, option);
	struct segment *s;
	int rc = 0;

	if (!text)
		return 0;
	/* by itself: columns are those that were typed */
	if (segment_parse(text, &s, e) == -1)
		return err_wrap(e, "--%s", option);
	if (!segment_text(s)[0])
		rc = err_set(e, ERR_USAGE, "--%s is empty: leave it out for everybody", option);
	else if (segment_check(cli->site.db, s, e) == -1)
		rc = err_wrap(e, "--%s", option);
	else
		add(all, open, segment_text(s), ")");
	segment_free(s);
	return rc;
}

static int
add_where(const struct cli *cli, struct buf *all, struct err *e)
{
	return add_expression(cli, all, "where", "(", e) == -1 || add_expression(cli, all, "except", "not (", e) == -1 ? -1 : 0;
}

static int
finish(struct buf *all, struct segment **out, struct err *e)
{
	int rc = segment_parse(all->data, out, e);

	buf_release(all);
	return rc == -1 ? err_wrap(e, "the options together") : 0;
}

int
filter_where(const struct cli *cli, char out[SEGMENT_MAX + 1], struct err *e)
{
	struct buf all = BUF_INIT;
	struct segment *s = NULL;

	if (add_where(cli, &all, e) == -1) {
		buf_release(&all);
		return -1;
	}
	if (finish(&all, &s, e) == -1)
		return -1;
	text_copy(out, SEGMENT_MAX + 1, segment_text(s));
	segment_free(s);
	return 0;
}

static int
add_topic(const struct cli *cli, struct buf *all, struct err *e)
{
	const char *topic = cli_option(cli, "topic"), *state = cli_option(cli, "state");
	struct topic t;

	if (state && subscription_state_parse(state) == -1)
		return err_set(e, ERR_USAGE, "--state must be pending, active, left, bounced or complained, not \"%.40s\"", state);
	if (topic && topic_find(cli->site.db, topic, &t, e) == -1)
		return -1;
	if (topic)
		add(all, state ? state : "any", "=", t.slug);
	else if (state)
		add(all, "state=", state, "");
	return 0;
}

/* As addresses have it in the store: an international one in A-labels. */
static int
add_domain(const struct cli *cli, struct buf *all, struct err *e)
{
	const char *domain = cli_option(cli, "domain"), *below = "";
	struct buf address = BUF_INIT;
	struct addr a;
	int rc;

	if (!domain)
		return 0;
	if (strncmp(domain, "*.", 2) == 0) {
		below = "*.";
		domain += 2;
	}
	buf_addf(&address, "x@%s", domain);
	rc = addr_parse(&a, address.data, e);
	buf_release(&address);
	if (rc == -1 || !strchr(a.key, '@'))
		return err_set(e, ERR_USAGE, "--domain must be a mail domain, like example.org or *.example.org, not \"%.60s\"", domain);
	add(all, "domain=", below, strrchr(a.key, '@') + 1);
	return 0;
}

static int
add_rest(const struct cli *cli, struct buf *all, struct err *e)
{
	const char *language = cli_option(cli, "language");
	char text[CLOCK_TEXT];
	int64_t since;
	int given = cli_option_since(cli, "since", &since, e);

	if (given == -1)
		return -1;
	if (language && people_check_language(language, e) == -1) {
		e->code = ERR_USAGE;
		return err_wrap(e, "--language");
	}
	if (given)
		add(all, "joined>=", clock_iso(text, since), "");
	if (language)
		add(all, "language=", language, "");
	return 0;
}

int
filter_people(const struct cli *cli, struct segment **out, struct err *e)
{
	struct buf all = BUF_INIT;

	if (add_topic(cli, &all, e) == -1 || add_rest(cli, &all, e) == -1 || add_domain(cli, &all, e) == -1 ||
	    add_where(cli, &all, e) == -1) {
		buf_release(&all);
		return -1;
	}
	return finish(&all, out, e);
}
