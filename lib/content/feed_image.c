/* feed_image.c - which image stands for an article, and which page is no feed; see feed_html.h. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "content/feed.h"
#include "content/feed_html.h"
#include "content/feed_reference.h"
#include "content/html_tag.h"

/* Counting pixels, smileys, portraits of authors and commenters. */
static bool
is_decoration(const char *url)
{
	static const char *const hosts[] = { "s.w.org/", "feedburner.", "gravatar.com/", "pixel.wp.com/", "stats.wordpress.com/",
		"feeds.wordpress.com/",
		"doubleclick.net/", "/wp-includes/images/smilies/", "google-analytics.com/", "medium.com/_/stat" };
	size_t i;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strcasestr(url, hosts[i]))
			return true;
	return false;
}

static void
put_alt(struct feed_image *image, const char *alt)
{
	size_t n = strlen(alt);

	buf_reset(&image->alt);
	buf_add(&image->alt, alt, n > FEED_ALT_MAX ? text_cut(alt, FEED_ALT_MAX) : n);
}

void
feed_image_describe(struct feed_image *image, const char *html, size_t n)
{
	struct buf line = BUF_INIT;

	feed_html_line(&line, html, n);
	put_alt(image, line.data);
	buf_release(&line);
}

void
feed_image_offer(struct feed_image *image, int rank, const char *url, size_t n, const char *alt)
{
	if (strncasecmp(url, "http://", 7) != 0)
		rank += 16;
	if (!image->alt.len && strcmp(image->url.data, url) == 0) /* the text often says what the same image shows */
		put_alt(image, alt);
	if (!n || n > FEED_URL_MAX || rank <= image->rank || is_decoration(url))
		return;
	image->rank = rank;
	buf_reset(&image->url);
	buf_add(&image->url, url, n);
	put_alt(image, alt);
}

bool
feed_is_html(const char *s, size_t n)
{
	const char *end = s + n, *stop;

	for (;;) {
		while (s < end && strchr(" \t\r\n", *s))
			s++;
		if (end - s > 4 && memcmp(s, "<!--", 4) == 0)
			stop = memmem(s, (size_t)(end - s), "-->", 3);
		else if (end - s > 2 && memcmp(s, "<?", 2) == 0)
			stop = memmem(s, (size_t)(end - s), "?>", 2);
		else
			break;
		if (!stop)
			return false;
		s = stop + 2;
		s += s < end && *s == '>';
	}
	return (end - s > 14 && strncasecmp(s, "<!doctype html", 14) == 0) || (end - s > 5 && strncasecmp(s, "<html", 5) == 0) ||
	    (end - s > 5 && strncasecmp(s, "<head", 5) == 0) || (end - s > 5 && strncasecmp(s, "<body", 5) == 0);
}

static bool
value_has(const struct html_attribute *a, const char *word)
{
	size_t n = strlen(word), i;

	for (i = 0; a && i + n <= a->value_len; i++)
		if (strncasecmp(a->value + i, word, n) == 0)
			return true;
	return false;
}

int
feed_html_alternate(struct buf *out, const char *html, size_t n)
{
	const char *s = html, *end = html + n;
	struct html_tag tag;

	while (s && (s = memmem(s, (size_t)(end - s), "<link", 5))) {
		const struct html_attribute *rel = NULL, *type = NULL, *href = NULL;
		size_t i;

		s = html_tag_read(&tag, s, end);
		for (i = 0; s && i < tag.count; i++)
			if (html_attribute_is(&tag.attribute[i], "rel"))
				rel = &tag.attribute[i];
			else if (html_attribute_is(&tag.attribute[i], "type"))
				type = &tag.attribute[i];
			else if (html_attribute_is(&tag.attribute[i], "href"))
				href = &tag.attribute[i];
		if (href && href->value_len && value_has(rel, "alternate") &&
		    (value_has(type, "application/rss+xml") || value_has(type, "application/atom+xml"))) {
			feed_text_line(out, href->value, href->value_len);
			return 0;
		}
	}
	return -1;
}
