/*
 * ustar.h - the headers of an archive that tar(1) opens (POSIX.1-2017, pax, "ustar interchange format"), of plain files alone.
 *
 * Each file: a header of 512 octets, then its octets, with NULs up to a multiple of 512. The archive ends with two blocks of NULs. A size
 * of 8 GiB or more stands in base 256, as GNU and BSD tar have it.
 *
 * What is read is hostile: only plain files, under names that lead into the folder they are unpacked in and nowhere else.
 */
#ifndef USTAR_H
#define USTAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define USTAR_BLOCK 512
#define USTAR_NAME 260 /* bytes, with the NUL */
#define USTAR_SIZE_MOST ((int64_t)1 << 50)

struct ustar_entry {
	char name[USTAR_NAME];
	int64_t size;  /* octets */
	unsigned mode; /* permission bits alone: 0 to 0777 */
	int64_t mtime; /* Unix time */
};

/*
 * Whether a name may be in an archive: relative; UTF-8 without control characters or backslashes; no part of it empty, "." or "..".
 */
bool ustar_name_ok(const char *name);

/* Write a header; ERR_INPUT when the name may not be there, or fits in no header. */
int ustar_put(uint8_t out[USTAR_BLOCK], const struct ustar_entry *entry, struct err *e);

/* Read one: 1 and *out; 0 for a block of NULs, which begins the end; -1 (ERR_INPUT). */
int ustar_get(const uint8_t in[USTAR_BLOCK], struct ustar_entry *out, struct err *e);

/* NULs after so many octets. */
size_t ustar_padding(int64_t size);

#endif
