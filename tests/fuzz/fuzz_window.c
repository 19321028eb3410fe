/* fuzz_window.c - sending windows as typed: the answer to "when does it open" is open, and the minute before it is not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "base/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;
	char text[512];
	struct err e = ERR_INIT;
	struct window w;
	uint32_t when;
	int64_t now;

	if (!ready) {
		if (clock_init("Europe/Madrid", &e) == -1)
			abort();
		ready = 1;
	}
	if (size < sizeof(when))
		return 0;
	memcpy(&when, data, sizeof(when));
	data += sizeof(when);
	size -= sizeof(when);
	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (window_parse(&w, text, &e) == -1) {
		if (e.code != ERR_INPUT || !text_is_utf8(e.text, strlen(e.text)) || w.ranges)
			abort();
		return 0;
	}
	if (w.ranges < 0 || w.ranges > WINDOW_RANGES)
		abort();
	now = when;
	if (window_is_open(&w, now) != window_is_open(&w, now - now % 60)) /* by whole minutes */
		abort();
	return 0;
}
