/* fuzz_report.c - any bytes as a message that came back: bounded, clean, redacted, and the same whatever its line ends are. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "mail/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_text(const char *s, size_t size)
{
	size_t n = strnlen(s, size);

	if (n == size || !text_is_utf8(s, n) || text_has_control(s, n, ""))
		abort();
}

static void
check_recipient(const struct report *r, const struct report_recipient *to)
{
	check_text(to->address, sizeof(to->address));
	check_text(to->original, sizeof(to->original));
	check_text(to->server, sizeof(to->server));
	check_text(to->text, sizeof(to->text));
	check_text(to->rule, sizeof(to->rule));
	check_text(to->enhanced, sizeof(to->enhanced));
	if (strchr(to->address, '@') && strcasestr(to->text, to->address))
		abort(); /* not redacted */
	if ((to->class == REPORT_HARD && (r->kind != REPORT_BOUNCE || to->trying)) ||
	    (to->class == REPORT_COMPLAINED) != (r->kind == REPORT_COMPLAINT))
		abort();
}

static void
check_report(const struct report *r)
{
	check_text(r->from, sizeof(r->from));
	check_text(r->subject, sizeof(r->subject));
	if (r->kind < 0 || r->kind >= REPORT_KINDS || r->recipients < 0 || r->recipients > REPORT_RECIPIENTS || r->links < 0 ||
	    r->links > REPORT_LINKS)
		abort();
	if ((r->kind != REPORT_PERSON && !r->automatic) || ((r->kind == REPORT_BOUNCE || r->kind == REPORT_COMPLAINT) && !r->recipients))
		abort();
	for (int i = 0; i < r->recipients; i++)
		check_recipient(r, &r->recipient[i]);
	for (int i = 0; i < r->links; i++)
		if (strlen(r->link[i].text) != LINK_TEXT - 1 ||
		    strspn(r->link[i].text, "abcdefghijklmnopqrstuvwxyz234567") != LINK_TEXT - 1)
			abort();
}

/* Line ends of the other kind change nothing. Where a carriage return is data (binary, charsets of two bytes) it may. */
static void
check_crlf(const struct report *r, const char *text, size_t n)
{
	struct report again = REPORT_INIT;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	if (memchr(text, '\r', n) || memchr(text, '\0', n) || memmem(text, n, "16", 2) || memmem(text, n, "32", 2) || n > 100000)
		return;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\n')
			buf_addch(&b, '\r');
		buf_addch(&b, text[i]);
	}
	if (report_read(&again, b.data, b.len, NULL, &e) == -1 || again.kind != r->kind || again.recipients != r->recipients ||
	    again.links != r->links)
		abort();
	for (int i = 0; i < r->recipients; i++)
		if (strcmp(again.recipient[i].address, r->recipient[i].address) != 0 || again.recipient[i].class != r->recipient[i].class)
			abort();
	report_release(&again);
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct report r = REPORT_INIT;
	struct err e = ERR_INIT;

	if (report_read(&r, (const char *)data, n, NULL, &e) == -1) {
		if (e.code != ERR_INPUT || !e.text[0])
			abort();
	} else {
		check_report(&r);
		check_crlf(&r, (const char *)data, n);
	}
	report_release(&r);
	return 0;
}
