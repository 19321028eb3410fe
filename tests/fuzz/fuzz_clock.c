/* fuzz_clock.c - times and lengths of time as typed: whatever is taken reads the same when written out. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

#define END (253402300799 - 86400) /* nearly the year 10000 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;
	char text[128], out[CLOCK_TEXT];
	struct err e = ERR_INIT;
	int64_t t, again;

	if (!ready) {
		if (clock_init("Europe/Madrid", &e) == -1)
			abort();
		clock_set(1767225600);
		ready = 1;
	}
	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (clock_parse(text, &t, &e) == 0) {
		if (t >= 0 && t < END && (clock_parse(clock_iso(out, t), &again, &e) == -1 || again != t))
			abort();
		clock_mail(out, t);
		clock_day(out, t);
		/* without its seconds, and the first of two in the hour that comes twice */
		if (t >= 0 && t < END && (clock_parse(clock_local(out, t), &again, &e) == -1 || again > t || t - again >= 3660))
			abort();
	} else if (e.code != ERR_INPUT || !text_is_utf8(e.text, strlen(e.text)))
		abort();
	e.code = ERR_NONE;
	if (clock_parse_duration(text, &t, &e) == 0 ? t < 0 : e.code != ERR_INPUT)
		abort();
	return 0;
}
