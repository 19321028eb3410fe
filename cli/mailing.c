/* mailing.c - see mailing.h. */
#include "mailing_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/markdown.h"
#include "site/archive.h"
#include "site/mail_style.h"
#include "site/site.h"
#include "site/topic_words.h"
#include "store/subscription.h"

#define GREETING_WORDS 12 /* a greeting is among the first of a text */

int
mailing_line(struct buf *out, const struct site *site, const char *language, const char *text, struct err *e)
{
	struct mail_style style;
	int rc = mail_style_read(&style, &site->conf, language, e);

	if (rc == 0)
		markdown_line(out, text, style.somebody.data);
	mail_style_release(&style);
	return rc;
}

static int
set_subject(struct mailing *m, const struct site *site, const char *text, struct err *e)
{
	struct buf line = BUF_INIT;
	int rc = mailing_line(&line, site, "", text, e);

	if (rc == 0 && text_copy(m->subject, sizeof(m->subject), line.data) == -1)
		rc = err_set(e, ERR_INPUT, "the title is longer than a subject may be (%d bytes): shorten it, or give --subject",
		    SUBJECT_MAX);
	buf_release(&line);
	return rc;
}

int
mailing_own_subject(struct mailing *m, const struct site *site, const char *wish, struct err *e)
{
	size_t n = wish ? strlen(wish) : 0;

	m->own_subject = wish;
	if (!wish)
		return 0;
	if (!n || n > SUBJECT_MAX / 2 || !text_is_utf8(wish, n) || text_has_control(wish, n, ""))
		return err_set(e, ERR_USAGE, "--subject must be one line of 1 to %d bytes of UTF-8", SUBJECT_MAX / 2);
	return set_subject(m, site, wish, e);
}

int
mailing_audience(struct mailing *m, const struct site *site, const struct mailing_wish *wish, struct err *e)
{
	struct segment *s;
	int rc;

	if (!wish->segment[0])
		return subscription_audience(site->db, m->topic.id, &m->recipients, e);
	text_copy(m->segment, sizeof(m->segment), wish->segment);
	m->hidden = true;
	if (segment_parse(m->segment, &s, e) == -1)
		return -1;
	rc = segment_audience(site->db, s, m->topic.id, &m->recipients, e);
	segment_free(s);
	return rc;
}

/* A promotion that names no line for inboxes has its first words there; half a slot at their end is none. */
static void
first_words(struct article_text *text)
{
	size_t n = strlen(text->excerpt), i;

	if (text->preheader[0])
		return;
	for (i = n; i >= 2; i--)
		if (strncmp(text->excerpt + i - 2, "}}", 2) == 0)
			break;
		else if (strncmp(text->excerpt + i - 2, "{{", 2) == 0) {
			n = i - 2;
			break;
		}
	free(text->preheader);
	text->preheader = xstrndup(text->excerpt, n);
}

