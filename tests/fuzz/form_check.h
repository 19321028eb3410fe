/*
 * form_check.h - what holds for every form that was read, whatever it was read from.
 */
#ifndef FORM_CHECK_H
#define FORM_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "../../daemon/http_request.h"
#include "base/text.h"

/* Abort when a field is out of its bounds; `most` is how many bytes went in. */
static inline void
form_check(const struct form *f, size_t most)
{
	const char *name, *value;
	size_t i;

	if (f->count > FORM_FIELDS)
		abort();
	for (i = 0; i < f->count; i++) {
		name = f->text.data + f->field[i].name;
		value = f->text.data + f->field[i].value;
		if (strlen(name) > FORM_NAME || strlen(value) > most || !form_get(f, name))
			abort();
		if (!text_is_utf8(name, strlen(name)) || !text_is_utf8(value, strlen(value)))
			abort();
	}
}

#endif
