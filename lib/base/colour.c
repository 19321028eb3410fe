/* colour.c - see colour.h. */
#include "base/colour.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool
colour_is(const char *s)
{
	return s && s[0] == '#' && strlen(s) == 7 && strspn(s + 1, "0123456789abcdefABCDEF") == 6;
}

const char *
colour_text_on(const char *colour)
{
	double channel, luminance = 0, weight[] = { 0.2126, 0.7152, 0.0722 };
	char hex[3] = "";
	size_t i;

	for (i = 0; i < 3; i++) {
		memcpy(hex, colour + 1 + 2 * i, 2);
		channel = (double)strtol(hex, NULL, 16) / 255;
		/* x^2.2 is near enough to the standard's piecewise curve to choose between two colours */
		luminance += weight[i] * channel * channel * (0.2 * channel + 0.8);
	}
	return luminance > 0.18 ? "#111111" : "#ffffff";
}
