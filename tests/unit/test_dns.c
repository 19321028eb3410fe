/* test_dns.c - questions and answers of DNS on the wire, the hostile ones among them. */
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/dns.h"

#define ASKED "a.test"
#define POINTER "\300\014" /* to the name in the question */

/* A record of the answer section: its owner as on the wire, its data. */
struct record {
	const char *owner;
	size_t owner_len;
	enum dns_type type;
	const char *data;
	size_t data_len;
};
#define RECORD(owner, type, data) \
	{ \
		owner, sizeof(owner) - 1, type, data, sizeof(data) - 1 \
	}
#define CNAME ((enum dns_type)5)

static void
put16(struct buf *b, unsigned n)
{
	buf_addch(b, (char)(n >> 8));
	buf_addch(b, (char)n);
}

static void
build(struct buf *b, unsigned flags, const char *asked, enum dns_type type, const struct record *r, size_t n)
{
	uint8_t question[512];
	size_t length = dns_question(question, 7, asked, type);

	put16(b, 7);
	put16(b, flags);
	put16(b, 1);
	put16(b, (unsigned)n);
	put16(b, 0);
	put16(b, 0);
	buf_add(b, question + 12, length - 12 - 11); /* without OPT */
	for (size_t i = 0; i < n; i++) {
		buf_add(b, r[i].owner, r[i].owner_len);
		put16(b, r[i].type);
		put16(b, 1);
		put16(b, 0);
		put16(b, 60);
		put16(b, (unsigned)r[i].data_len);
		buf_add(b, r[i].data, r[i].data_len);
	}
}

static const struct {
	const char *name;
	enum dns_type type;
	unsigned flags;
	size_t n;
	struct record record[3];
	enum dns_status want;
	const char *text; /* of the records, with | between */
} answers[] = {
	{ "an address", DNS_A, 0x8180, 1, { RECORD(POINTER, DNS_A, "\300\0\002\001") }, DNS_FOUND, "192.0.2.1" },
	{ "IPv6", DNS_AAAA, 0x8180, 1, { RECORD(POINTER, DNS_AAAA, "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\001") }, DNS_FOUND, "2001:db8::1" },
	{ "strings are joined", DNS_TXT, 0x8180, 1, { RECORD(POINTER, DNS_TXT, "\003v=s\003pf1\0\001 ") }, DNS_FOUND, "v=spf1 " },
	{ "what is no ASCII is shown as ?", DNS_TXT, 0x8180, 1, { RECORD(POINTER, DNS_TXT, "\004a\0\033\377") }, DNS_FOUND, "a???" },
	{ "a string longer than its record", DNS_TXT, 0x8180, 1, { RECORD(POINTER, DNS_TXT, "\377abc") }, DNS_FOUND, "abc" },
	{ "two", DNS_TXT, 0x8180, 2, { RECORD(POINTER, DNS_TXT, "\001a"), RECORD(POINTER, DNS_TXT, "\001b") }, DNS_FOUND, "a|b" },
	{ "a mail server", DNS_MX, 0x8180, 1, { RECORD(POINTER, DNS_MX, "\0\012\002MX" POINTER) }, DNS_FOUND, "mx.a.test" },
	{ "null MX", DNS_MX, 0x8180, 1, { RECORD(POINTER, DNS_MX, "\0\0\0") }, DNS_FOUND, "" },
	{ "a mail server cut off", DNS_MX, 0x8180, 1, { RECORD(POINTER, DNS_MX, "\0\012") }, DNS_BROKEN, "" },
	{ "a name with a space", DNS_MX, 0x8180, 1, { RECORD(POINTER, DNS_MX, "\0\012\003m x\0") }, DNS_BROKEN, "" },
	{ "a name that leads to itself", DNS_MX, 0x8180, 1, { RECORD(POINTER, DNS_MX, "\0\012\300\046") }, DNS_BROKEN, "" },
	{ "an address too short", DNS_A, 0x8180, 1, { RECORD(POINTER, DNS_A, "\300\0\002") }, DNS_BROKEN, "" },
	{ "an alias", DNS_TXT, 0x8180, 2, { RECORD(POINTER, CNAME, "\001b\0"), RECORD("\001B\0", DNS_TXT, "\001x") }, DNS_FOUND, "x" },
	{ "an alias behind what it leads to", DNS_TXT, 0x8180, 2, { RECORD("\001b\0", DNS_TXT, "\001x"), RECORD(POINTER, CNAME, "\001b\0") },
	    DNS_FOUND, "x" },
	{ "an alias to itself", DNS_TXT, 0x8180, 1, { RECORD(POINTER, CNAME, POINTER) }, DNS_BROKEN, "" },
	{ "an alias to what is no name", DNS_TXT, 0x8180, 1, { RECORD(POINTER, CNAME, "\003b c\0") }, DNS_BROKEN, "" },
	{ "an alias to nothing", DNS_TXT, 0x8183, 1, { RECORD(POINTER, CNAME, "\001b\0") }, DNS_NO_NAME, "" },
	{ "somebody else's record", DNS_TXT, 0x8180, 1, { RECORD("\001b\0", DNS_TXT, "\001x") }, DNS_NO_DATA, "" },
	{ "another type", DNS_TXT, 0x8180, 1, { RECORD(POINTER, DNS_A, "\300\0\002\001") }, DNS_NO_DATA, "" },
	{ "no data", DNS_TXT, 0x8180, 0, { { 0 } }, DNS_NO_DATA, "" },
	{ "no name", DNS_TXT, 0x8183, 0, { { 0 } }, DNS_NO_NAME, "" },
	{ "server failure", DNS_TXT, 0x8182, 0, { { 0 } }, DNS_REFUSED, "" },
	{ "refused", DNS_TXT, 0x8185, 0, { { 0 } }, DNS_REFUSED, "" },
};

