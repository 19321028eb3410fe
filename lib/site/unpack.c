/* unpack.c - see unpack.h: the archive's octets into files. */
#include "site/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/ustar.h"
#include "store/migrate.h"

#define PIECE 65536
#define MARGIN 16777216 /* octets that stay free on the device */

struct unpacking {
	unpack_read *read;
	void *from;
	const char *folder;
	pack_progress *progress;
	void *ctx;
	int64_t done, total;
	uint8_t piece[PIECE];
};

/* Exactly n octets. */
static int
take(struct unpacking *u, void *out, size_t n, struct err *e)
{
	uint8_t *to = out;

	while (n) {
		long got = u->read(u->from, to, n, e);

		if (got == -1)
			return -1;
		if (got == 0)
			return err_set(e, ERR_INPUT, "the archive in it ends too early");
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

/* The NULs after so many octets; they are nothing else. */
static int
take_padding(struct unpacking *u, int64_t size, struct err *e)
{
	uint8_t padding[USTAR_BLOCK];
	size_t i, n = ustar_padding(size);

	if (take(u, padding, n, e) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (padding[i])
			return err_set(e, ERR_INPUT, "there is something between the files of the archive in it");
	return 0;
}

static int
take_head(struct unpacking *u, struct ustar_entry *entry, struct err *e)
{
	uint8_t head[USTAR_BLOCK];

	return take(u, head, sizeof(head), e) == -1 ? -1 : ustar_get(head, entry, e);
}

/* Of one file in the manifest; -1 when it cannot be. */
static int
file_of(const json_t *one, const char **name, int64_t *size, uint8_t sha[SHA256_LEN])
{
	const json_t *n = json_object_get(one, "size");
	const char *hex = json_get_string(one, "sha256");

	*name = json_get_string(one, "name");
	if (!*name || !ustar_name_ok(*name) || !json_is_integer(n) || !hex || strlen(hex) != (size_t)2 * SHA256_LEN ||
	    hex_decode(sha, SHA256_LEN, hex, (size_t)2 * SHA256_LEN) == -1)
		return -1;
	*size = json_integer_value(n);
	return *size < 0 || *size > USTAR_SIZE_MOST ? -1 : 0;
}

static int
check_room(struct unpacking *u, struct err *e)
{
	struct statvfs vfs;
	uint64_t room;

	if (statvfs(u->folder, &vfs) == -1)
		return err_sys(e, "cannot see how much room there is in %s", u->folder);
	room = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	if (room < (uint64_t)u->total + MARGIN)
		return err_set(e, ERR_FULL, "it needs %lld MiB in %s, and there are %lld", (long long)((u->total + MARGIN) >> 20),
		    u->folder, (long long)(room >> 20));
	return 0;
}

/* What the manifest says is what will be taken, so it is looked at whole before anything is. */
static int
check_manifest(struct unpacking *u, const json_t *m, struct err *e)
{
	const json_t *files = json_object_get(m, "files"), *version = json_object_get(m, "store_version");
	const char *store = json_get_string(m, "store"), *name, *program = json_get_string(m, "program");
	uint8_t sha[SHA256_LEN];
	bool has_store = false;
	int64_t size;
	size_t i;

	if (json_integer_value(json_object_get(m, "format")) > PACK_FORMAT || json_integer_value(version) > SCHEMA_VERSION)
		return err_set(e, ERR_VERSION,
		    "made by a newer newsletter (%.40s, store version %lld; this one knows %d): install that one", program ? program : "?",
		    (long long)json_integer_value(version), SCHEMA_VERSION);
	if (json_integer_value(json_object_get(m, "format")) != PACK_FORMAT || !json_is_integer(version) || !store ||
	    !json_get_string(m, "taken_at") || !json_is_array(files) || json_array_size(files) > PACK_FILES_MOST + 1)
		return err_set(e, ERR_INPUT, "its manifest is not one of ours");
	for (i = 0; i < json_array_size(files); i++) {
		if (file_of(json_array_get(files, i), &name, &size, sha) == -1 || u->total > USTAR_SIZE_MOST)
			return err_set(e, ERR_INPUT, "its manifest names a file that cannot be");
		if (strcmp(name, store) == 0)
			has_store = true;
		else if (size > PACK_FILE_MOST)
			return err_set(e, ERR_INPUT, "%.120s in it is too large", name);
		u->total += size;
	}
	return has_store ? check_room(u, e) : err_set(e, ERR_INPUT, "there is no store in it");
}

static int
take_manifest(struct unpacking *u, json_t **out, struct err *e)
{
	struct ustar_entry entry;
	char *text = NULL;
	int rc = take_head(u, &entry, e);

	if (rc == -1)
		return -1;
	if (rc == 0 || strcmp(entry.name, PACK_MANIFEST) != 0 || entry.size > PACK_MANIFEST_MOST)
		return err_set(e, ERR_INPUT, "what it holds is no backup: it does not begin with its manifest");
	text = xmalloc((size_t)entry.size + 1);
	rc = take(u, text, (size_t)entry.size, e);
	if (rc == 0)
		rc = take_padding(u, entry.size, e);
	if (rc == 0 && !(*out = json_read_object(text, (size_t)entry.size, PACK_MANIFEST_MOST, e)))
		rc = err_wrap(e, "its manifest");
	free(text);
	return rc == -1 ? -1 : check_manifest(u, *out, e);
}

/* The folders above a name, below ours. */
static int
make_folders(const struct unpacking *u, const char *name, struct err *e)
{
	struct buf path = BUF_INIT;
	const char *slash;
	int rc = 0;

	for (slash = strchr(name, '/'); slash && rc == 0; slash = strchr(slash + 1, '/')) {
		buf_reset(&path);
		buf_addf(&path, "%s/%.*s", u->folder, (int)(slash - name), name);
		if (mkdir(path.data, 0700) == -1 && errno != EEXIST)
			rc = err_sys(e, "cannot create %s", path.data);
	}
	buf_release(&path);
	return rc;
}

/* The octets of one file, into it, with their hash. */
static int
take_octets(struct unpacking *u, int fd, const char *name, int64_t size, uint8_t sha[SHA256_LEN], struct err *e)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t n;
	int rc = -1;

	if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL))
		abort();
	for (; size; size -= (int64_t)n) {
		n = size < PIECE ? (size_t)size : PIECE;
		if (take(u, u->piece, n, e) == -1)
			goto out;
		EVP_DigestUpdate(md, u->piece, n);
		if (file_write_all(fd, u->piece, n) == -1) {
			err_sys(e, "cannot write %s", name);
			goto out;
		}
		u->done += (int64_t)n;
		if (u->progress && u->progress(u->ctx, u->done, u->total, e) == -1)
			goto out;
	}
	EVP_DigestFinal_ex(md, sha, NULL);
	rc = 0;
out:
	EVP_MD_CTX_free(md);
	return rc;
}

