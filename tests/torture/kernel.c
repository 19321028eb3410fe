/*
 * kernel.c - loaded before the C library: a machine that has less, or says other things, than the one that the tests run on.
 *
 *   KERNEL_CLOCK      what keeps it right: "network", "nothing", or "unknown" where the kernel does not say
 *   KERNEL_LANDLOCK   Landlock's ABI; 0: there is none
 *   KERNEL_SECCOMP    "no": there is none
 *   KERNEL_FREE       MB that each file system has left
 *   KERNEL_TMPFILE    "no": no file system makes files without a name
 *   KERNEL_THREADS    "no": no thread more
 *   KERNEL_PIPES      "no": no pipe more
 *   KERNEL_HURRY      how many times as fast the seconds go by that waits are measured in (CLOCK_MONOTONIC), from the first look on
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static bool
has_no(const char *name)
{
	const char *value = getenv(name);

	return value && strcmp(value, "no") == 0;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc's headers have names that are libc's own. */
int
adjtimex(struct timex *t)
{
	const char *clock = getenv("KERNEL_CLOCK");

	memset(t, 0, sizeof(*t));
	if (clock && strcmp(clock, "unknown") == 0) {
		errno = EPERM;
		return -1;
	}
	t->status = clock && strcmp(clock, "network") == 0 ? STA_PLL : STA_UNSYNC;
	return TIME_OK;
}

long
syscall(long number, ...)
{
	static long (*real)(long, ...);
	const char *landlock = getenv("KERNEL_LANDLOCK");
	long a[6];
	va_list ap;

	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	if ((number == SYS_landlock_create_ruleset && landlock && atol(landlock) == 0) ||
	    (number == SYS_seccomp && has_no("KERNEL_SECCOMP"))) {
		errno = ENOSYS;
		return -1;
	}
	if (number == SYS_landlock_create_ruleset && landlock)
		return atol(landlock);
	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int
statvfs(const char *path, struct statvfs *out)
{
	static int (*real)(const char *, struct statvfs *);
	const char *mb = getenv("KERNEL_FREE");
	int rc;

	if (!real)
		real = (int (*)(const char *, struct statvfs *))dlsym(RTLD_NEXT, "statvfs");
	rc = real(path, out);
	if (rc == 0 && mb)
		out->f_bavail = strtoul(mb, NULL, 10) * 1048576 / out->f_frsize;
	return rc;
}

int
open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	bool makes = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
	va_list ap;
	mode_t mode;

	if (!real)
		real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	if ((flags & O_TMPFILE) == O_TMPFILE && has_no("KERNEL_TMPFILE")) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (!makes)
		return real(path, flags);
	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	return real(path, flags, mode);
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (!real)
		real = (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create");
	return has_no("KERNEL_THREADS") ? EAGAIN : real(thread, attr, run, arg);
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);
	static struct timespec first;
	const char *hurry = getenv("KERNEL_HURRY");
	long long ns;
	int rc;

	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	rc = real(clock, t);
	if (rc == -1 || !hurry || clock != CLOCK_MONOTONIC)
		return rc;
	if (!first.tv_sec)
		first = *t;
	ns = ((long long)(t->tv_sec - first.tv_sec) * 1000000000 + t->tv_nsec - first.tv_nsec) * atoll(hurry) + first.tv_nsec;
	t->tv_sec = first.tv_sec + (time_t)(ns / 1000000000);
	t->tv_nsec = (long)(ns % 1000000000);
	return 0;
}

int
pipe2(int ends[2], int flags)
{
	static int (*real)(int *, int);

	if (!real)
		real = (int (*)(int *, int))dlsym(RTLD_NEXT, "pipe2");
	if (has_no("KERNEL_PIPES")) {
		errno = EMFILE;
		return -1;
	}
	return real(ends, flags);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
