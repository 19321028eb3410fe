/*
 * http_head.c - whether a request's line and headers can mean one thing only.
 *
 * Behind a reverse proxy, a request that it and we read differently smuggles
 * a second one past it (RFC 9112 11.2). libmicrohttpd is lenient: it takes the
 * first of two lengths, Transfer-Encoding before a length, blanks before
 * the colon. What is ambiguous is refused here, and its connection closed.
 */
#include "http.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

struct head {
	size_t fields, hosts, lengths, codings;
	bool broken;
};

/* RFC 9110 5.6.2 */
static bool
is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_!#$%&'*+.^`|~");

	return n && !name[n];
}

static bool
is_value(const char *value)
{
	for (; *value; value++)
		if (((unsigned char)*value < ' ' && *value != '\t') || *value == 127)
			return false;
	return true;
}

static enum MHD_Result
on_field(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct head *head = cls;

	(void)kind;
	if (!value)
		value = "";
	if (++head->fields > HTTP_FIELDS)
		return MHD_NO;
	head->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
	head->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
	if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
		head->codings++;
		head->broken |= strcasecmp(value, "chunked") != 0;
	}
	head->broken |= !is_name(name) || !is_value(value);
	return MHD_YES;
}

unsigned
http_head_check(const struct http_request *r, const char *version)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct head head = { 0 };

	if (info && info->header_size > HTTP_HEAD)
		return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
	MHD_get_connection_values(r->connection, MHD_HEADER_KIND, on_field, &head);
	if (head.fields > HTTP_FIELDS)
		return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
	if (head.broken || head.hosts > 1 || head.lengths + head.codings > 1)
		return MHD_HTTP_BAD_REQUEST;
	if (head.codings && strcmp(version, MHD_HTTP_VERSION_1_1) != 0) /* RFC 9112 6.1 */
		return MHD_HTTP_BAD_REQUEST;
	return 0;
}
