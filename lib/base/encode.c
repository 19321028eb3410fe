/*
 * encode.c - see encode.h.
 *
 * Base64url, base32 and hex are one thing: groups of `width` bits looked up in
 * an alphabet. One pair of functions does all three.
 */
#include "base/encode.h"

#include <string.h>

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char hex[] = "0123456789abcdef";

static void
encode(char *out, const uint8_t *in, size_t n, const char *alphabet, unsigned width)
{
	unsigned bits = 0, mask = (1u << width) - 1;
	uint32_t acc = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		acc = acc << 8 | in[i];
		for (bits += 8; bits >= width; bits -= width)
			*out++ = alphabet[acc >> (bits - width) & mask];
	}
	if (bits)
		*out++ = alphabet[acc << (width - bits) & mask];
	*out = '\0';
}

static int
decode(uint8_t *out, size_t size, const char *in, size_t n, const char *alphabet, unsigned width)
{
	unsigned bits = 0;
	uint32_t acc = 0;
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		char c = width < 6 && in[i] >= 'A' && in[i] <= 'Z' ? (char)(in[i] + 32) : in[i];
		const char *p = c ? strchr(alphabet, c) : NULL;

		if (!p)
			return -1;
		acc = acc << width | (uint32_t)(p - alphabet);
		bits += width;
		if (bits >= 8) {
			if (len == size)
				return -1;
			bits -= 8;
			out[len++] = (uint8_t)(acc >> bits);
		}
	}
	/* one text per value: no spare character, no stray bits in the last one */
	if (bits >= width || (acc & ((1u << bits) - 1)))
		return -1;
	return (int)len;
}

void
base64_encode(char *out, const uint8_t *in, size_t n)
{
	encode(out, in, n, base64, 6);
	if (n % 3)
		strcat(out, n % 3 == 1 ? "==" : "=");
}

void
base64url_encode(char *out, const uint8_t *in, size_t n)
{
	encode(out, in, n, base64url, 6);
}

int
base64url_decode(uint8_t *out, size_t size, const char *in, size_t n)
{
	return decode(out, size, in, n, base64url, 6);
}

void
base32_encode(char *out, const uint8_t *in, size_t n)
{
	encode(out, in, n, base32, 5);
}

int
base32_decode(uint8_t *out, size_t size, const char *in, size_t n)
{
	return decode(out, size, in, n, base32, 5);
}

void
hex_encode(char *out, const uint8_t *in, size_t n)
{
	encode(out, in, n, hex, 4);
}

int
hex_decode(uint8_t *out, size_t size, const char *in, size_t n)
{
	return decode(out, size, in, n, hex, 4);
}
