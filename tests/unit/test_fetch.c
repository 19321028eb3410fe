/* test_fetch.c - one address fetched from a server of ours; tests/cli/feed.t has the rest of what servers do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "content/fetch.h"

static int listener;
static char base[64]; /* "http://127.0.0.1:port" */

static void
answer(int fd)
{
	static const char nothing[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
	static const char unchanged[] = "HTTP/1.1 304 Not Modified\r\n\r\n";
	static const char big[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
	static char piece[65536];
	char request[4096] = "";
	size_t n = 0, i;
	ssize_t got;

	while (n < sizeof(request) - 1 && !strstr(request, "\r\n\r\n") && (got = read(fd, request + n, sizeof(request) - 1 - n)) > 0)
		n += (size_t)got;
	if (strncmp(request, "GET /big ", 9) == 0) {
		send(fd, big, strlen(big), MSG_NOSIGNAL);
		for (i = 0; i <= FETCH_MAX / sizeof(piece) && send(fd, piece, sizeof(piece), MSG_NOSIGNAL) > 0; i++)
			;
	} else if (strncmp(request, "GET /304 ", 9) == 0 || strstr(request, "\r\nIf-Modified-Since: Sun, 01 Mar 2026 10:00:00 GMT\r\n"))
		send(fd, unchanged, strlen(unchanged), MSG_NOSIGNAL);
	else
		send(fd, nothing, strlen(nothing), MSG_NOSIGNAL);
	close(fd);
}

static void *
serve(void *unused)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) != -1)
		answer(fd);
	return unused;
}

static int
take(void *user, const struct fetch_answer *a, const char *s, size_t n, struct err *e)
{
	if (strstr(a->url.data, "/enough"))
		return err_set(e, ERR_INPUT, "enough of it");
	if (n < 100)
		buf_add(user, s, n);
	return 0;
}

static const struct {
	const char *name, *url, *last_modified, *want; /* the body, "unchanged", or what went wrong, behind the address */
} cases[] = {
	{ "a page", "/", "", "hello" },
	{ "one that has changed", "/", "Sat, 28 Feb 2026 10:00:00 GMT", "hello" },
	{ "one that has not, by its date alone", "/", "Sun, 01 Mar 2026 10:00:00 GMT", "unchanged" },
	{ "what nobody asked", "/304", "", ": the server answers with status 304" },
	{ "who takes it has had enough", "/enough", "", "enough of it" },
	{ "too much", "/big", "", " is larger than 10 MB" },
	{ "no web address", "ftp://a.example/", "", "\"ftp://a.example/\" is no web address: write one that starts with https://" },
	{ "no address", "feed.xml", "", "\"feed.xml\" is no web address: write one that starts with https://" },
};

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf url = BUF_INIT, body = BUF_INIT;
		struct fetch f = { .accept = "*/*", .etag = "", .last_modified = cases[i].last_modified, .bytes = take, .user = &body };
		struct fetch_answer a;
		struct err e = ERR_INIT;
		const char *got;

		buf_addf(&url, "%s%s", cases[i].url[0] == '/' ? base : "", cases[i].url);
		f.url = url.data;
		if (fetch_url(&f, &a, &e) == 0)
			got = a.unchanged ? "unchanged" : body.data;
		else
			got = strncmp(e.text, url.data, url.len) == 0 ? e.text + url.len : e.text;
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got \"%s\"", cases[i].name, got);
		fetch_answer_release(&a);
		buf_release(&url);
		buf_release(&body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	pthread_t thread;
	int failed;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener == -1 || bind(listener, (struct sockaddr *)&at, n) == -1 || listen(listener, 8) == -1 ||
	    getsockname(listener, (struct sockaddr *)&at, &n) == -1 || pthread_create(&thread, NULL, serve, NULL) != 0)
		return 1;
	snprintf(base, sizeof(base), "http://127.0.0.1:%d", ntohs(at.sin_port));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(listener);
	return failed;
}
