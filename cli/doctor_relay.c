/*
 * doctor_relay.c - see doctor.h: each relay is spoken to as the sender does, up to where MAIL would come.
 *
 * All at once, since one that does not answer takes the whole check's time.
 * Nothing is sent: QUIT follows the login. What relays say may hold addresses,
 * and is redacted; of what we say libcurl's notes show nothing here but the TLS version.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/network.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli.h"
#include "doctor.h"
#include "doctor_http.h"
#include "judge/judge.h"
#include "mail/smtp_trust.h"
#include "mail/smtp_wire.h"

#define DAY 86400
#define DAYS_FEW 14
#define SIZE_SMALL 1000000 /* octets: a mailing of 100 KB and its pictures never come near */

struct probe {
	struct wire wire; /* first: libcurl gives its address back */
	struct smtp_ehlo ehlo;
	struct smtp_relay relay;
	const struct conf_relay *conf;
	struct buf url;
	char *secret;
	char tls[48]; /* "TLSv1.3 / …" */
	bool open, ended;
	CURLcode result;
};

struct probes {
	struct doctor *d;
	CURLM *multi;
	struct probe *probe;
	int n;
};

const char *
doctor_relay_name(char out[80], const struct conf_relay *r)
{
	snprintf(out, 80, "%s%.60s", r->name[0] ? "relay " : "the relay", r->name);
	return out;
}

bool
doctor_is_private(const char *address)
{
	struct network private;
	struct err e = ERR_INIT;
	static const char *const networks[] = {
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7",
		"fe80::/10"
	};

	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		if (network_parse(&private, networks[i], &e) == 0 && network_holds(&private, address))
			return true;
	return false;
}

/* libcurl's notes while it connects: the one place where the version of TLS is told. */
static int
on_note(CURL *handle, curl_infotype type, char *data, size_t n, void *ctx)
{
	static const char words[] = "SSL connection using ";
	struct probe *p = ctx;

	(void)handle;
	if (type == CURLINFO_TEXT && n > sizeof(words) && memcmp(data, words, sizeof(words) - 1) == 0)
		snprintf(p->tls, sizeof(p->tls), "%.*s", (int)strcspn(data + sizeof(words) - 1, " /\r\n"), data + sizeof(words) - 1);
	return 0;
}

static void
forget_secret(struct probe *p)
{
	if (p->secret)
		secret_wipe(p->secret, strlen(p->secret));
	free(p->secret);
	p->secret = NULL;
}

static int
read_login(struct probe *p, struct smtp_credentials *login, struct err *e)
{
	const struct conf_relay *c = p->conf;
	char variable[CONF_VARIABLE];

	*login = (struct smtp_credentials){ .password = "", .bearer = "" };
	if (!c->user[0])
		return 0;
	conf_relay_variable(c, variable);
	if (conf_secret(variable, c->token_file[0] ? c->token_file : c->password_file, &p->secret, e) == -1)
		return -1;
	*(c->token_file[0] ? &login->bearer : &login->password) = p->secret;
	return 0;
}

static int
begin(struct probes *all, struct probe *p, const struct conf_relay *c, struct err *e)
{
	struct smtp_credentials login;
	int rc;

	p->conf = c;
	p->url = BUF_INIT;
	p->relay = (struct smtp_relay){
		.url = c->url,
		.user = c->user,
		.password = "",
		.ca_file = c->ca_file,
		.helo = c->helo,
		.tls = tls_named(c->tls),
		.timeout = doctor_seconds(all->d),
	};
	if (smtp_wire_url(&p->relay, &p->url, e) == -1 || read_login(p, &login, e) == -1)
		return -1;
	rc = smtp_wire_open(&p->wire, &p->ehlo, all->multi, &p->relay, p->url.data, c->user[0] ? &login : NULL, e);
	forget_secret(p);
	if (rc == -1)
		return -1;
	curl_easy_setopt(p->wire.easy, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(p->wire.easy, CURLOPT_DEBUGFUNCTION, on_note);
	curl_easy_setopt(p->wire.easy, CURLOPT_DEBUGDATA, p);
	curl_easy_setopt(p->wire.easy, CURLOPT_VERBOSE, 1L);
	p->open = true;
	return 0;
}

/* Drive all of them to where MAIL would come, or to the end of the time. */
static void
drive(struct probes *all)
{
	int64_t end_us = clock_mono_us() + doctor_seconds(all->d) * 1000000LL;
	int running = 1, left;
	CURLMsg *msg;

	while (running && clock_mono_us() < end_us) {
		curl_multi_perform(all->multi, &running);
		while ((msg = curl_multi_info_read(all->multi, &left))) {
			void *at = NULL;

			curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &at);
			if (msg->msg == CURLMSG_DONE && at) {
				((struct probe *)at)->ended = true;
				((struct probe *)at)->result = msg->data.result;
			}
		}
		if (running)
			curl_multi_poll(all->multi, NULL, 0, 100, NULL);
	}
}

