/*
 * running.h - whether a newsletterd serves the store.
 *
 * Its parent holds a lock on byte 0 of STORE-daemon (fcntl, open file
 * description lock) for its whole life; the kernel drops it with the last
 * descriptor, so that no stale file ever tells a lie.
 */
#ifndef RUNNING_H
#define RUNNING_H

struct err;

/*
 * The daemon's parent: claim the store. Returns a descriptor to keep open (close-on-exec),
 * or -1 with ERR_BUSY when another newsletterd has it.
 */
int running_claim(const char *store_path, struct err *e);

/* 1 when a newsletterd runs, 0 when none does, -1 when that cannot be seen. */
int running_check(const char *store_path, struct err *e);

#endif
