/* file.c - see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

int
file_read(const char *path, size_t max, struct buf *out, struct err *e)
{
	size_t start = out->len;
	ssize_t n;
	int rc = -1, fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		err_sys(e, "cannot open %s", path);
		if (errno == ENOENT)
			e->code = ERR_NOT_FOUND;
		return -1;
	}
	for (;;) {
		buf_reserve(out, 16384);
		n = read(fd, out->data + out->len, 16384);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			err_sys(e, "cannot read %s", path);
			goto out;
		}
		if (n == 0)
			break;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len - start > max) {
			err_set(e, ERR_INPUT, "%s is larger than %zu bytes", path, max);
			goto out;
		}
	}
	rc = 0;
out:
	close(fd);
	return rc;
}

int
file_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t w = write(fd, p, n);

		if (w == -1 && errno == EINTR)
			continue;
		if (w == -1)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

char *
file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A rename is durable only once the folder itself is on disk. */
static int
sync_folder(const char *path)
{
	char *folder = file_folder(path);
	int fd, rc = -1;

	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		rc = fsync(fd);
		close(fd);
	}
	free(folder);
	return rc;
}

int
file_write(const char *path, mode_t mode, const void *data, size_t n, struct err *e)
{
	struct buf tmp = BUF_INIT;
	int fd = -1, rc = -1;

	buf_addf(&tmp, "%s.%ld.tmp", path, (long)getpid());
	fd = open(tmp.data, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd == -1) {
		err_sys(e, "cannot create %s", tmp.data);
		goto out;
	}
	if (fchmod(fd, mode) == -1 || file_write_all(fd, data, n) == -1 || fsync(fd) == -1 ||
	    rename(tmp.data, path) == -1 || sync_folder(path) == -1) {
		err_sys(e, "cannot write %s", path);
		unlink(tmp.data);
		goto out;
	}
	rc = 0;
out:
	if (fd != -1)
		close(fd);
	buf_release(&tmp);
	return rc;
}

int
file_mkdir(const char *path, mode_t mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return chmod(path, mode) == -1 ? err_sys(e, "cannot set the permissions of %s", path) : 0;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return err_sys(e, "cannot create the folder %s", path);
}

void
file_join(struct buf *out, const char *folder, const char *name)
{
	if (name[0] != '/' && folder[0] && strcmp(folder, ".") != 0)
		buf_addf(out, "%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/");
	buf_addstr(out, name);
}
