/* http_numbers.c - see http_numbers.h. */
#include "http_numbers.h"

#include <string.h>

#include "pulse.h"
#include "store/counter.h"

static const char *const names[STATUS_CLASSES] = {
	[STATUS_2XX] = "2xx",
	[STATUS_3XX] = "3xx",
	[STATUS_4XX] = "4xx",
	[STATUS_5XX] = "5xx",
	[STATUS_503] = "503",
	[STATUS_NONE] = "none",
};

static enum http_status_class
class_of(unsigned status)
{
	if (status == 503)
		return STATUS_503;
	if (status < 200)
		return STATUS_NONE;
	return status < 300 ? STATUS_2XX : status < 400 ? STATUS_3XX
	    : status < 500                              ? STATUS_4XX
							: STATUS_5XX;
}

void
http_numbers_answered(struct http_numbers *n, unsigned status, int64_t us)
{
	n->answers[class_of(status)]++;
	histogram_add(&n->seconds, us);
}

static int
write_numbers(void *ctx, struct db *db, struct err *e)
{
	const struct http_numbers *n = ctx;
	int i;

	for (i = 0; i < STATUS_CLASSES; i++)
		if (n->answers[i] && counter_add_to(db, n->answers[i], e, "http", names[i], COUNTER_END) == -1)
			return -1;
	return counter_add_histogram(db, "http_time", &n->seconds, e);
}

/* One thread: nothing was counted between the writing and this. */
static void
numbers_written(void *ctx)
{
	memset(ctx, 0, sizeof(struct http_numbers));
}

void
http_numbers_init(struct http_numbers *n, struct pulse *pulse)
{
	memset(n, 0, sizeof(*n));
	pulse->write = write_numbers;
	pulse->wrote = numbers_written;
	pulse->ctx = n;
}
