/*
 * fuzz_feed.c - any bytes as a feed. Two pieces give what one gives, and so do small blocks in place of large ones; what comes
 * out is UTF-8 without control characters, with web addresses alone, and with a body of words alone.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "content/article.h"
#include "content/feed.h"
#include "content/markdown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(int good)
{
	if (!good)
		abort();
}

static void
check_line(const char *s, size_t max)
{
	size_t n = strlen(s);

	check(n <= max && text_is_utf8(s, n) && !text_has_control(s, n, ""));
}

static void
check_url(const char *s, int may_be_empty)
{
	check_line(s, FEED_URL_MAX);
	check((may_be_empty && !s[0]) || strncasecmp(s, "http://", 7) == 0 || strncasecmp(s, "https://", 8) == 0);
}

/* Rendered, it has neither a link nor an image, and no slot. */
static void
check_body(const char *s)
{
	struct markdown_style style = { .base_url = "", .colour = "#000000" };
	struct buf html = BUF_INIT;

	check(text_is_utf8(s, strlen(s)) && !text_has_control(s, strlen(s), "\n") && strlen(s) <= 2 * FEED_BODY_MAX + 1024);
	markdown_html(&html, s, strlen(s), &style);
	check(!strstr(html.data, "<a ") && !strstr(html.data, "<img") && !strstr(html.data, "{{"));
	buf_release(&html);
}

static void
check_feed(const struct feed *f, struct buf *all)
{
	const struct feed_item *item;
	size_t i;

	check(f->count <= FEED_ITEMS);
	check_line(f->title, FEED_TITLE_MAX);
	check_url(f->link, 1);
	check_url(f->self, 1);
	buf_addf(all, "%s %s %s %zu %zu %zu\n", f->title, f->link, f->self, f->beyond, f->no_link, f->no_text);
	for (i = 0; i < f->count; i++) {
		item = &f->item[i];
		check_line(item->title, FEED_TITLE_MAX);
		check(item->title[0] != '\0' && item->guid[0] != '\0' && strlen(item->hash) == 64);
		check_line(item->guid, FEED_URL_MAX);
		check_line(item->author, FEED_AUTHOR_MAX);
		check_line(item->excerpt, 1200);
		check_line(item->image_alt, FEED_ALT_MAX);
		check_url(item->url, 0);
		check_url(item->image, 1);
		check_body(item->body);
		check(item->published >= 0);
		buf_addf(all, "%s %s\n", item->guid, item->hash);
	}
}

static void
parse(const uint8_t *data, size_t n, size_t cut, size_t block, struct buf *all)
{
	const struct feed_options o = { "https://base.example/feed/", n % 7 == 0 ? "iso-8859-1" : "", block };
	struct feed_parser *p = feed_begin(&o);
	struct err e = ERR_INIT;
	struct feed f = { 0 };

	if (feed_add(p, data, cut, &e) == 0 && feed_add(p, data + cut, n - cut, &e) == 0 && feed_end(p, &f, &e) == 0) {
		check_feed(&f, all);
		feed_release(&f);
	} else {
		check(e.code == ERR_INPUT && strncmp(e.text, "line ", 5) == 0);
		buf_addstr(all, e.text);
	}
	feed_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = BUF_INIT, parts = BUF_INIT;
	int good;
	uint8_t *copy = calloc(n ? n : 1, 1); /* exactly as long as it is, so that a read past its end is seen */

	check(copy != NULL);
	if (n)
		memcpy(copy, data, n);
	parse(copy, n, n, 0, &whole);
	parse(copy, n, n ? (size_t)data[n / 2] * 131 % n : 0, 0, &parts);
	check(strcmp(whole.data, parts.data) == 0);
	buf_reset(&parts);
	parse(copy, n, n, n ? 1 + data[n / 3] % 100 : 1, &parts);
	good = strncmp(whole.data, "line ", 5) != 0;
	check(good == (strncmp(parts.data, "line ", 5) != 0)); /* what is wrong first may differ */
	check(!good || strcmp(whole.data, parts.data) == 0);
	buf_release(&whole);
	buf_release(&parts);
	free(copy);
	return 0;
}
