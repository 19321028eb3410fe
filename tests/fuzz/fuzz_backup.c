/*
 * fuzz_backup.c - a backup's octets: as the encrypted stream, and as the archive in it. It makes files below its folder alone, never more
 * octets than came in. The checksums of the archive's headers are mended before, so that what lies behind them is reached.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/seal.h"
#include "base/ustar.h"
#include "site/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct octets {
	const uint8_t *data;
	size_t len;
};

static long
take(void *from, void *out, size_t n, struct err *e)
{
	struct octets *o = from;

	(void)e;
	n = n < o->len ? n : o->len;
	memcpy(out, o->data, n);
	o->data += n;
	o->len -= n;
	return (long)n;
}

static int64_t written;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)type;
	if (S_ISREG(st->st_mode))
		written += st->st_size;
	else if (!S_ISDIR(st->st_mode))
		abort();
	return at->level ? remove(path) : 0;
}

static void
stream(const uint8_t *data, size_t size)
{
	static const char key[32] = "a key that is the same for ever";
	struct seal_secret secret = { SEAL_KEY_FILE, key, sizeof(key) };
	int fd = memfd_create("backup", MFD_CLOEXEC);
	struct err e = ERR_INIT;
	struct seal *s;
	char out[4096];
	long n;

	if (fd == -1 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) == -1)
		abort();
	s = seal_open(fd, &secret, &e);
	while (s && (n = seal_read(s, out, sizeof(out), &e)) > 0)
		if (n > (long)sizeof(out))
			abort();
	seal_free(s);
	close(fd);
}

static void
mend(uint8_t *block)
{
	unsigned sum = 0, i;

	for (i = 0; i < USTAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : block[i];
	snprintf((char *)block + 148, 8, "%06o", sum);
	block[155] = ' ';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char folder[] = "/tmp/fuzz_backup.XXXXXX";
	static int made;
	uint8_t *copy = xmalloc(size + 1);
	struct octets from = { copy, size };
	struct err e = ERR_INIT;
	json_t *manifest = NULL;
	size_t i;

	if (!made++ && !mkdtemp(folder))
		abort();
	stream(data, size);
	memcpy(copy, data, size);
	for (i = 0; i + USTAR_BLOCK <= size; i += USTAR_BLOCK)
		if (memcmp(copy + i + 257, "ustar", 5) == 0)
			mend(copy + i);
	unpack(take, &from, folder, &manifest, NULL, NULL, &e);
	written = 0;
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (written > (int64_t)size)
		abort();
	json_decref(manifest);
	free(copy);
	return 0;
}
