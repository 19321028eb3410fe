/*
 * sandbox_files.h - the paths that a role may open, by Landlock: those of its row in role.c, and no others.
 *
 * Rights of ABI 2, as Debian 12's kernel has them, are all that is asked of any kernel. ABI 1 (Linux 5.13 to 5.18) lets nobody move a file
 * to another folder, so a role that has to do that goes without there.
 */
#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

struct conf;
struct err;
struct role;

/* What is used of this kernel's: 0 (none), 1 or 2. */
int sandbox_files_abi(void);

/* Shut this process in. *abi is what is enforced from now on: 0, also with a return of 0, when this kernel can do nothing for the role. */
int sandbox_files(const struct role *role, const struct conf *conf, int *abi, struct err *e);

#endif
