/* fuzz_name.c - any text as a person's name: what is taken is one line, short, and has no link that anybody would see. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/name.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int truth)
{
	if (!truth)
		abort();
}

/* A plain ".com" behind two letters, as a mail program finds it; said here in another way than in name.c. */
static int
shows_com(const char *s)
{
	const char *at;

	for (at = s; (at = strcasestr(at, ".com")); at++)
		if (at - s >= 2 && isalpha((unsigned char)at[-1]) && isalpha((unsigned char)at[-2]) && strchr(" /", at[4])) /* or the end */
			return 1;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xstrndup((const char *)data, n);
	struct err e = ERR_INIT;

	if (name_check(text, &e) == -1) {
		must(e.code == ERR_INPUT && *e.text);
		goto out;
	}
	must(strlen(text) <= NAME_BYTES && text_is_utf8(text, strlen(text)) && !text_has_control(text, strlen(text), ""));
	must(!strpbrk(text, "<>@") && !strstr(text, "//") && !strcasestr(text, "http") && !strcasestr(text, "www."));
	must(!shows_com(text));
out:
	free(text);
	return 0;
}
