/*
 * test_sender_relay.c - what a relay says, or does not say, and what becomes of the message, the person and the relay; the login; and the
 * folder that stands in for a relay. A thread plays the relay.
 */
#include "sender_fixture.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../daemon/sender_sign.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/link.h"
#include "mail/dkim.h"
#include "mail/smtp.h"

/* What the thread says; it has one connection. */
static struct {
	int listener;
	char url[64];
	const char *offers; /* lines of EHLO's answer */
	const char *at;     /* at this command, "." for the end of the body: */
	const char *says;   /* this; "": it hangs up */
	char login[200];    /* what it was told with AUTH */
	pthread_t thread;
} script;

static void
serve(FILE *in, FILE *out)
{
	char line[1200];
	bool body = false, login = false;

	fputs("220 x\r\n", out);
	fflush(out);
	while (fgets(line, sizeof(line), in)) {
		const char *reply = "250 ok\r\n";

		if (body && strcmp(line, ".\r\n") != 0)
			continue;
		if (login) {
			snprintf(script.login + strlen(script.login), sizeof(script.login) - strlen(script.login), "%s", line);
			reply = "235 ok\r\n";
		} else if (strncmp(line, "EHLO", 4) == 0)
			reply = script.offers;
		else if (strncmp(line, "AUTH", 4) == 0) {
			snprintf(script.login, sizeof(script.login), "%.*s ", (int)strcspn(line, "\r"), line);
			reply = "334 \r\n";
		} else if (strncmp(line, "DATA", 4) == 0)
			reply = "354 go on\r\n";
		if (script.at && strncmp(line, script.at, strlen(script.at)) == 0)
			reply = script.says;
		if (!reply[0])
			return;
		login = strcmp(reply, "334 \r\n") == 0;
		body = strcmp(reply, "354 go on\r\n") == 0;
		fputs(reply, out);
		fflush(out);
		if (strncmp(line, "QUIT", 4) == 0)
			return;
	}
}

static void *
play_relay(void *arg)
{
	int fd = accept(script.listener, NULL, NULL);
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");

	(void)arg;
	if (!in || !out)
		abort();
	serve(in, out);
	fclose(out);
	fclose(in);
	return NULL;
}

static void
start_relay(const char *offers, const char *at, const char *says)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);

	script.offers = offers;
	script.at = at;
	script.says = says;
	script.login[0] = '\0';
	script.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(script.listener, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
	assert_int_equal(listen(script.listener, 4), 0);
	assert_int_equal(getsockname(script.listener, (struct sockaddr *)(void *)&a, &n), 0);
	snprintf(script.url, sizeof(script.url), "smtp://127.0.0.1:%d", ntohs(a.sin_port));
	assert_int_equal(pthread_create(&script.thread, NULL, play_relay, NULL), 0);
}

static char nothing[] = "", no_tls[] = "none", plain[] = "plain", helo[] = "x", from[] = "news@example.org", hold[] = "hold";
static char ann[] = "ann", password[160], token[160]; /* files */
static struct link_keys *keys;

enum login {
	NOBODY,
	BY_PASSWORD,
	BY_TOKEN
};

/* One relay, the thread's, in the one lane. */
static void
open_relay(enum login login)
{
	open_sender(1, NULL);
	site.conf.mail_from = from;
	site.conf.mail_bounce = nothing;
	personal_init(&s.personal, &site.conf, keys);
	s.hub = smtp_hub_new();
	relay_conf[0] = (struct conf_relay){
		.name = nothing,
		.url = script.url,
		.user = login == NOBODY ? nothing : ann,
		.password_file = login == BY_PASSWORD ? password : nothing,
		.token_file = login == BY_TOKEN ? token : nothing,
		.tls = no_tls,
		.ca_file = nothing,
		.helo = helo,
		.dialogue = plain,
		.connections = 1,
		.window = 1,
		.timeout = 5,
		.weight = 1,
	};
	ok(sender_relay_open(&s, &s.relay[0], &err));
}

