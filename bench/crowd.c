/*
 * crowd.c - many connections that say nothing or hardly anything, and how others fare meanwhile.
 *
 *   crowd PORT COUNT SECONDS idle|used|slow
 *
 * idle: COUNT connections say nothing; used: each has asked once; slow: each
 * sends a request line octet by octet, one a second. Meanwhile a visitor gets
 * the page / over a connection of their own, again and again. Prints
 * `opened left last_closed_s visitors failed p50_ms p99_ms max_ms`: how many were open at
 * the end, when the last that was closed by the server was seen to be.
 */
#include "http_client.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/clock.h"

#define VISITS 100000 /* at most */

static const char get[] = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

struct crowd {
	int *fd; /* -1: closed */
	int count, opened, left, slow;
	int64_t begun_us, last_closed_us;
	int64_t took[VISITS];
	int visits, failed;
};

static void
open_all(struct crowd *c, int port, bool used)
{
	for (; c->opened < c->count; c->opened++) {
		c->fd[c->opened] = http_connect(port);
		if (c->fd[c->opened] == -1)
			break;
		if (used && http_ask(c->fd[c->opened], get, sizeof(get) - 1) != 200)
			break;
	}
	c->left = c->opened;
}

/* One octet to each of the slow ones; who is closed is noticed. */
static void
look(struct crowd *c)
{
	char octet;
	ssize_t n;
	int i;

	for (i = 0; i < c->opened; i++) {
		if (c->fd[i] == -1)
			continue;
		n = recv(c->fd[i], &octet, 1, MSG_DONTWAIT);
		if (n == 0 || (n == -1 && errno != EAGAIN) || (c->slow && send(c->fd[i], "G", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)) {
			close(c->fd[i]);
			c->fd[i] = -1;
			c->left--;
			c->last_closed_us = clock_mono_us();
		}
	}
}

static void
visit(struct crowd *c, int port)
{
	int64_t start = clock_mono_us();
	int fd = http_connect(port);

	if (fd == -1 || http_ask(fd, get, sizeof(get) - 1) != 200)
		c->failed++;
	else if (c->visits < VISITS)
		c->took[c->visits++] = clock_mono_us() - start;
	if (fd != -1)
		close(fd);
}

int
main(int argc, char **argv)
{
	struct crowd *c = xcalloc(1, sizeof(*c));
	struct rlimit files;
	int64_t seconds, look_at, p50, p99;
	int port;

	if (argc != 5)
		return 2;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	port = (int)strtol(argv[1], NULL, 10);
	c->count = (int)strtol(argv[2], NULL, 10);
	seconds = strtol(argv[3], NULL, 10);
	c->slow = strcmp(argv[4], "slow") == 0;
	c->fd = xcalloc((size_t)c->count, sizeof(*c->fd));
	c->begun_us = c->last_closed_us = clock_mono_us();
	open_all(c, port, strcmp(argv[4], "used") == 0);
	for (look_at = clock_mono_us(); clock_mono_us() - c->begun_us < seconds * 1000000; poll(NULL, 0, 5)) {
		visit(c, port);
		if (clock_mono_us() >= look_at) {
			look(c);
			look_at += 1000000;
		}
	}
	look(c);
	if (!c->visits)
		return 1;
	qsort(c->took, (size_t)c->visits, sizeof(c->took[0]), http_compare);
	p50 = c->took[c->visits / 2];
	p99 = c->took[c->visits * 99 / 100];
	printf("%d %d %.1f %d %d %.2f %.2f %.2f\n", c->opened, c->left, (double)(c->last_closed_us - c->begun_us) / 1e6, c->visits,
	    c->failed, (double)p50 / 1e3, (double)p99 / 1e3, (double)c->took[c->visits - 1] / 1e3);
	return 0;
}
