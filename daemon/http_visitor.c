/*
 * http_visitor.c - which address a request comes from.
 *
 * The connection's, unless that is a reverse proxy of [http] trusted_proxies: then
 * the last address in X-Forwarded-For that is no such proxy itself (forwarded_walk).
 */
#include "http.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"

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
		if (n >= sizeof(word) || !ip_parse(&h->proxies[h->proxy_count], word))
			return err_set(e, ERR_INPUT, "[http] trusted_proxies: \"%.*s\" is no IP address", (int)(n < 60 ? n : 60), s);
		h->proxy_count++;
	}
	return 0;
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

void
http_visitor_ip(struct http_request *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[64];
	struct buf list = BUF_INIT;
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
	if (!ip_parse(&ip, text))
		return;
	if (r->http->proxy_count)
		MHD_get_connection_values(r->connection, MHD_HEADER_KIND, collect, &list);
	if (list.len)
		forwarded_walk(&ip, list.data, r->http->proxies, r->http->proxy_count);
	buf_release(&list);
	ip_write(r->ip, &ip);
}
