/* social.c - see social.h. */
#include "base/social.h"

#include <ctype.h>
#include <string.h>

#include "base/err.h"

#define HTTPS "https://"

static int
check(const struct social *s, struct err *e)
{
	size_t scheme = sizeof(HTTPS) - 1, host;

	if (!s->name_len || s->url_len <= scheme || strncmp(s->url, HTTPS, scheme) != 0 ||
	    !isalnum((unsigned char)s->url[scheme]))
		return err_set(e, ERR_INPUT, "\"%.*s\" is no name followed by an address that begins with https://",
		    (int)(s->name_len + s->url_len < 80 ? s->url + s->url_len - s->name : 80), s->name);
	if (s->name_len > SOCIAL_NAME_MAX)
		return err_set(e, ERR_INPUT, "the name \"%.*s…\" has more than %d bytes", SOCIAL_NAME_MAX / 2, s->name, SOCIAL_NAME_MAX);
	/* an @ inside the path is Mastodon's; one before it would hide the host */
	host = scheme + strcspn(s->url + scheme, "/?#, ");
	if (memchr(s->url, '@', host) || strcspn(s->url, "\"<>'\\") < s->url_len)
		return err_set(e, ERR_INPUT, "the address of \"%.*s\" is none of a page", (int)s->name_len, s->name);
	return 0;
}

int
social_next(const char **list, struct social *out, struct err *e)
{
	const char *start = *list + strspn(*list, " ,"), *end = start + strcspn(start, ",");

	*list = end;
	if (!*start)
		return 0;
	while (end > start && end[-1] == ' ')
		end--;
	out->name = start;
	out->url = end;
	while (out->url > start && out->url[-1] != ' ')
		out->url--;
	out->url_len = (size_t)(end - out->url);
	out->name_len = (size_t)(out->url - start);
	while (out->name_len && start[out->name_len - 1] == ' ')
		out->name_len--;
	return check(out, e) == -1 ? -1 : 1;
}

int
social_check(const char *list, struct err *e)
{
	struct social s;
	int n = 0, rc;

	while ((rc = social_next(&list, &s, e)) == 1)
		if (++n > SOCIAL_MOST)
			return err_set(e, ERR_INPUT, "there are more than %d of them", SOCIAL_MOST);
	return rc;
}