/* A line of the first certificate: NULL when there is none. */
static const char *
certificate_line(CURL *easy, const char *key)
{
	struct curl_certinfo *info = NULL;
	size_t n = strlen(key);

	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info || info->num_of_certs < 1)
		return NULL;
	for (const struct curl_slist *l = info->certinfo[0]; l; l = l->next)
		if (strncmp(l->data, key, n) == 0 && l->data[n] == ':')
			return l->data + n + 1;
	return NULL;
}

static void
say_certificate(struct doctor *d, const struct probe *p, const char *name)
{
	const char *until = certificate_line(p->wire.easy, "Expire date"), *subject = certificate_line(p->wire.easy, "Subject");
	time_t expires = until ? curl_getdate(until, NULL) : -1;
	long long days = (long long)(expires - time(NULL)) / DAY;

	if (!subject || !subject[0])
		subject = "of nobody";
	if (!p->tls[0]) {
		bool near = doctor_is_private(d->relay_ip), login = p->conf->user[0] != '\0';
		const char *what = login ? "no TLS: the password goes over the network in clear" : "no TLS";

		doctor_say(d, near ? DOCTOR_PASS : (login ? DOCTOR_FAIL : DOCTOR_WARN), "%s: %s", name,
		    near ? "no TLS, on this machine or its own network" : what);
		if (!near)
			doctor_advise(d, "set tls = required in [%s], or ask the relay's operator for STARTTLS",
			    p->conf->name[0] ? name : "relay");
		return;
	}
	if (p->relay.tls == TLS_OPPORTUNISTIC) {
		doctor_say(d, DOCTOR_WARN, "%s: %s, and nobody looks at its certificate (%.60s)", name, p->tls,
		    subject);
		doctor_advise(d, "set tls = required: who sits between can read the mail and the password");
	} else if (expires != -1 && days < DAYS_FEW) {
		doctor_say(d, DOCTOR_WARN, "%s: %s, certificate good for %lld days more", name, p->tls, days);
		doctor_advise(d, "the relay's operator should renew it: no mail goes out once it has ended");
	} else {
		doctor_say(d, DOCTOR_PASS, "%s: %s, certificate good for %lld days (%.60s)", name, p->tls, days, subject);
	}
}

static void
say_dialogue(struct doctor *d, const struct probe *p, const char *name)
{
	static const char *const dialogues[] = {
		[SMTP_CHUNKING] = "a window of messages ahead by BDAT, a round trip for each window",
		[SMTP_PIPELINED] = "pipelined DATA, one round trip a message",
		[SMTP_PLAIN] = "one command at a time, four round trips a message",
	};
	const struct smtp_offers *o = &p->ehlo.offers;
	struct smtp_trust trust;
	struct smtp_terms terms;
	char size[48] = "";

	smtp_trust_init(&trust, smtp_dialogue_named(p->conf->dialogue));
	terms = smtp_trust_terms(&trust, o, p->conf->messages_per_connection, clock_mono_us());
	if (o->size_max)
		snprintf(size, sizeof(size), " SIZE %lld", (long long)o->size_max);
	doctor_say(d, DOCTOR_PASS, "%s takes%s%s%s%s%s%s: %s", name, o->pipelining ? " PIPELINING" : "", o->chunking ? " CHUNKING" : "",
	    o->dsn ? " DSN" : "", o->smtputf8 ? " SMTPUTF8" : "", o->auth ? " AUTH" : "", size, dialogues[terms.dialogue]);
	if (o->size_max && o->size_max < SIZE_SMALL) {
		doctor_say(d, DOCTOR_WARN, "%s takes no message over %lld octets", name, (long long)o->size_max);
		doctor_advise(d, "ask its operator for 10 MB, as is usual, or keep mailings small");
	}
	if (terms.limit) {
		doctor_say(d, DOCTOR_PASS, "%s takes %lld messages on a connection, which is then opened anew", name,
		    (long long)terms.limit);
	}
}

