/* test_conf.c - whatever is wrong in newsletter.conf is said with file and line; the rest is taken as written. */
#include "base/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

static char folder[] = "/tmp/test_conf.XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static int
load(struct conf *c, const char *text, struct err *e)
{
	*e = ERR_INIT;
	assert_int_equal(file_write("newsletter.conf", 0600, text, strlen(text), e), 0);
	return conf_load(c, "newsletter.conf", e);
}

static void
defaults(void **state)
{
	struct conf c;
	struct err e;
	char want[100];

	(void)state;
	assert_int_equal(load(&c, "", &e), 0);
	assert_string_equal(c.site_name, "Our newsletter");
	assert_string_equal(c.mail_from_name, "Our newsletter"); /* made from the site's */
	assert_string_equal(c.mail_list_domain, "localhost.localdomain");
	assert_string_equal(c.folder, folder);
	snprintf(want, sizeof(want), "%s/newsletter.conf", folder);
	assert_string_equal(c.path, want);
	snprintf(want, sizeof(want), "%s/store/newsletter.db", folder);
	assert_string_equal(c.store_path, want);
	assert_int_equal(c.campaign_deadline, 3 * 86400);
	assert_int_equal(c.keep_pending, 7 * 86400);
	assert_false(conf_has_relay(&c));
	conf_release(&c);
}

static void
values(void **state)
{
	static const char text[] =
	    "# a comment\n; another\n"
	    "[site]\nname = Caf\xc3\xa9 \"Sol\" = good\nurl=https://news.example.org/base//\ndescription:Hello\n\n"
	    "[mail]\n  from = news@example.org  \n"
	    "[relay]\r\nurl = smtp://mx:587\r\n\tconnections = 8\ntls = none\n"
	    "[store]\npath = /srv/x.db\n"
	    "[retention]\nip = 2h\n[http]\noperator = [::1]:8026\n";
	struct conf c;
	struct err e;

	(void)state;
	if (load(&c, text, &e) == -1)
		fail_msg("%s", e.text);
	assert_string_equal(c.site_name, "Caf\xc3\xa9 \"Sol\" = good");
	assert_string_equal(c.site_url, "https://news.example.org/base");
	assert_string_equal(c.site_description, "Hello");
	assert_string_equal(c.mail_from, "news@example.org"); /* indentation means nothing */
	assert_string_equal(c.mail_list_domain, "example.org");
	assert_string_equal(c.relay[0].url, "smtp://mx:587");
	assert_true(conf_has_relay(&c));
	assert_int_equal(c.relay[0].connections, 8);
	assert_string_equal(c.relay[0].tls, "none");
	assert_string_equal(c.store_path, "/srv/x.db");
	assert_int_equal(c.keep_ip, 7200);
	assert_string_equal(c.http_operator, "[::1]:8026");
	conf_release(&c);
}

static void
relays(void **state)
{
	static const char text[] =
	    "[relay]\nrate = 14\n[relay  bulk-2]\nurl = smtp://bulk:25\nrate = 30/m\nweight = 3\ndkim = no\n"
	    "[domain gmail.com]\nrate = 500/h\n[relay]\nurl = smtp://first\ntopics = articles news\n[domain web.de]\nshare = 20\n"
	    "[relay bulk-2]\ndaily = 2000\n";
	struct conf c;
	struct err e;
	char variable[CONF_VARIABLE];

	(void)state;
	if (load(&c, text, &e) == -1)
		fail_msg("%s", e.text);
	assert_int_equal(c.relays, 2);
	assert_string_equal(c.relay[0].name, "");
	assert_string_equal(c.relay[0].url, "smtp://first");
	assert_string_equal(c.relay[0].topics, "articles news");
	assert_int_equal(c.relay[0].rate.messages, 14);
	assert_int_equal(c.relay[0].rate.seconds, 1);
	assert_int_equal(c.relay[0].dkim, 1);
	assert_string_equal(c.relay[1].name, "bulk-2");
	assert_int_equal(c.relay[1].rate.messages, 30);
	assert_int_equal(c.relay[1].rate.seconds, 60);
	assert_int_equal(c.relay[1].daily, 2000);
	assert_int_equal(c.relay[1].weight, 3);
	assert_int_equal(c.relay[1].dkim, 0);
	assert_int_equal(c.relay[1].connections, 4); /* each has the defaults */
	assert_int_equal(c.domains, 2);
	assert_string_equal(c.domain[0].name, "gmail.com");
	assert_int_equal(c.domain[0].rate.messages, 500);
	assert_int_equal(c.domain[0].rate.seconds, 3600);
	assert_int_equal(c.domain[0].share, 100);
	assert_int_equal(c.domain[1].share, 20);
	conf_relay_variable(&c.relay[1], variable);
	assert_string_equal(variable, "NEWSLETTER_RELAY_PASSWORD_BULK_2");
	conf_relay_variable(&c.relay[0], variable);
	assert_string_equal(variable, "NEWSLETTER_RELAY_PASSWORD");
	conf_release(&c);
	/* what init writes names no relay */
	assert_int_equal(load(&c, "[relay]\nconnections = 8\n[relay b]\nurl = smtp://b\n", &e), 0);
	assert_int_equal(c.relays, 1);
	assert_string_equal(c.relay[0].name, "b");
	conf_release(&c);
}

