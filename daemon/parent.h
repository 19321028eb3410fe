/*
 * parent.h - newsletterd's parent process.
 */
#ifndef PARENT_H
#define PARENT_H

/*
 * Serve the site of this newsletter.conf until SIGTERM or SIGINT; returns the exit status. What keeps it from starting is said once
 * on standard error, everything later is logged.
 */
int parent_main(const char *conf_path);

#endif
