/*
 * hello.c - libmicrohttpd and nothing else: what a page costs at the least.
 *
 *   hello PORT
 *
 * The flags of the http role (epoll, one thread, suspendable), driven by libmicrohttpd's own
 * MHD_run like there; answers every GET with the same five bytes. Prints "ready".
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct MHD_Response *hello;

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *data,
    size_t *size, void **context) /* NOLINT(readability-non-const-parameter): the type is libmicrohttpd's */
{
	static int begun;

	(void)cls, (void)url, (void)method, (void)version, (void)data, (void)size;
	if (!*context) {
		*context = &begun;
		return MHD_YES;
	}
	return MHD_queue_response(connection, MHD_HTTP_OK, hello);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	const union MHD_DaemonInfo *info;
	struct MHD_Daemon *mhd;
	struct pollfd fd = { .events = POLLIN };
	MHD_UNSIGNED_LONG_LONG timeout;

	if (argc != 2)
		return 2;
	at.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	hello = MHD_create_response_from_buffer(5, (void *)"hello", MHD_RESPMEM_PERSISTENT);
	mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &at,
	    MHD_OPTION_CONNECTION_LIMIT, 12064u, MHD_OPTION_END);
	if (!mhd || !(info = MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_EPOLL_FD)))
		return 1;
	fd.fd = info->epoll_fd;
	puts("ready");
	fflush(stdout);
	for (;;) {
		poll(&fd, 1, MHD_get_timeout(mhd, &timeout) == MHD_YES && timeout < 1000 ? (int)timeout : 1000);
		MHD_run(mhd);
	}
}
