/* test_message_changed.c - a stored message that is not as we compile one: refused where it is read back, not read beyond its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slot.h"
#include "mail/message.h"

static const struct message_values values = { { [SLOT_NAME] = "Zoë <b>", [SLOT_UNSUBSCRIBE_URL] = "https://a.example/?a=1&b=2" } };

/* Put other octets of the same length in the place of the first `from`. */
static bool
replace(struct buf *b, const char *from, const char *to)
{
	char *at = memmem(b->data, b->len, from, strlen(from));

	if (at)
		memcpy(at, to, strlen(to));
	return at != NULL;
}

#define MAGIC_LEN 8 /* octets before the hash of what is saved */

/* What was compiled, and is not as we compile: the hash is right, so another program of ours wrote it. */
static void
test_changed(void **state)
{
	static const struct {
		const char *name, *html, *from, *to;
	} changes[] = {
		{ "a header that does not end", NULL, "\r\n\r\n", "\r\nxx" },
		{ "what is no quoted-printable", NULL, "=C3", "=ZZ" },
		{ "half of it at the end", NULL, "end\r\n", "end=\r" },
		{ "a boundary that comes once", "<p>", NULL, NULL },
		{ "no boundary behind the header", "<p>", "\r\n\r\n--=_", "\r\n\r\n--=+" },
	};
	size_t i;
	char *at;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct message_spec spec = { "P", "a@b.example", "", "s", "é end\n", changes[i].html, "", "", "", false, false, false };
		struct buf saved = BUF_INIT, text = BUF_INIT, html = BUF_INIT;
		struct err e = ERR_INIT;
		struct message *m = message_compile(&spec, &e);

		assert_non_null(m);
		message_save(m, &saved);
		message_free(m);
		at = memmem(saved.data, saved.len, "\r\n\r\n--=_", 8);
		if (changes[i].from)
			assert_true(replace(&saved, changes[i].from, changes[i].to));
		else
			at[8] ^= 1;
		sha256((uint8_t *)saved.data + MAGIC_LEN, saved.data + MAGIC_LEN + SHA256_LEN, saved.len - MAGIC_LEN - SHA256_LEN);
		m = message_load(saved.data, saved.len, &e);
		if (!m)
			fail_msg("%s: %s", changes[i].name, e.text);
		if (message_bodies(m, &values, &text, &html, &e) != -1)
			fail_msg("%s: \"%s\" \"%s\"", changes[i].name, text.data, html.data);
		assert_int_equal(e.code, ERR_CORRUPT);
		assert_string_equal(e.text, "the stored message is not as this program compiles one");
		message_free(m);
		buf_release(&saved);
		buf_release(&text);
		buf_release(&html);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_changed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
