/*
 * encode.h - bytes as text that survives URLs, addresses and logs.
 */
#ifndef ENCODE_H
#define ENCODE_H

#include <stddef.h>
#include <stdint.h>

#define BASE64_LEN(n) (((n) + 2) / 3 * 4)    /* characters, with padding */
#define BASE64URL_LEN(n) ((4 * (n) + 2) / 3) /* characters without padding */
#define BASE32_LEN(n) ((8 * (n) + 4) / 5)

/*
 * Encoders write the characters and a NUL: out needs the length above plus one
 * (hex: 2 * n + 1). Decoders accept exactly what the encoders write (base32 and
 * hex in either case), return the number of bytes, or -1 for anything else or
 * when `size` bytes do not hold it.
 * RFC 4648: base64 section 4 with padding, as mail has it (RFC 2045 6.8); base64url section 5 and base32 section 6, lower case,
 * without.
 */
void base64_encode(char *out, const uint8_t *in, size_t n);
void base64url_encode(char *out, const uint8_t *in, size_t n);
int base64url_decode(uint8_t *out, size_t size, const char *in, size_t n);
void base32_encode(char *out, const uint8_t *in, size_t n);
int base32_decode(uint8_t *out, size_t size, const char *in, size_t n);
void hex_encode(char *out, const uint8_t *in, size_t n);
int hex_decode(uint8_t *out, size_t size, const char *in, size_t n);

#endif
