/*
 * cmd_restore.c - newsletter restore: a backup into an empty folder, where it is a site that waits for a person.
 *
 * It is unpacked, checked, brought up to date and held in a folder inside of it; then everything takes its place, newsletter.conf last: a
 * site is there when that is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit.h"
#include "backup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "site/running.h"
#include "store/restored.h"

#define CONF "newsletter.conf"
#define BEGUN ".restore-" /* what our folder is called, before six letters */

const struct opt opts_restore[] = {
	BACKUP_SECRET_OPTS,
	{ "to", "DIR", "an empty folder, or one to be made (default: here)" },
	{ NULL, NULL, NULL },
};

/* Say what to do about a site that is there. */
static int
refuse_site(const char *folder, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct buf path = BUF_INIT;
	struct conf conf = { 0 };
	int runs;

	file_join(&path, folder, CONF);
	runs = conf_load(&conf, path.data, &ignored) == 0 ? running_check(conf.store_path, &ignored) : 0;
	buf_release(&path);
	conf_release(&conf);
	if (runs == 1)
		return err_set(e, ERR_BUSY,
		    "a newsletterd runs for the site in %s: nothing is restored over it. Stop it and move the folder away, or name another with --to",
		    folder);
	return err_set(e, ERR_EXISTS, "there is a site in %s already: move the folder away first, or name an empty one with --to", folder);
}

static int
check_empty(const char *folder, struct err *e)
{
	struct buf conf = BUF_INIT;
	struct dirent *d;
	DIR *dir = opendir(folder);
	int rc;

	if (!dir)
		return err_sys(e, "cannot read the folder %s", folder);
	file_join(&conf, folder, CONF);
	rc = access(conf.data, F_OK) == 0 ? refuse_site(folder, e) : 0;
	buf_release(&conf);
	while (rc == 0 && (d = readdir(dir))) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 || strcmp(d->d_name, "lost+found") == 0)
			continue;
		if (strncmp(d->d_name, BEGUN, strlen(BEGUN)) == 0)
			rc = err_set(e, ERR_EXISTS, "%s/%s is of a restore that was interrupted, or is at work: remove it first",
			    folder, d->d_name);
		else
			rc = err_set(e, ERR_EXISTS, "%s is not empty (%.60s is there): name an empty folder with --to", folder, d->d_name);
	}
	closedir(dir);
	return rc;
}

/* Which of our folders it is by its place; roots are where the walk below compares. */
static const struct conf *walked;
static bool
is_within(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (!path[n] || path[n] == '/');
}

/* Modes of folders as `init` makes them; files have theirs from the archive. */
static int
set_mode(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *slash = strrchr(walked->store_path, '/');
	mode_t mode = 0750;

	(void)st;
	if (type != FTW_D || at->level == 0)
		return 0;
	if ((strncmp(path, walked->store_path, (size_t)(slash - walked->store_path)) == 0 && !path[slash - walked->store_path]) ||
	    is_within(path, walked->store_aside))
		mode = 02770;
	else if (is_within(path, walked->store_outbox))
		mode = 0770;
	else if (is_within(path, walked->store_templates))
		mode = 0755;
	return chmod(path, mode);
}

/* A folder that the archive had no file for. Missing ones above it are made too. */
static int
make_folder(const struct conf *c, const char *path, struct err *e)
{
	char *part = xstrdup(path), *slash;
	int rc = 0;

	if (!is_within(path, c->folder) || strstr(path, "/../"))
		rc = err_set(e, ERR_INPUT, "the newsletter.conf in it names %.120s, which is not in it", path);
	for (slash = part + strlen(c->folder); rc == 0 && slash; *slash = '/') {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(part, 0700) == -1 && errno != EEXIST)
			rc = err_sys(e, "cannot create %s", part);
		if (!slash)
			break;
	}
	free(part);
	return rc;
}

static int
make_folders(const struct conf *c, struct err *e)
{
	if (make_folder(c, c->store_outbox, e) == -1 || make_folder(c, c->store_aside, e) == -1 ||
	    make_folder(c, c->store_templates, e) == -1)
		return -1;
	walked = c;
	return nftw(c->folder, set_mode, 16, FTW_PHYS) == 0 ? 0 : err_sys(e, "cannot set the permissions of what was restored");
}

static int
hold(struct cli *cli, const struct conf *c, int64_t taken_at, struct restored_counts *counts, struct err *e)
{
	struct db *db = db_open(c->store_path, DB_MIGRATE, e);
	char when[CLOCK_TEXT], detail[96];
	int rc = -1;

	if (!db)
		return -1;
	snprintf(detail, sizeof(detail), "a backup of %s", clock_iso(when, taken_at));
	if (db_begin(db, e) == 0 && restored_hold(db, taken_at, counts, e) == 0 && cli_audit(cli, db, "restore", detail, e) == 0)
		rc = db_commit(db, e);
	if (rc == 0 && db_checkpoint(db, e) == -1)
		rc = -1;
	db_close(db);
	return rc;
}

/* Restored by root for a folder of somebody else's: theirs. */
static uid_t owner;
static gid_t group;
static int
set_owner(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)type, (void)at;
	if (lchown(path, owner, group) == -1)
		return -1;
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) ? chmod(path, st->st_mode & 07777) : 0; /* chown drops setgid */
}

