/* test_lint.c - a clean mail has no finding; each thing that can be wrong with one has its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/slot.h"
#include "content/lint.h"

#define OUT SLOT_MARK("unsubscribe_url")
#define TOPICS SLOT_MARK("preferences_url")
#define HEAD \
	"<!DOCTYPE html>\n<html lang=\"en\"><head><title>A walk</title><meta name=\"color-scheme\" content=\"light dark\"></head><body>\n"
#define TOP "<a href=\"" OUT "\">Unsubscribe</a>\n"
#define FOOT "<p>You asked for it. <a href=\"" OUT "\">Unsubscribe</a> <a href=\"" TOPICS "\">Topics</a></p></body></html>\n"
#define WORDS "<p>A walk in the woods does more than the step counter says.</p>\n"
#define TEXT \
	"Unsubscribe:\n" OUT "\n\nA walk in the woods does more than the step counter says.\n\nUnsubscribe:\n" OUT "\nTopics:\n" TOPICS "\n"
#define NOW 1773100000

/* What stands here in place of what the clean mail has; NULL and 0: as there. */
struct change {
	const char *subject, *preheader, *text, *html, *body, *from, *site_url, *postal, *language;
	size_t size;
	int64_t start, valid_until;
	enum lint_relay relay;
	bool promotion;
};

#define LABEL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
#define HUNDRED "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "

