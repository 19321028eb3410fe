/*
 * mailbox_imap_set.h - UIDs as IMAP's sets ("3:7,9"), short enough for a line (RFC 7162 section 4: 8192 octets).
 */
#ifndef MAILBOX_IMAP_SET_H
#define MAILBOX_IMAP_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define IMAP_SET_MAX 7500  /* octets */
#define IMAP_SET_UIDS 1000 /* in one set: a server works on it for as long as it takes to answer */

/* Sort and drop what is there twice; returns how many are left. */
size_t imap_set_sort(uint32_t *uids, size_t n);

bool imap_set_has(const uint32_t *sorted, size_t n, uint32_t uid);

/* Put into *out (emptied first) the set of the sorted UIDs from `from` on, as many as one may have; returns where the next one begins. */
size_t imap_set_add(struct buf *out, const uint32_t *sorted, size_t n, size_t from);

#endif