/* Who names a topic comes first, then who names none; where each names some, the first takes what nobody named. */
static void
tiers(void **state)
{
	static const struct {
		const char *text, *topic;
		int first, second;
	} cases[] = {
		{ "[relay]\nurl = smtp://a\ntopics = news\n[relay b]\nurl = smtp://b\n", "news", 0, 2 },
		{ "[relay]\nurl = smtp://a\ntopics = news\n[relay b]\nurl = smtp://b\n", "articles", -1, 2 },
		{ "[relay]\nurl = smtp://a\ntopics = news\n[relay b]\nurl = smtp://b\ntopics = offers\n", "articles", 2, -1 },
		{ "[relay]\nurl = smtp://a\ntopics = news\nweight = 0\n[relay b]\nurl = smtp://b\nweight = 0\n", "news", 1, 3 },
	};
	struct conf c;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (load(&c, cases[i].text, &e) == -1)
			fail_msg("%s", e.text);
		assert_int_equal(conf_relay_tier(&c, 0, cases[i].topic), cases[i].first);
		assert_int_equal(conf_relay_tier(&c, 1, cases[i].topic), cases[i].second);
		conf_release(&c);
	}
}

static void
mailboxes(void **state)
{
	static const char text[] =
	    "[inbound]\nurl = imaps://mail.example.org/Bounces\nuser = bounce@example.org\npassword_file = secret/inbound\nmove_to = Done\n"
	    "[inbound complaints-2]\nurl = pop3://mail.example.org:1110\nuser = complaints\ntoken_file = /etc/token\ntls = opportunistic\n"
	    "ca_file = ca.pem\nevery = 5m\ntimeout = 10s\n[site]\nname = between\n"
	    "[inbound spool]\nurl = maildir:/var/mail/bounce dir\nmove_to = /var/mail/done\n[inbound complaints-2]\n";
	struct conf c;
	struct err e;
	char variable[CONF_VARIABLE], want[100];

	(void)state;
	if (load(&c, text, &e) == -1)
		fail_msg("%s", e.text);
	assert_int_equal(c.mailboxes, 3);
	assert_string_equal(c.mailbox[0].name, "");
	assert_string_equal(c.mailbox[0].url, "imaps://mail.example.org/Bounces");
	assert_string_equal(c.mailbox[0].user, "bounce@example.org");
	snprintf(want, sizeof(want), "%s/secret/inbound", folder);
	assert_string_equal(c.mailbox[0].password_file, want);
	assert_string_equal(c.mailbox[0].token_file, "");
	assert_string_equal(c.mailbox[0].tls, "required"); /* each has the defaults */
	assert_string_equal(c.mailbox[0].move_to, "Done");
	assert_int_equal(c.mailbox[0].every, 60);
	assert_int_equal(c.mailbox[0].timeout, 60);
	assert_string_equal(c.mailbox[1].name, "complaints-2");
	assert_string_equal(c.mailbox[1].token_file, "/etc/token");
	assert_string_equal(c.mailbox[1].tls, "opportunistic");
	snprintf(want, sizeof(want), "%s/ca.pem", folder);
	assert_string_equal(c.mailbox[1].ca_file, want);
	assert_int_equal(c.mailbox[1].every, 300);
	assert_int_equal(c.mailbox[1].timeout, 10);
	assert_string_equal(c.mailbox[2].url, "maildir:/var/mail/bounce dir");
	assert_string_equal(c.mailbox[2].move_to, "/var/mail/done");
	conf_mailbox_variable(&c.mailbox[0], variable);
	assert_string_equal(variable, "NEWSLETTER_INBOUND_PASSWORD");
	conf_mailbox_variable(&c.mailbox[1], variable);
	assert_string_equal(variable, "NEWSLETTER_INBOUND_PASSWORD_COMPLAINTS_2");
	conf_release(&c);
	/* what init writes names no mailbox */
	assert_int_equal(load(&c, "[inbound]\nevery = 2m\n", &e), 0);
	assert_int_equal(c.mailboxes, 0);
	conf_release(&c);
}

