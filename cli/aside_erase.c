/* aside_erase.c - see aside_erase.h. */
#include "aside_erase.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "mail/mention.h"

static int
look_at(const char *path, const char *key, int64_t size, struct aside_erased *out)
{
	struct err e = ERR_INIT; /* counted: others may still be found */
	struct buf bytes = BUF_INIT;
	int rc = file_read(path, (size_t)size, &bytes, &e);

	if (rc == 0) {
		out->looked++;
		if (mention_of(bytes.data, bytes.len, key)) {
			rc = unlink(path);
			out->named += rc == 0;
		}
	}
	buf_release(&bytes);
	return rc;
}

int
aside_erase(const char *folder, const char *address_key, struct aside_erased *out, struct err *e)
{
	static const char *const names[] = { "new", "cur", "tmp" };
	struct buf path = BUF_INIT;
	const struct dirent *entry;
	int64_t left = ASIDE_ERASE_TOTAL;
	struct stat st;
	size_t i, len;
	DIR *dir;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buf_reset(&path);
		file_join(&path, folder, names[i]);
		dir = opendir(path.data);
		if (!dir && errno != ENOENT) {
			err_sys(e, "cannot look through %s", path.data);
			buf_release(&path);
			return -1;
		}
		buf_addch(&path, '/');
		len = path.len;
		while (dir && (entry = readdir(dir)) != NULL) {
			if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
				continue;
			buf_truncate(&path, len);
			buf_addstr(&path, entry->d_name);
			if (st.st_size > ASIDE_ERASE_FILE || st.st_size > left ||
			    look_at(path.data, address_key, ASIDE_ERASE_FILE, out) == -1)
				out->unseen++;
			else
				left -= st.st_size;
		}
		if (dir)
			closedir(dir);
	}
	buf_release(&path);
	return 0;
}
