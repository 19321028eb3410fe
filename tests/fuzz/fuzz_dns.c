/*
 * fuzz_dns.c - what a name server answers: the message, and the records of DKIM, DMARC and SPF in it.
 *
 * The first byte chooses: an answer on the wire, or text. Of text each line is a TXT record of every name in turn, and SPF and DMARC are
 * walked through with them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "mail/dkim_record.h"
#include "mail/dmarc.h"
#include "mail/dns.h"
#include "mail/spf.h"
#include "mail/tag_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct zone {
	struct dns_answer txt, address, mx;
	int asked;
};

static void
check(const struct dns_answer *a)
{
	if (a->count > DNS_RECORDS || (a->status == DNS_FOUND) != (a->count > 0))
		abort();
	for (size_t i = 0; i < a->count; i++)
		for (const char *p = a->record[i].text; *p; p++)
			if (*p < ' ' || *p > '~')
				abort();
}

static void
read_message(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_MX, DNS_TXT, DNS_PTR };
	struct dns_answer a;
	bool tc;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (dns_read(&a, data, size, "a.test", types[i], &tc) == 0)
			check(&a);
		dns_answer_release(&a);
	}
}

static const struct dns_answer *
look(void *ctx, const char *name, enum dns_type type)
{
	static const struct dns_answer none = { .status = DNS_NO_NAME };
	struct zone *z = ctx;

	if (++z->asked > 5000)
		abort(); /* somebody walks in circles */
	if (!dns_is_name(name))
		return &none;
	switch (type) {
	case DNS_TXT: return &z->txt;
	case DNS_MX: return &z->mx;
	default: return strlen(name) % 2 ? &z->address : &none;
	}
}

static void
walk(struct zone *z, const char *domain)
{
	struct spf_report r;
	struct dmarc_found f;

	spf_check(&r, domain, NULL, look, z);
	spf_check(&r, domain, "192.0.2.1", look, z);
	spf_check(&r, domain, "2001:db8::1", look, z);
	if (r.lookups < 0 || r.lookups > 60)
		abort();
	dmarc_discover(&f, domain, look, z);
	if (f.questions > DMARC_QUESTIONS)
		abort();
	dmarc_aligned(domain, "b.test", false, look, z);
}

static void
read_text(char *text)
{
	char address[] = "192.0.2.1", host[] = "a.test";
	struct zone z = { .txt.status = DNS_NO_DATA,
		.address = { .status = DNS_FOUND, .count = 1, .record[0].text = address },
		.mx = { .status = DNS_FOUND, .count = 1, .record[0].text = host } };
	struct dkim_published p;
	struct err e = ERR_INIT;
	struct spf *spf = xmalloc(sizeof(*spf));
	struct dmarc d;
	char *line, *rest = text, domain[] = "a.b.c.test";

	while (z.txt.count < DNS_RECORDS && (line = strsep(&rest, "\n"))) {
		z.txt.record[z.txt.count++].text = line;
		z.txt.status = DNS_FOUND;
		dkim_record_parse(&p, line, &e);
		dmarc_parse(&d, line, &e);
		spf_parse(spf, line, &e);
	}
	walk(&z, domain);
	if (dns_is_name(text))
		walk(&z, text);
	free(spf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	if (data[0] % 2) {
		read_message(data + 1, size - 1);
		return 0;
	}
	text = xcalloc(size, 1);
	memcpy(text, data + 1, size - 1);
	read_text(text);
	free(text);
	return 0;
}
