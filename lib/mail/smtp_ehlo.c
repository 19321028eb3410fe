/* smtp_ehlo.c - see smtp_ehlo.h. */
#include "mail/smtp_ehlo.h"

#include <string.h>
#include <strings.h>

void
smtp_ehlo_init(struct smtp_ehlo *h)
{
	memset(h, 0, sizeof(*h));
	smtp_reader_init(&h->reader);
}

/* The number at p, of at most `most` digits and a space or the end behind it; 0 for anything else. */
static int64_t
number(const char *p, size_t most)
{
	size_t digits = strspn(p, "0123456789");
	int64_t n = 0;

	if (digits < 1 || digits > most || (p[digits] != ' ' && p[digits] != '\0'))
		return 0;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (p[i] - '0');
	return n;
}

/* RFC 9422: "MAILMAX=20 RCPTMAX=100"; each at most six digits. Nonsense is no limit. */
static int64_t
mailmax(const char *params)
{
	int64_t n = 0;

	for (const char *p = params; *p && n == 0; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strncasecmp(p, "MAILMAX=", 8) == 0)
			n = number(p + 8, 6);
	}
	return n;
}

static void
offer(struct smtp_offers *o, const char *line)
{
	size_t n = strcspn(line, " =\t");
	const char *params = line + n + (line[n] != '\0');
	const struct {
		const char *keyword;
		bool *flag;
	} flags[] = {
		{ "PIPELINING", &o->pipelining },
		{ "CHUNKING", &o->chunking },
		{ "SIZE", &o->size },
		{ "8BITMIME", &o->eightbitmime },
		{ "SMTPUTF8", &o->smtputf8 },
		{ "DSN", &o->dsn },
		{ "AUTH", &o->auth },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strlen(flags[i].keyword) == n && strncasecmp(line, flags[i].keyword, n) == 0)
			*flags[i].flag = true;
	if (n == 6 && strncasecmp(line, "LIMITS", n) == 0 && mailmax(params) > 0)
		o->mailmax = mailmax(params);
	if (n == 4 && strncasecmp(line, "SIZE", n) == 0 && number(params, 18) > 0)
		o->size_max = number(params, 18); /* said twice, the last one counts */
}

int
smtp_ehlo_feed(struct smtp_ehlo *h, const char *p, size_t n)
{
	struct smtp_reader *r = &h->reader;
	enum smtp_read got;
	size_t used;

	for (; n > 0; p += used, n -= used) {
		got = smtp_reader_feed(r, p, n, &used);
		if (got == SMTP_READ_BAD)
			return -1;
		if (got == SMTP_READ_MORE)
			continue;
		if (r->lines == 1 && (r->reply.code == 250 || r->reply.code == 220))
			memset(&h->offers, 0, sizeof(h->offers));
		else if (r->reply.code == 250)
			offer(&h->offers, r->line); /* the first line is the relay's name, whatever it looks like */
		if (got == SMTP_READ_REPLY && r->reply.code == 235)
			h->logged_in = true;
	}
	return 0;
}
