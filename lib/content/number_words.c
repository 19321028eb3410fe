/* number_words.c - see number_words.h. */
#include "content/number_words.h"

#include "base/buf.h"
#include "base/json.h"
#include "content/template.h"

int
number_words(struct buf *out, const char *folder, const char *language, int64_t n, int decimals, struct err *e)
{
	struct buf group = BUF_INIT, decimal = BUF_INIT;
	json_t *data = json_object();
	struct buf digits = BUF_INIT;
	size_t whole, i;
	int rc;

	json_put(data, "language", language);
	rc = template_words(&group, folder, "number-group", data, e);
	if (rc == 0)
		rc = template_words(&decimal, folder, "number-decimal", data, e);
	/* with as many noughts before it as the decimals need */
	buf_addf(&digits, "%0*lld", decimals + 1, (long long)(n < 0 ? -n : n));
	whole = digits.len - (size_t)decimals;
	buf_addstr(out, n < 0 ? "-" : "");
	for (i = 0; i < whole; i++) {
		if (i && (whole - i) % 3 == 0)
			buf_addstr(out, group.data);
		buf_addch(out, digits.data[i]);
	}
	if (decimals)
		buf_addf(out, "%s%s", decimal.data, digits.data + whole);
	json_decref(data);
	buf_release(&digits);
	buf_release(&group);
	buf_release(&decimal);
	return rc;
}