static void
too_many_mailboxes(void **state)
{
	struct buf text = BUF_INIT;
	struct conf c;
	struct err e;
	int i;

	(void)state;
	for (i = 0; i < CONF_MAILBOXES_MAX; i++)
		buf_addf(&text, "[inbound m%d]\nurl = maildir:/%d\n", i, i);
	assert_int_equal(load(&c, text.data, &e), 0);
	assert_int_equal(c.mailboxes, CONF_MAILBOXES_MAX);
	conf_release(&c);
	buf_addstr(&text, "[inbound more]\nurl = maildir:/more\n");
	assert_int_equal(load(&c, text.data, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "[inbound"));
	conf_release(&c);
	buf_release(&text);
}

/* inih as Debian ships it reads 200 bytes of a line and cuts at " ;": neither may happen to a value. */
static void
whole_lines(void **state)
{
	struct buf text = BUF_INIT;
	struct conf c;
	struct err e;
	int i, n;

	(void)state;
	assert_int_equal(load(&c, "[site]\npostal_address = Room 3 ; Main Street 1 # Madrid\n", &e), 0);
	assert_string_equal(c.site_postal_address, "Room 3 ; Main Street 1 # Madrid");
	conf_release(&c);
	for (n = 150; n < 60000; n = n < 450 ? n + 1 : n * 3) {
		buf_reset(&text);
		buf_addstr(&text, "[site]\ndescription = ");
		for (i = 0; i < n; i++)
			buf_addch(&text, (char)('a' + i % 26));
		buf_addstr(&text, "\nname = after\n");
		if (load(&c, text.data, &e) == -1)
			fail_msg("%d bytes: %s", n, e.text);
		if ((int)strlen(c.site_description) != n || strncmp(c.site_description, text.data + 21, (size_t)n) != 0)
			fail_msg("%d bytes became %zu", n, strlen(c.site_description));
		assert_string_equal(c.site_name, "after");
		conf_release(&c);
	}
	buf_release(&text);
}

