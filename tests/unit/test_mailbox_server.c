/*
 * test_mailbox_server.c - mail servers by a script: what each is asked, what it says, and what comes of it.
 *
 * For what must happen in one order: tests/daemon/mailbox_hostile.t has those that lie and those that say nothing, mailbox.t the real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "mail/mailbox.h"

#define RESET "!"  /* once it is told to: it closes, and what is sent to it from then on comes back as an error */
#define ON "\r\n>" /* within a reply: what follows is said once it is told to go on */

/* What is said: the greeting, then to each line in turn; $ is the line's first word (IMAP's tag). At the end it closes. */
struct server {
	const char *const *says;
	int listener;
	pthread_t thread;
	sem_t go, done;
	struct buf heard; /* all its lines, to be looked at once it has closed */
};

static void
say(int fd, const char *text, const char *tag)
{
	struct buf out = BUF_INIT;
	size_t at = 0;

	for (; *text; text++)
		if (*text == '$')
			buf_add(&out, tag, strcspn(tag, " \r\n"));
		else
			buf_addch(&out, *text);
	for (ssize_t n; at < out.len; at += (size_t)n)
		if ((n = send(fd, out.data + at, out.len - at, MSG_NOSIGNAL)) <= 0)
			break;
	buf_release(&out);
}

static void
answer(struct server *s, int fd, const char *text, const char *tag)
{
	const char *rest = strstr(text, ON);
	char *first;

	if (!rest) {
		say(fd, text, tag);
		return;
	}
	first = xstrndup(text, (size_t)(rest - text) + 2);
	usleep(20000); /* so that it is waited for: the test takes less time */
	say(fd, first, tag);
	free(first);
	sem_wait(&s->go);
	say(fd, rest + strlen(ON), tag);
}

static void *
play(void *arg)
{
	const struct linger hard = { .l_onoff = 1 };
	struct server *s = arg;
	int fd = accept(s->listener, NULL, NULL);
	FILE *in = fdopen(dup(fd), "r");
	char line[20000];

	if (!in)
		abort();
	say(fd, s->says[0], "");
	for (int i = 1; s->says[i]; i++) {
		if (strcmp(s->says[i], RESET) == 0) {
			sem_wait(&s->go);
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
			break;
		}
		if (!fgets(line, sizeof(line), in))
			break;
		buf_addstr(&s->heard, line);
		answer(s, fd, s->says[i], line);
	}
	fclose(in);
	close(fd);
	sem_post(&s->done);
	return NULL;
}

struct client {
	struct server server;
	struct mailbox_where where;
	char url[64];
	struct mailbox *m;
	const struct mailbox_entry *list;
	size_t count;
	struct buf message;
	struct err e;
};

/* Open what the server plays: protocol "imap" or "pop3". */
static void
open_client(struct client *c, const char *protocol, const char *const *says)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	struct server *s = &c->server;

	*s = (struct server){ .says = says, .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	assert_int_equal(bind(s->listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &n), 0);
	sem_init(&s->go, 0, 0);
	sem_init(&s->done, 0, 0);
	buf_init(&s->heard);
	assert_int_equal(pthread_create(&s->thread, NULL, play, s), 0);
	snprintf(c->url, sizeof(c->url), "%s://127.0.0.1:%d", protocol, ntohs(a.sin_port));
	c->where.url = c->url;
	buf_init(&c->message);
	c->m = mailbox_open(&c->where, &c->list, &c->count, &c->e);
}

static const struct client nobody = {
	.where = { .user = "", .password = "", .tls = "none", .ca_file = "", .moved_to = "", .timeout = 20, .stop_fd = -1 },
	.e = ERR_INIT,
};

/* Close, and wait for the server's end. */
static int
close_client(struct client *c, struct err *e)
{
	int rc = mailbox_close(c->m, e);

	sem_post(&c->server.go);
	pthread_join(c->server.thread, NULL);
	close(c->server.listener);
	buf_release(&c->message);
	return rc;
}

/* Nobody is there, and need not be. */
static void
assert_not_asked(const char *url, const char *moved_to, enum err_code code, const char *error)
{
	struct client c = nobody;

	c.where.url = url;
	c.where.moved_to = moved_to;
	c.m = mailbox_open(&c.where, &c.list, &c.count, &c.e);
	assert_null(c.m);
	if (c.e.code != code || !strstr(c.e.text, error))
		fail_msg("%s: %s", url, c.e.text);
}

