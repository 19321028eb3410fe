/*
 * archive_html.h - a mail's HTML as a page that a strict Content-Security-Policy shows as the mail looked.
 *
 * Mail carries its style in attributes, which a policy without 'unsafe-inline'
 * ignores. So every style="…" becomes a class, and its declarations a rule
 * that outweighs what a style attribute outweighs: all selectors of the mail's
 * own <style>, but not its !important. Whoever serves the page allows each
 * style sheet by its hash.
 *
 * What comes out is written anew, tag by tag: only known elements and
 * attributes, each closed, no script, form, frame, comment or control
 * character, whatever a site's own templates hold.
 */
#ifndef ARCHIVE_HTML_H
#define ARCHIVE_HTML_H

#include <stddef.h>

#include "base/buf.h"

struct err;

#define ARCHIVE_HTML_MAX (1u << 20) /* bytes of a mail's HTML */
#define ARCHIVE_SHEETS 8            /* style sheets of the mail's own; more are left out */
#define ARCHIVE_RULES 2000          /* different style attributes; more are left out */

struct archive_html {
	struct buf body;                  /* what stands inside <body>: UTF-8, balanced */
	struct buf attributes;            /* of <body>, each after a space: ` class="page nl-s1"`, or "" */
	struct buf sheet[ARCHIVE_SHEETS]; /* what stands inside each <style> of the mail, to the byte */
	size_t sheets;
	struct buf rules;  /* a style sheet more: what the style attributes said */
	char language[36]; /* of <html>; "" without */
};

/* Read n bytes of HTML. ERR_INPUT when it is too long or no UTF-8. The caller releases *out in either case. */
int archive_html(struct archive_html *out, const char *html, size_t n, struct err *e);
void archive_html_release(struct archive_html *a);

#endif
