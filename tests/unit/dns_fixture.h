/* dns_fixture.h - a name server made of a table, for the tests of what is looked up. */
#ifndef DNS_FIXTURE_H
#define DNS_FIXTURE_H

#include <string.h>
#include <strings.h>

#include "mail/dns.h"

struct zone_row {
	const char *name;
	enum dns_type type;
	const char *text; /* NULL: the server does not say */
};

struct zone {
	const struct zone_row *row; /* ends with a NULL name */
	struct dns_answer answer[64];
	int asked;
};

static const struct dns_answer *
zone_look(void *ctx, const char *name, enum dns_type type)
{
	struct zone *z = ctx;
	struct dns_answer *a = &z->answer[z->asked++ % 64];

	memset(a, 0, sizeof(*a));
	a->status = DNS_NO_NAME;
	for (const struct zone_row *r = z->row; r->name; r++) {
		if (strcasecmp(r->name, name) != 0)
			continue;
		if (a->status == DNS_NO_NAME)
			a->status = DNS_NO_DATA;
		if (r->type != type)
			continue;
		a->status = r->text ? DNS_FOUND : DNS_REFUSED;
		if (r->text)
			a->record[a->count++].text = (char *)(uintptr_t)r->text;
	}
	return a;
}

#endif
