/*
 * mailbox_maildir.c - a Maildir as a mailbox (maildir(5); the names are those of https://cr.yp.to/proto/maildir.html).
 *
 * Others deliver into it and read it meanwhile: a file that moved from new to cur, or whose flags changed, is found again by its
 * unique name. Only regular files are read, and no symbolic link is followed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "mail/mailbox_private.h"

enum {
	NEW,
	CUR,
	FOLDERS
};

#define TRIES 3 /* to find a file that was seen under another name */

struct place {
	size_t name;   /* in names */
	unsigned scan; /* when it was last seen; behind maildir.scan: it has gone */
	int folder;    /* NEW, CUR */
};

struct maildir {
	struct mailbox m; /* an entry's number is its place */
	int fd[FOLDERS];
	int moved_to;        /* another one's cur; -1: none */
	struct buf names;    /* each with its NUL */
	struct place *place; /* of each message */
	size_t places, room;
	unsigned scan;
};

static const char *const folders[FOLDERS] = { "new", "cur" };

/* Up to the flags. */
static size_t
unique_len(const char *name)
{
	return strcspn(name, ":");
}

/* The time at a name's beginning, then the rest: the order of arrival. Only what is before the flags counts. */
static int
compare_names(const char *a, const char *b)
{
	unsigned long long x = strtoull(a, NULL, 10), y = strtoull(b, NULL, 10);
	size_t n = unique_len(a), k = unique_len(b);
	int order = memcmp(a, b, n < k ? n : k);

	if (x != y)
		return x < y ? -1 : 1;
	return order != 0 ? order : (n > k) - (n < k);
}

static const char *
name_of(const struct maildir *d, const struct mailbox_entry *entry)
{
	return d->names.data + d->place[entry->number].name;
}

static int
by_name(const void *a, const void *b, void *ctx)
{
	return compare_names(name_of(ctx, a), name_of(ctx, b));
}

/* Flags are behind ":2,"; T says that somebody threw it away. */
static bool
is_trashed(const char *name)
{
	const char *flags = strstr(name, ":2,");

	return flags && strchr(flags, 'T');
}

