/* fuzz_mime.c - any text into quoted-printable and headers; what comes out holds to the RFCs and says the same, read by GMime. */
#include <gmime/gmime.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* CRLF alone, 7-bit, no line over 76 octets (of the first `start` are not counted), none empty or of white space where folded. */
static void
check_lines(const char *s, size_t most, bool folded)
{
	for (; *s;) {
		size_t n = strcspn(s, "\r\n"), i;

		must(n <= most);
		for (i = 0; i < n; i++)
			must((s[i] >= ' ' && s[i] <= '~') || (s[i] == '\t' && !folded));
		s += n;
		if (!*s)
			break;
		must(s[0] == '\r' && s[1] == '\n');
		s += 2;
		if (folded)
			must(*s == ' ' && s[strspn(s, " ")] > ' ');
		else
			must(*s != '.' && strncmp(s, "From ", 5) != 0);
	}
}

/* The text as mime_char makes it of the input. */
static void
clean(struct buf *out, const char *s, size_t n)
{
	char c[4];
	size_t len, taken;

	for (; n; s += taken, n -= taken) {
		taken = mime_char(s, n, c, &len);
		must(taken >= 1 && taken <= n && len >= 1 && len <= 4);
		buf_add(out, c, len);
	}
	must(text_is_utf8(out->data, out->len) && !text_has_control(out->data, out->len, ""));
}

static void
fuzz_qp(const char *s, size_t n, size_t cut)
{
	struct buf out = BUF_INIT, want = BUF_INIT;
	GMimeEncoding decoder;
	size_t column = 0, len, i;
	char *decoded;

	if (cut > n)
		cut = n;
	if (cut && s[cut - 1] == '\r')
		cut--; /* a CRLF is not cut by a slot: its CR would be a lone one */
	mime_qp(&out, s, cut, &column);
	must(out.len <= MIME_QP_BOUND(cut) && column <= 75);
	mime_qp_break(&out, &column);
	mime_qp(&out, s + cut, n - cut, &column);
	must(out.len <= MIME_QP_BOUND(cut) + 3 + MIME_QP_BOUND(n - cut));
	must(strlen(out.data) == out.len && out.data[0] != '.');
	check_lines(out.data, 76, false);
	for (i = 0; i < n; i++) {
		if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r'))
			buf_addch(&want, '\r');
		buf_addch(&want, s[i]);
	}
	decoded = xmalloc(out.len + 16);
	g_mime_encoding_init_decode(&decoder, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	len = g_mime_encoding_flush(&decoder, out.data, out.len, decoded);
	must(len == want.len && memcmp(decoded, want.data, len) == 0);
	free(decoded);
	buf_release(&out);
	buf_release(&want);
}

static void
unfold(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (*s != '\r' && *s != '\n')
			*to++ = *s;
	*to = '\0';
}

static const char *
trim(char *s)
{
	size_t n = strlen(s);

	for (; n && s[n - 1] == ' '; n--)
		;
	s[n] = '\0';
	return s + strspn(s, " ");
}

static void
fuzz_header(const char *text, size_t column)
{
	struct buf out = BUF_INIT, want = BUF_INIT;
	size_t at = column, i;
	char *decoded;

	clean(&want, text, strlen(text));
	for (i = 0; i < column; i++)
		buf_addch(&out, '-');
	mime_header_text(&out, text, &at);
	must(out.len - column <= MIME_HEADER_BOUND(strlen(text)));
	check_lines(out.data, column > 76 ? column : 76, true);
	must(at == out.len - (strrchr(out.data, '\n') ? (size_t)(strrchr(out.data, '\n') + 1 - out.data) : 0));
	unfold(out.data);
	decoded = g_mime_utils_header_decode_text(NULL, out.data + column);
	must(strcmp(trim(decoded), trim(want.data)) == 0);
	g_free(decoded);
	buf_release(&out);
	buf_release(&want);
}

/* A name before an address: one mailbox of that name comes out again. */
static void
fuzz_phrase(const char *text)
{
	struct buf out = BUF_INIT, want = BUF_INIT;
	size_t column = 4;
	InternetAddressList *list;
	InternetAddress *one;

	clean(&want, text, strlen(text));
	mime_header_phrase(&out, text, &column);
	must(out.len <= MIME_HEADER_BOUND(strlen(text)));
	check_lines(out.data, 76, true);
	unfold(out.data);
	buf_truncate(&out, strlen(out.data));
	out.len = strlen(out.data);
	if (out.len) {
		buf_addstr(&out, " <a@example.org>");
		list = internet_address_list_parse(NULL, out.data);
		must(list && internet_address_list_length(list) == 1);
		one = internet_address_list_get_address(list, 0);
		must(INTERNET_ADDRESS_IS_MAILBOX(one));
		must(strcmp(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)), "a@example.org") == 0);
		must(strlen(trim(want.data)) == 0 || internet_address_get_name(one));
		g_object_unref(list);
	}
	buf_release(&out);
	buf_release(&want);
}

static void
fuzz_param(const char *text)
{
	struct buf out = BUF_INIT, want = BUF_INIT;
	GMimeContentType *type;
	const char *value;

	clean(&want, text, strlen(text));
	buf_addstr(&out, "text/plain");
	mime_header_param(&out, "name", text);
	check_lines(out.data, 76, true);
	type = g_mime_content_type_parse(NULL, out.data);
	value = g_mime_content_type_get_parameter(type, "name");
	if (strlen(text) < 500) /* GMime reads only so many sections */
		must(value && strcmp(value, want.data) == 0);
	g_object_unref(type);
	buf_release(&out);
	buf_release(&want);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool ready;
	char *text;

	if (!ready)
		g_mime_init();
	ready = true;
	if (n < 1)
		return 0;
	text = xstrndup((const char *)data + 1, n - 1);
	fuzz_qp((const char *)data + 1, n - 1, data[0]);
	fuzz_header(text, data[0] % 80);
	fuzz_phrase(text);
	fuzz_param(text);
	free(text);
	return 0;
}
