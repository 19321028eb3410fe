/*
 * slug.h - a title as the readable part of an address.
 */
#ifndef SLUG_H
#define SLUG_H

#define SLUG_MAX 60 /* characters */

/*
 * Lower-case ASCII letters and digits in words joined by '-': Latin letters with marks lose them (é is e, ß is ss), an apostrophe
 * joins ("don't" is dont), everything else parts words. Whole words up to SLUG_MAX characters, a single longer one is cut. ""
 * when nothing is left. Well-formed UTF-8 or not; returns out.
 */
const char *slug_make(char out[SLUG_MAX + 1], const char *title);

#endif
