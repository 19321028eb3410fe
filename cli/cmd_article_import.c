/*
 * cmd_article_import.c - newsletter article import: Markdown files, alone or below a folder.
 *
 * Files are found first and in the order of their names, then read one by one; each
 * good one is taken, each bad one named. A link to a folder is not followed.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "cli.h"
#include "content/article.h"
#include "out.h"
#include "store/article.h"
#include "store/audit.h"
#include "store/topic.h"

const struct opt opts_article_import[] = {
	{ "topic", "TOPIC", "for announcing to this topic alone (default: what the file says)" },
	{ "announced", NULL, "take new ones as announced already: an archive that nobody is to be mailed about" },
	{ NULL, NULL, NULL },
};

#define DEPTH_MAX 16
#define FILES_MAX 20000

struct found {
	char *path;
	char *name; /* below the folder that was named; points into path */
};

struct files {
	struct found *item;
	size_t count;
};

struct import {
	struct cli *cli;
	struct topic_list topics;
	const struct topic *topic; /* of --topic, or NULL */
	const char *base_url;
	int64_t fresh, edited, same, drafts, bad;
	json_t *list, *bad_list;
};

static bool
is_markdown(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && (strcasecmp(dot, ".md") == 0 || strcasecmp(dot, ".markdown") == 0);
}

static int
add_file(struct files *files, const char *path, size_t below, struct err *e)
{
	struct found *f;

	if (files->count == FILES_MAX)
		return err_set(e, ERR_INPUT, "there are more than %d files: import a folder further down", FILES_MAX);
	if (files->count % 64 == 0)
		files->item = xrealloc(files->item, (files->count + 64) * sizeof(files->item[0]));
	f = &files->item[files->count++];
	f->path = xstrdup(path);
	f->name = f->path + below;
	return 0;
}

/* At most DEPTH_MAX deep. */
static int /* NOLINTNEXTLINE(misc-no-recursion) */
walk(struct files *files, const char *folder, size_t below, int depth, struct err *e)
{
	struct buf path = BUF_INIT;
	DIR *dir = opendir(folder);
	struct dirent *d;
	struct stat st;
	int rc = -1;

	if (!dir)
		return err_sys(e, "cannot read the folder %s", folder);
	if (depth == DEPTH_MAX) {
		err_set(e, ERR_INPUT, "%s: folders in folders more than %d deep", folder, DEPTH_MAX);
		goto out;
	}
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		buf_reset(&path);
		buf_addf(&path, "%s/%s", folder, d->d_name);
		if (lstat(path.data, &st) == -1)
			continue;
		if (S_ISDIR(st.st_mode) && walk(files, path.data, below, depth + 1, e) == -1)
			goto out;
		if (S_ISLNK(st.st_mode) && stat(path.data, &st) == -1)
			continue;
		if (S_ISREG(st.st_mode) && is_markdown(d->d_name) && add_file(files, path.data, below, e) == -1)
			goto out;
	}
	rc = 0;
out:
	closedir(dir);
	buf_release(&path);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->name, ((const struct found *)b)->name);
}

static int
find_files(struct files *files, int argc, char **argv, struct err *e)
{
	const char *slash;
	struct stat st;
	size_t n;
	int i;

	for (i = 0; i < argc; i++) {
		n = strlen(argv[i]);
		while (n > 1 && argv[i][n - 1] == '/')
			argv[i][--n] = '\0';
		if (stat(argv[i], &st) == -1) {
			err_sys(e, "cannot open %s", argv[i]);
			if (errno == ENOENT)
				e->code = ERR_NOT_FOUND;
			return -1;
		}
		slash = strrchr(argv[i], '/');
		if ((S_ISDIR(st.st_mode) ? walk(files, argv[i], n + 1, 0, e)
					 : add_file(files, argv[i], slash ? (size_t)(slash + 1 - argv[i]) : 0, e)) == -1)
			return -1;
	}
	if (files->count)
		qsort(files->item, files->count, sizeof(files->item[0]), by_name);
	return 0;
}

static int
pick_topic(const struct import *im, const struct article_text *text, int64_t *id, struct err *e)
{
	struct topic t;

	*id = im->topic ? im->topic->id : 0;
	if (im->topic || !text->topic[0])
		return 0;
	if (topic_find(im->cli->site.db, text->topic, &t, e) == -1)
		return -1;
	*id = t.id;
	return 0;
}

/* A file that says no date has that of its first import. */
static int
pick_date(struct import *im, const struct article_text *text, struct article *row, struct err *e)
{
	struct article old = { 0 };
	int rc = 0;

	row->published_at = text->published;
	if (!row->published_at) {
		rc = article_find(im->cli->site.db, row->source, &old, e);
		row->published_at = rc == 1 ? old.published_at : clock_now();
		article_release(&old);
	}
	return rc == -1 ? -1 : 0;
}

