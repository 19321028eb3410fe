/*
 * fuzz_message.c - hostile stored messages, hostile templates and hostile people.
 *
 * The first octet chooses. Stored: the rest is loaded, as it is and again under
 * a hash that fits, and merged, which must at least stay in its memory and its
 * size. Else the rest is cut at NULs into what goes into a spec and a person's
 * values; the merged message must have the headers that it should have and no
 * other, in lines that a relay takes.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"
#include "mail/message.h"

#define HASH_AT 8
#define HASHED_AT 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static struct message_values
some_values(const char *s)
{
	struct message_values v;
	size_t i;

	for (i = 0; i < SLOT_COUNT; i++)
		v.value[i] = s;
	return v;
}

/* In exactly the room that message_size asks for: a write beyond it is for the sanitizer to see, a growth for us. */
static void
merge(const struct message *m, const struct message_values *v, struct buf *out)
{
	size_t size = message_size(m, v);
	char *data;

	out->data = data = xmalloc(size + 1);
	out->cap = size + 1;
	out->len = 0;
	message_merge(m, v, out);
	must(out->data == data && out->len <= size);
}

/* What a message says is read back: of one that message_compile made, always, and it is text. */
static void
read_back(const struct message *m, const struct message_values *v, bool ours)
{
	struct buf text = BUF_INIT, html = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = message_bodies(m, v, &text, &html, &e);

	must(rc == 0 || (!ours && e.code == ERR_CORRUPT));
	must(!ours || (text.len > 0 && text_is_utf8(text.data, text.len) && text_is_utf8(html.data, html.len)));
	buf_release(&text);
	buf_release(&html);
}

static void
fuzz_stored(const uint8_t *data, size_t n)
{
	struct message_values v = some_values("\"a' <&>\r\n.\xc3\xa9\xff=?");
	struct buf copy = BUF_INIT, again = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	struct message *m;

	message_free(message_load(data, n, &e));
	buf_addstr(&copy, "NLmsg");
	buf_add(&copy, "\0\0\1", 3);
	if (n > HASHED_AT) {
		buf_add(&copy, data + HASH_AT, n - HASH_AT);
		sha256((uint8_t *)copy.data + HASH_AT, copy.data + HASHED_AT, copy.len - HASHED_AT);
	}
	m = message_load(copy.data, copy.len, &e);
	if (m) {
		message_save(m, &again);
		must(again.len == copy.len && memcmp(again.data, copy.data, copy.len) == 0);
		merge(m, &v, &out);
		read_back(m, &v, false);
	} else {
		must(e.code == ERR_CORRUPT);
	}
	message_free(m);
	buf_release(&copy);
	buf_release(&again);
	buf_release(&out);
}

/* The names of the headers, in order, "\n" before each, and what a relay asks of lines. Only To may hold UTF-8 (RFC 6532). */
static void
check_headers(const struct buf *out, struct buf *names)
{
	const char *s = out->data;
	bool to = false;

	must(strlen(s) == out->len);
	for (; *s && *s != '\r'; s += strcspn(s, "\n") + 1) {
		size_t n = strcspn(s, "\r\n"), i;

		must(n <= 998 && s[n] == '\r' && s[n + 1] == '\n');
		if (*s != ' ')
			to = strncmp(s, "To:", 3) == 0;
		for (i = 0; i < n; i++)
			must((s[i] >= ' ' && s[i] <= '~') || (to && (unsigned char)s[i] >= 0x80));
		must(strspn(s, " ") < n);
		if (*s == ' ')
			continue;
		buf_addch(names, '\n');
		must(strcspn(s, ":") < n);
		buf_add(names, s, strcspn(s, ":"));
	}
	for (; *s; s += strcspn(s, "\n") + 1) {
		size_t n = strcspn(s, "\r\n"), i;

		must(n <= 76 && s[n] == '\r' && s[n + 1] == '\n' && *s != '.');
		for (i = 0; i < n; i++)
			must((s[i] >= ' ' && s[i] <= '~') || s[i] == '\t');
	}
}

static void
expect_names(const struct message_spec *spec, struct buf *want)
{
	buf_addstr(want, "\nFrom\nTo\nSubject\nDate\nMessage-ID");
	buf_addstr(want, *spec->reply_to ? "\nReply-To" : "");
	buf_addstr(want, *spec->list_id ? "\nList-Id" : "");
	buf_addstr(want, spec->unsubscribe ? "\nList-Unsubscribe\nList-Unsubscribe-Post" : "");
	buf_addstr(want, *spec->feedback_id ? "\nFeedback-ID" : "");
	buf_addstr(want, spec->auto_generated ? "\nAuto-Submitted" : "");
	buf_addstr(want, "\nMIME-Version\nContent-Type");
	buf_addstr(want, spec->html ? "" : "\nContent-Transfer-Encoding");
}

static size_t
count(const char *s, const char *what)
{
	size_t n = 0;

	for (; (s = strstr(s, what)); s++)
		n++;
	return n;
}

static void
check_message(const struct message *m, const struct message_spec *spec, const struct message_values *v)
{
	struct buf out = BUF_INIT, names = BUF_INIT, want = BUF_INIT;

	merge(m, v, &out);
	check_headers(&out, &names);
	expect_names(spec, &want);
	must(strcmp(names.data, want.data) == 0);
	must(count(out.data, "\r\n--=_") == (spec->html ? 3 : 0));
	read_back(m, v, true);
	buf_release(&out);
	buf_release(&names);
	buf_release(&want);
}

static const char *
next(const char **s, const char *end)
{
	const char *field = *s;

	if (field >= end)
		return "";
	*s += strlen(field) + 1;
	return field;
}

static void
fuzz_compile(const char *data, size_t n, unsigned flags)
{
	char *copy = xstrndup(data, n);
	const char *s = copy, *end = copy + n;
	struct message_spec spec = { .subject = next(&s, end), .text = next(&s, end), .html = next(&s, end) };
	struct message_values v = { { 0 } };
	struct err e = ERR_INIT;
	struct message *m, *loaded;
	struct buf saved = BUF_INIT;
	size_t i;

	for (i = 0; i < SLOT_COUNT; i++)
		v.value[i] = flags & 2 && i ? v.value[0] : next(&s, end);
	spec.from_name = next(&s, end);
	spec.list_name = next(&s, end);
	spec.list_id = flags & 4 ? "a.example.org" : next(&s, end);
	spec.feedback_id = next(&s, end);
	spec.reply_to = next(&s, end);
	spec.from = flags & 8 ? next(&s, end) : "news@example.org";
	spec.html = flags & 16 ? NULL : spec.html;
	spec.unsubscribe = flags & 32;
	spec.unsubscribe_mailto = flags & 64;
	spec.auto_generated = flags & 128;
	m = message_compile(&spec, &e);
	if (!m) {
		must(e.code == ERR_INPUT && *e.text && !text_has_control(e.text, strlen(e.text), ""));
		goto out;
	}
	check_message(m, &spec, &v);
	message_save(m, &saved);
	loaded = message_load(saved.data, saved.len, &e);
	must(loaded != NULL);
	check_message(loaded, &spec, &v);
	message_free(loaded);
out:
	message_free(m);
	buf_release(&saved);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 1)
		return 0;
	if (data[0] & 1)
		fuzz_stored(data + 1, n - 1);
	else
		fuzz_compile((const char *)data + 1, n - 1, data[0]);
	return 0;
}
