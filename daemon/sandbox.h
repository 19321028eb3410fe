/*
 * sandbox.h - what a role cannot do any more once it runs.
 *
 * No new privileges, not dumpable, no core; Landlock (ABI 2, as Debian 12's
 * kernel has it) for the paths that the role's row in role.c names; a seccomp
 * list of the system calls that it needs, everything else fails with EPERM.
 * What this protects: the keys and the network, not the rows that a hijacked
 * role may write.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

struct conf;
struct err;
struct role;

/* Shut the sandbox around this process, for good. A kernel without Landlock leaves a warning in the log; any other failure is -1. */
int sandbox_enter(const struct role *role, const struct conf *conf, struct err *e);

#endif
