/* fuzz_html_look.c - any bytes as a mail's HTML: its line in an inbox is short, and without questions the mail stays as it is. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "content/html_look.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(int good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf html = BUF_INIT, line = BUF_INIT, light = BUF_INIT, dark = BUF_INIT, again = BUF_INIT;

	buf_add(&html, data, n);
	html_snippet(&line, html.data, html.len);
	check(strcspn(line.data, "\r\n\t") == strlen(line.data));
	if (text_is_utf8(html.data, html.len))
		check(text_is_utf8(line.data, line.len) && text_length(line.data, line.len) <= HTML_SNIPPET);
	html_scheme(&light, html.data, html.len, false);
	html_scheme(&dark, html.data, html.len, true);
	if (!strcasestr(html.data, "color-scheme") && strlen(html.data) == html.len)
		check(light.len == html.len && memcmp(light.data, html.data, html.len) == 0 && strcmp(light.data, dark.data) == 0);
	html_scheme(&again, dark.data, dark.len, false); /* what is answered is no question any more */
	check(again.len == dark.len && memcmp(again.data, dark.data, dark.len) == 0);
	buf_release(&html);
	buf_release(&line);
	buf_release(&light);
	buf_release(&dark);
	buf_release(&again);
	return 0;
}
