/* feed.c - see feed.h. */
#include "content/feed.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "content/feed_private.h"
#include "content/url.h"

#define BLOCK 32768     /* bytes that are parsed at a time, so that how they came makes no difference */
#define PAGE_MAX 524288 /* bytes of an HTML page that are looked through for a feed's address */

struct feed_parser *
feed_begin(const struct feed_options *o)
{
	struct feed_parser *p = xcalloc(1, sizeof(*p));

	p->o = *o;
	if (!p->o.block)
		p->o.block = BLOCK;
	p->block = p->text = p->ready = p->value = BUF_INIT;
	feed_charset_init(&p->charset, o->charset);
	feed_raw_init(&p->head);
	feed_raw_init(&p->item);
	return p;
}

void
feed_free(struct feed_parser *p)
{
	if (!p)
		return;
	for (; p->depth; p->depth--)
		free(p->level[p->depth].base);
	if (p->xml)
		xmlFreeParserCtxt(p->xml);
	feed_charset_release(&p->charset);
	feed_raw_release(&p->head);
	feed_raw_release(&p->item);
	feed_release(&p->out);
	buf_release(&p->block);
	buf_release(&p->text);
	buf_release(&p->ready);
	buf_release(&p->value);
	free(p);
}

/* White space before the XML declaration is an error to libxml2, and frequent. */
static size_t
skip_blank(struct feed_parser *p)
{
	size_t i;

	for (i = 0; i < p->text.len && strchr(" \t\r\n", p->text.data[i]); i++)
		p->blank_lines += p->text.data[i] == '\n';
	return i;
}

/* The beginning is there: whether it is XML at all. */
static void
begin_document(struct feed_parser *p)
{
	xmlSAXHandler sax;
	size_t blank = skip_blank(p);

	memmove(p->text.data, p->text.data + blank, p->text.len - blank);
	buf_truncate(&p->text, p->text.len - blank);
	if (!p->text.len)
		return;
	p->begun = true;
	if (feed_is_html(p->text.data, p->text.len)) {
		p->page = true;
		return;
	}
	if (p->text.data[0] != '<') {
		feed_fail(p, "it is no feed: it does not begin with \"<\"");
		return;
	}
	feed_sax_init(&sax);
	p->xml = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);
	if (!p->xml)
		abort(); /* no memory */
	/* NOENT is not among them: nothing expands; nothing is loaded either way */
	xmlCtxtUseOptions(p->xml, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
}

static void
parse_text(struct feed_parser *p, bool last)
{
	size_t taken;

	if (!p->begun)
		begin_document(p);
	if (p->failed || !p->begun)
		return;
	if (p->page) {
		if (p->ready.len < PAGE_MAX)
			buf_add(&p->ready, p->text.data, p->text.len);
		buf_reset(&p->text);
		return;
	}
	taken = feed_repair(&p->repair, &p->ready, p->text.data, p->text.len, last);
	memmove(p->text.data, p->text.data + taken, p->text.len - taken);
	buf_truncate(&p->text, p->text.len - taken);
	if (p->ready.len && xmlParseChunk(p->xml, p->ready.data, (int)p->ready.len, 0) != XML_ERR_OK && !p->xml->wellFormed)
		feed_fail(p, "it is no well-formed XML");
	buf_reset(&p->ready);
	if (p->repair.declares)
		feed_fail(p, "it declares an entity: feeds with entities of their own are refused");
	if (p->repair.attributes > FEED_ATTRIBUTES)
		feed_fail(p, "an element has more than %d attributes", FEED_ATTRIBUTES);
}

static void
parse_block(struct feed_parser *p, bool last)
{
	if (p->failed)
		return;
	if (feed_charset_add(&p->charset, &p->text, p->block.data, p->block.len, last, &p->e) == -1)
		p->failed = true;
	else
		parse_text(p, last);
	buf_reset(&p->block);
}

static int
fail(const struct feed_parser *p, struct err *e)
{
	*e = p->e;
	return -1;
}

int
feed_add(struct feed_parser *p, const void *bytes, size_t n, struct err *e)
{
	const char *s = bytes;
	size_t piece;

	while (n && !p->failed) {
		piece = p->o.block - p->block.len;
		piece = n < piece ? n : piece;
		p->bytes += piece;
		if (p->bytes > FEED_MAX) {
			feed_fail(p, "it is larger than %u MB", FEED_MAX >> 20);
			break;
		}
		buf_add(&p->block, s, piece);
		s += piece;
		n -= piece;
		if (p->block.len == p->o.block)
			parse_block(p, false);
	}
	return p->failed ? fail(p, e) : 0;
}

static void
name_alternate(struct feed_parser *p)
{
	struct buf href = BUF_INIT, clean = BUF_INIT, full = BUF_INIT;

	if (feed_html_alternate(&href, p->ready.data, p->ready.len) == 0) {
		url_clean(&clean, href.data, href.len);
		url_resolve(&full, p->o.url, clean.data);
		feed_fail(p, "it is an HTML page, no feed; it says that its feed is at %.300s", full.data);
	} else
		feed_fail(p, "it is an HTML page, no feed, and names none");
	buf_release(&href);
	buf_release(&clean);
	buf_release(&full);
}

int
feed_end(struct feed_parser *p, struct feed *out, struct err *e)
{
	parse_block(p, true);
	if (!p->failed && p->page)
		name_alternate(p);
	if (!p->failed && !p->begun)
		feed_fail(p, "it is empty");
	if (p->failed)
		return fail(p, e);
	p->ending = true;
	xmlParseChunk(p->xml, NULL, 0, 1);
	if (!p->failed && !p->xml->wellFormed)
		feed_fail(p, "it is no well-formed XML");
	if (p->failed)
		return fail(p, e);
	feed_items_end(p);
	*out = p->out;
	memset(&p->out, 0, sizeof(p->out));
	return 0;
}
