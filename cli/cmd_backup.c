/*
 * cmd_backup.c - newsletter backup: the whole site in one encrypted file, made while everything runs.
 *
 * The store is copied from one snapshot into a file without a name beside it, then everything goes, encrypted, into FILE.part, which
 * becomes FILE only when it is whole and on disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audit.h"
#include "backup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "site/pack.h"

#define MARGIN 67108864 /* octets that stay free: the store goes on growing */

const struct opt opts_backup[] = { BACKUP_SECRET_OPTS, { NULL, NULL, NULL } };

struct target {
	const char *file; /* "-": standard output */
	struct buf part;
	int fd;
	bool made; /* part is there and ours */
};

static int
room_in(const char *folder, int64_t *octets, dev_t *device, struct err *e)
{
	struct statvfs vfs;
	struct stat st;

	if (statvfs(folder, &vfs) == -1 || stat(folder, &st) == -1)
		return err_sys(e, "cannot see how much room there is in %s", folder);
	*octets = (int64_t)(vfs.f_bavail * vfs.f_frsize);
	*device = st.st_dev;
	return 0;
}

/* The copy of the store stands beside it for a moment, and the backup is as large once more. */
static int
check_room(struct cli *cli, const struct target *t, struct err *e)
{
	char *beside = file_folder(cli->site.conf.store_path), *to = file_folder(t->file), need[32], have[32];
	int64_t size, room, room_to = INT64_MAX;
	dev_t device, device_to = 0;
	int rc = -1;

	if (copy_size(cli->site.db, &size, e) == -1 || room_in(beside, &room, &device, e) == -1)
		goto out;
	if (strcmp(t->file, "-") != 0 && room_in(to, &room_to, &device_to, e) == -1)
		goto out;
	if (room_to != INT64_MAX && device == device_to)
		room /= 2;
	if (room < size + MARGIN || room_to < size + MARGIN)
		err_set(e, ERR_FULL, "there is no room for a copy of the store: %s are needed in %s, and there are %s",
		    backup_octets(need, size + MARGIN), room < size + MARGIN ? beside : to,
		    backup_octets(have, room < size + MARGIN ? room : room_to));
	else
		rc = 0;
out:
	free(beside);
	free(to);
	return rc;
}