static void
note_address(struct doctor *d, const struct probe *p)
{
	char *ip = NULL;

	curl_easy_getinfo(p->wire.easy, CURLINFO_PRIMARY_IP, &ip);
	if (ip && !d->relay_ip[0])
		text_copy(d->relay_ip, sizeof(d->relay_ip), ip);
}

/* No name server answers, or there is no way out: that is not the relay's fault. */
static bool
is_offline(struct doctor *d, const struct probe *p)
{
	const char *host = strstr(p->conf->url, "//") + 2;
	const struct dns_answer *a;
	char name[DNS_NAME];

	if (doctor_is_cut_off(p->wire.easy))
		return true;
	if (p->result != CURLE_COULDNT_RESOLVE_HOST)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(host, ":/"), host);
	a = dns_look(d->dns, name, DNS_A);
	return a->status == DNS_SILENT || a->status == DNS_REFUSED;
}

static const char *
remedy(const struct probe *p, const char *why)
{
	if (p->result == CURLE_LOGIN_DENIED || strstr(why, "user and a password"))
		return "check [relay] user and its password_file or token_file with the relay's operator";
	if (p->result == CURLE_PEER_FAILED_VERIFICATION)
		return "the certificate must be of this host name, good today, and signed by who is trusted here (or named by ca_file)";
	if (p->result == CURLE_COULDNT_RESOLVE_HOST)
		return "check the host in [relay] url";
	if (p->result == CURLE_USE_SSL_FAILED)
		return "it offers no STARTTLS on this port: take 587 or smtps:// and 465, or the port that its operator names";
	return "check host and port in [relay] url, and whether a firewall lets this machine out there (many close port 25)";
}

static void
finish(struct probes *all, struct probe *p)
{
	struct doctor *d = all->d;
	struct err e = ERR_INIT;
	char name[80], why[ERR_TEXT + 64];
	size_t done;

	doctor_relay_name(name, p->conf);
	if (!p->ended) {
		doctor_say(d, DOCTOR_FAIL, "%s, %s: nothing is ready in %d seconds", name, p->conf->url, DOCTOR_CHECK);
		doctor_advise(d, "%s", remedy(p, ""));
		return;
	}
	if (smtp_wire_opened(&p->wire, &p->ehlo, p->result, &p->relay, &e) == -1) {
		text_copy(why, sizeof(why), e.text);
		judge_redact_for(why, sizeof(why), p->conf->user);
		doctor_say(d, is_offline(d, p) ? DOCTOR_SKIP : DOCTOR_FAIL, "%s, %s: %s", name, p->conf->url, why);
		doctor_advise(d, "%s", remedy(p, why));
		return;
	}
	note_address(d, p);
	doctor_say(d, DOCTOR_PASS, "%s, %s, answers%s", name, p->conf->url, p->ehlo.logged_in ? " and lets us log in" : "");
	say_certificate(d, p, name);
	say_dialogue(d, p, name);
	(void)wire_send(&p->wire, "QUIT\r\n", 6, &done); /* a courtesy: its answer is not waited for */
}

void
doctor_relays(struct doctor *d)
{
	struct probes all = { .d = d, .n = d->conf->relays };
	struct err e = ERR_INIT;
	char name[80];
	int i;

	if (!all.n) {
		doctor_say(d, DOCTOR_SKIP, "none is configured");
		return;
	}
	all.probe = xcalloc((size_t)all.n, sizeof(*all.probe));
	all.multi = curl_multi_init();
	for (i = 0; i < all.n; i++)
		if (begin(&all, &all.probe[i], &d->conf->relay[i], &e) == -1) {
			doctor_say(d, DOCTOR_FAIL, "%s: %s", doctor_relay_name(name, &d->conf->relay[i]), e.text);
			doctor_advise(d, "mend what [relay] says, or the file that it names");
		}
	drive(&all);
	for (i = 0; i < all.n; i++) {
		if (all.probe[i].open)
			finish(&all, &all.probe[i]);
		wire_close(&all.probe[i].wire, all.multi);
		buf_release(&all.probe[i].url);
		forget_secret(&all.probe[i]);
	}
	curl_multi_cleanup(all.multi);
	free(all.probe);
}
