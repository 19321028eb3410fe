/* article_words.c - see article_words.h. */
#include "site/article_words.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "content/date_words.h"
#include "content/wrap.h"
#include "site/site.h"
#include "store/article.h"

#define TEXT_COLUMNS 72

static void
wrap(struct buf *out, const char *text)
{
	size_t n = strlen(text), next, len;

	while (n) {
		len = wrap_line(text, n, TEXT_COLUMNS, &next);
		if (out->len)
			buf_addch(out, '\n');
		buf_add(out, text, len);
		text += next;
		n -= next;
	}
}

json_t *
article_words(const struct article *a, const struct site *site, const char *language)
{
	json_t *object = json_object();
	struct buf wrapped = BUF_INIT, day = BUF_INIT;
	struct err e = ERR_INIT;

	date_words(&day, site->conf.store_templates, language, a->published_at, &e);
	wrap(&wrapped, a->excerpt);
	json_put(object, "title", a->title);
	json_put(object, "url", a->url);
	json_put(object, "excerpt", a->excerpt);
	json_put(object, "excerpt_text", wrapped.data);
	json_put(object, "image", a->image);
	json_put(object, "image_alt", a->image_alt);
	json_put(object, "date", day.data);
	json_put(object, "author", a->author);
	buf_release(&day);
	buf_release(&wrapped);
	return object;
}
