/*
 * aside_erase.c - see aside_erase.h.
 *
 * A message is not parsed: whoever sent it may have made it so that a parser does not get to the address. It is searched as it is, then as
 * quoted-printable (RFC 2045 6.7, RFC 2047 4.2), then each run of base64 in it.
 */
#include "aside_erase.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

#define RUN_LEAST 8 /* characters of base64; a shorter address is none */

/* Whether the character belongs to an address, so that what was found is part of a longer one. */
static bool
goes_on(const char *bytes, size_t n, size_t i)
{
	return i < n && (isalnum((unsigned char)bytes[i]) || strchr("!#$%&'*+-/=?^_`{|}~.@", bytes[i]) != NULL || (bytes[i] & 0x80)) && bytes[i];
}

static bool
ends(const char *bytes, size_t n, size_t i)
{
	if (i < n && bytes[i] == '.') /* the end of a sentence, or one more label */
		return !(i + 1 < n && isalnum((unsigned char)bytes[i + 1]));
	return i >= n || !(isalnum((unsigned char)bytes[i]) || bytes[i] == '-');
}

/* Whether the address stands at i as one of its own. Before it, an apostrophe may be a quote, and = the end of a name. */
static bool
stands_alone(const char *bytes, size_t n, size_t i, size_t len)
{
	bool before = i && goes_on(bytes, n, i - 1) && !strchr("'=", bytes[i - 1]);

	return !before && ends(bytes, n, i + len);
}

static bool
find(const char *bytes, size_t n, const char *key)
{
	size_t len = strlen(key), i;

	for (i = 0; i + len <= n; i++)
		if (tolower((unsigned char)bytes[i]) == (unsigned char)key[0] && strncasecmp(bytes + i, key, len) == 0 &&
		    stands_alone(bytes, n, i, len))
			return true;
	return false;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Soft line ends go, =41 is a letter, and _ is a space only in a word of a header, where an address's own is =5F. */
static void
unquote(struct buf *out, const char *bytes, size_t n)
{
	size_t i, skip;

	buf_reset(out);
	buf_reserve(out, n);
	for (i = 0; i < n; i++) {
		if (bytes[i] == '=' && i + 2 < n && hex_value(bytes[i + 1]) >= 0 && hex_value(bytes[i + 2]) >= 0) {
			buf_addch(out, (char)(hex_value(bytes[i + 1]) * 16 + hex_value(bytes[i + 2])));
			i += 2;
			continue;
		}
		for (skip = i + 1; bytes[i] == '=' && skip < n && (bytes[skip] == ' ' || bytes[skip] == '\t' || bytes[skip] == '\r'); skip++)
			continue;
		if (bytes[i] == '=' && skip < n && bytes[skip] == '\n')
			i = skip;
		else
			buf_addch(out, bytes[i]);
	}
}

static int
base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The run of base64 from start to end, line ends in it aside, without its first `skip` characters; what is left over at its end, too. */
static void
decode(struct buf *out, const char *bytes, size_t start, size_t end, int skip)
{
	unsigned bits = 0;
	int count = 0, value;
	size_t i;

	buf_reset(out);
	for (i = start; i < end; i++) {
		value = base64_value(bytes[i]);
		if (value == -1 || skip-- > 0)
			continue;
		bits = bits << 6 | (unsigned)value;
		if (++count % 4)
			continue;
		buf_addch(out, (char)(bits >> 16));
		buf_addch(out, (char)(bits >> 8));
		buf_addch(out, (char)bits);
		bits = 0;
	}
	if (count % 4 == 2) {
		buf_addch(out, (char)(bits >> 4));
	} else if (count % 4 == 3) {
		buf_addch(out, (char)(bits >> 10));
		buf_addch(out, (char)(bits >> 2));
	}
}

/* A word of the text may stand right before a run and be taken for its beginning: each of the four ways to read it is tried. */
static bool
find_base64(struct buf *out, const char *bytes, size_t n, const char *key)
{
	size_t i = 0, start;
	int skip;

	while (i < n) {
		for (start = i; i < n && (base64_value(bytes[i]) != -1 || bytes[i] == '\r' || bytes[i] == '\n'); i++)
			continue;
		for (skip = 0; skip < 4 && i - start >= RUN_LEAST; skip++) {
			decode(out, bytes, start, i, skip);
			if (find(out->data, out->len, key))
				return true;
		}
		i++;
	}
	return false;
}

bool
aside_names(const char *bytes, size_t n, const char *address_key)
{
	struct buf decoded = BUF_INIT;
	bool found = find(bytes, n, address_key);

	if (!found) {
		unquote(&decoded, bytes, n);
		found = find(decoded.data, decoded.len, address_key);
	}
	if (!found)
		found = find_base64(&decoded, bytes, n, address_key);
	buf_release(&decoded);
	return found;
}

static int
look_at(const char *path, const char *key, int64_t size, struct aside_erased *out)
{
	struct err e = ERR_INIT; /* counted: others may still be found */
	struct buf bytes = BUF_INIT;
	int rc = file_read(path, (size_t)size, &bytes, &e);

	if (rc == 0) {
		out->looked++;
		if (aside_names(bytes.data, bytes.len, key)) {
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
			if (st.st_size > ASIDE_ERASE_FILE || st.st_size > left || look_at(path.data, address_key, ASIDE_ERASE_FILE, out) == -1)
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
