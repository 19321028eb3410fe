/*
 * turn.h - whose turn it is to write: a fair advisory lock between processes.
 *
 * Byte locks on one file (fcntl, open file description locks). Byte 0 is the
 * right to write. Whoever wants it locks a byte behind all that are locked, its
 * ticket, and tries for byte 0 only while no ticket below its own is held: turns
 * come in the order of asking, and a busy writer that comes back at once stands
 * behind all who wait. The kernel frees what a process holds when it dies.
 */
#ifndef TURN_H
#define TURN_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct turn {
	int fd;
	int64_t ticket; /* the byte held while waiting; 0: none */
	bool writer;
};

#define TURN_INIT ((struct turn){ -1, 0, false })

int turn_open(struct turn *t, const char *path, struct err *e);
void turn_close(struct turn *t);

/* True once it is our turn; false: ask again soon (the place is kept). */
bool turn_try(struct turn *t);

/* Whether somebody else waits for their turn. */
bool turn_wanted(const struct turn *t);

/* Done, or not interested any more. */
void turn_leave(struct turn *t);

#endif
