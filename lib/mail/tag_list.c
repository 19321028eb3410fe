/* tag_list.c - see tag_list.h. */
#include "mail/tag_list.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"

#define SPACE " \t\r\n"
#define NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static void
trim(const char **p, size_t *n)
{
	while (*n > 0 && strchr(SPACE, **p))
		(*p)++, (*n)--;
	while (*n > 0 && strchr(SPACE, (*p)[*n - 1]))
		(*n)--;
}

static bool
same(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(p, word, n) == 0;
}

static int
take(struct tag_list *list, const char *p, size_t n, struct err *e)
{
	const char *equals = memchr(p, '=', n);
	struct tag t;

	if (!equals)
		return err_set(e, ERR_INPUT, "\"%.*s\" is no tag: it has no =", (int)(n < 40 ? n : 40), p);
	t.name = p;
	t.name_len = (size_t)(equals - p);
	t.value = equals + 1;
	t.value_len = n - t.name_len - 1;
	trim(&t.name, &t.name_len);
	trim(&t.value, &t.value_len);
	if (t.name_len == 0 || strspn(t.name, NAME) < t.name_len)
		return err_set(e, ERR_INPUT, "\"%.*s\" is no name of a tag", (int)(t.name_len < 40 ? t.name_len : 40), t.name);
	for (size_t i = 0; i < list->count; i++)
		if (list->tag[i].name_len == t.name_len && memcmp(list->tag[i].name, t.name, t.name_len) == 0)
			return err_set(e, ERR_INPUT, "the tag %.*s= is there twice", (int)(t.name_len < 40 ? t.name_len : 40), t.name);
	if (list->count == TAGS)
		return err_set(e, ERR_INPUT, "there are more than %d tags", TAGS);
	list->tag[list->count++] = t;
	return 0;
}

int
tag_list_parse(struct tag_list *list, const char *text, struct err *e)
{
	list->count = 0;
	while (*text) {
		const char *p = text;
		size_t n = strcspn(text, ";");

		text += n + (text[n] == ';');
		trim(&p, &n);
		if (n == 0 && !*text)
			break; /* the last ; ends the list */
		if (n == 0)
			return err_set(e, ERR_INPUT, "there is nothing between two semicolons");
		if (take(list, p, n, e) == -1)
			return -1;
	}
	return list->count ? 0 : err_set(e, ERR_INPUT, "it is empty");
}

const struct tag *
tag_find(const struct tag_list *list, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < list->count; i++)
		if (list->tag[i].name_len == n && memcmp(list->tag[i].name, name, n) == 0)
			return &list->tag[i];
	return NULL;
}

bool
tag_is(const struct tag *t, const char *word)
{
	return same(t->value, t->value_len, word);
}

bool
tag_lists(const struct tag *t, const char *word)
{
	const char *p = t->value, *end = t->value + t->value_len;

	while (p <= end) {
		const char *colon = memchr(p, ':', (size_t)(end - p)), *one = p;
		size_t n = (size_t)((colon ? colon : end) - p);

		p += n + 1;
		trim(&one, &n);
		if (same(one, n, word))
			return true;
	}
	return false;
}
