/* browser.c - see browser.h. */
#include "browser.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

#define PREFIX "newsletter-preview-"
#define SUFFIX ".html"
#define KEPT 5   /* files, with the new one */
#define WORDS 16 /* of $BROWSER */

static bool
is_folder(const char *path)
{
	struct stat st;

	return path && path[0] == '/' && stat(path, &st) == 0 && S_ISDIR(st.st_mode) && access(path, W_OK | X_OK) == 0;
}

static const char *
folder(void)
{
	const char *const places[] = { getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR") };
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (is_folder(places[i]))
			return places[i];
	return "/tmp";
}

/* One of our files, by its name, its kind and its owner. */
static bool
is_ours(int dir, const char *name, struct stat *st)
{
	size_t n = strlen(name), most = sizeof(PREFIX) - 1 + 6 + sizeof(SUFFIX) - 1;

	return n == most && strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 && strcmp(name + n - (sizeof(SUFFIX) - 1), SUFFIX) == 0 &&
	    fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode) && st->st_uid == geteuid();
}

/* Whether a is older than b. */
static bool
is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* Remove the oldest of our files when there are more than KEPT; whether one was removed. */
static bool
remove_oldest(DIR *dir)
{
	char oldest[sizeof(((struct dirent *)0)->d_name)] = "";
	struct timespec age = { 0 };
	struct dirent *entry;
	struct stat st;
	int n = 0;

	rewinddir(dir);
	while ((entry = readdir(dir)))
		if (is_ours(dirfd(dir), entry->d_name, &st) && (!n++ || is_older(&st.st_mtim, &age))) {
			age = st.st_mtim;
			strcpy(oldest, entry->d_name);
		}
	return n > KEPT && unlinkat(dirfd(dir), oldest, 0) == 0;
}

/* What cannot be removed stays: the page is there all the same. */
static void
remove_old(const char *path)
{
	DIR *dir = opendir(path);

	while (dir && remove_oldest(dir))
		;
	if (dir)
		closedir(dir);
}

int
browser_file(struct buf *path, const void *page, size_t n, struct err *e)
{
	struct buf name = BUF_INIT;
	const char *in = folder();
	int fd, rc = 0;

	buf_addf(&name, "%s/" PREFIX "XXXXXX" SUFFIX, in);
	fd = mkostemps(name.data, sizeof(SUFFIX) - 1, O_CLOEXEC); /* with mode 0600 */
	if (fd == -1) {
		rc = err_sys(e, "cannot create a file in %s", in);
	} else if (file_write_all(fd, page, n) == -1) {
		rc = err_sys(e, "cannot write %s", name.data);
		unlink(name.data);
	}
	if (fd != -1)
		close(fd);
	if (rc == 0) {
		remove_old(in);
		buf_addstr(path, name.data);
	}
	buf_release(&name);
	return rc;
}

void
browser_url(struct buf *url, const char *path)
{
	buf_addstr(url, "file://");
	for (; *path; path++)
		if (isascii((unsigned char)*path) && (isalnum((unsigned char)*path) || strchr("/-._~", *path)))
			buf_addch(url, *path);
		else
			buf_addf(url, "%%%02X", (unsigned char)*path);
}

bool
browser_has_display(void)
{
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return (x && x[0]) || (wayland && wayland[0]);
}

/* The words of $BROWSER's first alternative, or xdg-open, and the address; NULL at the end. `copy` holds what they point into. */
static void
command(char *argv[WORDS + 2], char *copy, const char *url)
{
	char *word, *rest = NULL;
	bool placed = false;
	int n = 0;

	copy[strcspn(copy, ":")] = '\0';
	for (word = strtok_r(copy, " \t", &rest); word && n < WORDS; word = strtok_r(NULL, " \t", &rest)) {
		placed |= strcmp(word, "%s") == 0;
		argv[n++] = strcmp(word, "%s") == 0 ? (char *)url : word;
	}
	if (!n)
		argv[n++] = (char *)"xdg-open";
	if (!placed)
		argv[n++] = (char *)url;
	argv[n] = NULL;
}

/* In the child: away from the terminal and its signals, then the program; why there is none goes through the pipe. */
static void __attribute__((noreturn))
become(char *const *argv, int said)
{
	int null = open("/dev/null", O_RDWR), why;

	setsid();
	if (fork() > 0) /* nobody waits for a grandchild; with no fork left, the child does it itself */
		_exit(0);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(argv[0], argv);
	why = errno;
	(void)!write(said, &why, sizeof(why));
	_exit(127);
}

int
browser_open(const char *url, struct err *e)
{
	const char *browser = getenv("BROWSER");
	char *copy = xstrdup(browser ? browser : ""), *argv[WORDS + 2];
	int said[2], why = 0, rc = 0;
	pid_t child;

	command(argv, copy, url);
	if (pipe2(said, O_CLOEXEC) == -1) {
		free(copy);
		return err_sys(e, "cannot start %s", argv[0]);
	}
	child = fork();
	if (child == 0)
		become(argv, said[1]);
	close(said[1]);
	if (child == -1)
		rc = err_sys(e, "cannot start %s", argv[0]);
	else
		while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
			;
	if (child > 0 && read(said[0], &why, sizeof(why)) == sizeof(why))
		rc = err_set(e, ERR_NOT_FOUND, "cannot start %s: %s", argv[0], strerror(why));
	close(said[0]);
	free(copy);
	return rc;
}
