/* archive.c - see archive.h. */
#include "site/archive.h"

#include <stdio.h>

const char *
archive_path(char out[ARCHIVE_PATH], const char *subject, const char *uuid)
{
	char slug[SLUG_MAX + 1];

	slug_make(slug, subject);
	snprintf(out, ARCHIVE_PATH, "/archive/%s%s%.*s", slug, slug[0] ? "-" : "", ARCHIVE_ID, uuid);
	return out;
}
