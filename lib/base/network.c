/* network.c - see network.h. */
#include "base/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define V4_BITS 96 /* that an IPv4 address has before its own, once it is mapped */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
is_v4(const uint8_t address[16])
{
	return memcmp(address, mapped, sizeof(mapped)) == 0;
}

static bool
read_ip(uint8_t out[16], const char *text)
{
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out + sizeof(mapped)) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

static void
clear_after(uint8_t address[16], int bits)
{
	int i;

	for (i = bits; i < 128; i++)
		address[i / 8] &= (uint8_t) ~(0x80 >> (i % 8));
}

const char *
network_of(char out[NETWORK_TEXT], const char *ip)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t address[16];
	bool v4;

	out[0] = '\0';
	if (!read_ip(address, ip))
		return out;
	v4 = is_v4(address);
	clear_after(address, v4 ? V4_BITS + 24 : 64);
	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? address + sizeof(mapped) : address, text, sizeof(text));
	snprintf(out, NETWORK_TEXT, "%s/%d", text, v4 ? 24 : 64);
	return out;
}

int
network_parse(struct network *out, const char *text, struct err *e)
{
	size_t n = strcspn(text, "/");
	const char *bits = text[n] ? text + n + 1 : NULL;
	char ip[INET6_ADDRSTRLEN];
	long count = 128;
	int first;

	if (n < sizeof(ip)) {
		memcpy(ip, text, n);
		ip[n] = '\0';
	}
	if (n >= sizeof(ip) || !read_ip(out->address, ip))
		return err_set(e, ERR_INPUT, "\"%.60s\" is no network: write it like 192.0.2.0/24 or 2001:db8:1:2::/64", text);
	/* ::ffff:192.0.2.0/120 says the bits of IPv6 */
	first = is_v4(out->address) && !memchr(ip, ':', n) ? V4_BITS : 0;
	if (bits) {
		count = strlen(bits) > 3 || strspn(bits, "0123456789") != strlen(bits) || !bits[0] ? -1 : first + strtol(bits, NULL, 10);
		if (count == -1 || count > 128)
			return err_set(e, ERR_INPUT, "\"%.60s\" is no network: after the / stand at most %d bits", text, 128 - first);
	}
	out->bits = (int)count;
	clear_after(out->address, out->bits);
	return 0;
}

bool
network_holds(const struct network *network, const char *ip)
{
	uint8_t address[16];

	if (!read_ip(address, ip))
		return false;
	clear_after(address, network->bits);
	return memcmp(address, network->address, sizeof(address)) == 0;
}
