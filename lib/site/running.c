/* running.c - see running.h. */
#include "site/running.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	PARENT,
	KEYS = 256, /* and the key's number */
	KEYS_MOST = 255
};

static int
open_file(const char *store_path, int flags, struct err *e)
{
	struct buf path = BUF_INIT;
	int fd;

	buf_addf(&path, "%s-daemon", store_path);
	fd = open(path.data, flags | O_CLOEXEC, 0660);
	if (fd == -1) {
		err_sys(e, "cannot open %s", path.data);
		if (errno == ENOENT)
			e->code = ERR_NOT_FOUND;
	} else if (flags & O_CREAT) {
		(void)fchmod(fd, 0660); /* whatever the umask: the staff's group asks as well. Another owner's has it already */
	}
	buf_release(&path);
	return fd;
}

/* The descriptor stays open on purpose: the lock lives as long as the process. */
static int
claim(const char *store_path, off_t byte, struct err *e)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	int fd = open_file(store_path, O_RDWR | O_CREAT, e);

	if (fd == -1)
		return -1;
	if (fcntl(fd, F_OFD_SETLK, &fl) == 0)
		return 1;
	close(fd);
	return 0;
}

int
running_claim(const char *store_path, struct err *e)
{
	int rc = claim(store_path, PARENT, e);

	if (rc == 0)
		err_set(e, ERR_BUSY, "a newsletterd runs for %s already", store_path);
	return rc == 1 ? 0 : -1;
}

int
running_claim_role(const char *store_path, enum running_role role, struct err *e)
{
	return claim(store_path, role, e);
}

static int
is_held(const char *store_path, off_t byte, struct err *e)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	int fd = open_file(store_path, O_RDONLY, e), rc;

	if (fd == -1)
		return e->code == ERR_NOT_FOUND ? 0 : -1; /* none has ever run */
	rc = fcntl(fd, F_OFD_GETLK, &fl);
	close(fd);
	return rc == -1 ? err_sys(e, "cannot see whether newsletterd runs") : fl.l_type != F_UNLCK;
}

int
running_check(const char *store_path, struct err *e)
{
	return is_held(store_path, PARENT, e);
}

int
running_has_role(const char *store_path, enum running_role role, struct err *e)
{
	return is_held(store_path, role, e);
}

int
running_tell_key(const char *store_path, int key, struct err *e)
{
	static int told = -1;
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = KEYS + key, .l_len = 1 };
	int fd = open_file(store_path, O_RDWR | O_CREAT, e);

	if (fd == -1)
		return -1;
	if (fcntl(fd, F_OFD_SETLK, &fl) == -1) { /* told already, by us */
		close(fd);
		return 0;
	}
	if (told != -1)
		close(told);
	told = fd;
	return 0;
}

int
running_key(const char *store_path)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = KEYS, .l_len = KEYS_MOST + 1 };
	struct err ignored = ERR_INIT;
	int fd = open_file(store_path, O_RDONLY, &ignored), rc;

	if (fd == -1)
		return 0;
	rc = fcntl(fd, F_OFD_GETLK, &fl);
	close(fd);
	return rc == 0 && fl.l_type != F_UNLCK ? (int)(fl.l_start - KEYS) : 0;
}
