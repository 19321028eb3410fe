/*
 * http_client.h - just enough of an HTTP client for measuring: one request, one answer with a length, on a socket of the loopback.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A connected socket, or -1. */
static inline int
http_connect(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)(const void *)&to, sizeof(to)) == -1) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* Read one answer whole; returns its status, or -1. */
static inline int
http_answer(int fd)
{
	char data[65536];
	const char *end = NULL, *length;
	size_t have = 0, want = 0;
	ssize_t n;

	while (!end || have < want) {
		n = recv(fd, data + have, sizeof(data) - 1 - have, 0);
		if (n <= 0)
			return -1;
		have += (size_t)n;
		data[have] = '\0';
		if (!end && (end = strstr(data, "\r\n\r\n"))) {
			length = strcasestr(data, "\r\nContent-Length:");
			want = (size_t)(end + 4 - data) + (length ? strtoul(length + 17, NULL, 10) : 0);
			if (want >= sizeof(data))
				return -1;
		}
	}
	return (int)strtol(data + 9, NULL, 10);
}

/* Send and read; the status, or -1. */
static inline int
http_ask(int fd, const char *request, size_t n)
{
	if (send(fd, request, n, MSG_NOSIGNAL) != (ssize_t)n)
		return -1;
	return http_answer(fd);
}

static inline int
http_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

#endif