static void
close_relay(void)
{
	s.relay[0].transport->free(s.relay[0].t);
	smtp_hub_free(s.hub);
	s.hub = NULL;
	pthread_join(script.thread, NULL);
	close(script.listener);
	personal_release(&s.personal);
	close_sender();
}

/* Turn until something is done, or the relay has shown that it does not work. */
static void
run(void)
{
	int64_t until = clock_mono_us() + INT64_C(20000000);

	while (!s.done.count && clock_mono_us() < until) {
		sender_want(&s);
		sender_submit(&s);
		smtp_hub_turn(s.hub, NULL, 0, 20000);
	}
	assert_int_equal(s.done.count, 1);
}

/* A mail to one person. */
static struct slot_entry *
mail_to(const char *address, int attempts)
{
	struct slot_entry *e = slot_new(&s);

	e->outbox = true;
	e->domain = -1;
	e->mail.attempts = attempts;
	snprintf(e->mail.address, sizeof(e->mail.address), "%s", address);
	snprintf(e->mail.kind, sizeof(e->mail.kind), "welcome");
	buf_init(&e->mail.message);
	buf_addstr(&e->mail.message, "From: news@example.org\r\n\r\nWords.\r\n");
	slot_push(&s.outbox, e);
	return e;
}

#define OFFERS "250-x\r\n250 SIZE 1000000\r\n"
#define AGAIN 300 /* seconds until the first further attempt, a tenth more or less */

static const struct {
	const char *name, *at, *says;
	int attempts;
	enum delivery_state state;
	const char *class; /* NULL: any */
	int64_t later;     /* seconds until it is tried again */
	bool dead, holds;  /* the address; the relay */
} cases[] = {
	{ "taken", NULL, NULL, 1, DELIVERY_ACCEPTED, NULL, 0, false, false },
	{ "nobody there", "RCPT", "550 5.1.1 no such user\r\n", 1, DELIVERY_REFUSED, "no-such-user", 0, true, false },
	{ "try later, at RCPT", "RCPT", "450 4.2.0 later\r\n", 1, DELIVERY_DEFERRED, NULL, AGAIN, false, false },
	{ "try later, at the end of the body", ".", "451 4.3.0 later\r\n", 1, DELIVERY_DEFERRED, NULL, AGAIN, false, false },
	{ "refused at DATA", "DATA", "554 5.7.1 not this one\r\n", 1, DELIVERY_REFUSED, NULL, 0, false, false },
	{ "refused for what it says", ".", "554 5.7.1 looks like spam\r\n", 1, DELIVERY_REFUSED, NULL, 0, false, false },
	{ "the sender is refused: at once by another one", "MAIL", "550 5.7.1 sender refused\r\n", 1, DELIVERY_DEFERRED,
	    NULL, 0, false, true },
	{ "the same the second time", "MAIL", "550 5.7.1 sender refused\r\n", 2, DELIVERY_DEFERRED, NULL, 0, false, true },
	{ "from the third on it waits", "MAIL", "550 5.7.1 sender refused\r\n", 3, DELIVERY_DEFERRED, NULL, AGAIN, false, true },
	{ "a lost answer", ".", "", 1, DELIVERY_DEFERRED, "no-answer", 5, false, false },
	{ "the second time", ".", "", 2, DELIVERY_DEFERRED, "no-answer", 10, false, false },
	{ "the eighth", ".", "", 8, DELIVERY_DEFERRED, "no-answer", 5 << 7, false, false },
	{ "the ninth, and no more later after that", ".", "", 9, DELIVERY_DEFERRED, "no-answer", 5 << 8, false, false },
	{ "the fiftieth", ".", "", 50, DELIVERY_DEFERRED, "no-answer", 5 << 8, false, false },
};

static bool
is_later(int64_t next_at, int64_t later)
{
	int64_t about = later == AGAIN ? AGAIN / 10 : 0;

	return next_at >= T0 + later - about && next_at <= T0 + later + about;
}

