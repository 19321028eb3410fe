/* ustar.c - see ustar.h. */
#include "base/ustar.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

/* Places in the header. */
enum {
	NAME = 0,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	MTIME = 136,
	CHECKSUM = 148,
	TYPE = 156,
	MAGIC = 257,
	PREFIX = 345,
	NAME_LEN = 100,
	PREFIX_LEN = 155,
	SIZE_LEN = 12,
	CHECKSUM_LEN = 8
};

bool
ustar_name_ok(const char *name)
{
	size_t n = strlen(name), part;

	if (!n || n >= USTAR_NAME || !text_is_utf8(name, n) || text_has_control(name, n, "") || strchr(name, '\\'))
		return false;
	for (;;) {
		part = strcspn(name, "/");
		if (part == 0 || (part == 1 && name[0] == '.') || (part == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		if (!name[part])
			return true;
		name += part + 1;
	}
}

/* The sum of the header's octets, those of the sum itself as spaces. */
static unsigned
checksum(const uint8_t block[USTAR_BLOCK])
{
	unsigned sum = 0;
	int i;

	for (i = 0; i < USTAR_BLOCK; i++)
		sum += i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LEN ? ' ' : block[i];
	return sum;
}

/* A name longer than its field is split at a slash. */
static int
put_name(uint8_t out[USTAR_BLOCK], const char *name, struct err *e)
{
	size_t n = strlen(name);
	const char *slash;

	if (n <= NAME_LEN) {
		memcpy(out + NAME, name, n); /* NOLINT(bugprone-not-null-terminated-result): a full field has no NUL */
		return 0;
	}
	slash = strchr(name + n - NAME_LEN - 1, '/');
	if (!slash || slash - name > PREFIX_LEN)
		return err_set(e, ERR_INPUT, "the name %.120s… is too long for an archive", name);
	memcpy(out + PREFIX, name, (size_t)(slash - name));
	memcpy(out + NAME, slash + 1, strlen(slash + 1));
	return 0;
}

static void
put_size(uint8_t out[SIZE_LEN], int64_t size)
{
	int i;

	if (size < (int64_t)1 << 33) {
		snprintf((char *)out, SIZE_LEN, "%011llo", (unsigned long long)size);
		return;
	}
	for (i = SIZE_LEN - 1; i > 0; i--, size >>= 8)
		out[i] = (uint8_t)size;
	out[0] = 0x80;
}

int
ustar_put(uint8_t out[USTAR_BLOCK], const struct ustar_entry *entry, struct err *e)
{
	memset(out, 0, USTAR_BLOCK);
	if (!ustar_name_ok(entry->name) || entry->size < 0 || entry->size > USTAR_SIZE_MOST)
		return err_set(e, ERR_INPUT, "%.120s cannot be in an archive", entry->name);
	if (put_name(out, entry->name, e) == -1)
		return -1;
	snprintf((char *)out + MODE, 8, "%07o", entry->mode & 0777);
	snprintf((char *)out + UID, 8, "%07o", 0U);
	snprintf((char *)out + GID, 8, "%07o", 0U);
	put_size(out + SIZE, entry->size);
	snprintf((char *)out + MTIME, 12, "%011llo", (unsigned long long)(entry->mtime < 0 ? 0 : entry->mtime) & 077777777777);
	out[TYPE] = '0';
	memcpy(out + MAGIC, "ustar\00000", 8); /* NOLINT(bugprone-not-null-terminated-result): nor has the version */
	snprintf((char *)out + CHECKSUM, 7, "%06o", checksum(out));
	out[CHECKSUM + 7] = ' ';
	return 0;
}

/* Octal digits, ended by a NUL, a space or the field's end. */
static bool
get_octal(const uint8_t *in, size_t n, int64_t *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < n && in[i] >= '0' && in[i] <= '7'; i++)
		*out = *out * 8 + (in[i] - '0'); /* 12 digits at most */
	return i > 0 && (i == n || in[i] == '\0' || in[i] == ' ');
}

static bool
get_size(const uint8_t in[SIZE_LEN], int64_t *out)
{
	int i;

	if (in[0] != 0x80)
		return get_octal(in, SIZE_LEN, out);
	*out = 0;
	for (i = 1; i < SIZE_LEN; i++) {
		if (*out > USTAR_SIZE_MOST >> 8)
			return false;
		*out = *out << 8 | in[i];
	}
	return true;
}

int
ustar_get(const uint8_t in[USTAR_BLOCK], struct ustar_entry *out, struct err *e)
{
	static const uint8_t nothing[USTAR_BLOCK];
	int64_t sum, mode;

	memset(out, 0, sizeof(*out));
	if (memcmp(in, nothing, USTAR_BLOCK) == 0)
		return 0;
	if (!get_octal(in + CHECKSUM, CHECKSUM_LEN, &sum) || sum != (int64_t)checksum(in) || memcmp(in + MAGIC, "ustar", 5) != 0)
		return err_set(e, ERR_INPUT, "what it holds is no archive");
	if (in[PREFIX])
		snprintf(out->name, sizeof(out->name), "%.155s/%.100s", (const char *)in + PREFIX, (const char *)in + NAME);
	else
		snprintf(out->name, sizeof(out->name), "%.100s", (const char *)in + NAME);
	if (!ustar_name_ok(out->name))
		return err_set(e, ERR_INPUT, "a file in it has a name that leads elsewhere: \"%.120s\"", out->name);
	if (in[TYPE] != '0' && in[TYPE] != '\0')
		return err_set(e, ERR_INPUT, "%.120s in it is no plain file", out->name);
	if (!get_size(in + SIZE, &out->size) || out->size > USTAR_SIZE_MOST || !get_octal(in + MODE, 8, &mode) ||
	    !get_octal(in + MTIME, 12, &out->mtime))
		return err_set(e, ERR_INPUT, "%.120s in it has a size, mode or time that cannot be", out->name);
	out->mode = (unsigned)mode & 0777;
	return 1;
}

size_t
ustar_padding(int64_t size)
{
	return (size_t)((USTAR_BLOCK - size % USTAR_BLOCK) % USTAR_BLOCK);
}