static const struct {
	const char *name;
	struct change c;
	const char *want; /* "error code" or "warning code", separated by commas; "": none */
} cases[] = {
	{ "a clean mail", { 0 }, "" },
	{ "a clean mail for a relay", { .relay = LINT_RELAY_REMOTE }, "" },
	{ "a clean promotion", { .promotion = true, .relay = LINT_RELAY_REMOTE, .valid_until = NOW + 86400 }, "" },

	{ "no subject", { .subject = " " }, "error subject-empty" },
	{ "60 characters, in more bytes", { .subject = "ññññññññññ ñññññññññ ñññññññññ ñññññññññ ñññññññññ ñññññññññ" }, "" },
	{ "61 characters", { .subject = "aaaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaaa" }, "warning subject-length" },
	{ "a name's slot counts as its fallback", { .subject = SLOT_MARK("name|friend") ", aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa" }, "" },
	{ "capitals", { .subject = "SPRING OFFER" }, "warning subject-capitals" },
	{ "accents in capitals", { .subject = "ÚLTIMOS DÍAS" }, "warning subject-capitals" },
	{ "a short name in capitals", { .subject = "ADHD" }, "" },
	{ "Re:", { .subject = "Re: our talk" }, "warning subject-reply" },
	{ "RE: without a space", { .subject = "RE:our talk" }, "warning subject-reply" },
	{ "Fwd:", { .subject = "Fwd: our talk" }, "warning subject-reply" },
	{ "Reading is no Re:", { .subject = "Reading: a list" }, "" },
	{ "an emoji", { .subject = "✅ A walk" }, "warning subject-emoji" },
	{ "a picture", { .subject = "A walk 🌳" }, "warning subject-emoji" },
	{ "a dash and quotes are none", { .subject = "A walk – “in the woods”…" }, "" },
	{ "!!", { .subject = "Come!!" }, "warning subject-exclamation" },
	{ "?!", { .subject = "Really?!" }, "warning subject-exclamation" },
	{ "one mark", { .subject = "¡Venga! ¿Sí?" }, "" },
	{ "a slot that nobody fills in the subject", { .subject = "Dear {{nmae}}" }, "error unresolved-slot" },

	{ "no preheader", { .preheader = "\n" }, "warning preheader" },
	{ "From at nobody's domain", { .from = "a@localhost.localdomain", .relay = LINT_RELAY_REMOTE }, "error from-domain" },
	{ "… through this machine's relay", { .from = "a@localhost.localdomain", .relay = LINT_RELAY_LOCAL }, "warning from-domain" },
	{ "… without a relay", { .from = "a@localhost.localdomain" }, "" },
	{ "From at an example", { .from = "a@news.example.com", .relay = LINT_RELAY_REMOTE }, "error from-domain" },
	{ "From at a name like it", { .from = "a@notexample.com", .relay = LINT_RELAY_REMOTE }, "" },
	{ "From without a domain", { .from = "localhost", .relay = LINT_RELAY_REMOTE }, "error from-domain" },
	{ "no postal address in a promotion", { .postal = "", .promotion = true, .relay = LINT_RELAY_LOCAL }, "error postal-address" },
	{ "… that reaches nobody", { .postal = "", .promotion = true }, "warning postal-address" },
	{ "no postal address with articles", { .postal = "", .relay = LINT_RELAY_REMOTE }, "warning postal-address" },
	{ "links to this machine", { .site_url = "http://127.0.0.1:8025", .relay = LINT_RELAY_REMOTE }, "error site-url" },
	{ "… through this machine's relay", { .site_url = "http://127.0.0.1:8025", .relay = LINT_RELAY_LOCAL }, "" },
	{ "valid-until has passed", { .valid_until = NOW - 1 }, "error valid-until" },
	{ "valid-until is before the start", { .start = NOW + 7200, .valid_until = NOW + 3600 }, "error valid-until" },
	{ "over 80 KB", { .size = 82000 }, "warning size" },
	{ "over 102 KB", { .size = 103000 }, "error size" },

	{ "an empty text part", { .text = "\n \n" }, "error text-empty" },
	{ "no way out in the text", { .text = "A walk in the woods does more than the step counter says.\n" }, "error unsubscribe, warning preferences" },
	{ "no preferences in the text", { .text = "A walk.\n" OUT "\n" }, "warning preferences" },
	{ "an http address in the text", { .text = TEXT "See http://a.net/b.\n" }, "error http-link" },
	{ "a slot that nobody fills in the text", { .text = TEXT "Dear {{ nmae }}\n" }, "error unresolved-slot" },
	{ "one that is in both is told once", { .text = TEXT "Dear {{nmae}}\n", .body = "<p>Dear {{nmae}}</p>" }, "error unresolved-slot" },
	{ "a text without a line's end", { .text = TEXT "Hello" }, "" },
	{ "lone braces are no slot", { .text = TEXT "{{ and a line's end\n}}\n" }, "" },
	{ "a section of a template", { .body = "<p>{{#name}}</p>" }, "error unresolved-slot" },
	{ "a slot in an address", { .body = "<a href=\"https://a.net/%7B%7Bid%7D%7D\">x</a>" }, "error unresolved-slot" },
	{ "lorem ipsum", { .body = "<p>Lorem Ipsum dolor</p>" }, "warning placeholder" },
	{ "TODO", { .body = "<p>TODO: the price</p>" }, "warning placeholder" },
	{ "TODO within", { .body = "<p>ToTODO and TODOs to do: TODO</p>" }, "warning placeholder" },
	{ "TODO in Spanish", { .language = "es", .body = "<p>TODO cambia</p>" }, "" },
	{ "XXX in a word", { .body = "<p>XXXL</p>" }, "" },
	{ "the text is a part of it",
	    { .body = "<p>one two three four five six seven eight nine ten one two three four five six seven eight nine ten "
		      "one two three four five six seven eight nine ten one two three four five six seven eight nine ten</p>" },
	    "warning text-short" },

	{ "an http link", { .body = "<a href=\"http://a.net/\">x</a>" }, "error http-link" },
	{ "the site's own address is judged with the site",
	    { .site_url = "http://127.0.0.1:8025", .body = "<a href=\"http://127.0.0.1:8025/archive\">x</a>" }, "" },
	{ "… but not one that begins like it", { .site_url = "http://127.0.0.1:80", .body = "<a href=\"http://127.0.0.1:8025/\">x</a>" },
	    "error http-link, error ip-link" },
	{ "an IPv4 address", { .body = "<a href=\"https://192.0.2.1/a\">x</a>" }, "error ip-link" },
	{ "an IPv4 address as a number", { .body = "<a href=\"https://3221225985/a\">x</a>" }, "error ip-link" },
	{ "an IPv6 address", { .body = "<a href=\"https://[2001:db8::1]/a\">x</a>" }, "error ip-link" },
	{ "half an IPv6 address", { .body = "<a href=\"https://[2001:db8::1/a\">x</a>" }, "error ip-link" },
	{ "a host longer than any", { .body = "<a href=\"https://" LABEL LABEL LABEL LABEL LABEL "net/\">www.bank.com</a>" }, "" },
	{ "a dot at its end", { .body = "<a href=\"https://bit.ly../abc\">x</a>" }, "warning short-link" },
	{ "a user before the host", { .body = "<a href=\"https://bank.com@a.net/\">x</a>" }, "error link-user" },
	{ "one's own link for another site", { .body = "<a href=\"https://a.net/?" OUT "\">x</a>" }, "error personal-link" },
	{ "but for ours", { .body = "<a href=\"https://news.quietharbour.org/?" OUT "\">x</a>" }, "" },
	{ "a name in a link", { .body = "<a href=\"https://a.net/?" SLOT_MARK("name") "\">x</a>" }, "" },
	{ "a name in an image", { .body = "<img src=\"https://a.net/?" SLOT_MARK("name") "\" alt=\"x\" width=\"9\">" }, "error personal-link" },
	{ "an @ in the path is none", { .body = "<a href=\"https://a.net/@ann\">x</a>" }, "" },
	{ "javascript", { .body = "<a href=\"java&#10;script:alert(1)\">x</a>" }, "error link-scheme" },
	{ "a data link", { .body = "<a href=\"data:text/html,a\">x</a>" }, "error link-scheme" },
	{ "a relative link", { .body = "<a href=\"/about\">x</a>" }, "error relative-link" },
	{ "a link within the mail", { .body = "<a href=\"#a\">x</a>" }, "" },
	{ "an empty link", { .body = "<a href=\"\">x</a>" }, "error empty-link" },
	{ "a link to #", { .body = "<a href=\"#\">x</a>" }, "error empty-link" },
	{ "the target of a link", { .body = "<a id=\"a\"> </a>" }, "" },
	{ "a link of many words", { .body = "<a href=\"https://a.net/\">" HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED "</a>" }, "" },
	{ "a link without words", { .body = "<a href=\"https://a.net/\"> </a>" }, "warning link-words" },
	{ "… but with a picture that has", { .body = "<a href=\"https://a.net/\"><img src=\"https://a.net/b.png\" width=\"9\" alt=\"B\"></a>" }, "" },
	{ "mail", { .body = "<a href=\"mailto:ann@a.net?subject=Hi\">x</a>" }, "" },
	{ "mail to an address of the mail's", { .body = "<a href=\"mailto:" SLOT_MARK("name") "\">x</a>" }, "" },
	{ "mail to nobody", { .body = "<a href=\"mailto:ann\">x</a>" }, "error contact-link" },
	{ "a telephone", { .body = "<a href=\"tel:+34%20600\">x</a>" }, "" },
	{ "a telephone without a number", { .body = "<a href=\"tel:us\">x</a>" }, "error contact-link" },
	{ "a shortener", { .body = "<a href=\"https://bit.ly/abc\">x</a>" }, "warning short-link" },
	{ "a name that ends like one", { .body = "<a href=\"https://rabbit.ly/abc\">x</a>" }, "" },
	{ "words that show another domain", { .body = "<a href=\"https://a.net/\">www.bank.com</a>" }, "warning link-shows-other" },
	{ "… with a scheme", { .body = "<a href=\"https://a.net/\"><b>https://bank.com/login</b></a>" }, "warning link-shows-other" },
	{ "… below co.uk", { .body = "<a href=\"https://a.co.uk/\">b.co.uk</a>" }, "warning link-shows-other" },
	{ "words that show the same domain", { .body = "<a href=\"https://www.a.co.uk/b\">a.co.uk</a>" }, "" },
	{ "words that are a file's name", { .body = "<a href=\"https://a.net/\">README.md</a>" }, "" },
	{ "words of a sentence", { .body = "<a href=\"https://a.net/\">more at bank.com</a>" }, "" },
	{ "words that are an address", { .body = "<a href=\"mailto:ann@a.net\">ann@bank.com</a>" }, "" },
	{ "a slot's link that shows another domain", { .body = "<a href=\"" TOPICS "\">bank.com</a>" }, "warning link-shows-other" },

	{ "an image", { .body = "<img src=\"https://a.net/b.png\" width=\"90\" alt=\"A wood\">" }, "" },
	{ "no alt", { .body = "<img src=\"https://a.net/b.png\" width=\"90\">" }, "error image-alt" },
	{ "an empty alt", { .body = "<img src=\"https://a.net/b.png\" width=\"90\" alt=\"\">" }, "warning image-alt" },
	{ "an empty alt of what is decoration", { .body = "<img src=\"https://a.net/b.png\" width=\"90\" alt=\"\" role=\"presentation\">" }, "" },
	{ "a file's name for an alt", { .body = "<img src=\"https://a.net/b.png\" width=\"90\" alt=\"IMG_1.JPG\">" }, "warning image-alt" },
	{ "no width", { .body = "<img src=\"https://a.net/b.png\" alt=\"A\">" }, "warning image-width" },
	{ "an http image", { .body = "<img src=\"http://a.net/b.png\" width=\"90\" alt=\"A\">" }, "error http-image" },
	{ "a data image", { .body = "<img src=\"data:image/png;base64,AA\" width=\"90\" alt=\"A\">" }, "error data-image" },
	{ "an image without an address", { .body = "<img width=\"90\" alt=\"A\">" }, "error empty-link" },
	{ "a background", { .body = "<p style=\"background:url('http://a.net/b.png')\">x</p>" }, "error http-image" },
	{ "a table's background", { .body = "<table role=\"presentation\" background=\"http://a.net/b.png\"></table>" }, "error http-image" },

	{ "a script", { .body = "<script>x</script>" }, "error html-script" },
	{ "a handler", { .body = "<p onclick=\"x\">x</p>" }, "error html-script" },
	{ "a long one", { .body = "<p onalongwhileafterwards=\"x\">x</p>" }, "error html-script" },
	{ "a frame", { .body = "<iframe src=\"https://a.net/\"></iframe>" }, "error html-script" },
	{ "a form", { .body = "<form>a</form>" }, "error html-form" },
	{ "a style sheet elsewhere", { .body = "<link rel=\"stylesheet\" href=\"https://a.net/a.css\">" }, "error html-style" },
	{ "… imported", { .body = "<style>@import url(https://a.net/a.css);</style>" }, "error html-style" },
	{ "a video", { .body = "<video></video>" }, "warning html-element" },
	{ "a table for layout", { .body = "<table role=\"presentation\"></table>" }, "" },
	{ "a table without a role", { .body = "<table></table>" }, "warning html-table" },
	{ "a comment is none of it", { .body = "<!-- <script> {{a}} http://a.net -->" }, "" },
	{ "no lang, no title", { .html = "<html><meta name=\"color-scheme\" content=\"light\">" TOP WORDS FOOT }, "warning html-lang, warning html-title" },
	{ "no dark mode", { .html = "<html lang=en><title>a</title>" TOP WORDS FOOT }, "warning html-dark" },
	{ "no way out", { .html = HEAD WORDS "<a href=\"" TOPICS "\">Topics</a>" }, "error unsubscribe" },
};

