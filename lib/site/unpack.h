/*
 * unpack.h - a backup's archive (pack.h) into a folder, believed in nothing; and whether a site came out of it.
 *
 * Whoever made the archive may be an enemy: it makes plain files below the folder and nothing else, none over one that is there, as
 * many and as large as the manifest says and as there is room for.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "site/pack.h"

struct err;

/* The archive's octets: at most n of them into out, how many; 0 at the end; -1 with *e set. */
typedef long unpack_read(void *from, void *out, size_t n, struct err *e);

/*
 * Unpack into a folder that is there and empty. *manifest is set, and the caller's, once it was read. ERR_INPUT: no such archive, or not
 * what its manifest says; ERR_VERSION: made by a newer newsletter; ERR_FULL. What was made stays there: the caller removes the folder.
 */
int unpack(unpack_read *read, void *from, const char *folder, json_t **manifest, pack_progress *progress, void *ctx, struct err *e);

struct unpack_report {
	int64_t version;           /* the store's, before it was brought up to date */
	int64_t taken_at;          /* Unix time */
	struct copy_counts counts; /* as found, after that */
	int link_keys;
	size_t files;
};

/*
 * Check what was unpacked, and bring its store up to date there: newsletter.conf reads, the store is whole and as the manifest counts it,
 * the keys are there and fit it. ERR_CORRUPT, ERR_INPUT, ERR_NOT_FOUND, ERR_VERSION.
 */
int unpack_check(const char *folder, const json_t *manifest, struct unpack_report *out, struct err *e);

#endif
