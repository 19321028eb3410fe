/*
 * measure.c - what sending costs, seen from outside.
 *
 *   measure run SECONDS COMMAND…
 *	runs it to its end, at most SECONDS long, and prints "seconds cpu_us rss_kB status": wall time, CPU of the process and
 *	all its children, the most RssAnon that was seen (every 10 ms), exit status (or 128 + signal).
 *   measure campaign SECONDS DB ID PID [COUNTER]
 *	follows a campaign in the store to its last accepted message and prints "messages seconds cpu_us first_kB most_kB last_kB
 *	first_ns allocations tenth_kB": how many were recorded as accepted after the first 30 % of them (connections are opened one
 *	after the other; that is not what is measured), in which time, the CPU of the process PID (the sender, all threads) in it, its
 *	RssAnon at the first message, at most and at the last, when the first was seen (CLOCK_REALTIME), by how much the 64-bit number
 *	in the file COUNTER (bench/count_malloc.c) grew between 20 % and 80 % of the campaign, per thousand messages ("-" without
 *	one), and RssAnon after a tenth of it. Status 1 when the campaign does not end in SECONDS, or not well.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/campaign.h"
#include "store/db.h"

#define LOOK_MS 5
#define SAMPLE_MS 10

static long
rss_anon(pid_t pid)
{
	char path[64], line[128];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	fclose(f);
	return kib;
}

/* Nanoseconds on a processor, summed over the threads that are there. */
static int64_t
cpu_ns(pid_t pid)
{
	char path[512], text[128];
	struct dirent *d;
	int64_t sum = 0;
	FILE *f;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, d->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fgets(text, sizeof(text), f))
			sum += strtoll(text, NULL, 10);
		fclose(f);
	}
	closedir(dir);
	return sum;
}

static int64_t
counter(const char *path)
{
	uint64_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || read(fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
		n = 0;
	if (fd != -1)
		close(fd);
	return (int64_t)n;
}

static int
run(int64_t seconds, char **argv)
{
	int64_t start = clock_mono_us(), until = start + seconds * 1000000;
	struct rusage used;
	long kib, most = 0;
	int status = 0;
	pid_t pid = fork(), got;

	if (pid == 0) {
		execvp(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	while ((got = wait4(pid, &status, WNOHANG, &used)) == 0) {
		kib = rss_anon(pid);
		most = kib > most ? kib : most;
		if (clock_mono_us() > until)
			kill(pid, SIGKILL);
		poll(NULL, 0, SAMPLE_MS);
	}
	if (got != pid) {
		perror("measure");
		return 1;
	}
	printf("%.6f %lld %ld %d\n", (double)(clock_mono_us() - start) / 1e6,
	    (long long)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec, most,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}

struct follow {
	int64_t first_at, last_at, first_ns, first_cpu, last_cpu, first_done, done, count[2], count_done[2];
	long first_kib, most_kib, last_kib, tenth_kib;
};

static void
note(struct follow *f, const struct campaign *c, pid_t pid, const char *counting)
{
	struct timespec t;
	int i;

	f->last_cpu = cpu_ns(pid);
	f->last_at = clock_mono_us();
	f->last_kib = rss_anon(pid);
	f->most_kib = f->last_kib > f->most_kib ? f->last_kib : f->most_kib;
	f->done = c->accepted;
	if (!f->tenth_kib && c->accepted * 10 >= c->planned)
		f->tenth_kib = f->last_kib;
	if (!f->first_ns) {
		clock_gettime(CLOCK_REALTIME, &t);
		f->first_ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
		f->first_kib = f->last_kib;
	}
	if (!f->first_at && c->accepted * 10 >= c->planned * 3) {
		f->first_at = f->last_at;
		f->first_cpu = f->last_cpu;
		f->first_done = f->done;
	}
	for (i = 0; counting && i < 2; i++)
		if (!f->count_done[i] && c->accepted * 10 >= c->planned * (i ? 8 : 2)) {
			f->count[i] = counter(counting);
			f->count_done[i] = c->accepted;
		}
}

static void
tell(const struct follow *f, const char *counting)
{
	printf("%lld %.6f %lld %ld %ld %ld %lld ", (long long)(f->done - f->first_done), (double)(f->last_at - f->first_at) / 1e6,
	    (long long)(f->last_cpu - f->first_cpu) / 1000, f->first_kib, f->most_kib, f->last_kib, (long long)f->first_ns);
	if (counting && f->count[0] && f->count_done[1] > f->count_done[0]) /* every process allocates before it sends */
		printf("%.3f", 1000.0 * (double)(f->count[1] - f->count[0]) / (double)(f->count_done[1] - f->count_done[0]));
	else
		fputs("-", stdout);
	printf(" %ld\n", f->tenth_kib);
}

static int
campaign(int64_t seconds, char **argv, const char *counting)
{
	struct err e = ERR_INIT;
	struct campaign c = { 0 };
	struct follow f = { 0 };
	struct db *db = db_open(argv[0], DB_USE, &e);
	int64_t id = strtoll(argv[1], NULL, 10), until = clock_mono_us() + seconds * 1000000;
	pid_t pid = (pid_t)strtol(argv[2], NULL, 10);
	int rc = 0;

	if (!db)
		goto fail;
	while (clock_mono_us() < until) {
		rc = campaign_get(db, id, &c, &e);
		if (rc == -1)
			goto fail;
		if (rc == 1 && c.accepted != f.done)
			note(&f, &c, pid, counting);
		if (rc == 1 && c.planned && c.accepted == c.planned)
			break;
		if (rc == 1 && c.state == CAMPAIGN_DONE)
			break;
		poll(NULL, 0, LOOK_MS);
	}
	db_close(db);
	if (!c.planned || c.accepted != c.planned) {
		fprintf(stderr, "measure: campaign %lld is %s: %lld of %lld accepted\n", (long long)id, campaign_state_name(c.state),
		    (long long)c.accepted, (long long)c.planned);
		return 1;
	}
	tell(&f, counting);
	return 0;
fail:
	fprintf(stderr, "measure: %s\n", e.text);
	return 1;
}

int
main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "run") == 0)
		return run(strtoll(argv[2], NULL, 10), argv + 3);
	if ((argc == 6 || argc == 7) && strcmp(argv[1], "campaign") == 0)
		return campaign(strtoll(argv[2], NULL, 10), argv + 3, argc == 7 ? argv[6] : NULL);
	fputs("usage: measure run SECONDS COMMAND... | measure campaign SECONDS DB ID PID [COUNTER]\n", stderr);
	return 2;
}
