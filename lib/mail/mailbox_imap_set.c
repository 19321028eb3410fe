/* mailbox_imap_set.c - see mailbox_imap_set.h. */
#include "mail/mailbox_imap_set.h"

#include <stdlib.h>

#include "base/buf.h"

static int
by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

size_t
imap_set_sort(uint32_t *uids, size_t n)
{
	size_t last = 0;

	if (n == 0)
		return 0;
	qsort(uids, n, sizeof(*uids), by_value);
	for (size_t i = 1; i < n; i++)
		if (uids[i] != uids[last])
			uids[++last] = uids[i];
	return last + 1;
}

bool
imap_set_has(const uint32_t *sorted, size_t n, uint32_t uid)
{
	return n > 0 && bsearch(&uid, sorted, n, sizeof(*sorted), by_value) != NULL;
}

size_t
imap_set_add(struct buf *out, const uint32_t *sorted, size_t n, size_t from)
{
	size_t first = from, last;

	buf_reset(out);
	for (; first < n && first - from < IMAP_SET_UIDS && out->len < IMAP_SET_MAX; first = last + 1) {
		last = first;
		while (last + 1 < n && last + 1 - from < IMAP_SET_UIDS && sorted[last + 1] == sorted[last] + 1)
			last++;
		buf_addf(out, "%s%u", out->len > 0 ? "," : "", sorted[first]);
		if (last > first)
			buf_addf(out, ":%u", sorted[last]);
	}
	return first;
}
