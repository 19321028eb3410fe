/*
 * turn.h - whose turn it is to write: a fair advisory lock between processes.
 *
 * Two byte locks on one file (fcntl, open file description locks). Byte 0 is
 * the place at the head of the queue, byte 1 the right to write. Whoever holds
 * the place keeps it until the writer is done, so a busy writer that comes
 * back at once finds the place taken and cannot overtake. The kernel drops
 * both when a process dies.
 */
#ifndef TURN_H
#define TURN_H

#include <stdbool.h>

struct err;

struct turn {
	int fd;
	bool head, writer;
};

#define TURN_INIT { -1, false, false }

int turn_open(struct turn *t, const char *path, struct err *e);
void turn_close(struct turn *t);

/* True once it is our turn; false: ask again soon (the place is kept). */
bool turn_try(struct turn *t);

/* Done, or not interested any more. */
void turn_leave(struct turn *t);

#endif
