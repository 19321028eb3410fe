/*
 * colour.h - colours as #rrggbb.
 */
#ifndef COLOUR_H
#define COLOUR_H

#include <stdbool.h>

/* Whether the text is one; NULL is none. */
bool colour_is(const char *s);

/* Black or white, nearly: what is readable on the colour (WCAG 2.2, relative luminance). */
const char *colour_text_on(const char *colour);

#endif
