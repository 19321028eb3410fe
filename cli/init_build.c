/*
 * init_build.c - see init.h: the site on disk.
 *
 * Everything that is made is remembered, and taken back when a later step
 * fails; newsletter.conf comes last, so that a site is there when it is.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/link.h"
#include "init.h"
#include "site/topic_words.h"
#include "store/audit.h"
#include "store/db.h"
#include "store/suppression.h"
#include "store/topic.h"

#define MADE_MAX 32

struct build {
	char *made[MADE_MAX]; /* files and folders, in the order of their making */
	int count;
};

static void
made(struct build *b, const char *path)
{
	if (b->count == MADE_MAX)
		abort();
	b->made[b->count++] = xstrdup(path);
}

static void
take_back(struct build *b)
{
	int i;

	for (i = b->count; i--;)
		remove(b->made[i]); /* what is not there was never made */
}

static void
forget(struct build *b)
{
	while (b->count)
		free(b->made[--b->count]);
}

/* A folder that is there stays as it is. Missing ones above it are made too: once for each name in the path. */
static int
make_folder(struct build *b, const char *path, mode_t mode, struct err *e)
{
	char *parent, *slash;
	struct stat st;
	int rc;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	parent = xstrdup(path);
	slash = strrchr(parent, '/');
	rc = 0;
	if (slash && slash != parent) {
		*slash = '\0';
		rc = make_folder(b, parent, 0755, e);
	}
	free(parent);
	if (rc == -1 || file_mkdir(path, mode, e) == -1)
		return -1;
	made(b, path);
	return 0;
}

static int
make_parent(struct build *b, const char *path, mode_t mode, struct err *e)
{
	char *parent = xstrdup(path), *slash = strrchr(parent, '/');
	int rc = 0;

	if (slash && slash != parent) {
		*slash = '\0';
		rc = make_folder(b, parent, mode, e);
	}
	free(parent);
	return rc;
}

/* Keys or a store that are there belong to a site that somebody still needs. */
static int
refuse_existing(const struct conf *conf, struct err *e)
{
	DIR *dir;
	struct dirent *d;
	const char *dot;
	int rc = 0;

	if (access(conf->store_path, F_OK) == 0)
		return err_set(e, ERR_EXISTS,
		    "%s is there already, without its newsletter.conf: bring that back, or make the new site elsewhere", conf->store_path);
	dir = opendir(conf->store_keys);
	if (!dir)
		return errno == ENOENT ? 0 : err_sys(e, "cannot read the folder %s", conf->store_keys);
	while (rc == 0 && (d = readdir(dir))) {
		dot = strrchr(d->d_name, '.');
		if (dot && strcmp(dot, ".key") == 0)
			rc = err_set(e, ERR_EXISTS,
			    "%s holds keys already (%s), without their store: restore that, or make the new site elsewhere",
			    conf->store_keys, d->d_name);
	}
	closedir(dir);
	return rc;
}

static int
make_keys(struct build *b, const struct conf *conf, struct err *e)
{
	struct buf path = BUF_INIT;
	int id = 0;

	/* remembered first: a key that is written by half is taken back too */
	buf_addf(&path, "%s/link-1.key", conf->store_keys);
	made(b, path.data);
	buf_reset(&path);
	buf_addf(&path, "%s/suppression.key", conf->store_keys);
	made(b, path.data);
	buf_release(&path);
	if (link_keys_create(conf->store_keys, &id, e) == -1)
		return -1;
	return suppression_key_create(conf->store_keys, e);
}

/* In the site's language. */
static int
make_topic(struct db *db, const struct conf *conf, const char *slug, struct err *e)
{
	struct topic t;
	char title[sizeof(t.title)], description[sizeof(t.description)];

	topic_words_new(title, sizeof(title), conf->site_language, slug, "title");
	topic_words_new(description, sizeof(description), conf->site_language, slug, "description");
	return topic_create(db, slug, title, description, &t, e);
}

static int
make_topics(struct db *db, const struct conf *conf, struct err *e)
{
	int rc = -1;

	if (db_begin(db, e) == -1)
		return -1;
	if (make_topic(db, conf, "articles", e) == 0 && make_topic(db, conf, "promotions", e) == 0 &&
	    audit_add(db, audit_who(), "init", "a new site", e) == 0)
		rc = db_commit(db, e);
	db_rollback(db);
	return rc;
}

static int
make_store(struct build *b, const struct conf *conf, struct err *e)
{
	static const char *const beside[] = { "", "-lock", "-wal", "-shm" };
	struct buf path = BUF_INIT;
	struct db *db;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		buf_reset(&path);
		buf_addf(&path, "%s%s", conf->store_path, beside[i]);
		made(b, path.data);
	}
	buf_release(&path);
	db = db_open(conf->store_path, DB_CREATE, e);
	if (!db)
		return -1;
	rc = make_topics(db, conf, e);
	db_close(db);
	return rc;
}

int
init_build(const struct conf *conf, const struct buf *text, struct err *e)
{
	struct build b = { .count = 0 };
	int rc = -1;

	if (refuse_existing(conf, e) == -1)
		return -1;
	if (make_parent(&b, conf->path, 0755, e) == -1 || make_parent(&b, conf->store_path, 02770, e) == -1 ||
	    make_folder(&b, conf->store_keys, 0750, e) == -1 || make_folder(&b, conf->store_outbox, 0770, e) == -1 ||
	    make_folder(&b, conf->store_aside, 02770, e) == -1 || make_folder(&b, conf->store_templates, 0755, e) == -1 ||
	    make_keys(&b, conf, e) == -1 || make_store(&b, conf, e) == -1)
		goto out;
	if (text && file_write(conf->path, 0644, text->data, text->len, e) == -1)
		goto out;
	rc = 0;
out:
	if (rc == -1)
		take_back(&b);
	forget(&b);
	return rc;
}
