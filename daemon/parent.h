/*
 * parent.h - newsletterd's parent process.
 */
#ifndef PARENT_H
#define PARENT_H

#include <stdint.h>

/*
 * Serve the site of this newsletter.conf until SIGTERM or SIGINT; returns the exit status. What keeps it from starting is said once
 * on standard error, everything later is logged.
 */
int parent_main(const char *conf_path);

/* How long a role that died is left alone, in microseconds: it was before_us the time before (0: none), and it has lived so long since. */
int64_t parent_backoff(int64_t before_us, int64_t lived_us);

#endif
