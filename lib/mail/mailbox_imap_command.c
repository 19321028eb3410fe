/* mailbox_imap_command.c - see mailbox_imap_private.h: commands and their ends. */
#include <string.h>

#include "base/err.h"
#include "mail/mailbox_imap_private.h"

#define UNASKED_MAX 1000 /* answers to one command that are about no message */

uint32_t
imap_tag(struct imap *im)
{
	im->tag++;
	if (im->opens < IMAP_OPEN_MAX)
		im->open[im->opens++] = im->tag;
	return im->tag;
}

int
imap_send(struct imap *im, struct err *e)
{
	return session_write(&im->s, im->command.data, im->command.len, e);
}

/* A command has ended: what it was to bring and did not will not come. */
static bool
close_command(struct imap *im, uint32_t tag)
{
	size_t n = 0, i = 0;

	while (i < im->opens && im->open[i] != tag)
		i++;
	if (i == im->opens)
		return false;
	im->opens--;
	memmove(im->open + i, im->open + i + 1, (im->opens - i) * sizeof(im->open[0]));
	for (i = 0; i < im->asked; i++)
		if (im->ask[i].tag != tag)
			im->ask[n++] = im->ask[i];
	im->asked = n;
	return true;
}

/* What a server may say at any time. */
static int
note_answer(struct imap *im, const struct imap_answer *a, struct err *e)
{
	if (a->kind == IMAP_STATUS && a->status == IMAP_BYE)
		return session_fail(&im->s, e, "the server says good-bye: %.300s", a->text);
	if (a->kind == IMAP_TAGGED && !close_command(im, a->tag))
		return session_fail(&im->s, e, "the server answers a command that it was not given");
	if (a->kind == IMAP_EXISTS)
		im->exists = a->number;
	if (im->exists > im->most_exists)
		im->most_exists = im->exists;
	if (a->kind == IMAP_EXPUNGE && im->exists > 0)
		im->exists--;
	return 0;
}

int
imap_next(struct imap *im, struct err *e)
{
	for (;;) {
		enum imap_read got;
		size_t used;

		if (session_fill(&im->s, e) == -1)
			return -1;
		got = imap_reader_feed(&im->reader, im->s.in + im->s.start, im->s.end - im->s.start, &used);
		im->s.start += used;
		if (got == IMAP_BAD)
			return session_fail(&im->s, e, "the server %s", im->reader.bad);
		if (got == IMAP_ANSWER)
			return note_answer(im, &im->reader.answer, e);
	}
}

uint64_t
imap_answers_max(const struct imap *im)
{
	return UNASKED_MAX + 3 * (uint64_t)(im->most_exists < MAILBOX_MESSAGES ? im->most_exists : MAILBOX_MESSAGES);
}

int
imap_finish(struct imap *im, uint32_t tag, imap_answer_fn *fn, void *ctx, struct err *e)
{
	const struct imap_answer *a = &im->reader.answer;

	session_expect(&im->s);
	for (uint64_t n = 0; n < imap_answers_max(im); n++) {
		if (imap_next(im, e) == -1)
			return -1;
		if (a->kind == IMAP_TAGGED && a->tag == tag)
			return 0;
		if (a->kind != IMAP_TAGGED && fn)
			fn(im, a, ctx);
	}
	return session_fail(&im->s, e, "the server does not come to an end");
}

int
imap_succeed(struct imap *im, uint32_t tag, const char *what, imap_answer_fn *fn, void *ctx, struct err *e)
{
	if (imap_finish(im, tag, fn, ctx, e) == -1)
		return -1;
	return im->reader.answer.status == IMAP_OK ? 0 : session_refused(e, what, im->reader.answer.text);
}

int
imap_drain(struct imap *im, struct err *e)
{
	while (im->opens > 0)
		if (imap_finish(im, im->open[0], NULL, NULL, e) == -1)
			return -1;
	return 0;
}
