/*
 * http_archive_feed.c - GET /archive/feed.xml: the newest mailings as an Atom feed (RFC 4287); see http_archive.h.
 *
 * Written here and not by a template: what a feed must say is not a matter of
 * taste. It is made anew when the list of what is public has changed.
 */
#include "http_archive.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"

#define SUMMARY 400 /* bytes, and then up to a word's end less */
#define RULE 20     /* hyphens that make a line a rule */

/* What stands for a name while a summary is made: a private-use character that no text has, so that a greeting is seen by it. */
#define SOMEBODY "\xee\x80\x80"
#define GREETING 32 /* bytes beside it, at the most: "Good morning, dear NAME," */

/* Text for XML 1.0: without what may not stand there, however escaped. */
static void
put_text(struct buf *out, const char *s)
{
	size_t n;

	for (; *s; s += n) {
		n = text_sequence(s, strlen(s) < 4 ? strlen(s) : 4);
		if (!n)
			n = 1;
		else if (!text_has_control(s, n, "\t\n") && strncmp(s, "\xef\xbf\xbe", 3) != 0 && strncmp(s, "\xef\xbf\xbf", 3) != 0)
			text_escape_html(out, s, n);
	}
}

/* <name>text</name>, nothing for no text. */
static void
put_element(struct buf *out, const char *name, const char *text)
{
	if (!text[0])
		return;
	buf_addf(out, "<%s>", name);
	put_text(out, text);
	buf_addf(out, "</%s>\n", name);
}

static void
put_time(struct buf *out, const char *name, int64_t at)
{
	char when[CLOCK_TEXT];

	put_element(out, name, clock_iso(when, at));
}

