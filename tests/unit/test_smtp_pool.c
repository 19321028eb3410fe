/* test_smtp_pool.c - pools on one hub: waiting, relays that are there and that are not, credentials. A thread plays relay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/smtp.h"

#define CHUNK_OFFER "250-x\r\n250-PIPELINING\r\n250-SIZE 20000\r\n250 CHUNKING\r\n"

struct relay {
	int listener, port;
	int sessions; /* ends after so many connections */
	int turned_away;
	pthread_t thread;
};

static int
listen_somewhere(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static void
swallow(FILE *in, size_t n)
{
	while (n-- > 0 && getc(in) != EOF)
		;
}

static atomic_int sessions_open;

static void
session(int fd)
{
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
	char line[600];

	if (!in || !out)
		abort();
	fputs("220 x\r\n", out);
	fflush(out);
	while (fgets(line, sizeof(line), in)) {
		if (strncmp(line, "EHLO", 4) == 0)
			fputs(CHUNK_OFFER, out);
		else if (strncmp(line, "QUIT", 4) == 0)
			break;
		else if (strncmp(line, "BDAT ", 5) == 0)
			swallow(in, strtoul(line + 5, NULL, 10));
		if (strncmp(line, "EHLO", 4) != 0)
			fputs("250 ok\r\n", out);
		fflush(out);
	}
	atomic_fetch_sub(&sessions_open, 1);
	fputs("221 bye\r\n", out);
	fclose(out);
	fclose(in);
}

static void *
play_relay(void *arg)
{
	struct relay *r = arg;

	for (int i = 0; i < r->sessions; i++)
		session(accept(r->listener, NULL, NULL));
	return NULL;
}

static void *
play_session(void *arg)
{
	session(*(int *)arg);
	return NULL;
}

/* Takes one connection at a time, and turns the others away. */
static void *
play_narrow_relay(void *arg)
{
	static const char no[] = "421 4.7.0 too many connections\r\n";
	struct relay *r = arg;
	static int taken; /* read by its thread before there is another one */
	pthread_t thread;
	int fd;

	while ((fd = accept(r->listener, NULL, NULL)) != -1) {
		if (atomic_fetch_add(&sessions_open, 1) == 0) {
			taken = fd;
			pthread_create(&thread, NULL, play_session, &taken);
			pthread_detach(thread);
			continue;
		}
		atomic_fetch_sub(&sessions_open, 1);
		(void)!write(fd, no, sizeof(no) - 1);
		close(fd);
		r->turned_away++;
	}
	return NULL;
}

static void
start_relay(struct relay *r, int sessions)
{
	r->sessions = sessions;
	r->listener = listen_somewhere(&r->port);
	assert_int_equal(pthread_create(&r->thread, NULL, play_relay, r), 0);
}

static void
stop_relay(struct relay *r)
{
	pthread_join(r->thread, NULL);
	close(r->listener);
}

struct caller {
	int accepted, refused, other, troubles, asked;
	struct smtp_reply last;
	bool no_credentials;
	int connections, messages_per_connection, window;
};

static void
on_body(void *ctx, uint64_t tag, struct buf *out)
{
	(void)ctx;
	(void)tag;
	buf_addstr(out, "Subject: x\r\n\r\nx\r\n");
}

static void
on_done(void *ctx, uint64_t tag, enum smtp_result result, enum smtp_command at, const struct smtp_reply *reply)
{
	struct caller *c = ctx;

	(void)tag;
	(void)at;
	c->last = *reply;
	c->accepted += result == SMTP_REPLIED && reply->code == 250;
	c->refused += result == SMTP_REPLIED && reply->code != 250;
	c->other += result != SMTP_REPLIED;
}

static void
on_trouble(void *ctx, const char *text)
{
	(void)text;
	((struct caller *)ctx)->troubles++;
}

static int
on_credentials(void *ctx, struct smtp_credentials *out, struct err *e)
{
	struct caller *c = ctx;

	c->asked++;
	out->password = "secret";
	return c->no_credentials ? err_set(e, ERR_INPUT, "the token cannot be read") : 0;
}

static struct smtp_pool *
new_pool(struct smtp_hub *h, int port, struct caller *c, const char *host, const char *user)
{
	static char url[4][64];
	static int next;
	struct smtp_handler handler = { .body = on_body, .done = on_done, .trouble = on_trouble, .credentials = on_credentials, .ctx = c };
	struct smtp_relay relay = {
		.user = user,
		.password = "",
		.ca_file = "",
		.helo = "x",
		.tls = TLS_NONE,
		.connections = c->connections ? c->connections : 1,
		.messages_per_connection = c->messages_per_connection,
		.window = c->window ? c->window : 8,
		.timeout = 5,
	};
	struct err e = ERR_INIT;
	struct smtp_pool *p;

	relay.url = url[next = (next + 1) % 4];
	snprintf(url[next], sizeof(url[next]), "smtp://%s:%d", host, port);
	p = smtp_pool_new(h, &relay, &handler, &e);
	assert_non_null(p);
	return p;
}

/* Turn until the pool has room or is down, for two seconds at most. */
static void
settle(struct smtp_hub *h, const struct smtp_pool *p)
{
	int64_t until = clock_mono_us() + 2000000;

	while (smtp_pool_room(p) == 0 && !smtp_pool_is_down(p) && clock_mono_us() < until)
		smtp_hub_turn(h, NULL, 0, 100000);
}

static void
send_all(struct smtp_hub *h, struct smtp_pool *p, int messages)
{
	struct smtp_message m = { .mail_from = "a@b.org", .rcpt_to = "c@d.org", .size = 100 };
	int64_t until = clock_mono_us() + 5000000;

	while ((messages > 0 || smtp_pool_busy(p) > 0) && clock_mono_us() < until) {
		smtp_pool_want(p, (size_t)messages);
		while (messages > 0 && smtp_pool_room(p) > 0) {
			smtp_pool_submit(p, &m);
			messages--;
		}
		smtp_hub_turn(h, NULL, 0, 100000);
	}
	assert_int_equal(messages, 0);
}

static void
waits_are_short_and_exact(void **state)
{
	struct smtp_hub *h = smtp_hub_new();
	int64_t best = INT64_MAX;
	struct pollfd extra[2];
	int fds[2];

	(void)state;
	for (int i = 0; i < 20; i++) {
		int64_t start = clock_mono_us(), took;

		smtp_hub_turn(h, NULL, 0, 300);
		took = clock_mono_us() - start;
		assert_true(took >= 300);
		best = took < best ? took : best;
	}
	assert_true(best < 900); /* the machine may be busy, but not each time */

	assert_int_equal(pipe(fds), 0);
	extra[0] = (struct pollfd){ .fd = -1, .events = POLLIN, .revents = POLLIN };
	extra[1] = (struct pollfd){ .fd = fds[0], .events = POLLIN, .revents = POLLIN };
	smtp_hub_turn(h, extra, 2, 1000);
	assert_int_equal(extra[0].revents | extra[1].revents, 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	smtp_hub_turn(h, extra, 2, 60000000);
	assert_int_equal(extra[1].revents, POLLIN);
	close(fds[0]);
	close(fds[1]);
	smtp_hub_free(h);
}

static void
one_relay_is_down_and_the_other_sends(void **state)
{
	struct caller dead = { 0 }, alive = { 0 };
	struct smtp_hub *h = smtp_hub_new();
	struct smtp_pool *a, *b;
	struct relay r;
	int port;

	(void)state;
	close(listen_somewhere(&port)); /* nobody is there any more */
	start_relay(&r, 1);
	a = new_pool(h, port, &dead, "127.0.0.1", "");
	b = new_pool(h, r.port, &alive, "localhost", ""); /* a name: libcurl's resolver thread */
	assert_false(smtp_pool_is_down(a));
	smtp_pool_want(a, 5);
	smtp_pool_want(b, 5);
	settle(h, a);
	assert_true(smtp_pool_is_down(a));
	assert_int_equal(dead.troubles, 1);
	settle(h, b);
	assert_false(smtp_pool_is_down(b));
	assert_int_equal(smtp_pool_room(b), 1);
	send_all(h, b, 200);
	assert_int_equal(alive.accepted, 200);
	assert_int_equal(smtp_pool_room(b), 8);
	assert_int_equal(dead.accepted + dead.other, 0);
	assert_true(smtp_pool_is_down(a));
	assert_int_equal(alive.asked, 0); /* no user */
	smtp_pool_free(a);
	smtp_pool_free(b);
	smtp_hub_free(h);
	stop_relay(&r);
}

/* A relay that takes fewer connections than are configured: those it took are opened again at once when they have done their messages. */
static void
fewer_connections_than_wanted(void **state)
{
	struct caller c = { .connections = 4, .messages_per_connection = 10 };
	struct smtp_hub *h = smtp_hub_new();
	struct smtp_pool *p;
	struct relay r = { 0 };
	int64_t start = clock_mono_us();

	(void)state;
	atomic_store(&sessions_open, 0);
	r.listener = listen_somewhere(&r.port);
	assert_int_equal(pthread_create(&r.thread, NULL, play_narrow_relay, &r), 0);
	p = new_pool(h, r.port, &c, "127.0.0.1", "");
	send_all(h, p, 100);
	assert_int_equal(c.accepted, 100);
	assert_true(clock_mono_us() - start < 900000);
	assert_int_equal(c.troubles, 1);
	assert_false(smtp_pool_is_down(p));
	/* more are tried again later */
	start = clock_mono_us();
	while (c.troubles == 1 && clock_mono_us() - start < 3000000) {
		smtp_pool_want(p, 100);
		smtp_hub_turn(h, NULL, 0, 100000);
	}
	assert_int_equal(c.troubles, 2);
	smtp_pool_free(p);
	smtp_hub_free(h);
	shutdown(r.listener, SHUT_RDWR);
	stop_relay(&r);
	assert_int_equal(r.turned_away, 2);
}

static void
opening_does_not_wait_in_steps(void **state)
{
	int64_t best = INT64_MAX;
	struct relay r;

	(void)state;
	start_relay(&r, 5);
	for (int i = 0; i < 5; i++) {
		struct smtp_hub *h = smtp_hub_new();
		struct caller c = { 0 };
		struct smtp_pool *p = new_pool(h, r.port, &c, "localhost", "");
		int64_t start = clock_mono_us();

		smtp_pool_want(p, 1);
		settle(h, p);
		assert_int_equal(smtp_pool_room(p), 1);
		best = clock_mono_us() - start < best ? clock_mono_us() - start : best;
		smtp_pool_free(p);
		smtp_hub_free(h);
	}
	stop_relay(&r);
	assert_true(best < 100000);
}

static void
too_large_for_the_relay(void **state)
{
	struct smtp_message m = { .mail_from = "a@b.org", .rcpt_to = "c@d.org", .size = 20001 };
	struct smtp_hub *h = smtp_hub_new();
	struct caller c = { .window = 40 };
	int64_t until = clock_mono_us() + 20000000;
	struct smtp_pool *p;
	struct relay r;

	(void)state;
	start_relay(&r, 1);
	p = new_pool(h, r.port, &c, "127.0.0.1", "");
	smtp_pool_want(p, 2);
	settle(h, p);
	smtp_pool_submit(p, &m);
	assert_int_equal(smtp_pool_room(p), 0);
	assert_int_equal(smtp_pool_busy(p), 1);
	assert_int_equal(c.refused, 0); /* not before the next turn */
	smtp_hub_turn(h, NULL, 0, 1000000);
	assert_int_equal(c.refused, 1);
	assert_int_equal(c.last.code, 552);
	assert_string_equal(c.last.enhanced, "5.3.4");
	assert_int_equal(smtp_pool_busy(p), 0);
	m.size = 20000;
	smtp_pool_submit(p, &m);
	while ((c.accepted == 0 || smtp_pool_room(p) < 40) && clock_mono_us() < until) {
		smtp_pool_want(p, 50); /* or the connection would be let go */
		while (c.accepted > 0 && smtp_pool_room(p) > 0 && smtp_pool_busy(p) < 3)
			smtp_pool_submit(p, &m);
		smtp_hub_turn(h, NULL, 0, 100000);
	}
	/* many at once, where many are taken */
	m.size = 20001;
	for (int i = 0; i < 40; i++) {
		assert_int_equal(smtp_pool_room(p), 40 - i);
		smtp_pool_submit(p, &m);
	}
	smtp_hub_turn(h, NULL, 0, 1000000);
	assert_int_equal(c.refused, 41);
	assert_int_equal(smtp_pool_room(p), 40);
	smtp_pool_free(p);
	smtp_hub_free(h);
	stop_relay(&r);
}

static void
credentials_are_asked_for_and_may_fail(void **state)
{
	struct caller c = { .no_credentials = true };
	struct smtp_hub *h = smtp_hub_new();
	struct smtp_pool *p = new_pool(h, 9, &c, "127.0.0.1", "ann");

	(void)state;
	smtp_pool_want(p, 1);
	settle(h, p);
	assert_int_equal(c.asked, 1);
	assert_int_equal(c.troubles, 1);
	assert_true(smtp_pool_is_down(p));
	smtp_pool_free(p);
	smtp_hub_free(h);
}

static void
relays_that_cannot_be_used(void **state)
{
	static const struct {
		const char *name;
		int connections, window, timeout, limit;
		const char *helo, *why;
	} relays[] = {
		{ "no connection", 0, 8, 5, 0, "x", "1 to 1000 connections, not 0" },
		{ "too many", 1001, 8, 5, 0, "x", "1 to 1000 connections, not 1001" },
		{ "no window", 1, 0, 5, 0, "x", "1 to 1000 messages, not 0" },
		{ "too large a window", 1, 1001, 5, 0, "x", "1 to 1000 messages, not 1001" },
		{ "no time", 1, 8, 0, 0, "x", "1 to 86400 seconds" },
		{ "more than a day", 1, 8, 86401, 0, "x", "1 to 86400 seconds" },
		{ "a negative limit", 1, 8, 5, -1, "x", "not negative" },
		{ "a name without end", 1, 8, 5, 0, NULL, "name for EHLO" },
	};
	char *longest = malloc(8000002); /* no URL that libcurl takes is so long */
	struct smtp_hub *h = smtp_hub_new();
	struct smtp_handler handler = { .body = on_body, .done = on_done, .trouble = on_trouble };

	(void)state;
	assert_non_null(longest);
	memset(longest, 'x', 8000001);
	longest[8000001] = '\0';
	for (size_t i = 0; i < sizeof(relays) / sizeof(relays[0]); i++) {
		struct err e = ERR_INIT;
		struct smtp_relay relay = {
			.url = "smtp://127.0.0.1",
			.user = "",
			.password = "",
			.ca_file = "",
			.helo = relays[i].helo ? relays[i].helo : longest,
			.connections = relays[i].connections,
			.window = relays[i].window,
			.timeout = relays[i].timeout,
			.messages_per_connection = relays[i].limit,
		};

		assert_null(smtp_pool_new(h, &relay, &handler, &e));
		if (e.code != ERR_INPUT || !strstr(e.text, relays[i].why))
			fail_msg("%s: %s", relays[i].name, e.text);
	}
	free(longest);
	smtp_pool_free(NULL);
	smtp_hub_free(h);
	smtp_hub_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relays_that_cannot_be_used),
		cmocka_unit_test(waits_are_short_and_exact),
		cmocka_unit_test(one_relay_is_down_and_the_other_sends),
		cmocka_unit_test(fewer_connections_than_wanted),
		cmocka_unit_test(opening_does_not_wait_in_steps),
		cmocka_unit_test(too_large_for_the_relay),
		cmocka_unit_test(credentials_are_asked_for_and_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