static void
test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct buf b = BUF_INIT, text = BUF_INIT;
		struct dns_answer a;
		bool tc = true;
		int rc;

		build(&b, answers[i].flags, ASKED, answers[i].type, answers[i].record, answers[i].n);
		rc = dns_read(&a, (const uint8_t *)b.data, b.len, ASKED, answers[i].type, &tc);
		for (size_t j = 0; j < a.count; j++)
			buf_addf(&text, "%s%s", j ? "|" : "", a.record[j].text);
		if (rc != 0 || tc || a.status != answers[i].want || strcmp(text.data, answers[i].text) != 0)
			fail_msg("%s: %d, %s: \"%s\"", answers[i].name, rc, dns_status_text(a.status), text.data);
		dns_answer_release(&a);
		/* cut anywhere it is no answer, or one with less in it */
		for (size_t n = 0; n < b.len; n++) {
			uint8_t *cut = xmalloc(n + 1);

			memcpy(cut, b.data, n);
			if (dns_read(&a, cut, n, ASKED, answers[i].type, &tc) == 0)
				assert_int_not_equal(a.status, DNS_FOUND);
			dns_answer_release(&a);
			free(cut);
		}
		buf_release(&b);
		buf_release(&text);
	}
}

/* Answers to other questions, and questions, are none. */
static void
test_not_ours(void **state)
{
	static const struct {
		const char *name, *asked;
		enum dns_type type;
		unsigned flags;
		int want;
	} cases[] = {
		{ "ours", ASKED, DNS_A, 0x8180, 0 },
		{ "in capitals", "A.TEST", DNS_A, 0x8180, 0 },
		{ "another name", "b.test", DNS_A, 0x8180, -1 },
		{ "another type", ASKED, DNS_TXT, 0x8180, -1 },
		{ "a question", ASKED, DNS_A, 0x0100, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;
		struct dns_answer a;
		bool tc;

		build(&b, cases[i].flags, cases[i].asked, cases[i].type, NULL, 0);
		if (dns_read(&a, (const uint8_t *)b.data, b.len, ASKED, DNS_A, &tc) != cases[i].want)
			fail_msg("%s", cases[i].name);
		dns_answer_release(&a);
		buf_release(&b);
	}
}

static void
test_cut(void **state)
{
	struct record many[DNS_RECORDS + 1];
	const struct record one = RECORD(POINTER, DNS_A, "\300\0\002\001");
	struct buf b = BUF_INIT;
	struct dns_answer a;
	bool tc;

	(void)state;
	for (size_t i = 0; i < DNS_RECORDS + 1; i++)
		many[i] = one;
	build(&b, 0x8380, ASKED, DNS_A, many, DNS_RECORDS + 1);
	assert_int_equal(dns_read(&a, (const uint8_t *)b.data, b.len, ASKED, DNS_A, &tc), 0);
	assert_true(tc);
	assert_true(a.cut);
	assert_int_equal(a.count, DNS_RECORDS);
	dns_answer_release(&a);
	buf_release(&b);
}

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		bool want;
	} names[] = {
		{ "a", true },
		{ "_dmarc.a-b.test", true },
		{ "", false },
		{ ".", false },
		{ "a.", false },
		{ ".a", false },
		{ "a..b", false },
		{ "a b", false },
		{ "a\\.b", false },
		{ "a\tb", false },
		{ "\303\244.test", false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", true },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", false },
	};
	char reverse[DNS_NAME];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (dns_is_name(names[i].name) != names[i].want)
			fail_msg("\"%s\"", names[i].name);
	assert_int_equal(dns_reverse(reverse, "192.0.2.10"), 0);
	assert_string_equal(reverse, "10.2.0.192.in-addr.arpa");
	assert_int_equal(dns_reverse(reverse, "2001:db8::1"), 0);
	assert_string_equal(reverse, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
	assert_int_equal(dns_reverse(reverse, "example.org"), -1);
}