static int
put_row(struct import *im, struct article *row, struct err *e)
{
	static const char *const words[] = { "new", "edited", "unchanged" };
	enum article_outcome outcome;
	struct topic t;
	json_t *object;

	if (article_put(im->cli->site.db, row, &outcome, e) == -1)
		return -1;
	if (outcome == ARTICLE_NEW && cli_option(im->cli, "announced")) {
		if (row->topic_id)
			t.id = row->topic_id;
		else if (topic_find(im->cli->site.db, "articles", &t, e) == -1)
			return -1;
		if (article_announce(im->cli->site.db, row->id, t.id, 0, e) == -1)
			return -1;
	}
	im->fresh += outcome == ARTICLE_NEW;
	im->edited += outcome == ARTICLE_EDITED;
	im->same += outcome == ARTICLE_SAME;
	if (outcome != ARTICLE_SAME)
		out_line(im->cli, "  %-8s %s", words[outcome], row->title);
	object = json_object();
	json_put_int(object, "id", row->id);
	json_put(object, "title", row->title);
	json_put(object, "outcome", words[outcome]);
	json_array_append_new(im->list, object);
	return 0;
}

static void
name_bad_file(struct import *im, const struct found *f, const struct err *why)
{
	json_t *object = json_object();

	im->bad++;
	out_warn(im->cli, "%s", why->text);
	json_put(object, "file", f->name);
	json_put(object, "reason", why->text);
	json_array_append_new(im->bad_list, object);
}

static int
take_file(struct import *im, const struct found *f, struct err *e)
{
	struct article_text text = { 0 };
	struct article row = { 0 };
	int rc = -1;

	if (article_text_read(&text, f->path, im->base_url, e) == -1) {
		name_bad_file(im, f, e); /* the rest go on */
		rc = 0;
		goto out;
	}
	if (text.draft) { /* it is not published yet, and what was mailed cannot be taken back */
		im->drafts++;
		rc = 0;
		goto out;
	}
	row.source = text.url[0] ? text.url : f->name;
	row.title = text.title;
	row.url = text.url;
	row.excerpt = text.excerpt;
	row.author = text.author;
	row.image = text.image;
	row.image_alt = text.image_alt;
	row.body = text.body;
	row.hash = text.hash;
	if (pick_topic(im, &text, &row.topic_id, e) == -1) {
		err_wrap(e, "%s", f->path);
		name_bad_file(im, f, e);
		rc = 0;
		goto out;
	}
	rc = pick_date(im, &text, &row, e) == -1 ? -1 : put_row(im, &row, e);
out:
	article_text_release(&text);
	return rc;
}

static int
take_all(struct import *im, const struct files *files, struct err *e)
{
	struct db *db = im->cli->site.db;
	char detail[96];
	int rc = -1;
	size_t i;

	if (db_begin(db, e) == -1)
		return -1;
	for (i = 0; i < files->count; i++)
		if (take_file(im, &files->item[i], e) == -1 || db_chunk(db, e) == -1)
			goto out;
	snprintf(detail, sizeof(detail), "%lld new, %lld edited, %lld bad", (long long)im->fresh, (long long)im->edited,
	    (long long)im->bad);
	if ((im->fresh || im->edited) && audit_add(db, im->cli->who, "article import", detail, e) == -1)
		goto out;
	rc = db_commit(db, e);
out:
	db_rollback(db);
	return rc;
}

static void
report(const struct import *im)
{
	struct cli *cli = im->cli;

	out_line(cli, "%lld new, %lld edited, %lld unchanged%s", (long long)im->fresh, (long long)im->edited, (long long)im->same,
	    im->bad ? "" : ".");
	if (im->drafts)
		out_line(cli, "%lld left out: draft.", (long long)im->drafts);
	if (im->bad)
		out_line(cli, "%lld left out, named above.", (long long)im->bad);
	json_put_int(cli->result, "new", im->fresh);
	json_put_int(cli->result, "edited", im->edited);
	json_put_int(cli->result, "unchanged", im->same);
	json_put_int(cli->result, "drafts", im->drafts);
	json_put_int(cli->result, "bad", im->bad);
}

int
cmd_article_import(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct import im = { .cli = cli, .list = json_array(), .bad_list = json_array() };
	const char *topic = cli_option(cli, "topic");
	struct files files = { 0 };
	struct topic t;
	int rc = -1;
	size_t i;

	json_object_set_new(cli->result, "articles", im.list);
	json_object_set_new(cli->result, "bad_files", im.bad_list);
	im.base_url = cli->site.conf.site_home[0] ? cli->site.conf.site_home : cli->site.conf.site_url;
	if (topic && topic_find(cli->site.db, topic, &t, e) == -1)
		return -1;
	im.topic = topic ? &t : NULL;
	if (find_files(&files, argc, argv, e) == -1)
		goto out;
	if (!files.count) {
		err_set(e, ERR_NOT_FOUND, "there is no .md or .markdown file in %s", argv[0]);
		goto out;
	}
	if (take_all(&im, &files, e) == -1)
		goto out;
	report(&im);
	cli->status = im.bad ? 1 : 0;
	rc = 0;
out:
	for (i = 0; i < files.count; i++)
		free(files.item[i].path);
	free(files.item);
	return rc;
}
