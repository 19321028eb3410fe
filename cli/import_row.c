/* import_row.c - one row: who it is of, what they want, and since when. */
#include <arpa/inet.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "import.h"
#include "mail/addr.h"
#include "store/subscriber.h"

static const char *
field(const struct import *im, enum import_column column)
{
	int i = im->place[column];

	return i == -1 || (size_t)i >= im->csv.fields ? "" : csv_unguard(im->csv.field[i]);
}

static bool
is_blank(const struct import *im)
{
	size_t i;

	for (i = 0; i < im->csv.fields; i++)
		if (im->csv.field[i][strspn(im->csv.field[i], " \t")])
			return false;
	return true;
}

/* The fields of a file that is not UTF-8, as if it were. */
static int
convert(struct import *im, struct err *e)
{
	size_t at[CSV_FIELDS], i;

	buf_reset(&im->text);
	for (i = 0; i < im->csv.fields; i++) {
		union {
			const char *in;
			char *iconv; /* does not write there */
		} u = { .in = im->csv.field[i] };
		size_t n = strlen(u.in) + 1, room = 3 * n;
		char *out;

		buf_reserve(&im->text, room);
		at[i] = im->text.len;
		out = im->text.data + im->text.len;
		if (iconv(im->iconv, &u.iconv, &n, &out, &room) == (size_t)-1)
			return err_set(e, ERR_INPUT, "it holds a byte that Windows-1252 does not have");
		im->text.len = (size_t)(out - im->text.data);
	}
	for (i = 0; i < im->csv.fields; i++)
		im->csv.field[i] = im->text.data + at[i];
	return 0;
}

static int
check_fields(struct import *im, struct err *e)
{
	size_t i;

	if (im->latin && convert(im, e) == -1)
		return -1;
	for (i = 0; i < im->csv.fields; i++)
		if (!text_is_utf8(im->csv.field[i], strlen(im->csv.field[i])))
			return err_set(e, ERR_INPUT, "it is not UTF-8: save the file as \"CSV UTF-8\", or try --charset windows-1252");
	if (im->csv.fields > im->header_fields)
		return err_set(e, ERR_INPUT, "%zu fields, but the first line names %zu: is a quote missing?", im->csv.fields,
		    im->header_fields);
	return 0;
}

static int
take_name(const struct import *im, struct subscriber *s, struct err *e)
{
	char name[2 * SUBSCRIBER_NAME + 2], *trimmed;
	const char *whole = field(im, COL_NAME);
	int n;

	if (!whole[0] && !field(im, COL_FIRST)[0] && !field(im, COL_LAST)[0])
		return 0;
	if (whole[strspn(whole, " ")])
		n = text_copy(name, sizeof(name), whole);
	else
		n = snprintf(name, sizeof(name), "%s %s", field(im, COL_FIRST), field(im, COL_LAST));
	if (n < 0 || (size_t)n >= sizeof(name))
		return err_set(e, ERR_INPUT, "the name is too long: at most %d bytes", SUBSCRIBER_NAME - 1);
	trimmed = text_trim(name);
	if (trimmed[0] && subscriber_check_name(trimmed, e) == -1)
		return -1;
	strcpy(s->name, trimmed);
	return 0;
}

/* The language may stand in listmonk's attributes. */
static void
language_of_attributes(const struct import *im, char *out, size_t size)
{
	static const char *const names[] = { "language", "lang", "locale" };
	const char *text = field(im, COL_ATTRIBUTES), *value;
	json_t *object;
	size_t i;

	if (!strstr(text, "\"la") && !strstr(text, "\"locale"))
		return;
	object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && !out[0]; i++)
		if ((value = json_string_value(json_object_get(object, names[i]))))
			snprintf(out, size, "%s", value);
	json_decref(object);
}

static int
take_language(const struct import *im, struct subscriber *s, struct err *e)
{
	char language[64], *p;

	if (im->place[COL_ATTRIBUTES] == -1 && !field(im, COL_LANGUAGE)[0])
		return 0;
	snprintf(language, sizeof(language), "%s", field(im, COL_LANGUAGE));
	if (im->place[COL_ATTRIBUTES] != -1 && !language[0])
		language_of_attributes(im, language, sizeof(language));
	if (!language[0])
		return 0;
	for (p = text_trim(language); *p; p++)
		if (*p == '_') /* pt_BR, as some locales are written */
			*p = '-';
	if (people_check_language(language, e) == -1)
		return -1;
	return text_copy(s->language, sizeof(s->language), language); /* it was checked: it fits */
}

