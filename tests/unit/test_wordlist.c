/* test_wordlist.c - lists that are read once and asked often; among them those that are part of the binaries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/wordlist.h"
#include "content/builtin.h"

#define W255 \
	"abcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxy" \
	"abcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxy12345"

// clang-format off
static const struct {
	const char *name, *in, *want;	/* want: the flat buffer, or NULL: must be refused */
	int line;			/* that the error names */
} cases[] = {
	{ "nothing",            "",                             "", 0 },
	{ "comments alone",     "# a\n\n  # b\n\r\n",           "", 0 },
	{ "sorted",             "a\nb\nc\n",                    "a\nb\nc\n", 0 },
	{ "to be sorted",       "c\na\nb\n",                    "a\nb\nc\n", 0 },
	{ "twice",              "a\nb\nb\na\n",                 "a\nb\n", 0 },
	{ "one after the other twice", "a\na\n",                "a\n", 0 },
	{ "case and spaces",    " B.Org\t\r\nA.org \r\n",       "a.org\nb.org\n", 0 },
	{ "no last newline",    "b\na",                         "a\nb\n", 0 },
	{ "prefixes",           "ab\na-b\na\na.b\n",            "a\na-b\na.b\nab\n", 0 },
	{ "a word of 255",      W255,                           W255 "\n", 0 },
	{ "one more",           "a\n" W255 "x",                 NULL, 2 },
	{ "two words",          "# x\na\nb c\n",                NULL, 3 },
	{ "no A-label",         "b\xc3\xbc" "cher.example\n",   NULL, 1 },
	{ "a control",          "a\x01\n",                      NULL, 1 },
};
// clang-format on

static void
test_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wordlist w = WORDLIST_INIT;
		struct err e = ERR_INIT;
		char place[32];
		int rc = wordlist_read(&w, "x.txt", cases[i].in, strlen(cases[i].in), &e);

		if (rc != (cases[i].want ? 0 : -1) || (cases[i].want && strcmp(w.text.data, cases[i].want) != 0))
			fail_msg("%s: %d %s %s", cases[i].name, rc, e.text, w.text.data);
		snprintf(place, sizeof(place), "x.txt:%d:", cases[i].line);
		if (!cases[i].want && (e.code != ERR_INPUT || !strstr(e.text, place)))
			fail_msg("%s: %s", cases[i].name, e.text);
		wordlist_release(&w);
	}
}

/* Lists of 0 to 40 words: each is found, and nothing beside it. */
static void
test_has(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	char word[16];
	int n, i;

	(void)state;
	for (n = 0; n <= 40; n++) {
		struct wordlist w = WORDLIST_INIT;

		assert_int_equal(wordlist_read(&w, "x", text.data, text.len, &e), 0);
		for (i = 0; i <= 41; i++) {
			snprintf(word, sizeof(word), "w%.*d", i % 5 + 1, i);
			if (wordlist_has(&w, word) != (i < n))
				fail_msg("%d of %d", i, n);
			strcat(word, "x");
			assert_false(wordlist_has(&w, word));
			word[1] = '\0';
			assert_false(wordlist_has(&w, word));
		}
		assert_false(wordlist_has(&w, ""));
		wordlist_release(&w);
		buf_addf(&text, "w%.*d\n", n % 5 + 1, n);
	}
	buf_release(&text);
}

static const struct {
	const char *domain;
	bool listed;
} domains[] = {
	{ "trash.example", true },
	{ "a.trash.example", true },
	{ "a.b.trash.example", true },
	{ "mytrash.example", false },
	{ "trash.example.org", false },
	{ "example", false },
	{ "trash", false },
	{ "anything.zip", true },
	{ "x.co.uk", false },
};

