/* running.c - see running.h. */
#include "site/running.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

static const struct flock byte0 = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };

int
running_claim(const char *store_path, struct err *e)
{
	struct flock fl = byte0;
	struct buf path = BUF_INIT;
	int fd;

	buf_addf(&path, "%s-daemon", store_path);
	fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (fd == -1) {
		err_sys(e, "cannot open %s", path.data);
	} else if (fcntl(fd, F_OFD_SETLK, &fl) == -1) {
		if (errno == EAGAIN || errno == EACCES)
			err_set(e, ERR_BUSY, "another newsletterd serves %s already: stop that one first", store_path);
		else
			err_sys(e, "cannot lock %s", path.data);
		close(fd);
		fd = -1;
	}
	buf_release(&path);
	return fd;
}

int
running_check(const char *store_path, struct err *e)
{
	struct flock fl = byte0;
	struct buf path = BUF_INIT;
	int fd, rc = -1;

	buf_addf(&path, "%s-daemon", store_path);
	fd = open(path.data, O_RDWR | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		rc = 0;
	else if (fd == -1 || fcntl(fd, F_OFD_GETLK, &fl) == -1)
		err_sys(e, "cannot see from %s whether newsletterd runs", path.data);
	else
		rc = fl.l_type != F_UNLCK;
	if (fd != -1)
		close(fd);
	buf_release(&path);
	return rc;
}
