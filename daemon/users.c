/* users.c - see users.h. */
#include "users.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"
#include "rights.h"

#define NAME_MAX_LEN 64

static int
find(struct user *u, const char *name, struct err *e)
{
	const struct passwd *p;

	errno = 0;
	p = getpwnam(name);
	if (!p)
		return err_set(e, ERR_INPUT, "there is no user %s, which [daemon] users asks for: see newsletterd(8)", name);
	if (p->pw_uid == 0)
		return err_set(e, ERR_INPUT, "the user %s is root: [daemon] users is for users that are not", name);
	u->uid = p->pw_uid;
	u->gid = p->pw_gid;
	u->group_count = USER_GROUPS;
	if (getgrouplist(name, u->gid, u->groups, &u->group_count) == -1)
		return err_set(e, ERR_INPUT, "the user %s is in more than %d groups", name, USER_GROUPS);
	return 0;
}

/* One line, for whoever believes that the roles are apart. */
static void
say_together(const char *prefix)
{
	if (prefix[0])
		log_event(LOG_LEVEL_INFO, "users",
		    "apart=no text=%s", log_text("[daemon] users needs root, or the capabilities that newsletterd.service gives"));
	else if (geteuid() == 0)
		log_event(LOG_LEVEL_WARNING, "users", "apart=no text=%s", log_text("all roles run as root: set [daemon] users"));
}

int
users_find(struct users *u, const struct conf *conf, struct err *e)
{
	const char *prefix = conf->daemon_users;
	char name[NAME_MAX_LEN];
	int i;

	*u = (struct users){ .apart = prefix[0] && rights_have(rights_users) };
	if (!u->apart) {
		say_together(prefix);
		return 0;
	}
	if (find(&u->parent, prefix, e) == -1)
		return -1;
	for (i = 0; i < ROLE_COUNT; i++) {
		snprintf(name, sizeof(name), "%s-%s", prefix, roles[i].name);
		if (find(&u->role[i], name, e) == -1)
			return -1;
	}
	return 0;
}

static int
become(const struct user *u)
{
	if (setgroups((size_t)u->group_count, u->groups) == -1 || setresgid(u->gid, u->gid, u->gid) == -1)
		return -1;
	return setresuid(u->uid, u->uid, u->uid);
}

int
users_become_parent(const struct users *u, struct err *e)
{
	if (!u->apart)
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1 || become(&u->parent) == -1)
		return err_sys(e, "cannot become the user that [daemon] users names");
	return rights_keep(rights_users | rights_port, e);
}

int
users_settle(const struct users *u, struct err *e)
{
	if (u->apart)
		return rights_keep(rights_users, e);
	return geteuid() == 0 ? 0 : rights_keep(0, e); /* the service manager gave some that nobody needs */
}

int
users_become(const struct user *u)
{
	struct err ignored = ERR_INIT; /* errno says it */

	return become(u) == -1 ? -1 : rights_keep(0, &ignored);
}
