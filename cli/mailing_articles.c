/* mailing_articles.c - mailings of articles: which ones go, their subject, what a template sees; see mailing.h. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "content/frontmatter.h"
#include "content/markdown.h"
#include "content/template.h"
#include "mailing_private.h"
#include "site/article_words.h"
#include "site/site.h"
#include "store/subscription.h"

#define ARTICLES_MOST 20    /* of one mail, unless --max says otherwise */
#define LOOKED_AT 10000     /* articles */
#define PREHEADER_BYTES 200 /* more of it no inbox shows */

/* A digest's: the titles, as many as are shown; one article's: how it begins. */
static void
put_preheader(const struct mailing *m, json_t *data)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < m->articles.count && text.len < PREHEADER_BYTES; i++)
		buf_addf(&text, "%s%s", i ? " \u00b7 " : "", m->articles.item[i].title);
	json_put(data, "preheader", m->articles.count == 1 ? m->articles.item[0].excerpt : text.data);
	buf_release(&text);
}

int
mailing_articles_data(const struct mailing *m, const struct site *site, const char *language, json_t *data, struct err *e)
{
	json_t *list = json_array();
	size_t i;

	json_put_int(data, "count", (long long)m->articles.count);
	json_put_int(data, "more", (long long)m->articles.count - 1);
	put_preheader(m, data);
	if (m->articles.count == 1)
		json_object_set_new(data, "article", article_words(&m->articles.item[0], site, language));
	for (i = 0; i < m->articles.count; i++)
		json_array_append_new(list, article_words(&m->articles.item[i], site, language));
	json_object_set_new(data, "articles", list);
	return m->intro ? mailing_put_markdown(data, site, language, m->intro, "intro_html", "intro_text", e) : 0;
}

int
mailing_articles_subject(const struct mailing *m, const struct site *site, const char *language, struct buf *out, struct err *e)
{
	const char *name = m->articles.count == 1 ? "mail/article-subject.text.mustache" : "mail/digest-subject.text.mustache";
	json_t *data = json_object();
	size_t before = out->len;
	int rc = mailing_articles_data(m, site, language, data, e);

	json_object_set_new(data, "article", article_words(&m->articles.item[0], site, language)); /* of several, the first */
	if (rc == 0)
		rc = compose_data(data, &site->conf, language, e);
	if (rc == 0)
		rc = template_file(out, site->conf.store_templates, name, data, e);
	buf_truncate(out, strcspn(out->data, "\r\n"));
	if (out->len > SUBJECT_MAX)
		buf_truncate(out, text_cut(out->data, SUBJECT_MAX));
	if (rc == 0 && out->len == before)
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
	rc = mailing_articles_subject(m, site, site->conf.site_language, &text, e);
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

/* The words before the articles; what stands in front matter is not for readers. */
static int
read_intro(struct mailing *m, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	json_t *data = NULL;
	const char *body;
	size_t n;
	int rc = file_read(path, MARKDOWN_MAX, &text, e);

	if (rc == -1)
		goto out;
	rc = frontmatter_split(text.data, text.len, &data, &body, &n, e);
	if (rc == -1) {
		err_wrap(e, "%s", path);
		goto out;
	}
	m->intro = xstrndup(body, n);
	text_trim(m->intro);
	if (!m->intro[0])
		rc = err_set(e, ERR_INPUT, "%s holds no words: write some, or leave --intro out", path);
out:
	json_decref(data);
	buf_release(&text);
	return rc;
}

/* The list as it is to go: whose day has come, not older than wished, no more than wished. */
static void
choose(struct mailing *m, const struct mailing_wish *wish)
{
	size_t i, most = wish->most ? (size_t)wish->most : ARTICLES_MOST;

	for (i = m->articles.count; i--;) {
		int64_t published = m->articles.item[i].published_at;

		m->older += published < wish->since;
		if (published > clock_now() || published < wish->since)
			drop_article(&m->articles, i);
	}
	while (m->articles.count > most) {
		drop_article(&m->articles, m->articles.count - 1);
		m->waiting++;
	}
}

int
mailing_articles(struct mailing *m, const struct site *site, const struct mailing_wish *wish, struct err *e)
{
	struct topic of;

	memset(m, 0, sizeof(*m));
	m->kind = "articles";
	m->hidden = wish->hidden;
	if (mailing_own_subject(m, site, wish->subject, e) == -1 ||
	    topic_find(site->db, wish->topic ? wish->topic : "articles", &m->topic, e) == -1)
		return -1;
	of = m->topic;
	if (wish->of && topic_find(site->db, wish->of, &of, e) == -1)
		return -1;
	if (wish->intro && read_intro(m, wish->intro, e) == -1)
		return -1;
	if (mailing_audience(m, site, wish, e) == -1 ||
	    article_list_for(site->db, m->topic.id, of.id, LOOKED_AT, &m->articles, e) == -1)
		return -1;
	choose(m, wish);
	return make_subject(m, site, e);
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
