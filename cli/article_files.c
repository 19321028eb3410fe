/*
 * article_files.c - articles from Markdown files, alone or below a folder; see article_take.h.
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

#include "article_take.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "cli.h"
#include "content/article.h"
#include "out.h"
#include "store/article.h"

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

struct reading {
	struct article_take *take;
	const char *base_url;
	int64_t drafts, bad;
	json_t *bad_list;
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
static int
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
pick_topic(const struct reading *r, const struct article_text *text, int64_t *id, struct err *e)
{
	struct topic t;

	*id = 0;
	if (r->take->topic.id || !text->topic[0])
		return 0;
	if (topic_find(r->take->cli->site.db, text->topic, &t, e) == -1)
		return -1;
	*id = t.id;
	return 0;
}

static void
name_bad_file(struct reading *r, const struct found *f, const struct err *why)
{
	json_t *object = json_object();

	r->bad++;
	out_warn(r->take->cli, "%s", why->text);
	json_put(object, "file", f->name);
	json_put(object, "reason", why->text);
	json_array_append_new(r->bad_list, object);
}

static int
take_file(struct reading *r, const struct found *f, struct err *e)
{
	struct article_text text = { 0 };
	struct article row = { 0 };
	int rc = 0;

	if (article_text_read(&text, f->path, r->base_url, e) == -1) {
		name_bad_file(r, f, e); /* the rest go on */
		goto out;
	}
	if (text.draft) { /* it is not published yet, and what was mailed cannot be taken back */
		r->drafts++;
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
	row.published_at = text.published;
	if (pick_topic(r, &text, &row.topic_id, e) == -1) {
		err_wrap(e, "%s", f->path);
		name_bad_file(r, f, e);
		goto out;
	}
	rc = article_take(r->take, &row, clock_now(), false, e);
out:
	article_text_release(&text);
	return rc;
}

static int
take_all(struct reading *r, const struct files *files, struct err *e)
{
	struct out_progress progress;
	char detail[64] = "";
	int rc = 0;
	size_t i;

	out_progress_init(r->take->cli, &progress);
	for (i = 0; i < files->count && rc == 0; i++) {
		rc = take_file(r, &files->item[i], e);
		out_progress(&progress, (int64_t)i + 1, (int64_t)files->count, true, "");
	}
	out_progress_end(&progress);
	if (r->bad)
		snprintf(detail, sizeof(detail), "%lld bad", (long long)r->bad);
	return rc == -1 ? -1 : article_take_end(r->take, detail, e);
}

static void
report(const struct reading *r)
{
	struct cli *cli = r->take->cli;
	char counts[128];

	out_line(cli, "%s%s", article_take_counts(r->take, counts), r->bad ? "" : ".");
	if (r->drafts)
		out_line(cli, "%lld left out: draft.", (long long)r->drafts);
	if (r->bad)
		out_line(cli, "%lld left out, named above.", (long long)r->bad);
	json_put_int(cli->result, "drafts", r->drafts);
	json_put_int(cli->result, "bad", r->bad);
}

int
article_take_files(struct cli *cli, int argc, char **argv, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	struct article_take take = { .cli = cli };
	struct reading r = { .take = &take, .bad_list = json_array() };
	struct files files = { 0 };
	int rc = -1;
	size_t i;

	json_object_set_new(cli->result, "bad_files", r.bad_list);
	r.base_url = site_base(conf);
	if (find_files(&files, argc, argv, e) == -1)
		goto out;
	if (!files.count) {
		err_set(e, ERR_NOT_FOUND, "there is no .md or .markdown file in %s", argv[0]);
		goto out;
	}
	if (article_take_begin(&take, cli, e) == -1 || take_all(&r, &files, e) == -1)
		goto out;
	report(&r);
	cli->status = r.bad ? 1 : 0;
	rc = 0;
out:
	article_take_release(&take);
	for (i = 0; i < files.count; i++)
		free(files.item[i].path);
	free(files.item);
	return rc;
}
