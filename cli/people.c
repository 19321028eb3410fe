/* people.c - see people.h. */
#include "people.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "mail/addr.h"
#include "store/subscriber.h"
#include "store/subscription.h"

static int
add_named(const struct topic_list *all, const char *slug, struct topic_list *wanted, struct err *e)
{
	const struct topic *t = topic_named(all, slug);
	struct buf known = BUF_INIT;
	size_t i;

	if (t) {
		if (!topic_in(wanted, t->id))
			wanted->item[wanted->count++] = *t;
		return 0;
	}
	for (i = 0; i < all->count; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", all->item[i].slug);
	err_set(e, ERR_NOT_FOUND, "unknown topic \"%.60s\"; there are: %s", slug,
	    known.len ? known.data : "none yet, see `newsletter topic create`");
	buf_release(&known);
	return -1;
}

int
people_topics_named(const struct topic_list *all, const char *names, struct topic_list *wanted, struct err *e)
{
	static const char separators[] = " ,;|\t";
	char slug[64];
	size_t n, kept;

	for (;;) {
		names += strspn(names, separators);
		n = strcspn(names, separators);
		if (!n)
			return 0;
		kept = n < sizeof(slug) ? n : sizeof(slug) - 1;
		memcpy(slug, names, kept);
		slug[kept] = '\0';
		if (add_named(all, text_lower(slug), wanted, e) == -1)
			return -1;
		names += n;
	}
}

int
people_topics(const struct cli *cli, struct topic_list *all, struct topic_list *wanted, struct err *e)
{
	const struct topic *t;
	const char *name;
	int i;

	wanted->count = 0;
	if (topic_list(cli->site.db, all, e) == -1)
		return -1;
	for (i = 0; (name = cli_option_nth(cli, "topic", i)); i++)
		if (add_named(all, name, wanted, e) == -1)
			return -1;
	if (wanted->count)
		return 0;
	if (!all->count)
		return err_set(e, ERR_NOT_FOUND, "there is no topic yet; make one with `newsletter topic create`");
	t = topic_named(all, "articles");
	wanted->item[wanted->count++] = t ? *t : all->item[0];
	return 0;
}

int
people_source(char out[SOURCE_MAX + 1], const char *kind, const char *text, struct err *e)
{
	size_t n = strlen(text);

	if (!text_is_utf8(text, n) || text_has_control(text, n, ""))
		return err_set(e, ERR_USAGE, "--consent must be one line of text in UTF-8");
	if (snprintf(out, SOURCE_MAX + 1, "%s%s%s", kind, n ? ": " : "", text) > SOURCE_MAX)
		return err_set(e, ERR_USAGE, "--consent is too long: at most %zu bytes", SOURCE_MAX - strlen(kind) - 2);
	return 0;
}

int
people_reason(const struct cli *cli, struct err *e)
{
	const char *reason = cli_option(cli, "reason");
	size_t n = reason ? strlen(reason) : 0;

	if (!n || !reason[strspn(reason, " ")])
		return err_set(e, ERR_USAGE, "--reason is needed: say why in a few words, as in --reason \"moving to the new server\"");
	if (n > 160 || !text_is_utf8(reason, n) || text_has_control(reason, n, ""))
		return err_set(e, ERR_USAGE, "--reason must be one line of at most 160 bytes in UTF-8");
	if (strchr(reason, '@'))
		return err_set(e, ERR_USAGE, "--reason must name no address: it is kept for ever, also when its owner is erased");
	return 0;
}

int
people_address(struct addr *a, const char *text, struct err *e)
{
	if (addr_parse(a, text, e) == -1)
		return err_wrap(e, "\"%.100s\" is no address that can be mailed", text);
	return 0;
}

int
people_check_language(const char *language, struct err *e)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t n = strlen(language);

	if (n && (n < 2 || n >= SUBSCRIBER_LANGUAGE || strspn(language, allowed) != n))
		return err_set(e, ERR_INPUT, "\"%.40s\" is no language: write it like de or pt-BR", language);
	return 0;
}

int
people_describe(const struct cli *cli, const struct topic_list *topics, const struct subscriber *s, json_t *object, struct buf *text,
    struct err *e)
{
	struct subscription of[TOPICS_MAX];
	json_t *list = json_array(), *one;
	const char *topic;
	int i, n;

	json_object_set_new(object, "topics", list);
	n = subscription_of(cli->site.db, s->id, of, TOPICS_MAX, e);
	if (n == -1)
		return -1;
	for (i = 0; i < n; i++) {
		topic = topic_slug(topics, of[i].topic_id);
		one = json_object();
		json_put(one, "topic", topic);
		json_put(one, "state", subscription_state_name(of[i].state));
		json_put_time(one, "since", of[i].since);
		json_array_append_new(list, one);
		buf_addf(text, "%s%s", text->len ? ", " : "", topic);
		if (of[i].state != SUB_ACTIVE)
			buf_addf(text, " (%s)", subscription_state_name(of[i].state));
	}
	json_put(object, "address", s->address);
	json_put_int(object, "id", s->id);
	json_put(object, "name", s->name);
	json_put(object, "language", s->language);
	json_put_time(object, "since", s->created_at);
	return 0;
}
