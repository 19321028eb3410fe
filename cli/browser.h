/*
 * browser.h - a page for the browser: a private temporary file, and the program that shows it.
 */
#ifndef BROWSER_H
#define BROWSER_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/*
 * Write the page to a new file of mode 0600 in $XDG_RUNTIME_DIR, else $TMPDIR, else /tmp, and append its path. The last few of such
 * files stay, for a browser may still read them; older ones of the same user are removed.
 */
int browser_file(struct buf *path, const void *page, size_t n, struct err *e);

/* Append file://… for an absolute path. */
void browser_url(struct buf *url, const char *path);

/* Whether there is a display for a browser to draw on. */
bool browser_has_display(void);

/*
 * Start $BROWSER (its first alternative; %s in it is the address), else xdg-open, on the address: without a shell, detached, its
 * output nowhere. ERR_NOT_FOUND when there is no such program; what becomes of it is not waited for.
 */
int browser_open(const char *url, struct err *e);

#endif
