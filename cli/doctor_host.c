/* doctor_host.c - see doctor.h: the machine: its clock, its disks, whether newsletterd runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "cli.h"
#include "doctor.h"
#include "out.h"
#include "site/running.h"
#include "store/health.h"
#include "store/role.h"

#define FUTURE 300 /* seconds that the store may be ahead of the clock */
#define MB (1 << 20)
#define LITTLE 1024 /* MB */
#define NOTHING 100 /* MB */
#define DISKS 3

/* Each role keeps its row fresh; one that hangs, or cannot write, does not. */
static void
look_at_roles(struct doctor *d)
{
	struct role_seen seen[ROLES_ALL];
	struct err e = ERR_INIT;
	int64_t now = clock_now();
	int good = 0;

	if (doctor_open_store(d, &e) == -1 || role_list(d->cli->site.db, seen, &e) == -1) {
		doctor_say(d, DOCTOR_PASS, "newsletterd runs");
		return;
	}
	for (int i = 0; i < ROLES_ALL; i++) {
		if (role_is_fresh(&seen[i], now)) {
			good++;
			continue;
		}
		doctor_say(d, seen[i].seen_at ? DOCTOR_FAIL : DOCTOR_WARN, "newsletterd runs, but its role %s was %s", seen[i].name,
		    seen[i].seen_at ? "not heard of lately: it hangs, or cannot write into the store" : "never heard "
													"of: did it just start?");
		doctor_advise(d, "see what the log says of it, and restart newsletterd");
	}
	if (good == ROLES_ALL)
		doctor_say(d, DOCTOR_PASS, "newsletterd runs, and all of its roles are heard of");
}

void
doctor_daemon(struct doctor *d)
{
	struct err e = ERR_INIT;

	switch (running_check(d->conf->store_path, &e)) {
	case 1: look_at_roles(d); break;
	case 0:
		doctor_say(d, DOCTOR_WARN, "newsletterd is not running: nothing goes out and nobody can sign up");
		doctor_advise(d, "systemctl start newsletterd, or newsletterd -C %s", d->conf->folder);
		break;
	default: doctor_say(d, DOCTOR_SKIP, "whether newsletterd runs cannot be seen: %s", e.text); break;
	}
}

void
doctor_clock(struct doctor *d)
{
	struct err e = ERR_INIT;
	struct timex t = { 0 };
	int64_t newest = 0, now = clock_now();
	char when[CLOCK_TEXT];
	int state = adjtimex(&t);

	if (doctor_open_store(d, &e) == 0 && health_newest(d->cli->site.db, &newest, &e) == 0 && newest > now + FUTURE) {
		doctor_say(d, DOCTOR_FAIL, "the clock says %s, and the store has an event of the future", clock_local(when, now));
		doctor_advise(d, "set the clock right: retention, limits and links go by it");
		return;
	}
	if (state == -1) {
		doctor_say(d, DOCTOR_SKIP, "the kernel does not say whether the clock is kept right");
	} else if (state == TIME_ERROR || t.status & STA_UNSYNC) {
		doctor_say(d, DOCTOR_WARN, "it is %s here, and nothing keeps the clock right", clock_local(when, now));
		doctor_advise(d, "run chrony or systemd-timesyncd, here or on the machine below this one");
	} else {
		doctor_say(d, DOCTOR_PASS, "it is %s, kept right by the network's time", clock_local(when, now));
	}
}

/* One file system, unless it was looked at before. */
static void
look_at_disk(struct doctor *d, const char *folder, dev_t seen[DISKS], int *count)
{
	struct statvfs fs;
	struct stat st;
	char free_text[32];
	long long mb;
	int i;

	if (stat(folder, &st) == -1 || statvfs(folder, &fs) == -1)
		return; /* the permissions say so */
	for (i = 0; i < *count; i++)
		if (seen[i] == st.st_dev)
			return;
	seen[(*count)++] = st.st_dev;
	mb = (long long)(fs.f_bavail * fs.f_frsize / MB);
	out_number(free_text, mb);
	if (mb < NOTHING || (fs.f_files && fs.f_favail * 1000 < fs.f_files)) {
		doctor_say(d, DOCTOR_FAIL, "%s: %s MB and %llu files are left", doctor_path(d, folder), free_text,
		    (unsigned long long)fs.f_favail);
		doctor_advise(d, "make room: newsletterd stops sending and taking signups when the disk is full");
	} else if (mb < LITTLE || fs.f_bavail * 20 < fs.f_blocks || (fs.f_files && fs.f_favail * 20 < fs.f_files)) {
		doctor_say(d, DOCTOR_WARN, "%s: %s MB and %llu files are left", doctor_path(d, folder), free_text,
		    (unsigned long long)fs.f_favail);
		doctor_advise(d, "make room before it is full");
	} else {
		doctor_say(d, DOCTOR_PASS, "%s: %s MB free", doctor_path(d, folder), free_text);
	}
}

void
doctor_disk(struct doctor *d)
{
	char *store = file_folder(d->conf->store_path);
	dev_t seen[DISKS] = { 0 };
	int count = 0;

	look_at_disk(d, store, seen, &count);
	look_at_disk(d, d->conf->store_outbox, seen, &count);
	look_at_disk(d, d->conf->store_aside, seen, &count);
	if (!count)
		doctor_say(d, DOCTOR_SKIP, "none of the site's folders can be seen");
	free(store);
}
