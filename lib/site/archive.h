/*
 * archive.h - where a mailing stands in the public archive.
 */
#ifndef SITE_ARCHIVE_H
#define SITE_ARCHIVE_H

#include "content/slug.h"

#define ARCHIVE_ID 8                                                   /* characters of the uuid in an address */
#define ARCHIVE_PATH (sizeof("/archive/") + SLUG_MAX + 1 + ARCHIVE_ID) /* with its NUL */

/* "/archive/a-kinder-voice-1a2b3c4d", below [site] url; only what stands behind the last hyphen is looked up. Returns out. */
const char *archive_path(char out[ARCHIVE_PATH], const char *subject, const char *uuid);

#endif
