/*
 * failing.c - loaded before SQLite: one step of a statement fails as it does when the disk does.
 *
 *   FAIL_STEP   which one, counted from 1 in each process
 *   FAIL_MARK   a file that appears when it has
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

int
sqlite3_step(sqlite3_stmt *st)
{
	static int (*real)(sqlite3_stmt *);
	static long steps;
	const char *at = getenv("FAIL_STEP"), *mark = getenv("FAIL_MARK");
	int fd;

	if (!real)
		real = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_step");
	if (!at || __atomic_add_fetch(&steps, 1, __ATOMIC_RELAXED) != atol(at))
		return real(st);
	fd = mark ? open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd != -1)
		close(fd);
	return SQLITE_IOERR;
}
