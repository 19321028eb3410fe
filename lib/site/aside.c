/* aside.c - see aside.h. */
#include "site/aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"

#define FOLDER_MODE 02770 /* as the store's: staff and roles share a group */
#define FILE_MODE 0660
#define NAME_OCTETS 16

int
aside_prepare(const char *folder, struct err *e)
{
	static const char *const names[] = { "tmp", "new", "cur" };
	struct buf path = BUF_INIT;
	int rc = access(folder, F_OK) == -1 ? file_mkdir(folder, FOLDER_MODE, e) : 0; /* a role in its sandbox makes no folder */
	size_t i;

	for (i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]); i++) {
		buf_reset(&path);
		file_join(&path, folder, names[i]);
		if (access(path.data, F_OK) == -1)
			rc = file_mkdir(path.data, FOLDER_MODE, e);
	}
	buf_release(&path);
	return rc;
}

/* Whether there is room in it still: what strangers send must not fill the disk while nobody looks. */
static int
check_room(const char *folder, struct err *e)
{
	struct buf path = BUF_INIT;
	const struct dirent *entry;
	struct stat st;
	int64_t total = 0;
	DIR *dir;

	file_join(&path, folder, "new");
	dir = opendir(path.data);
	while (dir && (entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			total += st.st_size;
	if (dir)
		closedir(dir);
	if (total >= ASIDE_FOLDER_MOST)
		err_set(e, ERR_FULL, "%s holds %lld MiB: look through it, and delete what nobody needs", path.data,
		    (long long)(total >> 20));
	buf_release(&path);
	return total >= ASIDE_FOLDER_MOST ? -1 : 0;
}

/* Write all of it. *total counts the bytes. */
static int
copy(int fd, const char *bytes, size_t n, int more, size_t *total, struct err *e)
{
	char piece[65536];
	ssize_t got;

	*total = n;
	if (file_write_all(fd, bytes, n) == -1)
		return err_sys(e, "cannot keep the message aside");
	while (more != -1 && (got = read(more, piece, sizeof(piece))) != 0) {
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return err_sys(e, "cannot read the message");
		*total += (size_t)got;
		if (*total > ASIDE_MOST)
			return err_set(e, ERR_INPUT, "the message is larger than %zu bytes", ASIDE_MOST);
		if (file_write_all(fd, piece, (size_t)got) == -1)
			return err_sys(e, "cannot keep the message aside");
	}
	return fsync(fd) == -1 ? err_sys(e, "cannot keep the message aside") : 0;
}

/* By what is read of it, which no other message shares, and its length. */
static void
name_of(struct buf *out, const char *folder, const char *bytes, size_t n, size_t total)
{
	char hex[2 * NAME_OCTETS + 1];
	uint8_t digest[SHA256_LEN];

	sha256(digest, bytes, n);
	hex_encode(hex, digest, NAME_OCTETS);
	file_join(out, folder, "new/");
	buf_addf(out, "%s.%zu.newsletter", hex, total);
}

static int
sync_new(const char *folder)
{
	struct buf path = BUF_INIT;
	int fd, rc = -1;

	file_join(&path, folder, "new");
	fd = open(path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		rc = fsync(fd);
		close(fd);
	}
	buf_release(&path);
	return rc;
}

int
aside_keep(const char *folder, const char *bytes, size_t n, int more, struct err *e)
{
	struct buf tmp = BUF_INIT, path = BUF_INIT;
	size_t total;
	int fd = -1, rc = -1;

	if (aside_prepare(folder, e) == -1 || check_room(folder, e) == -1)
		goto out;
	file_join(&tmp, folder, "tmp/");
	buf_addf(&tmp, "%ld.newsletter", (long)getpid());
	fd = open(tmp.data, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (fd == -1) {
		err_sys(e, "cannot create %s", tmp.data);
		goto out;
	}
	if (copy(fd, bytes, n, more, &total, e) == -1)
		goto out;
	name_of(&path, folder, bytes, n, total);
	if (fchmod(fd, FILE_MODE) == -1 || rename(tmp.data, path.data) == -1 || sync_new(folder) == -1)
		err_sys(e, "cannot keep the message as %s", path.data);
	else
		rc = 0;
out:
	if (fd != -1) {
		close(fd);
		if (rc == -1)
			unlink(tmp.data);
	}
	buf_release(&tmp);
	buf_release(&path);
	return rc;
}
