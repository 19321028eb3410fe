/* compose.c - see compose.h. */
#include "site/compose.h"

#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slot.h"
#include "content/template.h"
#include "mail/message.h"
#include "site/site.h"
#include "store/topic.h"

void
composed_release(struct composed *c)
{
	buf_release(&c->subject);
	buf_release(&c->text);
	buf_release(&c->html);
}

int
compose_render(struct composed *out, const struct conf *conf, const char *name, json_t *data, struct err *e)
{
	char file[128];

	json_object_set_new(data, "site", site_context(conf));
	json_put(data, "name", SLOT_MARK("name|there"));
	json_put(data, "unsubscribe_url", SLOT_MARK("unsubscribe_url"));
	json_put(data, "preferences_url", SLOT_MARK("preferences_url"));
	json_put(data, "confirm_url", SLOT_MARK("confirm_url"));
	json_put(data, "mydata_url", SLOT_MARK("mydata_url"));
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
compose_notice(const struct conf *conf, const struct composed *c, struct err *e)
{
	struct message_spec spec;

	fill_spec(&spec, conf, c);
	spec.auto_generated = true;
	return message_compile(&spec, e);
}

struct message *
compose_campaign(const struct conf *conf, const struct composed *c, const struct topic *topic, int64_t campaign_id, const char *kind,
    struct err *e)
{
	struct buf list_id = BUF_INIT, list_name = BUF_INIT, feedback = BUF_INIT;
	struct message_spec spec;
	struct message *m;

	buf_addf(&list_id, "%s.%s", topic->slug, conf->mail_list_domain);
	buf_addf(&list_name, "%s: %s", conf->site_name, topic->title);
	buf_addf(&feedback, "%lld:%s:%s:%s", (long long)campaign_id, topic->slug, kind, conf->mail_list_domain);
	fill_spec(&spec, conf, c);
	spec.list_name = list_name.data;
	spec.list_id = list_id.data;
	spec.feedback_id = feedback.data;
	spec.unsubscribe = true;
	spec.unsubscribe_mailto = conf->mail_unsubscribe[0] != '\0';
	m = message_compile(&spec, e);
	buf_release(&list_id);
	buf_release(&list_name);
	buf_release(&feedback);
	return m;
}
