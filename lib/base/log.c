/* log.c - see log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

static const char *role_name = "newsletterd";
static int under_systemd;

void
log_init(const char *role)
{
	role_name = role;
	under_systemd = getenv("JOURNAL_STREAM") != NULL;
}

const char *
log_text(const char *text)
{
	static char ring[4][512];
	static unsigned next;
	char *out = ring[next++ % 4];
	size_t n = 0;

	out[n++] = '"';
	for (; *text && n < sizeof(ring[0]) - 2; text++)
		out[n++] = (unsigned char)*text < 0x20 || *text == 0x7f || *text == '"' ? '?' : *text;
	out[n++] = '"';
	out[n] = '\0';
	return out;
}

void
log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	char line[1024], now[CLOCK_TEXT];
	va_list ap;
	int i, n;

	if (under_systemd)
		n = snprintf(line, sizeof(line), "<%d>role=%s event=%s ", level, role_name, event);
	else
		n = snprintf(line, sizeof(line), "%s role=%s event=%s ", clock_iso(now, clock_now()), role_name, event);
	va_start(ap, fmt);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	for (i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?'; /* one event is one line, whatever a value holds */
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n) == -1)
		return; /* nowhere left to say so */
}
