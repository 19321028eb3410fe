/*
 * tag_list.h - "v=DKIM1; k=rsa; p=…": the form of DKIM's and DMARC's DNS records (RFC 6376 3.2).
 */
#ifndef TAG_LIST_H
#define TAG_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct err;

#define TAGS 32 /* in a list */

struct tag {
	const char *name, *value; /* borrowed from the text, not terminated; the value without white space around it */
	size_t name_len, value_len;
};

struct tag_list {
	struct tag tag[TAGS];
	size_t count;
};

/* ERR_INPUT says what is wrong: no name, no "=", a name twice, too many. The text must outlive the list. */
int tag_list_parse(struct tag_list *list, const char *text, struct err *e);

/* The tag, or NULL. Names are compared as they are written. */
const struct tag *tag_find(const struct tag_list *list, const char *name);

/* Whether the value is the word, in either case. */
bool tag_is(const struct tag *t, const char *word);

/* Whether the word is in the value, a list with colons between. */
bool tag_lists(const struct tag *t, const char *word);

#endif
