/* mail_style.c - see mail_style.h. */
#include "site/mail_style.h"

#include "base/conf.h"
#include "base/json.h"
#include "content/template.h"
#include "site/site.h"

int
mail_style_read(struct mail_style *s, const struct conf *conf, const char *language, struct err *e)
{
	json_t *data = json_object();
	int rc;

	buf_init(&s->somebody);
	json_put(data, "language", language[0] ? language : conf->site_language);
	rc = template_words(&s->somebody, conf->store_templates, "mail.somebody", data, e);
	s->markdown = (struct markdown_style){
		.base_url = site_base(conf),
		.colour = conf->site_colour,
		.somebody = s->somebody.data,
		.slots = true,
		.raw_html = conf->campaign_raw_html,
	};
	json_decref(data);
	return rc;
}

void
mail_style_release(struct mail_style *s)
{
	buf_release(&s->somebody);
}
