/*
 * frontmatter.h - the YAML between two lines of three dashes at the head of a Markdown file.
 */
#ifndef FRONTMATTER_H
#define FRONTMATTER_H

#include <jansson.h>
#include <stddef.h>

struct err;

#define FRONTMATTER_MAX 65536 /* bytes of YAML */

/*
 * Split a file. *data is a new JSON object, which the caller releases in
 * either case: string values (numbers, dates and booleans keep their spelling,
 * a null is ""); a list of scalars is an array of strings; a value that nests
 * deeper is null (blogs have such keys of their own); empty without front
 * matter. *body and *body_len point into `text`. YAML that does not parse,
 * nests over 16 deep, repeats a key, uses anchors or aliases, or never ends is
 * ERR_INPUT with "line N: what"; so is text that is no UTF-8 or holds control
 * characters, in the file or written as a YAML escape. A byte-order mark and
 * CRLF line ends are taken.
 */
int frontmatter_split(const char *text, size_t n, json_t **data, const char **body, size_t *body_len, struct err *e);

#endif
