/*
 * import_ahead.h - the second pass's rows, read and made ready by a thread of their own while the ones before them are written.
 */
#ifndef IMPORT_AHEAD_H
#define IMPORT_AHEAD_H

struct db;
struct err;
struct import_ahead;
struct intake_row;
struct sorting;

/* Of db only the suppression key is looked at, here. `sorting` is the thread's until import_ahead_stop. NULL: there is no thread to be had. */
struct import_ahead *import_ahead_start(struct sorting *sorting, struct db *db, struct err *e);

/* 1 and *row, valid until the next call; 0 after the last one; -1 as sorting_next. */
int import_ahead_next(struct import_ahead *a, const struct intake_row **row, struct err *e);

/* Before the last row, too. */
void import_ahead_stop(struct import_ahead *a);

#endif
