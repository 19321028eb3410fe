/* mailing.c - see mailing.h. */
#include "mailing.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/markdown.h"
#include "content/template.h"
#include "site/archive.h"
#include "site/article_words.h"
#include "site/site.h"
#include "store/subscription.h"

#define ARTICLES_MOST 20 /* of one mail, unless --max says otherwise */

static int
set_subject(struct mailing *m, const char *wish, struct err *e)
{
	size_t n = wish ? strlen(wish) : 0;

	m->own_subject = wish != NULL;
	if (!wish)
		return 0;
	if (!n || n > SUBJECT_MAX / 2 || !text_is_utf8(wish, n) || text_has_control(wish, n, ""))
		return err_set(e, ERR_USAGE, "--subject must be one line of 1 to %d bytes of UTF-8", SUBJECT_MAX / 2);
	return text_copy(m->subject, sizeof(m->subject), wish);
}

static void
articles_data(const struct mailing *m, const struct site *site, const char *language, json_t *data)
{
	json_t *list = json_array();
	size_t i;

	json_put_int(data, "count", (long long)m->articles.count);
	json_put_int(data, "more", (long long)m->articles.count - 1);
	json_put(data, "preheader", m->articles.item[0].excerpt);
	if (m->articles.count == 1)
		json_object_set_new(data, "article", article_words(&m->articles.item[0], site, language));
	for (i = 0; i < m->articles.count; i++)
		json_array_append_new(list, article_words(&m->articles.item[i], site, language));
	json_object_set_new(data, "articles", list);
}

/* A template says it, out of the articles, in a language. */
static int
render_subject(const struct mailing *m, const struct site *site, const char *language, struct buf *out, struct err *e)
{
	const char *name = m->articles.count == 1 ? "mail/article-subject.text.mustache" : "mail/digest-subject.text.mustache";
	json_t *data = json_object();
	int rc;

	articles_data(m, site, language, data);
	rc = compose_data(data, &site->conf, language, e);
	if (rc == 0)
		rc = template_file(out, site->conf.store_templates, name, data, e);
	buf_truncate(out, strcspn(out->data, "\r\n"));
	if (out->len > SUBJECT_MAX)
		buf_truncate(out, text_cut(out->data, SUBJECT_MAX));
	if (rc == 0 && !out->len)
		rc = err_set(e, ERR_INPUT, "%s makes an empty subject: give --subject, or mend the template", name);
	json_decref(data);
	return rc;
}

/* The subject that the campaign is known by. */
static int
make_subject(struct mailing *m, const struct site *site, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (m->own_subject || !m->articles.count)
		return 0;
	rc = render_subject(m, site, site->conf.site_language, &text, e);
	if (rc == 0)
		text_copy(m->subject, sizeof(m->subject), text.data);
	buf_release(&text);
	return rc;
}

static void
drop_article(struct article_list *list, size_t i)
{
	article_release(&list->item[i]);
	memmove(&list->item[i], &list->item[i + 1], (list->count - i - 1) * sizeof(list->item[0]));
	list->count--;
}

int
mailing_articles(struct mailing *m, const struct site *site, const struct mailing_wish *wish, struct err *e)
{
	size_t i, most = wish->most ? (size_t)wish->most : ARTICLES_MOST;

	memset(m, 0, sizeof(*m));
	m->kind = "articles";
	m->hidden = wish->hidden;
	if (set_subject(m, wish->subject, e) == -1 || topic_find(site->db, wish->topic ? wish->topic : "articles", &m->topic, e) == -1 ||
	    subscription_audience(site->db, m->topic.id, &m->recipients, e) == -1 ||
	    article_list(site->db, m->topic.id, 10000, &m->articles, e) == -1)
		return -1;
	for (i = m->articles.count; i--;)
		if (m->articles.item[i].published_at > clock_now())
			drop_article(&m->articles, i); /* its day has not come */
	while (m->articles.count > most) {
		drop_article(&m->articles, m->articles.count - 1);
		m->waiting++;
	}
	return make_subject(m, site, e);
}

int
mailing_promotion(struct mailing *m, const struct site *site, const char *path, const struct mailing_wish *wish, struct err *e)
{
	const char *base = site->conf.site_home[0] ? site->conf.site_home : site->conf.site_url, *topic = wish->topic;
	char when[CLOCK_TEXT];

	memset(m, 0, sizeof(*m));
	m->kind = "promotion";
	if (set_subject(m, wish->subject, e) == -1 || article_text_read(&m->text, path, base, e) == -1)
		return -1;
	m->hidden = wish->hidden || m->text.unlisted;
	if (m->text.valid_until && m->text.valid_until <= clock_now())
		return err_set(e, ERR_REFUSED, "%s: valid-until was %s: set a later one, or leave it unsent", path,
		    clock_local(when, m->text.valid_until));
	if (!m->own_subject && text_copy(m->subject, sizeof(m->subject), m->text.title) == -1)
		return err_set(e, ERR_INPUT, "%s: the title is longer than a subject may be (%d bytes): shorten it, or give --subject",
		    path, SUBJECT_MAX);
	if (!topic)
		topic = m->text.topic[0] ? m->text.topic : "promotions";
	if (topic_find(site->db, topic, &m->topic, e) == -1)
		return wish->topic ? -1 : err_wrap(e, "%s", path);
	return subscription_audience(site->db, m->topic.id, &m->recipients, e);
}