/* Two at once would write into each other: the one who holds the lock of the file that still has the name goes on. */
static int
lock_part(struct target *t, struct err *e)
{
	struct stat ours, there;

	t->fd = open(t->part.data, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (t->fd == -1)
		return err_sys(e, "cannot create %s", t->part.data);
	if (fstat(t->fd, &ours) == -1 || !S_ISREG(ours.st_mode) || ours.st_nlink > 1) /* a backup that was killed left none of these */
		return err_set(e, ERR_EXISTS, "%s is there, and is not the beginning of a backup: remove it first", t->part.data);
	if (flock(t->fd, LOCK_EX | LOCK_NB) == -1 || fstat(t->fd, &ours) == -1 || lstat(t->part.data, &there) == -1 ||
	    ours.st_ino != there.st_ino || ours.st_dev != there.st_dev)
		return err_set(e, ERR_BUSY, "another backup to %s is being made just now", t->file);
	t->made = true;
	return fchmod(t->fd, 0600) == -1 || ftruncate(t->fd, 0) == -1 ? err_sys(e, "cannot write %s", t->part.data) : 0;
}

static int
target_open(struct cli *cli, struct target *t, struct err *e)
{
	struct stat st;

	if (strcmp(t->file, "-") == 0) {
		t->fd = STDOUT_FILENO;
		if (isatty(STDOUT_FILENO))
			return err_set(e, ERR_USAGE, "a backup is not for a terminal: send it to a file or a pipe");
		return cli->json ? err_set(e, ERR_USAGE, "--json and a backup cannot both go to standard output") : 0;
	}
	if (stat(t->file, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "%s is no plain file; - sends the backup to standard output", t->file);
	buf_addf(&t->part, "%s.part", t->file);
	return lock_part(t, e);
}

/* On disk under its name, or not at all. */
static int
target_finish(struct target *t, struct err *e)
{
	char *folder;
	int fd, rc;

	if (!t->made)
		return 0;
	if (fsync(t->fd) == -1 || rename(t->part.data, t->file) == -1)
		return err_sys(e, "cannot write %s", t->file);
	t->made = false;
	folder = file_folder(t->file);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd == -1 || fsync(fd) == -1 ? err_sys(e, "cannot write the folder %s", folder) : 0;
	if (fd != -1)
		close(fd);
	free(folder);
	return rc;
}

static void
target_close(struct target *t)
{
	if (t->made)
		unlink(t->part.data);
	if (t->fd != -1 && t->fd != STDOUT_FILENO)
		close(t->fd);
	buf_release(&t->part);
}

struct written {
	struct seal *seal;
	struct out_progress bar;
	int fd;
	int64_t synced;
};

/* The disk is to work all along, not all at once in the end, when the daemon's commits would wait for it. */
static int
progress(void *ctx, int64_t done, int64_t total, struct err *e)
{
	struct written *w = ctx;

	if (w->fd != STDOUT_FILENO && done - w->synced > 16777216) {
		w->synced = done;
		if (fdatasync(w->fd) == -1 && errno != EINVAL)
			return err_sys(e, "cannot write");
	}
	return backup_progress(&w->bar, done, total, e);
}

static int
write_all(struct cli *cli, struct target *t, const struct seal_secret *secret, struct pack *p, int64_t *size, struct err *e)
{
	struct written w = { .fd = t->fd };
	struct seal_params params;
	int rc = -1;

	out_progress_init(cli, &w.bar);
	seal_params_new(&params, secret->kind);
	w.seal = seal_new(t->fd, &params, secret, e);
	if (w.seal && pack_write(p, w.seal, progress, &w, e) == 0 && seal_finish(w.seal, e) == 0)
		rc = 0;
	out_progress_end(&w.bar);
	if (w.seal)
		*size = (int64_t)seal_size(w.seal);
	seal_free(w.seal);
	return rc;
}

static int
note(struct cli *cli, const char *file, int64_t size, struct err *e)
{
	struct buf detail = BUF_INIT;
	int rc = -1;

	buf_addf(&detail, "%s, %lld octets", strcmp(file, "-") == 0 ? "standard output" : file, (long long)size);
	if (db_begin(cli->site.db, e) == 0 && cli_audit(cli, cli->site.db, "backup", detail.data, e) == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	buf_release(&detail);
	return rc;
}

static void
say_made(struct cli *cli, const char *file, const struct seal_secret *secret, struct pack *p, int64_t size)
{
	bool words = secret->kind == SEAL_PASSPHRASE;
	char text[32];

	if (strcmp(file, "-") == 0) {
		cli->printed = true; /* standard output is the backup */
		return;
	}
	json_put(cli->result, "file", file);
	json_put_int(cli->result, "octets", size);
	out_line(cli, "%s holds the site, %s:", file, backup_octets(text, size));
	backup_show(cli, pack_manifest(p), NULL);
	out_gap(cli);
	out_line(cli, "Nobody reads it without the %s, you included: keep that elsewhere.", words ? "passphrase" : "key file");
	out_line(cli, "Mail in the folders outbox and aside is not in it. See that it can be restored:");
	out_line(cli, "  newsletter verify %s", file);
}

static int
make(struct cli *cli, struct target *t, const struct seal_secret *secret, struct err *e)
{
	struct copy_counts counts = { 0 };
	struct out_progress bar;
	struct pack *p = NULL;
	int64_t at, size = 0;
	int fd = -1, rc = -1;

	out_progress_init(cli, &bar);
	if (check_room(cli, t, e) == -1 ||
	    copy_make(cli->site.db, cli->site.conf.store_path, backup_progress, &bar, &fd, &counts, &at, e) == -1)
		goto out;
	out_progress_end(&bar);
	p = pack_new(&cli->site.conf, e);
	if (!p || pack_add_store(p, fd, &counts, at, e) == -1 || write_all(cli, t, secret, p, &size, e) == -1 ||
	    target_finish(t, e) == -1 ||
	    note(cli, t->file, size, e) == -1)
		goto out;
	say_made(cli, t->file, secret, p, size);
	rc = 0;
out:
	out_progress_end(&bar);
	pack_free(p);
	if (fd != -1)
		close(fd);
	return rc;
}

int
cmd_backup(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct target t = { .file = argv[0], .part = BUF_INIT, .fd = -1 };
	struct backup_secret secret = { .text = BUF_INIT };
	int rc = -1;

	(void)argc;
	backup_protect();
	if (backup_secret_get(cli, true, &secret, e) == 0 && target_open(cli, &t, e) == 0)
		rc = make(cli, &t, &secret.secret, e);
	target_close(&t);
	backup_secret_release(&secret);
	return rc;
}
