/*
 * pack.h - what a backup holds: a site's configuration, keys, secrets, templates and store as one archive, its manifest first.
 *
 * The archive (base/ustar.h) unpacks into a folder that is a site: names are relative to newsletter.conf's folder. What the configuration
 * names outside of it is put inside, and newsletter.conf in the archive says so; the one that was is beside it, newsletter.conf.original.
 * manifest.json comes first:
 *
 *   format 1, program, store_version, taken_at "2026-03-01T09:30:00Z", host, site, store (its name in the archive)
 *   counts   {subscribers, active, campaigns, unfinished, deliveries, suppressions, articles, waiting}
 *   moved    [{section, key, from, to}]
 *   missing  [what the configuration names and could not be read]
 *   files    [{name, size, sha256}], in the archive's order
 *
 * Not in it: mail in the folders outbox and aside.
 */
#ifndef PACK_H
#define PACK_H

#include <jansson.h>
#include <stdint.h>

#include "store/copy.h"

struct conf;
struct err;
struct seal;

#define PACK_FORMAT 1
#define PACK_MANIFEST "manifest.json"
#define PACK_MANIFEST_MOST 1048576 /* octets */
#define PACK_FILES_MOST 4096
#define PACK_FILE_MOST 67108864 /* octets of a file that is not the store */

/* Octets done of all. */
typedef int pack_progress(void *ctx, int64_t done, int64_t total, struct err *e);

/* Look at all files but the store: after its copy was made, so that keys are no older than it. NULL: *e says what cannot be read. */
struct pack *pack_new(const struct conf *conf, struct err *e);

/* The store, as copy_make left it; the descriptor is borrowed until pack_write. */
int pack_add_store(struct pack *p, int fd, const struct copy_counts *counts, int64_t at, struct err *e);

/* The manifest (borrowed), and how many octets the archive has. */
const json_t *pack_manifest(struct pack *p);
int64_t pack_size(const struct pack *p);

/* Write it all, but for seal_finish. ERR_BUSY: a file was changed since pack_new. */
int pack_write(struct pack *p, struct seal *s, pack_progress *progress, void *ctx, struct err *e);

void pack_free(struct pack *p);

#endif
