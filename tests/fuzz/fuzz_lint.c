/* fuzz_lint.c - any bytes as subject, text and HTML of a mail: findings that are clean, bounded and the same each time. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "content/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(int good)
{
	if (!good)
		abort();
}

static void
check_finding(const struct lint_finding *f)
{
	check(f->code[0] && strspn(f->code, "abcdefghijklmnopqrstuvwxyz-") == strlen(f->code));
	check(text_is_utf8(f->where, strlen(f->where)) && !text_has_control(f->where, strlen(f->where), ""));
	check(text_is_utf8(f->text, strlen(f->text)) && !text_has_control(f->text, strlen(f->text), ""));
	check(f->where[0] && f->text[0] && strlen(f->where) < 256 && strlen(f->text) < 600);
	check(strcmp(f->languages, "en es") == 0);
}

/* Up to two bytes 0xff cut the input into subject, text and HTML; slots' marks come as they are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct lint l = LINT_INIT;
	struct lint_mail m = { .language = "en", .from = "a@b.example", .site_url = "https://b.example", .postal_address = "x" };
	struct buf part[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	size_t i, which = n && memchr(data, 0xff, n) ? 0 : 2, findings, links;

	for (i = 0; i < n; i++)
		if (data[i] == 0xff && which < 2)
			which++;
		else if (data[i])
			buf_addch(&part[which], (char)data[i]);
	m.topic = "t";
	m.subject = m.preheader = part[0].data;
	m.text = part[1].data;
	m.html = part[2].data;
	m.html_size = part[2].len;
	m.relay = n & 1 ? LINT_RELAY_REMOTE : LINT_RELAY_NONE;
	lint_mail(&l, &m);
	findings = l.findings;
	links = l.links;
	m.language = "es";
	lint_mail(&l, &m);
	check(findings <= LINT_FINDINGS && links <= LINT_LINKS && l.links == links);
	check(l.findings == findings); /* what is found twice is there once */
	for (i = 0; i < l.findings; i++)
		if (strcmp(l.finding[i].code, "placeholder") != 0) /* TODO is one in English alone */
			check_finding(&l.finding[i]);
	for (i = 0; i < l.links; i++)
		check(strncasecmp(l.link[i].url, "http", 4) == 0 && !strpbrk(l.link[i].url, " \"<>\001\002\n"));
	lint_release(&l);
	for (i = 0; i < 3; i++)
		buf_release(&part[i]);
	return 0;
}
