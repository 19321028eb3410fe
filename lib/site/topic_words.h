/*
 * topic_words.h - a topic's title and description in a visitor's language.
 *
 * Staff write them once (`newsletter topic create`). A site with several
 * languages says them in words/LANGUAGE.txt of its templates folder
 * (content/words.h), as topic.NAME.title and topic.NAME.description. The two
 * that `newsletter init` makes are there in every built-in language, as
 * first-topic.NAME.…, for as long as staff leave them as they were made.
 */
#ifndef TOPIC_WORDS_H
#define TOPIC_WORDS_H

#include <jansson.h>

struct conf;
struct topic;

/* {slug, title, description} in a language; what its words do not say is the topic's own. The caller owns it. */
json_t *topic_words(const struct conf *conf, const char *language, const struct topic *t);

#endif
