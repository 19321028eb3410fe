/*
 * http_header.h - what header fields say, read from their bytes alone, so that tests and the fuzzer reach all of it.
 */
#ifndef HTTP_HEADER_H
#define HTTP_HEADER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define ACCEPT_RANGES 64 /* ranges of an Accept or Accept-Language field that are looked at */
#define IP_TEXT 64       /* bytes of an address as ip_write writes it */

/*
 * Whether an Accept field (RFC 9110 12.5.1; NULL: there is none) asks for JSON rather than for a page:
 * the weight of application/json (or that of application/problem+json, if it is named) is more than
 * text/html's, or it is the same and JSON was named more exactly. A range that is not well-formed counts as if it were not there.
 */
bool accept_json(const char *accept);

/*
 * Which of `count` languages (codes like "es", "pt-BR") an Accept-Language header (RFC 9110 12.5.4) likes best: its place, or -1. A
 * range fits a language that it is a prefix of, or that is a prefix of it (es-MX: es). NULL or what is not well-formed likes none.
 */
int accept_language(const char *header, char (*languages)[16], int count);

/* An address as IPv6, an IPv4 one mapped into it, so that each has one form; false when the text is no address. */
bool ip_parse(struct in6_addr *out, const char *text);
void ip_write(char out[IP_TEXT], const struct in6_addr *ip);

/*
 * Walk a list of addresses as X-Forwarded-For has it from its end, starting at *ip, which the connection comes
 * from: while *ip is one of the proxies, the address before it is taken. So
 * the first that is no proxy is the visitor, and what stands before it, anybody
 * may have written. Something else than an address ends the walk. The list is cut to pieces.
 */
void forwarded_walk(struct in6_addr *ip, char *list, const struct in6_addr *proxies, size_t count);

#endif