/*
 * A time as databases write it: "2024-01-31 09:30:00.123456+02" is 2024-01-31 09:30:00+02:00; nothing and 0000-00-00 are no time.
 * Mailchimp's are UTC without saying so.
 */
static int
take_time(const struct import *im, enum import_column column, int64_t *out, struct err *e)
{
	char text[64], *p, *zone;
	int64_t t;

	*out = 0;
	if (!field(im, column)[0])
		return 0;
	snprintf(text, sizeof(text), "%s", field(im, column));
	text_trim(text);
	if (!text[0] || strncmp(text, "0000-00-00", 10) == 0)
		return 0;
	p = strchr(text, '.');
	if (p && strlen(text) > 19 && p == text + 19) { /* a fraction of a second */
		zone = p + 1 + strspn(p + 1, "0123456789");
		memmove(p, zone, strlen(zone) + 1);
	}
	if (strlen(text) > 19 && text[19] == ' ')
		memmove(text + 19, text + 20, strlen(text + 20) + 1);
	if (strlen(text) > 19 && (strcmp(text + 19, "UTC") == 0 || strcmp(text + 19, "+00") == 0))
		strcpy(text + 19, "Z");
	else if (strlen(text) == 22 && (text[19] == '+' || text[19] == '-'))
		strcat(text, ":00");
	else if (strlen(text) == 19 && im->format == FORMAT_MAILCHIMP)
		strcat(text, "Z");
	if (!(text[0] >= '0' && text[0] <= '9') || clock_parse(text, &t, e) == -1)
		return err_set(e, ERR_INPUT, "\"%.40s\" is no time: write it like 2026-03-01 09:30", field(im, column));
	if (t > clock_now() || t <= 0)
		return err_set(e, ERR_INPUT, "\"%.40s\" is not in the past", field(im, column));
	*out = t;
	return 0;
}

static void
take_ip(const struct import *im, enum import_column column, char out[46])
{
	unsigned char octets[16];
	char text[64];

	if (!field(im, column)[0])
		return;
	snprintf(text, sizeof(text), "%s", field(im, column));
	text_trim(text);
	if (strlen(text) < 46 && (inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1))
		strcpy(out, text);
}

/* Yes or no: 1, 0, or -1. */
static int
yes(const struct import *im, enum import_column column, int fallback, struct err *e)
{
	char text[16];

	if (!field(im, column)[0])
		return fallback;
	snprintf(text, sizeof(text), "%s", field(im, column));
	text_lower(text_trim(text));
	if (!text[0])
		return fallback;
	if (text_is_listed("1 yes true y t", text, strlen(text)))
		return 1;
	if (text_is_listed("0 no false n f", text, strlen(text)))
		return 0;
	return err_set(e, ERR_INPUT, "\"%.16s\" is neither yes nor no", field(im, column));
}

/* What the row says of its person: an enum intake_wish (INTAKE_WISHES: they did not ask), or -1. */
static int
take_wish(const struct import *im, struct intake_row *row, struct err *e)
{
	int wish = import_status(field(im, COL_STATUS)), blocked, confirmed, gone;
	int64_t left, bounced;

	if (wish == -1)
		return err_set(e, ERR_INPUT, "the status \"%.40s\" is not known; --format csv does not look at it", field(im, COL_STATUS));
	blocked = yes(im, COL_BLOCKED, 0, e);
	confirmed = yes(im, COL_CONFIRMED, 1, e);
	gone = yes(im, COL_LEFT, 0, e);
	if (blocked == -1 || confirmed == -1 || gone == -1 || take_time(im, COL_LEFT_AT, &left, e) == -1 ||
	    take_time(im, COL_BOUNCED_AT, &bounced, e) == -1)
		return -1;
	row->at = left ? left : bounced;
	if (blocked)
		return INTAKE_STAFF;
	if (left || (gone && (wish == INTAKE_ACTIVE || wish == INTAKE_WISHES)))
		return import_status(field(im, COL_LEFT_REASON)) == INTAKE_COMPLAINT ? INTAKE_COMPLAINT : INTAKE_LEFT;
	if (bounced)
		return INTAKE_HARD;
	if (im->none_asked || im->all_are != INTAKE_WISHES)
		return im->none_asked ? INTAKE_WISHES : (int)im->all_are;
	return wish == INTAKE_ACTIVE && !confirmed ? INTAKE_WISHES : wish;
}