static int
give_away(const char *folder, const char *from, struct err *e)
{
	struct stat st;

	if (geteuid() != 0)
		return 0;
	if (stat(folder, &st) == -1)
		return err_sys(e, "cannot see whose %s is", folder);
	owner = st.st_uid;
	group = st.st_gid;
	if (!owner && !group)
		return 0;
	return nftw(from, set_owner, 16, FTW_PHYS) == 0 ? 0 : err_sys(e, "cannot give what was restored to the owner of %s", folder);
}

static int
move_one(const char *from, const char *folder, const char *name, struct err *e)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	int rc;

	file_join(&a, from, name);
	file_join(&b, folder, name);
	rc = rename(a.data, b.data) == -1 ? err_sys(e, "cannot move %s to its place", name) : 0;
	buf_release(&a);
	buf_release(&b);
	return rc;
}

static int
sync_folder(const char *folder, struct err *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = fd == -1 || fsync(fd) == -1 ? -1 : 0;

	if (fd != -1)
		close(fd);
	return rc == -1 ? err_sys(e, "cannot write the folder %s", folder) : 0;
}

static int
move_all(const char *from, const char *folder, struct err *e)
{
	struct dirent **list = NULL;
	int i, rc = 0, n = scandir(from, &list, NULL, alphasort);

	if (n == -1)
		return err_sys(e, "cannot read the folder %s", from);
	for (i = 0; i < n; i++) {
		if (rc == 0 && strcmp(list[i]->d_name, ".") != 0 && strcmp(list[i]->d_name, "..") != 0 &&
		    strcmp(list[i]->d_name, CONF) != 0)
			rc = move_one(from, folder, list[i]->d_name, e);
		free(list[i]);
	}
	free(list);
	if (rc == -1 || sync_folder(folder, e) == -1 || move_one(from, folder, CONF, e) == -1)
		return -1;
	return sync_folder(folder, e);
}

static void
say_restored(struct cli *cli, const char *folder, const struct restored_counts *n)
{
	char a[96], b[96];

	out_gap(cli);
	out_field(cli, "Held", n->campaigns || n->mails ? OUT_WARN : OUT_PLAIN, "%s, %s, and what is new",
	    out_count(a, n->campaigns, "unfinished mailing", "unfinished mailings"),
	    out_count(b, n->mails, "mail to one person", "mails to one person"));
	if (n->unknown)
		out_field(cli, "Given up", OUT_WARN, "%s on the way when the backup was made",
		    out_count(a, n->unknown, "mail to one person was", "mails to one person were"));
	if (n->approvals)
		out_field(cli, "Closed", OUT_PLAIN, "%s; the mailed links do nothing any more",
		    out_count(a, n->approvals, "question whether a mailing may go", "questions whether a mailing may go"));
	out_gap(cli);
	out_line(cli, "Nothing leaves until you say so. What went out after the backup was made is not known here: who got a mailing");
	out_line(cli, "then gets it again when it is resumed, and who left since is back on the list.");
	out_line(cli, "  newsletter -C %s status            what is held", folder);
	out_line(cli, "  newsletter -C %s campaign resume ID | cancel ID", folder);
	out_line(cli, "  newsletter -C %s outbox list | release | discard", folder);
	json_put(cli->result, "folder", folder);
	json_put_int(cli->result, "campaigns_held", n->campaigns);
	json_put_int(cli->result, "mails_held", n->mails);
	json_put_int(cli->result, "mails_unknown", n->unknown);
	json_put_int(cli->result, "approvals_closed", n->approvals);
}

/* From a folder of ours inside of it to the site. */
static int
build(struct cli *cli, const char *from, const char *folder, int64_t taken_at, struct restored_counts *counts, struct err *e)
{
	struct buf path = BUF_INIT;
	struct conf conf = { 0 };
	int rc = -1;

	file_join(&path, from, CONF);
	if (conf_load(&conf, path.data, e) == 0 && clock_init(conf.site_timezone, e) == 0 && hold(cli, &conf, taken_at, counts, e) == 0 &&
	    make_folders(&conf, e) == 0 && give_away(folder, from, e) == 0)
		rc = move_all(from, folder, e);
	conf_release(&conf);
	buf_release(&path);
	return rc;
}

static int
restore(struct cli *cli, const char *file, const char *folder, struct err *e)
{
	struct restored_counts counts = { 0 };
	struct unpack_report report;
	struct buf from = BUF_INIT;
	json_t *manifest = NULL;
	int rc = -1;

	file_join(&from, folder, BEGUN "XXXXXX");
	if (!mkdtemp(from.data)) { /* 0700 */
		err_sys(e, "cannot create a folder in %s", folder);
		goto out;
	}
	rc = backup_unpack(cli, file, from.data, &manifest, &report, e);
	if (rc == 0)
		rc = build(cli, from.data, folder, report.taken_at, &counts, e);
	backup_remove(from.data);
	if (rc == -1)
		goto out;
	out_line(cli, "The site is in %s:", folder);
	backup_show(cli, manifest, &report);
	say_restored(cli, folder, &counts);
out:
	json_decref(manifest);
	buf_release(&from);
	return rc;
}

int
cmd_restore(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *to = cli_option(cli, "to");
	char *folder = to ? xstrdup(to) : file_folder(cli->conf_path);
	bool made;
	int rc = -1;

	(void)argc;
	backup_protect();
	made = mkdir(folder, 0755) == 0;
	if (!made && errno != EEXIST)
		err_sys(e, "cannot create the folder %s", folder);
	else if (check_empty(folder, e) == 0)
		rc = restore(cli, argv[0], folder, e);
	if (rc == -1 && made)
		rmdir(folder);
	free(folder);
	return rc;
}
