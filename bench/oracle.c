/*
 * oracle.c - does the time of an answer tell whether an address is on the list?
 *
 *   oracle PORT ROUNDS PAUSE-US ADDRESS-FORMAT ADDRESS-FORMAT…
 *
 * Signs up an address of each kind in turn (a format has one %d, the number of the
 * round), in an order that changes from round to round, over one connection. Prints for each kind
 * after the first `kind median_us difference_us low_us high_us`: the difference of its median from the first kind's,
 * and the bootstrap's 95 % interval of that difference.
 */
#include "http_client.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"

#define KINDS 8
#define RESAMPLES 2000

struct kind {
	const char *format;
	int64_t *took;
};

static uint64_t state = 88172645463325252; /* xorshift: the same in every run */
static uint64_t
random_below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static int64_t
nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
ask(int fd, const struct kind *kind, int round, int64_t *took)
{
	char address[128];
	struct buf request = BUF_INIT, body = BUF_INIT;
	int64_t start;
	int status;

	snprintf(address, sizeof(address), kind->format, round); /* NOLINT(clang-diagnostic-format-nonliteral): ours, from bench/http */
	buf_addf(&body, "email=%s&topic=articles", address);
	buf_addf(&request,
	    "POST /subscribe HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    body.len, body.data);
	start = nanoseconds();
	status = http_ask(fd, request.data, request.len);
	*took = nanoseconds() - start;
	buf_release(&request);
	buf_release(&body);
	return status == 200 || status == 202 ? 0 : -1;
}

static double
median_us(int64_t *values, size_t n)
{
	int64_t twice;

	qsort(values, n, sizeof(*values), http_compare);
	twice = values[(n - 1) / 2] + values[n / 2];
	return (double)twice / 2e3;
}

static void
resample(int64_t *out, const int64_t *from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		out[i] = from[random_below(n)];
}

static void
tell(const struct kind *first, const struct kind *kind, size_t n)
{
	int64_t *a = xcalloc(n, sizeof(*a)), *b = xcalloc(n, sizeof(*b)), difference[RESAMPLES];
	int64_t low, high;
	double one, other;
	int i;

	for (i = 0; i < RESAMPLES; i++) {
		resample(a, first->took, n);
		resample(b, kind->took, n);
		difference[i] = (int64_t)((median_us(b, n) - median_us(a, n)) * 1e3);
	}
	qsort(difference, RESAMPLES, sizeof(difference[0]), http_compare);
	one = median_us(first->took, n);
	other = median_us(kind->took, n);
	low = difference[RESAMPLES / 40];
	high = difference[RESAMPLES - 1 - RESAMPLES / 40];
	printf("%s %.1f %.1f %.1f %.1f\n", kind->format, other, other - one, (double)low / 1e3, (double)high / 1e3);
	free(a);
	free(b);
}

int
main(int argc, char **argv)
{
	struct kind kind[KINDS];
	int order[KINDS], count = argc - 4, rounds, round, i, j, swap, fd, pause_us;

	if (argc < 6 || count > KINDS)
		return 2;
	fd = http_connect((int)strtol(argv[1], NULL, 10));
	rounds = (int)strtol(argv[2], NULL, 10);
	pause_us = (int)strtol(argv[3], NULL, 10);
	for (i = 0; i < count; i++) {
		kind[i] = (struct kind){ argv[4 + i], xcalloc((size_t)rounds, sizeof(int64_t)) };
		order[i] = i;
	}
	for (round = 0; round < rounds; round++) {
		for (i = count - 1; i > 0; i--) {
			j = (int)random_below((uint64_t)i + 1);
			swap = order[i];
			order[i] = order[j];
			order[j] = swap;
		}
		for (i = 0; i < count; i++) {
			if (ask(fd, &kind[order[i]], round, &kind[order[i]].took[round]) == -1)
				return 1;
			if (pause_us)
				usleep((useconds_t)pause_us);
		}
	}
	for (i = 1; i < count; i++)
		tell(&kind[0], &kind[i], (size_t)rounds);
	return 0;
}
