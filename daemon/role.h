/*
 * role.h - the four roles of newsletterd, in one table: what each does, holds and may.
 *
 * The parent (parent.c) starts each as `newsletterd --role NAME -c CONF`, with
 * the descriptors below; role_main opens what the table says, shuts the
 * sandbox (sandbox.h), waits for a forerunner that still drains, and calls `run`.
 *
 * Until a role is ready SIGTERM ends it at once, wherever it hangs; from then on it drains. When its parent is gone the kernel sends it
 * ROLE_ORPHANED, which is the same, and the end of it when it is still there after ROLE_LAST_S.
 */
#ifndef ROLE_H
#define ROLE_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "pulse.h"
#include "sandbox.h"
#include "site/running.h"
#include "site/site.h"

struct err;

enum role_id {
	ROLE_HTTP,
	ROLE_CLERK,
	ROLE_SENDER,
	ROLE_INBOUND,
	ROLE_COUNT
};

/* Descriptors that a role inherits. */
enum {
	ROLE_READY_FD = 3,
	ROLE_LISTEN_FD = 4,
	ROLE_OPERATOR_FD = 5
};

#define ROLE_ORPHANED SIGUSR1
#define ROLE_LAST_S 11 /* seconds from being told to stop to being killed: 10 to drain, and one */

struct role_run {
	struct site site;
	struct pulse pulse;
	struct sandbox sandbox; /* what the kernel enforces */
	int listen_fd;          /* http: the listening socket; else -1 */
	int operator_fd;        /* http: the operator's, if there is one; else -1 */
	int memory_fd;          /* http: /proc/self/statm, out of reach from within the sandbox, or -1 */
	int stop_fd;            /* becomes readable when the role is to drain and return; poll it, never read it */
	bool starting;          /* SIGTERM ends it until it is ready … */
	int ready_fd;           /* … and its parent hears of that here; -1: there is none */
};

struct role {
	const char *name;
	enum running_role place;                         /* of this role for the store: one at a time */
	unsigned opens;                                  /* SITE_…: what is opened before the sandbox shuts */
	bool listens;                                    /* gets the listening sockets */
	bool connects;                                   /* may make connections */
	bool secrets;                                    /* may read the relay's password and the DKIM key */
	bool mailboxes;                                  /* may read the mailboxes' passwords and Maildirs, and remove from these */
	bool outbox;                                     /* may write the outbox folder */
	bool aside;                                      /* may keep messages in [store] aside */
	bool templates;                                  /* may read the site's templates */
	unsigned files;                                  /* descriptors that it may have; 0: as many as the system lets it */
	unsigned tasks;                                  /* threads that its user may have at once, when that is its own */
	unsigned memory_mb;                              /* address space that it may have */
	int (*check)(struct role_run *r, struct err *e); /* whether run could begin: 0, -1; NULL: what is opened is all it needs */
	int (*run)(struct role_run *r, struct err *e);   /* until told to stop: 0, or -1 with the reason for the log */
};

extern const struct role roles[ROLE_COUNT];

/* A role's whole life; returns the exit status. Never returns early without a line in the log. deaths: as pulse_init has it. */
int role_main(const char *name, const char *conf_path, long deaths);

/* The same up to where it would say that it is ready, and no further: 0 when it would. It touches nothing that a role at work has. */
int role_rehearse(const char *name, const char *conf_path);

/* The table of the roles for people: two, a line for each role, columns between tabs, as newsletterd(8) has them. */
void role_table(FILE *out);

/* For `run`, once it has all that it works with and its loop begins: the parent is told. */
void role_ready(struct role_run *r);

/* Wait for the role's place: 1; 0 when told to stop meanwhile; -1. After a kill of the parent an old one may still drain. */
int role_take_place(const struct role_run *r, enum running_role place, struct err *e);

/* Whether the parent or a signal asked to stop. */
bool role_stopping(const struct role_run *r);

/* Each in its own file. */
int http_check(struct role_run *r, struct err *e);
int sender_check(struct role_run *r, struct err *e);
int http_run(struct role_run *r, struct err *e);
int clerk_run(struct role_run *r, struct err *e);
int sender_run(struct role_run *r, struct err *e);
int inbound_run(struct role_run *r, struct err *e);

#endif