static void
put_link(struct buf *out, const char *rel, const char *type, const char *base, const char *path)
{
	buf_addf(out, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
	put_text(out, base);
	put_text(out, path);
	buf_addstr(out, "\"/>\n");
}

/* --- the summary --- */

static bool
is_rule(const char *line, size_t n)
{
	return n >= RULE && strspn(line, "-") >= n;
}

/* A few words with the name among them. */
static bool
is_greeting(const char *s, const char *name)
{
	return strstr(s, name) && strlen(s) <= strlen(name) + GREETING;
}

/* A paragraph, its lines joined, unless it is title, greeting or an address; a name within it is left out, with the space before. */
static void
put_paragraph(struct buf *out, struct buf *paragraph, const char *subject, const char *name)
{
	const char *s = text_trim(paragraph->data), *at;

	if (s[0] && strcmp(s, subject) != 0 && !is_greeting(s, name) && !strstr(s, "://")) {
		buf_addstr(out, out->len ? " " : "");
		for (; (at = strstr(s, name)); s = at + strlen(name))
			buf_add(out, s, (size_t)(at - s) - (at > s && at[-1] == ' '));
		buf_addstr(out, s);
	}
	buf_reset(paragraph);
}

/* Cut at a word's end. */
static void
cut(struct buf *out)
{
	size_t n;

	if (out->len <= SUMMARY)
		return;
	n = text_cut(out->data, SUMMARY);
	while (n && out->data[n] != ' ')
		n--;
	buf_truncate(out, n ? n : text_cut(out->data, SUMMARY));
	buf_addstr(out, "…");
}

void
archive_summary(struct buf *out, const char *text, const char *subject, const char *name)
{
	struct buf paragraph = BUF_INIT;
	const char *line, *end;
	size_t n;

	for (line = text; *line && !is_rule(line, strcspn(line, "\n")); line += n + (line[n] != '\0'))
		n = strcspn(line, "\n");
	if (!*line)
		line = text; /* no rule at all */
	else
		line += strcspn(line, "\n");
	for (; *line && out->len <= SUMMARY; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		n = (size_t)(end - line);
		if (is_rule(line, n))
			break;
		if (n)
			buf_addf(&paragraph, "%s%.*s", paragraph.len ? " " : "", (int)n, line);
		else
			put_paragraph(out, &paragraph, subject, name);
	}
	put_paragraph(out, &paragraph, subject, name);
	cut(out);
	buf_release(&paragraph);
}

/* The excerpts of the articles in it, else the beginning of its text. */
static int
summarise(const struct http_request *r, const struct archived *a, struct buf *out, struct err *e)
{
	const struct archive_view view = { .audience = ARCHIVE_PUBLIC, .name = SOMEBODY };
	struct buf text = BUF_INIT, html = BUF_INIT;
	int rc = archive_excerpts(r->http->role->site.db, a->id, out, e);

	text_trim(out->data);
	buf_truncate(out, strlen(out->data));
	if (rc == 0 && !out->len) {
		rc = archive_bodies(r, a, &view, &text, &html, e);
		if (rc == 0)
			archive_summary(out, text.data, a->subject, SOMEBODY);
	}
	buf_release(&text);
	buf_release(&html);
	return rc;
}

/* --- the feed --- */

static int
put_entry(const struct http_request *r, struct buf *out, const struct archived *a, const struct topic_list *topics, struct err *e)
{
	const struct topic *topic = topic_in(topics, a->topic_id);
	struct buf summary = BUF_INIT, url = BUF_INIT;
	int rc = summarise(r, a, &summary, e);

	archive_url(r, &url, a);
	buf_addf(out, "<entry>\n<id>urn:uuid:%s</id>\n", a->uuid);
	buf_addstr(out, "<title>");
	put_text(out, a->subject);
	buf_addstr(out, "</title>\n");
	put_time(out, "published", a->at);
	put_time(out, "updated", a->at);
	put_link(out, "alternate", "text/html", url.data, "");
	if (topic) {
		buf_addf(out, "<category term=\"%s\" label=\"", topic->slug);
		put_text(out, topic->title);
		buf_addstr(out, "\"/>\n");
	}
	put_element(out, "summary", summary.data);
	buf_addstr(out, "</entry>\n");
	buf_release(&summary);
	buf_release(&url);
	return rc;
}

static int
put_feed(const struct http_request *r, struct buf *out, const struct archived *found, int n, const struct topic_list *topics, struct err *e)
{
	const struct conf *conf = &r->http->role->site.conf;
	int i, rc = 0;

	buf_addf(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n",
	    http_language(r));
	buf_addstr(out, "<id>");
	put_text(out, conf->site_url);
	buf_addstr(out, "/archive/feed.xml</id>\n");
	buf_addstr(out, "<title>");
	put_text(out, conf->site_name);
	buf_addstr(out, "</title>\n");
	put_element(out, "subtitle", conf->site_description);
	put_time(out, "updated", n ? found[0].at : 0);
	put_link(out, "self", "application/atom+xml", conf->site_url, "/archive/feed.xml");
	put_link(out, "alternate", "text/html", conf->site_url, "/archive");
	buf_addstr(out, "<author><name>");
	put_text(out, conf->site_name);
	buf_addstr(out, "</name></author>\n");
	for (i = 0; i < n && rc == 0; i++)
		rc = put_entry(r, out, &found[i], topics, e);
	buf_addstr(out, "</feed>\n");
	return rc;
}

/* A hash of all that an entry depends on. */
static void
hash_list(uint8_t hash[SHA256_LEN], const struct archived *found, int n, const struct topic_list *topics)
{
	struct buf all = BUF_INIT;
	const struct topic *topic;
	int i;

	for (i = 0; i < n; i++) {
		topic = topic_in(topics, found[i].topic_id);
		buf_addf(&all, "%s %lld %s\n%s\n", found[i].uuid, (long long)found[i].at, topic ? topic->title : "", found[i].subject);
	}
	sha256(hash, all.data, all.len);
	buf_release(&all);
}

void
archive_feed_get(struct http_request *r)
{
	struct archive_feed *kept = &r->http->archive->feed[r->language];
	struct archived found[ARCHIVE_FEED];
	const struct topic_list *topics;
	uint8_t list[SHA256_LEN];
	struct buf feed = BUF_INIT;
	struct err e = ERR_INIT;
	int n;

	if (!archive_is_open(r) || !(topics = http_topics(r)))
		return;
	n = archive_list(r->http->role->site.db, NULL, found, ARCHIVE_FEED, &e);
	if (n >= 0)
		hash_list(list, found, n, topics);
	if (n >= 0 && kept->bytes.len && memcmp(list, kept->list, sizeof(list)) == 0) {
		buf_add(&feed, kept->bytes.data, kept->bytes.len);
	} else if (n >= 0 && put_feed(r, &feed, found, n, topics, &e) == 0) {
		memcpy(kept->list, list, sizeof(list));
		buf_reset(&kept->bytes);
		buf_add(&kept->bytes, feed.data, feed.len);
	} else {
		page_trouble(r, &e);
		buf_release(&feed);
		return;
	}
	archive_send(r, "application/atom+xml; charset=utf-8", NULL, &feed);
	buf_release(&feed);
}
