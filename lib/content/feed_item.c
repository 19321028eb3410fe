/* feed_item.c - an item as it stands in a feed becomes an article; see feed_private.h. */
#include <ctype.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/encode.h"
#include "base/text.h"
#include "content/article.h"
#include "content/feed_date.h"
#include "content/feed_private.h"
#include "content/markdown.h"
#include "content/url.h"

#define SUMMARY_WORDS 60 /* a summary of so many words was written to be one, and is left whole */
#define TITLE_WORDS 10   /* for an item without a title */
#define TAIL_MAX 160     /* bytes of "Continue reading …" */

void
feed_raw_init(struct feed_raw *raw)
{
	size_t i;

	memset(raw, 0, sizeof(*raw));
	for (i = 0; i < SLOT_COUNT; i++)
		raw->field[i].text = BUF_INIT;
	raw->image.url = raw->image.alt = BUF_INIT;
}

void
feed_raw_release(struct feed_raw *raw)
{
	size_t i;

	for (i = 0; i < SLOT_COUNT; i++)
		buf_release(&raw->field[i].text);
	buf_release(&raw->image.url);
	buf_release(&raw->image.alt);
	free(raw->base);
	feed_raw_init(raw);
}

/* Cut a line to `max` bytes, at a space if one is near, with "…" in place of the rest. */
static void
cut_line(struct buf *line, size_t max)
{
	size_t n = max - strlen("…"), space;

	if (line->len <= max)
		return;
	n = text_cut(line->data, n);
	for (space = n; space > n / 2 && line->data[space] != ' '; space--)
		;
	buf_truncate(line, line->data[space] == ' ' ? space : n);
	buf_addstr(line, "…");
}

/* Append a field as one line. */
static void
add_line(struct buf *out, const struct feed_field *f)
{
	if (f->kind == KIND_TEXT)
		feed_text_line(out, f->text.data, f->text.len);
	else
		feed_html_line(out, f->text.data, f->text.len);
}

/* Append a field as Markdown. */
static void
add_markdown(struct buf *out, const struct feed_field *f, const char *base, struct feed_image *image)
{
	struct buf html = BUF_INIT;
	const char *s = f->text.data, *gap;

	if (f->kind == KIND_TEXT) { /* an empty line parts paragraphs */
		for (; (gap = strstr(s, "\n\n")); s = gap + 2) {
			text_escape_html(&html, s, (size_t)(gap - s));
			buf_addstr(&html, "<p>");
		}
		text_escape_html(&html, s, strlen(s));
		feed_html_markdown(out, html.data, html.len, base, image);
	} else
		feed_html_markdown(out, s, f->text.len, base, image);
	buf_release(&html);
}

static bool
ends_with(const struct buf *line, const char *end)
{
	size_t n = strlen(end);

	return line->len >= n && memcmp(line->data + line->len - n, end, n) == 0;
}

/* Where a sentence or a mark of omission ends, and only there, a tail may begin. */
static bool
is_sentence_end(const struct buf *line, size_t n)
{
	while (n && line->data[n - 1] == ' ')
		n--;
	return !n || strchr(".!?]:", line->data[n - 1]) ||
	    (n >= 3 && (memcmp(line->data + n - 3, "…", 3) == 0 || memcmp(line->data + n - 3, "”", 3) == 0));
}

static bool
cut_words(struct buf *line)
{
	static const char *const tails[] = { "Continue reading", "Read more", "Read the rest", "Keep reading", "Leer más", "Seguir leyendo",
		"Sigue leyendo", "Continúa leyendo", "Weiterlesen", "Lire la suite", "Continua a leggere", "Leia mais" };
	size_t i, at, n;

	for (at = line->len > TAIL_MAX ? line->len - TAIL_MAX : 0; at < line->len; at++)
		for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
			n = strlen(tails[i]);
			if (strncasecmp(line->data + at, tails[i], n) == 0 && is_sentence_end(line, at) &&
			    !memmem(line->data + at, line->len - at, ". ", 2)) {
				buf_truncate(line, at);
				return true;
			}
		}
	return false;
}

