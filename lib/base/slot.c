/* slot.c - see slot.h. */
#include "base/slot.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

size_t
slot_mark(const char *s, size_t n)
{
	const char *stop = n && *s == SLOT_START ? memchr(s, SLOT_END, n) : NULL;

	return stop ? (size_t)(stop + 1 - s) : 0;
}

void
slot_escape_html(struct buf *out, const char *s, size_t n)
{
	const char *end = s + n, *mark;
	size_t len;

	while ((mark = memchr(s, SLOT_START, (size_t)(end - s))) && (len = slot_mark(mark, (size_t)(end - mark)))) {
		text_escape_html(out, s, (size_t)(mark - s));
		buf_add(out, mark, len);
		s = mark + len;
	}
	text_escape_html(out, s, (size_t)(end - s));
}