static void
test_servers(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} servers[] = {
		{ "192.0.2.1", true },
		{ "192.0.2.1:5353", true },
		{ "2001:db8::1", true },
		{ "[2001:db8::1]", true },
		{ "[2001:db8::1]:53", true },
		{ "192.0.2.1:", false },
		{ "192.0.2.1:0", false },
		{ "192.0.2.1:65536", false },
		{ "[2001:db8::1", false },
		{ "[2001:db8::1]53", false },
		{ "ns.example.org", false },
		{ "1111111111111111111111111111111111111111111111111111111111111111", false },
		{ "[11111111111111111111111111111111111111111111111111111111111111111]:53", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		struct err e = ERR_INIT;
		struct dns *d = dns_new(servers[i].text, &e);

		if ((d != NULL) != servers[i].want)
			fail_msg("%s: %s", servers[i].text, e.text);
		dns_free(d);
	}
}

static void
test_texts(void **state)
{
	static const struct {
		enum dns_status status;
		const char *text;
	} texts[] = {
		{ DNS_FOUND, "found" },
		{ DNS_NO_DATA, "no such record" },
		{ DNS_NO_NAME, "no such name" },
		{ DNS_REFUSED, "the name server does not say" },
		{ DNS_SILENT, "no name server answers" },
		{ DNS_BROKEN, "the answer cannot be read" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(dns_status_text(texts[i].status), texts[i].text);
}

/* What is no name is not asked for; nor is anything of a server to which the kernel sends nothing, and that costs no time. */
static void
test_not_asked(void **state)
{
	struct err e = ERR_INIT;
	struct dns *d = dns_new("255.255.255.255", &e);

	(void)state;
	assert_non_null(d);
	assert_int_equal(dns_look(d, "a..test", DNS_A)->status, DNS_BROKEN);
	assert_int_equal(dns_look(d, "a.test", DNS_A)->status, DNS_SILENT);
	dns_free(d);
}

/* Answers each question with the question, and says that the rest is to be had by TCP; ends with a datagram that is none. */
static void *
play_server(void *arg)
{
	uint8_t question[512];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(*(int *)arg, question, sizeof(question), 0, (struct sockaddr *)&from, &len)) > 12) {
		question[2] = 0x83; /* an answer, cut */
		question[3] = 0x80;
		sendto(*(int *)arg, question, (size_t)n, 0, (struct sockaddr *)&from, len);
	}
	return NULL;
}