/* Without "[…]", "Read more" and their like at the end; what was cut off before has one "…". */
static void
trim_tail(struct buf *line)
{
	static const char *const marks[] = { " ", "[…]", "[...]", "[…", "(…)", "(more…)", "…", "...", "→", "»", "&hellip;" };
	bool cut = false, more;
	size_t i;

	do {
		more = cut_words(line);
		for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (ends_with(line, marks[i])) {
				buf_truncate(line, line->len - strlen(marks[i]));
				more = true;
				cut = cut || i > 0;
			}
	} while (more);
	if (cut && line->len && !strchr(".!?:", line->data[line->len - 1]))
		buf_addstr(line, "…");
}

static void
make_excerpt(struct buf *out, const struct feed_raw *raw, const char *body)
{
	struct buf text = BUF_INIT;

	add_markdown(&text, &raw->field[SLOT_SUMMARY], NULL, NULL);
	markdown_excerpt(out, text.data, text.len, SUMMARY_WORDS);
	if (ends_with(out, "…")) {
		size_t whole = out->len;

		trim_tail(out);
		if (out->len == whole) { /* it is the feed's own text in full */
			buf_reset(out);
			markdown_excerpt(out, text.data, text.len, ARTICLE_EXCERPT_WORDS);
		}
	}
	if (!out->len)
		markdown_excerpt(out, body, strlen(body), ARTICLE_EXCERPT_WORDS);
	trim_tail(out);
	buf_release(&text);
}

/* "ann@example.org (Ann Lindqvist)" is how RSS has it: an address is nobody's name. */
static void
make_author(struct buf *out, const struct feed_field *f)
{
	struct buf line = BUF_INIT;
	char *open, *close;

	add_line(&line, f);
	open = strchr(line.data, '(');
	close = strrchr(line.data, ')');
	if (strchr(line.data, '@')) {
		if (open && close > open + 1)
			buf_add(out, open + 1, (size_t)(close - open - 1));
	} else
		buf_addstr(out, line.data);
	if (strchr(out->data, '@'))
		buf_reset(out);
	cut_line(out, FEED_AUTHOR_MAX);
	buf_release(&line);
}

static void
make_hash(struct feed_item *item)
{
	const char *const fields[] = { item->title, item->url, item->author, item->excerpt, item->image, item->image_alt, item->body };
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct buf all = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		buf_add(&all, fields[i], strlen(fields[i]) + 1);
	buf_addf(&all, "%lld", (long long)item->published);
	SHA256((const unsigned char *)all.data, all.len, digest);
	hex_encode(item->hash, digest, sizeof(digest));
	buf_release(&all);
}

static void
item_release(struct feed_item *item)
{
	free(item->title);
	free(item->url);
	free(item->guid);
	free(item->author);
	free(item->excerpt);
	free(item->image);
	free(item->image_alt);
	free(item->body);
}

static void
make_link(struct buf *out, const struct feed_raw *raw)
{
	const struct buf *link = &raw->field[SLOT_LINK].text, *guid = &raw->field[SLOT_GUID].text;

	if (!link->len && raw->guid_is_link && url_kind(guid->data) == URL_HTTP)
		link = guid;
	buf_addstr(out, link->data);
}

