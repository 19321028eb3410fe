/* backup_open.c - see backup.h: a backup read back, and what is shown of it. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"

static long
read_sealed(void *from, void *out, size_t n, struct err *e)
{
	return seal_read(from, out, n, e);
}

/* Whatever is wrong is wrong with the file: its name goes before. */
int
backup_unpack(struct cli *cli, const char *file, const char *folder, json_t **manifest, struct unpack_report *report, struct err *e)
{
	bool is_stdin = strcmp(file, "-") == 0;
	struct backup_secret secret;
	struct out_progress bar;
	struct seal *s = NULL;
	int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC), rc = -1;

	out_progress_init(cli, &bar);
	if (fd == -1)
		return err_sys(e, "cannot open %s", file);
	if (backup_secret_get(cli, false, &secret, e) == -1)
		goto out;
	s = seal_open(fd, &secret.secret, e);
	if (s && unpack(read_sealed, s, folder, manifest, backup_progress, &bar, e) == 0)
		rc = unpack_check(folder, *manifest, report, e);
	if (rc == 0)
		rc = backup_progress(NULL, 0, 0, e); /* the check of a large store takes a while: somebody may have had enough */
	if (rc == -1)
		err_wrap(e, "%s", is_stdin ? "the backup" : file);
out:
	out_progress_end(&bar);
	seal_free(s);
	backup_secret_release(&secret);
	if (!is_stdin)
		close(fd);
	return rc;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	remove(path);
	return 0;
}

void
backup_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *
backup_octets(char out[32], int64_t octets)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double n = (double)octets / 1000;
	size_t i;

	for (i = 0; i < 3 && n >= 1000; i++)
		n /= 1000;
	snprintf(out, 32, "%.*f %s", n < 10 ? 1 : 0, n, units[i]);
	return out;
}

static int64_t
count_of(const json_t *counts, const char *name)
{
	return (int64_t)json_integer_value(json_object_get(counts, name));
}

static void
show_counts(struct cli *cli, const json_t *counts)
{
	char a[96], b[96];
	int64_t unfinished = count_of(counts, "unfinished"), waiting = count_of(counts, "waiting");

	out_field(cli, "Subscribers", OUT_PLAIN, "%s, %s", out_number(a, count_of(counts, "subscribers")),
	    out_count(b, count_of(counts, "active"), "active subscription", "active subscriptions"));
	out_field(cli, "Suppressed", OUT_PLAIN, "%s", out_count(a, count_of(counts, "suppressions"), "address", "addresses"));
	out_field(cli, "Articles", OUT_PLAIN, "%s", out_number(a, count_of(counts, "articles")));
	out_field(cli, "Mailings", OUT_PLAIN, "%s with %s", out_number(a, count_of(counts, "campaigns")),
	    out_count(b, count_of(counts, "deliveries"), "delivery", "deliveries"));
	if (unfinished || waiting)
		out_field(cli, "Unfinished", OUT_WARN, "%s, %s", out_count(a, unfinished, "mailing", "mailings"),
		    out_count(b, waiting, "mail to one person", "mails to one person"));
}

/* Lists of the manifest that most backups have nothing in. */
static void
show_lists(struct cli *cli, const json_t *manifest)
{
	const json_t *moved = json_object_get(manifest, "moved"), *missing = json_object_get(manifest, "missing"), *one;
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(moved); i++) {
		one = json_array_get(moved, i);
		if (json_get_string(one, "section") && json_get_string(one, "key") && json_get_string(one, "from") &&
		    json_get_string(one, "to"))
			out_field(cli, i ? " " : "Moved", OUT_PLAIN, "[%s] %s: %s is %s in it", json_get_string(one, "section"),
			    json_get_string(one, "key"), json_get_string(one, "from"), json_get_string(one, "to"));
	}
	for (i = 0; i < json_array_size(missing); i++)
		if ((text = json_string_value(json_array_get(missing, i))))
			out_field(cli, i ? " " : "Left out", OUT_WARN, "%s", text);
}

static const char *
or_none(const char *text)
{
	return text ? text : "";
}

void
backup_show(struct cli *cli, const json_t *manifest, const struct unpack_report *report)
{
	int64_t version = count_of(manifest, "store_version"), at = 0;
	char when[CLOCK_TEXT], text[96];
	struct err ignored = ERR_INIT;

	json_object_set(cli->result, "manifest", (json_t *)manifest);
	clock_parse(or_none(json_get_string(manifest, "taken_at")), &at, &ignored);
	out_field(cli, "Taken", OUT_BOLD, "%s on %s, of %s", clock_local(when, at), or_none(json_get_string(manifest, "host")),
	    or_none(json_get_string(manifest, "site")));
	if (report && report->version < report->counts.version)
		out_field(cli, "Made by", OUT_PLAIN, "newsletter %s; its store has version %lld and is brought up to %lld",
		    or_none(json_get_string(manifest, "program")), (long long)version, (long long)report->counts.version);
	else
		out_field(cli, "Made by", OUT_PLAIN, "newsletter %s; its store has version %lld",
		    or_none(json_get_string(manifest, "program")), (long long)version);
	out_field(cli, "Files", OUT_PLAIN, "%s",
	    out_count(text, (int64_t)json_array_size(json_object_get(manifest, "files")), "file", "files"));
	show_counts(cli, json_object_get(manifest, "counts"));
	show_lists(cli, manifest);
	if (!report)
		return;
	out_field(cli, "Keys", OUT_GOOD, "the suppression key fits the store; %s",
	    out_count(text, report->link_keys, "link key", "link keys"));
	json_put_int(cli->result, "store_version", report->counts.version);
	json_put_int(cli->result, "link_keys", report->link_keys);
}
