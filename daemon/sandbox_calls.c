/* sandbox_calls.c - see sandbox_calls.h. libseccomp builds the filter. */
#include "sandbox_calls.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "role.h"

#define CALL(name) SCMP_SYS(name)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SOCKET_KIND 0xf /* of socket's type, beside SOCK_CLOEXEC and SOCK_NONBLOCK */

/*
 * Files that are allowed by path, memory, time, waiting, threads, leaving: what the roles were seen to use, and what the C library uses in
 * its place on other machines or in other versions. Some more stand in `limited`, with what they may be asked for.
 */
// clang-format off
static const int everybody[] = {
	CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64), CALL(pwrite64), CALL(lseek), CALL(close), CALL(openat), CALL(open),
	CALL(fstat), CALL(newfstatat), CALL(stat), CALL(lstat), CALL(statx), CALL(fstatfs), CALL(access), CALL(faccessat), CALL(faccessat2),
	CALL(fcntl), CALL(fsync), CALL(fdatasync), CALL(ftruncate), CALL(fchmod), CALL(fchown), CALL(umask),
	CALL(unlink), CALL(unlinkat), CALL(rename), CALL(renameat), CALL(renameat2), CALL(getdents64), CALL(readlink), CALL(readlinkat),
	CALL(getcwd), CALL(dup), CALL(pipe2),
	CALL(munmap), CALL(mremap), CALL(madvise), CALL(brk),
	CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday), CALL(time),
	CALL(poll), CALL(ppoll), CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(eventfd2),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(sigaltstack), CALL(alarm), CALL(setitimer), CALL(futex), CALL(set_robust_list), CALL(rseq),
	CALL(sched_yield), CALL(sched_getaffinity), CALL(getrandom), CALL(getpid), CALL(getppid), CALL(gettid), CALL(getuid), CALL(geteuid),
	CALL(getgid), CALL(getegid), CALL(getrusage), CALL(uname), CALL(sysinfo), CALL(restart_syscall), CALL(exit), CALL(exit_group),
#if defined(__SANITIZE_ADDRESS__)
	CALL(ptrace), CALL(wait4), CALL(prctl), CALL(clone), CALL(kill), CALL(process_vm_readv), CALL(getpgrp), CALL(personality), CALL(dup2),
	CALL(getdents),
#endif
};
// clang-format on

/* Talking on a socket that is connected. */
static const int talks[] = { CALL(recvfrom), CALL(recvmsg), CALL(shutdown), CALL(getsockname), CALL(getpeername), CALL(getsockopt),
	CALL(setsockopt) };

static const int listener[] = { CALL(accept), CALL(accept4) };
static const int connector[] = { CALL(socketpair), CALL(connect), CALL(recvmmsg) };

/* A Maildir that processed messages are moved to. */
static const int makes_folders[] = { CALL(mkdir), CALL(mkdirat) };

static int
add(scmp_filter_ctx filter, const int *calls, size_t count)
{
	size_t i;
	int rc;

	for (i = 0; i < count; i++) {
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
		if (rc != 0)
			return rc;
	}
	return 0;
}

#define ADD(filter, list) add(filter, list, COUNT(list))

/* libcurl resolves names in a thread: clone may make threads, never processes; with clone3's flags out of sight, glibc must fall back. */
static int
add_threads(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
	return rc;
}

/* A call whose argument number `arg` has no bit of `mask` but those of `bits`. */
static int
add_masked(scmp_filter_ctx filter, int call, unsigned arg, scmp_datum_t mask, scmp_datum_t bits)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, bits));
}

static int
add_equal(scmp_filter_ctx filter, int call, unsigned arg, scmp_datum_t value)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(arg, SCMP_CMP_EQ, value, 0));
}

/*
 * Memory that is run is mapped from a file and never written: libraries that name resolution and iconv load late, which the roles without a
 * network have no path to.
 */
static int
add_memory(scmp_filter_ctx filter, const struct role *role)
{
	int rc = add_masked(filter, CALL(mmap), 2, PROT_EXEC, 0);

	if (rc == 0)
		rc = add_masked(filter, CALL(mprotect), 2, PROT_EXEC, 0);
	if (rc == 0 && role->connects)
		rc = add_masked(filter, CALL(mmap), 2, PROT_EXEC | PROT_WRITE, PROT_EXEC);
	return rc;
}

