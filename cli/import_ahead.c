/*
 * import_ahead.c - see import_ahead.h.
 *
 * Batches go round in a ring: the thread fills those that are free, its owner reads those that are full. Each waits for the other
 * only for a whole batch.
 */
#include "import_ahead.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/sorting.h"
#include "import.h"

#define BATCH_ROWS 128
#define BATCHES 4

struct batch {
	struct intake_row row[BATCH_ROWS];
	size_t rows;
	int rc; /* after its rows: 1: another batch; 0: the end; -1: why */
	struct err why;
};

struct import_ahead {
	struct sorting *sorting; /* these two are the thread's */
	struct hmac *hmac;
	pthread_t thread;

	struct batch *read; /* the owner's: the batch of the last row; or NULL */
	size_t next;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	size_t filled, done; /* batches so far; those between are full and stand in the ring */
	bool stop;
	struct batch batch[BATCHES];
};

static void
fill(struct import_ahead *a, struct batch *b)
{
	struct err e = ERR_INIT;
	uint8_t mac[SHA256_LEN];
	const void *record;
	size_t size;

	b->rows = 0;
	b->rc = 1;
	while (b->rows < BATCH_ROWS && (b->rc = sorting_next(a->sorting, &record, &size, &e)) == 1) {
		struct intake_row *row = &b->row[b->rows++];

		import_unpack(row, record);
		hmac_of(a->hmac, mac, row->who.key, strlen(row->who.key));
		memcpy(row->hmac, mac, sizeof(row->hmac));
	}
	b->why = e;
}

static void *
run(void *arg)
{
	struct import_ahead *a = arg;
	struct batch *b;
	int rc = 1;

	while (rc == 1) {
		pthread_mutex_lock(&a->lock);
		while (!a->stop && a->filled - a->done == BATCHES)
			pthread_cond_wait(&a->changed, &a->lock);
		b = a->stop ? NULL : &a->batch[a->filled % BATCHES];
		pthread_mutex_unlock(&a->lock);
		if (!b)
			break;
		fill(a, b);
		rc = b->rc; /* from here on it is the owner's */
		pthread_mutex_lock(&a->lock);
		a->filled++;
		pthread_cond_signal(&a->changed);
		pthread_mutex_unlock(&a->lock);
	}
	return NULL;
}

static void
release(struct import_ahead *a)
{
	hmac_free(a->hmac);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

struct import_ahead *
import_ahead_start(struct sorting *sorting, struct db *db, struct err *e)
{
	struct import_ahead *a = xcalloc(1, sizeof(*a));
	int rc;

	a->sorting = sorting;
	a->hmac = suppression_hmac_new(db);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	rc = pthread_create(&a->thread, NULL, run, a);
	if (rc == 0)
		return a;
	err_set(e, ERR_SYSTEM, "cannot start a thread: %s", strerror(rc));
	release(a);
	return NULL;
}

/* Give back the batch that was read, and wait for the one after it. */
static void
turn_over(struct import_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	if (a->read) {
		a->done++;
		pthread_cond_signal(&a->changed);
	}
	while (a->filled == a->done)
		pthread_cond_wait(&a->changed, &a->lock);
	a->read = &a->batch[a->done % BATCHES];
	pthread_mutex_unlock(&a->lock);
	a->next = 0;
}

int
import_ahead_next(struct import_ahead *a, const struct intake_row **row, struct err *e)
{
	while (!a->read || (a->next == a->read->rows && a->read->rc == 1))
		turn_over(a);
	if (a->next < a->read->rows) {
		*row = &a->read->row[a->next++];
		return 1;
	}
	if (a->read->rc == -1)
		*e = a->read->why;
	return a->read->rc;
}

void
import_ahead_stop(struct import_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	release(a);
}
