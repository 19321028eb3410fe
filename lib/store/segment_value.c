/* segment_value.c - what a field of a segment is compared with; see segment.h. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "segment_private.h"
#include "store/subscriber.h"
#include "store/subscription.h"

#define DAY_TEXT 10 /* bytes of 2026-03-01 */

static bool
consists_of(const char *text, const char *characters, size_t most)
{
	size_t n = strlen(text);

	return n && n <= most && strspn(text, characters) == n;
}

/* Where the day that begins at `t` ends, in the site's zone: days of 23 and 25 hours are some. */
static int64_t
day_end(int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	localtime_r(&when, &tm);
	tm.tm_mday++;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return mktime(&tm);
}

static int
read_ago(struct segment_value *v, const char *text, enum segment_operator op, struct err *e)
{
	v->ago = true;
	if (clock_parse_duration(text + 1, &v->number, e) == -1) {
		e->code = ERR_USAGE;
		return -1;
	}
	if (op == OP_IS)
		return err_set(e, ERR_USAGE, "a time ago is compared with < <= > >=");
	return 0;
}

static int
read_time(struct segment_value *v, const char *text, enum segment_operator op, struct err *e)
{
	if (text[0] == '-')
		return read_ago(v, text, op, e);
	/* what clock_parse counts from this moment on has no place in a text that is kept */
	if (text[0] < '0' || text[0] > '9' || clock_parse(text, &v->number, e) == -1)
		return err_set(e, ERR_USAGE, "\"%.40s\" is no time: write 2026-03-01, '2026-03-01 10:30', or -30d for 30 days ago", text);
	v->end = strlen(text) == DAY_TEXT ? day_end(v->number) : v->number + 1;
	return 0;
}

static int
read_state(struct segment_value *v, const char *text, struct err *e)
{
	v->number = subscription_state_parse(text);
	if (v->number == -1)
		return err_set(e, ERR_USAGE, "\"%.40s\" is no state; there are: active, pending, left, bounced, complained", text);
	return 0;
}

static int
read_campaign(struct segment_value *v, const char *text, struct err *e)
{
	if (!consists_of(text, "0123456789", 15) || text[0] == '0')
		return err_set(e, ERR_USAGE, "\"%.40s\" is no campaign's number; see `newsletter campaign list`", text);
	v->number = strtoll(text, NULL, 10);
	return 0;
}

static int
read_domain(const char *text, struct err *e)
{
	const char *domain = strncmp(text, "*.", 2) == 0 ? text + 2 : text;

	if (!consists_of(domain, "abcdefghijklmnopqrstuvwxyz0123456789-._", SUBSCRIBER_ADDRESS - 2) || domain[0] == '.')
		return err_set(e, ERR_USAGE,
		    "\"%.60s\" is no mail domain: write example.org, or *.example.org with all below it; an international one as xn--…",
		    text);
	return 0;
}

int
segment_value_read(struct segment_value *v, char *text, enum segment_field field, enum segment_operator op, struct err *e)
{
	static const char code[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	bool kept = field == FIELD_NAME || (segment_field_is_time(field) && text[0] != '-'); /* T and Z of a time are capitals */

	v->text = kept ? text : text_lower(text);
	if (segment_field_is_time(field))
		return read_time(v, text, op, e);
	switch (field) {
	case FIELD_STATE:
		return read_state(v, text, e);
	case FIELD_CAMPAIGN:
		return read_campaign(v, text, e);
	case FIELD_DOMAIN:
		return read_domain(text, e);
	case FIELD_LANGUAGE:
		if (!consists_of(text, code, SUBSCRIBER_LANGUAGE - 1) || !text[1])
			return err_set(e, ERR_USAGE, "\"%.40s\" is no language's code: write one like en, es or pt-br", text);
		return 0;
	case FIELD_NAME:
		if (strlen(text) >= SUBSCRIBER_NAME)
			return err_set(e, ERR_USAGE, "no name is as long as that");
		return 0;
	default:
		if (!consists_of(text, code, 40))
			return err_set(e, ERR_USAGE, "\"%.40s\" is no topic's name; see `newsletter topic list`", text);
		return 0;
	}
}
