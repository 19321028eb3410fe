/*
 * spawn.h - a role's process: its descriptors, its environment, and this very program once more. For the parent alone.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <sys/types.h>

struct err;
struct role;
struct users;

struct spawn {
	const char *conf_path;
	int exe_fd; /* this program, also when a newer one has taken its place on disk */
	int listen_fd, operator_fd;
	const struct users *users;
};

/* Start a role, which says on ready_fd that it is ready: its process, or -1 and errno. deaths: as pulse_init has it. */
pid_t spawn_role(const struct spawn *s, const struct role *role, long deaths, int ready_fd);

/*
 * Whether every role can start with the configuration as it is in the file now: each opens what it needs in a process of its own, sandbox
 * and all, and ends. 0, or -1 and who could not; why is in the log by then. Takes some 100 ms, and 10 s at most; less
 * when we are told to stop meanwhile, which is -1 too.
 */
int spawn_rehearse(const struct spawn *s, struct err *e);

#endif
