/*
 * role.h - which roles of newsletterd run: table `role`, one row each, kept fresh by the role itself.
 *
 * A role that is stopped, hangs or cannot write lets its row grow old: that is how a watcher sees it.
 */
#ifndef STORE_ROLE_H
#define STORE_ROLE_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

#define ROLE_BEAT 10  /* seconds between two writes of a row */
#define ROLE_FRESH 45 /* seconds; a row that is older is of a role that is not there */
#define ROLES_ALL 4   /* http, clerk, sender, inbound: those that run wherever newsletterd does */
#define ROLE_NAME 16

struct role_seen {
	char name[ROLE_NAME], version[32];
	int64_t pid, started_at, seen_at; /* Unix time; 0: it was never seen */
	int64_t landlock;                 /* the ABI whose rules the kernel enforces on it; 0: none */
	int64_t seccomp;                  /* whether it enforces the role's list of system calls */
	int64_t uid;                      /* whom it runs as */
	int64_t restarts;                 /* times that one died and was started again, ever */
};

/* Write the row of r->name; its restarts are not looked at. */
int role_beat(struct db *db, const struct role_seen *r, struct err *e);

/* The four, in that order, seen or not. */
int role_list(struct db *db, struct role_seen out[ROLES_ALL], struct err *e);

/*
 * Whether it was seen lately enough. What was seen in the future was written before the clock was set back, and counts for as long
 * as the past.
 */
bool role_is_fresh(const struct role_seen *r, int64_t now);

#endif
