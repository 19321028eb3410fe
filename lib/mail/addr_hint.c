/*
 * addr_hint.c - see addr_hint.h.
 *
 * A domain is a name and an ending, parted at its first dot. A slip is in one
 * of them: an ending that does not exist (gmail.con), an ending that the
 * provider does not have and people type for one that it has (hotmail.co), or
 * a name at a distance of one edit, or two where it is long, from a
 * provider's, with an ending of that provider's. Providers with names under five
 * letters (gmx, web, aol, live, me) are left out: at one edit from those lie
 * other people's domains.
 */
#include "mail/addr_hint.h"

#include <string.h>

#include "base/text.h"

#define NAME_MAX_LEN 24 /* bytes of a name that is compared: more than the longest here and two edits */
#define LONG_NAME 9     /* from so many letters on two edits are a slip too */

struct provider {
	const char *name, *endings; /* the first is what a wrong ending is taken for */
	bool only;                  /* has these endings alone, and so has nobody else: any other is a slip */
};

#define YAHOO \
	"com de fr it es ca co.uk ie at nl be se dk no fi pl ro hu cz gr in co.in com.au co.nz com.br com.ar com.mx com.co com.pe com.ve cl com.cn cn " \
	"co.jp co.kr co.id com.sg com.my com.ph com.tw com.hk com.vn co.th com.tr co.za co.il pt"
#define HOTMAIL \
	"com de fr it es ca co.uk ch at nl be se dk no fi gr hu cz sk lt lv rs pt com.ar com.au com.br com.hk com.tr com.tw com.vn co.id co.il co.jp " \
	"co.kr co.nz co.th co.za cl my ph sg"
#define OUTLOOK \
	"com de fr it es at be cz dk hu ie in jp kr lv my ph pt sa sg sk cl co.id co.il co.th com.ar com.au com.br com.gr com.pe com.tr com.vn"

static const struct provider providers[] = {
	{ "gmail", "com", true },
	{ "googlemail", "com", true },
	{ "icloud", "com com.cn", true },
	{ "yahoo", YAHOO, false },
	{ "hotmail", HOTMAIL, false },
	{ "outlook", OUTLOOK, false },
	{ "rocketmail", "com", false },
	{ "protonmail", "com ch", false },
	{ "proton", "me", false },
	{ "tutanota", "com de", false },
	{ "fastmail", "com fm", false },
	{ "hushmail", "com", false },
	{ "t-online", "de", false },
	{ "freenet", "de", false },
	{ "posteo", "de net", false },
	{ "mailbox", "org", false },
	{ "bluewin", "ch", false },
	{ "orange", "fr", false },
	{ "wanadoo", "fr", false },
	{ "laposte", "net", false },
	{ "libero", "it", false },
	{ "virgilio", "it", false },
	{ "tiscali", "it co.uk", false },
	{ "telefonica", "net", false },
	{ "telenet", "be", false },
	{ "skynet", "be", false },
	{ "ziggo", "nl", false },
	{ "seznam", "cz", false },
	{ "interia", "pl", false },
	{ "yandex", "ru com ua kz by", false },
	{ "rambler", "ru", false },
	{ "comcast", "net", false },
	{ "verizon", "net", false },
	{ "charter", "net", false },
	{ "earthlink", "net", false },
	{ "sbcglobal", "net", false },
	{ "bellsouth", "net", false },
	{ "btinternet", "com", false },
	{ "virginmedia", "com", false },
	{ "talktalk", "net", false },
	{ "ntlworld", "com", false },
	{ "blueyonder", "co.uk", false },
	{ "bigpond", "com net.au", false },
	{ "optusnet", "com.au", false },
	{ "sympatico", "ca", false },
	{ "rediffmail", "com", false },
};
#define PROVIDERS (sizeof(providers) / sizeof(providers[0]))

/* Close to a provider's, and somebody's own. */
static const char *const own[] = {
	"gail.com",
	"grail.com",
	"photon.me",
	"online.de",
	"poste.de",
	"posted.de",
	"posten.de",
	"poster.de",
	"libera.it",
	"liberi.it",
	"libro.it",
	"orage.fr",
	"telnet.be",
	"ziggy.nl",
	"bluewind.ch",
	"bluewing.ch",
	"chapter.net",
	"charger.net",
	"telefonia.net",
};

