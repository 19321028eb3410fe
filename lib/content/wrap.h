/*
 * wrap.h - where a line of plain text ends.
 */
#ifndef CONTENT_WRAP_H
#define CONTENT_WRAP_H

#include <stddef.h>

/* Columns that UTF-8 text takes on a terminal: East Asian wide characters and emoji two, combining marks none. */
size_t wrap_columns(const char *s, size_t n);

/*
 * The first line of the text, at most `width` columns of it: returns its bytes
 * without trailing spaces, and where the next line starts in *next. Lines break
 * at spaces and between East Asian characters (never before their closing
 * marks), and always at a newline. A word that is longer than a line is not broken, nor is the mark of a slot (base/slot.h), which
 * counts as its fallback, or else its name.
 */
size_t wrap_line(const char *s, size_t n, size_t width, size_t *next);

#endif