int
mailing_promotion(struct mailing *m, const struct site *site, const char *path, const struct mailing_wish *wish, struct err *e)
{
	const char *topic = wish->topic;
	char when[CLOCK_TEXT];

	memset(m, 0, sizeof(*m));
	m->kind = "promotion";
	if (mailing_own_subject(m, site, wish->subject, e) == -1 || article_text_read(&m->text, path, site_base(&site->conf), e) == -1)
		return -1;
	first_words(&m->text);
	m->hidden = wish->hidden || m->text.unlisted;
	if (m->text.valid_until && m->text.valid_until <= clock_now())
		return err_set(e, ERR_REFUSED, "%s: valid-until was %s: set a later one, or leave it unsent", path,
		    clock_local(when, m->text.valid_until));
	if (!m->own_subject && set_subject(m, site, m->text.title, e) == -1)
		return err_wrap(e, "%s", path);
	if (!topic)
		topic = m->text.topic[0] ? m->text.topic : "promotions";
	if (topic_find(site->db, topic, &m->topic, e) == -1)
		return wish->topic ? -1 : err_wrap(e, "%s", path);
	return mailing_audience(m, site, wish, e);
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
mailing_put_markdown(json_t *data, const struct site *site, const char *language, const char *markdown, const char *html_key,
    const char *text_key, struct err *e)
{
	struct buf html = BUF_INIT, text = BUF_INIT;
	struct mail_style style;
	int rc = mail_style_read(&style, &site->conf, language, e);

	if (rc == 0) {
		markdown_html(&html, markdown, strlen(markdown), &style.markdown);
		markdown_text(&text, markdown, strlen(markdown), &style.markdown);
		while (text.len && text.data[text.len - 1] == '\n')
			buf_truncate(&text, text.len - 1);
		json_put(data, html_key, html.data);
		json_put(data, text_key, text.data);
	}
	buf_release(&html);
	buf_release(&text);
	mail_style_release(&style);
	return rc;
}

static int
put_line(json_t *data, const struct site *site, const char *language, const char *key, const char *text, struct err *e)
{
	struct buf line = BUF_INIT;
	int rc = mailing_line(&line, site, language, text, e);

	if (rc == 0)
		json_put(data, key, line.data);
	buf_release(&line);
	return rc;
}

/* "Dear {{name}}," and the like at the beginning: the mail needs no greeting before it. */
static bool
greets(const struct mailing *m)
{
	struct buf words = BUF_INIT;
	bool found;

	markdown_excerpt(&words, m->text.body, strlen(m->text.body), GREETING_WORDS);
	found = strstr(words.data, "{{name}}") || strstr(words.data, "{{name|");
	buf_release(&words);
	return found;
}

static int
promotion_data(const struct mailing *m, const struct site *site, const char *language, json_t *data, struct err *e)
{
	json_t *action;

	if (mailing_put_markdown(data, site, language, m->text.body, "body_html", "body_text", e) == -1 ||
	    put_line(data, site, language, "preheader", m->text.preheader, e) == -1)
		return -1;
	json_put_bool(data, "greets", greets(m));
	if (!m->text.action_text[0] || !m->text.action_url[0])
		return 0;
	action = json_object();
	json_object_set_new(data, "action", action);
	json_put(action, "url", m->text.action_url);
	return put_line(action, site, language, "text", m->text.action_text, e);
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
put_subject(const struct mailing *m, const struct site *site, const char *language, struct buf *out, struct err *e)
{
	if (m->articles.count && !m->own_subject)
		return mailing_articles_subject(m, site, language, out, e);
	return mailing_line(out, site, language, m->own_subject ? m->own_subject : m->text.title, e);
}

/* What stands above a test copy. */
static void
put_test(const struct mailing *m, const struct site *site, const char *language, json_t *data)
{
	json_t *test = json_object(), *topic = topic_words(&site->conf, language, &m->topic);

	json_put(test, "topic", json_string_value(json_object_get(topic, "title")));
	site_put_number(test, "recipients", &site->conf, language, m->recipients, 0);
	json_object_set_new(data, "test", test);
	json_decref(topic);
}

/* Not before the rest is rendered: the mail itself is to look as everybody gets it. */
static void
put_mark(struct buf *subject, const char *mark)
{
	struct buf marked = BUF_INIT;

	buf_addf(&marked, "%s%s", mark, subject->data);
	buf_release(subject);
	*subject = marked;
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
	if (m->articles.count)
		name = m->articles.count == 1 ? "article" : "digest";
	rc = put_subject(m, site, language, &out->subject, e);
	if (rc == 0)
		rc = m->articles.count ? mailing_articles_data(m, site, language, data, e) : promotion_data(m, site, language, data, e);
	json_put_bool(data, "has_page", !m->test || m->archive_url[0]); /* a test copy has none of its own */
	if (m->archive_url[0])
		json_put(data, "archive_url", m->archive_url);
	if (m->test)
		put_test(m, site, language, data);
	if (m->approval)
		json_object_set(data, "approval", m->approval);
	if (rc == 0)
		rc = compose_render(out, &site->conf, language, name, data, e);
	if (rc == 0)
		put_mark(&out->subject, mark);
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
	free(m->intro);
	m->intro = NULL;
}

void
mailing_fill_slots(struct buf *out, const char *text)
{
	const char *start, *end, *bar;

	while ((start = strchr(text, SLOT_START)) && (end = strchr(start, SLOT_END))) {
		buf_add(out, text, (size_t)(start - text));
		bar = memchr(start, '|', (size_t)(end - start));
		if (bar)
			buf_add(out, bar + 1, (size_t)(end - bar - 1));
		text = end + 1;
	}
	buf_addstr(out, text);
}