static void
replies(void **state)
{
	const struct slot_entry *e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start_relay(OFFERS, cases[i].at, cases[i].says);
		open_relay(NOBODY);
		e = mail_to("ann@example.org", cases[i].attempts);
		run();
		if (s.done.head != e || e->result.state != cases[i].state || e->dead != cases[i].dead)
			fail_msg("%s: state %d, %s", cases[i].name, e->result.state, e->dead ? "dead" : "alive");
		if (cases[i].class && strcmp(e->result.class ? e->result.class : "none", cases[i].class) != 0)
			fail_msg("%s: %s", cases[i].name, e->result.class ? e->result.class : "none");
		if (cases[i].state == DELIVERY_DEFERRED && !is_later(e->result.next_at, cases[i].later))
			fail_msg("%s: after %lld s", cases[i].name, (long long)(e->result.next_at - T0));
		if ((s.relay[0].hold_until_us > clock_mono_us()) != cases[i].holds)
			fail_msg("%s: the relay is %s", cases[i].name, cases[i].holds ? "not held" : "held");
		close_relay();
	}
}

/* A campaign's message, signed already. */
static const struct slot_entry *
signed_message(const struct dkim *d)
{
	struct pollfd fd;
	struct slot_entry *e = slot_new(&s);

	e->lane = &s.lane[0];
	e->domain = -1;
	e->claim.attempts = 1;
	snprintf(e->claim.who.address, sizeof(e->claim.who.address), "ann@example.org");
	s.signers = signers_new(0, &err); /* one job, however few are asked for */
	assert_non_null(s.signers);
	buf_addstr(signers_begin(s.signers, (uint64_t)(e - s.slot), d), "From: news@example.org\r\n\r\nWords.\r\n");
	signers_submit(s.signers);
	e->relay = &s.relay[0];
	s.relay[0].signing++;
	s.signing++;
	fd = (struct pollfd){ .fd = signers_fd(s.signers), .events = POLLIN };
	while (s.signing) {
		assert_int_equal(poll(&fd, 1, 10000), 1);
		sender_signed(&s);
	}
	return e;
}

/* A campaign's lost answers: what [campaign] on_unknown says. */
static void
unknown(void **state)
{
	struct dkim_spec spec = { .domain = "example.org", .ed25519_selector = "s" };
	struct buf pem = BUF_INIT;
	const struct slot_entry *e;
	struct dkim *d;
	int i;

	(void)state;
	ok(dkim_keygen(DKIM_ED25519, 0, &pem, &err));
	spec.ed25519_pem = pem.data;
	d = dkim_new(&spec, &err);
	assert_non_null(d);
	for (i = 0; i < 2; i++) {
		start_relay(OFFERS, ".", "");
		open_relay(NOBODY);
		site.conf.campaign_on_unknown = i ? hold : resend;
		e = signed_message(d);
		run();
		assert_ptr_equal(s.done.head, e);
		assert_int_equal(e->result.state, i ? DELIVERY_UNKNOWN : DELIVERY_DEFERRED);
		assert_string_equal(e->result.class, "no-answer");
		signers_free(s.signers);
		s.signers = NULL;
		close_relay();
	}
	dkim_free(d);
	buf_release(&pem);
}

/* It is logged in with what the file says at that moment: a password, or a token where there is a file for one. */
static void
login(void **state)
{
	static const struct {
		enum login login;
		const char *want; /* what the relay is told begins so */
	} logins[] = {
		{ NOBODY, "" },
		{ BY_PASSWORD, "AUTH PLAIN AGFubgBzZWNyZXQ=" },                        /* \0ann\0secret */
		{ BY_TOKEN, "AUTH XOAUTH2 dXNlcj1hbm4BYXV0aD1CZWFyZXIgdG9rZW4tMQEB" }, /* user=ann\1auth=Bearer token-1\1\1 */
	};
	size_t i;

	(void)state;
	snprintf(password, sizeof(password), "%s/password", folder);
	snprintf(token, sizeof(token), "%s/token", folder);
	ok(file_write(password, 0600, "secret\n", 7, &err));
	ok(file_write(token, 0600, "token-1\n", 8, &err));
	for (i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		start_relay("250-x\r\n250 AUTH PLAIN XOAUTH2\r\n", NULL, NULL);
		open_relay(logins[i].login);
		mail_to("ann@example.org", 1);
		run();
		assert_int_equal(s.done.head->result.state, DELIVERY_ACCEPTED);
		assert_int_equal(strncmp(script.login, logins[i].want, strlen(logins[i].want)), 0);
		close_relay();
	}
}

