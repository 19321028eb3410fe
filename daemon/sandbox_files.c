/* sandbox_files.c - see sandbox_files.h: Landlock. */
#include "sandbox_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "role.h"
#include "site/aside.h"

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LIBRARY (READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define WRITE (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)
/* A Maildir's messages are read and removed, none is written; or moved to another one. */
#define MAILDIR (READ | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define MOVE (LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REFER)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ON_A_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE)
#define ABI_2 ((LANDLOCK_ACCESS_FS_REFER << 1) - 1) /* every right up to REFER, the last one that ABI 2 knows */

struct ruleset {
	int fd;
	uint64_t handled; /* what this kernel knows */
};

/* Allow a path; one that is not there is nothing to allow. */
static int
allow(const struct ruleset *ruleset, const char *path, uint64_t access, struct err *e)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access & ruleset->handled };
	struct stat st;
	int rc;

	if (!path[0])
		return 0;
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return errno == ENOENT ? 0 : err_sys(e, "cannot open %s for the sandbox", path);
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= ON_A_FILE;
	rc = (int)syscall(SYS_landlock_add_rule, ruleset->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	if (rc == -1)
		err_sys(e, "cannot allow %s in the sandbox", path);
	close(rule.parent_fd);
	return rc;
}

static int
allow_each(const struct ruleset *ruleset, const char *const *paths, size_t count, uint64_t access, struct err *e)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (allow(ruleset, paths[i], access, e) == -1)
			return -1;
	return 0;
}

static int
allow_folder_of(const struct ruleset *ruleset, const char *file, uint64_t access, struct err *e)
{
	char *folder = xstrdup(file), *slash = strrchr(folder, '/');
	int rc;

	if (slash)
		*slash = '\0';
	rc = allow(ruleset, folder, access, e);
	free(folder);
	return rc;
}

/*
 * What name resolution and TLS read, now or at the first connection. A user that is not root may have the whole of /etc, in which its
 * system replaces files now and then (resolv.conf), and which keeps secrets from it by itself. Root gets these alone, as they are now.
 */
static int
allow_network_files(const struct ruleset *ruleset, struct err *e)
{
	static const char *const etc[] = { "/etc" };
	static const char *const of_etc[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
		"/etc/services", "/etc/protocols", "/etc/ld.so.cache", "/etc/localtime", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
		"/etc/pki/tls/certs", "/etc/ca-certificates", "/etc/crypto-policies" };
	static const char *const shared[] = { "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/run/systemd/resolve" };
	static const char *const libraries[] = { "/lib", "/lib64", "/usr/lib" };
	const bool root = geteuid() == 0;

	if (allow_each(ruleset, root ? of_etc : etc, root ? COUNT(of_etc) : COUNT(etc), READ, e) == -1 ||
	    allow_each(ruleset, shared, COUNT(shared), READ, e) == -1)
		return -1;
	return allow_each(ruleset, libraries, COUNT(libraries), LIBRARY, e);
}

/* Passwords and what they are sent to: the folders of secrets, not the files, for one that is replaced must be readable too. */
static int
allow_login(const struct ruleset *ruleset, const char *password_file, const char *token_file, const char *ca_file, struct err *e)
{
	const char *const files[] = { password_file, token_file };
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i][0] && allow_folder_of(ruleset, files[i], READ, e) == -1)
			return -1;
	return allow(ruleset, ca_file, READ, e);
}

static int
allow_secrets(const struct ruleset *ruleset, const struct conf *conf, struct err *e)
{
	const char *const keys[] = { conf->dkim_key_file, conf->dkim_ed25519_key_file };
	size_t i;
	int r;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i][0] && allow(ruleset, keys[i], READ, e) == -1)
			return -1;
	for (r = 0; r < conf->relays; r++)
		if (allow_login(ruleset, conf->relay[r].password_file, conf->relay[r].token_file, conf->relay[r].ca_file, e) == -1)
			return -1;
	return 0;
}

