/* doctor_names.c - see doctor.h: whether mail can come back, and whether the sending address has a name. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/conf.h"
#include "cli.h"
#include "doctor.h"

/* DNS_FOUND when the name has an address of either kind. */
static enum dns_status
address_of(struct doctor *d, const char *name)
{
	enum dns_status v4 = dns_look(d->dns, name, DNS_A)->status, v6;

	if (v4 == DNS_FOUND)
		return v4;
	v6 = dns_look(d->dns, name, DNS_AAAA)->status;
	return v6 == DNS_FOUND || (v4 != DNS_REFUSED && v4 != DNS_SILENT) ? v6 : v4;
}

static void
say_no_mx(struct doctor *d, const char *domain, const char *what)
{
	enum dns_status address = address_of(d, domain);

	if (address == DNS_FOUND) {
		doctor_say(d, DOCTOR_WARN, "%s has no MX: %s goes to the host of that name", domain, what);
		doctor_advise(d, "publish an MX record, unless mail is taken there");
	} else if (address == DNS_NO_DATA || address == DNS_NO_NAME) {
		doctor_say(d, DOCTOR_FAIL, "%s has neither MX nor address: %s is lost, and receivers refuse mail from there", domain, what);
		doctor_advise(d, "publish an MX record that names the host of the mailbox");
	} else {
		doctor_say(d, DOCTOR_SKIP, "%s: %s", domain, dns_status_text(address));
	}
}

static void
look_at_mx(struct doctor *d, const char *domain, const char *what)
{
	const struct dns_answer *a = dns_look(d->dns, domain, DNS_MX);

	if (dns_is_absent(a)) {
		say_no_mx(d, domain, what);
		return;
	}
	if (a->status != DNS_FOUND) {
		doctor_say(d, DOCTOR_SKIP, "%s: %s", domain, dns_status_text(a->status));
		return;
	}
	if (a->count == 1 && !a->record[0].text[0]) {
		doctor_say(d, DOCTOR_FAIL, "%s takes no mail (null MX, RFC 7505): %s is lost, and receivers refuse mail from there",
		    domain, what);
		doctor_advise(d, "publish an MX record that names the host of the mailbox, or use a domain that takes mail");
		return;
	}
	for (size_t i = 0; i < a->count; i++) {
		enum dns_status s = address_of(d, a->record[i].text);

		if (s == DNS_NO_DATA || s == DNS_NO_NAME) {
			doctor_say(d, DOCTOR_FAIL, "%s: its mail server %s has no address", domain, a->record[i].text);
			doctor_advise(d, "publish its address, or take it out of the MX records");
			return;
		}
	}
	doctor_say(d, DOCTOR_PASS, "%s takes mail at %s%s", domain, a->record[0].text, a->count > 1 ? " and others" : "");
}

void
doctor_mail_hosts(struct doctor *d)
{
	char from[DNS_NAME], bounce[DNS_NAME];

	doctor_domain(from, d->conf->mail_from);
	doctor_domain(bounce, d->conf->mail_bounce);
	look_at_mx(d, from, bounce[0] && strcasecmp(bounce, from) != 0 ? "what people answer" : "what bounces or is answered");
	if (bounce[0] && strcasecmp(bounce, from) != 0)
		look_at_mx(d, bounce, "what bounces");
}

/* Whether the name leads back to the address. */
static enum dns_status
forward(struct doctor *d, const char *name, const char *ip)
{
	const struct dns_answer *a = dns_look(d->dns, name, strchr(ip, ':') ? DNS_AAAA : DNS_A);

	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->record[i].text, ip) == 0)
			return DNS_FOUND;
	return a->status == DNS_FOUND ? DNS_NO_DATA : a->status;
}

void
doctor_reverse(struct doctor *d)
{
	const char *ip = d->ip ? d->ip : d->relay_ip;
	enum doctor_result bad = d->ip ? DOCTOR_FAIL : DOCTOR_WARN; /* a relay need not send from where it takes mail */
	const struct dns_answer *a;
	enum dns_status s;
	char name[DNS_NAME];

	if (!ip[0] || (!d->ip && doctor_is_private(ip)) || dns_reverse(name, ip) == -1) {
		doctor_say(d, DOCTOR_SKIP, "from which address mail leaves cannot be known here");
		doctor_advise(d, "--ip ADDRESS looks whether it has a name");
		return;
	}
	a = dns_look(d->dns, name, DNS_PTR);
	if (dns_is_absent(a)) {
		doctor_say(d, bad, "%s has no name (PTR): Gmail and others refuse mail from it", ip);
		doctor_advise(d, "ask whoever gave you the address to set its reverse name");
		return;
	}
	s = a->status == DNS_FOUND ? forward(d, a->record[0].text, ip) : a->status;
	if (s == DNS_FOUND) {
		doctor_say(d, DOCTOR_PASS, "%s is %s, both ways", ip, a->record[0].text);
	} else if (s == DNS_NO_DATA || s == DNS_NO_NAME) {
		doctor_say(d, bad, "%s is %s, but that name does not lead back to it", ip, a->record[0].text);
		doctor_advise(d, "publish the address at %s", a->record[0].text);
	} else {
		doctor_say(d, DOCTOR_SKIP, "%s: %s", ip, dns_status_text(s));
	}
}
