/*
 * topic_words.h - a topic's title and description in a visitor's language.
 *
 * Staff write them once (`newsletter topic create`). A site with several
 * languages says them in words/LANGUAGE.txt of its templates folder
 * (content/words.h), as topic.NAME.title and topic.NAME.description. Those of a new site
 * are in ours, and hold as long as nobody has given the topic words of its own.
 */
#ifndef TOPIC_WORDS_H
#define TOPIC_WORDS_H

#include <jansson.h>
#include <stddef.h>

struct conf;
struct topic;

/* {slug, title, description} in a language; what its words do not say is the topic's own. The caller owns it. */
json_t *topic_words(const struct conf *conf, const char *language, const struct topic *t);

/* What a new site's topic says in a language: member "title" or "description" of "articles" or "promotions"; "" for any other. */
void topic_words_new(char *out, size_t size, const char *language, const char *slug, const char *member);

#endif
