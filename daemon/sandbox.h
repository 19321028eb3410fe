/*
 * sandbox.h - what a role cannot do any more once it runs.
 *
 * No new privileges, not dumpable, no core, no capabilities (as root: those that files need); limits on descriptors and memory;
 * Landlock for the paths that the role's row in role.c names (sandbox_files.h); a seccomp list of the system calls that it needs,
 * everything else fails with EPERM (sandbox_calls.h). What this protects: the keys and the network, not the rows that a hijacked
 * role may write.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

struct conf;
struct err;
struct role;

#define SANDBOX_ABI 2 /* of Landlock, the most that is used */

struct sandbox {
	int landlock; /* the ABI whose rules are enforced; 0: none */
	bool seccomp;
};

/* Shut the sandbox around this process, for good, as far as the kernel can: *out is what it enforces. Any other failure is -1. */
int sandbox_enter(const struct role *role, const struct conf *conf, struct sandbox *out, struct err *e);

/* What this kernel could enforce. */
void sandbox_kernel(struct sandbox *out);

#endif