/* Since when somebody active is so, and from where they asked. */
static int
take_evidence(const struct import *im, struct intake_row *row, struct err *e)
{
	int64_t asked, confirmed;

	if (take_time(im, COL_ASKED_AT, &asked, e) == -1 || take_time(im, COL_CONFIRMED_AT, &confirmed, e) == -1)
		return -1;
	row->at = confirmed ? confirmed : (asked ? asked : im->consent_at);
	take_ip(im, COL_CONFIRMED_IP, row->ip);
	if (!row->ip[0])
		take_ip(im, COL_ASKED_IP, row->ip);
	return 0;
}

static int
take_topics(const struct import *im, struct intake_row *row, struct err *e)
{
	struct topic_list named;
	size_t i, k;

	row->topics = im->fallback_bits;
	if (!field(im, COL_TOPICS)[0])
		return 0;
	named.count = 0;
	if (people_topics_named(&im->all, field(im, COL_TOPICS), &named, e) == -1)
		return -1;
	if (!named.count)
		return 0;
	row->topics = 0;
	for (i = 0; i < named.count; i++)
		for (k = 0; k < im->all.count; k++)
			if (im->all.item[k].id == named.item[i].id)
				row->topics |= (uint64_t)1 << k;
	return 0;
}

int
import_row(struct import *im, struct intake_row *row, struct err *e)
{
	struct addr a;
	int wish;

	if (is_blank(im))
		return 0;
	im->rows++;
	row->ip[0] = row->who.name[0] = row->who.language[0] = '\0';
	row->topics = 0;
	if (check_fields(im, e) == -1 || addr_parse(&a, field(im, COL_EMAIL), e) == -1)
		return -1;
	wish = take_wish(im, row, e);
	if (wish == -1)
		return -1;
	if (wish == INTAKE_WISHES) {
		im->not_asked++;
		return 0;
	}
	row->wish = (enum intake_wish)wish;
	strcpy(row->who.address, a.text);
	strcpy(row->who.key, a.key);
	if (row->wish != INTAKE_ACTIVE) /* all that is needed of who must not be mailed */
		return 1;
	if (take_name(im, &row->who, e) == -1 || take_language(im, &row->who, e) == -1 || take_evidence(im, row, e) == -1 ||
	    take_topics(im, row, e) == -1)
		return -1;
	im->undated += row->at == 0;
	return 1;
}

static uint8_t *
pack_text(uint8_t *p, const char *text)
{
	size_t n = strlen(text) + 1;

	memcpy(p, text, n);
	return p + n;
}

static uint8_t *
pack_number(uint8_t *p, uint64_t n)
{
	int i;

	for (i = 0; i < 8; i++)
		*p++ = (uint8_t)(n >> (56 - 8 * i));
	return p;
}

size_t
import_pack(uint8_t *out, const struct intake_row *row, uint64_t line)
{
	uint8_t *p = pack_text(out, row->who.key);

	*p++ = (uint8_t)row->wish;
	p = pack_number(p, line);
	p = pack_number(p, row->topics);
	p = pack_number(p, (uint64_t)row->at);
	p = pack_text(p, row->who.address);
	p = pack_text(p, row->who.name);
	p = pack_text(p, row->who.language);
	p = pack_text(p, row->ip);
	return (size_t)(p - out);
}

static const uint8_t *
unpack_text(char *out, const uint8_t *p)
{
	size_t n = strlen((const char *)p) + 1;

	memcpy(out, p, n);
	return p + n;
}

static const uint8_t *
unpack_number(uint64_t *out, const uint8_t *p)
{
	int i;

	for (*out = 0, i = 0; i < 8; i++)
		*out = *out << 8 | *p++;
	return p;
}

void
import_unpack(struct intake_row *row, const uint8_t *record)
{
	const uint8_t *p = record;
	uint64_t at, line;

	p = unpack_text(row->who.key, p);
	row->wish = (enum intake_wish) * p++;
	p = unpack_number(&line, p);
	p = unpack_number(&row->topics, p);
	p = unpack_number(&at, p);
	row->at = (int64_t)at;
	p = unpack_text(row->who.address, p);
	p = unpack_text(row->who.name, p);
	p = unpack_text(row->who.language, p);
	unpack_text(row->ip, p);
}