static struct lint_mail
mail(const struct change *c, struct buf *html)
{
	struct lint_mail m = {
		.language = c->language ? c->language : "en",
		.subject = c->subject ? c->subject : "A walk in the woods",
		.preheader = c->preheader ? c->preheader : "What it does",
		.text = c->text ? c->text : TEXT,
		.html_size = c->size ? c->size : 2000,
		.from = c->from ? c->from : "news@quietharbour.org",
		.site_url = c->site_url ? c->site_url : "https://news.quietharbour.org",
		.postal_address = c->postal ? c->postal : "12 Lighthouse Lane",
		.relay = c->relay,
		.promotion = c->promotion,
		.topic = "articles",
		.now = NOW,
		.start = c->start ? c->start : NOW + 60,
		.valid_until = c->valid_until,
	};

	if (c->html)
		buf_addstr(html, c->html);
	else
		buf_addf(html, "%s%s%s%s%s", HEAD, TOP, WORDS, c->body ? c->body : "", FOOT);
	m.html = html->data;
	return m;
}

static void
list(struct buf *out, const struct lint *l)
{
	size_t i;

	for (i = 0; i < l->findings; i++)
		buf_addf(out, "%s%s %s", i ? ", " : "", l->finding[i].severity == LINT_ERROR ? "error" : "warning", l->finding[i].code);
}