/* A local part beyond ASCII: where the relay takes such, or else not at all. */
static void
beyond_ascii(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		start_relay(i ? "250-x\r\n250 SMTPUTF8\r\n" : OFFERS, NULL, NULL);
		open_relay(NOBODY);
		mail_to("\xc3\xa4nn@example.org", 1);
		run();
		assert_int_equal(s.done.head->result.state, i ? DELIVERY_ACCEPTED : DELIVERY_REFUSED);
		close_relay();
	}
}

/* Without a relay all goes into a folder; one that cannot be written keeps the mail waiting. */
static void
into_the_folder(void **state)
{
	struct dkim_spec spec = { .domain = "example.org", .ed25519_selector = "s" };
	char outbox[160], path[200];
	const struct slot_entry *e;
	struct buf pem = BUF_INIT;
	struct stat st;
	struct dkim *d;

	(void)state;
	snprintf(outbox, sizeof(outbox), "%s/outbox", folder);
	open_sender(1, NULL);
	site.conf.store_outbox = outbox;
	s.relay[0].conf = NULL;
	sender_folder_open(&s, &s.relay[0]);
	e = mail_to("\xc3\xa4nn@example.org", 1);
	sender_submit(&s);
	assert_ptr_equal(s.done.head, e); /* there is no such folder */
	assert_int_equal(e->result.state, DELIVERY_DEFERRED);
	assert_true(is_later(e->result.next_at, AGAIN));
	assert_non_null(strstr(e->reply, "outbox"));
	assert_false(relay_works(&s.relay[0], clock_mono_us()));
	s.relay[0].hold_until_us = s.relay[0].hold_us = 0;
	ok(dkim_keygen(DKIM_ED25519, 0, &pem, &err));
	spec.ed25519_pem = pem.data;
	d = dkim_new(&spec, &err);
	assert_non_null(d);
	e = signed_message(d); /* one of a campaign */
	sender_submit(&s);
	assert_int_equal(e->result.state, DELIVERY_DEFERRED);
	assert_true(is_later(e->result.next_at, AGAIN));
	s.relay[0].hold_until_us = s.relay[0].hold_us = 0;
	assert_int_equal(mkdir(outbox, 0700), 0);
	e = mail_to("\xc3\xa4nn@example.org", 1);
	sender_submit(&s);
	assert_int_equal(e->result.state, DELIVERY_ACCEPTED);
	snprintf(path, sizeof(path), "%s/welcome-0.eml", outbox);
	assert_int_equal(stat(path, &st), 0);
	s.relay[0].transport->free(s.relay[0].t);
	signers_free(s.signers);
	s.signers = NULL;
	dkim_free(d);
	buf_release(&pem);
	close_sender();
}

static int
with_keys(void **state)
{
	int id;

	if (fresh_store(state) == -1)
		return -1;
	ok(link_keys_create(folder, &id, &err));
	keys = link_keys_load(folder, &err);
	return keys ? 0 : -1;
}

static int
without_keys(void **state)
{
	link_keys_free(keys);
	return store_teardown(state);
}

#define relay_test(f) cmocka_unit_test_setup_teardown(f, with_keys, without_keys)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		relay_test(replies),
		relay_test(unknown),
		relay_test(login),
		relay_test(beyond_ascii),
		relay_test(into_the_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
