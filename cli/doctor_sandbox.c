/*
 * doctor_sandbox.c - see doctor.h: what the kernel forbids the roles of newsletterd. Of those that run: what it enforces, as each role
 * wrote it down when it was shut in, and as the kernel says itself where it does. Else what it could.
 */
#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "cli.h"
#include "doctor.h"
#include "site/running.h"
#include "store/role.h"

#define ABI 2 /* of Landlock: what daemon/sandbox.h uses */

/* What /proc/PID/status says of a role. */
struct seen {
	bool privileges; /* no new ones */
	bool seccomp;
	long uid;
};

static bool
has_number(const char *line, const char *field, long *out)
{
	size_t n = strlen(field);

	if (strncmp(line, field, n) != 0)
		return false;
	*out = strtol(line + n, NULL, 10);
	return true;
}

/* False when it is not to be seen, or of another process by now. */
static bool
look_at_process(const struct role_seen *r, struct seen *out)
{
	char path[64], line[256], name[32] = "";
	long value;
	FILE *f;

	*out = (struct seen){ .uid = -1 };
	snprintf(path, sizeof(path), "/proc/%lld/status", (long long)r->pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Name: %31s", name) == 1)
			continue;
		if (has_number(line, "NoNewPrivs:", &value))
			out->privileges = value == 1;
		else if (has_number(line, "Seccomp:", &value))
			out->seccomp = value == SECCOMP_MODE_FILTER;
		else if (has_number(line, "Uid:", &value))
			out->uid = value;
	}
	fclose(f);
	return strcmp(name, r->name) == 0 && out->uid == r->uid;
}

static void
add_user(struct buf *to, int64_t uid)
{
	const struct passwd *p = getpwuid((uid_t)uid);

	if (p)
		buf_addstr(to, p->pw_name);
	else
		buf_addf(to, "%lld", (long long)uid);
}

/* One role that runs: what holds it, and what does not. */
static void
look_at_role(struct doctor *d, const struct role_seen *r)
{
	struct buf user = BUF_INIT;
	struct seen seen;
	bool there = look_at_process(r, &seen);
	bool seccomp = r->seccomp && (!there || seen.seccomp), privileges = !there || seen.privileges;
	const char *calls, *ban;
	char landlock[32];

	add_user(&user, r->uid);
	snprintf(landlock, sizeof(landlock), r->landlock ? "Landlock (ABI %d)" : "no Landlock", (int)r->landlock);
	calls = seccomp ? "seccomp" : "no seccomp";
	ban = privileges ? "no new privileges" : "no ban on new privileges";
	doctor_say(d, r->landlock && seccomp && privileges && r->uid ? DOCTOR_PASS : DOCTOR_WARN, "%s runs as %s, with %s, %s and %s",
	    r->name, user.data, landlock, calls, ban);
	if (!r->landlock)
		doctor_advise(d, "a kernel of 5.19 or later with lsm=landlock,… keeps it from files that are not its own");
	else if (!seccomp)
		doctor_advise(d, "a kernel with seccomp, or a container that allows it, keeps it to its system calls");
	else if (!r->uid)
		doctor_advise(d, "let it run as somebody else than root: [daemon] users, or newsletterd.service");
	buf_release(&user);
}

/* Whether any runs. */
static bool
look_at_running(struct doctor *d)
{
	struct role_seen seen[ROLES_ALL];
	struct err e = ERR_INIT;
	int64_t now = clock_now();
	bool some = false;

	if (running_check(d->conf->store_path, &e) != 1 || doctor_open_store(d, &e) == -1 || role_list(d->cli->site.db, seen, &e) == -1)
		return false;
	for (int i = 0; i < ROLES_ALL; i++)
		if (role_is_fresh(&seen[i], now) && seen[i].pid) {
			look_at_role(d, &seen[i]);
			some = true;
		}
	return some;
}

/* None runs: what daemon/sandbox.c would get. */
static void
look_at_kernel(struct doctor *d)
{
	unsigned action = SECCOMP_RET_ERRNO;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	bool seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;

	if (abi < 1) {
		doctor_say(d, DOCTOR_WARN, "this kernel has no Landlock: no role is kept from reading the others' files");
		doctor_advise(d, "a kernel of 5.19 or later with lsm=landlock,… keeps them apart");
	} else if (abi < ABI) {
		doctor_say(d, DOCTOR_WARN, "this kernel has Landlock's ABI 1: roles that move files are not kept from reading the others'");
		doctor_advise(d, "a kernel of 5.19 or later keeps them apart");
	}
	if (!seccomp) {
		doctor_say(d, DOCTOR_WARN, "there is no seccomp here: no role is kept to the system calls that it needs");
		doctor_advise(d, "use a kernel that has it, or a container that allows it");
	}
	if (abi >= ABI && seccomp)
		doctor_say(d, DOCTOR_PASS, "the kernel can enforce Landlock (ABI %ld, %d is used), seccomp and no_new_privs", abi, ABI);
}

void
doctor_sandbox(struct doctor *d)
{
	if (!look_at_running(d))
		look_at_kernel(d);
}
