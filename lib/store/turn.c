/* turn.c - see turn.h. */
#include "store/turn.h"

#include <errno.h>
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
	*t = TURN_INIT;
}

static bool
lock_byte(int fd, int64_t at, short type)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };

	return fcntl(fd, F_OFD_SETLK, &fl) == 0;
}

/* A byte that others hold among first … last (-1: without end), or 0. Byte 0 itself is never asked for. */
static int64_t
held(int fd, int64_t first, int64_t last)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = first, .l_len = last == -1 ? 0 : last - first + 1 };

	if (fcntl(fd, F_OFD_GETLK, &fl) == -1 || fl.l_type == F_UNLCK)
		return 0;
	return fl.l_start;
}

/*
 * Who comes at the same moment finds the ticket taken and takes the next one. Two who look at
 * different moments may stand in the wrong order, each once: that is fair enough, for byte 0 alone decides who writes.
 */
static bool
take_ticket(struct turn *t)
{
	int64_t ticket = 1, other;

	while ((other = held(t->fd, ticket, -1)))
		ticket = other + 1;
	for (; !lock_byte(t->fd, ticket, F_WRLCK); ticket++)
		if (errno != EAGAIN && errno != EACCES)
			return false; /* no memory for locks: ask again */
	t->ticket = ticket;
	return true;
}

bool
turn_try(struct turn *t)
{
	if (t->writer)
		return true;
	if (!t->ticket && !take_ticket(t))
		return false;
	if (t->ticket > 1 && held(t->fd, 1, t->ticket - 1))
		return false;
	if (!lock_byte(t->fd, 0, F_WRLCK))
		return false;
	t->writer = true;
	lock_byte(t->fd, t->ticket, F_UNLCK);
	t->ticket = 0;
	return true;
}

bool
turn_wanted(const struct turn *t)
{
	return held(t->fd, 1, -1) != 0;
}

void
turn_leave(struct turn *t)
{
	if (t->writer)
		lock_byte(t->fd, 0, F_UNLCK);
	if (t->ticket)
		lock_byte(t->fd, t->ticket, F_UNLCK);
	t->writer = false;
	t->ticket = 0;
}
