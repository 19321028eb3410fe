/* err.c - see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The arguments may come from outside, and cutting may split a character: keep the promise of one line of UTF-8. */
static void
take(struct err *e, const char *text)
{
	size_t i, n = strlen(text);

	for (i = 0; i < n; i++) {
		size_t len = text_sequence(text + i, n - i);

		if (!len || text_has_control(text + i, len, ""))
			e->text[i] = '?';
		else {
			memmove(e->text + i, text + i, len);
			i += len - 1;
		}
	}
	e->text[n] = '\0';
}

void
err_put(struct err *e, enum err_code code, const char *fmt, ...)
{
	char text[ERR_TEXT]; /* arguments may point into e->text */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	e->code = code;
	take(e, text);
}

void
err_put_sys(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	char context[ERR_TEXT], text[ERR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	e->code = saved == ENOSPC || saved == EDQUOT ? ERR_FULL : ERR_SYSTEM;
	snprintf(text, sizeof(text), "%.400s: %s", context, strerror(saved));
	take(e, text);
}

void
err_put_context(struct err *e, const char *fmt, ...)
{
	char context[ERR_TEXT], text[2 * ERR_TEXT + 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s: %s", context, e->text);
	text[ERR_TEXT - 1] = '\0';
	take(e, text);
}