static void
test_cases(void **state)
{
	size_t i, failed = 0;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf html = BUF_INIT, got = BUF_INIT;
		struct lint l = LINT_INIT;
		struct lint_mail m = mail(&cases[i].c, &html);

		lint_mail(&l, &m);
		list(&got, &l);
		if (strcmp(got.data, cases[i].want) != 0) {
			failed++;
			print_error("%s: got \"%s\", not \"%s\"%s%s\n", cases[i].name, got.data, cases[i].want, l.findings ? ": " : "",
			    l.findings ? l.finding[0].where : "");
		}
		lint_release(&l);
		buf_release(&html);
		buf_release(&got);
	}
	assert_int_equal(failed, 0);
}

/* What stands where, and what is to be fetched. */
static void
test_places(void **state)
{
	struct change c = { .body = "<p>a</p>\n<img src=\"https://a.net/b.png\" alt=\"B\" width=\"9\"><form></form>\n"
				    "<a href=\"https://a.net/c#d\">x</a> <a href=\"https://a.net/c\">y</a> <a href=\"mailto:ann@a.net\">z</a> "
				    "<a href=\"https://news.quietharbour.org/u/abc\">u</a> <a href=\"https://news.quietharbour.org/draft/abc\">d</a> <a href=\"https://news.quietharbour.org/archive\">v</a>" };
	struct buf html = BUF_INIT;
	struct lint l = LINT_INIT;
	struct lint_mail m = mail(&c, &html);

	(void)state;
	m.relay = LINT_RELAY_REMOTE;
	lint_mail(&l, &m);
	assert_int_equal(l.findings, 1);
	assert_string_equal(l.finding[0].where, "HTML, line 6");
	assert_string_equal(l.finding[0].languages, "en");
	assert_int_equal(l.links, 3);
	assert_string_equal(l.link[0].url, "https://a.net/b.png");
	assert_true(l.link[0].image);
	assert_string_equal(l.link[1].url, "https://a.net/c");
	assert_string_equal(l.link[2].url, "https://news.quietharbour.org/archive");
	m.language = "es";
	lint_mail(&l, &m);
	assert_int_equal(l.findings, 1);
	assert_string_equal(l.finding[0].languages, "en es");
	assert_int_equal(l.links, 3);
	lint_release(&l);
	m.relay = LINT_RELAY_NONE;
	lint_mail(&l, &m);
	assert_int_equal(l.links, 2); /* pages that nobody needs to reach yet */
	lint_release(&l);
	buf_release(&html);
}

