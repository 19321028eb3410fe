/*
 * fuzz_report_free.c - any text as a bounce: From, name, subject, X-Failed-Recipients and a flag on the first lines, then the text.
 * What comes out is bounded, clean and the same each time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/report_free.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int truth)
{
	if (!truth)
		abort();
}

static char *
next_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');

	if (end) {
		*end = '\0';
		*at = end + 1;
	} else {
		*at = line + strlen(line);
	}
	return line;
}

static void
check(const struct report_free_out *out, int utf8)
{
	must(out->count >= 0 && out->count <= REPORT_FREE_MOST);
	must(out->what == REPORT_FREE_NONE ? out->count == 0 && !*out->form : *out->form != '\0');
	for (int i = 0; i < out->count; i++) {
		const struct report_free_recipient *r = &out->recipient[i];

		must(strnlen(r->address, sizeof r->address) < sizeof r->address && strchr(r->address, '@'));
		must(!text_has_control(r->address, strlen(r->address), "") && !strpbrk(r->address, " <>()\",;"));
		must(strnlen(r->text, sizeof r->text) < sizeof r->text && !strpbrk(r->text, "\r\n\t"));
		must(!utf8 || text_is_utf8(r->address, strlen(r->address)));
		must(!utf8 || text_is_utf8(r->text, strlen(r->text)));
		must(strnlen(r->server, sizeof r->server) < sizeof r->server && !strpbrk(r->server, " \n<>@"));
		must(r->code == 0 || (r->code >= 400 && r->code < 600));
		must(!*r->enhanced || *r->enhanced == '4' || *r->enhanced == '5');
		for (int k = 0; k < i; k++)
			must(strcasecmp(r->address, out->recipient[k].address) != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct report_free_recipient recipient[REPORT_FREE_MOST], again[REPORT_FREE_MOST];
	struct report_free_out out = { .recipient = recipient }, twice = { .recipient = again };
	char *copy = xstrndup((const char *)data, n), *at = copy, *returned = NULL;
	struct report_free_in in = { 0 };
	size_t length, begin, end;
	int utf8;

	in.from = next_line(&at);
	in.name = next_line(&at);
	in.subject = next_line(&at);
	in.failed = next_line(&at);
	in.null_sender = *next_line(&at) == '1';
	length = strlen(at);
	begin = report_free_split(at, length, &end);
	must(begin <= length && end <= length && end <= begin);
	returned = xstrdup(at + begin);
	at[end] = '\0';
	in.text = at;
	in.returned = returned;
	utf8 = text_is_utf8(at, strlen(at)) && text_is_utf8(in.subject, strlen(in.subject)) && text_is_utf8(in.failed, strlen(in.failed)) &&
	    text_is_utf8(returned, strlen(returned));
	report_free(&in, &out);
	check(&out, utf8);
	report_free(&in, &twice);
	must(twice.what == out.what && twice.count == out.count && memcmp(recipient, again, (size_t)out.count * sizeof *again) == 0);
	free(returned);
	free(copy);
	return 0;
}
