/*
 * signups.c - visitors who sign up, one after the other, each over a connection of their own.
 *
 *   signups BASE-URL COUNT PAUSE-MS
 *
 * Prints `count failed p50_ms p99_ms max_ms`: how long each waited for the
 * answer, which comes once the signup is durable.
 */
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"

static size_t
ignore(char *data, size_t size, size_t n, void *ctx) /* NOLINT(readability-non-const-parameter): the type is libcurl's */
{
	(void)data, (void)ctx;
	return size * n;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Microseconds until the answer, or -1. */
static int64_t
sign_up(CURL *curl, const char *url, int number)
{
	struct buf body = BUF_INIT;
	int64_t start, took;
	long status = 0;

	buf_addf(&body, "email=visitor%d.%ld@example.net&topic=articles", number, (long)clock_now());
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
	start = clock_mono_us();
	if (curl_easy_perform(curl) == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	took = clock_mono_us() - start;
	buf_release(&body);
	return status == 200 || status == 202 ? took : -1;
}

int
main(int argc, char **argv)
{
	struct buf url = BUF_INIT;
	int64_t *took, p50, p99;
	int i, count, failed = 0, good = 0;
	CURL *curl = curl_easy_init();

	if (argc != 4 || (count = (int)strtol(argv[2], NULL, 10)) < 1) {
		fputs("usage: signups BASE-URL COUNT PAUSE-MS\n", stderr);
		return 2;
	}
	buf_addf(&url, "%s/subscribe", argv[1]);
	took = xcalloc((size_t)count, sizeof(*took));
	for (i = 0; i < count; i++) {
		took[good] = sign_up(curl, url.data, i);
		if (took[good] == -1)
			failed++;
		else
			good++;
		poll(NULL, 0, (int)strtol(argv[3], NULL, 10));
	}
	if (good) {
		qsort(took, (size_t)good, sizeof(*took), compare);
		p50 = took[good / 2];
		p99 = took[good * 99 / 100];
		printf("%d %d %.1f %.1f %.1f\n", good, failed, (double)p50 / 1000, (double)p99 / 1000, (double)took[good - 1] / 1000);
	}
	free(took);
	buf_release(&url);
	curl_easy_cleanup(curl);
	return good ? 0 : 1;
}