/* The way out must be seen: near the top, and at the end. */
static void
test_way_out(void **state)
{
	struct change c = { 0 };
	struct buf html = BUF_INIT, body = BUF_INIT, got = BUF_INIT, copy = BUF_INIT;
	struct lint l = LINT_INIT;
	struct lint_mail m;
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		buf_addstr(&body, "one two three four five\n");
	buf_addf(&html, "%s<div style=\"display:none\">%s<div>%s</div></div>%s%s%s", HEAD, body.data, body.data, TOP, body.data, FOOT);
	c.html = html.data;
	buf_addf(&got, "%s%s%s", "x " OUT "\n", body.data, OUT " " TOPICS "\n");
	c.text = got.data;
	m = mail(&c, &copy);
	lint_mail(&l, &m);
	assert_int_equal(l.findings, 0); /* hidden words do not count */
	buf_reset(&html);
	buf_addf(&html, "%s%s%s", HEAD, body.data, FOOT);
	m.html = html.data;
	lint_mail(&l, &m);
	assert_int_equal(l.findings, 1);
	assert_string_equal(l.finding[0].code, "unsubscribe-top");
	lint_release(&l);
	buf_reset(&html);
	buf_addf(&html, "%s%s%s<a href=\"%s\">Topics</a></body></html>", HEAD, TOP, body.data, TOPICS);
	m.html = html.data;
	lint_mail(&l, &m);
	assert_int_equal(l.findings, 1);
	assert_string_equal(l.finding[0].code, "unsubscribe-foot");
	lint_release(&l);
	buf_release(&html);
	buf_release(&body);
	buf_release(&copy);
	buf_release(&got);
}