static void
assert_says(const struct err *e, const char *words)
{
	if (!strstr(e->text, words))
		fail_msg("\"%s\" does not say \"%s\"", e->text, words);
}

#define CAPABLE(words) "* OK hello\r\n", "* CAPABILITY " words "\r\n$ OK\r\n", "* CAPABILITY " words "\r\n$ OK\r\n"
#define SELECTED(count) "* " count " EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n$ OK [READ-WRITE] x\r\n"
#define FETCHED(n, text) "* " n " FETCH (UID " n " BODY[] \"" text "\")\r\n"
#define POP_OPEN(words) "+OK hello\r\n", "+OK\r\n.\r\n", "+OK\r\n" words ".\r\n"
#define TWO "+OK 2 10\r\n", "+OK\r\n1 a\r\n2 b\r\n.\r\n", "+OK\r\n1 5\r\n2 5\r\n.\r\n"

static void
test_not_asked(void **state)
{
	char url[400], folder[300];

	(void)state;
	memset(folder, 'x', 256);
	folder[256] = '\0';
	snprintf(url, sizeof(url), "imap://127.0.0.1:9/%s", folder);
	assert_not_asked(url, "", ERR_INPUT, "the folder's name is too long");
	assert_not_asked("imap://127.0.0.1:9/x", folder, ERR_INPUT, "the folder's name is too long");
	assert_not_asked("imap://127.0.0.1:9/a%00b", "", ERR_INPUT, "a path that is no folder");
	assert_not_asked("pop3://127.0.0.1:9", "Done", ERR_INPUT, "POP3 has no folders");
}

/* Who has more to say before the login is done than any mail server has. */
static void
test_babble(void **state)
{
	static const char *says[] = { "* OK hello\r\n", NULL, NULL };
	struct client c = nobody;
	struct buf babble = BUF_INIT;

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_addstr(&babble, "* OK and there is more to come\r\n");
	buf_addstr(&babble, "$ OK\r\n");
	says[1] = babble.data;
	open_client(&c, "imap", says);
	assert_null(c.m);
	assert_says(&c.e, "it says more before the login is done than a mail server does");
	close_client(&c, &c.e);
	buf_release(&c.server.heard);
	buf_release(&babble);
}

/* A folder of more messages than are listed at once: the latest are asked for, and no more is kept of what is said. */
static void
test_many(void **state)
{
	static const char *says[] = { CAPABLE("IMAP4rev1"), SELECTED("100003"), NULL, "$ OK\r\n", NULL };
	struct client c = nobody;
	struct buf list = BUF_INIT;

	(void)state;
	for (int i = 1; i <= MAILBOX_MESSAGES + 1; i++)
		buf_addf(&list, "* %d FETCH (UID %d RFC822.SIZE 9 FLAGS ())\r\n", i, i);
	buf_addstr(&list, "$ OK\r\n");
	says[4] = list.data;
	open_client(&c, "imap", says);
	assert_non_null(c.m);
	assert_int_equal(c.count, MAILBOX_MESSAGES);
	assert_int_equal(close_client(&c, &c.e), 0);
	assert_non_null(strstr(c.server.heard.data, " FETCH 4:100003 (UID FLAGS RFC822.SIZE)\r\n"));
	buf_release(&c.server.heard);
	buf_release(&list);
}

/* … and of POP3: the oldest are left for later. */
static void
test_many_pop3(void **state)
{
	static const char *const says[] = { POP_OPEN(""), "+OK 100002 1\r\n",
		"+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n", "+OK\r\n1 5\r\n3 7\r\n.\r\n",
		"+OK\r\n", NULL };
	struct client c = nobody;

	(void)state;
	open_client(&c, "pop3", says);
	assert_non_null(c.m);
	assert_int_equal(c.count, 1);
	assert_string_equal(c.list[0].uid, "c");
	assert_int_equal(c.list[0].size, 7);
	assert_int_equal(close_client(&c, &c.e), 0);
	buf_release(&c.server.heard);
}

