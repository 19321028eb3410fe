/*
 * bomb.c - many signups over few kept-alive connections, each said to come from an address of its own.
 *
 *   bomb PORT CONNECTIONS COUNT SPREAD EMAIL IP [FORM_TOKEN]
 *
 * POSTs /subscribe COUNT times to the loopback. In EMAIL and IP, # is the request's number and @N its remainder by SPREAD; IP is sent as
 * X-Forwarded-For. Prints `status count` for each status that was answered (0: no answer), then `p50 p99 max` in milliseconds.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

#define CONNECTIONS 256
#define STATUSES 600
#define ANSWER 65536
#define PATIENCE 30 /* seconds for an answer */

static struct {
	int port, count, spread;
	const char *email, *ip, *token;
	int64_t *took;
	atomic_int next, status[STATUSES];
} bomb;

static void
add_number(struct buf *out, const char *pattern, int number)
{
	for (; *pattern; pattern++) {
		if (*pattern == '#')
			buf_addf(out, "%d", number);
		else if (pattern[0] == '@' && pattern[1] == 'N')
			buf_addf(out, "%d", number % bomb.spread), pattern++;
		else
			buf_addch(out, *pattern);
	}
}

static int
open_connection(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)bomb.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = PATIENCE };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Read one answer; its status, or 0. */
static int
read_answer(int fd)
{
	char answer[ANSWER + 1], *end = NULL, *length;
	size_t n = 0, want = ANSWER;
	ssize_t got;

	while (n < want && (got = recv(fd, answer + n, ANSWER - n, 0)) > 0) {
		n += (size_t)got;
		answer[n] = '\0';
		if (end || !(end = strstr(answer, "\r\n\r\n")))
			continue;
		length = strcasestr(answer, "\ncontent-length:");
		want = (size_t)(end - answer) + 4 + (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
	}
	return end && n == want && strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

static int
post(int fd, int number)
{
	struct buf body = BUF_INIT, request = BUF_INIT;
	int status = 0;

	buf_addstr(&body, "topic=articles&email=");
	add_number(&body, bomb.email, number);
	if (bomb.token)
		buf_addf(&body, "&form_token=%s", bomb.token);
	buf_addf(&request, "POST /subscribe HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", bomb.port);
	buf_addstr(&request, "Content-Type: application/x-www-form-urlencoded\r\nX-Forwarded-For: ");
	add_number(&request, bomb.ip, number);
	buf_addf(&request, "\r\nContent-Length: %zu\r\n\r\n%s", body.len, body.data);
	if (send(fd, request.data, request.len, MSG_NOSIGNAL) == (ssize_t)request.len)
		status = read_answer(fd);
	buf_release(&body);
	buf_release(&request);
	return status > 0 && status < STATUSES ? status : 0;
}

static void *
run(void *arg)
{
	int fd = -1, number, status;
	int64_t start;

	(void)arg;
	while ((number = atomic_fetch_add(&bomb.next, 1)) < bomb.count) {
		start = clock_mono_us();
		if (fd == -1)
			fd = open_connection();
		status = fd == -1 ? 0 : post(fd, number);
		if (!status && fd != -1) {
			close(fd);
			fd = -1;
		}
		atomic_fetch_add(&bomb.status[status], 1);
		bomb.took[number] = clock_mono_us() - start;
	}
	if (fd != -1)
		close(fd);
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	pthread_t thread[CONNECTIONS];
	int i, connections, started = 0;

	bomb.port = argc >= 7 ? atoi(argv[1]) : 0;
	connections = argc >= 7 ? atoi(argv[2]) : 0;
	bomb.count = argc >= 7 ? atoi(argv[3]) : 0;
	bomb.spread = argc >= 7 ? atoi(argv[4]) : 0;
	if (bomb.port < 1 || connections < 1 || connections > CONNECTIONS || bomb.count < 1 || bomb.spread < 1) {
		fputs("usage: bomb PORT CONNECTIONS COUNT SPREAD EMAIL IP [FORM_TOKEN]\n", stderr);
		return 2;
	}
	bomb.email = argv[5];
	bomb.ip = argv[6];
	bomb.token = argv[7];
	bomb.took = xcalloc((size_t)bomb.count, sizeof(*bomb.took));
	while (started < connections && pthread_create(&thread[started], NULL, run, NULL) == 0)
		started++;
	for (i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < STATUSES; i++)
		if (bomb.status[i])
			printf("%d %d\n", i, bomb.status[i]);
	qsort(bomb.took, (size_t)bomb.count, sizeof(*bomb.took), compare);
	printf("%lld %lld %lld\n", (long long)bomb.took[bomb.count / 2] / 1000, (long long)bomb.took[(int64_t)bomb.count * 99 / 100] / 1000,
	    (long long)bomb.took[bomb.count - 1] / 1000);
	free(bomb.took);
	return started == connections ? 0 : 1;
}
