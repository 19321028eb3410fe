/*
 * listen.h - the socket that visitors come in by.
 */
#ifndef LISTEN_H
#define LISTEN_H

struct err;

/* Open and listen on "127.0.0.1:8025", "[::1]:8025" or "*:8025" (every address); the descriptor, non-blocking, or -1. */
int listen_open(const char *where, struct err *e);

#endif
