/* pack_gather.c - see pack_private.h: which files of a site are in its backup, and under what names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "site/pack_private.h"

#define DEPTH 4 /* of folders in templates */

/* Where a path stands in the site's folder, or NULL when it is outside. */
static const char *
inside(const struct conf *conf, const char *path)
{
	size_t n = strlen(conf->folder);

	if (strncmp(path, conf->folder, n) != 0 || path[n] != '/')
		return NULL;
	path += n + 1;
	if (!ustar_name_ok(path) || path[0] == '.' || strncmp(path, "newsletter.conf", 15) == 0 || strcmp(path, PACK_MANIFEST) == 0)
		return NULL;
	return path;
}

/* Put a value that leads outside of the site's folder into it, under the name in `to`. */
static void
move(struct pack *p, const char *section, const char *key, const char *from, const char *to)
{
	struct pack_move *m = &p->move[p->moves];

	if (p->moves++ == PACK_MOVES_MOST)
		abort();
	snprintf(m->section, sizeof(m->section), "%s", section);
	snprintf(m->to, sizeof(m->to), "%s", to);
	m->key = key;
	m->from = xstrdup(from);
}

/* The name in the archive of what a key of newsletter.conf names. */
static void
place(struct pack *p, const char *section, const char *key, const char *path, const char *otherwise, char out[USTAR_NAME])
{
	const char *name = inside(p->conf, path);

	snprintf(out, USTAR_NAME, "%s", name ? name : otherwise);
	if (!name)
		move(p, section, key, path, out);
}

static bool
is_listed(const struct pack *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->files; i++)
		if (strcmp(p->file[i].entry.name, name) == 0)
			return true;
	return false;
}

static struct pack_file *
add(struct pack *p, const char *name, struct err *e)
{
	struct pack_file *f;

	if (p->files == PACK_FILES_MOST || strlen(name) >= USTAR_NAME) {
		err_set(e, ERR_INPUT, "there are too many files for a backup, or a name is too long: %.120s", name);
		return NULL;
	}
	if (p->files == p->cap)
		p->file = xrealloc(p->file, (p->cap = p->cap ? 2 * p->cap : 32) * sizeof(*p->file));
	f = &p->file[p->files++];
	memset(f, 0, sizeof(*f));
	snprintf(f->entry.name, sizeof(f->entry.name), "%s", name);
	return f;
}

/* Hashed now, and read again when it is written. */
static int
add_file(struct pack *p, const char *path, const char *name, struct err *e)
{
	struct buf text = BUF_INIT;
	struct pack_file *f;
	struct stat st;
	int rc = -1;

	if (is_listed(p, name)) /* two keys name one file */
		return 0;
	if (file_read(path, PACK_FILE_MOST, &text, e) == -1)
		goto out;
	if (stat(path, &st) == -1) {
		err_sys(e, "cannot read %s", path);
		goto out;
	}
	f = add(p, name, e);
	if (!f)
		goto out;
	f->path = xstrdup(path);
	f->entry.size = (int64_t)text.len;
	f->entry.mode = st.st_mode & 0777;
	f->entry.mtime = (int64_t)st.st_mtime;
	sha256(f->sha, text.data, text.len);
	rc = 0;
out:
	if (text.cap)
		secret_wipe(text.data, text.cap); /* keys are among them */
	buf_release(&text);
	return rc;
}

/* A file that the configuration names: one that cannot be read is told, and left out. */
static void
add_secret(struct pack *p, const char *section, const char *key, const char *path)
{
	char name[USTAR_NAME], otherwise[USTAR_NAME], *c;
	struct err why = ERR_INIT;

	if (!path[0])
		return;
	snprintf(otherwise, sizeof(otherwise), "secrets/%s-%s", section, key);
	for (c = otherwise; *c; c++)
		if (*c == ' ')
			*c = '-';
	place(p, section, key, path, otherwise, name);
	if (add_file(p, path, name, &why) == 0)
		return;
	p->missing = xrealloc(p->missing, (p->missings + 1) * sizeof(*p->missing));
	p->missing[p->missings++] = xstrdup(why.text);
}

