/*
 * sorting.h - more records than memory holds, put in order.
 *
 * A record is bytes, and its bytes are its order (memcmp, what is shorter first):
 * write the key first, big-endian numbers after it. What does not fit into the given
 * memory is sorted in runs, which stand in one file that nobody can open by name
 * (O_TMPFILE, or unlinked at once) and that is gone with the process; reading merges
 * them.
 */
#ifndef SORTING_H
#define SORTING_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct sorting;

#define SORTING_RECORD 2048 /* most bytes of a record */

/* `folder`: for the file, borrowed. `memory`: bytes for records, at least 64 KB; a fourth on top is needed to sort them. */
struct sorting *sorting_new(const char *folder, size_t memory);
void sorting_free(struct sorting *s); /* NULL is fine */

/* Copy a record in; n <= SORTING_RECORD. -1: ERR_FULL or ERR_SYSTEM, or ERR_INPUT when there are too many for the memory. */
int sorting_add(struct sorting *s, const void *record, size_t n, struct err *e);

/* That was all: from here on records are read. */
int sorting_end(struct sorting *s, struct err *e);

/* The next one in order: 1 and *record (valid until the next call), 0 after the last, -1. */
int sorting_next(struct sorting *s, const void **record, size_t *n, struct err *e);

/* How many records were added. */
uint64_t sorting_count(const struct sorting *s);

#endif
