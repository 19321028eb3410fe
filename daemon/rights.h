/*
 * rights.h - capabilities(7): what of root's power a process keeps.
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* Sets of capabilities, one bit each. */
extern const uint64_t rights_users; /* become another user, and signal one: what the parent of roles with users of their own needs */
extern const uint64_t rights_port;  /* listen on a port below 1024 */
extern const uint64_t rights_files; /* what makes root's files root's: read, write and give away any */

/* Whether this process has all of them now. */
bool rights_have(uint64_t set);

/* Keep those of the set that this process may have, and lose the others for good; none can be inherited. 0, or -1. */
int rights_keep(uint64_t set, struct err *e);

#endif