/* IMAP4rev2 has MOVE without saying so; a refusal is told. */
static void
test_move(void **state)
{
	static const char *const says[] = { "* OK hello\r\n", "* CAPABILITY IMAP4rev2\r\n$ OK\r\n",
		"* OK by the way\r\n* CAPABILITY IMAP4rev2\r\n$ OK\r\n",
		SELECTED("1"), "* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n$ OK\r\n", "$ NO [NOPERM] not yours\r\n", "$ OK\r\n", "$ OK\r\n", NULL };
	struct client c = nobody;
	const struct mailbox_entry *one;
	bool gone = true;

	(void)state;
	c.where.moved_to = "Done";
	open_client(&c, "imap", says);
	assert_int_equal(c.count, 1);
	one = &c.list[0];
	assert_int_equal(mailbox_fetch(c.m, one, 8, &c.message, &gone, &c.e), 0); /* longer, by the list: nobody is asked */
	assert_false(gone);
	assert_int_equal(mailbox_remove(c.m, &one, 0, &c.e), 0); /* nor for nothing */
	assert_int_equal(mailbox_remove(c.m, &one, 1, &c.e), -1);
	assert_says(&c.e, "cannot move messages: the server said: not yours");
	assert_int_equal(mailbox_remove(c.m, &one, 1, &c.e), 0);
	assert_int_equal(close_client(&c, &c.e), 0);
	assert_non_null(strstr(c.server.heard.data, " UID MOVE 1 \"Done\"\r\n"));
	assert_null(strstr(c.server.heard.data, "UID FETCH"));
	buf_release(&c.server.heard);
}

/* Whatever was asked for ahead: another one may be wanted first. */
static void
test_not_ahead(void **state)
{
	static const char *says[] = { CAPABLE("IMAP4rev1"), SELECTED("17"), NULL, FETCHED("1", "one") "$ OK\r\n",
		FETCHED("17", "last") "$ OK\r\n",
		"$ OK\r\n", NULL };
	static const char *const pop3_says[] = { POP_OPEN("PIPELINING\r\n"), TWO, "+OK\r\none\r\n.\r\n",
		"+OK\r\ntwo\r\n.\r\n", "+OK\r\n", NULL };
	const struct mailbox_entry *all[17];
	struct client c = nobody;
	struct buf list = BUF_INIT;
	bool gone;

	(void)state;
	for (int i = 1; i <= 17; i++)
		buf_addf(&list, "* %d FETCH (UID %d RFC822.SIZE 9 FLAGS ())\r\n", i, i);
	buf_addstr(&list, "$ OK\r\n");
	says[4] = list.data;
	open_client(&c, "imap", says);
	assert_int_equal(c.count, 17);
	for (int i = 0; i < 17; i++)
		all[i] = &c.list[i];
	mailbox_ahead(c.m, all, MAILBOX_AHEAD);
	assert_int_equal(mailbox_fetch(c.m, all[16], 100, &c.message, &gone, &c.e), 1);
	assert_string_equal(c.message.data, "last");
	assert_int_equal(close_client(&c, &c.e), 0);
	buf_release(&c.server.heard);
	buf_release(&list);

	c = nobody;
	open_client(&c, "pop3", pop3_says);
	assert_int_equal(c.count, 2);
	all[0] = &c.list[0];
	mailbox_ahead(c.m, all, 1);
	assert_int_equal(mailbox_fetch(c.m, &c.list[1], 100, &c.message, &gone, &c.e), 1);
	assert_string_equal(c.message.data, "two\r\n");
	assert_int_equal(close_client(&c, &c.e), 0);
	buf_release(&c.server.heard);
}

static void
reset_now(struct client *c)
{
	sem_post(&c->server.go);
	sem_wait(&c->server.done);
}

/* The connection is lost between two commands: that is seen when the next is written, and all that follows says so. */
static void
test_lost(void **state)
{
	static const char *const pop3_says[] = { POP_OPEN(""), TWO, "+OK\r\n", RESET, NULL };
	static const char *const imap_says[] = { CAPABLE("IMAP4rev1"), SELECTED("1"),
		"* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n$ OK\r\n", RESET, NULL };
	const struct mailbox_entry *one;
	struct client c = nobody;
	bool gone;

	(void)state;
	open_client(&c, "pop3", pop3_says);
	assert_int_equal(c.count, 2);
	one = &c.list[0];
	assert_int_equal(mailbox_remove(c.m, &one, 1, &c.e), 0);
	reset_now(&c);
	assert_int_equal(mailbox_remove(c.m, &one, 1, &c.e), -1);
	assert_says(&c.e, "the connection was lost");
	assert_int_equal(mailbox_remove(c.m, &one, 1, &c.e), -1);
	assert_says(&c.e, "the connection is closed");
	assert_int_equal(close_client(&c, &c.e), -1);
	assert_says(&c.e, "the connection was lost before QUIT, so that nothing is deleted");
	buf_release(&c.server.heard);

	c = nobody;
	open_client(&c, "imap", imap_says);
	assert_int_equal(c.count, 1);
	one = &c.list[0];
	reset_now(&c);
	mailbox_ahead(c.m, &one, 1); /* does not say */
	assert_int_equal(mailbox_fetch(c.m, one, 100, &c.message, &gone, &c.e), -1);
	assert_says(&c.e, "the connection is closed");
	assert_int_equal(close_client(&c, &c.e), 0); /* nothing was to be removed */
	buf_release(&c.server.heard);
}

