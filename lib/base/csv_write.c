/* csv_write.c - see csv_write.h. */
#include "base/csv_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"

#define GATHER 65536
#define DAY 86400
#define YEAR_10000 INT64_C(253402300800)

void
csv_out_init(struct csv_out *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
	o->day = -1;
	buf_init(&o->text);
}

void
csv_out_release(struct csv_out *o)
{
	buf_release(&o->text);
}

static bool
is_formula(char c)
{
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

/* Whether it would be taken for a formula, or for one with a guard. */
static bool
wants_guard(const char *text)
{
	return is_formula(text[strspn(text, "'")]);
}

static void
begin(struct csv_out *o)
{
	if (o->begun)
		buf_addch(&o->text, ',');
	o->begun = true;
}

static bool
wants_quotes(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r')
			return true;
	return n && (text[0] == ' ' || text[n - 1] == ' ' || text[0] == '\t' || text[n - 1] == '\t');
}

void
csv_put_n(struct csv_out *o, const char *text, size_t n)
{
	const char *end = text + n, *quote;
	bool guard = n && (text[0] == '\'' || is_formula(text[0])) && wants_guard(text), quoted = wants_quotes(text, n);

	begin(o);
	if (quoted)
		buf_addch(&o->text, '"');
	if (guard)
		buf_addch(&o->text, '\'');
	while (quoted && (quote = memchr(text, '"', (size_t)(end - text))) != NULL) {
		buf_add(&o->text, text, (size_t)(quote + 1 - text));
		buf_addch(&o->text, '"');
		text = quote + 1;
	}
	buf_add(&o->text, text, (size_t)(end - text));
	if (quoted)
		buf_addch(&o->text, '"');
}

void
csv_put(struct csv_out *o, const char *text)
{
	csv_put_n(o, text ? text : "", text ? strlen(text) : 0);
}

void
csv_put_int(struct csv_out *o, int64_t n)
{
	begin(o);
	buf_addf(&o->text, "%lld", (long long)n);
}

void
csv_put_hex(struct csv_out *o, const void *octets, size_t n)
{
	char hex[129] = "";

	if (octets && n <= 64)
		hex_encode(hex, octets, n);
	begin(o);
	buf_addstr(&o->text, hex);
}

static void
two_digits(char *out, int64_t n)
{
	out[0] = (char)('0' + n / 10);
	out[1] = (char)('0' + n % 10);
}

void
csv_put_time(struct csv_out *o, int64_t t)
{
	char text[CLOCK_TEXT], hours[] = "00:00:00Z";
	int64_t second = t % DAY;

	if (t < 0 || t >= YEAR_10000) {
		csv_put_int(o, t);
		return;
	}
	begin(o);
	if (!t)
		return;
	if (t / DAY != o->day) {
		o->day = t / DAY;
		memcpy(o->date, clock_iso(text, t), 11);
	}
	two_digits(hours, second / 3600);
	two_digits(hours + 3, second / 60 % 60);
	two_digits(hours + 6, second % 60);
	buf_add(&o->text, o->date, 11);
	buf_add(&o->text, hours, 9);
}

int
csv_flush(struct csv_out *o, struct err *e)
{
	if (file_write_all(o->fd, o->text.data, o->text.len) == -1)
		return err_sys(e, "cannot write the export");
	o->bytes += o->text.len;
	buf_reset(&o->text);
	return 0;
}

int
csv_end(struct csv_out *o, struct err *e)
{
	buf_add(&o->text, "\r\n", 2);
	o->begun = false;
	return o->text.len < GATHER ? 0 : csv_flush(o, e);
}

const char *
csv_unguard(const char *field)
{
	return field[0] == '\'' && wants_guard(field) ? field + 1 : field;
}

bool
csv_time(const char *field, int64_t *t)
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	struct err e = ERR_INIT;
	char *end;
	size_t i;

	*t = 0;
	if (!field[0])
		return true;
	for (i = 0; shape[i] && (shape[i] == '0' ? field[i] >= '0' && field[i] <= '9' : field[i] == shape[i]); i++)
		continue;
	if (!shape[i] && !field[i])
		return clock_parse(field, t, &e) == 0;
	errno = 0;
	*t = strtoll(field, &end, 10);
	return end != field && !*end && !errno && (*t < 0 || *t >= YEAR_10000) && (field[0] == '-' || (field[0] >= '0' && field[0] <= '9'));
}
