/*
 * markdown.h - CommonMark as mail: HTML with inline styles, and a text part that reads well.
 *
 * Both come from one cmark tree. Raw HTML is shown as text, or cleaned
 * (html_clean.h) where the style says so; its comments (<!-- more -->) are left
 * out. Links and images may be https, mailto, tel (http is for lint to refuse,
 * it is kept); javascript:, data: and the like lose their target. Relative ones
 * resolve against `base_url` (RFC 3986 section 5). Control characters never
 * come out, whatever the text holds, but for the marks of slots.
 *
 * Only the first MARKDOWN_MAX bytes are read, and output ends soon after
 * MARKDOWN_MAX_OUTPUT bytes, which no template and no message takes.
 */
#ifndef MARKDOWN_H
#define MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define MARKDOWN_MAX (1u << 20)        /* bytes of Markdown */
#define MARKDOWN_MAX_OUTPUT (8u << 20) /* bytes */
#define MARKDOWN_MAX_DEPTH 100         /* nested quotes and lists; deeper ones are flattened */
#define MARKDOWN_ALT_MAX 500           /* bytes of what markdown_image says, cut at a character */

struct markdown_style {
	const char *base_url; /* "" leaves relative links as they are */
	const char *colour;   /* accent, #rrggbb */
	const char *somebody; /* the fallback of {{name}} without one of its own; NULL or "": none */
	bool slots;           /* {{name}} and the like become slots (base/slot.h): for what staff write, never for what is fetched */
	bool raw_html;        /* HTML in the text goes through html_clean.h */
};

/*
 * With `slots`, {{name}}, {{name|dear reader}}, {{unsubscribe_url}}, {{preferences_url}} and {{view_url}} stand for a
 * person's own in words, alt texts and addresses of links (an address may begin with one of the three links; images have none),
 * but not in code, nor as "\{{name}}". Anything else in {{…}} stays text.
 */

/*
 * Append e-mail HTML (a fragment). A link with words of its own that stands
 * alone in a paragraph, outside of lists and quotes, becomes a button; images
 * are at most 536 px wide, fluid.
 */
void markdown_html(struct buf *out, const char *text, size_t n, const struct markdown_style *style);

/*
 * Append plain text wrapped at 72 columns (East Asian wide characters count
 * two; a long URL stands on a line of its own and is never broken): headings
 * underlined, lists with hanging indent, quotes with "> ", links as
 * "words [1]" with the numbered addresses at the end; what is a button in HTML
 * has its address below its words instead.
 */
void markdown_text(struct buf *out, const char *text, size_t n, const struct markdown_style *style);

/*
 * Append the first `words` words as one line of plain text without headings,
 * bare addresses and the buttons after the first words, cut at a word, with "…" when something was left out. At most
 * 16 bytes a word on average, for scripts without spaces.
 */
void markdown_excerpt(struct buf *out, const char *text, size_t n, size_t words);

/* Append the text of the first heading outside of lists and quotes; returns 0, or -1 when there is none. */
int markdown_title(struct buf *out, const char *text, size_t n);

/* Append the Markdown without the heading that markdown_title takes. */
void markdown_without_title(struct buf *out, const char *text, size_t n);

/* Append the address of the first image, resolved, and to alt (or NULL) its words; returns 0, or -1 when there is none. */
int markdown_image(struct buf *out, struct buf *alt, const char *text, size_t n, const struct markdown_style *style);

/*
 * Append a line that is no Markdown (a subject, a button's words), without control characters, with marks for {{name}} and
 * {{name|dear reader}}; the person's links stay text.
 */
void markdown_line(struct buf *out, const char *text, const char *somebody);

#endif