static void
test_overlap(void **state)
{
	const struct lint_campaign near[] = { { 3, NOW - 3600, "Before", "articles" }, { 4, NOW + 3600, "Afterwards", "promotions" } };
	struct change c = { 0 };
	struct buf html = BUF_INIT;
	struct lint l = LINT_INIT;
	struct lint_mail m = mail(&c, &html);

	(void)state;
	m.near = near;
	m.near_count = 2;
	lint_mail(&l, &m);
	assert_int_equal(lint_count(&l, LINT_WARNING), 2);
	assert_non_null(strstr(l.finding[0].text, "campaign 3, \"Before\", went to articles"));
	assert_non_null(strstr(l.finding[0].text, "the same people get both"));
	assert_non_null(strstr(l.finding[1].text, "campaign 4, \"Afterwards\", starts for promotions"));
	assert_non_null(strstr(l.finding[1].text, "who has both topics gets both"));
	lint_release(&l);
	buf_release(&html);
}

/* However much is wrong, the list ends; and what it says drives no terminal. */
static void
test_bounds(void **state)
{
	struct change c = { 0 };
	struct buf body = BUF_INIT, html = BUF_INIT;
	struct lint l = LINT_INIT;
	struct lint_mail m;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		buf_addf(&body, "<a href=\"http://a%d.net/\">x</a>", i);
	c.body = body.data;
	m = mail(&c, &html);
	lint_mail(&l, &m);
	assert_int_equal(l.findings, LINT_FINDINGS);
	assert_true(l.more >= 800);
	assert_int_equal(l.links, LINT_LINKS);
	lint_release(&l);
	lint_add(&l, LINT_ERROR, "a", "b\033[2J", "c\n\xff");
	assert_string_equal(l.finding[0].where, "b?[2J");
	assert_string_equal(l.finding[0].text, "c??");
	lint_add(&l, LINT_ERROR, "a", "b\033[2J", "c\n\xff"); /* of no language, twice, and of one */
	assert_int_equal(l.findings, 1);
	assert_string_equal(l.finding[0].languages, "");
	l.language = "en";
	lint_add(&l, LINT_ERROR, "a", "b\033[2J", "c\n\xff");
	assert_string_equal(l.finding[0].languages, "en");
	lint_add(&l, LINT_ERROR, "long", "b", "%600d", 1);
	assert_int_equal(strlen(l.finding[1].text), 500 + strlen("…"));
	assert_string_equal(l.finding[1].text + 500, "…");
	lint_release(&l);
	buf_release(&body);
	buf_release(&html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_way_out),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
