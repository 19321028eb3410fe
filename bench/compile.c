/*
 * compile.c - how long it takes to make a mail out of a site's new articles.
 *
 *   compile CONF TIMES
 *	gathers what `send articles` would announce, and for each of the site's languages renders, compiles and saves the mail TIMES
 *	times, the languages in turn; prints "compile LANGUAGE ARTICLES BYTES median_ms lowest_ms highest_ms" for each, BYTES being
 *	the compiled form.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli/mailing.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/message.h"
#include "site/site.h"

#define TIMES_MOST 10000

struct run {
	char language[MAILING_LANGUAGES][WORDS_LANGUAGE];
	int languages, times;
	double *ms[MAILING_LANGUAGES];
	size_t bytes[MAILING_LANGUAGES];
};

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int
once(const struct mailing *m, const struct site *site, struct run *run, int i, int k, struct err *e)
{
	int64_t start = clock_mono_us();
	struct message *message = mailing_compile(m, site, run->language[i], "", 1, e);
	struct buf saved = BUF_INIT;

	if (!message)
		return -1;
	message_save(message, &saved);
	run->bytes[i] = saved.len;
	buf_release(&saved);
	message_free(message);
	run->ms[i][k] = (double)(clock_mono_us() - start) / 1000;
	return 0;
}

static int
measure(struct site *site, struct run *run, size_t *articles, struct err *e)
{
	const struct mailing_wish wish = { NULL };
	struct mailing m = { 0 };
	int i, k, rc = mailing_articles(&m, site, &wish, e);

	*articles = m.articles.count;
	if (rc == 0 && !m.articles.count)
		rc = err_set(e, ERR_INPUT, "there is nothing new to announce");
	mailing_set_archive_url(&m, site, "Articles", "12345678-1234-1234-1234-123456789abc");
	run->languages = mailing_languages(site, run->language);
	for (i = 0; i < run->languages; i++)
		run->ms[i] = xcalloc((size_t)run->times, sizeof(double));
	for (k = 0; k < run->times && rc == 0; k++)
		for (i = 0; i < run->languages && rc == 0; i++)
			rc = once(&m, site, run, i, k, e);
	mailing_release(&m);
	return rc;
}

int
main(int argc, char **argv)
{
	struct run run = { .times = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0 };
	struct err e = ERR_INIT;
	struct site site;
	size_t articles = 0;
	int i, rc;

	if (run.times < 1 || run.times > TIMES_MOST) {
		fputs("usage: compile CONF TIMES\n", stderr);
		return 2;
	}
	rc = site_open(&site, argv[1], SITE_STORE | SITE_LINKS, &e);
	if (rc == 0)
		rc = measure(&site, &run, &articles, &e);
	for (i = 0; i < run.languages; i++) {
		qsort(run.ms[i], (size_t)run.times, sizeof(double), compare);
		if (rc == 0)
			printf("compile %s %zu %zu %.3f %.3f %.3f\n", run.language[i], articles, run.bytes[i], run.ms[i][run.times / 2],
			    run.ms[i][0], run.ms[i][run.times - 1]);
		free(run.ms[i]);
	}
	site_close(&site);
	if (rc == -1)
		fprintf(stderr, "compile: %s\n", e.text);
	return rc == -1;
}
