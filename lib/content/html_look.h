/*
 * html_look.h - how a mail's HTML looks elsewhere: in an inbox's line, and on a screen in the light or in the dark.
 */
#ifndef HTML_LOOK_H
#define HTML_LOOK_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define HTML_SNIPPET 150 /* characters; no inbox shows more */

/*
 * Append what inboxes show after the subject: how the page begins, read as text, hidden or not, on one line of at most HTML_SNIPPET
 * characters. White space is one space, but non-breaking spaces stay, with which mails keep what follows out of that line;
 * characters without a width are left out.
 */
void html_snippet(struct buf *out, const char *html, size_t n);

/*
 * Append the page as it looks in the light or in the dark wherever it is shown: what its style asks of the browser,
 * (prefers-color-scheme: …), is answered in it. For frames, which do not hand on an answer that differs from the browser's own.
 */
void html_scheme(struct buf *out, const char *html, size_t n, bool dark);

#endif
