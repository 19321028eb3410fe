/*
 * mailbox_pop3.c - a POP3 maildrop as a mailbox (RFC 1939; CAPA, PIPELINING RFC 2449); see mailbox_private.h.
 *
 * What is deleted here is gone only when QUIT is answered with +OK; a connection that ends otherwise deletes nothing.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "mail/mailbox_pop3_answer.h"
#include "mail/mailbox_private.h"
#include "mail/mailbox_session.h"

#define LINES_MAX (10 * (long)MAILBOX_MESSAGES) /* of one list */
#define DELETIONS_AHEAD 64                      /* answers of them all fit into any socket's buffer */

/* The fetches that are under way, by their numbers. Answers come in turn. */
struct queue {
	int64_t number[MAILBOX_AHEAD];
	size_t first, n;
};

struct pop3 {
	struct mailbox m;
	struct session s;
	struct pop3_reader reader;
	struct buf command;
	bool pipelining;
	struct queue queue;
	uint32_t before; /* messages up to this number are left for the next time */
	size_t deleted;
};

static bool
is_queued(const struct queue *q, int64_t number)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->number[(q->first + i) % MAILBOX_AHEAD] == number)
			return true;
	return false;
}

static int64_t
dequeue(struct queue *q)
{
	int64_t number = q->number[q->first];

	q->first = (q->first + 1) % MAILBOX_AHEAD;
	q->n--;
	return number;
}

static int
send_command(struct pop3 *p, struct err *e)
{
	return session_write(&p->s, p->command.data, p->command.len, e);
}

/* Read up to a line, or an end; POP3_BAD is -1. */
static int
next_part(struct pop3 *p, enum pop3_read *got, struct err *e)
{
	do {
		size_t used;

		if (session_fill(&p->s, e) == -1)
			return -1;
		*got = pop3_reader_feed(&p->reader, p->s.in + p->s.start, p->s.end - p->s.start, &used);
		p->s.start += used;
		if (*got == POP3_BAD)
			return session_fail(&p->s, e, "the server %s", p->reader.bad);
	} while (*got == POP3_MORE);
	return 0;
}

/* The status line of the command that is due. */
static int
get_status(struct pop3 *p, bool *good, const char **words, struct err *e)
{
	enum pop3_read got;

	session_expect(&p->s);
	pop3_reader_expect(&p->reader, POP3_STATUS);
	if (next_part(p, &got, e) == -1)
		return -1;
	if (!pop3_status(p->reader.line, good, words))
		return session_fail(&p->s, e, "the server answers neither +OK nor -ERR");
	return 0;
}

/* The same; -ERR is an error that names what was tried, and leaves the connection in order. */
static int
succeed(struct pop3 *p, const char *what, struct err *e)
{
	const char *words;
	bool good;

	if (get_status(p, &good, &words, e) == -1)
		return -1;
	return good ? 0 : session_refused(e, what, words);
}

typedef int line_fn(struct pop3 *p, const char *line, struct err *e);

static int
get_list(struct pop3 *p, line_fn *fn, struct err *e)
{
	pop3_reader_expect(&p->reader, POP3_LIST);
	for (long n = 0; n < LINES_MAX; n++) {
		enum pop3_read got;

		if (next_part(p, &got, e) == -1)
			return -1;
		if (got == POP3_END)
			return 0;
		if (fn(p, p->reader.line, e) == -1)
			return -1;
	}
	return session_fail(&p->s, e, "the server's list does not come to an end");
}

static int
on_capability(struct pop3 *p, const char *line, struct err *e)
{
	(void)e;
	if (strcasecmp(line, "PIPELINING") == 0)
		p->pipelining = true;
	return 0;
}

static int
on_uid(struct pop3 *p, const char *line, struct err *e)
{
	struct mailbox_entry *entry;
	const char *uid;
	uint32_t number;

	if (!pop3_listed(line, &number, &uid))
		return session_fail(&p->s, e, "the server's answer to UIDL makes no sense");
	if (number <= p->before)
		return 0;
	entry = mailbox_add(&p->m, uid, strlen(uid));
	if (entry)
		entry->number = number;
	return 0;
}

static int
on_size(struct pop3 *p, const char *line, struct err *e)
{
	struct mailbox_entry *entry, key = { .number = 0 };
	const char *size;
	uint32_t number;

	if (!pop3_listed(line, &number, &size))
		return session_fail(&p->s, e, "the server's answer to LIST makes no sense");
	key.number = number;
	entry = p->m.count > 0 ? bsearch(&key, p->m.list, p->m.count, sizeof(key), mailbox_by_number) : NULL;
	if (entry)
		entry->size = (int64_t)strtoul(size, NULL, 10);
	return 0;
}

static int
command(struct pop3 *p, const char *verb, struct err *e)
{
	buf_reset(&p->command);
	buf_addf(&p->command, "%s\r\n", verb);
	return send_command(p, e);
}

/* The latest: older ones that stay, since they are for people, must not keep new ones from being seen. */
static int
count_messages(struct pop3 *p, struct err *e)
{
	const char *words;
	uint32_t count = 0;
	bool good;

	if (command(p, "STAT", e) == -1 || get_status(p, &good, &words, e) == -1)
		return -1;
	if (good && pop3_listed(words, &count, &words) && count > MAILBOX_MESSAGES)
		p->before = count - MAILBOX_MESSAGES;
	return 0;
}

