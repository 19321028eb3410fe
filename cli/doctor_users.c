/* doctor_users.c - see doctor.h: [daemon] users: whether they are there, and each secret is for the one role that needs it. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/conf.h"
#include "doctor.h"

#define GROUPS 16
#define ROLES 4
#define NAME_SIZE 64

struct user {
	char name[NAME_SIZE];
	uid_t uid;
	gid_t groups[GROUPS];
	int group_count;
};

enum {
	HTTP,
	CLERK,
	SENDER,
	INBOUND
};
static const char *const role_names[ROLES] = { [HTTP] = "http", [CLERK] = "clerk", [SENDER] = "sender", [INBOUND] = "inbound" };

static bool
find(struct user *u, const char *prefix, const char *role)
{
	const struct passwd *p;

	snprintf(u->name, sizeof(u->name), "%s%s%s", prefix, role[0] ? "-" : "", role);
	p = getpwnam(u->name);
	u->group_count = GROUPS;
	if (!p || getgrouplist(u->name, p->pw_gid, u->groups, &u->group_count) == -1)
		return false;
	u->uid = p->pw_uid;
	return true;
}

/* Whether the mode gives the user this: 4 to read, 1 to pass. */
static bool
may(const struct user *u, const struct stat *st, mode_t bit)
{
	int i;

	if (st->st_uid == u->uid)
		return st->st_mode & bit << 6;
	for (i = 0; i < u->group_count; i++)
		if (st->st_gid == u->groups[i])
			return st->st_mode & bit << 3;
	return st->st_mode & bit;
}

/* 1, 0, or -1 when that cannot be seen. */
static int
may_read(const struct user *u, const char *path)
{
	char *folder = xstrdup(path), *slash = folder;
	struct stat st;
	int rc = 1;

	while (rc == 1 && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		rc = stat(folder, &st) == -1 ? -1 : may(u, &st, 1);
		*slash = '/';
	}
	if (rc == 1)
		rc = stat(path, &st) == -1 ? -1 : may(u, &st, 4);
	free(folder);
	return rc;
}

/* A secret that one role has to read, and no other may. */
static bool
look_at_secret(struct doctor *d, const struct user user[ROLES], const char *path, int role)
{
	bool good = true;
	int i, rc;

	if (!path[0])
		return true;
	for (i = 0; i < ROLES; i++) {
		rc = may_read(&user[i], path);
		if (rc == -1) {
			doctor_say(d, DOCTOR_SKIP, "who reads the secret %s cannot be seen", doctor_path(d, path));
			doctor_advise(d, "run doctor as newsletterd's user, or as root");
			return false;
		}
		if (rc == (i == role))
			continue;
		good = false;
		if (i == role)
			doctor_say(d, DOCTOR_FAIL, "%s cannot read the secret %s", user[i].name, doctor_path(d, path));
		else
			doctor_say(d, DOCTOR_WARN, "%s may read the secret %s, which only %s needs", user[i].name, doctor_path(d, path),
			    user[role].name);
		doctor_advise(d, "chgrp %s its folder and itself, chmod 2750 the one and 0640 the other: newsletterd(8), Users",
		    user[role].name);
	}
	return good;
}

static bool
look_at_all(struct doctor *d, const struct user user[ROLES])
{
	const struct conf *c = d->conf;
	bool good = look_at_secret(d, user, c->dkim_key_file, SENDER);
	int i;

	good &= look_at_secret(d, user, c->dkim_ed25519_key_file, SENDER);
	for (i = 0; i < c->relays; i++) {
		good &= look_at_secret(d, user, c->relay[i].password_file, SENDER);
		good &= look_at_secret(d, user, c->relay[i].token_file, SENDER);
	}
	for (i = 0; i < c->mailboxes; i++) {
		good &= look_at_secret(d, user, c->mailbox[i].password_file, INBOUND);
		good &= look_at_secret(d, user, c->mailbox[i].token_file, INBOUND);
	}
	return good;
}

void
doctor_users(struct doctor *d)
{
	const char *prefix = d->conf->daemon_users;
	struct user user[ROLES] = { 0 }, parent = { 0 };
	int i;

	if (!prefix[0]) {
		doctor_say(d, DOCTOR_PASS, "[daemon] users is not set: all roles run as whoever starts newsletterd");
		return;
	}
	for (i = -1; i < ROLES; i++) {
		struct user *u = i == -1 ? &parent : &user[i];

		if (find(u, prefix, i == -1 ? "" : role_names[i]))
			continue;
		doctor_say(d, DOCTOR_FAIL, "there is no user %s, which [daemon] users asks for", u->name);
		doctor_advise(d, "systemd-sysusers makes them out of newsletter.sysusers: newsletterd(8), Users");
		return;
	}
	if (look_at_all(d, user))
		doctor_say(d, DOCTOR_PASS, "each role has its user, and reads its own secrets alone");
}
