/*
 * test_smtp_link.c - one connection whose relay is full, hangs up or says nothing: what is sent again, what is trouble, and how long is
 * waited. A thread plays relay by a script; the clock is not waited for, but told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/smtp_hub.h"
#include "mail/smtp_link.h"

#define RESET "!" /* says the rest when it is told to, and closes so that what was sent to it is lost */

/* What is said after the greeting: to each line in turn, or to the content that follows 354; then it reads until the other side closes. */
struct relay {
	const char *const *says; /* ends with NULL */
	int sessions;
	int listener, port;
	pthread_t thread;
	sem_t go, done; /* for RESET */
};

static void
say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void
reset(struct relay *r, int fd, const char *text)
{
	const struct linger hard = { .l_onoff = 1 };
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* or what is said would wait, and be thrown away */
	sem_wait(&r->go);
	say(fd, text);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

static void
session(struct relay *r, int fd)
{
	FILE *in = fdopen(dup(fd), "r");
	bool content = false;
	char line[600];
	int n = 0;

	if (!in)
		abort();
	say(fd, "220 x\r\n");
	while (fgets(line, sizeof(line), in)) {
		if (content && strcmp(line, ".\r\n") != 0)
			continue;
		if (!r->says[n])
			continue;
		content = strncmp(r->says[n], "354", 3) == 0;
		say(fd, r->says[n++]);
		if (r->says[n] && strncmp(r->says[n], RESET, 1) == 0) {
			reset(r, fd, r->says[n] + 1);
			break;
		}
	}
	fclose(in);
	close(fd);
	sem_post(&r->done);
}

static void *
play(void *arg)
{
	struct relay *r = arg;

	for (int i = 0; i < r->sessions; i++)
		session(r, accept(r->listener, NULL, NULL));
	return NULL;
}

static void
start_relay(struct relay *r, const char *const *says, int sessions)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);

	*r = (struct relay){ .says = says, .sessions = sessions, .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	assert_int_equal(bind(r->listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(r->listener, 16), 0);
	assert_int_equal(getsockname(r->listener, (struct sockaddr *)&a, &n), 0);
	r->port = ntohs(a.sin_port);
	sem_init(&r->go, 0, 0);
	sem_init(&r->done, 0, 0);
	assert_int_equal(pthread_create(&r->thread, NULL, play, r), 0);
}

static void
stop_relay(struct relay *r)
{
	pthread_join(r->thread, NULL);
	close(r->listener);
}

struct caller {
	struct smtp_hub *hub;
	struct smtp_pool *pool;
	int accepted, unsent, other, troubles;
	char trouble[400]; /* the last one */
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
	c->accepted += result == SMTP_REPLIED && reply->code == 250;
	c->unsent += result == SMTP_UNSENT;
	c->other += result != SMTP_UNSENT && !(result == SMTP_REPLIED && reply->code == 250);
}

static void
on_trouble(void *ctx, const char *text)
{
	struct caller *c = ctx;

	c->troubles++;
	snprintf(c->trouble, sizeof(c->trouble), "%s", text);
}

static int
no_credentials(void *ctx, struct smtp_credentials *out, struct err *e)
{
	(void)ctx;
	(void)out;
	return err_set(e, ERR_INPUT, "the token cannot be read");
}

static struct smtp_handler
handler_of(struct caller *c)
{
	return (struct smtp_handler){ .body = on_body, .done = on_done, .trouble = on_trouble, .credentials = no_credentials, .ctx = c };
}

static const struct smtp_relay plain_relay = {
	.url = "smtp://127.0.0.1",
	.user = "",
	.password = "",
	.ca_file = "",
	.helo = "x",
	.tls = TLS_NONE,
	.connections = 2,
	.window = 8,
	.timeout = 2,
};

static void
open_pool(struct caller *c, int port, int64_t limit, int64_t timeout)
{
	struct smtp_relay relay = plain_relay;
	struct smtp_handler handler = handler_of(c);
	struct err e = ERR_INIT;
	char url[64];

	snprintf(url, sizeof(url), "smtp://127.0.0.1:%d", port);
	relay.url = url;
	relay.messages_per_connection = limit;
	relay.timeout = timeout;
	relay.connections = 1;
	c->hub = smtp_hub_new();
	c->pool = smtp_pool_new(c->hub, &relay, &handler, &e);
	assert_non_null(c->pool);
}

static void
close_pool(struct caller *c)
{
	smtp_pool_free(c->pool);
	smtp_hub_free(c->hub);
}

/* Turn until there is room, with a generous end. */
static void
await_room(const struct caller *c)
{
	int64_t until = clock_mono_us() + 20000000;

	while (smtp_pool_room(c->pool) == 0 && clock_mono_us() < until) {
		smtp_pool_want(c->pool, 1);
		smtp_hub_turn(c->hub, NULL, 0, 100000);
	}
	assert_int_equal(smtp_pool_room(c->pool), 1);
}

/* One after the other, each until it is done. */
static void
send_all(const struct caller *c, int messages)
{
	struct smtp_message m = { .mail_from = "a@b.org", .rcpt_to = "c@d.org", .size = 100 };
	int64_t until = clock_mono_us() + 20000000;

	for (; messages > 0; messages--) {
		await_room(c);
		smtp_pool_submit(c->pool, &m);
		while (smtp_pool_busy(c->pool) > 0 && clock_mono_us() < until)
			smtp_hub_turn(c->hub, NULL, 0, 100000);
	}
}

#define ONE_MESSAGE "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n"

/* It says in words that a connection takes no more: that is a limit and no trouble. */
static void
full(void **state)
{
	static const char *const says[] = { ONE_MESSAGE, "421 4.7.0 too many messages in this connection\r\n", NULL };
	struct caller c = { 0 };
	struct relay r;

	(void)state;
	start_relay(&r, says, 3);
	open_pool(&c, r.port, 0, 60);
	send_all(&c, 1);
	assert_int_equal(c.accepted, 1);
	send_all(&c, 1); /* the limit is heard of */
	assert_int_equal(c.unsent, 1);
	send_all(&c, 2);
	assert_int_equal(c.accepted, 3);
	assert_int_equal(c.other + c.troubles, 0);
	close_pool(&c);
	stop_relay(&r);
}

/* It closes a connection that has done something, with a word, while nothing is on the way. */
static void
idle(void **state)
{
	static const char *const says[] = { "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
		"250 ok\r\n421 4.4.2 good night\r\n", NULL };
	struct caller c = { 0 };
	struct relay r;

	(void)state;
	start_relay(&r, says, 2);
	open_pool(&c, r.port, 0, 60);
	send_all(&c, 2);
	assert_int_equal(c.accepted, 2);
	assert_int_equal(c.unsent + c.other + c.troubles, 0);
	assert_false(smtp_pool_has_smtputf8(c.pool)); /* no connection is there to have it */
	close_pool(&c);
	stop_relay(&r);
}

/* It was half-way through a reply, and reset the connection before we wrote. */
static void
reset_before_a_write(void **state)
{
	static const char *const says[] = { "250 x\r\n", RESET "250-half of\r\n", NULL };
	struct smtp_message m = { .mail_from = "a@b.org", .rcpt_to = "c@d.org", .size = 100 };
	struct caller c = { 0 };
	struct relay r;

	(void)state;
	start_relay(&r, says, 1);
	open_pool(&c, r.port, 0, 60);
	await_room(&c);
	sem_post(&r.go);
	sem_wait(&r.done);
	smtp_pool_submit(c.pool, &m);
	smtp_hub_turn(c.hub, NULL, 0, 0);
	assert_int_equal(c.unsent, 1);
	assert_int_equal(c.troubles, 1);
	assert_non_null(strstr(c.trouble, "closed a connection without a word"));
	close_pool(&c);
	stop_relay(&r);
}

/* QUIT that nobody answers is waited for as long as any reply, but no longer than five seconds; that is no trouble. */
static void
no_good_bye(void **state)
{
	static const char *const lasting[] = { ONE_MESSAGE, NULL };
	static const char *const limited[] = { "250-x\r\n250 PIPELINING\r\n",
		"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 ok\r\n", NULL };

	(void)state;
	for (int i = 0; i < 4; i++) {
		const bool at_limit = i & 1, patient = i & 2;
		struct caller c = { 0 };
		struct relay r;

		start_relay(&r, at_limit ? limited : lasting, 1);
		open_pool(&c, r.port, at_limit ? 1 : 0, patient ? 60 : 4);
		send_all(&c, 1);
		if (!at_limit) { /* or it has gone with the message */
			smtp_pool_want(c.pool, 0);
			smtp_hub_turn(c.hub, NULL, 0, 0);
		}
		assert_int_equal(c.hub->open, 1);
		smtp_pool_check_time(c.pool, clock_mono_us());
		assert_int_equal(c.hub->open, 1);
		smtp_pool_check_time(c.pool, clock_mono_us() + (patient ? 6LL : 5LL) * SMTP_SECOND);
		assert_int_equal(c.hub->open, 0);
		assert_int_equal(c.accepted, 1);
		assert_int_equal(c.troubles, 0);
		close_pool(&c);
		stop_relay(&r);
	}
}

/* It takes a connection and does not greet: after ten seconds it counts as unreachable, after three times the patience it is given up. */
static void
slow_opening(void **state)
{
	struct relay r = { .sessions = 0 };
	struct caller c = { 0 };
	struct err e = ERR_INIT;
	struct smtp_relay relay = plain_relay;
	struct smtp_handler handler = handler_of(&c);
	int64_t until = clock_mono_us() + 20000000;
	char url[64];

	(void)state;
	start_relay(&r, NULL, 0);
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%d", r.port);
	relay.url = url;
	relay.timeout = 60;
	c.hub = smtp_hub_new();
	c.pool = smtp_pool_new(c.hub, &relay, &handler, &e);
	smtp_pool_want(c.pool, 1);
	while (c.hub->open == 0 && clock_mono_us() < until)
		smtp_hub_turn(c.hub, NULL, 0, 10000);
	assert_false(smtp_pool_is_down(c.pool));
	smtp_pool_check_time(c.pool, clock_mono_us() + 11LL * SMTP_SECOND);
	assert_true(smtp_pool_is_down(c.pool));
	assert_int_equal(c.troubles, 0);
	assert_int_equal(c.hub->open, 1);
	smtp_pool_check_time(c.pool, clock_mono_us() + 181LL * SMTP_SECOND);
	assert_int_equal(c.hub->open, 0);
	assert_int_equal(c.troubles, 1);
	assert_non_null(strstr(c.trouble, "it takes too long"));
	close_pool(&c);
	stop_relay(&r);
}

/* The waits grow to five minutes and not beyond; one more try before its time changes nothing. */
static void
waits_that_grow(void **state)
{
	struct caller c = { .hub = smtp_hub_new() };
	struct smtp_shared s = { .hub = c.hub, .relay = plain_relay, .handler = handler_of(&c), .url = "smtp://127.0.0.1/x" };
	struct smtp_link l;
	int64_t at;

	(void)state;
	s.relay.user = "ann";
	s.backoff = s.more_backoff = 200LL * SMTP_SECOND;
	smtp_link_init(&l, &s);
	smtp_link_open(&l); /* without credentials */
	assert_int_equal(c.troubles, 1);
	assert_int_equal(s.backoff, 300LL * SMTP_SECOND);
	s.ready = 1; /* another one stands */
	for (int i = 0; i < 2; i++) {
		l.state = SMTP_LINK_OPENING;
		s.opening = c.hub->open = 1;
		smtp_link_opened(&l, CURLE_COULDNT_CONNECT);
		assert_int_equal(s.more_backoff, 300LL * SMTP_SECOND);
		assert_false(s.unreachable && i == 1);
		if (i == 0)
			at = s.more_at;
		assert_int_equal(s.more_at, at);
	}
	assert_int_equal(c.troubles, 3);
	assert_non_null(strstr(c.trouble, "cannot open another connection"));
	s.ready = 0;
	smtp_link_release(&l);
	smtp_hub_free(c.hub);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full),
		cmocka_unit_test(idle),
		cmocka_unit_test(reset_before_a_write),
		cmocka_unit_test(no_good_bye),
		cmocka_unit_test(slow_opening),
		cmocka_unit_test(waits_that_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
