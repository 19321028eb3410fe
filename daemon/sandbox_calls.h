/*
 * sandbox_calls.h - the system calls that a role may make; all others fail with EPERM.
 */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

struct err;
struct role;

/* role->listens: take connections on a socket that is there. connects: make them. Neither: no network at all. */
int sandbox_calls(const struct role *role, struct err *e);

#endif
