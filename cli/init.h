/*
 * init.h - the parts of `newsletter init`: the answers, the configuration they make, and the site on disk.
 */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/conf.h"

struct cli;
struct err;

#define INIT_KEYS 128

/* A value for each key of conf_keys, at the same index; NULL: the default. */
struct init_answers {
	char *value[INIT_KEYS];
};

/* From --name and the like, and from --set section.key=value. */
int init_from_options(const struct cli *cli, struct init_answers *a, struct err *e);

/* Ask what the options left open; each answer is checked as it comes. */
int init_ask(const struct cli *cli, struct init_answers *a, const char *path, struct err *e);

void init_answers_release(struct init_answers *a);

/* newsletter.conf as text: what differs from the default, and as comments what else is likely to be wanted. */
void init_write(const struct init_answers *a, struct buf *out);

/* Whether that text loads as the file at `path` (absolute). */
int init_check(const struct init_answers *a, const char *path, struct conf *conf, struct err *e);

/*
 * Make folders, keys, store and topics for the configuration; with `text`, also newsletter.conf itself, last. ERR_EXISTS
 * names what is there already; whatever fails, nothing is left behind that was not there before.
 */
int init_build(const struct conf *conf, const struct buf *text, struct err *e);

#endif
