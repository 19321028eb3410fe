/* test_name.c - people's names, and what strangers write where one belongs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/name.h"

// clang-format off
static const char *const people[] = {
	"", " ", "Ann", "ann", "ANN LEE", "Zoë Ångström-García", "O'Brien, Ann", "O’Neill", "D'Angelo", "Jean-Luc Picard", "María José",
	"Dr. med. A. B. Schmidt-Lopez", "Dr.med.Schmidt", "Prof. Dr. h.c. mult. Weiß", "Dipl.-Psych. Ann Lee", "Dr. phil. nat. Ann Lee",
	"J.R.R. Tolkien", "J. R. R. Tolkien", "JRR Tolkien", "A.B.", "Ann L.", "St. John", "St.John", "Ste. Marie", "Ann & Bob", "Ann + Bob", "Ann/Bob",
	"Ann and Bob Lee", "Mr. and Mrs. Lee", "Lee, Ann, M.A.", "Ann Lee, Ph.D.", "Ann Lee B.Sc.", "Ann Lee, B.Com", "Ann Lee B.Com.", "Ann Lee, M.D.",
	"Chr. de Boer", "Joh. de Vries", "M.de Vries", "Dr.de Boer", "Dr. de Boer", "Ma.de la Cruz", "Wm. de Witt", "Th. in 't Veld", "J. to Roxel",
	"Robert Downey Jr.", "Jr. de Souza", "Sammy Davis, jr.", "Ann (Annie) Lee", "Ann \"Annie\" Lee", "Larry Page", "L.Page", "Max Link", "Dot Smith",
	"Dot. Lee", "Com Nguyen", "De Com", "Anna Net", "Ann Info", "Ann Lee 3rd", "Ann Lee III.", "Louis XIV", "Ann 2", "R2-D2", "AC/DC", "A.Smith/B.Jones",
	"Marcel·la Gal·la", "アン・スミス", "安", "Иван Петров", "И. И. Петров", "محمد", "می‌خواهم", "नमस्ते", "Σωκράτης", "Ann 🇩🇪", "Ann ❤️",
	"Praxis Dr. Lee", "Quiet Harbour e.V.", "Lee GmbH & Co. KG", "Lee S.A.", "Smith Ltd.", "Smith & Co.", "n/a", "-", "Ann...", "…", "Kim Ng", "Kim.Ng",
	"Comfort Annet", "Annettecom", "Ann: Lee", "No. 5", "1.5", "Ann 1.2.3",
};

static const char *const links[] = {
	"http://example.org", "HTTPS://example.org", "hxxp://evil", "hxxps evil", "h​ttp evil", "Win x://y", "x:/evil", "//evil", "www.evil.example", "WwW evil",
	"ｗｗｗ evil", "visit evil.com", "visit EVIL.COM now", "evil.com", "evil.com.", "(evil.com)", "evil.com!", "Ann evil.net/win", "evil.co.uk", "sub.evil.com",
	"evil.com.example", "e-vil.org", "evil_1.org", "t.me/x", "t.me/joinchat", "wa.me/491", "bit.ly/x", "x.page/", "evil.link/x", "evil.win/1", "x.ru",
	"evil.de", "evil.me", "evil.io", "evil.xyz", "сайт.рф", "пример.com", "evil . com", "evil .com", "evil. com", "evil .de", "evil . de", "evil..com",
	"evil[.]com", "evil(.)de", "evil {.} com", "evil(dot)com", "evil [dot] com", "evil dot com", "evil dot de", "EVIL DOT COM",
	"evil．com", "evil。com", "evil｡com", "evil․com", "evil·com", "evil•com", "ｅｖｉｌ．ｃｏｍ", "evil\xe2\x80\x8b.com", "evil.c\xc2\xadom", "e\xe2\x80\x8dvil.com",
	"evil\xc2\xa0.\xc2\xa0" "com", "evil.com／x", "t․me∕x", "𝐞𝐯𝐢𝐥.com", "ⓔⓥⓘⓛ.com", "evil.com\xe2\x80\xae", "\xe2\x80\xae" "moc.live",
	"ann@example.org", "ann＠example.org", "ann﹫example", "@handle", "mailto:ann", "Ann <b>", "Ann>", "<a href=x>", "10.0.0.1", "go to 192.0.2.1 now",
	"Dr.com", "st.info", "Ann Lee evil.shop", "evil.casino", "win.bet", "Ann\r\nBcc: x", "Ann\tB", "Ann\xc2\x85", "\001to\002", "Ann\xff", "Ann\xe2\x80\xa8" "B",
};
// clang-format on

static void
test_people(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(people) / sizeof(*people); i++) {
		struct err e = ERR_INIT;

		if (name_check(people[i], &e) == -1)
			fail_msg("%s: %s", people[i], e.text);
	}
}

static void
test_links(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(links) / sizeof(*links); i++) {
		struct err e = ERR_INIT;

		if (name_check(links[i], &e) == 0)
			fail_msg("taken: %s", links[i]);
		assert_int_equal(e.code, ERR_INPUT);
		if (strstr(e.text, links[i]))
			fail_msg("the name is in the error: %s", e.text);
	}
}

static void
test_length(void **state)
{
	char name[NAME_BYTES + 2];
	struct err e = ERR_INIT;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[NAME_BYTES] = '\0';
	assert_int_equal(name_check(name, &e), 0);
	name[NAME_BYTES] = 'x';
	name[NAME_BYTES + 1] = '\0';
	assert_int_equal(name_check(name, &e), -1);
	memcpy(name + NAME_BYTES - 5, " x.ru", 6); /* the last bytes count */
	assert_int_equal(name_check(name, &e), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
