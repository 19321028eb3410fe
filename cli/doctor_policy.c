/* doctor_policy.c - see doctor.h: SPF and DMARC of the domains that mail is from. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/conf.h"
#include "cli.h"
#include "doctor.h"
#include "mail/dmarc.h"
#include "mail/spf.h"

/* The domain of the envelope's sender, which SPF is about. */
static const char *
envelope_domain(const struct doctor *d, char out[DNS_NAME])
{
	return doctor_domain(out, d->conf->mail_bounce[0] ? d->conf->mail_bounce : d->conf->mail_from);
}

/* Whether the address that mail leaves from is inside. */
static void
look_at_sender(struct doctor *d, const char *domain)
{
	const char *ip = d->ip ? d->ip : d->relay_ip;
	struct spf_report r;

	if (!ip[0] || (!d->ip && doctor_is_private(ip))) {
		doctor_say(d, DOCTOR_SKIP, "from which address the relay sends cannot be known here");
		doctor_advise(d, "--ip ADDRESS looks whether it is inside");
		return;
	}
	spf_check(&r, domain, ip, dns_look, d->dns);
	if (r.result == SPF_PASS) {
		doctor_say(d, DOCTOR_PASS, "%s names %s", domain, ip);
	} else if (r.result == SPF_TEMPERROR) {
		doctor_say(d, DOCTOR_SKIP, "%s", r.why);
	} else if (r.depends) {
		doctor_say(d, DOCTOR_SKIP, "whether %s names %s depends on the message (macros, exists or ptr)", domain, ip);
	} else if (d->ip) {
		doctor_say(d, DOCTOR_FAIL, "%s does not name %s: mail from there fails SPF", domain, ip);
		doctor_advise(d, "add ip%c:%s, or the include: that the relay's operator names, before all", strchr(ip, ':') ? '6' : '4',
		    ip);
	} else {
		doctor_say(d, DOCTOR_WARN, "%s does not name %s, where the relay takes mail; it may send from elsewhere", domain, ip);
		doctor_advise(d,
		    "see that the record has the include: that the relay's operator names; --ip ADDRESS looks at another address");
	}
}

/* True when there is a record that works. */
static bool
look_at_spf(struct doctor *d, const char *domain, bool envelope)
{
	struct spf_report r;

	spf_check(&r, domain, NULL, dns_look, d->dns);
	if (r.result == SPF_NONE) {
		doctor_say(d, envelope ? DOCTOR_FAIL : DOCTOR_WARN, "%s has no SPF record", domain);
		doctor_advise(d, "publish TXT \"v=spf1 include:… -all\" there, with the include: that the relay's operator names");
	} else if (r.result == SPF_TEMPERROR) {
		doctor_say(d, DOCTOR_SKIP, "%s", r.why);
	} else if (r.result == SPF_PERMERROR) {
		doctor_say(d, DOCTOR_FAIL, "%s: %s: receivers take it as broken", domain, r.why);
		if (r.lookups > SPF_LOOKUPS)
			doctor_advise(d, "leave out what sends no mail any more; an ip4: costs no look-up");
		else
			doctor_advise(d, "leave one record at the name, without the mistake");
	} else if (r.all == '+') {
		doctor_say(d, DOCTOR_FAIL, "%s ends in +all: everybody may send in its name", domain);
		doctor_advise(d, "end it in -all, or in ~all while you try");
	} else if (r.all != '-' && r.all != '~') {
		doctor_say(d, DOCTOR_WARN, "%s %s: it says nothing about all others", domain, r.all ? "ends in ?all" : "has no all");
		doctor_advise(d, "end it in -all, or in ~all while you try");
	} else {
		doctor_say(d, DOCTOR_PASS, "%s has one that ends in %call and costs %d of %d look-ups", domain, r.all, r.lookups,
		    SPF_LOOKUPS);
	}
	return r.result != SPF_NONE && r.result != SPF_TEMPERROR && r.result != SPF_PERMERROR;
}

