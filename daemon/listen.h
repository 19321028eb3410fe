/*
 * listen.h - the sockets that visitors come in by, and the operator.
 */
#ifndef LISTEN_H
#define LISTEN_H

struct err;

/* Open and listen on "127.0.0.1:8025", "[::1]:8025" or "*:8025" (every address); the descriptor, non-blocking, or -1. */
int listen_open(const char *where, struct err *e);

/*
 * The same for [http] operator, which conf_check has looked at: an address of the loopback, or "unix:/path". A socket's file that nobody
 * listens on any more is replaced; it may be used by its owner and their group (0660). listen_close_operator removes that file.
 */
int listen_open_operator(const char *where, struct err *e);
void listen_close_operator(const char *where);

#endif
