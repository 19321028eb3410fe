/* http_metrics_site.c - metrics of the site and the machine: roles, files, signups, subscriptions, this process. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "http_metrics.h"

#define FILES_BITE 256 /* descriptors that are asked for at once */
#define FILES_GAP 2048 /* the lowest free one is always taken: behind so many that are not open there are none */

void
metric_build(struct metrics *m, const struct metric *metric)
{
	metric_put_one(m, metric, 1, NEWSLETTER_VERSION);
}

void
metric_time(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->now, NULL);
}

void
metric_role_up(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < ROLES_ALL; i++)
		metric_put_one(m, metric, role_is_fresh(&m->role[i], m->now), m->role[i].name);
}

void
metric_role_seen(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < ROLES_ALL; i++)
		metric_put_one(m, metric, (double)m->role[i].seen_at, m->role[i].name);
}

void
metric_role_start(struct metrics *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < ROLES_ALL; i++)
		metric_put_one(m, metric, (double)m->role[i].started_at, m->role[i].name);
}

static void
put_size(struct metrics *m, const struct metric *metric, const char *suffix, const char *label)
{
	struct buf path = BUF_INIT;
	struct stat st;

	buf_addf(&path, "%s%s", m->http->role->site.conf.store_path, suffix);
	if (stat(path.data, &st) == 0)
		metric_put_one(m, metric, (double)st.st_size, label);
	buf_release(&path);
}

void
metric_store_bytes(struct metrics *m, const struct metric *metric)
{
	put_size(m, metric, "", "db");
	put_size(m, metric, "-wal", "wal");
}

/* By descriptor: the sandbox has no other way. */
void
metric_store_free(struct metrics *m, const struct metric *metric)
{
	char *folder = xstrdup(m->http->role->site.conf.store_path), *slash = strrchr(folder, '/');
	struct statvfs fs;
	int fd;

	if (slash)
		*slash = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 && fstatvfs(fd, &fs) == 0)
		metric_put(m, metric, (double)fs.f_bavail * (double)fs.f_frsize, NULL);
	if (fd != -1)
		close(fd);
	free(folder);
}

void
metric_backup(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->queue.backup, NULL);
}

void
metric_connections(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->http->conns.open, NULL);
}

void
metric_signups_undecided(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->queue.signup.undecided, NULL);
}

void
metric_signups_held(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->queue.signup.held, NULL);
}

void
metric_signups_oldest(struct metrics *m, const struct metric *metric)
{
	int64_t at = m->queue.signup.oldest;

	metric_put(m, metric, at && at < m->now ? (double)(m->now - at) : 0, NULL);
}

void
metric_surge(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, m->surge != 0, NULL);
}

void
metric_subscriptions(struct metrics *m, const struct metric *metric)
{
	const struct topic *topic;
	const char *labels[METRIC_LABELS];
	size_t i;
	int s;

	for (i = 0; i < m->subscriptions.topics; i++) {
		topic = topic_in(&m->topics, m->subscriptions.id[i]);
		for (s = 0; topic && s < SUB_STATES; s++) {
			labels[0] = topic->slug;
			labels[1] = subscription_state_name((enum subscription_state)s);
			metric_put(m, metric, (double)m->subscriptions.n[i][s], labels);
		}
	}
}

/* /proc/self/statm: pages, the second number is of those in memory. */
void
metric_memory(struct metrics *m, const struct metric *metric)
{
	char text[128];
	ssize_t n = pread(m->http->role->memory_fd, text, sizeof(text) - 1, 0);
	const char *pages;

	if (n <= 0)
		return;
	text[n] = '\0';
	pages = strchr(text, ' ');
	if (pages)
		metric_put(m, metric, (double)strtoll(pages, NULL, 10) * (double)sysconf(_SC_PAGESIZE), NULL);
}

void
metric_files(struct metrics *m, const struct metric *metric)
{
	struct pollfd fds[FILES_BITE];
	int first, i, n = 0, last = -1;

	for (first = 0; first <= last + FILES_GAP; first += FILES_BITE) {
		for (i = 0; i < FILES_BITE; i++)
			fds[i] = (struct pollfd){ .fd = first + i, .events = 0 };
		if (poll(fds, FILES_BITE, 0) == -1)
			break;
		for (i = 0; i < FILES_BITE; i++)
			if (!(fds[i].revents & POLLNVAL)) {
				n++;
				last = first + i;
			}
	}
	metric_put(m, metric, n, NULL);
}

void
metric_files_most(struct metrics *m, const struct metric *metric)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0)
		metric_put(m, metric, (double)files.rlim_cur, NULL);
}

void
metric_cpu(struct metrics *m, const struct metric *metric)
{
	struct rusage use;

	if (getrusage(RUSAGE_SELF, &use) == 0)
		metric_put(m, metric,
		    (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6,
		    NULL);
}

void
metric_start(struct metrics *m, const struct metric *metric)
{
	metric_put(m, metric, (double)m->http->role->pulse.row.started_at, NULL);
}
