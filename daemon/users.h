/*
 * users.h - the users that the parent and its roles run as: NAME and NAME-http, NAME-clerk …, for NAME in [daemon] users.
 *
 * Started as root, or with the capabilities of rights_users, the parent becomes NAME and keeps no more of root than what changes users;
 * each role is its own user before it is executed, so that no role ever runs with more, not even while it reads its configuration.
 */
#ifndef USERS_H
#define USERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "role.h"

struct conf;
struct err;

#define USER_GROUPS 16 /* of one user; more are not taken */

struct user {
	uid_t uid;
	gid_t gid, groups[USER_GROUPS];
	int group_count;
};

struct users {
	bool apart; /* each role has its own; else all run as the user that the parent was started as */
	struct user parent, role[ROLE_COUNT];
};

/* Look them up, and say in the log when they cannot be apart. -1: [daemon] users names some that are not there. */
int users_find(struct users *u, const struct conf *conf, struct err *e);

/*
 * The parent: become NAME; root's power to open a port below 1024 is kept until users_settle. When not apart, only what a service
 * manager gave goes.
 */
int users_become_parent(const struct users *u, struct err *e);
int users_settle(const struct users *u, struct err *e);

/* Between fork and exec, in a role's process: become its user, without any capability. -1 and errno. */
int users_become(const struct user *u);

#endif
