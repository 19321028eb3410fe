/* listen.c - see listen.h. */
#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"

#define BACKLOG 1024
#define TAKEN_TRIES 30 /* every tenth of a second: who had it may be about to go */

static int
open_address(const struct addrinfo *ai, const char *key, const char *where, struct err *e)
{
	const struct timespec pause = { 0, 100000000 };
	int on = 1, rc, tries = TAKEN_TRIES, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return err_sys(e, "cannot make a socket for %s", where);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	while ((rc = bind(fd, ai->ai_addr, ai->ai_addrlen)) == -1 && errno == EADDRINUSE && tries--)
		nanosleep(&pause, NULL);
	if (rc == -1 || listen(fd, BACKLOG) == -1) {
		err_sys(e, "cannot listen on %s ([http] %s in newsletter.conf)", where, key);
		close(fd);
		return -1;
	}
	return fd;
}

static int
open_named(const char *key, const char *where, struct err *e)
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
	fd = open_address(ai, key, where, e);
	freeaddrinfo(ai);
	free(host);
	return fd;
bad:
	free(host);
	return err_set(e, ERR_INPUT, "[http] %s must be like 127.0.0.1:8025 or [::1]:8025, not \"%.60s\"", key, where);
}

int
listen_open(const char *where, struct err *e)
{
	return open_named("listen", where, e);
}

/* Whether a file is a socket on which nobody listens: one that a newsletterd left that was killed. */
static bool
is_left_over(const struct sockaddr_un *to)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc;
	struct stat st;

	rc = connect(fd, (const struct sockaddr *)to, sizeof(*to)) == -1 && errno == ECONNREFUSED;
	close(fd);
	return rc && lstat(to->sun_path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int
bind_unix(int fd, const struct sockaddr_un *to)
{
	const struct timespec pause = { 0, 100000000 };
	mode_t mask = umask(0117);
	int rc, tries = TAKEN_TRIES;

	while ((rc = bind(fd, (const struct sockaddr *)to, sizeof(*to))) == -1 && errno == EADDRINUSE && tries--) {
		if (is_left_over(to))
			unlink(to->sun_path);
		else
			nanosleep(&pause, NULL);
	}
	umask(mask);
	return rc;
}

static int
open_unix(const char *path, struct err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(to.sun_path))
		return err_set(e, ERR_INPUT, "[http] operator: a socket's path has %zu bytes at most", sizeof(to.sun_path) - 1);
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return err_sys(e, "cannot make a socket for %s", path);
	if (bind_unix(fd, &to) == -1 || listen(fd, BACKLOG) == -1) {
		err_sys(e, "cannot listen on %s ([http] operator in newsletter.conf)", path);
		close(fd);
		return -1;
	}
	return fd;
}

int
listen_open_operator(const char *where, struct err *e)
{
	if (strncmp(where, CONF_UNIX, strlen(CONF_UNIX)) == 0)
		return open_unix(where + strlen(CONF_UNIX), e);
	return open_named("operator", where, e);
}

void
listen_close_operator(const char *where)
{
	if (strncmp(where, CONF_UNIX, strlen(CONF_UNIX)) == 0)
		unlink(where + strlen(CONF_UNIX));
}
