/*
 * encode.h - bytes as text that survives URLs, addresses and logs.
 */
#ifndef ENCODE_H
#define ENCODE_H

#include <stddef.h>
#include <stdint.h>

#define BASE64URL_LEN(n) ((4 * (n) + 2) / 3) /* characters without padding */
#define BASE32_LEN(n) ((8 * (n) + 4) / 5)

/*
 * Encoders write the characters and a NUL: out needs the length above plus one
 * (hex: 2 * n + 1). Decoders accept exactly what the encoders write (base32 and
 * hex in either case), return the number of bytes, or -1 for anything else or
 * when `size` bytes do not hold it.
 * RFC 4648: base64url section 5 without padding; base32 section 6, lower case, without padding.
 */
void base64url_encode(char *out, const uint8_t *in, size_t n);
int base64url_decode(uint8_t *out, size_t size, const char *in, size_t n);
void base32_encode(char *out, const uint8_t *in, size_t n);
int base32_decode(uint8_t *out, size_t size, const char *in, size_t n);
void hex_encode(char *out, const uint8_t *in, size_t n);
int hex_decode(uint8_t *out, size_t size, const char *in, size_t n);

#endif
