/*
 * fuzz_http_path.c - any text as a request's path: it finds one page or none, and the token at its end is of the alphabet and length that
 * what reads tokens counts on. With a prefix or without it is the same page.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/http.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct http_route *
find(struct http_request *r, char *base, const char *prefix, const char *path)
{
	static struct http h;

	h.base = base;
	memset(r, 0, sizeof(*r));
	r->token = "";
	if (strlen(prefix) + strlen(path) > HTTP_URI)
		return NULL;
	strcpy(stpcpy(r->uri, prefix), path);
	return http_route_find(&h, r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct http_request r, below;
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	static char base[] = "/newsletter", none[] = "";
	size_t most = HTTP_URI - sizeof(base);
	char *path = xstrndup((const char *)data, n < most ? n : most);
	const struct http_route *route = find(&r, none, "", path);
	uint8_t hash[TOKEN_HASH];

	if (route && route->token != (r.token[0] != '\0'))
		abort();
	if (route && route->token && (strlen(r.token) > HTTP_TOKEN || r.token[strspn(r.token, alphabet)]))
		abort();
	if (path[0] == '/' && (find(&below, base, base, path) != route || strcmp(below.token, r.token) != 0) &&
	    strncmp(path, base, sizeof(base) - 1) != 0)
		abort();
	if (token_hash(hash, r.token) && strlen(r.token) != TOKEN_TEXT - 1)
		abort();
	free(path);
	return 0;
}
