/*
 * mention.h - whether a message, of any kind and however broken, names an address.
 */
#ifndef MENTION_H
#define MENTION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether n bytes name the address (in its compared form, struct addr's key), whatever letters are large: in the raw text, or behind
 * quoted-printable or base64, in a header too. A longer address that ends or begins with it is another one. Time is some six times n.
 */
bool mention_of(const char *bytes, size_t n, const char *address_key);

#endif
