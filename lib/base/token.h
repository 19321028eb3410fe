/*
 * token.h - public identifiers and random tokens, all from libuuid.
 *
 * A token is a random UUID (RFC 4122 version 4: 122 random bits) as text. Only
 * its SHA-256 is stored, so that who reads the store cannot use what was mailed.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#define TOKEN_TEXT 37 /* 36 characters and a NUL */
#define TOKEN_HASH 32

/* Fill `out` with a fresh token. */
void token_new(char out[TOKEN_TEXT]);

/* Hash what a visitor presents; false (and nothing filled) when it cannot be one of ours. Upper case is taken for lower. */
bool token_hash(uint8_t out[TOKEN_HASH], const char *token);

#endif
