/* origin.c - see origin.h. */
#include "base/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define HOST_MAX 253

/* What is wrong with ":8443" or "", or NULL. */
static const char *
wrong_port(const char *s, size_t n, bool https)
{
	long port;

	if (!n)
		return NULL;
	if (s[0] != ':' || n < 2 || n > 6 || s[1] == '0' || strspn(s + 1, DIGITS) < n - 1)
		return "behind the host there may be a port, and nothing else";
	port = strtol(s + 1, NULL, 10);
	if (port > 65535)
		return "there is no such port";
	if (port == (https ? 443 : 80))
		return "browsers leave the scheme's own port out";
	return NULL;
}

static bool
is_loopback(const char *host, size_t n)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && memcmp(names[i], host, n) == 0)
			return true;
	return false;
}

static const char *
wrong(const char *s, size_t n)
{
	bool https = n > 8 && strncmp(s, "https://", 8) == 0;
	const char *host = s + (https ? 8 : 7), *end = s + n;
	size_t len;

	if (!https && (n <= 7 || strncmp(s, "http://", 7) != 0))
		return "it must begin with https://";
	if (*host == '[') {
		len = strspn(host + 1, DIGITS "abcdef:") + 1;
		if (len < 4 || host[len] != ']')
			return "that is no IPv6 address in brackets";
		len++;
	} else {
		len = strspn(host, LOWER DIGITS "-.");
		if (!len || len > HOST_MAX || host[0] == '.' || host[0] == '-')
			return "its host must be a name in lower case, an international one as xn--…";
	}
	if (!https && !is_loopback(host, len))
		return "http:// is for localhost only";
	return wrong_port(host + len, (size_t)(end - host) - len, https);
}

int
origin_check_list(const char *list, struct err *e)
{
	const char *why;
	size_t n, count = 0;

	for (list += strspn(list, " "); *list; list += n, list += strspn(list, " ")) {
		n = strcspn(list, " ");
		if (count++ == ORIGINS)
			return err_set(e, ERR_INPUT, "at most %d origins", ORIGINS);
		why = wrong(list, n);
		if (why)
			return err_set(e, ERR_INPUT, "\"%.*s\" is no origin like https://www.example.org: %s", (int)(n < 60 ? n : 60), list,
			    why);
	}
	return 0;
}

bool
origin_listed(const char *list, const char *origin)
{
	size_t n, len = strlen(origin);

	for (list += strspn(list, " "); *list; list += n, list += strspn(list, " ")) {
		n = strcspn(list, " ");
		if (n == len && memcmp(list, origin, n) == 0)
			return true;
	}
	return false;
}
