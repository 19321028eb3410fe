/* test_network.c - from whose network an address is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/network.h"

static const struct {
	const char *name, *ip, *want;
} networks[] = {
	{ "IPv4 by /24", "192.0.2.1", "192.0.2.0/24" },
	{ "its last address", "192.0.2.255", "192.0.2.0/24" },
	{ "the next one is another", "192.0.3.0", "192.0.3.0/24" },
	{ "IPv6 by /64", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
	{ "its last address", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64" },
	{ "the next one is another", "2001:db8:1:3::", "2001:db8:1:3::/64" },
	{ "mapped IPv4 is IPv4", "::ffff:192.0.2.77", "192.0.2.0/24" },
	{ "in hex too", "::ffff:c000:24d", "192.0.2.0/24" },
	{ "IPv4-compatible is not", "::192.0.2.77", "::/64" },
	{ "loopback", "::1", "::/64" },
	{ "nothing", "", "" },
	{ "a name", "example.org", "" },
	{ "a zone", "fe80::1%eth0", "" },
	{ "too many parts", "192.0.2.1.5", "" },
	{ "a port", "192.0.2.1:80", "" },
	{ "a prefix is no address", "192.0.2.0/24", "" },
};

static void
test_of(void **state)
{
	char out[NETWORK_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		if (strcmp(network_of(out, networks[i].ip), networks[i].want) != 0)
			fail_msg("%s: %s gives %s", networks[i].name, networks[i].ip, out);
}

static const struct {
	const char *name, *prefix;
	const char *in[2], *out[3]; /* NULL in[0]: it must be refused */
} prefixes[] = {
	{ "IPv4", "192.0.2.0/24", { "192.0.2.9", "::ffff:192.0.2.9" }, { "192.0.3.9", "2001:db8::1", "" } },
	{ "bits beyond the prefix do not matter", "192.0.2.77/24", { "192.0.2.9" }, { "192.0.3.9" } },
	{ "not at a byte's end", "192.0.2.128/25", { "192.0.2.128", "192.0.2.255" }, { "192.0.2.127" } },
	{ "one address", "192.0.2.7", { "192.0.2.7", "::ffff:192.0.2.7" }, { "192.0.2.8", "192.0.2.6" } },
	{ "all of IPv4", "0.0.0.0/0", { "192.0.2.7", "255.255.255.255" }, { "2001:db8::1", "::1" } },
	{ "IPv6", "2001:db8:1:2::/64", { "2001:db8:1:2::1", "2001:db8:1:2:f::" }, { "2001:db8:1:3::1", "192.0.2.1" } },
	{ "a larger one", "2001:db8::/32", { "2001:db8:ffff::" }, { "2001:db9::" } },
	{ "everything", "::/0", { "2001:db8::", "192.0.2.1" }, { "", "x" } },
	{ "mapped, with the bits of IPv6", "::ffff:192.0.2.0/120", { "192.0.2.5" }, { "192.0.3.5" } },
	{ "all bits", "192.0.2.7/32", { "192.0.2.7" }, { "192.0.2.6" } },
	{ "one bit too many", "192.0.2.7/33", { NULL }, { NULL } },
	{ "IPv6, one bit too many", "2001:db8::/129", { NULL }, { NULL } },
	{ "no bits", "192.0.2.0/", { NULL }, { NULL } },
	{ "no number", "192.0.2.0/2x", { NULL }, { NULL } },
	{ "negative", "192.0.2.0/-1", { NULL }, { NULL } },
	{ "a mask", "192.0.2.0/255.255.255.0", { NULL }, { NULL } },
	{ "nothing", "", { NULL }, { NULL } },
	{ "no address", "/24", { NULL }, { NULL } },
	{ "a name", "example.org/24", { NULL }, { NULL } },
	{ "too long", "2001:db8:1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18/64", { NULL }, { NULL } },
};

static void
test_prefix(void **state)
{
	struct err e = ERR_INIT;
	struct network n;
	size_t i, j;
	int rc;

	(void)state;
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		rc = network_parse(&n, prefixes[i].prefix, &e);
		if ((rc == 0) != (prefixes[i].in[0] != NULL))
			fail_msg("%s: %s", prefixes[i].name, rc == 0 ? "was taken" : e.text);
		for (j = 0; j < 2 && prefixes[i].in[j]; j++)
			if (!network_holds(&n, prefixes[i].in[j]))
				fail_msg("%s: does not hold %s", prefixes[i].name, prefixes[i].in[j]);
		for (j = 0; j < 3 && prefixes[i].out[j]; j++)
			if (network_holds(&n, prefixes[i].out[j]))
				fail_msg("%s: holds %s", prefixes[i].name, prefixes[i].out[j]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of),
		cmocka_unit_test(test_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
