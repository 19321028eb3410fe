/*
 * running.h - whether newsletterd runs for a store: locks that the kernel drops with the process.
 *
 * Bytes of the file `<store>-daemon`: 0 is the parent's, the next ones the
 * roles'. After the parent was killed its roles still drain for a moment; each of a new one's waits for its forerunner.
 * 256 and more are the parent's as well: 256 + N while its roles know the link keys up to N.
 */
#ifndef RUNNING_H
#define RUNNING_H

struct err;

/* The parent: hold it for this process's life. ERR_BUSY when a newsletterd runs already. */
int running_claim(const char *store_path, struct err *e);

enum running_role {
	RUNNING_SENDER = 1,
	RUNNING_HTTP,
	RUNNING_CLERK,
	RUNNING_INBOUND
};

/* A role: 1 when its place is ours now (held for this process's life), 0 when another one still drains, -1. */
int running_claim_role(const char *store_path, enum running_role role, struct err *e);

/* 1 when such a role lives, 0 when none does, -1 when that cannot be seen. */
int running_has_role(const char *store_path, enum running_role role, struct err *e);

/* 1 when a newsletterd runs, 0 when none does, -1 when that cannot be seen. */
int running_check(const char *store_path, struct err *e);

/* The parent: its roles know the link keys up to this one (1 to 255), in place of what was told before. Held for this process's life. */
int running_tell_key(const char *store_path, int key, struct err *e);

/* The key that was told: links are made with it, not with a newer one that nobody could read yet. 0: none runs, or that cannot be seen. */
int running_key(const char *store_path);

#endif