/* Its title is "" when it has neither one nor any text. */
static struct feed_item
make_item(struct feed_parser *p)
{
	struct feed_raw *raw = &p->item;
	const struct feed_field *content = &raw->field[SLOT_CONTENT], *summary = &raw->field[SLOT_SUMMARY];
	const struct feed_field *author = &raw->field[SLOT_AUTHOR];
	struct buf title = BUF_INIT, url = BUF_INIT, guid = BUF_INIT, name = BUF_INIT, excerpt = BUF_INIT, body = BUF_INIT;
	struct buf unused = BUF_INIT;

	add_markdown(&body, content->text.len ? content : summary, raw->base, &raw->image);
	if (content->text.len) /* a summary's image is for a text that has none */
		add_markdown(&unused, summary, raw->base, &raw->image);
	make_excerpt(&excerpt, raw, body.data);
	add_line(&title, &raw->field[SLOT_TITLE]);
	if (!title.len)
		markdown_excerpt(&title, body.data, body.len, TITLE_WORDS);
	cut_line(&title, FEED_TITLE_MAX);
	make_link(&url, raw);
	make_author(&name, author->text.len ? author : &p->head.field[SLOT_AUTHOR]);
	feed_text_line(&guid, raw->field[SLOT_GUID].text.data, raw->field[SLOT_GUID].text.len);
	buf_release(&unused);
	return (struct feed_item){
		.title = buf_detach(&title),
		.url = buf_detach(&url),
		.guid = buf_detach(&guid),
		.author = buf_detach(&name),
		.excerpt = buf_detach(&excerpt),
		.image = buf_detach(&raw->image.url),
		.image_alt = buf_detach(&raw->image.alt),
		.body = buf_detach(&body),
		.published = feed_date(raw->field[SLOT_DATE].text.data),
	};
}

void
feed_item_add(struct feed_parser *p)
{
	struct feed *feed = &p->out;
	struct feed_item item;

	if (feed->count == FEED_ITEMS) {
		feed->beyond++;
	} else {
		item = make_item(p);
		if (!item.title[0]) {
			feed->no_text++;
			item_release(&item);
		} else {
			if (feed->count % 64 == 0)
				feed->item = xrealloc(feed->item, (feed->count + 64) * sizeof(feed->item[0]));
			feed->item[feed->count++] = item;
		}
	}
	feed_raw_release(&p->item);
}

/* Make an address absolute and clean, or "". */
static void
resolve(char **address, const char *base)
{
	struct buf clean = BUF_INIT, full = BUF_INIT;

	url_clean(&clean, *address, strlen(*address));
	if (clean.len)
		url_resolve(&full, base, clean.data);
	if (url_kind(full.data) != URL_HTTP || full.len > FEED_URL_MAX)
		buf_reset(&full);
	free(*address);
	*address = buf_detach(&full);
	buf_release(&clean);
}

static char *
absolute(const struct feed_field *f, const char *base)
{
	char *address = xstrdup(f->text.data);

	resolve(&address, base);
	return address;
}

void
feed_items_end(struct feed_parser *p)
{
	struct feed *feed = &p->out;
	struct buf title = BUF_INIT;
	struct feed_item *item;
	const char *base;
	size_t i, kept = 0;

	add_line(&title, &p->head.field[SLOT_TITLE]);
	cut_line(&title, FEED_TITLE_MAX);
	feed->title = buf_detach(&title);
	feed->link = absolute(&p->head.field[SLOT_LINK], p->o.url);
	feed->self = absolute(&p->head.field[SLOT_SELF], p->o.url);
	base = feed->link[0] ? feed->link : p->o.url;
	for (i = 0; i < feed->count; i++) {
		item = &feed->item[i];
		resolve(&item->url, base);
		resolve(&item->image, base);
		if (!item->url[0]) {
			feed->no_link++;
			item_release(item);
			continue;
		}
		if (!item->image[0])
			item->image_alt[0] = '\0';
		if (!item->guid[0] || strlen(item->guid) > FEED_URL_MAX) {
			free(item->guid);
			item->guid = xstrdup(item->url);
		}
		make_hash(item);
		feed->item[kept++] = *item;
	}
	feed->count = kept;
}

void
feed_release(struct feed *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		item_release(&f->item[i]);
	free(f->item);
	free(f->title);
	free(f->link);
	free(f->self);
	memset(f, 0, sizeof(*f));
}
