/*
 * sandbox_calls.h - the system calls that a role may make; all others fail with EPERM.
 */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include <stdbool.h>

struct err;
struct role;

/* Whether this kernel, and what we run in, let us have a filter. */
bool sandbox_calls_can(void);

/*
 * role->listens: take connections on a socket that is there. connects: make them, by TCP and UDP. Neither: no network at all. *loaded is
 * whether it is enforced: false, with a return of 0, where nobody may have a filter.
 */
int sandbox_calls(const struct role *role, bool *loaded, struct err *e);

#endif
