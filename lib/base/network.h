/*
 * network.h - from whose network an address is: IPv4 by /24, IPv6 by /64, as providers hand them out.
 *
 * An IPv4 address mapped into IPv6 (::ffff:192.0.2.1) is that IPv4 address.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stdint.h>

struct err;

#define NETWORK_TEXT 56 /* bytes of "2001:db8:1:2::/64" at its longest */

/* Addresses whose first bits are the same. */
struct network {
	uint8_t address[16]; /* IPv4 mapped into IPv6 */
	int bits;            /* of the 128 */
};

/* Write the network of an address: "192.0.2.0/24", "2001:db8:1:2::/64"; "" of what is none. Returns out. */
const char *network_of(char out[NETWORK_TEXT], const char *ip);

/* Read "192.0.2.0/24", "2001:db8::/32" or an address alone, which is its own network; ERR_INPUT. Bits beyond the prefix are cleared. */
int network_parse(struct network *out, const char *text, struct err *e);

/* Whether the address is in it; false for what is none. */
bool network_holds(const struct network *network, const char *ip);

#endif
