/*
 * export_file.h - a file for somebody's data: only its owner can read it, it never takes the place of another unasked, and it is there
 * whole or not at all.
 */
#ifndef EXPORT_FILE_H
#define EXPORT_FILE_H

#include <stdbool.h>

#include "base/buf.h"

struct err;

struct export_file {
	const char *path; /* borrowed; NULL: standard output */
	struct buf tmp;
	int fd;
	bool force, named; /* named: tmp is a file; else it has no name as yet */
};

/* "-" or NULL is standard output. ERR_EXISTS where something is already, unless force. Close it in any case. */
int export_file_open(struct export_file *f, const char *path, bool force, struct err *e);

/* All was written: bring it to disk, and let it appear. */
int export_file_commit(struct export_file *f, struct err *e);

/* Gives up what was not committed. */
void export_file_close(struct export_file *f);

#endif
