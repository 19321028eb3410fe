/* listen.c - see listen.h. */
#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

#define BACKLOG 1024

static int
open_address(const struct addrinfo *ai, const char *where, struct err *e)
{
	const struct timespec pause = { 0, 100000000 };
	int on = 1, rc, tries = 30, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return err_sys(e, "cannot make a socket for %s", where);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	while ((rc = bind(fd, ai->ai_addr, ai->ai_addrlen)) == -1 && errno == EADDRINUSE && tries--)
		nanosleep(&pause, NULL); /* a killed newsletterd's http role may still be draining */
	if (rc == -1 || listen(fd, BACKLOG) == -1) {
		err_sys(e, "cannot listen on %s ([http] listen in newsletter.conf)", where);
		close(fd);
		return -1;
	}
	return fd;
}

int
listen_open(const char *where, struct err *e)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *ai = NULL;
	char *host = xstrdup(where), *port = strrchr(host, ':'), *name = host;
	size_t n;
	int fd = -1;

	if (!port || !port[1])
		goto bad;
	*port++ = '\0';
	n = strlen(name);
	if (name[0] == '[' && n > 1 && name[n - 1] == ']') {
		name[n - 1] = '\0';
		name++;
	}
	if (getaddrinfo(strcmp(name, "*") == 0 ? NULL : name, port, &hints, &ai) != 0)
		goto bad;
	fd = open_address(ai, where, e);
	freeaddrinfo(ai);
	free(host);
	return fd;
bad:
	free(host);
	return err_set(e, ERR_INPUT, "[http] listen must be like 127.0.0.1:8025 or [::1]:8025, not \"%.60s\"", where);
}
