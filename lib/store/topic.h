/*
 * topic.h - what people can subscribe to.
 */
#ifndef TOPIC_H
#define TOPIC_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct err;

#define TOPICS_MAX 64 /* topics of one site */

struct topic {
	int64_t id;
	char slug[41], title[201], description[501];
};

struct topic_list {
	struct topic item[TOPICS_MAX];
	size_t count;
};

/* Make one. ERR_INPUT for a slug that is not 1-40 of a-z, 0-9 and inner hyphens, or an empty or too long title; ERR_EXISTS. */
int topic_create(struct db *db, const char *slug, const char *title, const char *description, struct topic *out, struct err *e);

/* Whether a topic may be so: 0, or ERR_INPUT. */
int topic_check(const char *slug, const char *title, const char *description, struct err *e);

/* By slug, or by id; ERR_NOT_FOUND names the topics that there are. */
int topic_find(struct db *db, const char *slug, struct topic *out, struct err *e);
int topic_get(struct db *db, int64_t id, struct topic *out, struct err *e);

/* All of them, in the order of their making. */
int topic_list(struct db *db, struct topic_list *out, struct err *e);

/* The topic in a list, or NULL. */
const struct topic *topic_in(const struct topic_list *list, int64_t id);
const struct topic *topic_named(const struct topic_list *list, const char *slug);

/* Its slug there; "?" for one that was made after the list was read. */
const char *topic_slug(const struct topic_list *list, int64_t id);

#endif
