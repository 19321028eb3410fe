/* doctor_dkim.c - see doctor.h: whether DNS publishes the other half of each key that signs mail. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli.h"
#include "doctor.h"
#include "mail/dkim_record.h"

#define AGAIN "publish what `newsletter dkim show` prints"

/* Whether the record is the key's other half; what cannot be read here is another check's matter. */
static void
compare(struct doctor *d, const struct dkim_published *p, const char *path, const char *name)
{
	struct buf pem = BUF_INIT;
	struct err e = ERR_INIT;
	int same = -1;

	if (file_read(path, DKIM_PEM_MAX, &pem, &e) == 0)
		same = dkim_record_matches(p, pem.data, &e);
	if (pem.cap)
		secret_wipe(pem.data, pem.cap);
	buf_release(&pem);
	if (same == -1) {
		doctor_say(d, DOCTOR_SKIP, "%s is published; the key to compare it with cannot be read", name);
	} else if (same == 0) {
		doctor_say(d, DOCTOR_FAIL, "%s publishes another key than the one that signs: every signature fails", name);
		doctor_advise(d, AGAIN ", or name the right key in newsletter.conf");
	} else if (p->testing) {
		doctor_say(d, DOCTOR_WARN, "%s is right, and in test mode (t=y): receivers take the mail as unsigned", name);
		doctor_advise(d, "take t=y out of the record");
	} else {
		doctor_say(d, DOCTOR_PASS, "%s publishes the key that signs", name);
	}
}

static void
read_record(struct doctor *d, const char *text, enum dkim_kind kind, const char *path, const char *name)
{
	struct dkim_published p;
	struct err e = ERR_INIT;
	const char *bad = NULL;

	if (dkim_record_parse(&p, text, &e) == -1) {
		doctor_say(d, DOCTOR_FAIL, "%s cannot be read: %s", name, e.text);
		doctor_advise(d, AGAIN);
		return;
	}
	if (p.revoked)
		bad = "is revoked (p= is empty)";
	else if (p.kind != kind)
		bad = kind == DKIM_RSA ? "is of another kind than the RSA key (k=)" : "is of another kind than the Ed25519 key (k=)";
	else if (p.no_sha256)
		bad = "does not allow sha256 (h=)";
	else if (p.not_for_mail)
		bad = "is not for mail (s=)";
	if (!bad) {
		compare(d, &p, path, name);
		return;
	}
	doctor_say(d, DOCTOR_FAIL, "%s %s: every signature fails", name, bad);
	doctor_advise(d, AGAIN);
}

static void
look_at_key(struct doctor *d, enum dkim_kind kind, const char *selector, const char *path)
{
	const struct dns_answer *a;
	char name[DNS_NAME + DKIM_SELECTOR_MAX];

	if (!path[0])
		return;
	snprintf(name, sizeof(name), "%s._domainkey.%s", selector, d->conf->dkim_domain);
	a = dns_look(d->dns, name, DNS_TXT);
	if (dns_is_absent(a)) {
		doctor_say(d, DOCTOR_FAIL, "%s: %s: every signature fails", name, dns_status_text(a->status));
		doctor_advise(d, AGAIN);
	} else if (a->status != DNS_FOUND) {
		doctor_say(d, DOCTOR_SKIP, "%s: %s", name, dns_status_text(a->status));
	} else if (a->count > 1) {
		doctor_say(d, DOCTOR_FAIL, "%s has %zu records: which one a receiver takes is chance", name, a->count);
		doctor_advise(d, "leave the one that `newsletter dkim show` prints");
	} else {
		read_record(d, a->record[0].text, kind, path, name);
	}
}

void
doctor_dkim(struct doctor *d)
{
	const struct conf *c = d->conf;
	int i, signs = !c->relays;

	for (i = 0; i < c->relays; i++)
		signs |= c->relay[i].dkim != 0;
	if (!signs) {
		doctor_say(d, DOCTOR_PASS, "mail is not signed here: the relay does ([relay] dkim = no)");
	} else if (!c->dkim_key_file[0] && !c->dkim_ed25519_key_file[0]) {
		doctor_say(d, DOCTOR_WARN, "mail is not signed here: no key is named");
		doctor_advise(d, "`newsletter dkim keygen`, or [relay] dkim = no where the relay signs in your domain's name");
	} else {
		look_at_key(d, DKIM_RSA, c->dkim_selector, c->dkim_key_file);
		look_at_key(d, DKIM_ED25519, c->dkim_ed25519_selector, c->dkim_ed25519_key_file);
	}
}
