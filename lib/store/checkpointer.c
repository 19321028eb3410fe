/*
 * checkpointer.c - see checkpointer.h.
 *
 * A passive checkpoint waits for nobody and nobody waits for it. It copies what was committed when it began, and the log starts from its
 * beginning only once a transaction begins when all of it is copied: a writer without pauses would let it grow without end. So the
 * writer pauses now and then (checkpointer_catch_up), for as long as it takes to copy what was written during the last pass.
 * Where a reader holds an old state of the store, the log has to grow: the writer pauses once for each further piece, not for ever.
 */
#include "store/checkpointer.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"

#define PASS_PAGES 4096  /* 16 MB: worth the two syncs of a pass */
#define LOG_PAGES 24576  /* 96 MB: the log's file is no longer than this and one transaction */
#define USUAL_PAGES 1000 /* SQLite's default, for after it */

struct checkpointer {
	sqlite3 *writer, *own;
	pthread_t thread;

	int pages; /* in the log; the writer's alone, as the next one */
	int limit;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool wanted, busy, stop;
	unsigned long passes; /* that are over */
	int copied;           /* pages of the log, by the last of them */
};

static void *
run(void *arg)
{
	struct checkpointer *c = arg;
	int copied;

	pthread_mutex_lock(&c->lock);
	while (!c->stop) {
		if (!c->wanted) {
			pthread_cond_wait(&c->changed, &c->lock);
			continue;
		}
		c->wanted = false;
		c->busy = true;
		pthread_mutex_unlock(&c->lock);
		copied = 0;
		sqlite3_wal_checkpoint_v2(c->own, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &copied); /* who fails is asked again */
		pthread_mutex_lock(&c->lock);
		c->busy = false;
		c->passes++;
		c->copied = copied;
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* The writer has committed, and so many pages are in the log. */
static int
on_commit(void *arg, sqlite3 *writer, const char *name, int pages)
{
	struct checkpointer *c = arg;

	(void)writer, (void)name;
	if (pages < c->pages)
		c->limit = LOG_PAGES; /* it has started from its beginning */
	pthread_mutex_lock(&c->lock);
	if (pages < c->pages)
		c->copied = 0;
	if (!c->busy && pages - c->copied >= PASS_PAGES) {
		c->wanted = true;
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
	c->pages = pages;
	return SQLITE_OK;
}

/* One pass, from its beginning to its end. */
static void
pass(struct checkpointer *c)
{
	unsigned long until;

	pthread_mutex_lock(&c->lock);
	until = c->passes + 1 + c->busy;
	c->wanted = true;
	pthread_cond_broadcast(&c->changed);
	while (c->passes < until)
		pthread_cond_wait(&c->changed, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

/* A connection that has read nothing yet does not know that there is a log: its checkpoints would do nothing and say that all is well. */
static bool
open_own(struct checkpointer *c)
{
	const char *path = sqlite3_db_filename(c->writer, "main");

	return sqlite3_threadsafe() && sqlite3_open_v2(path, &c->own, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_exec(c->own, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL) == SQLITE_OK;
}

struct checkpointer *
checkpointer_start(sqlite3 *writer)
{
	struct checkpointer *c = xcalloc(1, sizeof(*c));

	c->writer = writer;
	c->limit = LOG_PAGES;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	if (open_own(c) && pthread_create(&c->thread, NULL, run, c) == 0) {
		sqlite3_wal_hook(writer, on_commit, c); /* in the place of SQLite's own checkpoints */
		return c;
	}
	sqlite3_close(c->own);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return NULL;
}

void
checkpointer_catch_up(struct checkpointer *c)
{
	if (!c || c->pages < c->limit)
		return;
	pass(c);
	c->limit = c->pages + LOG_PAGES;
}

void
checkpointer_stop(struct checkpointer *c)
{
	if (!c)
		return;
	sqlite3_wal_autocheckpoint(c->writer, USUAL_PAGES);
	pass(c);
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	sqlite3_close(c->own);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
