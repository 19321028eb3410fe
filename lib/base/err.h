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

/*
 * err_set(e, code, fmt, …): set code and text (printf-like).
 * err_sys(e, fmt, …): the same for a failed system call: ": " and
 * strerror(errno) are added; ENOSPC and EDQUOT become ERR_FULL.
 * err_wrap(e, fmt, …): put "context: " before the text that is there; the code stays.
 * Each is -1, so that a caller can `return err_set(…)`; macros, so that
 * compilers and checkers see that value.
 */
#define err_set(...) (err_put(__VA_ARGS__), err_failed())
#define err_sys(...) (err_put_sys(__VA_ARGS__), err_failed())
#define err_wrap(...) (err_put_context(__VA_ARGS__), err_failed())

static inline int
err_failed(void)
{
	return -1;
}

void err_put(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void err_put_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_put_context(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