/* Endings that do not exist, and what is meant. None of them is a top-level domain. */
static const char *const endings[][2] = {
	{ "con", "com" },
	{ "cmo", "com" },
	{ "ocm", "com" },
	{ "comm", "com" },
	{ "coom", "com" },
	{ "ccom", "com" },
	{ "c0m", "com" },
	{ "vom", "com" },
	{ "xom", "com" },
	{ "cpm", "com" },
	{ "cim", "com" },
	{ "clm", "com" },
	{ "ckm", "com" },
	{ "comn", "com" },
	{ "conm", "com" },
	{ "cocm", "com" },
	{ "cmom", "com" },
	{ "coml", "com" },
	{ "comcom", "com" },
	{ "nte", "net" },
	{ "ent", "net" },
	{ "nett", "net" },
	{ "neet", "net" },
	{ "ner", "net" },
	{ "ney", "net" },
	{ "orgg", "org" },
	{ "ogr", "org" },
	{ "rog", "org" },
	{ "ed", "de" },
	{ "dde", "de" },
	{ "couk", "co.uk" },
};
#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

static bool
is_listed(const char *words, const char *word)
{
	return text_is_listed(words, word, strlen(word));
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* Damerau-Levenshtein distance (optimal string alignment) of two texts of at most NAME_MAX_LEN bytes. */
static int
distance(const char *a, const char *b)
{
	int row[3][NAME_MAX_LEN + 1], n = (int)strlen(a), m = (int)strlen(b), i, j;
	int *before = row[0], *last = row[1], *now = row[2], *spare;

	for (j = 0; j <= m; j++)
		last[j] = j;
	for (i = 1; i <= n; i++) {
		now[0] = i;
		for (j = 1; j <= m; j++) {
			now[j] = least(last[j] + 1, least(now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

/*
 * The first letter is rarely mistyped, and another one makes another word (mail, email, ymail): it must be there, at most exchanged
 * with the second.
 */
static bool
begins_alike(const char *a, const char *b)
{
	return a[0] == b[0] || (a[0] == b[1] && a[1] == b[0]);
}

static bool
is_slip_of(const char *name, const char *provider)
{
	int far;

	if (!begins_alike(name, provider))
		return false;
	far = distance(name, provider);
	return far == 1 || (far == 2 && strlen(provider) >= LONG_NAME);
}

static const struct provider *
provider_named(const char *name)
{
	size_t i;

	for (i = 0; i < PROVIDERS; i++)
		if (strcmp(providers[i].name, name) == 0)
			return &providers[i];
	return NULL;
}

/* What `ending` is meant to be at a provider whose name is right; NULL: it may be as it is. */
static const char *
ending_meant(const struct provider *p, const char *ending)
{
	bool country = !strchr(ending, '.') || strncmp(ending, "com.", 4) == 0 || strncmp(ending, "co.", 3) == 0;

	if (is_listed(p->endings, ending))
		return NULL;
	if (is_listed(p->endings, "com") && (is_listed("co cm om", ending) || (p->only && country)))
		return "com";
	if (strcmp(ending, "uk") == 0 && is_listed(p->endings, "co.uk"))
		return "co.uk";
	return NULL;
}

/* The last label, when it does not exist. */
static bool
mend_last_label(char domain[ADDR_MAX])
{
	char *last = strrchr(domain, '.') + 1;
	size_t i;

	for (i = 0; i < ENDINGS; i++)
		if (strcmp(last, endings[i][0]) == 0 && (size_t)(last - domain) + strlen(endings[i][1]) < ADDR_MAX) {
			strcpy(last, endings[i][1]);
			return true;
		}
	return false;
}

/* The name or the ending, when the domain is nearly a provider's. */
static bool
mend_provider(char domain[ADDR_MAX])
{
	size_t n = strcspn(domain, "."), i;
	const char *ending = domain + n + 1, *meant = NULL;
	char name[NAME_MAX_LEN + 1];
	const struct provider *p;

	if (n > NAME_MAX_LEN)
		return false;
	memcpy(name, domain, n);
	name[n] = '\0';
	p = provider_named(name);
	if (p) {
		meant = ending_meant(p, ending);
	} else {
		for (i = 0; i < PROVIDERS && !meant; i++)
			if (is_listed(providers[i].endings, ending) && is_slip_of(name, providers[i].name)) {
				p = &providers[i];
				meant = ending;
			}
	}
	if (!meant)
		return false;
	memmove(domain + strlen(p->name) + 1, meant, strlen(meant) + 1); /* both are short */
	memcpy(domain, p->name, strlen(p->name));
	domain[strlen(p->name)] = '.';
	return true;
}

bool
addr_hint(char out[ADDR_MAX], const struct addr *a)
{
	size_t local = (size_t)(a->domain - a->text), i;
	char domain[ADDR_MAX];
	bool mended;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(a->domain, own[i]) == 0)
			return false;
	strcpy(domain, a->domain);
	mended = mend_last_label(domain);
	mended = mend_provider(domain) || mended;
	if (!mended || local + strlen(domain) >= ADDR_MAX)
		return false;
	memcpy(out, a->text, local);
	strcpy(out + local, domain);
	return true;
}
