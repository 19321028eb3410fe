/* link_check.c - see link_check.h. */
#include "content/link_check.h"

#include <ctype.h>
#include <curl/curl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

#define SECOND 1000000
#define POLL_MS 200

struct probe {
	CURL *easy; /* NULL: this one is free */
	struct link_check *item;
	char *host;
	int64_t started_us;
	bool get;      /* not HEAD */
	bool for_good; /* every redirect so far was 301 or 308 */
};

struct run {
	CURLM *multi;
	struct link_check *item;
	char **lost_host; /* for each item, to be asked for once more */
	bool *taken;
	size_t count, done, first; /* first: all before it are taken */
	struct probe probe[LINK_CHECK_AT_ONCE];
	link_check_progress *progress;
	void *ctx;
	int64_t end_us;
};

/* The host and port of an address, malloc'ed; "" when it has none. */
static char *
host_of(const char *url, CURLUPart part)
{
	CURLU *parsed = curl_url();
	char *host = NULL, *copy;

	if (parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK)
		curl_url_get(parsed, part, &host, 0);
	copy = xstrdup(host ? host : "");
	curl_free(host);
	curl_url_cleanup(parsed);
	return copy;
}

/* Each response's status line comes here, those of redirects too. */
static size_t
take_header(char *line, size_t size, size_t n, void *ctx)
{
	struct probe *p = ctx;
	const char *space = n > 5 && memcmp(line, "HTTP/", 5) == 0 ? memchr(line, ' ', n) : NULL;

	if (space && line + n - space > 3 && space[1] == '3')
		p->for_good = p->for_good && (memcmp(space + 1, "301", 3) == 0 || memcmp(space + 1, "308", 3) == 0);
	return n * size;
}

/* What the page says does not matter: the first byte ends it. */
static size_t
take_body(char *data, size_t size, size_t n, void *ctx) /* NOLINT(readability-non-const-parameter): libcurl's type */
{
	(void)data;
	(void)size;
	(void)n;
	(void)ctx;
	return 0;
}

