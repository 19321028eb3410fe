/* lint_html.c - the HTML part; for lint.c. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/slot.h"
#include "content/html_token.h"
#include "content/lint_private.h"

#define WORDS_MAX 400 /* bytes of a link's words that are looked at */

struct walk {
	struct lint *l;
	const struct lint_mail *m;
	struct lint_part *part;
	const char *counted; /* up to where lines were counted */
	size_t line;
	char where[40];           /* "HTML, line 12", of the piece at hand */
	struct buf url, words;    /* of the link that is open */
	bool in_link, named;      /* named: a picture or a label speaks for it */
	char hidden[16];          /* the element that hides what stands in it; "": none */
	size_t depth;             /* of that element in itself */
	bool lang, title, scheme; /* seen */
	struct buf value;         /* scratch */
};

/* The value as text in w->value; NULL when the tag has no such attribute. html_decode would lose the marks of slots. */
static const char *
value(struct walk *w, const struct html_tag *tag, const char *name)
{
	const struct html_attribute *a = html_tag_attribute(tag, name);
	size_t i = 0, n;

	buf_reset(&w->value);
	if (!a)
		return NULL;
	for (; i < a->value_len; i += n) {
		for (n = 0; i + n < a->value_len && a->value[i + n] != SLOT_START && a->value[i + n] != SLOT_END; n++)
			;
		html_decode(&w->value, a->value + i, n);
		if (n)
			continue;
		buf_addch(&w->value, a->value[i]);
		n = 1;
	}
	return w->value.data;
}

static bool
is(struct walk *w, const struct html_tag *tag, const char *name, const char *want)
{
	const char *s = value(w, tag, name);

	return s && strcasecmp(s, want) == 0;
}

/* Images that a style names. */
static void
check_style(struct walk *w, const char *s, size_t n)
{
	const char *end = s + n, *at;
	struct buf url = BUF_INIT;

	if (n > 6 && memmem(s, n, "@import", 7))
		lint_add(w->l, LINT_ERROR, "html-style", w->where, "an external style sheet (@import): mail programs do not load it");
	while ((at = memmem(s, (size_t)(end - s), "url(", 4))) {
		at += 4;
		while (at < end && strchr(" \t\n\"'", *at) && *at)
			at++;
		for (s = at; s < end && !strchr(")\"'", *s); s++)
			;
		buf_reset(&url);
		buf_add(&url, at, (size_t)(s - at));
		lint_address(w->l, w->m, url.data, true);
	}
	buf_release(&url);
}

static bool
ends_in(const char *s, const char *end)
{
	return strlen(s) >= strlen(end) && strcasecmp(s + strlen(s) - strlen(end), end) == 0;
}

static void
check_alt(struct walk *w, const struct html_tag *tag, const char *where)
{
	bool decorative = is(w, tag, "role", "presentation") || is(w, tag, "role", "none") || is(w, tag, "aria-hidden", "true");
	const char *alt = value(w, tag, "alt");

	if (!alt)
		lint_add(w->l, LINT_ERROR, "image-alt", where,
		    "no alt text: who does not see it hears its file name; alt=\"\" for what says nothing");
	else if (!alt[strspn(alt, " \t\n")] && !decorative)
		lint_add(w->l, LINT_WARNING, "image-alt", where, "its alt text is empty: say what it shows, unless it shows nothing");
	else if (ends_in(alt, ".jpg") || ends_in(alt, ".jpeg") || ends_in(alt, ".png") || ends_in(alt, ".gif") || ends_in(alt, ".webp"))
		lint_add(w->l, LINT_WARNING, "image-alt", where, "its alt text is a file name: say what it shows");
	w->named = w->named || (alt && alt[0]);
}

static void
check_image(struct walk *w, const struct html_tag *tag)
{
	struct buf where = BUF_INIT;
	const char *src = value(w, tag, "src");

	buf_addf(&where, "image %.220s", src ? src : "");
	lint_address(w->l, w->m, src ? src : "", true);
	if (!html_tag_attribute(tag, "width"))
		lint_add(w->l, LINT_WARNING, "image-width", where.data, "no width: Outlook shows it in its full size");
	check_alt(w, tag, where.data);
	buf_release(&where);
}

static void
open_link(struct walk *w, const struct html_tag *tag)
{
	const char *href = value(w, tag, "href");

	w->in_link = href != NULL;
	if (!href) /* the target of one */
		return;
	buf_reset(&w->url);
	buf_reset(&w->words);
	buf_addstr(&w->url, href);
	w->named = html_tag_attribute(tag, "aria-label") != NULL || html_tag_attribute(tag, "title") != NULL;
	lint_address(w->l, w->m, w->url.data, false);
	if (strncmp(w->url.data, SLOT_MARK("preferences_url"), 17) == 0)
		w->part->preferences = true;
	if (strncmp(w->url.data, SLOT_MARK("unsubscribe_url"), 17) != 0)
		return;
	if (!w->part->unsubscribes++)
		w->part->first = w->part->words;
	w->part->last = w->part->words;
}

static void
close_link(struct walk *w)
{
	struct buf where = BUF_INIT;

	if (!w->in_link)
		return;
	w->in_link = false;
	lint_shown(w->l, w->m, w->words.data, w->url.data);
	if (!w->named && !lint_count_words(w->words.data, w->words.len)) {
		buf_addf(&where, "link %s", w->url.data);
		lint_add(w->l, LINT_WARNING, "link-words", where.data, "a link without words: nobody hears where it leads");
	}
	buf_release(&where);
}

