/* export_file.c - see export_file.h. */
#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

static int
exists(const char *path, struct err *e)
{
	return err_set(e, ERR_EXISTS, "%s is there already: take another name, or say --force to replace it", path);
}

/* Without a name where the file system can: whatever ends the program, no half of a list is left behind. */
static int
open_new(struct export_file *f, const char *path, struct err *e)
{
	char *folder = file_folder(path);

	buf_addf(&f->tmp, "%s.%ld.tmp", path, (long)getpid());
	f->fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	if (f->fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		f->fd = open(f->tmp.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		f->named = f->fd != -1;
	}
	free(folder);
	if (f->fd == -1) {
		err_sys(e, "cannot create %s", path);
		buf_release(&f->tmp);
		return -1;
	}
	f->path = path;
	return 0;
}

int
export_file_open(struct export_file *f, const char *path, bool force, struct err *e)
{
	struct stat st;

	*f = (struct export_file){ .tmp = BUF_INIT, .fd = STDOUT_FILENO, .force = force };
	if (!path || strcmp(path, "-") == 0)
		return 0;
	if (lstat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			return err_set(e, ERR_EXISTS, "%s is there, and is no file that could be replaced", path);
		if (!force)
			return exists(path, e);
	}
	return open_new(f, path, e);
}

/* The file that has no name yet gets one. */
static int
give_name(const struct export_file *f, const char *name)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", f->fd);
	return f->named ? link(f->tmp.data, name) : linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

int
export_file_commit(struct export_file *f, struct err *e)
{
	int rc;

	if (!f->path)
		return 0;
	if (fsync(f->fd) == -1)
		return err_sys(e, "cannot write %s", f->path);
	if (!f->force) {
		rc = give_name(f, f->path);
	} else {
		rc = f->named ? 0 : give_name(f, f->tmp.data);
		f->named = f->named || rc == 0;
		rc = rc == 0 ? rename(f->tmp.data, f->path) : -1;
		f->named = f->named && rc == -1;
	}
	if (rc == -1)
		return errno == EEXIST ? exists(f->path, e) : err_sys(e, "cannot make %s", f->path);
	return 0;
}

void
export_file_close(struct export_file *f)
{
	if (f->path) {
		close(f->fd);
		if (f->named)
			unlink(f->tmp.data);
	}
	f->path = NULL;
	buf_release(&f->tmp);
}
