/*
 * clock.c - the soak's clock: newsletterd and newsletter linked with this are as far ahead of the real time as the file `clock` beside
 * them says, which may change at any moment. Only CLOCK_REALTIME, which somebody may set; what the kernel itself keeps stays: files' times.
 *
 * The file holds one int64_t in the machine's order: seconds. It is mapped before main(), and so before any sandbox; without it time is
 * real. The program's own symbols go before libc's in its libraries too, so that SQLite reads the same clock.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

__attribute__((constructor)) static void
find_clock(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof("clock"));
	char *name;
	void *map;
	int fd;

	if (n <= 0)
		return;
	path[n] = '\0';
	name = strrchr(path, '/');
	if (!name)
		return;
	memcpy(name + 1, "clock", sizeof("clock"));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	map = mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		ahead = map;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc's headers have names that are libc's own. */
int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, id, ts);

	if (rc == 0 && id == CLOCK_REALTIME && ahead)
		ts->tv_sec += *ahead;
	return rc;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		return -1;
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *out)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		return -1;
	if (out)
		*out = ts.tv_sec;
	return ts.tv_sec;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