/* A Maildir for what was dealt with may have to be made: the place for it is, as long as we may. */
static int
allow_maildir(const struct ruleset *ruleset, const char *path, const char *moved_to, struct err *e)
{
	struct err ignored = ERR_INIT; /* opening it says what is wrong */

	if (!moved_to[0])
		return allow(ruleset, path, MAILDIR, e);
	if (moved_to[0] == '/')
		(void)file_mkdir(moved_to, 0700, &ignored);
	/* The same rights in both, or Landlock refuses the move. */
	return allow(ruleset, path, MAILDIR | MOVE, e) == -1 ? -1 : allow(ruleset, moved_to, MAILDIR | MOVE, e);
}

static int
allow_mailboxes(const struct ruleset *ruleset, const struct conf *conf, struct err *e)
{
	static const char maildir[] = "maildir:";
	const struct conf_mailbox *m;

	for (m = conf->mailbox; m < conf->mailbox + conf->mailboxes; m++) {
		if (allow_login(ruleset, m->password_file, m->token_file, m->ca_file, e) == -1)
			return -1;
		if (strncmp(m->url, maildir, strlen(maildir)) == 0 &&
		    allow_maildir(ruleset, m->url + strlen(maildir), m->move_to, e) == -1)
			return -1;
	}
	return 0;
}

/* A message is written in one of its folders and appears in another. */
static int
allow_aside(const struct ruleset *ruleset, const char *path, struct err *e)
{
	struct err ignored = ERR_INIT; /* keeping something there says what is wrong */

	(void)aside_prepare(path, &ignored);
	return allow(ruleset, path, WRITE | LANDLOCK_ACCESS_FS_REFER, e);
}

static int
allow_all(const struct ruleset *ruleset, const struct role *role, const struct conf *conf, struct err *e)
{
	if (allow_folder_of(ruleset, conf->store_path, WRITE, e) == -1 || allow(ruleset, "/usr/share/zoneinfo", READ, e) == -1)
		return -1;
	if (role->templates && allow(ruleset, conf->store_templates, READ, e) == -1)
		return -1;
	if (role->outbox && allow(ruleset, conf->store_outbox, WRITE, e) == -1)
		return -1;
	if (role->aside && allow_aside(ruleset, conf->store_aside, e) == -1)
		return -1;
	if (role->secrets && allow_secrets(ruleset, conf, e) == -1)
		return -1;
	if (role->mailboxes && allow_mailboxes(ruleset, conf, e) == -1)
		return -1;
	if (role->connects && allow_network_files(ruleset, e) == -1)
		return -1;
#if defined(__SANITIZE_ADDRESS__)
	return allow(ruleset, "/proc", READ, e); /* the sanitizer reads its own maps */
#else
	return 0;
#endif
}

int
sandbox_files_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

#ifdef ROLE_PROBE /* an older kernel, for tests */
	if (getenv("PROBE_LANDLOCK") && atol(getenv("PROBE_LANDLOCK")) < abi)
		abi = atol(getenv("PROBE_LANDLOCK"));
#endif
	return abi < 1 ? 0 : abi < SANDBOX_ABI ? (int)abi
					       : SANDBOX_ABI;
}

/* Whether the role moves files from a folder to another one, which ABI 1 refuses whatever its rules say. */
static bool
moves_files(const struct role *role, const struct conf *conf)
{
	int i;

	for (i = 0; role->mailboxes && i < conf->mailboxes; i++)
		if (conf->mailbox[i].move_to[0] == '/')
			return true;
	return role->aside;
}

int
sandbox_files(const struct role *role, const struct conf *conf, int *abi, struct err *e)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ABI_2 };
	struct ruleset ruleset;
	int rc = -1;

	*abi = sandbox_files_abi();
	if (*abi == 1 && moves_files(role, conf))
		*abi = 0;
	if (*abi == 0)
		return 0;
	if (*abi == 1)
		attr.handled_access_fs &= ~(uint64_t)LANDLOCK_ACCESS_FS_REFER;
	ruleset = (struct ruleset){ (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0), attr.handled_access_fs };
	if (ruleset.fd == -1)
		return err_sys(e, "cannot make a Landlock ruleset");
	if (allow_all(&ruleset, role, conf, e) == -1)
		goto out;
	if (syscall(SYS_landlock_restrict_self, ruleset.fd, 0) == -1) {
		err_sys(e, "cannot enter the Landlock ruleset");
		goto out;
	}
	rc = 0;
out:
	close(ruleset.fd);
	return rc;
}