static bool
is_file(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type == DT_REG;
	return fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static size_t
keep_name(struct maildir *d, const char *name)
{
	size_t at = d->names.len;

	buf_add(&d->names, name, strlen(name) + 1);
	return at;
}

static void
add_file(struct maildir *d, int folder, const char *name)
{
	struct mailbox_entry *entry = mailbox_add(&d->m, name, unique_len(name));

	if (!entry)
		return;
	if (d->places == d->room) {
		d->room += d->room / 2 + 64;
		d->place = xrealloc(d->place, d->room * sizeof(*d->place));
	}
	d->place[d->places] = (struct place){ keep_name(d, name), d->scan, folder };
	entry->number = (int64_t)d->places++;
}

/* It is still there, perhaps under other flags, or in the other folder. */
static void
see_file(struct maildir *d, int folder, const char *name)
{
	size_t low = 0, high = d->m.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct place *p = &d->place[d->m.list[middle].number];
		int order = compare_names(name, d->names.data + p->name);

		if (order == 0) {
			if (strcmp(name, d->names.data + p->name) != 0)
				p->name = keep_name(d, name);
			p->folder = folder;
			p->scan = d->scan;
			return;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
}

/* new first: what moves to cur meanwhile is seen twice rather than never. */
static int
scan(struct maildir *d, void (*found)(struct maildir *, int, const char *), struct err *e)
{
	d->scan++;
	for (int i = 0; i < FOLDERS; i++) {
		int fd = openat(d->fd[i], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *dir = fd == -1 ? NULL : fdopendir(fd);
		const struct dirent *file;

		if (!dir) {
			if (fd != -1)
				close(fd);
			return err_sys(e, "the Maildir's folder %s", folders[i]);
		}
		while ((file = readdir(dir)) != NULL)
			if (file->d_name[0] != '.' && unique_len(file->d_name) > 0 && !is_trashed(file->d_name) && is_file(fd, file))
				found(d, i, file->d_name);
		closedir(dir);
	}
	return 0;
}

static void
sort_list(struct maildir *d)
{
	struct mailbox *m = &d->m;
	size_t n = 0;

	if (m->count == 0)
		return;
	qsort_r(m->list, m->count, sizeof(*m->list), by_name, d);
	for (size_t i = 1; i < m->count; i++) {
		if (by_name(&m->list[i], &m->list[n], d) != 0)
			m->list[++n] = m->list[i];
		else if (d->place[m->list[i].number].folder == CUR)
			m->list[n] = m->list[i]; /* seen twice: it moved there */
	}
	m->count = n + 1;
}

/* The other Maildir's cur; what is missing of it is made. */
static int
open_target(const char *path, int *out, struct err *e)
{
	static const char *const parts[] = { "tmp", "new", "cur" };
	int fd, rc = 0;

	if (path[0] != '/')
		return err_set(e, ERR_INPUT, "the Maildir for processed messages must be given from the root on: \"%s\"", path);
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_sys(e, "cannot make the Maildir %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "cannot open the Maildir %s", path);
	for (size_t i = 0; rc == 0 && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (mkdirat(fd, parts[i], 0700) == -1 && errno != EEXIST)
			rc = err_sys(e, "cannot make the folder %s in the Maildir %s", parts[i], path);
	if (rc == 0) {
		*out = openat(fd, "cur", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		rc = *out == -1 ? err_sys(e, "cannot open the folder cur of the Maildir %s", path) : 0;
	}
	close(fd);
	return rc;
}

static struct mailbox *
maildir_make(const struct mailbox_where *where)
{
	struct maildir *d = xcalloc(1, sizeof(*d));

	(void)where;
	d->fd[NEW] = d->fd[CUR] = d->moved_to = -1;
	buf_init(&d->names);
	return &d->m;
}

static int
maildir_open(struct mailbox *m, const struct mailbox_where *where, struct err *e)
{
	struct maildir *d = (struct maildir *)m;
	const char *path = where->url + strlen("maildir:");
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return err_sys(e, "cannot open the Maildir %s", path);
	for (int i = 0; i < FOLDERS; i++)
		d->fd[i] = openat(fd, folders[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close(fd);
	for (int i = 0; i < FOLDERS; i++)
		if (d->fd[i] == -1)
			return err_sys(e, "%s is no Maildir: its folder %s", path, folders[i]);
	if (where->moved_to[0] && open_target(where->moved_to, &d->moved_to, e) == -1)
		return -1;
	if (scan(d, add_file, e) == -1)
		return -1;
	sort_list(d);
	return 0;
}

/*
 * Do something with a message's file; when it is not where it was, look for it. 1: done; 0: it has gone; -1: the system's error, which
 * may be that there is no such file though there is: it keeps moving, or the folder to move it to was taken away.
 */
typedef int file_fn(struct maildir *d, int folder, const char *name, void *ctx);

static int
with_file(struct maildir *d, const struct mailbox_entry *entry, file_fn *fn, void *ctx, struct err *e)
{
	struct place *p = &d->place[entry->number];

	for (int tries = 0; p->scan == d->scan; tries++) {
		if (fn(d, p->folder, d->names.data + p->name, ctx) == 0)
			return 1;
		if (errno != ENOENT || tries == TRIES)
			return err_sys(e, "a message of the Maildir, %s/%.100s", folders[p->folder], d->names.data + p->name);
		if (scan(d, see_file, e) == -1)
			return -1;
	}
	return 0;
}

struct opened {
	int fd, error;
};

static int
open_file(struct maildir *d, int folder, const char *name, void *ctx)
{
	struct opened *o = ctx;

	o->fd = openat(d->fd[folder], name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	o->error = errno;
	return o->fd == -1 ? -1 : 0;
}

/* 1: all of it; 0: it is longer; -1: the system's error. */
static int
read_file(int fd, size_t most, struct buf *out)
{
	char bytes[16384];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		if ((size_t)n > most - out->len)
			return 0;
		buf_add(out, bytes, (size_t)n);
	}
	return n == 0 ? 1 : -1;
}

static int
maildir_fetch(struct mailbox *m, const struct mailbox_entry *entry, size_t most, struct buf *out, bool *gone, struct err *e)
{
	struct maildir *d = (struct maildir *)m;
	struct opened o = { -1, 0 };
	struct stat st;
	int rc = with_file(d, entry, open_file, &o, e);

	if (rc == -1 && (o.error == EACCES || o.error == ELOOP || o.error == ENXIO))
		rc = 0; /* one that we may not read, or no file any more: the others are none the worse */
	*gone = rc == 0;
	if (rc != 1)
		return rc;
	if (fstat(o.fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		*gone = true;
		rc = 0;
	} else if (st.st_size < 0 || (uint64_t)st.st_size > most) {
		rc = 0;
	} else {
		rc = read_file(o.fd, most, out);
		if (rc == -1)
			err_sys(e, "cannot read a message of the Maildir");
	}
	close(o.fd);
	if (rc != 1)
		buf_reset(out);
	return rc;
}

static int
unlink_file(struct maildir *d, int folder, const char *name, void *ctx)
{
	(void)ctx;
	return unlinkat(d->fd[folder], name, 0);
}

/* What lies in cur has flags, if none are set. */
static int
move_file(struct maildir *d, int folder, const char *name, void *ctx)
{
	struct buf *to = ctx;

	buf_reset(to);
	buf_addf(to, "%s%s", name, strchr(name, ':') ? "" : ":2,");
	return renameat(d->fd[folder], name, d->moved_to, to->data);
}

static int
maildir_remove(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n, struct err *e)
{
	struct maildir *d = (struct maildir *)m;
	struct buf to = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < n; i++)
		rc = with_file(d, entries[i], d->moved_to == -1 ? unlink_file : move_file, &to, e);
	buf_release(&to);
	return rc == -1 ? err_wrap(e, "cannot remove") : 0;
}

static void
maildir_free(struct mailbox *m)
{
	struct maildir *d = (struct maildir *)m;

	for (int i = 0; i < FOLDERS; i++)
		if (d->fd[i] != -1)
			close(d->fd[i]);
	if (d->moved_to != -1)
		close(d->moved_to);
	buf_release(&d->names);
	free(d->place);
	free(d);
}

const struct mailbox_kind mailbox_maildir = {
	.scheme = "maildir",
	.like = "maildir:/folder",
	.make = maildir_make,
	.open = maildir_open,
	.fetch = maildir_fetch,
	.remove = maildir_remove,
	.free = maildir_free,
};