/* The whole of an answer that was cut cannot be had where nobody listens. */
static void
test_no_tcp(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(addr);
	struct err e = ERR_INIT;
	char server[32];
	pthread_t thread;
	struct dns *d;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	assert_int_equal(pthread_create(&thread, NULL, play_server, &fd), 0);
	snprintf(server, sizeof(server), "127.0.0.1:%d", ntohs(addr.sin_port));
	d = dns_new(server, &e);
	assert_non_null(d);
	assert_int_equal(dns_look(d, "a.test", DNS_TXT)->status, DNS_SILENT);
	dns_free(d);
	assert_int_equal(sendto(fd, "", 1, 0, (struct sockaddr *)&addr, len), 1); /* ends the server */
	pthread_join(thread, NULL);
	close(fd);
}

/* … and where somebody does, its parts may come one after the other. */
static void *
play_tcp(void *arg)
{
	int fd = accept(*(int *)arg, NULL, NULL);
	uint8_t question[600];
	struct buf b = BUF_INIT, out = BUF_INIT;
	const struct record one = RECORD(POINTER, DNS_TXT, "\004late");
	ssize_t n = recv(fd, question, sizeof(question), 0);

	build(&b, 0x8180, ASKED, DNS_TXT, &one, 1);
	if (n > 4)
		memcpy(b.data, question + 2, 2);
	put16(&out, (unsigned)b.len);
	buf_add(&out, b.data, b.len);
	for (size_t at = 0, part; at < out.len; at += part) {
		part = out.len - at < 20 ? out.len - at : 20;
		usleep(10000);
		if (send(fd, out.data + at, part, MSG_NOSIGNAL) == -1)
			break;
	}
	close(fd);
	buf_release(&b);
	buf_release(&out);
	return NULL;
}

/* One port for both; somebody may have that of UDP. */
static void
bind_both(struct sockaddr_in *addr, int *tcp, int *udp)
{
	socklen_t len = sizeof(*addr);

	for (int tries = 0; tries < 20; tries++) {
		*addr = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		*tcp = socket(AF_INET, SOCK_STREAM, 0);
		*udp = socket(AF_INET, SOCK_DGRAM, 0);
		assert_int_equal(bind(*tcp, (struct sockaddr *)addr, len), 0);
		assert_int_equal(getsockname(*tcp, (struct sockaddr *)addr, &len), 0);
		if (bind(*udp, (struct sockaddr *)addr, len) == 0)
			return;
		close(*tcp);
		close(*udp);
	}
	fail_msg("no port");
}

static void
test_tcp(void **state)
{
	struct sockaddr_in addr;
	int tcp, udp;
	const struct dns_answer *a;
	struct err e = ERR_INIT;
	pthread_t threads[2];
	char server[32];
	struct dns *d;

	(void)state;
	bind_both(&addr, &tcp, &udp);
	assert_int_equal(listen(tcp, 1), 0);
	assert_int_equal(pthread_create(&threads[0], NULL, play_server, &udp), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, play_tcp, &tcp), 0);
	snprintf(server, sizeof(server), "127.0.0.1:%d", ntohs(addr.sin_port));
	d = dns_new(server, &e);
	assert_non_null(d);
	a = dns_look(d, ASKED, DNS_TXT);
	assert_int_equal(a->status, DNS_FOUND);
	assert_string_equal(a->record[0].text, "late");
	dns_free(d);
	assert_int_equal(sendto(udp, "", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), 1); /* ends the server */
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	close(udp);
	close(tcp);
}

/* A server that takes questions and says nothing costs no more than what is left of the time. */
static void
test_until(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	struct err e = ERR_INIT;
	char server[32];
	struct dns *d;
	int64_t from;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	snprintf(server, sizeof(server), "127.0.0.1:%d", ntohs(addr.sin_port));
	d = dns_new(server, &e);
	assert_non_null(d);
	from = clock_mono_us();
	dns_until(d, from + 100000);
	assert_int_equal(dns_look(d, "a.test", DNS_A)->status, DNS_SILENT);
	assert_int_equal(dns_look(d, "b.test", DNS_A)->status, DNS_SILENT);
	assert_true(clock_mono_us() - from < 1000000);
	dns_free(d);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_read), cmocka_unit_test(test_not_ours), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_names), cmocka_unit_test(test_servers), cmocka_unit_test(test_texts),
		cmocka_unit_test(test_not_asked), cmocka_unit_test(test_no_tcp), cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_until) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
