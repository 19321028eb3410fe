/* fuzz_template.c - any bytes as a template, with themselves as a partial, over data that holds every kind of value. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "content/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct input {
	const char *text;
	size_t n;
	int loads;
};

static int
load(void *ctx, const char *name, struct buf *out)
{
	struct input *in = ctx;

	(void)name;
	if (in->n > 512 || in->loads++ > 8)
		return -1;
	buf_add(out, in->text, in->n);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static json_t *values;
	struct input in = { (const char *)data, n, 0 };
	const struct template_loader loader = { load, &in };
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT;

	if (!values)
		values = json_pack("{s:s,s:s,s:i,s:f,s:b,s:n,s:[i,s,b],s:{s:{s:s}}}",
		    "s", "<a & b>", "slot", "\001name|x\002", "i", 7, "r", 0.5,
		    "t", 1, "z", "l", 1, "two", 0, "a", "b", "c", "deep");
	if (template_render(&out, "fuzz", in.text, n, n & 1 ? TEMPLATE_HTML : TEMPLATE_TEXT, values, &loader, &e) == -1) {
		if (out.len || e.code != ERR_INPUT || !e.text[0])
			abort();
	} else if (out.len > TEMPLATE_MAX_OUTPUT || !text_is_utf8(out.data, out.len))
		abort();
	buf_release(&out);
	return 0;
}
