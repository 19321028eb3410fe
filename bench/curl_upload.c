/*
 * curl_upload.c - a peer: libcurl's own SMTP upload, as a program written straight from its manual would use it.
 *
 *   curl_upload URL CONNECTIONS COUNT FILE [CA]
 *
 * Sends FILE (with CRLF line ends) to COUNT recipients, CONNECTIONS transfers
 * at a time under the multi interface, which keeps and reuses the connections.
 * With a CA file: STARTTLS, verified. Prints "messages seconds cpu_us": how many ended after as
 * many as there are connections had (so that their opening is not in it), in which time, with how much CPU.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"

struct transfer {
	CURL *curl;
	struct curl_slist *to;
	size_t at;
	const struct buf *message;
};

static long sent, failed, wanted;

static size_t
read_message(char *out, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t left = t->message->len - t->at, most = size * n;

	if (left > most)
		left = most;
	memcpy(out, t->message->data + t->at, left);
	t->at += left;
	return left;
}

static void
next(struct transfer *t, CURLM *multi)
{
	char to[64];

	snprintf(to, sizeof(to), "<person%ld@example.org>", ++sent);
	curl_slist_free_all(t->to);
	t->to = curl_slist_append(NULL, to);
	t->at = 0;
	curl_easy_setopt(t->curl, CURLOPT_MAIL_RCPT, t->to);
	curl_multi_add_handle(multi, t->curl);
}

static void
set_up(struct transfer *t, const char *url, const char *ca, const struct buf *message)
{
	t->message = message;
	t->curl = curl_easy_init();
	curl_easy_setopt(t->curl, CURLOPT_URL, url);
	curl_easy_setopt(t->curl, CURLOPT_MAIL_FROM, "<news@quietharbour.example>");
	curl_easy_setopt(t->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(t->curl, CURLOPT_READFUNCTION, read_message);
	curl_easy_setopt(t->curl, CURLOPT_READDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->len);
	curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
	if (ca) {
		curl_easy_setopt(t->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
		curl_easy_setopt(t->curl, CURLOPT_CAINFO, ca);
	}
}

/* Returns how many ended. */
static int
reap(CURLM *multi)
{
	struct transfer *t;
	int left, ended = 0;
	CURLMsg *m;

	while ((m = curl_multi_info_read(multi, &left))) {
		if (m->msg != CURLMSG_DONE)
			continue;
		if (m->data.result != CURLE_OK && !failed++)
			fprintf(stderr, "curl_upload: %s\n", curl_easy_strerror(m->data.result));
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		curl_multi_remove_handle(multi, t->curl);
		ended++;
		if (sent < wanted)
			next(t, multi);
	}
	return ended;
}

static int64_t
cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

int
main(int argc, char **argv)
{
	struct buf message = BUF_INIT;
	struct err e = ERR_INIT;
	CURLM *multi = curl_multi_init();
	int64_t start = 0, cpu = 0;
	long ended = 0, before = 0;
	struct transfer *t;
	int i, n, running;

	if (argc < 5 || (n = (int)strtol(argv[2], NULL, 10)) < 1 || (wanted = strtol(argv[3], NULL, 10)) < n) {
		fputs("usage: curl_upload URL CONNECTIONS COUNT FILE [CA]\n", stderr);
		return 2;
	}
	if (file_read(argv[4], (size_t)1 << 20, &message, &e) == -1) {
		fprintf(stderr, "curl_upload: %s\n", e.text);
		return 1;
	}
	t = xcalloc((size_t)n, sizeof(*t));
	for (i = 0; i < n; i++)
		set_up(&t[i], argv[1], argc > 5 ? argv[5] : NULL, &message);
	for (i = 0; i < n; i++)
		next(&t[i], multi);
	while (ended < wanted) {
		if (curl_multi_perform(multi, &running) != CURLM_OK)
			break;
		ended += reap(multi);
		if (!before && ended >= n) {
			before = ended;
			start = clock_mono_us();
			cpu = cpu_us();
		}
		if (ended < wanted)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	printf("%ld %.6f %lld\n", ended - before, (double)(clock_mono_us() - start) / 1e6, (long long)(cpu_us() - cpu));
	for (i = 0; i < n; i++) {
		curl_easy_cleanup(t[i].curl);
		curl_slist_free_all(t[i].to);
	}
	curl_multi_cleanup(multi);
	buf_release(&message);
	free(t);
	return ended == wanted && !failed ? 0 : 1;
}
