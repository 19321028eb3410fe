/*
 * compose.h - the site's mails, from templates and content to a compiled message.
 */
#ifndef COMPOSE_H
#define COMPOSE_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"

struct conf;
struct err;
struct message;
struct topic;

/* A mail as rendered, before it is compiled; slots are still marks in it. */
struct composed {
	struct buf subject, text, html;
};

#define COMPOSED_INIT ((struct composed){ BUF_INIT, BUF_INIT, BUF_INIT })
void composed_release(struct composed *c);

/*
 * Render mail/NAME.text.mustache and mail/NAME.html.mustache in a language ("": the site's) over `data`, to
 * which `language`, `site`, `title` (the subject) and the person's slots (name, unsubscribe_url, preferences_url,
 * view_url, confirm_url, mydata_url) are added. Fills text and html, and the subject from
 * mail/NAME-subject.text.mustache unless the caller has set one.
 */
int compose_render(struct composed *out, const struct conf *conf, const char *language, const char *name, json_t *data, struct err *e);

/* Put what every mail's template may name into `data`: language ("": the site's), site, and the marks of the person's slots. */
int compose_data(json_t *data, const struct conf *conf, const char *language, struct err *e);

/* Compile what a visitor's action sends (Auto-Submitted, no List-Unsubscribe). NULL on failure. */
struct message *compose_notice(const struct conf *conf, const struct composed *c, struct err *e);

/* The same, answered to another address than the site's ("": the site's all the same). */
struct message *compose_notice_for(const struct conf *conf, const struct composed *c, const char *reply_to, struct err *e);

/* Compile what welcomes to a topic: as a campaign's message, and Auto-Submitted, since it answers a confirmation. NULL on failure. */
struct message *compose_welcome(const struct conf *conf, const struct composed *c, const struct topic *topic, struct err *e);

/* Compile a campaign's message: List-Id, List-Unsubscribe, Feedback-ID. NULL on failure. */
struct message *compose_campaign(const struct conf *conf, const struct composed *c, const struct topic *topic, int64_t campaign_id,
    const char *kind, struct err *e);

#endif
