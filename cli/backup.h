/*
 * backup.h - what `backup`, `verify` and `restore` share: the secret, the progress bar, a folder that goes away again, what is shown.
 */
#ifndef BACKUP_H
#define BACKUP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/seal.h"
#include "cli.h"
#include "out.h"
#include "site/unpack.h"

#define BACKUP_SECRET_OPTS \
	{ "passphrase-file", "FILE", "its first line is the passphrase" }, \
	{ \
		"key-file", "FILE", "32 random octets or more, in place of a passphrase" \
	}

struct backup_secret {
	struct buf text;
	struct seal_secret secret;
};

/*
 * From --key-file, --passphrase-file, the environment or the terminal, where it is asked twice when `makes`. ERR_USAGE when there is none.
 * The caller releases it.
 */
int backup_secret_get(const struct cli *cli, bool makes, struct backup_secret *s, struct err *e);
void backup_secret_release(struct backup_secret *s);

/*
 * Before anything else. SIGINT, SIGTERM, SIGHUP, SIGQUIT and a limit on file sizes let the work in hand fail, so that
 * it takes back what it made; and no core is dumped, with the secret in it.
 */
void backup_protect(void);

/* A pack_progress; ctx is the struct out_progress, or NULL. Fails after such a signal. */
int backup_progress(void *ctx, int64_t done, int64_t total, struct err *e);

/* Unpack a backup ("-": standard input) into an empty folder and check it (site/unpack.h). *manifest is the caller's. */
int backup_unpack(struct cli *cli, const char *file, const char *folder, json_t **manifest, struct unpack_report *report, struct err *e);

/* Remove a folder of ours with all that is in it. */
void backup_remove(const char *folder);

/* What it holds, as lines and into the result. `report` is NULL when it was not read back. */
void backup_show(struct cli *cli, const json_t *manifest, const struct unpack_report *report);

/* "1.2 MB", of 1000 kB. Returns out. */
const char *backup_octets(char out[32], int64_t octets);

#endif
