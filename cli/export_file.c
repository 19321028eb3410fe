/* export_file.c - see export_file.h. */
#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

static int
exists(const char *path, struct err *e)
{
	return err_set(e, ERR_EXISTS, "%s is there already: take another name, or say --force to replace it", path);
}

int
export_file_open(struct export_file *f, const char *path, bool force, struct err *e)
{
	struct stat st;

	*f = (struct export_file){ .tmp = BUF_INIT, .fd = STDOUT_FILENO, .force = force };
	if (!path || strcmp(path, "-") == 0)
		return 0;
	if (lstat(path, &st) == 0 && (!force || !S_ISREG(st.st_mode)))
		return S_ISREG(st.st_mode) ? exists(path, e) : err_set(e, ERR_EXISTS, "%s is there, and is no file that could be replaced", path);
	buf_addf(&f->tmp, "%s.%ld.tmp", path, (long)getpid());
	f->fd = open(f->tmp.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd == -1) {
		err_sys(e, "cannot create %s", f->tmp.data);
		buf_release(&f->tmp);
		return -1;
	}
	f->path = path;
	return 0;
}

int
export_file_commit(struct export_file *f, struct err *e)
{
	if (!f->path)
		return 0;
	if (fsync(f->fd) == -1)
		return err_sys(e, "cannot write %s", f->path);
	if (f->force ? rename(f->tmp.data, f->path) == -1 : link(f->tmp.data, f->path) == -1)
		return errno == EEXIST ? exists(f->path, e) : err_sys(e, "cannot make %s", f->path);
	if (!f->force)
		unlink(f->tmp.data);
	buf_reset(&f->tmp);
	return 0;
}

void
export_file_close(struct export_file *f)
{
	if (f->path) {
		close(f->fd);
		if (f->tmp.len)
			unlink(f->tmp.data);
	}
	f->path = NULL;
	buf_release(&f->tmp);
}
