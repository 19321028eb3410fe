/* lint.c - see lint.h: the findings, and what concerns the mailing as a whole. */
#include "content/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "content/lint_private.h"

#define WHERE_MAX 200
#define TEXT_MAX 500 /* bytes */
#define TOP_WORDS 60 /* before the first unsubscribe link: a screenful */
#define FOOT_WORDS 120
#define SHORT_WORDS 40 /* of an HTML part whose text part may be called short */

/* A malloc'ed copy of at most `max` bytes without control characters; a slot's marks become braces. */
static char *
clean(const char *s, size_t max)
{
	struct buf out = BUF_INIT;
	size_t n = strlen(s), len;

	while (n && out.len < max) {
		len = text_sequence(s, n);
		if (*s == '\001' || *s == '\002')
			buf_addstr(&out, *s == '\001' ? "{{" : "}}");
		else if (!len || text_has_control(s, len, ""))
			buf_addch(&out, '?');
		else
			buf_add(&out, s, len);
		s += len ? len : 1;
		n -= len ? len : 1;
	}
	if (n)
		buf_addstr(&out, "…");
	return buf_detach(&out);
}

void
lint_add_language(const struct lint *l, char **languages)
{
	struct buf list = BUF_INIT;

	if (text_is_listed(*languages, l->language, strlen(l->language)))
		return;
	buf_addf(&list, "%s%s%s", *languages, (*languages)[0] ? " " : "", l->language);
	free(*languages);
	*languages = buf_detach(&list);
}

void
lint_put(struct lint *l, enum lint_severity severity, const char *code, const char *where, bool once, const char *text)
{
	struct lint_finding new = { severity, code, clean(where, WHERE_MAX), clean(text, TEXT_MAX), xstrdup(l->language) };
	size_t i;

	for (i = 0; i < l->findings; i++) {
		struct lint_finding *f = &l->finding[i];

		if (strcmp(f->code, code) == 0 && strcmp(f->text, new.text) == 0 && (once || strcmp(f->where, new.where) == 0)) {
			lint_add_language(l, &f->languages);
			goto drop;
		}
	}
	if (l->findings == LINT_FINDINGS) {
		l->more++;
		goto drop;
	}
	if (!l->finding)
		l->finding = xcalloc(LINT_FINDINGS, sizeof(l->finding[0]));
	l->finding[l->findings++] = new;
	return;
drop:
	free(new.where);
	free(new.text);
	free(new.languages);
}

void
lint_add(struct lint *l, enum lint_severity severity, const char *code, const char *where, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) == -1)
		abort();
	va_end(ap);
	lint_put(l, severity, code, where, false, text);
	free(text);
}

size_t
lint_count(const struct lint *l, enum lint_severity severity)
{
	size_t i, n = 0;

	for (i = 0; i < l->findings; i++)
		n += l->finding[i].severity == severity;
	return n;
}

void
lint_release(struct lint *l)
{
	size_t i;

	for (i = 0; i < l->findings; i++) {
		free(l->finding[i].where);
		free(l->finding[i].text);
		free(l->finding[i].languages);
	}
	for (i = 0; i < l->links; i++)
		free(l->link[i].url), free(l->link[i].languages);
	free(l->finding);
	free(l->link);
	*l = LINT_INIT;
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), len = strlen(end);

	return n >= len && strcasecmp(s + n - len, end) == 0 && (n == len || s[n - len - 1] == '.');
}

/* Names that are nobody's on the internet (RFC 2606, 6761, 6762). A relay of this machine may be one that only tries things out. */
static void
check_from(struct lint *l, const struct lint_mail *m)
{
	static const char *const nobodys[] = { "localhost", "localdomain", "local", "internal", "invalid", "test", "example", "example.com",
		"example.org", "example.net" };
	const char *at = strrchr(m->from, '@'), *domain = at ? at + 1 : m->from;
	size_t i;

	if (m->relay == LINT_RELAY_NONE)
		return;
	for (i = 0; i < sizeof(nobodys) / sizeof(nobodys[0]); i++)
		if (ends_with(domain, nobodys[i])) {
			lint_add(l, m->relay == LINT_RELAY_REMOTE ? LINT_ERROR : LINT_WARNING, "from-domain", "From",
			    "%s is no domain that anybody can answer: set [mail] from to an address of yours", domain);
			return;
		}
}