void
mailing_set_archive_url(struct mailing *m, const struct site *site, const char *subject, const char *uuid)
{
	char path[ARCHIVE_PATH];
	int n;

	m->archive_url[0] = '\0';
	if (m->hidden || !site->conf.site_archive)
		return;
	n = snprintf(m->archive_url, sizeof(m->archive_url), "%s%s", site->conf.site_url,
	    uuid ? archive_path(path, subject, uuid) : "/archive");
	if (n >= (int)sizeof(m->archive_url)) /* no address is better than half of one */
		m->archive_url[0] = '\0';
}

int
mailing_drop_announced(struct mailing *m, const struct site *site, struct err *e)
{
	struct announcement at;
	size_t i;
	int rc;

	for (i = m->articles.count; i--;) {
		rc = article_announcements(site->db, m->articles.item[i].id, m->topic.id, &at, 1, e);
		if (rc == -1)
			return -1;
		if (rc)
			drop_article(&m->articles, i);
	}
	return make_subject(m, site, e);
}

static void
promotion_data(const struct mailing *m, const struct site *site, json_t *data)
{
	struct markdown_style style = { .base_url = site->conf.site_home[0] ? site->conf.site_home : site->conf.site_url,
		.colour = site->conf.site_colour };
	struct buf html = BUF_INIT, text = BUF_INIT;
	json_t *action;

	markdown_html(&html, m->text.body, strlen(m->text.body), &style);
	markdown_text(&text, m->text.body, strlen(m->text.body), &style);
	while (text.len && text.data[text.len - 1] == '\n')
		buf_truncate(&text, text.len - 1);
	json_put(data, "title", m->own_subject ? m->subject : m->text.title);
	json_put(data, "preheader", m->text.preheader);
	json_put(data, "body_html", html.data);
	json_put(data, "body_text", text.data);
	if (m->text.action_text[0] && m->text.action_url[0]) {
		action = json_object();
		json_put(action, "text", m->text.action_text);
		json_put(action, "url", m->text.action_url);
		json_object_set_new(data, "action", action);
	}
	buf_release(&html);
	buf_release(&text);
}

int
mailing_languages(const struct site *site, char out[MAILING_LANGUAGES][WORDS_LANGUAGE])
{
	char all[WORDS_LANGUAGES][WORDS_LANGUAGE];
	int i, n = 1, count = site_languages(&site->conf, all);

	text_copy(out[0], WORDS_LANGUAGE, site->conf.site_language);
	for (i = 0; i < count && n < MAILING_LANGUAGES; i++)
		if (strcmp(all[i], out[0]) != 0)
			memcpy(out[n++], all[i], WORDS_LANGUAGE);
	return n;
}

/* The subject in a language: what somebody gave is the same in all. */
static int
put_subject(const struct mailing *m, const struct site *site, const char *language, const char *mark, struct buf *out, struct err *e)
{
	buf_addstr(out, mark);
	if (m->articles.count && !m->own_subject)
		return render_subject(m, site, language, out, e);
	buf_addstr(out, m->subject);
	return 0;
}

int
mailing_render(const struct mailing *m, const struct site *site, const char *language, const char *mark, struct composed *out,
    struct err *e)
{
	json_t *data = json_object();
	const char *name = "promotion";
	int rc;

	if (!language[0])
		language = site->conf.site_language;
	rc = put_subject(m, site, language, mark, &out->subject, e);
	if (m->articles.count) {
		name = m->articles.count == 1 ? "article" : "digest";
		articles_data(m, site, language, data);
	} else {
		promotion_data(m, site, data);
	}
	if (m->archive_url[0])
		json_put(data, "archive_url", m->archive_url);
	if (m->approval)
		json_object_set(data, "approval", m->approval);
	if (rc == 0)
		rc = compose_render(out, &site->conf, language, name, data, e);
	json_decref(data);
	return rc;
}

struct message *
mailing_compile(const struct mailing *m, const struct site *site, const char *language, const char *mark, int64_t campaign_id,
    struct err *e)
{
	struct composed composed = COMPOSED_INIT;
	struct message *message = NULL;

	if (mailing_render(m, site, language, mark, &composed, e) == 0)
		message = compose_campaign(&site->conf, &composed, &m->topic, campaign_id, m->kind, e);
	composed_release(&composed);
	return message;
}

void
mailing_release(struct mailing *m)
{
	article_list_release(&m->articles);
	article_text_release(&m->text);
}

/* What a reader of a preview sees where each person has their own. */
static void
sample(struct buf *out, const char *name, size_t n, const struct site *site)
{
	const char *bar = memchr(name, '|', n);
	size_t len = bar ? (size_t)(bar - name) : n, url = sizeof("_url") - 1;

	if (len > url && memcmp(name + len - url, "_url", url) == 0)
		buf_addf(out, "%s/%.*s/EXAMPLE", site->conf.site_url, (int)(len - url), name);
	else if (bar)
		buf_add(out, bar + 1, n - len - 1);
}

void
mailing_fill_slots(struct buf *out, const char *text, const struct site *site)
{
	const char *start, *end;

	while ((start = strchr(text, SLOT_START)) && (end = strchr(start, SLOT_END))) {
		buf_add(out, text, (size_t)(start - text));
		sample(out, start + 1, (size_t)(end - start - 1), site);
		text = end + 1;
	}
	buf_addstr(out, text);
}
