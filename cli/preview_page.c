/*
 * preview_page.c - the page of `newsletter preview --open`; see preview.h.
 *
 * The template web/preview.html.mustache makes it. The mails themselves, which may be large, stand in its context as marks
 * (base/slot.h) and are written in their place afterwards, always escaped: whatever a mail holds is text to this page, and to
 * the sandboxed frames the only thing that there is.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slot.h"
#include "base/text.h"
#include "content/html_look.h"
#include "content/lint.h"
#include "content/template.h"
#include "mailing.h"
#include "out.h"
#include "preview.h"
#include "site/site.h"

#define FINDINGS 8 /* that are shown at once */

/* The last letter of a mark: which of a mail's texts it stands for. */
enum {
	MARK_LIGHT = 'l',
	MARK_DARK = 'd',
	MARK_TEXT = 't',
	MARK_EML = 'e'
};

static void
put_mark(json_t *object, const char *key, size_t i, char what)
{
	char mark[32];

	snprintf(mark, sizeof(mark), "%c%zu%c%c", SLOT_START, i, what, SLOT_END);
	json_put(object, key, mark);
}

/* A number of bytes as people compare it: "23.4". */
static void
put_kb(json_t *object, const char *key, size_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), bytes < 10000 ? "%.1f" : "%.0f", (double)bytes / 1000);
	json_put(object, key, text);
}

/* Whether a list such as "en es" holds the language, or none at all, which means every one. */
static bool
concerns(const char *list, const char *language)
{
	size_t n;

	if (!list || !list[0])
		return true;
	for (; *list; list += n + (list[n] == ' ')) {
		n = strcspn(list, " ");
		if (n == strlen(language) && strncmp(list, language, n) == 0)
			return true;
	}
	return false;
}

/* Those findings of a severity that a language's mail has: into `list`, and what is beyond FINDINGS into `rest`. */
static void
add_findings(json_t *list, json_t *rest, const json_t *all, const char *language, const char *severity)
{
	json_t *finding, *copy;
	size_t i;

	json_array_foreach((json_t *)all, i, finding) {
		if (!concerns(json_get_string(finding, "language"), language) ||
		    strcmp(json_get_string(finding, "severity"), severity) != 0)
			continue;
		copy = json_deep_copy(finding);
		json_put_bool(copy, "error", strcmp(severity, "error") == 0);
		json_array_append_new(json_array_size(list) < FINDINGS ? list : rest, copy);
	}
}

static void
put_findings(json_t *object, const json_t *all, const char *language)
{
	json_t *list = json_array(), *rest = json_array();

	add_findings(list, rest, all, language, "error");
	add_findings(list, rest, all, language, "warning");
	json_put_bool(object, "clean", !json_array_size(list));
	json_object_set_new(object, "findings", list);
	if (json_array_size(rest))
		json_put_int(object, "more", (long long)json_array_size(rest));
	json_object_set_new(object, "rest", rest);
}

static int
put_name(json_t *object, const struct site *site, const char *language, struct err *e)
{
	json_t *data = json_object();
	struct buf name = BUF_INIT;
	int rc;

	json_put(data, "language", language);
	rc = template_words(&name, site->conf.store_templates, "language", data, e);
	json_put(object, "name", name.data);
	buf_release(&name);
	json_decref(data);
	return rc;
}

static int
put_mail(json_t *list, const struct preview_page *page, size_t i, struct err *e)
{
	const struct preview_mail *mail = &page->mail[i];
	json_t *object = json_object();
	int rc = put_name(object, page->site, mail->language, e);

	json_put(object, "code", mail->language);
	json_put_bool(object, "first", i == 0);
	json_put(object, "subject", mail->subject.data);
	json_put(object, "snippet", mail->snippet.data);
	put_kb(object, "kb", mail->html.len);
	json_put_int(object, "bytes", (long long)mail->html.len);
	json_put_int(object, "shown", (long long)(mail->html.len < LINT_SIZE_ERROR ? mail->html.len : LINT_SIZE_ERROR));
	json_put_bool(object, "over", mail->html.len > LINT_SIZE_ERROR);
	put_kb(object, "text_kb", mail->text.len);
	put_findings(object, page->findings, mail->language);
	put_mark(object, "html_light", i, MARK_LIGHT);
	put_mark(object, "html_dark", i, MARK_DARK);
	put_mark(object, "text", i, MARK_TEXT);
	put_mark(object, "eml", i, MARK_EML);
	json_array_append_new(list, object);
	return rc;
}

static json_t *
topic_data(const struct preview_page *page)
{
	json_t *topic = json_object();

	json_put(topic, "slug", page->m->topic.slug);
	json_put(topic, "title", page->m->topic.title);
	site_put_number(topic, "recipients", &page->site->conf, "", page->m->recipients, 0);
	json_put_bool(topic, "one", page->m->recipients == 1);
	return topic;
}

static int
put_data(json_t *data, const struct preview_page *page, struct err *e)
{
	const struct conf *conf = &page->site->conf;
	const char *from = conf->mail_from_name;
	char when[CLOCK_TEXT], initial[8] = "";
	json_t *list = json_array();
	int rc = 0;
	size_t i;

	snprintf(initial, sizeof(initial), "%.*s", (int)text_sequence(from, strlen(from)), from);
	json_put(data, "language", conf->site_language);
	json_object_set_new(data, "site", site_context(conf));
	json_put(data, "from_name", from);
	json_put(data, "from", conf->mail_from);
	json_put(data, "initial", initial);
	json_put(data, "at", clock_local(when, clock_now()));
	json_put_bool(data, "links", page->links);
	json_put_int(data, "limit", LINT_SIZE_ERROR);
	json_put(data, "subject", page->mail[0].subject.data);
	json_put(data, "subject_language", page->mail[0].language);
	json_object_set_new(data, "topic", topic_data(page));
	if (page->who->id)
		json_put(data, "for", page->who->address);
	json_put_bool(data, "several", page->count > 1);
	for (i = 0; i < page->count && rc == 0; i++)
		rc = put_mail(list, page, i, e);
	json_object_set_new(data, "mails", list);
	return rc;
}

static void
put_text(struct buf *out, const struct preview_mail *mail, char what)
{
	struct buf html = BUF_INIT;

	if (what == MARK_TEXT) {
		text_escape_html(out, mail->text.data, mail->text.len);
	} else if (what == MARK_EML) {
		text_escape_html(out, mail->eml.data, mail->eml.len);
	} else {
		html_scheme(&html, mail->html.data, mail->html.len, what == MARK_DARK);
		text_escape_html(out, html.data, html.len);
	}
	buf_release(&html);
}

int
preview_render(struct buf *out, const struct preview_page *page, struct err *e)
{
	json_t *data = json_object();
	struct buf frame = BUF_INIT;
	const char *text, *start, *end;
	size_t i;
	int rc = put_data(data, page, e);

	if (rc == 0)
		rc = template_file(&frame, page->site->conf.store_templates, "web/preview.html.mustache", data, e);
	for (text = frame.data; rc == 0 && (start = strchr(text, SLOT_START)) && (end = strchr(start, SLOT_END)); text = end + 1) {
		buf_add(out, text, (size_t)(start - text));
		i = strtoul(start + 1, NULL, 10);
		if (i < page->count)
			put_text(out, &page->mail[i], end[-1]);
	}
	buf_addstr(out, text);
	buf_release(&frame);
	json_decref(data);
	return rc;
}