static void
refuses(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "an operator's address that others reach", "[http]\noperator = 0.0.0.0:8026\n",
		    "newsletter.conf:2: operator must be an address that only this machine reaches, like 127.0.0.1:8026 or [::1]:8026, or unix:/path" },
		{ "a socket without a path", "[http]\noperator = unix:\n",
		    "newsletter.conf:2: operator must be an address that only this machine reaches, like 127.0.0.1:8026 or [::1]:8026, or unix:/path" },
		{ "misspelt key", "[site]\nname = x\n\nnmae = y\n", "newsletter.conf:4: unknown key \"nmae\" in [site]; see newsletter.conf(5)" },
		{ "key of another section", "[mail]\nname = x\n", "newsletter.conf:2: unknown key \"name\" in [mail]; see newsletter.conf(5)" },
		{ "upper case", "[site]\nName = x\n", "newsletter.conf:2: unknown key \"Name\" in [site]; see newsletter.conf(5)" },
		{ "unknown section", "[website]\nname = x\n", "newsletter.conf:2: unknown section [website]; see newsletter.conf(5)" },
		{ "no section", "name = x\n", "newsletter.conf:1: \"name\" stands before the first [section]" },
		{ "no value", "[site]\nname\n", "newsletter.conf:2: this line is no [section] and no key = value" },
		{ "the first of two keys that are none", "[site]\nnmae = x\nmane = y\n", "newsletter.conf:2: unknown key \"nmae\" in [site]; see newsletter.conf(5)" },
		{ "neither yes nor no", "[relay]\ndkim = maybe\n", "newsletter.conf:2: dkim must be yes or no" },
		{ "the first of two mistakes", "[site]\nname\nnmae = y\n", "newsletter.conf:2: this line is no [section] and no key = value" },
		{ "open section", "[site\nname = x\n", "newsletter.conf:1: this line is no [section] and no key = value" },
		{ "given twice", "[site]\nname = x\nlanguage = en\nname = y\n", "newsletter.conf:4: name is given twice in [site]" },
		{ "twice, section repeated", "[site]\nname = x\n[mail]\n[site]\nname = y\n", "newsletter.conf:5: name is given twice in [site]" },
		{ "indented line is no second value", "[site]\nname = x\n  language en\n", "newsletter.conf:3: this line is no [section] and no key = value" },
		{ "no number", "[relay]\nconnections = many\n", "newsletter.conf:2: connections must be a whole number, not \"many\"" },
		{ "comment after a number", "[relay]\nwindow = 4 ; four\n", "newsletter.conf:2: window must be a whole number, not \"4 ; four\"" },
		{ "empty number", "[relay]\nwindow =\n", "newsletter.conf:2: window must be a whole number, not \"\"" },
		{ "number too small", "[relay]\nconnections = 0\n", "newsletter.conf:2: connections must be between 1 and 100" },
		{ "number too large", "[relay]\nwindow = 99999999999999999999\n", "newsletter.conf:2: window must be between 1 and 100" },
		{ "no duration", "[relay]\ntimeout = 5 minutes\n", "newsletter.conf:2: timeout: \"5 minutes\" is no length of time: write 90s, 15m, 2h or 3d" },
		{ "duration too long", "[relay]\ntimeout = 2h\n", "newsletter.conf:2: timeout must be between 1 and 3600" },
		{ "no choice", "[relay]\ntls = maybe\n", "newsletter.conf:2: tls must be one of: required opportunistic none" },
		{ "two choices", "[relay]\ntls = required opportunistic\n", "newsletter.conf:2: tls must be one of: required opportunistic none" },
		{ "part of a choice", "[relay]\ntls = require\n", "newsletter.conf:2: tls must be one of: required opportunistic none" },
		{ "empty choice", "[relay]\ntls =\n", "newsletter.conf:2: tls must not be empty" },
		{ "empty From", "[mail]\nfrom =\n", "newsletter.conf:2: from must not be empty" },
		{ "empty path", "[store]\nkeys =\n", "newsletter.conf:2: keys must not be empty" },
		{ "http", "[site]\nurl = http://example.org\n", "newsletter.conf:2: url must begin with https:// and a host (http:// is for localhost only)" },
		{ "loopback's namesake", "[site]\nurl = http://127.0.0.1.example.org\n", "newsletter.conf:2: url must begin with https:// and a host (http:// is for localhost only)" },
		{ "loopback as a user", "[site]\nurl = http://localhost:1@example.org\n", "newsletter.conf:2: url is no address of a page: it holds a space, a quote or an @" },
		{ "no host", "[site]\nurl = https://\n", "newsletter.conf:2: url must begin with https:// and a host (http:// is for localhost only)" },
		{ "script", "[site]\nhome = javascript:alert(1)\n", "newsletter.conf:2: home must begin with https:// and a host (http:// is for localhost only)" },
		{ "markup", "[site]\nhome = https://a\"><b\n", "newsletter.conf:2: home is no address of a page: it holds a space, a quote or an @" },
		{ "url with a query", "[site]\nurl = https://example.org/?a=\n", "newsletter.conf: [site] url must be the beginning of an address, without ? or #" },
		{ "address without @", "[mail]\nfrom = news\n", "newsletter.conf:2: from must be an address like news@example.org" },
		{ "two addresses", "[mail]\nfrom = a@b.org, c@d.org\n", "newsletter.conf:2: from must be an address like news@example.org" },
		{ "two @", "[mail]\nfrom = a@b@c.org\n", "newsletter.conf:2: from must be an address like news@example.org" },
		{ "name and address", "[mail]\nfrom = Ann <a@b.org>\n", "newsletter.conf:2: from must be an address like news@example.org" },
		{ "broken UTF-8", "[site]\nname = \xff\n", "newsletter.conf:2: name must be one line of UTF-8 text" },
		{ "control character", "[site]\nname = a\033b\n", "newsletter.conf:2: name must be one line of UTF-8 text" },
		{ "slot mark", "[site]\nname = \001name\002\n", "newsletter.conf:2: name must be one line of UTF-8 text" },
		{ "no rate", "[relay]\nrate = fast\n", "newsletter.conf:2: rate must be a number of messages like 14/s, 30/m or 500/h, not \"fast\"" },
		{ "rate of another unit", "[relay]\nrate = 14/y\n", "newsletter.conf:2: rate must be a number of messages like 14/s, 30/m or 500/h, not \"14/y\"" },
		{ "rate too high", "[relay]\nrate = 99999999\n", "newsletter.conf:2: rate must be a number of messages like 14/s, 30/m or 500/h, not \"99999999\"" },
		{ "relay with a bad name", "[relay My Relay]\nurl = smtp://x\n", "newsletter.conf:2: [relay NAME] wants a name of lower-case letters, digits and hyphens, like [relay backup]" },
		{ "relay with a long name", "[relay aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\nurl = smtp://x\n", "newsletter.conf:2: the name in [relay \xe2\x80\xa6] is too long; 40 bytes are the most" },
		{ "named relay without a url", "[relay b]\nrate = 3\n", "newsletter.conf: [relay b] needs a url" },
		{ "twice in one relay", "[relay b]\nrate = 3\n[relay]\nrate = 4\n[relay b]\nrate = 5\n", "newsletter.conf:6: rate is given twice in [relay b]" },
		{ "too much on the way", "[relay]\nurl = smtp://x\nconnections = 50\nwindow = 41\n",
		    "newsletter.conf: [relay] connections x window is over 2000: so many on the way help no relay" },
		{ "two secrets", "[relay]\nurl = smtp://x\nuser = u\npassword_file = a\ntoken_file = b\n", "newsletter.conf: [relay] has both password_file and token_file: one of them is too many" },
		{ "secret without a user", "[relay]\nurl = smtp://x\ntoken_file = b\n", "newsletter.conf: [relay] has a secret but no user to log in with" },
		{ "domain without a name", "[domain]\nrate = 3\n", "newsletter.conf:2: [domain] needs the name of a mail domain, like [domain gmail.com]" },
		{ "domain that is none", "[domain Gmail.com]\nrate = 3\n", "newsletter.conf:2: [domain NAME] wants a mail domain in lower case, like [domain gmail.com]" },
		{ "name where there is none", "[site x]\nname = y\n", "newsletter.conf:2: unknown section [site x]; see newsletter.conf(5)" },
		{ "relay over http", "[relay]\nurl = http://x\n", "newsletter.conf: [relay] url must begin with smtp:// or smtps://" },
		{ "password in the url", "[relay]\nurl = smtp://u:p@x\n", "newsletter.conf: [relay] url must not hold a user or password: use user and password_file" },
		{ "comment after the relay", "[relay]\nurl = smtp://x ; ours\n", "newsletter.conf: [relay] url holds a space or a quote; a comment stands on a line of its own" },
		{ "mailbox over http", "[inbound]\nurl = http://x\n", "newsletter.conf: [inbound] url must begin with imaps://, imap://, pop3s://, pop3:// or maildir:/" },
		{ "Maildir that is relative", "[inbound]\nurl = maildir:bounces\n", "newsletter.conf: [inbound] url must begin with imaps://, imap://, pop3s://, pop3:// or maildir:/" },
		{ "password in a mailbox's url", "[inbound b]\nurl = imaps://u:p@x\nuser = u\n", "newsletter.conf: [inbound b] url must not hold a user or password: use user and password_file" },
		{ "mailbox without a user", "[inbound b]\nurl = imaps://x\n", "newsletter.conf: [inbound b] needs a user to log in with" },
		{ "mailbox with two secrets", "[inbound]\nurl = imaps://x\nuser = u\npassword_file = a\ntoken_file = b\n", "newsletter.conf: [inbound] has both password_file and token_file: one of them is too many" },
		{ "secret without a user", "[inbound]\nurl = maildir:/x\npassword_file = a\n", "newsletter.conf: [inbound] has a secret but no user to log in with" },
		{ "POP3 cannot move", "[inbound]\nurl = pop3s://x\nuser = u\nmove_to = Done\n", "newsletter.conf: [inbound] cannot move messages: POP3 has no folders" },
		{ "the same mailbox twice", "[inbound a]\nurl = imaps://x\nuser = u\n[inbound b]\nurl = imaps://x\nuser = u\n", "newsletter.conf: [inbound b] is the same mailbox as [inbound a]" },
		{ "forward to what is read", "[mail]\nbounce = bounce@example.org\nforward = Bounce@example.org\n", "newsletter.conf: [mail] forward must not be a mailbox that is read itself, bounce or unsubscribe" },
		{ "mailbox without a url", "[inbound b]\nuser = u\n", "newsletter.conf: [inbound b] needs a url" },
		{ "name of a mailbox", "[inbound My box]\nurl = maildir:/x\n", "newsletter.conf:2: [inbound NAME] wants a name of lower-case letters, digits and hyphens, like [inbound complaints]" },
		{ "key of a relay", "[inbound]\nhelo = x\n", "newsletter.conf:2: unknown key \"helo\" in [inbound]; see newsletter.conf(5)" },
		{ "never looked at", "[inbound]\nevery = 0s\n", "newsletter.conf:2: every must be between 1 and 86400" },
		{ "no choice of TLS", "[inbound]\ntls = yes\n", "newsletter.conf:2: tls must be one of: required opportunistic none" },
		{ "mailbox's key twice", "[inbound b]\nurl = maildir:/x\n[inbound b]\nurl = maildir:/y\n", "newsletter.conf:4: url is given twice in [inbound b]" },
		{ "no colour", "[site]\ncolour = red\n", "newsletter.conf: [site] colour must be like #2f6f64" },
		{ "colour with more", "[site]\ncolour = #2f6f6g\n", "newsletter.conf: [site] colour must be like #2f6f64" },
		{ "no user's name", "[daemon]\nusers = News letter\n", "newsletter.conf: [daemon] users must be a user's name of 24 characters at most" },
		{ "a long user's name", "[daemon]\nusers = newsletternewsletternewsletter\n", "newsletter.conf: [daemon] users must be a user's name of 24 characters at most" },
		{ "the loopback of a name", "[http]\noperator = [::1]:x\n",
		    "newsletter.conf:2: operator must be an address that only this machine reaches, like 127.0.0.1:8026 or [::1]:8026, or unix:/path" },
		{ "header in a domain", "[mail]\nlist_domain = a b\n", "newsletter.conf: [mail] list_domain must be a domain" },
	};
	struct conf c;
	struct err e;
	const char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (load(&c, cases[i].in, &e) == 0)
			fail_msg("%s: was taken", cases[i].name);
		text = strncmp(e.text, folder, strlen(folder)) == 0 ? e.text + strlen(folder) + 1 : e.text;
		if (e.code != ERR_INPUT || strcmp(text, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, e.text);
		conf_release(&c);
	}
}

