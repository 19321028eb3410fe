/*
 * http_archive_page.c - a mailing as a page: what was sent, under a policy of its own; see http_archive.h.
 *
 * The mail's look is in style sheets then (content/archive_html.h), each of
 * which the page's Content-Security-Policy allows by its hash (CSP 3, 2.3.1). So
 * 'unsafe-inline' is nowhere, and a style that found its way into the page by
 * another door is ignored.
 */
#include "http_archive.h"

#include <string.h>

#include "base/encode.h"
#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "content/archive_html.h"
#include "content/template.h"

#define POLICY "default-src 'none'; img-src https:; form-action 'none'; frame-ancestors '%s'; base-uri 'none'; style-src"
#define HASH (sizeof(" 'sha256-='") - 1 + BASE64URL_LEN(SHA256_LEN))
/* The mail's own sheets, what its style attributes said, and the bar's. */
_Static_assert(sizeof(POLICY) + 2 + (ARCHIVE_SHEETS + 2) * HASH <= ARCHIVE_CSP, "a policy has room for the hash of every sheet");

/* 'sha256-…' with the alphabet of RFC 4648 4. */
static void
add_hash(struct buf *csp, const struct buf *sheet)
{
	char text[BASE64URL_LEN(SHA256_LEN) + 1];
	uint8_t hash[SHA256_LEN];
	size_t i;

	sha256(hash, sheet->data, sheet->len);
	base64url_encode(text, hash, sizeof(hash));
	for (i = 0; text[i]; i++)
		text[i] = text[i] == '-' ? '+' : (text[i] == '_' ? '/' : text[i]);
	buf_addf(csp, " 'sha256-%s='", text);
}

static void
add_sheet(json_t *sheets, struct buf *csp, const struct buf *sheet)
{
	if (!sheet->len)
		return;
	json_array_append_new(sheets, json_stringn(sheet->data, sheet->len));
	add_hash(csp, sheet);
}

/* The mail's own sheets, what its style attributes said, and ours for the bar above it; a draft has none, and stands in a page of ours. */
static int
add_sheets(const struct http_request *r, json_t *context, const struct archive_html *mail, bool draft, char csp[ARCHIVE_CSP], struct err *e)
{
	struct buf policy = BUF_INIT, bar = BUF_INIT;
	json_t *sheets = json_array();
	size_t i;
	int rc = 0;

	buf_addf(&policy, POLICY, draft ? "self" : "none");
	for (i = 0; i < mail->sheets; i++)
		add_sheet(sheets, &policy, &mail->sheet[i]);
	add_sheet(sheets, &policy, &mail->rules);
	if (!draft)
		rc = template_file(&bar, r->http->role->site.conf.store_templates, "web/archive-bar.css.mustache", context, e);
	if (rc == 0 && strcasestr(bar.data, "</style"))
		rc = err_set(e, ERR_INPUT, "web/archive-bar.css.mustache ends the style sheet that it is");
	add_sheet(sheets, &policy, &bar);
	if (rc == 0)
		memcpy(csp, policy.data, policy.len + 1);
	json_object_set_new(context, "sheets", sheets);
	buf_release(&policy);
	buf_release(&bar);
	return rc;
}

/* A mail of text alone, or one whose HTML is too large to be read again. */
static void
from_text(struct buf *html, const struct buf *text)
{
	buf_addstr(html, "<body style=\"margin:0\"><pre style=\"margin:0 auto;padding:24px;max-width:640px;white-space:pre-wrap\">");
	text_escape_html(html, text->data, text->len);
	buf_addstr(html, "</pre>");
}

static int
render(const struct http_request *r, const struct archived *a, enum archive_audience audience, const struct archive_html *mail,
    struct buf *page, char csp[ARCHIVE_CSP], struct err *e)
{
	json_t *context = page_context(r);
	struct buf url = BUF_INIT;
	int rc;

	archive_url(r, &url, a);
	page_put(context, "title", a->subject);
	if (audience == ARCHIVE_PUBLIC)
		json_put(context, "url", url.data);
	json_put_bool(context, "draft", audience == ARCHIVE_DRAFT);
	json_put(context, "mail_language", mail->language[0] ? mail->language : http_language(r));
	json_put_bool(context, "over", archive_is_over(a));
	json_put(context, "body_attributes", mail->attributes.data);
	json_put(context, "body_html", mail->body.data);
	rc = add_sheets(r, context, mail, audience == ARCHIVE_DRAFT, csp, e);
	if (rc == 0)
		rc = template_file(page, r->http->role->site.conf.store_templates, "web/archive-page.html.mustache", context, e);
	json_decref(context);
	buf_release(&url);
	return rc;
}

int
archive_render(const struct http_request *r, const struct archived *a, enum archive_audience audience, struct buf *page,
    char csp[ARCHIVE_CSP], struct err *e)
{
	const struct archive_view view = { .audience = audience };
	struct buf text = BUF_INIT, html = BUF_INIT;
	struct archive_html mail;
	int rc = archive_bodies(r, a, &view, &text, &html, e);

	if (rc == 0 && html.len > ARCHIVE_HTML_MAX)
		buf_reset(&html);
	if (rc == 0 && !html.len)
		from_text(&html, &text);
	if (rc == 0) {
		rc = archive_html(&mail, html.data, html.len, e);
		if (rc == 0)
			rc = render(r, a, audience, &mail, page, csp, e);
		archive_html_release(&mail);
	}
	buf_release(&text);
	buf_release(&html);
	return rc;
}
