/*
 * buf.h - text or bytes that grow.
 *
 * data[len] is always a NUL, so that text can be used as a C string; bytes may
 * hold NULs. No memory left means abort(): there is nothing sensible to undo,
 * and the parent restarts the role.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>

struct buf {
	char *data;
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated; 0 while data is the shared empty string */
};

extern char buf_empty[1];
#define BUF_INIT ((struct buf){ buf_empty, 0, 0 })

void buf_init(struct buf *b);
void buf_release(struct buf *b);               /* frees; the buf is empty and usable again */
void buf_reset(struct buf *b);                 /* empties, keeps the memory */
void buf_reserve(struct buf *b, size_t extra); /* room for `extra` more bytes without moving */
void buf_truncate(struct buf *b, size_t len);  /* keep the first len bytes; len <= b->len */

void buf_add(struct buf *b, const void *p, size_t n);
void buf_addstr(struct buf *b, const char *s);
void buf_addch(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Hand the memory to the caller, who frees it; the buf is empty again. Never NULL. */
char *buf_detach(struct buf *b);

/* malloc, calloc, realloc and strdup that abort when there is no memory. */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t n);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);

#endif
