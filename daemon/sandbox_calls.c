/* sandbox_calls.c - see sandbox_calls.h. libseccomp builds the filter. */
#include "sandbox_calls.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/err.h"
#include "role.h"

#define CALL(name) SCMP_SYS(name)

/* Files that are allowed by path, memory, time, waiting, threads, leaving. */
// clang-format off
static const int everybody[] = {
	CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64), CALL(pwrite64), CALL(lseek), CALL(close), CALL(openat), CALL(open),
	CALL(fstat), CALL(newfstatat), CALL(stat), CALL(lstat), CALL(statx), CALL(fstatfs), CALL(access), CALL(faccessat), CALL(faccessat2),
	CALL(fcntl), CALL(flock), CALL(fsync), CALL(fdatasync), CALL(ftruncate), CALL(fallocate), CALL(fchmod), CALL(fchown), CALL(umask),
	CALL(unlink), CALL(unlinkat), CALL(rename), CALL(renameat), CALL(renameat2), CALL(getdents64), CALL(readlink), CALL(readlinkat),
	CALL(getcwd), CALL(dup), CALL(dup2), CALL(dup3), CALL(pipe2), CALL(ioctl),
	CALL(mmap), CALL(munmap), CALL(mremap), CALL(mprotect), CALL(madvise), CALL(brk),
	CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday), CALL(time), CALL(times),
	CALL(poll), CALL(ppoll), CALL(select), CALL(pselect6), CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
	CALL(eventfd2), CALL(signalfd4), CALL(timerfd_create), CALL(timerfd_settime),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(sigaltstack), CALL(futex), CALL(set_robust_list), CALL(rseq),
	CALL(sched_yield), CALL(sched_getaffinity), CALL(getrandom), CALL(getpid), CALL(getppid), CALL(gettid), CALL(getuid), CALL(geteuid),
	CALL(getgid), CALL(getegid), CALL(getrusage), CALL(uname), CALL(sysinfo), CALL(prlimit64), CALL(tgkill), CALL(restart_syscall),
	CALL(exit), CALL(exit_group),
#if defined(__SANITIZE_ADDRESS__)
	CALL(ptrace), CALL(wait4), CALL(prctl), CALL(clone), CALL(kill), CALL(process_vm_readv), CALL(getpgrp), CALL(personality),
#endif
};
// clang-format on

/* Talking on a socket that is connected. */
static const int talks[] = {
	CALL(recvfrom), CALL(recvmsg), CALL(sendto), CALL(sendmsg), CALL(shutdown), CALL(getsockname), CALL(getpeername), CALL(getsockopt),
	CALL(setsockopt)
};

static const int listener[] = { CALL(accept), CALL(accept4) };

/* bind is for the resolver's netlink socket; without listen it gives nobody a way in. */
static const int connector[] = {
	CALL(socket), CALL(socketpair), CALL(connect), CALL(bind), CALL(sendmmsg), CALL(recvmmsg)
};

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

#define ADD(filter, list) add(filter, list, sizeof(list) / sizeof((list)[0]))

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

int
sandbox_calls(const struct role *role, struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (!filter)
		return err_set(e, ERR_SYSTEM, "cannot make a seccomp filter");
	rc = ADD(filter, everybody);
	if (rc == 0 && (role->listens || role->connects))
		rc = ADD(filter, talks);
	if (rc == 0 && role->listens)
		rc = ADD(filter, listener);
	if (rc == 0 && role->connects)
		rc = ADD(filter, connector);
	if (rc == 0 && role->mailboxes)
		rc = ADD(filter, makes_folders);
	if (rc == 0)
		rc = add_threads(filter);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	if (rc != 0)
		return err_set(e, ERR_SYSTEM, "cannot load the seccomp filter: %s", strerror(-rc));
	return 0;
}
