/* pack.c - see pack.h: the manifest, and the archive's octets. */
#include "site/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/json.h"
#include "base/seal.h"
#include "site/pack_private.h"

static const uint8_t nothing[USTAR_BLOCK];

struct pack *
pack_new(const struct conf *conf, struct err *e)
{
	struct pack *p = xcalloc(1, sizeof(*p));

	p->conf = conf;
	p->store_fd = -1;
	p->conf_text = p->conf_original = p->manifest_text = BUF_INIT;
	if (pack_gather(p, e) == 0)
		return p;
	pack_free(p);
	return NULL;
}

void
pack_free(struct pack *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->files; i++)
		free(p->file[i].path);
	for (i = 0; i < p->moves; i++)
		free(p->move[i].from);
	for (i = 0; i < p->missings; i++)
		free(p->missing[i]);
	free(p->missing);
	free(p->file);
	buf_release(&p->conf_text);
	buf_release(&p->conf_original);
	buf_release(&p->manifest_text);
	json_decref(p->manifest);
	free(p);
}

/* Read a file's octets from its beginning on, in pieces; hash them, and seal them when asked to. */
static int
stream(int fd, const char *name, int64_t size, uint8_t sha[SHA256_LEN], struct seal *s, int (*told)(void *, int64_t, struct err *),
    void *ctx, struct err *e)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t *piece = xmalloc(SEAL_CHUNK);
	int64_t at = 0;
	ssize_t n = 0;
	int rc = -1;

	if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL))
		abort();
	for (; at < size; at += n) {
		n = pread(fd, piece, SEAL_CHUNK, (off_t)at);
		if (n <= 0) {
			n == 0 ? err_set(e, ERR_BUSY, "%s became shorter while it was read: try again", name)
			       : err_sys(e, "cannot read %s", name);
			goto out;
		}
		n = n > size - at ? (ssize_t)(size - at) : n;
		EVP_DigestUpdate(md, piece, (size_t)n);
		if ((s && seal_write(s, piece, (size_t)n, e) == -1) || (told && told(ctx, n, e) == -1))
			goto out;
	}
	EVP_DigestFinal_ex(md, sha, NULL);
	rc = 0;
out:
	EVP_MD_CTX_free(md);
	secret_wipe(piece, SEAL_CHUNK);
	free(piece);
	return rc;
}

static json_t *
counts_json(const struct copy_counts *c)
{
	json_t *counts = json_object();

	json_put_int(counts, "subscribers", c->subscribers);
	json_put_int(counts, "active", c->active);
	json_put_int(counts, "campaigns", c->campaigns);
	json_put_int(counts, "unfinished", c->unfinished);
	json_put_int(counts, "deliveries", c->deliveries);
	json_put_int(counts, "suppressions", c->suppressions);
	json_put_int(counts, "articles", c->articles);
	json_put_int(counts, "waiting", c->waiting);
	return counts;
}

static void
put_lists(const struct pack *p)
{
	json_t *moved = json_array(), *missing = json_array(), *files = json_array(), *one;
	char hex[2 * SHA256_LEN + 1];
	size_t i;

	for (i = 0; i < p->moves; i++) {
		one = json_object();
		json_put(one, "section", p->move[i].section);
		json_put(one, "key", p->move[i].key);
		json_put(one, "from", p->move[i].from);
		json_put(one, "to", p->move[i].to);
		json_array_append_new(moved, one);
	}
	for (i = 0; i < p->missings; i++)
		json_array_append_new(missing, json_string(p->missing[i]));
	for (i = 0; i < p->files; i++) {
		one = json_object();
		json_put(one, "name", p->file[i].entry.name);
		json_put_int(one, "size", p->file[i].entry.size);
		hex_encode(hex, p->file[i].sha, SHA256_LEN);
		json_put(one, "sha256", hex);
		json_array_append_new(files, one);
	}
	json_object_set_new(p->manifest, "moved", moved);
	json_object_set_new(p->manifest, "missing", missing);
	json_object_set_new(p->manifest, "files", files);
}

