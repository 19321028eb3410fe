/*
 * err.h - how an expected failure travels up.
 *
 * A function that can fail returns 0 or -1 (or a pointer or NULL) and fills a
 * caller-owned `struct err`. The text is one line that says what went wrong,
 * where, and what to do; it holds no address and no secret unless the caller
 * just typed it; control characters and broken UTF-8 in it become '?', so
 * that it can be shown anywhere. lib/ never prints it: the command line prints it once, the
 * daemon logs it once.
 */
#ifndef ERR_H
#define ERR_H

enum err_code {
	ERR_NONE,
	ERR_USAGE,      /* the command was called wrongly */
	ERR_INPUT,      /* what came in is not what it must be */
	ERR_NOT_FOUND,  /* no such topic, subscriber, campaign, file … */
	ERR_EXISTS,     /* it is there already */
	ERR_SUPPRESSED, /* the address must not be mailed; for staff only */
	ERR_REFUSED,    /* a check said no */
	ERR_BUSY,       /* another writer holds the store */
	ERR_FULL,       /* no space left on the device */
	ERR_VERSION,    /* the store comes from a newer program */
	ERR_CORRUPT,    /* stored data that cannot be */
	ERR_PEER,       /* a relay or mailbox did not do its part */
	ERR_SYSTEM,     /* a system call failed */
};

#define ERR_TEXT 512 /* bytes, with the NUL; longer text is cut */

struct err {
	enum err_code code;
	char text[ERR_TEXT];
};

#define ERR_INIT ((struct err){ ERR_NONE, "" })

/* Set code and text (printf-like). Always returns -1, so that a caller can `return err_set(…)`. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: ": " and strerror(errno) are added; ENOSPC and EDQUOT become ERR_FULL. */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Put "context: " before the text that is there; the code stays. Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
