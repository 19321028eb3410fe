/* markdown_slot.c - see markdown_slot.h. */
#include "content/markdown_slot.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/slot.h"
#include "base/text.h"

#define LEAD "\xef\xb7\x90" /* U+FDD0 */
#define VALUE_MAX 300       /* bytes of one as it is written */
#define FIRST 0xe000u       /* the code point of number 0; 4096 of them have the same first byte */

static const struct {
	const char *name;
	bool url;
} known[] = { { "name", false }, { "unsubscribe_url", true }, { "preferences_url", true }, { "view_url", true } };

#define COUNT (sizeof(known) / sizeof(known[0]))

static size_t
find_name(const char *s, size_t n)
{
	size_t i = 0;

	while (i < COUNT && !(strlen(known[i].name) == n && memcmp(known[i].name, s, n) == 0))
		i++;
	return i;
}

static size_t
skip_blanks(const char *s, size_t n, size_t i)
{
	while (i < n && strchr(" \t\n\r", s[i]))
		i++;
	return i;
}

/* Append what is behind the bar as one line. */
static void
add_fallback(struct buf *out, const char *s, size_t n)
{
	size_t i = skip_blanks(s, n, 0), next;

	for (; i < n; i = next) {
		next = skip_blanks(s, n, i);
		if (next == i)
			buf_addch(out, s[next++]);
		else if (next < n)
			buf_addch(out, ' ');
	}
}

/* A few words; what looks like HTML in a mark would mislead those who read the page before it is merged. */
static bool
is_fallback(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strchr("<>\"{", s[i]))
			return false;
	return n < MARKDOWN_FALLBACK_MAX && text_is_utf8(s, n) && !text_has_control(s, n, "\t\n\r");
}

size_t
markdown_slot_read(struct buf *mark, const char *s, size_t n, const char *somebody, bool *url)
{
	const char *end = n > 4 && s[0] == '{' && s[1] == '{' ? memmem(s, n < VALUE_MAX ? n : VALUE_MAX, "}}", 2) : NULL, *bar;
	struct buf fallback = BUF_INIT;
	size_t start, len, i;

	if (!end)
		return 0;
	bar = memchr(s, '|', (size_t)(end - s));
	start = skip_blanks(s, (size_t)(end - s), 2);
	len = strspn(s + start, "abcdefghijklmnopqrstuvwxyz_");
	if (skip_blanks(s, (size_t)(end - s), start + len) != (size_t)((bar ? bar : end) - s))
		return 0;
	i = find_name(s + start, len);
	if (i == COUNT || (known[i].url && bar))
		return 0;
	if (bar && !is_fallback(bar + 1, (size_t)(end - bar) - 1))
		return 0;
	if (!bar && !known[i].url && somebody && is_fallback(somebody, strlen(somebody)))
		buf_addstr(&fallback, somebody);
	else if (bar)
		add_fallback(&fallback, bar + 1, (size_t)(end - bar) - 1);
	*url = known[i].url;
	buf_addf(mark, "%c%s%s%s%c", SLOT_START, known[i].name, bar || fallback.len ? "|" : "", fallback.data, SLOT_END);
	buf_release(&fallback);
	return (size_t)(end - s) + 2;
}

static void
add_token(struct buf *out, size_t number)
{
	uint32_t c = FIRST + (uint32_t)number;

	buf_addstr(out, LEAD);
	buf_addch(out, (char)(0xe0 | c >> 12));
	buf_addch(out, (char)(0x80 | (c >> 6 & 0x3f)));
	buf_addch(out, (char)(0x80 | (c & 0x3f)));
}

void
markdown_slots_take(struct markdown_slots *slots, struct buf *out, const char *text, size_t n, const char *somebody)
{
	size_t i = 0, len;

	slots->slot = xcalloc(MARKDOWN_SLOTS, sizeof(*slots->slot));
	while (i < n) {
		struct markdown_slot *slot = &slots->slot[slots->count];
		struct buf mark = BUF_INIT;

		if (n - i >= 3 && memcmp(text + i, LEAD, 3) == 0) {
			i += 3;
			continue;
		}
		len = slots->count < MARKDOWN_SLOTS ? markdown_slot_read(&mark, text + i, n - i, somebody, &slot->url) : 0;
		if (len) {
			slot->mark = slots->text.len;
			buf_add(&slots->text, mark.data, mark.len + 1);
			slot->source = slots->text.len;
			buf_add(&slots->text, text + i, len);
			buf_addch(&slots->text, '\0');
			add_token(out, slots->count++);
			i += len;
		} else {
			if (text[i] == '\\' && i + 1 < n) /* "\{{name}}" is text */
				buf_addch(out, text[i++]);
			buf_addch(out, text[i++]);
		}
		buf_release(&mark);
	}
}

const struct markdown_slot *
markdown_slots_at(const struct markdown_slots *slots, const char *s)
{
	size_t number;

	if (strncmp(s, LEAD, 3) != 0 || s[3] != '\xee' || !s[4] || !s[5])
		return NULL;
	number = text_code_point(s + 3, 3) - FIRST;
	return number < slots->count ? &slots->slot[number] : NULL;
}

bool
markdown_slots_in(const struct markdown_slots *slots, const char *s)
{
	return slots->count && strstr(s, LEAD);
}

const char *
markdown_slots_mark(const struct markdown_slots *slots, const struct markdown_slot *slot)
{
	return slots->text.data + slot->mark;
}

void
markdown_slots_put(const struct markdown_slots *slots, struct buf *out, const char *s, bool marks)
{
	const char *token;
	const struct markdown_slot *slot;

	while (slots->count && (token = strstr(s, LEAD))) {
		buf_add(out, s, (size_t)(token - s));
		slot = markdown_slots_at(slots, token);
		if (slot)
			buf_addstr(out, slots->text.data + (marks ? slot->mark : slot->source));
		s = token + (slot ? MARKDOWN_TOKEN : strlen(LEAD));
	}
	buf_addstr(out, s);
}

/* Three octets, each as % and two digits. */
static bool
read_percent(char *bytes, const char *s)
{
	int i;

	for (i = 0; i < 3; i++, s += 3)
		if (s[0] != '%' || !s[1] || !s[2] || hex_decode((uint8_t *)bytes + i, 1, s + 1, 2) != 1)
			return false;
	return true;
}

void
markdown_slots_put_url(const struct markdown_slots *slots, struct buf *out, const char *url)
{
	static const char lead[] = "%EF%B7%90";
	const struct markdown_slot *slot;
	const char *token;
	char bytes[MARKDOWN_TOKEN + 1] = LEAD;

	while (slots->count && (token = strstr(url, lead))) {
		const char *number = token + strlen(lead);

		buf_add(out, url, (size_t)(token - url));
		slot = read_percent(bytes + 3, number) ? markdown_slots_at(slots, bytes) : NULL;
		if (slot)
			buf_addstr(out, slots->text.data + slot->mark);
		else
			buf_addstr(out, lead);
		url = number + (slot ? strlen("%EE%80%80") : 0);
	}
	buf_addstr(out, url);
}

void
markdown_slots_release(struct markdown_slots *slots)
{
	buf_release(&slots->text);
	free(slots->slot);
	slots->slot = NULL;
	slots->count = 0;
}