static struct mailbox *
pop3_make(const struct mailbox_where *where)
{
	struct pop3 *p = xcalloc(1, sizeof(*p));

	(void)where;
	pop3_reader_init(&p->reader);
	buf_init(&p->command);
	return &p->m;
}

static int
pop3_open(struct mailbox *m, const struct mailbox_where *where, struct err *e)
{
	struct pop3 *p = (struct pop3 *)m;
	const char *words;
	bool good;

	if (where->moved_to[0])
		return err_set(e, ERR_INPUT, "POP3 has no folders: processed messages can only be deleted");
	if (session_open(&p->s, where, e) == -1 || command(p, "CAPA", e) == -1 || get_status(p, &good, &words, e) == -1)
		return -1;
	if ((good && get_list(p, on_capability, e) == -1) || count_messages(p, e) == -1 || command(p, "UIDL", e) == -1)
		return -1;
	if (succeed(p, "the server has no UIDL, without which messages have no names that last", e) == -1 || get_list(p, on_uid, e) == -1)
		return -1;
	mailbox_sort(m);
	if (command(p, "LIST", e) == -1 || succeed(p, "cannot list the mailbox", e) == -1)
		return -1;
	return get_list(p, on_size, e);
}

static int
ask(struct pop3 *p, const struct mailbox_entry *const *entries, size_t n, struct err *e)
{
	struct queue *q = &p->queue;

	buf_reset(&p->command);
	for (size_t i = 0; i < n && q->n < MAILBOX_AHEAD; i++) {
		if (is_queued(q, entries[i]->number) || entries[i]->size > p->m.most)
			continue;
		q->number[(q->first + q->n++) % MAILBOX_AHEAD] = entries[i]->number;
		buf_addf(&p->command, "RETR %" PRId64 "\r\n", entries[i]->number);
	}
	return p->command.len > 0 ? send_command(p, e) : 0;
}

static void
pop3_ahead(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n)
{
	struct pop3 *p = (struct pop3 *)m;
	struct err e = ERR_INIT;

	if (p->pipelining)
		ask(p, entries, n, &e); /* what went wrong is wrong for the fetch that follows, too */
}

/* The answer to the first of the fetches that are under way; sink NULL: it is thrown away. */
static int
take_first(struct pop3 *p, struct buf *sink, size_t most, int64_t *number, bool *gone, struct err *e)
{
	enum pop3_read got;
	const char *words;
	bool good;

	*number = dequeue(&p->queue);
	if (get_status(p, &good, &words, e) == -1)
		return -1;
	*gone = !good;
	if (!good)
		return 0;
	pop3_reader_expect_message(&p->reader, sink, most);
	return next_part(p, &got, e);
}

static int
drain(struct pop3 *p, struct err *e)
{
	int64_t number;
	bool gone;

	while (p->queue.n > 0)
		if (take_first(p, NULL, 0, &number, &gone, e) == -1)
			return -1;
	return 0;
}

static int
pop3_fetch(struct mailbox *m, const struct mailbox_entry *entry, size_t most, struct buf *out, bool *gone, struct err *e)
{
	struct pop3 *p = (struct pop3 *)m;
	int64_t number = 0;

	if (!is_queued(&p->queue, entry->number) && (drain(p, e) == -1 || ask(p, &entry, 1, e) == -1))
		return -1;
	while (number != entry->number)
		if (take_first(p, out, most, &number, gone, e) == -1) {
			buf_reset(out);
			return -1;
		}
	if (*gone)
		buf_reset(out);
	return !*gone && !p->reader.over;
}

static int
pop3_remove(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n, struct err *e)
{
	struct pop3 *p = (struct pop3 *)m;
	size_t most = p->pipelining ? DELETIONS_AHEAD : 1;

	if (drain(p, e) == -1)
		return -1;
	for (size_t done = 0, part; done < n; done += part) {
		int rc = 0;

		part = n - done < most ? n - done : most;
		buf_reset(&p->command);
		for (size_t i = 0; i < part; i++)
			buf_addf(&p->command, "DELE %" PRId64 "\r\n", entries[done + i]->number);
		if (send_command(p, e) == -1)
			return -1;
		/* each answer is read, also behind one that refuses */
		for (size_t i = 0; i < part && p->s.good; i++) {
			if (succeed(p, "cannot delete a message", e) == -1)
				rc = -1;
			else
				p->deleted++;
		}
		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
pop3_close(struct mailbox *m, struct err *e)
{
	struct pop3 *p = (struct pop3 *)m;
	struct err ignored = ERR_INIT;

	session_hasten(&p->s);
	if (p->deleted == 0) {
		if (p->s.good)
			command(p, "QUIT", &ignored);
		return 0;
	}
	if (!p->s.good)
		return err_set(e, ERR_PEER, "the connection was lost before QUIT, so that nothing is deleted");
	if (drain(p, e) == -1 || command(p, "QUIT", e) == -1)
		return -1;
	return succeed(p, "the server has not deleted everything", e);
}

static void
pop3_free(struct mailbox *m)
{
	struct pop3 *p = (struct pop3 *)m;

	session_close(&p->s);
	buf_release(&p->command);
	free(p);
}

const struct mailbox_kind mailbox_pop3 = {
	.scheme = "pop3",
	.like = "pop3s://host or pop3://host",
	.make = pop3_make,
	.open = pop3_open,
	.fetch = pop3_fetch,
	.ahead = pop3_ahead,
	.remove = pop3_remove,
	.close = pop3_close,
	.free = pop3_free,
};
