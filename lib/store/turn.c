/* turn.c - see turn.h. */
#include "store/turn.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"

int
turn_open(struct turn *t, const char *path, struct err *e)
{
	t->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (t->fd == -1)
		return err_sys(e, "cannot open the writers' lock %s", path);
	return 0;
}

void
turn_close(struct turn *t)
{
	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
	t->head = t->writer = false;
}

static bool
lock_byte(int fd, off_t at, short type)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };

	return fcntl(fd, F_OFD_SETLK, &fl) == 0;
}

bool
turn_try(struct turn *t)
{
	if (t->writer)
		return true;
	if (!t->head && !(t->head = lock_byte(t->fd, 0, F_WRLCK)))
		return false;
	if (!lock_byte(t->fd, 1, F_WRLCK))
		return false;
	t->writer = true;
	lock_byte(t->fd, 0, F_UNLCK);
	t->head = false;
	return true;
}

void
turn_leave(struct turn *t)
{
	if (t->writer)
		lock_byte(t->fd, 1, F_UNLCK);
	if (t->head)
		lock_byte(t->fd, 0, F_UNLCK);
	t->head = t->writer = false;
}
