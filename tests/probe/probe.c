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
#include <iconv.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <netdb.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
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
	int fd = open(path, flags, 0600);

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

static int
closed(int fd)
{
	if (fd != -1)
		close(fd);
	return fd == -1 ? -1 : 0;
}

static int
try_socket(int family, int kind, int protocol)
{
	return closed(socket(family, kind, protocol));
}

/* A connection without connect(2). */
static int
try_fastopen(int fd)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(9) };

	return sendto(fd, "x", 1, MSG_FASTOPEN | MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) == -1 ? -1 : 0;
}

/* What belongs to another process: its memory, environment and descriptors, by /proc. */
static int
try_proc(pid_t pid, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	return try_open(path, O_RDONLY);
}

#ifndef __SANITIZE_ADDRESS__
static int
try_read_memory(pid_t pid)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == -1 && errno != EFAULT ? -1 : 0;
}
#endif

static int
try_code(void)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return code == MAP_FAILED ? -1 : munmap(code, 4096);
}

static int
try_make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int rc = mprotect(page, 4096, PROT_READ | PROT_EXEC), error = errno;

	munmap(page, 4096);
	errno = error;
	return rc;
}

/* What the roles with a network load late: name resolution reads its files, iconv its libraries. */
static int
try_resolve(void)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found = NULL;
	int rc = getaddrinfo("localhost", "smtp", &hints, &found);

	if (rc != 0)
		return -1;
	freeaddrinfo(found);
	return 0;
}

static int
try_charset(void)
{
	iconv_t c = iconv_open("UTF-8", "ISO-8859-15");

	return (intptr_t)c == -1 ? -1 : iconv_close(c);
}

static int
try_beside(const struct conf *conf, const char *name, int flags)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/%s", conf->folder, name);
	rc = try_open(path.data, flags);
	buf_release(&path);
	return rc;
}

/* Parts of the kernel in which holes were found, and others that give a process more than it had. */
static void
try_kernel(const char *role)
{
	struct io_uring_params ring = { 0 };
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };
	struct perf_event_attr count = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(count), .config = PERF_COUNT_SW_CPU_CLOCK };
	struct rlimit none = { 0, 0 };

	say(role, "io_uring", closed((int)syscall(SYS_io_uring_setup, 1, &ring)) == -1);
	say(role, "userfaultfd", closed((int)syscall(SYS_userfaultfd, 1)) == -1);
	say(role, "bpf", closed((int)syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map))) == -1);
	say(role, "perf", closed((int)syscall(SYS_perf_event_open, &count, 0, -1, -1, 0)) == -1);
	say(role, "keys", syscall(SYS_keyctl, 0, -3, 0) == -1);
	say(role, "mount", mount("none", "/mnt", "tmpfs", 0, NULL) == -1);
	say(role, "namespace", unshare(CLONE_NEWUSER) == -1);
	say(role, "chroot", chroot("/") == -1);
	say(role, "handle", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", NULL, NULL, 0) == -1);
	say(role, "memfd", closed((int)syscall(SYS_memfd_create, "x", 0)) == -1);
	say(role, "limits", setrlimit(RLIMIT_CORE, &none) == -1);
	say(role, "terminal", ioctl(STDERR_FILENO, TIOCSTI, "x") == -1);
	say(role, "become-root", setresuid(0, 0, 0) == -1);
}

/* Other processes: the parent, and through it the siblings. */
static void
try_others(const char *role)
{
	pid_t parent = getppid();

	say(role, "init-environment", try_proc(1, "environ") == -1);
	say(role, "parent-environment", try_proc(parent, "environ") == -1);
	say(role, "parent-memory", try_proc(parent, "mem") == -1);
	say(role, "pidfd", closed((int)syscall(SYS_pidfd_open, parent, 0)) == -1);
	say(role, "signal-by-thread", syscall(SYS_tgkill, parent, parent, SIGCONT) == -1);
#ifndef __SANITIZE_ADDRESS__ /* LeakSanitizer needs these, and sandbox_calls.c lets it have them in its builds, and sandbox_files.c /proc */
	say(role, "parent-descriptors", try_proc(parent, "fd") == -1);
	say(role, "signal", kill(parent, SIGCONT) == -1);
	say(role, "read-memory", try_read_memory(parent) == -1);
	say(role, "fork", fork() == -1);
	say(role, "ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0) == -1);
	say(role, "dumpable", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1);
#endif
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

/* Not the store's file itself: to close it would drop the locks that SQLite holds on it for this process. */
static int
try_store(const struct conf *conf)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s-lock", conf->store_path);
	rc = try_open(path.data, O_RDWR);
	buf_release(&path);
	return rc;
}

static void
try_files(const char *role, const struct conf *conf)
{
	say(role, "dkim-key", try_key(conf, "dkim-test.pem") == -1);
	say(role, "configured-key", try_open(conf->dkim_key_file, O_RDONLY) == -1);
	say(role, "link-key", try_key(conf, "link-1.key") == -1);
	say(role, "suppression-key", try_key(conf, "suppression.key") == -1);
	say(role, "relay-password", try_open(conf->relay[0].password_file, O_RDONLY) == -1);
	say(role, "mailbox-password", try_open(conf->mailbox[0].password_file, O_RDONLY) == -1);
	say(role, "mailbox-ca", try_open(conf->mailbox[0].ca_file, O_RDONLY) == -1);
	try_maildir(role, &conf->mailbox[1]);
	say(role, "etc-passwd", try_open("/etc/passwd", O_RDONLY) == -1);
	say(role, "shadow", try_open("/etc/shadow", O_RDONLY) == -1);
	say(role, "read-conf", try_open(conf->path, O_RDONLY) == -1);
	say(role, "write-conf", try_open(conf->path, O_WRONLY) == -1);
	say(role, "conf-of-others", try_beside(conf, "../other/newsletter.conf", O_RDONLY) == -1);
	say(role, "write-beside", try_beside(conf, "new", O_WRONLY | O_CREAT) == -1);
	say(role, "write-tmp", try_open("/tmp/.newsletter-probe", O_WRONLY | O_CREAT) == -1);
	say(role, "store", try_store(conf) == -1);
}

void
role_probe(const char *role, const struct conf *conf)
{
	char *argv[] = { (char *)"true", NULL };

	say(role, "connect", try_connect() == -1);
	say(role, "connect-inherited", try_connect_inherited(4) == -1);
	say(role, "fastopen-inherited", try_fastopen(4) == -1);
	say(role, "listen", try_listen() == -1);
	say(role, "netlink", try_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) == -1);
	say(role, "unix-socket", try_socket(AF_UNIX, SOCK_STREAM, 0) == -1);
	say(role, "packet-socket", try_socket(AF_PACKET, SOCK_RAW, 0) == -1);
	say(role, "raw-socket", try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) == -1);
	try_files(role, conf);
	try_others(role);
	try_kernel(role);
	say(role, "resolve", try_resolve() == -1);
	say(role, "charset", try_charset() == -1);
	say(role, "code", try_code() == -1);
	say(role, "make-code", try_make_code() == -1);
	say(role, "exec", execv("/bin/true", argv) == -1);
}