int
pack_add_store(struct pack *p, int fd, const struct copy_counts *counts, int64_t at, struct err *e)
{
	struct pack_file *f;
	char host[256] = "";

	if (p->store_fd != -1)
		abort();
	p->file = xrealloc(p->file, (p->files + 1) * sizeof(*p->file));
	f = &p->file[p->files];
	memset(f, 0, sizeof(*f));
	memcpy(f->entry.name, p->store, sizeof(p->store));
	f->entry.size = (int64_t)lseek(fd, 0, SEEK_END);
	f->entry.mode = 0660;
	f->entry.mtime = at;
	if (stream(fd, p->store, f->entry.size, f->sha, NULL, NULL, NULL, e) == -1)
		return -1;
	p->files++;
	p->store_fd = fd;
	gethostname(host, sizeof(host) - 1);
	p->manifest = json_object();
	json_put_int(p->manifest, "format", PACK_FORMAT);
	json_put(p->manifest, "program", NEWSLETTER_VERSION);
	json_put_int(p->manifest, "store_version", counts->version);
	json_put_time(p->manifest, "taken_at", at);
	json_put(p->manifest, "host", host);
	json_put(p->manifest, "site", p->conf->site_name);
	json_put(p->manifest, "store", p->store);
	json_object_set_new(p->manifest, "counts", counts_json(counts));
	put_lists(p);
	json_write(&p->manifest_text, p->manifest, 1);
	return p->manifest_text.len <= PACK_MANIFEST_MOST ? 0 : err_set(e, ERR_INPUT, "there are too many files for a backup");
}

const json_t *
pack_manifest(struct pack *p)
{
	return p->manifest;
}

static int64_t
with_padding(int64_t size)
{
	return USTAR_BLOCK + size + (int64_t)ustar_padding(size);
}

int64_t
pack_size(const struct pack *p)
{
	int64_t size = with_padding((int64_t)p->manifest_text.len) + 2 * (int64_t)USTAR_BLOCK;
	size_t i;

	for (i = 0; i < p->files; i++)
		size += with_padding(p->file[i].entry.size);
	return size;
}

struct writing {
	pack_progress *progress;
	void *ctx;
	int64_t done, total;
};

static int
told(void *arg, int64_t n, struct err *e)
{
	struct writing *w = arg;

	w->done += n;
	return w->progress(w->ctx, w->done, w->total, e);
}

static int
put_head(struct seal *s, const struct ustar_entry *entry, struct err *e)
{
	uint8_t head[USTAR_BLOCK];

	return ustar_put(head, entry, e) == -1 ? -1 : seal_write(s, head, sizeof(head), e);
}

static int
put_text(struct seal *s, const struct ustar_entry *entry, const struct buf *text, struct err *e)
{
	if (put_head(s, entry, e) == -1 || seal_write(s, text->data, text->len, e) == -1)
		return -1;
	return seal_write(s, nothing, ustar_padding((int64_t)text->len), e);
}

static int
put_file(struct pack *p, const struct pack_file *f, struct seal *s, struct writing *w, struct err *e)
{
	int fd = f->path ? open(f->path, O_RDONLY | O_CLOEXEC) : p->store_fd, rc = -1;
	uint8_t sha[SHA256_LEN];

	if (fd == -1)
		return err_sys(e, "cannot open %s", f->path);
	if (put_head(s, &f->entry, e) == -1 || stream(fd, f->entry.name, f->entry.size, sha, s, told, w, e) == -1)
		goto out;
	if (memcmp(sha, f->sha, sizeof(sha)) != 0)
		err_set(e, ERR_BUSY, "%s was changed while the backup was made: try again", f->entry.name);
	else
		rc = seal_write(s, nothing, ustar_padding(f->entry.size), e);
out:
	if (f->path)
		close(fd);
	return rc;
}

int
pack_write(struct pack *p, struct seal *s, pack_progress *progress, void *ctx, struct err *e)
{
	struct ustar_entry manifest = { .name = PACK_MANIFEST, .size = (int64_t)p->manifest_text.len, .mode = 0600 };
	struct writing w = { progress, ctx, 0, pack_size(p) };
	size_t i;

	manifest.mtime = clock_now();
	if (put_text(s, &manifest, &p->manifest_text, e) == -1)
		return -1;
	for (i = 0; i < p->files; i++) {
		const struct pack_file *f = &p->file[i];

		if ((f->text ? put_text(s, &f->entry, f->text, e) : put_file(p, f, s, &w, e)) == -1)
			return -1;
	}
	return seal_write(s, nothing, sizeof(nothing), e) == -1 ? -1 : seal_write(s, nothing, sizeof(nothing), e);
}