static void
no_file(void **state)
{
	struct err e = ERR_INIT;
	struct conf c;
	char *big;

	(void)state;
	assert_int_equal(conf_load(&c, "none.conf", &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_string_equal(e.text, "cannot open none.conf: No such file or directory");
	conf_release(&c);
	assert_int_equal(file_write("plain", 0600, "", 0, &e), 0);
	assert_int_equal(conf_load(&c, "plain/newsletter.conf", &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	conf_release(&c);
	assert_int_equal(conf_load(&c, ".", &e), -1);
	conf_release(&c);
	assert_int_equal(file_write("newsletter.conf", 0600, "[site]\n\0nmae = x\n", 17, &e), 0);
	assert_int_equal(conf_load(&c, "newsletter.conf", &e), -1);
	assert_non_null(strstr(e.text, "newsletter.conf holds a NUL byte: it is no text file"));
	conf_release(&c);
	big = xcalloc(1, 70000);
	memset(big, '#', 69999);
	assert_int_equal(load(&c, big, &e), -1);
	assert_string_equal(e.text, "newsletter.conf is larger than 65536 bytes");
	conf_release(&c);
	memset(big, ' ', 65535); /* one line as long as the file may be */
	big[65535] = '\n';
	big[65536] = '\0';
	assert_int_equal(load(&c, big, &e), 0);
	conf_release(&c);
	free(big);
}

static void
through_a_link(void **state)
{
	struct err e = ERR_INIT;
	struct conf c;

	(void)state;
	assert_int_equal(file_mkdir("site", 0700, &e), 0);
	assert_int_equal(file_write("site/newsletter.conf", 0600, "", 0, &e), 0);
	assert_int_equal(symlink("site/newsletter.conf", "linked.conf"), 0);
	assert_int_equal(conf_load(&c, "linked.conf", &e), 0);
	assert_string_equal(strrchr(c.folder, '/'), "/site"); /* where the file is, not where it was named */
	conf_release(&c);
}

/* Each row: its default is taken, its help is a sentence, its name is unlike the others'. */
static void
table(void **state)
{
	const struct conf_key *k, *other;
	struct buf text = BUF_INIT;
	struct conf c;
	struct err e;

	(void)state;
	for (k = conf_keys; k->section; k++) {
		for (other = conf_keys; other < k; other++)
			if (strcmp(other->section, k->section) == 0 && (other->offset == k->offset || strcmp(other->key, k->key) == 0))
				fail_msg("[%s] %s is there twice", k->section, k->key);
		if (k->help[strlen(k->help) - 1] != '.')
			fail_msg("[%s] %s: %s", k->section, k->key, k->help);
		if (k == conf_keys || strcmp(k[-1].section, k->section) != 0)
			buf_addf(&text, "[%s]\n", strcmp(k->section, "domain") == 0 ? "domain example.org" : k->section);
		buf_addf(&text, "%s = %s\n", k->key, k->fallback);
	}
	if (load(&c, text.data, &e) == -1)
		fail_msg("%s", e.text);
	conf_release(&c);
	buf_release(&text);
}

static void
secrets(void **state)
{
	struct err e = ERR_INIT;
	char *secret = NULL;

	(void)state;
	unsetenv("TEST_SECRET");
	assert_int_equal(file_write("password", 0600, "pass word\r\nmore\n", 16, &e), 0);
	assert_int_equal(conf_secret("TEST_SECRET", "password", &secret, &e), 0);
	assert_string_equal(secret, "pass word");
	free(secret);
	assert_int_equal(conf_secret("TEST_SECRET", "none", &secret, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(conf_secret("TEST_SECRET", "", &secret, &e), -1);
	assert_string_equal(e.text, "a secret is missing: name its file in newsletter.conf or set TEST_SECRET");
	setenv("TEST_SECRET", "from outside", 1);
	assert_int_equal(conf_secret("TEST_SECRET", "password", &secret, &e), 0);
	assert_string_equal(secret, "from outside");
	free(secret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(values),
		cmocka_unit_test(relays),
		cmocka_unit_test(tiers),
		cmocka_unit_test(mailboxes),
		cmocka_unit_test(too_many_mailboxes),
		cmocka_unit_test(whole_lines),
		cmocka_unit_test(refuses),
		cmocka_unit_test(no_file),
		cmocka_unit_test(through_a_link),
		cmocka_unit_test(table),
		cmocka_unit_test(secrets),
	};

	return cmocka_run_group_tests_name("conf", tests, setup, teardown);
}
