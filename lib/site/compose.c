/* compose.c - see compose.h. */
#include "site/compose.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slot.h"
#include "content/template.h"
#include "content/wrap.h"
#include "mail/message.h"
#include "site/site.h"
#include "store/topic.h"

#define TEXT_WIDTH 72 /* columns of a text part */

void
composed_release(struct composed *c)
{
	buf_release(&c->subject);
	buf_release(&c->text);
	buf_release(&c->html);
}

/* The name's slot with what stands for a name that we do not know: "Hello there,". */
static int
put_name(const struct conf *conf, json_t *data, struct err *e)
{
	struct buf fallback = BUF_INIT, mark = BUF_INIT;
	int rc = template_words(&fallback, conf->store_templates, "mail.somebody", data, e);

	buf_addf(&mark, "%cname|%s%c", SLOT_START, fallback.data, SLOT_END);
	json_put(data, "name", mark.data);
	buf_release(&fallback);
	buf_release(&mark);
	return rc;
}

int
compose_data(json_t *data, const struct conf *conf, const char *language, struct err *e)
{
	json_object_set_new(data, "site", site_context(conf));
	json_put(data, "language", language[0] ? language : conf->site_language);
	json_put(data, "unsubscribe_url", SLOT_MARK("unsubscribe_url"));
	json_put(data, "preferences_url", SLOT_MARK("preferences_url"));
	json_put(data, "view_url", SLOT_MARK("view_url"));
	json_put(data, "confirm_url", SLOT_MARK("confirm_url"));
	json_put(data, "mydata_url", SLOT_MARK("mydata_url"));
	return put_name(conf, data, e);
}

/* What markdown_text wrapped already, and left long: code, quotes, and an address behind its number. */
static bool
is_finished(const char *line, size_t n)
{
	size_t digits = n && *line == '[' ? strspn(line + 1, "0123456789") : 0;

	if (n > 4 && (*line == '>' || memcmp(line, "    ", 4) == 0))
		return true;
	return digits && n > digits + 3 && memcmp(line + 1 + digits, "] ", 2) == 0 && !memchr(line + digits + 3, ' ', n - digits - 3);
}

/* One line, wrapped behind its indentation and list mark. */
static void
wrap_one(struct buf *out, const char *line, size_t n)
{
	size_t indent = strspn(line, " *"), fits, next = 0, at = 0;

	if (wrap_columns(line, n) <= TEXT_WIDTH || indent > TEXT_WIDTH / 2 || is_finished(line, n)) {
		buf_add(out, line, n);
		return;
	}
	for (; at < n; at += next) {
		if (at)
			buf_addf(out, "\n%*s", (int)indent, "");
		fits = wrap_line(line + at, n - at, TEXT_WIDTH - (at ? indent : 0), &next);
		buf_add(out, line + at, fits);
	}
}

/* Words come as one line each: what is too long for a screen is wrapped. */
static void
wrap_text(struct buf *text)
{
	struct buf out = BUF_INIT;
	const char *line = text->data, *end;

	for (; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		wrap_one(&out, line, (size_t)(end - line));
		if (*end)
			buf_addch(&out, '\n');
	}
	buf_release(text);
	*text = out;
}

int
compose_render(struct composed *out, const struct conf *conf, const char *language, const char *name, json_t *data, struct err *e)
{
	char file[128];

	if (compose_data(data, conf, language, e) == -1)
		return -1;
	if (!out->subject.len) {
		snprintf(file, sizeof(file), "mail/%s-subject.text.mustache", name);
		if (template_file(&out->subject, conf->store_templates, file, data, e) == -1)
			return -1;
		buf_truncate(&out->subject, strcspn(out->subject.data, "\r\n"));
	}
	json_put(data, "title", out->subject.data);
	snprintf(file, sizeof(file), "mail/%s.text.mustache", name);
	if (template_file(&out->text, conf->store_templates, file, data, e) == -1)
		return -1;
	wrap_text(&out->text);
	snprintf(file, sizeof(file), "mail/%s.html.mustache", name);
	return template_file(&out->html, conf->store_templates, file, data, e);
}

static void
fill_spec(struct message_spec *spec, const struct conf *conf, const struct composed *c)
{
	memset(spec, 0, sizeof(*spec));
	spec->from_name = conf->mail_from_name;
	spec->from = conf->mail_from;
	spec->reply_to = conf->mail_reply_to;
	spec->subject = c->subject.data;
	spec->text = c->text.data;
	spec->html = c->html.data;
	spec->list_name = spec->list_id = spec->feedback_id = "";
}

struct message *
compose_notice_for(const struct conf *conf, const struct composed *c, const char *reply_to, struct err *e)
{
	struct message_spec spec;

	fill_spec(&spec, conf, c);
	spec.auto_generated = true;
	if (reply_to[0])
		spec.reply_to = reply_to;
	return message_compile(&spec, e);
}

struct message *
compose_notice(const struct conf *conf, const struct composed *c, struct err *e)
{
	return compose_notice_for(conf, c, "", e);
}

/* What goes to a list: List-Id, List-Unsubscribe, Feedback-ID. */
static struct message *
compile_for_list(const struct conf *conf, struct message_spec *spec, const struct topic *topic, int64_t campaign_id, const char *kind,
    struct err *e)
{
	struct buf list_id = BUF_INIT, list_name = BUF_INIT, feedback = BUF_INIT;
	struct message *m;

	buf_addf(&list_id, "%s.%s", topic->slug, conf->mail_list_domain);
	buf_addf(&list_name, "%s: %s", conf->site_name, topic->title);
	buf_addf(&feedback, "%lld:%s:%s:%s", (long long)campaign_id, topic->slug, kind, conf->mail_list_domain);
	spec->list_name = list_name.data;
	spec->list_id = list_id.data;
	spec->feedback_id = feedback.data;
	spec->unsubscribe = true;
	spec->unsubscribe_mailto = conf->mail_unsubscribe[0] != '\0';
	m = message_compile(spec, e);
	buf_release(&list_id);
	buf_release(&list_name);
	buf_release(&feedback);
	return m;
}

struct message *
compose_welcome(const struct conf *conf, const struct composed *c, const struct topic *topic, struct err *e)
{
	struct message_spec spec;

	fill_spec(&spec, conf, c);
	spec.auto_generated = true;
	return compile_for_list(conf, &spec, topic, 0, "welcome", e);
}

struct message *
compose_campaign(const struct conf *conf, const struct composed *c, const struct topic *topic, int64_t campaign_id, const char *kind,
    struct err *e)
{
	struct message_spec spec;

	fill_spec(&spec, conf, c);
	return compile_for_list(conf, &spec, topic, campaign_id, kind, e);
}
