/* test_addr_hint.c - slips of the pen, and domains that only look like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "mail/addr_hint.h"

// clang-format off
/* Domains, and what is meant. */
static const char *const slips[][2] = {
	{ "gmial.com", "gmail.com" },           { "gmal.com", "gmail.com" },            { "gmaill.com", "gmail.com" },
	{ "gmai.com", "gmail.com" },            { "gamil.com", "gmail.com" },           { "gnail.com", "gmail.com" },
	{ "gmali.com", "gmail.com" },           { "gmail.con", "gmail.com" },           { "gmail.co", "gmail.com" },
	{ "gmail.cm", "gmail.com" },            { "gmail.om", "gmail.com" },            { "gmail.cmo", "gmail.com" },
	{ "gmail.comm", "gmail.com" },          { "gmail.c0m", "gmail.com" },           { "gmail.de", "gmail.com" },
	{ "gmail.co.uk", "gmail.com" },         { "gmail.com.br", "gmail.com" },        { "gmial.con", "gmail.com" },
	{ "mgail.com", "gmail.com" },           { "ggmail.com", "gmail.com" },          { "gmail.couk", "gmail.com" },
	{ "googlmail.com", "googlemail.com" },  { "goglemail.com", "googlemail.com" },  { "googelmial.com", "googlemail.com" },
	{ "hotmial.com", "hotmail.com" },       { "hotmai.com", "hotmail.com" },        { "homail.com", "hotmail.com" },
	{ "hotmal.co.uk", "hotmail.co.uk" },    { "hotmail.co", "hotmail.com" },        { "hotmail.uk", "hotmail.co.uk" },
	{ "hotmial.fr", "hotmail.fr" },         { "ohtmail.com", "hotmail.com" },       { "hotmail.xom", "hotmail.com" },
	{ "yaho.com", "yahoo.com" },            { "yahooo.com", "yahoo.com" },          { "yhaoo.de", "yahoo.de" },
	{ "yahoo.con", "yahoo.com" },           { "yahoo.uk", "yahoo.co.uk" },          { "yahoo.couk", "yahoo.co.uk" },
	{ "yahho.co.uk", "yahoo.co.uk" },       { "outlok.com", "outlook.com" },        { "outllok.com", "outlook.com" },
	{ "outlook.co", "outlook.com" },        { "oulook.de", "outlook.de" },          { "iclud.com", "icloud.com" },
	{ "icluod.com", "icloud.com" },         { "icloud.de", "icloud.com" },          { "icloud.con", "icloud.com" },
	{ "protonmial.com", "protonmail.com" }, { "protnmal.com", "protonmail.com" },   { "porton.me", "proton.me" },
	{ "prton.me", "proton.me" },            { "t-onlin.de", "t-online.de" },
	{ "tonline.de", "t-online.de" },        { "t-online.ed", "t-online.de" },       { "freent.de", "freenet.de" },
	{ "wanado.fr", "wanadoo.fr" },          { "ornge.fr", "orange.fr" },            { "lapost.net", "laposte.net" },
	{ "libreo.it", "libero.it" },           { "tiscail.it", "tiscali.it" },         { "comcst.net", "comcast.net" },
	{ "comcast.nte", "comcast.net" },       { "btinernet.com", "btinternet.com" },  { "btinterent.com", "btinternet.com" },
	{ "virginmdia.com", "virginmedia.com" }, { "talktak.net", "talktalk.net" },     { "blueyoner.co.uk", "blueyonder.co.uk" },
	{ "yandx.ru", "yandex.ru" },            { "gmx.ed", "gmx.de" },                 { "web.ed", "web.de" },
	{ "aol.con", "aol.com" },               { "me.cmo", "me.com" },                 { "live.couk", "live.co.uk" },
	{ "example.con", "example.com" },       { "practice.example.ogr", "practice.example.org" },
	{ "a-very-long-name-of-a-practice.nte", "a-very-long-name-of-a-practice.net" },
};