static void
test_domain(void **state)
{
	static const char list[] = "trash.example\nzip\n";
	struct wordlist w = WORDLIST_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_int_equal(wordlist_read(&w, "x", list, strlen(list), &e), 0);
	for (i = 0; i < sizeof(domains) / sizeof(*domains); i++)
		if (wordlist_has_domain(&w, domains[i].domain) != domains[i].listed)
			fail_msg("%s", domains[i].domain);
	wordlist_release(&w);
}

/* Borrowed, as the daemon does; which is right only if it says what reading it says. */
static void
builtin(struct wordlist *w, const char *name)
{
	struct wordlist read = WORDLIST_INIT;
	const struct builtin_file *f;
	struct err e = ERR_INIT;

	for (f = builtin_templates; f->name && strcmp(f->name, name) != 0; f++)
		;
	if (!f->name)
		fail_msg("there is no %s", name);
	if (wordlist_read(&read, name, f->text, f->len, &e) == -1)
		fail_msg("%s", e.text);
	wordlist_borrow(w, f->text, f->len);
	if (w->len != read.len || memcmp(w->words, read.words, read.len) != 0)
		fail_msg("%s: comments stand at its head alone, then sorted words in lower case, each once, and the last line ends", name);
	wordlist_release(&read);
}

static const char *const thrown_away[] = { "mailinator.com", "x.mailinator.com", "guerrillamail.com", "yopmail.com", "10minutemail.com" };
/* What people read their mail at must never slip into the lists. */
static const char *const real[] = {
	"gmail.com",
	"googlemail.com",
	"yahoo.com",
	"yahoo.co.uk",
	"hotmail.com",
	"outlook.com",
	"live.com",
	"icloud.com",
	"me.com",
	"aol.com",
	"gmx.de",
	"gmx.net",
	"web.de",
	"t-online.de",
	"posteo.de",
	"mailbox.org",
	"orange.fr",
	"free.fr",
	"laposte.net",
	"libero.it",
	"telefonica.net",
	"proton.me",
	"protonmail.com",
	"tuta.com",
	"tutanota.com",
	"fastmail.com",
	"zoho.com",
	"mail.ru",
	"yandex.ru",
	"comcast.net",
	"btinternet.com",
	"sky.com",
	"duck.com",
	"mozmail.com",
	"privaterelay.appleid.com",
	"simplelogin.com",
	"anonaddy.me",
	"riseup.net",
	"disroot.org",
	"example.org",
	"co.uk",
	"com",
};
static const char *const roles[] = {
	"abuse",
	"postmaster",
	"hostmaster",
	"webmaster",
	"noc",
	"security",
	"mailer-daemon",
	"noreply",
	"no-reply",
	"root",
	"daemon",
};
static const char *const people[] = {
	"info",
	"office",
	"contact",
	"hello",
	"sales",
	"praxis",
	"kontakt",
	"admin",
	"mail",
	"me",
	"ann",
	"support",
};

static void
test_builtin(void **state)
{
	struct wordlist w = WORDLIST_INIT;
	size_t i;

	(void)state;
	builtin(&w, "lists/disposable-domains.txt");
	assert_true(w.len > 1000000);
	for (i = 0; i < sizeof(thrown_away) / sizeof(*thrown_away); i++)
		if (!wordlist_has_domain(&w, thrown_away[i]))
			fail_msg("%s is not listed", thrown_away[i]);
	for (i = 0; i < sizeof(real) / sizeof(*real); i++)
		if (wordlist_has_domain(&w, real[i]))
			fail_msg("%s is listed", real[i]);
	wordlist_release(&w);
	builtin(&w, "lists/role-addresses.txt");
	for (i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (!wordlist_has(&w, roles[i]))
			fail_msg("%s is not listed", roles[i]);
	for (i = 0; i < sizeof(people) / sizeof(*people); i++)
		if (wordlist_has(&w, people[i]))
			fail_msg("%s is listed", people[i]);
	wordlist_release(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_has),
		cmocka_unit_test(test_domain),
		cmocka_unit_test(test_builtin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