/*
 * CAN-SPAM asks commercial mail for a postal address; a promotion is commercial, and articles are not in themselves. A site without
 * a relay mails nobody.
 */
static void
check_site(struct lint *l, const struct lint_mail *m)
{
	if (!m->postal_address[0])
		lint_add(l, m->promotion && m->relay != LINT_RELAY_NONE ? LINT_ERROR : LINT_WARNING, "postal-address", "foot",
		    "no postal address%s: set [site] postal_address", m->promotion ? ", which the law asks of commercial mail" : "");
	if (m->relay == LINT_RELAY_REMOTE && strncasecmp(m->site_url, "https://", 8) != 0)
		lint_add(l, LINT_ERROR, "site-url", "links",
		    "unsubscribe links lead to %s, which only this machine can open: set [site] url to the public https:// address",
		    m->site_url);
}

static void
check_times(struct lint *l, const struct lint_mail *m)
{
	int64_t start = m->start > m->now ? m->start : m->now;
	char when[CLOCK_TEXT], at[CLOCK_TEXT];
	size_t i;

	if (m->valid_until && m->valid_until <= start)
		lint_add(l, LINT_ERROR, "valid-until", "valid-until",
		    "it %s at %s, before it would start (%s): set a later one, or an earlier start",
		    m->valid_until <= m->now ? "ended" : "ends", clock_local(when, m->valid_until), clock_local(at, start));
	for (i = 0; i < m->near_count; i++) {
		const struct lint_campaign *c = &m->near[i];

		lint_add(l, LINT_WARNING, "overlap", "start", "campaign %lld, \"%s\", %s %s at %s: %s", (long long)c->id, c->subject,
		    c->at > m->now ? "starts for" : "went to", c->topic, clock_local(when, c->at),
		    strcmp(c->topic, m->topic) == 0 ? "the same people get both" : "who has both topics gets both");
	}
}

static void
check_size(struct lint *l, const struct lint_mail *m)
{
	if (m->html_size > LINT_SIZE_ERROR)
		lint_add(l, LINT_ERROR, "size", "HTML",
		    "%zu KB: Gmail cuts a mail at 102 KB and hides the rest, the way out with it: shorten it",
		    m->html_size / 1024);
	else if (m->html_size > LINT_SIZE_WARNING)
		lint_add(l, LINT_WARNING, "size", "HTML", "%zu KB: Gmail cuts a mail at 102 KB: shorten it", m->html_size / 1024);
}

static void
check_way_out(struct lint *l, const struct lint_part *part)
{
	if (!part->unsubscribes)
		lint_add(l, LINT_ERROR, "unsubscribe", part->name, "no unsubscribe link: a template lacks {{unsubscribe_url}}");
	else if (part->first > TOP_WORDS)
		lint_add(l, LINT_WARNING, "unsubscribe-top", part->name,
		    "no unsubscribe link near the top: who does not see one reports spam");
	if (part->unsubscribes && part->words - part->last > FOOT_WORDS)
		lint_add(l, LINT_WARNING, "unsubscribe-foot", part->name, "no unsubscribe link in the foot, where readers look for it");
	if (!part->preferences)
		lint_add(l, LINT_WARNING, "preferences", part->name,
		    "no link to the reader's topics: a template lacks {{preferences_url}}");
}

void
lint_mail(struct lint *l, const struct lint_mail *m)
{
	struct lint_part text = { .name = "text" }, html = { .name = "HTML" };

	l->language = m->language;
	lint_subject(l, m);
	if (!m->preheader[strspn(m->preheader, " \t\r\n")])
		lint_add(l, LINT_WARNING, "preheader", "preheader",
		    "none: inboxes show the first words of the mail after the subject instead");
	check_from(l, m);
	check_site(l, m);
	check_times(l, m);
	lint_html(l, m, &html);
	lint_text(l, m, &text);
	if (!text.words)
		lint_add(l, LINT_ERROR, "text-empty", "text", "the text part is empty, for programs and readers that take no HTML");
	else if (html.words >= SHORT_WORDS && text.words < html.words / 2)
		lint_add(l, LINT_WARNING, "text-short", "text",
		    "%zu words, where the HTML has %zu: something is missing in it", text.words,
		    html.words);
	check_way_out(l, &html);
	if (text.words)
		check_way_out(l, &text);
	check_size(l, m);
	l->language = "";
}
