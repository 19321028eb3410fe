/* doctor_store.c - see doctor.h: the store's file: whole, up to date, and its log not too long. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "cli.h"
#include "doctor.h"
#include "store/health.h"

#define MB (1 << 20)
#define LOG_LONG 256 /* MB */

static long long
size_in_mb(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long long)(st.st_size / MB) : 0;
}

static void
look_at_log(struct doctor *d)
{
	struct buf path = BUF_INIT;
	long long mb;

	buf_addf(&path, "%s-wal", d->conf->store_path);
	mb = size_in_mb(path.data);
	if (mb > LOG_LONG) {
		doctor_say(d, DOCTOR_WARN, "the write-ahead log has %lld MB: somebody reads the store without end", mb);
		doctor_advise(d, "end what reads it for hours (a backup, a shell); newsletterd then empties it");
	}
	buf_release(&path);
}

/* True when nothing bad was found. */
static bool
look_at(struct doctor *d, enum health_part part, const char *what, int64_t most_us)
{
	struct err e = ERR_INIT;
	int rc = health_check(d->cli->site.db, part, most_us, &e);

	if (rc == 0) {
		doctor_say(d, DOCTOR_SKIP, "%s: %lld seconds are not enough for %lld MB", what, (long long)(most_us / 1000000),
		    size_in_mb(d->conf->store_path));
		doctor_advise(d, "newsletter doctor --only store --full looks at all of it");
	} else if (rc == -1 && e.code == ERR_CORRUPT) {
		doctor_say(d, DOCTOR_FAIL, "%s: %s", what, e.text);
		doctor_advise(d, "stop newsletterd, keep a copy of the file, and restore the backup");
	} else if (rc == -1) {
		doctor_say(d, DOCTOR_SKIP, "%s: %s", what, e.text);
	}
	return rc == 1;
}

void
doctor_store(struct doctor *d)
{
	int64_t most_us = d->full ? 0 : (int64_t)doctor_seconds(d) * 500000, version = 0; /* two looks share the check's time */
	struct err e = ERR_INIT;
	bool good;

	if (doctor_open_store(d, &e) == -1) {
		if (access(d->conf->store_path, R_OK | W_OK) == -1 && errno == EACCES) {
			doctor_say(d, DOCTOR_SKIP, "%s may not open the store", d->cli->who);
			return;
		}
		doctor_say(d, DOCTOR_FAIL, "%s", e.text);
		if (e.code == ERR_VERSION)
			doctor_advise(d, "newsletter init, or the next start of newsletterd, brings an older store up to date");
		else
			doctor_advise(d, "restore it from the backup");
		return;
	}
	good = look_at(d, HEALTH_FILE, "the file", most_us);
	good &= look_at(d, HEALTH_REFERENCES, "its rows", most_us);
	look_at_log(d);
	if (good && health_version(d->cli->site.db, &version, &e) == 0)
		doctor_say(d, DOCTOR_PASS, "whole, version %lld, %lld MB", (long long)version, size_in_mb(d->conf->store_path));
}
