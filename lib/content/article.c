/* article.c - see article.h. */
#include "content/article.h"

#include <ctype.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "content/frontmatter.h"
#include "content/markdown.h"
#include "content/url.h"

#define FENCES 64 /* bytes for the two lines of dashes and a byte-order mark */

/* What the functions below share while they read one file. */
struct reading {
	struct article_text *a;
	const json_t *data; /* front matter */
	const char *base_url;
	struct err *e;
};

/* The value at `valid-until`, or at `valid_until`: people write both, and an overlooked date would mail what is over. */
static const json_t *
get(const struct reading *r, const char *key)
{
	const json_t *value = json_object_get(r->data, key);
	char other[32], *p;

	if (value || text_copy(other, sizeof(other), key) == -1)
		return value;
	for (p = other; *p; p++)
		if (*p == '-')
			*p = '_';
	return json_object_get(r->data, other);
}

/* Append the text with each run of white space as one space, none at the ends. */
static void
add_line(struct buf *out, const char *s)
{
	size_t start = out->len;

	for (; *s; s++)
		if (!isspace((unsigned char)*s))
			buf_addch(out, *s);
		else if (out->len > start && out->data[out->len - 1] != ' ')
			buf_addch(out, ' ');
	if (out->len > start && out->data[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}

/* Put the key's text as one line into *field, which is "" without it. A list is taken where several are natural. */
static int
take(struct reading *r, const char *key, bool several, char **field)
{
	const json_t *value = get(r, key), *item;
	struct buf line = BUF_INIT;
	size_t i;

	if (json_is_string(value))
		add_line(&line, json_string_value(value));
	else if (several)
		json_array_foreach(value, i, item) {
			buf_addstr(&line, i ? ", " : "");
			add_line(&line, json_string_value(item));
		}
	else if (value)
		return err_set(r->e, ERR_INPUT, "\"%s\" must be one text: write %s: \"…\"", key, key);
	free(*field);
	*field = buf_detach(&line);
	return 0;
}

static int
take_url(struct reading *r, const char *key, char **field)
{
	struct buf clean = BUF_INIT, url = BUF_INIT;
	int rc = -1;

	if (take(r, key, false, field) == -1)
		return -1;
	if (!(*field)[0])
		return 0;
	url_clean(&clean, *field, strlen(*field));
	url_resolve(&url, r->base_url, clean.data);
	if (url_kind(clean.data) != URL_OTHER && url_kind(url.data) == URL_HTTP) {
		free(*field);
		*field = buf_detach(&url);
		rc = 0;
	} else if (url_kind(clean.data) == URL_RELATIVE)
		err_set(r->e, ERR_INPUT, "%s \"%.200s\" is relative: write it with https:// or set the site's base URL", key, *field);
	else
		err_set(r->e, ERR_INPUT, "%s \"%.200s\" is no web address: write one that starts with https://", key, *field);
	buf_release(&clean);
	buf_release(&url);
	return rc;
}

/* Some blogs describe their image in a mapping of their own; that is not ours to read. */
static int
take_image(struct reading *r)
{
	return json_is_null(get(r, "image")) ? 0 : take_url(r, "image", &r->a->image);
}

/* An article that names no image has the first one of its text, with its words. */
static void
find_image(const struct reading *r)
{
	struct article_text *a = r->a;
	struct markdown_style style = { .base_url = a->url[0] ? a->url : r->base_url, .colour = "" };
	struct buf url = BUF_INIT, alt = BUF_INIT;

	if (!a->image[0] && strstr(a->body, "![") && markdown_image(&url, &alt, a->body, strlen(a->body), &style) == 0 &&
	    url_kind(url.data) == URL_HTTP) {
		free(a->image);
		a->image = buf_detach(&url);
		if (!a->image_alt[0]) {
			free(a->image_alt);
			a->image_alt = buf_detach(&alt);
		}
	}
	buf_release(&url);
	buf_release(&alt);
}

/* A day alone is its start, or with `whole_day` its last second. */
static int
take_time(struct reading *r, const char *key, bool whole_day, int64_t *field)
{
	char *text = xstrdup("");
	struct buf when = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = -1;

	*field = 0;
	if (take(r, key, false, &text) == -1)
		goto out;
	buf_addstr(&when, text);
	if (whole_day && strlen(text) == strlen("2026-03-01"))
		buf_addstr(&when, " 23:59:59");
	if (!text[0] || (isdigit((unsigned char)text[0]) && clock_parse(when.data, field, &e) == 0))
		rc = 0;
	else
		err_set(r->e, ERR_INPUT, "%s \"%.40s\" is no date: write 2026-03-01 or 2026-03-01 10:30", key, text);
out:
	free(text);
	buf_release(&when);
	return rc;
}

/* The title goes into a header: one of several lines is refused, where other texts are joined. */
static int
take_title(struct reading *r, const char *body, size_t body_len)
{
	const char *const keys[] = { "title", "subject" };
	struct article_text *a = r->a;
	struct buf text = BUF_INIT;
	size_t i, n;

	for (i = 0; i < 2 && !a->title[0]; i++) {
		const char *s = json_get_string(r->data, keys[i]);

		n = s ? strcspn(s, "\t\n") : 0;
		if (s && s[n + strspn(s + n, " \t\n")])
			return err_set(r->e, ERR_INPUT, "the %s must be one line without control characters", keys[i]);
		if (take(r, keys[i], false, &a->title) == -1)
			return -1;
	}
	if (a->title[0])
		buf_add(&text, body, body_len);
	else if (markdown_title(&text, body, body_len) == 0) {
		free(a->title);
		a->title = buf_detach(&text);
		markdown_without_title(&text, body, body_len);
	} else
		return err_set(r->e, ERR_INPUT, "no title: start the file with \"# Title\", or with front matter that has title:");
	free(a->body);
	a->body = buf_detach(&text);
	if (strlen(a->title) > ARTICLE_TITLE_MAX)
		return err_set(r->e, ERR_INPUT, "the title has more than %d bytes: make it shorter", ARTICLE_TITLE_MAX);
	return 0;
}

/* As YAML 1.1 says them, which blogs are written for. */
static bool
is_yes(const char *s)
{
	return s && (strcasecmp(s, "true") == 0 || strcasecmp(s, "yes") == 0 || strcasecmp(s, "on") == 0);
}

static bool
is_no(const char *s)
{
	return s && (strcasecmp(s, "false") == 0 || strcasecmp(s, "no") == 0 || strcasecmp(s, "off") == 0);
}

static int
take_all(struct reading *r, const char *body, size_t body_len)
{
	struct article_text *a = r->a;
	struct buf excerpt = BUF_INIT;

	a->draft = is_yes(json_string_value(get(r, "draft")));
	a->unlisted = is_no(json_string_value(get(r, "archive")));
	if (body_len > MARKDOWN_MAX)
		return err_set(r->e, ERR_INPUT, "more than %u bytes of Markdown: make it shorter", MARKDOWN_MAX);
	if (take_title(r, body, body_len) == -1 || take_url(r, "url", &a->url) == -1 || take(r, "excerpt", false, &a->excerpt) == -1 ||
	    take(r, "author", true, &a->author) == -1 || take_image(r) == -1 || take(r, "image-alt", false, &a->image_alt) == -1 ||
	    take(r, "topic", false, &a->topic) == -1 || take(r, "preheader", false, &a->preheader) == -1 ||
	    take(r, "action-text", false, &a->action_text) == -1 || take_url(r, "action-url", &a->action_url) == -1 ||
	    take_time(r, "date", false, &a->published) == -1 || take_time(r, "valid-until", true, &a->valid_until) == -1)
		return -1;
	find_image(r);
	if (!a->excerpt[0]) {
		markdown_excerpt(&excerpt, a->body, strlen(a->body), ARTICLE_EXCERPT_WORDS);
		free(a->excerpt);
		a->excerpt = buf_detach(&excerpt);
	}
	return 0;
}

int
article_text_read(struct article_text *a, const char *path, const char *base_url, struct err *e)
{
	struct reading r = { .a = a, .base_url = base_url, .e = e };
	struct buf file = BUF_INIT;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	json_t *data = NULL;
	const char *body;
	size_t body_len;
	int rc = -1;

	*a = (struct article_text){
		.title = xstrdup(""),
		.url = xstrdup(""),
		.excerpt = xstrdup(""),
		.author = xstrdup(""),
		.image = xstrdup(""),
		.image_alt = xstrdup(""),
		.topic = xstrdup(""),
		.body = xstrdup(""),
		.preheader = xstrdup(""),
		.action_text = xstrdup(""),
		.action_url = xstrdup(""),
	};
	if (file_read(path, MARKDOWN_MAX + FRONTMATTER_MAX + FENCES, &file, e) == -1)
		goto out;
	SHA256((const unsigned char *)file.data, file.len, digest);
	hex_encode(a->hash, digest, sizeof(digest));
	if (frontmatter_split(file.data, file.len, &data, &body, &body_len, e) == 0) {
		r.data = data;
		rc = take_all(&r, body, body_len);
	}
	if (rc == -1)
		err_wrap(e, "%.300s", path);
out:
	json_decref(data);
	buf_release(&file);
	return rc;
}

void
article_text_release(struct article_text *a)
{
	char **const all[] = { &a->title, &a->url, &a->excerpt, &a->author, &a->image, &a->image_alt, &a->topic, &a->body, &a->preheader,
		&a->action_text, &a->action_url };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		free(*all[i]);
		*all[i] = NULL;
	}
}
