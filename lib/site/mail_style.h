/*
 * mail_style.h - how the Markdown that staff write becomes mail at this site.
 */
#ifndef MAIL_STYLE_H
#define MAIL_STYLE_H

#include "base/buf.h"
#include "content/markdown.h"

struct conf;
struct err;

struct mail_style {
	struct markdown_style markdown; /* with slots; raw HTML as [campaign] raw_html says */
	struct buf somebody;            /* "there": what stands for a name that we do not know */
};

/* Fill in for a language ("": the site's); the site's words may be at fault. Release in either case; conf stays borrowed until then. */
int mail_style_read(struct mail_style *s, const struct conf *conf, const char *language, struct err *e);
void mail_style_release(struct mail_style *s);

#endif
