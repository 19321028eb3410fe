/* test_smtp_ehlo.c - what relays say while a connection opens, as transcripts show it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mail/smtp_ehlo.h"

enum {
	P = 1,
	S = 2,
	U = 4,
	A = 8,
	L = 16,
	C = 32,
	E = 64,
	D = 128
}; /* pipelining size smtputf8 auth logged-in chunking 8bitmime dsn */

// clang-format off
static const struct {
	const char *name, *in;
	int want;
	long long mailmax;
} cases[] = {
	{ "Postfix", "220 mx.example.org ESMTP Postfix\r\n250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n", P | S | U | C | E | D, 0 },
	{ "nothing but Ok",           "220 x\r\n250 Ok\r\n", 0, 0 },
	{ "nothing at all",           "220 x\r\n250 \r\n", 0, 0 },
	{ "a last line of nothing",   "250-x\r\n250-PIPELINING\r\n250 \r\n", P, 0 },
	{ "old AUTH",                 "250-x\r\n250-AUTH=PLAIN LOGIN\r\n250 Ok\r\n", A, 0 },
	{ "both AUTHs",               "250-x\r\n250-AUTH PLAIN LOGIN\r\n250 AUTH=PLAIN LOGIN\r\n", A, 0 },
	{ "SIZE twice",               "250-x\r\n250-SIZE\r\n250 SIZE 30000000\r\n", S, 0 },
	{ "lower case",               "250-x\r\n250-pipelining\r\n250 Size 100\r\n", P | S, 0 },
	{ "the name is no keyword",   "250-PIPELINING\r\n250 SIZE 1\r\n", S, 0 },
	{ "a longer word is not it",  "250-x\r\n250-PIPELININGS\r\n250 SIZED 1\r\n", 0, 0 },
	{ "part of a word is not it", "250-x\r\n250-PIPE\r\n250 AUT\r\n", 0, 0 },
	{ "limits",                   "250-x\r\n250 LIMITS MAILMAX=20 RCPTMAX=100\r\n", 0, 20 },
	{ "limits, other order",      "250-x\r\n250 LIMITS RCPTMAX=100 MAILMAX=7\r\n", 0, 7 },
	{ "limits, another's",        "250-x\r\n250 LIMITS RCPTMAX=100 XMAILMAX=7\r\n", 0, 0 },
	{ "limits, no number",        "250-x\r\n250 LIMITS MAILMAX=many\r\n", 0, 0 },
	{ "limits, half a number",    "250-x\r\n250 LIMITS MAILMAX=1x\r\n", 0, 0 },
	{ "limits, nothing",          "250-x\r\n250 LIMITS MAILMAX=0\r\n", 0, 0 },
	{ "limits, enormous",         "250-x\r\n250 LIMITS MAILMAX=99999999999999999999\r\n", 0, 0 },
	{ "limits, missing",          "250-x\r\n250 LIMITS\r\n", 0, 0 },
	{ "STARTTLS: the last counts", "220 x\r\n250-x\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 STARTTLS\r\n220 2.0.0 Ready\r\n"
	    "250-x\r\n250-AUTH PLAIN\r\n250 SIZE 5\r\n334 \r\n235 2.7.0 Ok\r\n", S | A | L, 0 },
	{ "nothing survives STARTTLS", "220 x\r\n250-x\r\n250 PIPELINING\r\n220 Ready\r\n", 0, 0 },
	{ "EHLO refused, HELO",       "220 x\r\n502 what\r\n250 x\r\n", 0, 0 },
	{ "AUTH refused",             "220 x\r\n250-x\r\n250 AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n535 5.7.8 no\r\n", A, 0 },
	{ "greeting of many lines",   "220-x\r\n220-PIPELINING\r\n220 SIZE 1\r\n250-x\r\n250 AUTH PLAIN\r\n", A, 0 },
};
// clang-format on

static void
offers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece <= 1000; piece *= 10) {
			const char *p = cases[i].in;
			struct smtp_ehlo h;
			int got;

			smtp_ehlo_init(&h);
			for (size_t n = strlen(p), take; n > 0; p += take, n -= take) {
				take = piece < n ? piece : n;
				if (smtp_ehlo_feed(&h, p, take) == -1)
					fail_msg("%s: not read", cases[i].name);
			}
			got = (h.offers.pipelining ? P : 0) | (h.offers.size ? S : 0) | (h.offers.smtputf8 ? U : 0) |
			    (h.offers.auth ? A : 0) | (h.logged_in ? L : 0);
			got |= (h.offers.chunking ? C : 0) | (h.offers.eightbitmime ? E : 0) | (h.offers.dsn ? D : 0);
			if (got != cases[i].want || h.offers.mailmax != cases[i].mailmax)
				fail_msg("%s: %x, mailmax %lld", cases[i].name, (unsigned)got, (long long)h.offers.mailmax);
		}
}

static void
largest_size(void **state)
{
	static const struct {
		const char *in;
		long long want;
	} sizes[] = {
		{ "250-x\r\n250 SIZE 10240000\r\n", 10240000 },
		{ "250-x\r\n250 SIZE\r\n", 0 },
		{ "250-x\r\n250 SIZE 0\r\n", 0 },
		{ "250-x\r\n250-SIZE\r\n250 SIZE 7\r\n", 7 },
		{ "250-x\r\n250 SIZE -5\r\n", 0 },
		{ "250-x\r\n250 SIZE 12k\r\n", 0 },
		{ "250-x\r\n250 SIZE 999999999999999999\r\n", 999999999999999999 },
		{ "250-x\r\n250 SIZE 9999999999999999999\r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct smtp_ehlo h;

		smtp_ehlo_init(&h);
		assert_int_equal(smtp_ehlo_feed(&h, sizes[i].in, strlen(sizes[i].in)), 0);
		assert_int_equal(h.offers.size_max, sizes[i].want);
	}
}

static void
no_reply_is_refused(void **state)
{
	struct smtp_ehlo h;

	(void)state;
	smtp_ehlo_init(&h);
	assert_int_equal(smtp_ehlo_feed(&h, "220 x\r\n", 7), 0);
	assert_int_equal(smtp_ehlo_feed(&h, "HTTP/1.1 400 Bad Request\r\n", 26), -1);
	assert_int_equal(smtp_ehlo_feed(&h, "250 x\r\n", 7), -1);
}

static void
the_last_reply_is_kept(void **state)
{
	struct smtp_ehlo h;

	(void)state;
	smtp_ehlo_init(&h);
	assert_int_equal(smtp_ehlo_feed(&h, "554-5.7.1 Go\r\n554 5.7.1 away\r\n", 30), 0);
	assert_int_equal(h.reader.reply.code, 554);
	assert_string_equal(h.reader.reply.enhanced, "5.7.1");
	assert_string_equal(h.reader.reply.text, "Go away");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offers),
		cmocka_unit_test(largest_size),
		cmocka_unit_test(no_reply_is_refused),
		cmocka_unit_test(the_last_reply_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
