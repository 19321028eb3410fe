/* mailbox_imap_fetch.c - see mailbox_imap_private.h: messages, asked for ahead. */
#include <inttypes.h>

#include "base/err.h"
#include "mail/mailbox_imap_private.h"

static size_t
find_asked(const struct imap *im, int64_t uid)
{
	size_t i = 0;

	while (i < im->asked && im->ask[i].uid != uid)
		i++;
	return i;
}

static void
forget_asked(struct imap *im, size_t i)
{
	im->asked--;
	for (; i < im->asked; i++)
		im->ask[i] = im->ask[i + 1];
}

/* Ask for those messages that are not on the way yet, in one command. */
static int
ask(struct imap *im, const struct mailbox_entry *const *entries, size_t n, struct err *e)
{
	size_t before = im->asked;

	if (im->opens >= MAILBOX_AHEAD)
		return 0;
	buf_reset(&im->command);
	buf_addf(&im->command, "n%u UID FETCH ", im->tag + 1);
	for (size_t i = 0; i < n && im->asked < MAILBOX_AHEAD; i++) {
		if (find_asked(im, entries[i]->number) < im->asked || entries[i]->size > im->m.most)
			continue;
		buf_addf(&im->command, "%s%" PRId64, im->asked > before ? "," : "", entries[i]->number);
		im->ask[im->asked++] = (struct imap_asked){ entries[i]->number, im->tag + 1 };
	}
	if (im->asked == before)
		return 0;
	imap_tag(im); /* the one above */
	buf_addstr(&im->command, " BODY.PEEK[]\r\n");
	return imap_send(im, e);
}

void
imap_ahead(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n)
{
	struct err e = ERR_INIT;

	ask((struct imap *)m, entries, n, &e); /* what went wrong is wrong for the fetch that follows, too */
}

enum awaited {
	CAME,
	CAME_LONG,
	GONE,
	BROKEN
};

/* A message has come: whether it is the one. Another is thrown away, and asked for again if ever it is wanted. */
static bool
is_wanted(struct imap *im, const struct imap_answer *a, int64_t uid)
{
	size_t i = a->uid != 0 ? find_asked(im, a->uid) : 0;
	bool is;

	if (i >= im->asked)
		return false;
	is = im->ask[i].uid == uid;
	forget_asked(im, i);
	return is;
}

/* Read until this message has come, or its command has ended without it. */
static enum awaited
await_message(struct imap *im, int64_t uid, struct err *e)
{
	const struct imap_answer *a = &im->reader.answer;

	session_expect(&im->s);
	for (uint64_t n = 0; n < imap_answers_max(im); n++) {
		if (imap_next(im, e) == -1)
			return BROKEN;
		if (a->kind == IMAP_TAGGED && a->status == IMAP_NOT_KNOWN) {
			session_fail(&im->s, e, "cannot fetch a message: the server said: %.300s", a->text);
			return BROKEN;
		}
		if (a->kind == IMAP_FETCH && a->body != IMAP_NO_BODY && is_wanted(im, a, uid))
			return a->body == IMAP_BODY ? CAME : CAME_LONG;
		if (find_asked(im, uid) == im->asked)
			return GONE;
	}
	session_fail(&im->s, e, "the server does not come to an end");
	return BROKEN;
}

int
imap_fetch(struct mailbox *m, const struct mailbox_entry *entry, size_t most, struct buf *out, bool *gone, struct err *e)
{
	struct imap *im = (struct imap *)m;
	enum awaited what;

	if (find_asked(im, entry->number) == im->asked) {
		if ((im->asked == MAILBOX_AHEAD || im->opens >= MAILBOX_AHEAD) && imap_drain(im, e) == -1)
			return -1;
		if (ask(im, &entry, 1, e) == -1)
			return -1;
	}
	imap_reader_want(&im->reader, out, most);
	what = await_message(im, entry->number, e);
	imap_reader_want(&im->reader, NULL, 0);
	if (what != CAME)
		buf_reset(out);
	*gone = what == GONE;
	return what == BROKEN ? -1 : what == CAME;
}