static void
add_relay(struct pack *p, const struct conf_relay *r)
{
	char section[64];

	snprintf(section, sizeof(section), "relay%s%s", r->name[0] ? " " : "", r->name);
	add_secret(p, section, "password_file", r->password_file);
	add_secret(p, section, "token_file", r->token_file);
	add_secret(p, section, "ca_file", r->ca_file);
}

static void
add_mailbox(struct pack *p, const struct conf_mailbox *m)
{
	char section[64];

	snprintf(section, sizeof(section), "inbound%s%s", m->name[0] ? " " : "", m->name);
	add_secret(p, section, "password_file", m->password_file);
	add_secret(p, section, "token_file", m->token_file);
	add_secret(p, section, "ca_file", m->ca_file);
}

static void
add_secrets(struct pack *p)
{
	const struct conf *c = p->conf;
	int i;

	for (i = 0; i < c->relays; i++)
		add_relay(p, &c->relay[i]);
	for (i = 0; i < c->mailboxes; i++)
		add_mailbox(p, &c->mailbox[i]);
	add_secret(p, "dkim", "key_file", c->dkim_key_file);
	add_secret(p, "dkim", "ed25519_key_file", c->dkim_ed25519_key_file);
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* All plain files of a folder whose names end so, as `name`/…, those of its folders too. What is hidden is somebody's editor's. */
static int
add_folder(struct pack *p, const char *path, const char *name, const char *end, int depth, struct err *e)
{
	struct dirent **list = NULL;
	struct buf below = BUF_INIT, as = BUF_INIT;
	struct stat st;
	int i, rc = 0, n = scandir(path, &list, NULL, alphasort);

	if (n == -1)
		return errno == ENOENT ? 0 : err_sys(e, "cannot read the folder %s", path);
	for (i = 0; i < n; i++) {
		buf_reset(&below);
		buf_reset(&as);
		buf_addf(&below, "%s/%s", path, list[i]->d_name);
		buf_addf(&as, "%s/%s", name, list[i]->d_name);
		if (rc == -1 || list[i]->d_name[0] == '.')
			;
		else if (stat(below.data, &st) == -1)
			rc = err_sys(e, "cannot read %s", below.data);
		else if (S_ISDIR(st.st_mode) && depth > 1)
			rc = add_folder(p, below.data, as.data, end, depth - 1, e);
		else if (S_ISREG(st.st_mode) && (!end[0] || ends_with(list[i]->d_name, end)))
			rc = add_file(p, below.data, as.data, e);
		free(list[i]);
	}
	free(list);
	buf_release(&below);
	buf_release(&as);
	return rc;
}

static int
add_text(struct pack *p, const char *name, struct buf *text, struct err *e)
{
	struct pack_file *f = add(p, name, e);
	struct stat st;

	if (!f)
		return -1;
	if (stat(p->conf->path, &st) == -1)
		return err_sys(e, "cannot read %s", p->conf->path);
	f->text = text;
	f->entry.size = (int64_t)text->len;
	f->entry.mode = st.st_mode & 0777;
	f->entry.mtime = (int64_t)st.st_mtime;
	sha256(f->sha, text->data, text->len);
	return 0;
}

int
pack_gather(struct pack *p, struct err *e)
{
	const struct conf *c = p->conf;
	char keys[USTAR_NAME], templates[USTAR_NAME], folder[USTAR_NAME];

	place(p, "store", "path", c->store_path, "store/newsletter.db", p->store);
	place(p, "store", "keys", c->store_keys, "keys", keys);
	place(p, "store", "outbox", c->store_outbox, "outbox", folder);
	place(p, "store", "aside", c->store_aside, "aside", folder);
	place(p, "store", "templates", c->store_templates, "templates", templates);
	if (add_folder(p, c->store_keys, keys, ".key", 1, e) == -1)
		return -1;
	add_secrets(p);
	if (add_folder(p, c->store_templates, templates, "", DEPTH, e) == -1 || pack_conf(p, e) == -1)
		return -1;
	if (add_text(p, "newsletter.conf", &p->conf_text, e) == -1)
		return -1;
	return p->moves ? add_text(p, "newsletter.conf.original", &p->conf_original, e) : 0;
}