/* One that is there already was twice in the archive, or another's folder. */
static int
take_file(struct unpacking *u, const struct ustar_entry *entry, const uint8_t want[SHA256_LEN], struct err *e)
{
	struct buf path = BUF_INIT;
	uint8_t sha[SHA256_LEN];
	int fd = -1, rc = -1;

	buf_addf(&path, "%s/%s", u->folder, entry->name);
	if (make_folders(u, entry->name, e) == -1)
		goto out;
	fd = open(path.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1) {
		errno == EEXIST || errno == EISDIR || errno == ENOTDIR ? err_set(e, ERR_INPUT, "%.120s is in it twice", entry->name)
								       : err_sys(e, "cannot create %s", path.data);
		goto out;
	}
	if (take_octets(u, fd, entry->name, entry->size, sha, e) == -1 || take_padding(u, entry->size, e) == -1)
		goto out;
	if (memcmp(sha, want, sizeof(sha)) != 0)
		err_set(e, ERR_INPUT, "%.120s in it is not as its manifest says", entry->name);
	else if (fchmod(fd, entry->mode & 0664) == -1 || fsync(fd) == -1)
		err_sys(e, "cannot write %s", path.data);
	else
		rc = 0;
out:
	if (fd != -1)
		close(fd);
	buf_release(&path);
	return rc;
}

static int
take_files(struct unpacking *u, const json_t *files, struct err *e)
{
	struct ustar_entry entry;
	uint8_t sha[SHA256_LEN];
	const char *name;
	int64_t size;
	size_t i;
	int rc;

	for (i = 0; i < json_array_size(files); i++) {
		rc = take_head(u, &entry, e);
		if (rc == -1)
			return -1;
		if (file_of(json_array_get(files, i), &name, &size, sha) == -1 || rc == 0 || strcmp(entry.name, name) != 0 ||
		    entry.size != size)
			return err_set(e, ERR_INPUT, "what it holds is not what its manifest says, from file %zu on", i + 1);
		if (take_file(u, &entry, sha, e) == -1)
			return -1;
	}
	return 0;
}

/* Two blocks of NULs, and then nothing: only with its last octet read is a backup known to be whole. */
static int
take_end(struct unpacking *u, struct err *e)
{
	struct ustar_entry entry;
	long n;
	int i, rc;

	for (i = 0; i < 2; i++)
		if ((rc = take_head(u, &entry, e)) != 0)
			return rc == -1 ? -1 : err_set(e, ERR_INPUT, "%.120s in it is not in its manifest", entry.name);
	n = u->read(u->from, u->piece, 1, e);
	return n == 1 ? err_set(e, ERR_INPUT, "there is something after the end of the archive in it") : (int)n;
}

int
unpack(unpack_read *read, void *from, const char *folder, json_t **manifest, pack_progress *progress, void *ctx, struct err *e)
{
	struct unpacking *u = xcalloc(1, sizeof(*u));
	int rc = -1;

	*manifest = NULL;
	u->read = read;
	u->from = from;
	u->folder = folder;
	u->progress = progress;
	u->ctx = ctx;
	if (take_manifest(u, manifest, e) == 0 && take_files(u, json_object_get(*manifest, "files"), e) == 0)
		rc = take_end(u, e);
	secret_wipe(u->piece, sizeof(u->piece));
	free(u);
	return rc;
}