/* Asking whether a descriptor is a terminal, not typing on one; seeing limits, not setting them; ending this process (abort), no other. */
static int
add_limited(scmp_filter_ctx filter)
{
	static const scmp_datum_t requests[] = { TCGETS, FIONBIO, FIONREAD };
	int rc = 0;
	size_t i;

	for (i = 0; rc == 0 && i < COUNT(requests); i++)
		rc = add_equal(filter, CALL(ioctl), 1, requests[i]);
	if (rc == 0)
		rc = add_equal(filter, CALL(prlimit64), 2, 0);
	if (rc == 0)
		rc = add_equal(filter, CALL(tgkill), 0, (scmp_datum_t)getpid());
	return rc;
}

/* MSG_FASTOPEN is a connect by another name; who makes no connections names no address either. */
static int
add_sending(scmp_filter_ctx filter, const struct role *role)
{
	int rc = add_masked(filter, CALL(sendmsg), 2, MSG_FASTOPEN, 0);

	if (rc == 0 && !role->connects)
		return add_equal(filter, CALL(sendto), 4, 0);
	if (rc == 0)
		rc = add_masked(filter, CALL(sendto), 3, MSG_FASTOPEN, 0);
	return rc == 0 ? add_masked(filter, CALL(sendmmsg), 3, MSG_FASTOPEN, 0) : rc;
}

/*
 * TCP and UDP over IP: no raw packets, no socket of another program's, and no netlink, without which the resolver takes it that there are
 * IPv4 and IPv6.
 */
static int
add_sockets(scmp_filter_ctx filter)
{
	static const scmp_datum_t families[] = { AF_INET, AF_INET6 }, kinds[] = { SOCK_STREAM, SOCK_DGRAM };
	size_t i, j;
	int rc = 0;

	for (i = 0; i < COUNT(families); i++)
		for (j = 0; rc == 0 && j < COUNT(kinds); j++)
			rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(socket), 2, SCMP_A0(SCMP_CMP_EQ, families[i], 0),
			    SCMP_A1(SCMP_CMP_MASKED_EQ, SOCKET_KIND, kinds[j]));
	return rc;
}

static int
add_network(scmp_filter_ctx filter, const struct role *role)
{
	int rc = ADD(filter, talks);

	if (rc == 0)
		rc = add_sending(filter, role);
	if (rc == 0 && role->listens)
		rc = ADD(filter, listener);
	if (rc == 0 && role->connects)
		rc = ADD(filter, connector);
	if (rc == 0 && role->connects)
		rc = add_sockets(filter);
	return rc;
}

bool
sandbox_calls_can(void)
{
	unsigned action = SECCOMP_RET_ERRNO;

	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != -1 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* What a container that lets nobody have a filter answers. */
static bool
is_refusal(int rc)
{
	return rc == -EPERM || rc == -EACCES || rc == -ENOSYS || rc == -EINVAL || rc == -EOPNOTSUPP;
}

static int
load(scmp_filter_ctx filter, bool *loaded, struct err *e)
{
	int rc = seccomp_load(filter);

	*loaded = rc == 0;
	if (rc == 0)
		return 0;
	if (!is_refusal(rc))
		return err_set(e, ERR_SYSTEM, "cannot load the seccomp filter: %s", strerror(-rc));
	log_event(LOG_LEVEL_WARNING, "sandbox", "seccomp=refused text=%s", log_text(strerror(-rc)));
	return 0;
}

int
sandbox_calls(const struct role *role, bool *loaded, struct err *e)
{
	scmp_filter_ctx filter;
	int rc;

	*loaded = false;
	if (!sandbox_calls_can())
		return 0;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return err_set(e, ERR_SYSTEM, "cannot make a seccomp filter");
	/* else whatever the kernel says to the load comes back as ECANCELED */
	rc = seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	if (rc == 0)
		rc = ADD(filter, everybody);
	if (rc == 0)
		rc = add_memory(filter, role);
	if (rc == 0)
		rc = add_limited(filter);
	if (rc == 0 && (role->listens || role->connects))
		rc = add_network(filter, role);
	if (rc == 0 && role->mailboxes)
		rc = ADD(filter, makes_folders);
	if (rc == 0)
		rc = add_threads(filter);
	rc = rc == 0 ? load(filter, loaded, e) : err_set(e, ERR_SYSTEM, "cannot make the seccomp filter: %s", strerror(-rc));
	seccomp_release(filter);
	return rc;
}