/* What mail programs take out, or whole mails are refused for. */
static void
check_element(struct walk *w, const struct html_tag *tag)
{
	static const char *const scripts[] = { "script", "iframe", "frame", "frameset", "object", "embed", "applet", NULL };
	static const char *const forms[] = { "form", "input", "button", "select", "textarea", NULL };
	static const char *const unseen[] = { "svg", "math", "video", "audio", "canvas", "template", "base", NULL };
	char name[20];
	size_t i;

	snprintf(name, sizeof(name), "%.*s", (int)(tag->name_len < 19 ? tag->name_len : 19), tag->name);
	if (html_tag_is_one_of(tag, scripts))
		lint_add(w->l, LINT_ERROR, "html-script", w->where,
		    "<%s>: mail programs remove it, and filters refuse mails for it", name);
	else if (html_tag_is_one_of(tag, forms))
		lint_add(w->l, LINT_ERROR, "html-form", w->where, "<%s>: forms do not work in mail: link to a page that has it", name);
	else if (html_tag_is_one_of(tag, unseen))
		lint_add(w->l, LINT_WARNING, "html-element", w->where, "<%s>: many mail programs do not show it", name);
	else if (html_tag_is(tag, "link") && is(w, tag, "rel", "stylesheet"))
		lint_add(w->l, LINT_ERROR, "html-style", w->where, "an external style sheet: mail programs do not load it");
	for (i = 0; i < tag->count; i++)
		if (tag->attribute[i].name_len > 2 && strncasecmp(tag->attribute[i].name, "on", 2) == 0)
			lint_add(w->l, LINT_ERROR, "html-script", w->where, "a handler (%.*s): mail programs remove it",
			    (int)(tag->attribute[i].name_len < 20 ? tag->attribute[i].name_len : 20), tag->attribute[i].name);
}

static void
hide(struct walk *w, const struct html_tag *tag)
{
	static const char *const empty[] = { "img", "br", "hr", "wbr", "col", "input", "meta", "link", NULL };
	const char *style;

	if (w->hidden[0]) {
		w->depth += html_tag_is(tag, w->hidden);
		return;
	}
	style = value(w, tag, "style");
	if (!style || !(strcasestr(style, "display:none") || strcasestr(style, "display: none")) || tag->name_len >= sizeof(w->hidden) ||
	    html_tag_is_one_of(tag, empty))
		return;
	snprintf(w->hidden, sizeof(w->hidden), "%.*s", (int)tag->name_len, tag->name);
	w->depth = 1;
}

static void
start(struct walk *w, const struct html_token *t)
{
	const struct html_tag *tag = &t->tag;
	const char *s;

	hide(w, tag);
	check_element(w, tag);
	if ((s = value(w, tag, "style")))
		check_style(w, s, w->value.len);
	if ((s = value(w, tag, "background")))
		lint_address(w->l, w->m, s, true);
	if (html_tag_is(tag, "html"))
		w->lang = (s = value(w, tag, "lang")) && s[0];
	else if (html_tag_is(tag, "title"))
		w->title = lint_count_words(t->inside, t->inside_len) > 0;
	else if (html_tag_is(tag, "style"))
		check_style(w, t->inside, t->inside_len);
	else if (html_tag_is(tag, "meta"))
		w->scheme = w->scheme || is(w, tag, "name", "color-scheme");
	else if (html_tag_is(tag, "img"))
		check_image(w, tag);
	else if (html_tag_is(tag, "a") || html_tag_is(tag, "area"))
		open_link(w, tag);
	else if (html_tag_is(tag, "table") && !html_tag_attribute(tag, "role"))
		lint_add(w->l, LINT_WARNING, "html-table", "HTML",
		    "a table without role=\"presentation\": screen readers announce rows and cells");
}

static void
text(struct walk *w, const char *s, size_t n)
{
	lint_words(w->l, w->m, s, n, w->where);
	if (!w->hidden[0])
		w->part->words += lint_count_words(s, n);
	if (w->in_link && w->words.len < WORDS_MAX)
		html_decode(&w->words, s, n < WORDS_MAX ? n : WORDS_MAX);
}

static void
end_tag(struct walk *w, const struct html_tag *tag)
{
	if (html_tag_is(tag, "a"))
		close_link(w);
	if (w->hidden[0] && html_tag_is(tag, w->hidden) && !--w->depth)
		w->hidden[0] = '\0';
}

/* The document as a whole: what a site's own template may lack. */
static void
check_document(struct walk *w)
{
	if (!w->lang)
		lint_add(w->l, LINT_WARNING, "html-lang", "HTML", "<html> has no lang: screen readers guess how to say it");
	if (!w->title)
		lint_add(w->l, LINT_WARNING, "html-title", "HTML", "no <title>");
	if (!w->scheme)
		lint_add(w->l, LINT_WARNING, "html-dark", "HTML",
		    "no <meta name=\"color-scheme\">: dark mode takes what colours it likes");
}

void
lint_html(struct lint *l, const struct lint_mail *m, struct lint_part *part)
{
	const char *s = m->html, *end = s + strlen(s);
	struct walk w = { .l = l, .m = m, .part = part, .counted = s, .line = 1, .url = BUF_INIT, .words = BUF_INIT, .value = BUF_INIT };
	struct html_token t;

	while (s < end) {
		s = html_token_read(&t, s, end);
		for (; w.counted < t.s; w.counted++)
			w.line += *w.counted == '\n';
		snprintf(w.where, sizeof(w.where), "HTML, line %zu", w.line);
		if (t.kind == HTML_TEXT)
			text(&w, t.s, t.n);
		else if (t.kind == HTML_START)
			start(&w, &t);
		else if (t.kind == HTML_END)
			end_tag(&w, &t.tag);
	}
	check_document(&w);
	buf_release(&w.url);
	buf_release(&w.words);
	buf_release(&w.value);
}
