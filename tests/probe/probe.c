/*
 * probe.c - a role that tries what its sandbox must refuse.
 *
 * Linked into a newsletterd of its own (make build/probe/newsletterd, with
 * ROLE_PROBE defined): each role runs this right after its sandbox has shut
 * and writes one line for each try. tests/daemon/sandbox.t reads them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"

void role_probe(const char *role, const struct conf *conf);

static void
say(const char *role, const char *what, int failed)
{
	char line[200];
	int n = snprintf(line, sizeof(line), "probe role=%s what=%s result=%s\n", role, what, failed ? strerrorname_np(errno) : "ALLOWED");

	if (write(STDERR_FILENO, line, (size_t)n) != n)
		_exit(1);
}

static int
try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	if (fd == -1)
		return -1;
	rc = connect(fd, (struct sockaddr *)&to, sizeof(to));
	if (rc == -1 && errno == ECONNREFUSED)
		rc = 0; /* it was allowed to try */
	close(fd);
	return rc;
}

/* connect(2) on a descriptor that needs no socket(2): standard error's stand-in, and the listening socket if there is one. */
static int
try_connect_inherited(int fd)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(9) };

	return connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int
try_listen(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	if (fd == -1)
		return -1;
	rc = listen(fd, 1);
	close(fd);
	return rc;
}

static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

static int
try_key(const struct conf *conf, const char *name)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/%s", conf->store_keys, name);
	rc = try_open(path.data, O_RDONLY);
	buf_release(&path);
	return rc;
}

/* A Maildir, and the one that its messages are moved to; in tmp, where nobody looks for messages, are files for each role. */
static void
try_maildir(const char *role, const struct conf_mailbox *mailbox)
{
	const char *maildir = mailbox->url + strlen("maildir:");
	struct buf from = BUF_INIT, to = BUF_INIT;

	say(role, "maildir-list", try_open(maildir, O_RDONLY | O_DIRECTORY) == -1);
	buf_addf(&from, "%s/tmp/read-%s", maildir, role);
	say(role, "maildir-read", try_open(from.data, O_RDONLY) == -1);
	say(role, "maildir-write", try_open(from.data, O_WRONLY) == -1);
	say(role, "maildir-remove", unlink(from.data) == -1);
	buf_reset(&from);
	buf_addf(&from, "%s/tmp/move-%s", maildir, role);
	buf_addf(&to, "%s/cur/move-%s", mailbox->move_to, role);
	say(role, "maildir-move", rename(from.data, to.data) == -1);
	buf_release(&from);
	buf_release(&to);
}

void
role_probe(const char *role, const struct conf *conf)
{
	char *argv[] = { (char *)"true", NULL };

	say(role, "connect", try_connect() == -1);
	say(role, "connect-inherited", try_connect_inherited(4) == -1);
	say(role, "listen", try_listen() == -1);
	say(role, "dkim-key", try_key(conf, "dkim-test.pem") == -1);
	say(role, "link-key", try_key(conf, "link-1.key") == -1);
	say(role, "relay-password", try_open(conf->relay[0].password_file, O_RDONLY) == -1);
	say(role, "mailbox-password", try_open(conf->mailbox[0].password_file, O_RDONLY) == -1);
	say(role, "mailbox-ca", try_open(conf->mailbox[0].ca_file, O_RDONLY) == -1);
	try_maildir(role, &conf->mailbox[1]);
	say(role, "etc-passwd", try_open("/etc/passwd", O_RDONLY) == -1);
	say(role, "parent-memory", try_open("/proc/self/../1/mem", O_RDONLY) == -1);
	say(role, "write-conf", try_open(conf->path, O_WRONLY) == -1);
	say(role, "store", try_open(conf->store_path, O_RDWR) == -1);
#ifndef __SANITIZE_ADDRESS__ /* LeakSanitizer needs both, and sandbox_calls.c lets it have them in its builds */
	say(role, "fork", fork() == -1);
	say(role, "ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0) == -1);
#endif
	say(role, "exec", execv("/bin/true", argv) == -1);
}
