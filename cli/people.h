/*
 * people.h - what the subscriber commands share: topics that were asked for, and evidence that says who did it.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include <jansson.h>
#include <stddef.h>

#include "store/topic.h"

struct addr;
struct buf;
struct cli;
struct err;
struct subscriber;

#define SOURCE_MAX 200 /* bytes of consent.source */

/* The topics that --topic names; without it the topic `articles`, else the first one. *all holds every topic. */
int people_topics(const struct cli *cli, struct topic_list *all, struct topic_list *wanted, struct err *e);

/* Add the topics that a list such as "articles, promotions" names to *wanted (once each). */
int people_topics_named(const struct topic_list *all, const char *names, struct topic_list *wanted, struct err *e);

/* "kind: text", one line that fits; ERR_USAGE. */
int people_source(char out[SOURCE_MAX + 1], const char *kind, const char *text, struct err *e);

/*
 * Whether --reason was given and can be kept: one line of at most 160 bytes, without an address, since it stays in the audit and outlives
 * who is erased. ERR_USAGE.
 */
int people_reason(const struct cli *cli, struct err *e);

/* The address on the command line; ERR_INPUT names it. */
int people_address(struct addr *a, const char *text, struct err *e);

/* "de" or "pt-BR". */
int people_check_language(const char *language, struct err *e);

/* A person's row and topics into an object and, as "articles, promotions (left)", the topics into text. */
int people_describe(const struct cli *cli, const struct topic_list *topics, const struct subscriber *s, json_t *object, struct buf *text,
    struct err *e);

#endif
