/*
 * http_visitor.c - which address a request comes from.
 *
 * The connection's, unless that is a reverse proxy of [http] trusted_proxies: then
 * the last address in X-Forwarded-For that is no such proxy itself. What
 * stands before it in that header, anybody may have written.
 */
#include "http.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"

/* As IPv6, IPv4 mapped into it, so that one address has one form; false when the text is no address. */
static bool
parse_ip(struct in6_addr *out, const char *text)
{
	struct in_addr v4;

	if (inet_pton(AF_INET6, text, out) == 1)
		return true;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = out->s6_addr[11] = 0xff;
	memcpy(out->s6_addr + 12, &v4, 4);
	return true;
}

static void
write_ip(char out[64], const struct in6_addr *ip)
{
	if (IN6_IS_ADDR_V4MAPPED(ip))
		inet_ntop(AF_INET, ip->s6_addr + 12, out, 64);
	else
		inet_ntop(AF_INET6, ip, out, 64);
}

int
http_proxies_init(struct http *h, struct err *e)
{
	const char *s = h->role->site.conf.http_trusted_proxies;
	char word[INET6_ADDRSTRLEN];
	size_t n;

	for (s += strspn(s, " ,"); *s; s += n, s += strspn(s, " ,")) {
		n = strcspn(s, " ,");
		if (h->proxy_count == HTTP_PROXIES)
			return err_set(e, ERR_INPUT, "[http] trusted_proxies: at most %d addresses", HTTP_PROXIES);
		if (n < sizeof(word)) {
			memcpy(word, s, n);
			word[n] = '\0';
		}
		if (n >= sizeof(word) || !parse_ip(&h->proxies[h->proxy_count], word))
			return err_set(e, ERR_INPUT, "[http] trusted_proxies: \"%.*s\" is no IP address", (int)(n < 60 ? n : 60), s);
		h->proxy_count++;
	}
	return 0;
}

static bool
is_proxy(const struct http *h, const struct in6_addr *ip)
{
	size_t i;

	for (i = 0; i < h->proxy_count; i++)
		if (memcmp(&h->proxies[i], ip, sizeof(*ip)) == 0)
			return true;
	return false;
}

/* MHD calls this for each header field; all X-Forwarded-For together are one list (RFC 9110 5.2). */
static enum MHD_Result
collect(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
	(void)kind;
	if (value && strcasecmp(key, "X-Forwarded-For") == 0)
		buf_addf(ctx, "%s,", value);
	return MHD_YES;
}

/* Walk the list from its end: the first that is no proxy is the visitor; something else than an address ends the walk. */
static void
walk_forwarded(struct http_request *r, struct in6_addr *ip)
{
	struct buf list = BUF_INIT;
	struct in6_addr next;
	char *word;

	MHD_get_connection_values(r->connection, MHD_HEADER_KIND, collect, &list);
	while (list.len && is_proxy(r->http, ip)) {
		buf_truncate(&list, list.len - 1); /* the comma */
		word = strrchr(list.data, ',');
		word = word ? word + 1 : list.data;
		if (!parse_ip(&next, word + strspn(word, " \t")))
			break;
		*ip = next;
		buf_truncate(&list, (size_t)(word - list.data));
	}
	buf_release(&list);
}

void
http_visitor_ip(struct http_request *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[64];
	struct in6_addr ip;

	r->ip[0] = '\0';
	if (!info || !info->client_addr)
		return;
	if (info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text, sizeof(text));
	else if (info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text, sizeof(text));
	else
		return;
	if (!parse_ip(&ip, text))
		return;
	walk_forwarded(r, &ip);
	write_ip(r->ip, &ip);
}
