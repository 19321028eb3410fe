/*
 * checkpointer.h - a thread that brings the write-ahead log into the store's file while its owner writes on.
 *
 * For jobs that write the store full (db_bulk): on the writer's own connection the copying would stand between its transactions. It has a
 * connection of its own, which does nothing else. All functions are called by the thread that owns the writer's connection.
 */
#ifndef CHECKPOINTER_H
#define CHECKPOINTER_H

struct checkpointer;
struct sqlite3;

/* NULL when there can be none, for want of a thread, say; then all is as it was, and checkpoints are made by who commits. */
struct checkpointer *checkpointer_start(struct sqlite3 *writer);

/* Between two transactions: waits, while the log is longer than 96 MB, until what is in it was copied, so that it starts from its beginning. */
void checkpointer_catch_up(struct checkpointer *c);

/* What the log holds is copied once more, so that nobody else has to; `writer` must be open still. NULL is fine. */
void checkpointer_stop(struct checkpointer *c);

#endif