/* Known, plausible, or nothing of the kind. */
static const char *const right[] = {
	"gmail.com", "googlemail.com", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.co.uk", "yahoo.co.in", "yahoo.com.br", "hotmail.com", "hotmail.de",
	"hotmail.co.uk", "hotmail.se", "hotmail.ee", "outlook.com", "outlook.de", "outlook.com.br", "live.com", "live.co.uk", "live.de", "msn.com",
	"icloud.com", "icloud.com.cn", "me.com", "mac.com", "aol.com", "aol.de", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de",
	"freenet.de", "arcor.de", "posteo.de", "posteo.net", "mailbox.org", "mail.de", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr",
	"laposte.net", "libero.it", "virgilio.it", "alice.it", "tiscali.it", "telefonica.net", "terra.es", "proton.me", "protonmail.com", "protonmail.ch",
	"pm.me", "tutanota.com", "tutanota.de", "tuta.com", "fastmail.com", "fastmail.fm", "zoho.com", "mail.ru", "bk.ru", "list.ru", "inbox.ru",
	"yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "cox.net", "charter.net", "earthlink.net",
	"btinternet.com", "sky.com", "virginmedia.com", "ntlworld.com", "talktalk.net", "shaw.ca", "rogers.com", "bigpond.com", "seznam.cz",
	"wp.pl", "o2.pl", "onet.pl", "interia.pl", "ziggo.nl", "telenet.be", "skynet.be", "bluewin.ch",
	"mail.com", "email.com", "ymail.com", "rocketmail.com", "gotmail.com", "cloud.com", "fmail.com", "hey.com", "duck.com", "usa.com",
	"gail.com", "grail.com", "wahoo.com", "photon.me", "online.de", "poster.de", "poste.de", "libera.it", "libro.it", "orage.fr", "range.fr",
	"verizon.com", "comcast.com", "charter.com", "chapter.net", "telnet.be", "ziggy.nl", "orange.com", "proton.com", "mailbox.de", "outlook.org",
	"alo.com", "sol.com", "love.com", "olive.com", "ge.com", "gmy.de", "wed.de", "sly.com", "free.de",
	"example.com", "example.co", "example.cm", "practice.co", "mail.gmail.com", "gmail.example.org", "yahoo.example.com", "icloud.example.co",
	"quietharbour.example", "xn--gmal-nza.net", "xn--bcher-kva.example", "uni-heidelberg.de", "psychotherapie-schmidt.de", "gov.uk", "nhs.net",
};
// clang-format on

static bool
hint_for(const char *domain, char out[ADDR_MAX])
{
	struct err e = ERR_INIT;
	char text[ADDR_MAX];
	struct addr a;

	strcpy(text, "Ann.Lee+x@");
	strcat(text, domain);
	if (addr_parse(&a, text, &e) == -1)
		fail_msg("%s: %s", domain, e.text);
	return addr_hint(out, &a);
}

static void
test_slips(void **state)
{
	char out[ADDR_MAX], want[ADDR_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(slips) / sizeof(*slips); i++) {
		if (!hint_for(slips[i][0], out))
			fail_msg("%s: no hint", slips[i][0]);
		strcpy(want, "Ann.Lee+x@");
		strcat(want, slips[i][1]);
		if (strcmp(out, want) != 0)
			fail_msg("%s: %s", slips[i][0], out);
		if (hint_for(slips[i][1], out))
			fail_msg("%s: a hint for what was meant: %s", slips[i][1], out);
	}
}

static void
test_right(void **state)
{
	char out[ADDR_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(right) / sizeof(*right); i++)
		if (hint_for(right[i], out))
			fail_msg("%s: %s", right[i], out);
}

/* The longest local part and domain that there are. */
static void
test_longest(void **state)
{
	static const char label[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	char text[ADDR_MAX + 64], out[ADDR_MAX];
	struct err e = ERR_INIT;
	struct addr a;
	size_t n;

	(void)state;
	strcpy(text, "a@");
	for (n = 0; n < 3; n++) {
		strcat(text, label);
		strcat(text, ".");
	}
	strncat(text, label, ADDR_MAX - 1 - strlen(text) - strlen(".couk"));
	strcat(text, ".couk");
	assert_int_equal(strlen(text), ADDR_MAX - 1);
	assert_int_equal(addr_parse(&a, text, &e), 0);
	assert_false(addr_hint(out, &a)); /* co.uk has no room */
	strcpy(strrchr(text, '.'), ".con");
	assert_int_equal(addr_parse(&a, text, &e), 0);
	assert_true(addr_hint(out, &a));
	assert_int_equal(strlen(out), ADDR_MAX - 2);
	assert_string_equal(strrchr(out, '.'), ".com");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slips),
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