void
doctor_spf(struct doctor *d)
{
	char from[DNS_NAME], envelope[DNS_NAME];

	doctor_domain(from, d->conf->mail_from);
	envelope_domain(d, envelope);
	if (look_at_spf(d, envelope, true))
		look_at_sender(d, envelope);
	if (strcasecmp(from, envelope) != 0)
		look_at_spf(d, from, false);
}

/* DMARC passes when either does. */
static void
look_at_alignment(struct doctor *d, const char *from, const struct dmarc_found *f)
{
	const struct conf *c = d->conf;
	bool keys = c->dkim_key_file[0] || c->dkim_ed25519_key_file[0], dkim, spf;
	char envelope[DNS_NAME];

	envelope_domain(d, envelope);
	dkim = keys && dmarc_aligned(from, c->dkim_domain, f->record.strict_dkim, dns_look, d->dns);
	spf = dmarc_aligned(from, envelope, f->record.strict_spf, dns_look, d->dns);
	if (dkim) {
		doctor_say(d, DOCTOR_PASS, "signatures of %s align with From%s", c->dkim_domain,
		    spf ? ", and the envelope's sender does" : "");
	} else if (keys) {
		doctor_say(d, spf ? DOCTOR_WARN : DOCTOR_FAIL, "signatures of %s do not align with From (%s%s)", c->dkim_domain, from,
		    f->record.strict_dkim ? ", adkim=s" : "");
		doctor_advise(d, "set [dkim] domain to %s and publish the key there", from);
	} else if (spf) {
		doctor_say(d, DOCTOR_WARN, "only the envelope's sender aligns with From: forwarded mail fails DMARC");
		doctor_advise(d, "sign mail: `newsletter dkim keygen`, or have the relay sign as %s", from);
	} else {
		doctor_say(d, DOCTOR_FAIL, "neither a signature nor the envelope's sender (%s) aligns with From (%s)", envelope, from);
		doctor_advise(d, "sign mail as %s: `newsletter dkim keygen`, or have the relay do it", from);
	}
}

static void
look_at_policy(struct doctor *d, const char *from, const struct dmarc_found *f)
{
	const char *policy = dmarc_policy_name(f->applies);

	if (f->record.testing) {
		doctor_say(d, DOCTOR_WARN, "_dmarc.%s asks for %s, and says that it is a test (t=y)", f->at, policy);
		doctor_advise(d, "take t=y out once the reports look right");
	} else if (f->record.old_pct) {
		doctor_say(d, DOCTOR_WARN, "_dmarc.%s has pct=, which RFC 9989 took out", f->at);
		doctor_advise(d, "take it out; t=y says that it is a test");
	} else {
		doctor_say(d, DOCTOR_PASS, "_dmarc.%s governs %s: %s", f->at, from, policy);
		if (f->applies == DMARC_NONE)
			doctor_advise(d, "p=none only watches: quarantine or reject keeps others from using the name");
	}
}

void
doctor_dmarc(struct doctor *d)
{
	struct dmarc_found f;
	char from[DNS_NAME];

	doctor_domain(from, d->conf->mail_from);
	dmarc_discover(&f, from, dns_look, d->dns);
	if (f.several) {
		doctor_say(d, DOCTOR_FAIL, "_dmarc.%s has several records: receivers ignore them all", from);
		doctor_advise(d, "leave one");
	} else if (f.wrong[0]) {
		doctor_say(d, DOCTOR_FAIL, "_dmarc.%s cannot be used: %s", from, f.wrong);
		doctor_advise(d, "make it like \"v=DMARC1; p=none; rua=mailto:…\"");
	} else if (f.unsure && !f.at[0]) {
		doctor_say(d, DOCTOR_SKIP, "_dmarc.%s: no name server says", from);
		return;
	} else if (!f.at[0]) {
		doctor_say(d, DOCTOR_WARN, "%s has no DMARC record: Gmail, Yahoo and Outlook ask bulk senders for one", from);
		doctor_advise(d, "publish TXT \"v=DMARC1; p=none; rua=mailto:%s\" at _dmarc.%s",
		    d->conf->mail_operator[0] ? d->conf->mail_operator : "postmaster@…", f.org);
	} else {
		look_at_policy(d, from, &f);
	}
	look_at_alignment(d, from, &f);
}