/* The kernel refuses to wait: that is told, and the connection given up. */
static void
test_no_wait(void **state)
{
	static const char *const says[] = { POP_OPEN(""), TWO, "", RESET, NULL };
	struct rlimit all, none;
	struct client c = nobody;
	bool gone;

	(void)state;
	open_client(&c, "pop3", says);
	assert_int_equal(c.count, 2);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = all;
	none.rlim_cur = 0; /* poll(2): EINVAL for more descriptors than may be */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(mailbox_fetch(c.m, &c.list[0], 100, &c.message, &gone, &c.e), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_int_equal(c.e.code, ERR_SYSTEM);
	assert_says(&c.e, "poll");
	close_client(&c, &c.e);
	buf_release(&c.server.heard);
}

/* Lets it say the rest, and comes back when the time is over: what has come meanwhile came too late. */
static void
tick_late(void *ctx)
{
	struct client *c = ctx;
	int64_t until = clock_mono_us() + 1100000;

	if (!c->m)
		return; /* it is being opened */
	sem_post(&c->server.go);
	sem_wait(&c->server.done);
	while (clock_mono_us() < until)
		usleep(10000);
}

/* Some of an answer comes now and then: it is not enough in its time, though each piece is. */
static void
test_dribble(void **state)
{
	static const char *const says[] = { POP_OPEN(""), TWO, "+OK\r\nSubject: x" ON "y", NULL };
	struct client c = nobody;
	bool gone;

	(void)state;
	c.where.timeout = 1;
	c.where.tick = tick_late;
	c.where.tick_ctx = &c;
	open_client(&c, "pop3", says);
	assert_int_equal(c.count, 2);
	assert_int_equal(mailbox_fetch(c.m, &c.list[0], 100, &c.message, &gone, &c.e), -1);
	assert_says(&c.e, "dribbles");
	close_client(&c, &c.e);
	buf_release(&c.server.heard);
}

/* What it says while it is opened. */
static void
test_opening(void **state)
{
	static const struct {
		const char *name, *protocol, *user, *password;
		const char *says[8];
		const char *error; /* part of it, and `never` is no part */
		const char *never;
	} cases[] = {
		{ "a list that is none", "pop3", "", "", { POP_OPEN(""), "+OK 1 5\r\n", "+OK\r\n1 a\r\n.\r\n", "+OK\r\nwhat\r\n.\r\n", NULL },
		    "the server's answer to LIST makes no sense", NULL },
		{ "a short password, said again", "pop3", "ann", "x1",
		    { "+OK hello\r\n", "+OK\r\nUSER\r\n.\r\n", "+OK\r\n", "-ERR who is x1 or x1?\r\n", NULL },
		    "the server said: who is ** or **?", "x1" },
		{ "one that begins as what takes its place", "pop3", "ann", "*star",
		    { "+OK hello\r\n", "+OK\r\nUSER\r\n.\r\n", "+OK\r\n", "-ERR who is *star?\r\n", NULL },
		    "the server said: who is ***?", "star" },
		{ "more words than are kept", "pop3", "ann", "secret",
		    { "+OK hello\r\n", "+OK\r\nUSER\r\n.\r\n", "+OK\r\n",
			"-ERR 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
			"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
			"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 the end\r\n",
			NULL },
		    "the server said: 0123456789 0123456789", "the end" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client c = nobody;

		print_message("# %s\n", cases[i].name);
		c.where.user = cases[i].user;
		c.where.password = cases[i].password;
		open_client(&c, cases[i].protocol, cases[i].says);
		assert_null(c.m);
		assert_says(&c.e, cases[i].error);
		assert_true(!cases[i].never || !strstr(c.e.text, cases[i].never));
		close_client(&c, &c.e);
		buf_release(&c.server.heard);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_babble),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_many_pop3),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_not_ahead),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_no_wait),
		cmocka_unit_test(test_dribble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
