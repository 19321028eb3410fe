/*
 * builtin.h - the files that are part of the binaries.
 *
 * Made at build time from templates/ by tools/embed; a site overrides
 * one by putting a file of the same name into its own templates folder.
 */
#ifndef BUILTIN_H
#define BUILTIN_H

#include <stddef.h>

struct builtin_file {
	const char *name; /* "mail/confirm.html.mustache" */
	const char *text; /* NUL-terminated */
	size_t len;       /* bytes, without the NUL */
};

/* Every file below templates/, sorted by name; ends with a NULL name. */
extern const struct builtin_file builtin_templates[];

#endif