static void
set_up(struct probe *p)
{
	int64_t left = LINK_CHECK_SECONDS * 1000 - (clock_mono_us() - p->started_us) / 1000;

	p->for_good = true;
	curl_easy_reset(p->easy);
	curl_easy_setopt(p->easy, CURLOPT_URL, p->item->url);
	curl_easy_setopt(p->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(p->easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(p->easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(p->easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(p->easy, CURLOPT_MAXREDIRS, (long)LINK_CHECK_REDIRECTS);
	curl_easy_setopt(p->easy, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
	curl_easy_setopt(p->easy, CURLOPT_QUICK_EXIT, 1L); /* nobody waits for a resolver that hangs */
	curl_easy_setopt(p->easy, CURLOPT_USERAGENT, "newsletter/" NEWSLETTER_VERSION);
	curl_easy_setopt(p->easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(p->easy, CURLOPT_HEADERDATA, p);
	curl_easy_setopt(p->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(p->easy, CURLOPT_PRIVATE, p);
	if (p->get)
		curl_easy_setopt(p->easy, CURLOPT_RANGE, "0-0");
	else
		curl_easy_setopt(p->easy, CURLOPT_NOBODY, 1L);
}

static void
end_probe(struct run *r, struct probe *p)
{
	if (!p->easy)
		return;
	curl_multi_remove_handle(r->multi, p->easy);
	curl_easy_cleanup(p->easy);
	free(p->host);
	*p = (struct probe){ 0 };
}

/* Servers that take no HEAD say so in many ways, or hang up. */
static bool
wants_get(const struct probe *p, CURLcode rc, long status)
{
	if (p->get)
		return false;
	if (rc == CURLE_OK)
		return (status >= 400 && status < 500 && status != 429) || status == 501;
	return rc == CURLE_GOT_NOTHING || rc == CURLE_RECV_ERROR || rc == CURLE_WEIRD_SERVER_REPLY;
}

static void
judge(struct link_check *item, const struct probe *p, long status)
{
	const char *now = NULL;
	long redirects = 0;

	item->status = status;
	if (status == 404 || status == 410) {
		item->state = LINK_GONE;
	} else if (status >= 400 && status != 416) { /* 416: there is no first byte of an empty page */
		item->state = LINK_REFUSED;
	} else {
		item->state = LINK_OK;
		curl_easy_getinfo(p->easy, CURLINFO_REDIRECT_COUNT, &redirects);
		curl_easy_getinfo(p->easy, CURLINFO_EFFECTIVE_URL, &now);
		if (redirects && p->for_good && now && snprintf(item->moved, sizeof(item->moved), "%s", now) < (int)sizeof(item->moved))
			item->state = LINK_MOVED;
	}
}

/* A transfer is over: its item is judged, or it is tried once more with GET. */
static void
finish(struct run *r, struct probe *p, CURLcode rc)
{
	struct link_check *item = p->item;
	const char *now = NULL;
	long status = 0;

	curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
	if (wants_get(p, rc, status)) {
		p->get = true;
		curl_multi_remove_handle(r->multi, p->easy);
		set_up(p);
		curl_multi_add_handle(r->multi, p->easy);
		return;
	}
	if (rc == CURLE_OK || (rc == CURLE_WRITE_ERROR && status)) {
		judge(item, p, status);
	} else {
		item->state = LINK_TROUBLE;
		snprintf(item->trouble, sizeof(item->trouble), "%s", curl_easy_strerror(rc));
		curl_easy_getinfo(p->easy, CURLINFO_EFFECTIVE_URL, &now);
		if (rc == CURLE_COULDNT_RESOLVE_HOST && now)
			r->lost_host[item - r->item] = host_of(now, CURLUPART_HOST);
	}
	end_probe(r, p);
	r->done++;
	if (r->progress)
		r->progress(r->ctx, r->done, r->count);
}

static size_t
busy_with(const struct run *r, const char *host)
{
	size_t i, n = 0;

	for (i = 0; i < LINK_CHECK_AT_ONCE; i++)
		n += r->probe[i].easy && strcmp(r->probe[i].host, host) == 0;
	return n;
}

/* The next item whose host is not asked by enough others; -1 when there is none now. */
static long
next_item(struct run *r, char **host)
{
	size_t i;

	while (r->first < r->count && r->taken[r->first])
		r->first++;
	for (i = r->first; i < r->count; i++) {
		if (r->taken[i])
			continue;
		*host = host_of(r->item[i].url, CURLUPART_HOST);
		if (busy_with(r, *host) < LINK_CHECK_PER_HOST)
			return (long)i;
		free(*host);
	}
	return -1;
}

/* Fill free places; returns how many are busy. */
static size_t
fill(struct run *r)
{
	size_t i, busy = 0;
	char *host = NULL;
	long next = 0;

	for (i = 0; i < LINK_CHECK_AT_ONCE; i++) {
		struct probe *p = &r->probe[i];

		if (!p->easy && next != -1 && (next = next_item(r, &host)) != -1) {
			*p = (struct probe){ .easy = curl_easy_init(), .item = &r->item[next], .host = host };
			p->started_us = clock_mono_us();
			if (!p->easy)
				abort();
			r->taken[next] = true;
			set_up(p);
			curl_multi_add_handle(r->multi, p->easy);
		}
		busy += p->easy != NULL;
	}
	return busy;
}

/* Returns how many transfers were over. */
static int
take_finished(struct run *r)
{
	struct CURLMsg *message;
	struct probe *p;
	int left, running, n = 0;

	curl_multi_perform(r->multi, &running);
	for (; (message = curl_multi_info_read(r->multi, &left)); n++)
		if (message->msg == CURLMSG_DONE && curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &p) == CURLE_OK)
			finish(r, p, message->data.result);
	return n;
}

/* libcurl does not tell a name that does not exist from a name server that does not answer. */
static void
ask_for_hosts(struct run *r)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	size_t i;
	int rc;

	for (i = 0; i < r->count; i++) {
		if (!r->lost_host[i] || clock_mono_us() > r->end_us)
			continue;
		rc = getaddrinfo(r->lost_host[i], NULL, &hints, &found);
		if (rc == 0)
			freeaddrinfo(found);
		else if (rc == EAI_NONAME || rc == EAI_NODATA)
			r->item[i].state = LINK_NO_HOST;
	}
}

int
link_check(struct link_check *item, size_t count, link_check_progress *progress, void *ctx, struct err *e)
{
	struct run r = { .item = item, .count = count, .progress = progress, .ctx = ctx };
	size_t i;

	for (i = 0; i < count; i++) {
		item[i].state = LINK_UNCHECKED;
		item[i].status = 0;
		item[i].moved[0] = item[i].trouble[0] = '\0';
	}
	if (!count)
		return 0;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(r.multi = curl_multi_init()))
		return err_set(e, ERR_SYSTEM, "cannot set up libcurl: links are not checked");
	r.taken = xcalloc(count, sizeof(r.taken[0]));
	r.lost_host = xcalloc(count, sizeof(r.lost_host[0]));
	r.end_us = clock_mono_us() + (int64_t)LINK_CHECK_ALL * SECOND;
	while (fill(&r) && clock_mono_us() < r.end_us)
		if (!take_finished(&r))
			curl_multi_poll(r.multi, NULL, 0, POLL_MS, NULL);
	for (i = 0; i < LINK_CHECK_AT_ONCE; i++)
		end_probe(&r, &r.probe[i]);
	ask_for_hosts(&r);
	for (i = 0; i < count; i++)
		free(r.lost_host[i]);
	free(r.lost_host);
	free(r.taken);
	curl_multi_cleanup(r.multi);
	curl_global_cleanup();
	return 0;
}
