/*
 * text.h - small questions about UTF-8 text.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Whether the n bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF). */
bool text_is_utf8(const char *s, size_t n);

/* Length of the well-formed UTF-8 sequence that begins the n bytes, n > 0; 0 when there is none. */
size_t text_sequence(const char *first, size_t n);

/* The code point of a well-formed sequence of n bytes. */
uint32_t text_code_point(const char *s, size_t n);

/* Append a code point as UTF-8; a surrogate, or what is over U+10FFFF, is U+FFFD. */
void text_add_code_point(struct buf *out, uint32_t c);

/* Whether the text holds a control character (C0, DEL, or C1 in UTF-8) other than those listed in `allowed`. */
bool text_has_control(const char *s, size_t n, const char *allowed);

/* Whether the n bytes are one of the words, which are separated by one space each. */
bool text_is_listed(const char *words, const char *s, size_t n);

/* Number of code points in well-formed UTF-8. */
size_t text_length(const char *s, size_t n);

/* Step back from n to a code-point boundary, so that the first bytes can be cut off there. */
size_t text_cut(const char *s, size_t n);

/* Remove leading and trailing white space (ASCII) in place; returns s. */
char *text_trim(char *s);

/* ASCII letters to lower case in place; returns s. */
char *text_lower(char *s);

/* Append with & < > " ' as HTML entities. */
void text_escape_html(struct buf *out, const char *s, size_t n);

/* Copy a C string into a fixed array; returns -1 (and an empty string) when it does not fit. */
int text_copy(char *dst, size_t size, const char *src);

#endif
