/* test_listen.c - the sockets that visitors and the operator come in by: how they are named, and one that somebody else still has. */
#include "../../daemon/listen.h"

#include "store_fixture.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

static const struct {
	const char *where;
	int family; /* of the socket; AF_UNSPEC: refused */
} names[] = {
	{ "127.0.0.1:0", AF_INET },
	{ "*:0", AF_UNSPEC + 99 }, /* either */
	{ "[::1]:0", AF_INET6 },
	{ "::1:0", AF_INET6 },
	{ "[]:0", AF_UNSPEC },
	{ "[::1:0", AF_UNSPEC },
	{ "[127.0.0.1:0", AF_UNSPEC },
	{ "127.0.0.1", AF_UNSPEC },
	{ "127.0.0.1:", AF_UNSPEC },
	{ "127.0.0.1:http", AF_UNSPEC },
	{ "localhost:0", AF_UNSPEC }, /* no name is looked up */
	{ ":0", AF_UNSPEC },
	{ "", AF_UNSPEC },
};

static bool
has_ipv6(void)
{
	const struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	bool has = fd != -1 && bind(fd, (const struct sockaddr *)(const void *)&to, sizeof(to)) == 0;

	close(fd);
	return has;
}

static void
named(void **state)
{
	struct sockaddr_storage own;
	socklen_t n;
	size_t i;
	int fd, listens;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].family == AF_INET6 && !has_ipv6())
			continue;
		fd = listen_open(names[i].where, &err);
		if ((fd != -1) != (names[i].family != AF_UNSPEC))
			fail_msg("\"%s\": %s", names[i].where, fd == -1 ? err.text : "taken");
		if (fd == -1) {
			assert_int_equal(err.code, ERR_INPUT);
			assert_non_null(strstr(err.text, "must be like 127.0.0.1:8025 or [::1]:8025"));
			continue;
		}
		n = sizeof(own);
		assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&own, &n), 0);
		if (names[i].family < 99)
			assert_int_equal(own.ss_family, names[i].family);
		n = sizeof(listens);
		assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n), 0);
		assert_true(listens);
		close(fd);
	}
}

/* A newsletterd that drains still has the socket, for a moment. */
static void *
drains(void *arg)
{
	const struct timespec moment = { 0, 20000000 };

	nanosleep(&moment, NULL);
	close(*(int *)arg);
	return NULL;
}

static int
open_beside(int (*open)(const char *where, struct err *e), const char *where, int other)
{
	pthread_t thread;
	int fd;

	assert_int_equal(pthread_create(&thread, NULL, drains, &other), 0);
	fd = open(where, &err);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return fd;
}

static void
taken(void **state)
{
	char where[160];
	struct sockaddr_in own;
	socklen_t n = sizeof(own);
	struct stat st;
	int fd;

	(void)state;
	fd = listen_open("127.0.0.1:0", &err);
	ok(fd);
	assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&own, &n), 0);
	snprintf(where, sizeof(where), "127.0.0.1:%d", ntohs(own.sin_port));
	fd = open_beside(listen_open, where, fd);
	ok(fd);
	close(fd);

	snprintf(where, sizeof(where), "unix:%s/operator.sock", folder);
	fd = listen_open_operator(where, &err);
	ok(fd);
	fd = open_beside(listen_open_operator, where, fd);
	ok(fd);
	assert_int_equal(stat(where + 5, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	close(fd);
	listen_close_operator(where);
	assert_int_equal(stat(where + 5, &st), -1);
}

/* A path that no socket has room for is refused, and not cut. */
static void
long_path(void **state)
{
	char where[200] = "unix:/";

	(void)state;
	memset(where + 6, 'x', 120);
	refused(listen_open_operator(where, &err), ERR_INPUT);
	memset(where + 6, 0, 120);
	snprintf(where, sizeof(where), "unix:%s/", folder);
	memset(where + strlen(where), 'x', 5 + 107 - strlen(where)); /* the longest */
	close(listen_open_operator(where, &err));
	assert_int_equal(access(where + 5, F_OK), 0);
	where[strlen(where)] = 'x';
	refused(listen_open_operator(where, &err), ERR_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(named, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(taken, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(long_path, folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
