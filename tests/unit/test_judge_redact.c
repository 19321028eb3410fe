/* test_judge_redact.c - addresses and the names beside them, to the letter: what is one, where it ends, and what fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge/judge.h"

// clang-format off
static const struct {
	const char *name, *in, *want;
} redactions[] = {
	{ "signs of a local part", "no x!#$%&'*/?^_`{|}~.y@b.org", "no <address>" },
	{ "signs of none", "(a@b.org ;a@b.org :a@b.org ,a@b.org", "(<address> ;<address> :<address> ,<address>" },
	{ "signs of a domain", "a@b_c-d.org!", "<address>!" },
	{ "a domain that goes on", "a@b..c", "<address>..c" },
	{ "a domain that ends", "a@b.org. a@b.org-- a@b.-", "<address>. <address>-- <address>.-" },
	{ "a literal that does not end", "a@[192.0.2.1", "<address>[192.0.2.1" },
	{ "a written sign before no name", "a%40b a%40b.1 a%40b.c a%40b.1c", "a%40b a%40b.1 <address> a%40b.1c" },
	{ "… before one that is not ASCII", "a%40b.ü", "<address>" },
	{ "signs that are none", "a%41b.org a%50b.org a%4 a&#65;b.org a-40b.org", "a%41b.org a%50b.org a%4 a&#65;b.org a-40b.org" },
	{ "behind nothing", "%40b.org =40b.org", "%40b.org =40b.org" },
	{ "nothing behind", "a@ a@, @ b", "<address> <address>, @ b" },
	{ "no local part", "@b.org", "<address>" },
	{ "a quotation for a local part", "\"a b\"@x.org", "<address>" },
	{ "… within a word", "x\"a b\"@x.org", "x<address>" },
	{ "… that does not begin", "\"@x.org", "<address>" },
	{ "… with something before it", " a\"@x.org", " <address>" },
	{ "two of them, and nothing before", "@@b.org", "<address>" },
	{ "two at signs", "a@b@c.org", "<address><address>" },
	{ "one beside another", "a@b.org<c@d.org>", "<address><address>" },
	{ "a bracket on one side", "<a@b.org a@b.org>", "<<address> <address>>" },
	{ "cut", "no <ann", "no <address>" },
	{ "cut behind the bracket", "no <", "no <" },
	{ "cut within a word", "no <ann lee", "no <ann lee" },
	{ "cut in a second bracket", "no <a<b", "no <a<address>" },
	{ "a quoted name of 118", "\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmn\" <a@b.org>", "<name> <address>" },
	{ "a quoted name of 119", "\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmno\" <a@b.org>", "<name> <address>" },
	{ "a quoted name of 120", "\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop\" <a@b.org>", "\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop\" <address>" },
	{ "a quoted name that is empty", "\"\" <a@b.org>", "\"\" <address>" },
	{ "… of one letter", "\"x\" <a@b.org>", "<name> <address>" },
	{ "… with something before it", "to \"Ann\" <a@b.org>", "to <name> <address>" },
	{ "a quote alone", "\" <a@b.org>", "\" <address>" },
	{ "a name that touches", "Ann<a@b.org>", "<name><address>" },
	{ "blanks", "Ann   Lee   <a@b.org>", "<name>   <address>" },
	{ "no name", "  <a@b.org>", "  <address>" },
	{ "five words", "Una Dos Tri Qua Cin <a@b.org>", "<name> <address>" },
	{ "six words", "Una Dos Tri Qua Cin Sei <a@b.org>", "Una <name> <address>" },
	{ "a long word", "Aabcdefghijklmnopqrstuvwxyzabcdefghijklm <a@b.org>", "<name> <address>" },
	{ "one too long", "Aabcdefghijklmnopqrstuvwxyzabcdefghijklmn <a@b.org>", "Aabcdefghijklmnopqrstuvwxyzabcdefghijklmn <address>" },
	{ "behind a colon, with and without a blank", "To:Ann <a@b.org> To: Ann <a@b.org>", "To:<name> <address> To: <name> <address>" },
	{ "within parentheses", "Lee (Ann <a@b.org>)", "Lee (<name> <address>)" },
	{ "commas", "Lee,Ann <a@b.org> Lee,, Ann <a@b.org>", "<name> <address> <name> <address>" },
	{ "a small word too short to tell", "an le <an.le@b.org>", "an le <address>" },
	{ "three letters are enough", "ann lee <annlee@b.org>", "<name> <address>" },
	{ "a small word that is the domain's", "example <a@example.org>", "example <address>" },
	{ "a small word that is too long for it", "annleesmith <ann@b.org>", "annleesmith <address>" },
	{ "the last of the local part", "lee <ann.lee@b.org>", "<name> <address>" },
	{ "a word of replies, with its stop", "Mail. <a@b.org> From- <a@b.org> Mail.- <a@b.org>", "Mail. <address> From- <address> Mail.- <address>" },
	{ "apostrophes and hyphens", "O'Neil J.-P. <a@b.org>", "<name> <address>" },
	{ "a digit is no name", "Ann2 <a@b.org>", "Ann2 <address>" },
	{ "a comment that touches", "a@b.org(Ann Lee)", "<address>(<name>)" },
	{ "blanks before a comment", "a@b.org   (Ann)", "<address>   (<name>)" },
	{ "a comma in a comment", "a@b.org (Lee, Ann)", "<address> (<name>)" },
	{ "a semicolon in a comment", "a@b.org (Lee; Ann)", "<address> (Lee; Ann)" },
	{ "a comment that does not end", "a@b.org (Ann Lee", "<address> (<name>" },
	{ "a small one", "a@b.org (ann)", "<address> (ann)" },
	{ "a small one of the address", "ann@b.org (ann)", "<address> (<name>)" },
	{ "five words in a comment", "a@b.org (Una Dos Tri Qua Cin)", "<address> (<name>)" },
	{ "six words in a comment", "a@b.org (Una Dos Tri Qua Cin Sei)", "<address> (Una Dos Tri Qua Cin Sei)" },
	{ "an empty comment", "a@b.org ()", "<address> ()" },
	{ "a blank at a comment's end", "a@b.org (Ann )", "<address> (<name> )" },
	{ "a word of replies in a comment", "a@b.org (Unknown)", "<address> (Unknown)" },
	{ "letters that end with the least of bytes", "\xc3\x80@\xc3\x80.org \xc3\x80\xc3\x80 <a@b.org>", "<address> <name> <address>" },
	{ "an initial alone", "B <a@b.org>", "<name> <address>" },
	{ "a small word with a letter that is not ASCII", "a\xc3\xbcx <a@b.org>", "a\xc3\xbcx <address>" },
	{ "a small word of an address that was cut", "ann <ann", "<name> <address>" },
	{ "a name within a word", "x2Ann <a@b.org>", "x2Ann <address>" },
	{ "a comment, and brackets", "<a@b.org> (Ann) <c@d.org>", "<address> (<name>) <address>" },
};
// clang-format on

static void
test_redactions(void **state)
{
	char text[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(redactions) / sizeof(redactions[0]); i++) {
		snprintf(text, sizeof(text), "%s", redactions[i].in);
		judge_redact(text, sizeof(text));
		if (strcmp(text, redactions[i].want) != 0)
			fail_msg("%s: %s", redactions[i].name, text);
	}
}

/* The room ends: the mark is cut, and what follows it, but never within a character. */
static void
test_room(void **state)
{
	static const struct {
		size_t size;
		const char *in, *want;
	} rooms[] = {
		{ 13, "a@b c", "<address> c" },
		{ 12, "a@b c", "<address> c" },
		{ 11, "a@b c", "<address> " },
		{ 10, "a@b c", "<address>" },
		{ 9, "a@b c", "<address" },
		{ 6, "a@b c", "<addr" },
		{ 12, "a@b \xc3\xbc", "<address> " },
		{ 13, "a@b \xc3\xbc", "<address> \xc3\xbc" },
		{ 8, "no a@b", "no <add" },
		{ 9, "no a@b c", "no <addr" },
		{ 21, "a@b c@d", "<address> <address>" },
		{ 20, "a@b c@d", "<address> <address>" },
		{ 19, "a@b c@d", "<address> <address" },
		{ 5, "a%40", "a%40" }, /* nothing is read behind it */
		{ 7, "a&#64;", "a&#64;" },
		{ 12, ". <a@b>", ". <address>" }, /* nor before it */
		{ 1, "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		char *text = malloc(rooms[i].size);

		assert_non_null(text);
		snprintf(text, rooms[i].size, "%s", rooms[i].in);
		judge_redact(text, rooms[i].size);
		if (strcmp(text, rooms[i].want) != 0)
			fail_msg("%s in %zu: %s", rooms[i].in, rooms[i].size, text);
		free(text);
	}
	judge_redact(NULL, 0);
}

/* Whose local part stands alone. */
static void
test_for(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"; /* 64 */
	static const struct {
		const char *name, *local, *in, *want;
	} people[] = {
		{ "three letters", "ann", "no ann", "no <address>" },
		{ "two letters", "an", "no an", "no an" },
		{ "a letter before it", "ann", "xann ann", "xann <address>" },
		{ "a letter behind it", "ann", "annx ann", "annx <address>" },
		{ "a number beside it", "ann", "ann1 1ann", "ann1 1ann" },
		{ "a line beside it", "ann", "ann_ _ann", "ann_ _ann" },
		{ "what is not ASCII beside it", "ann", "ann\xc3\xbc \xc3\xbc"
							"ann",
		    "ann\xc3\xbc \xc3\xbc"
		    "ann" },
		{ "the least of bytes before it", "ann", "\xc3\x80"
							 "ann",
		    "\xc3\x80"
		    "ann" },
		{ "a sign beside it", "ann", "(ann) ann: ann's", "(<address>) <address>: <address>'s" },
		{ "as long as may be", longest, longest, "<address>" },
	};
	char text[200], address[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		snprintf(text, sizeof(text), "%s", people[i].in);
		snprintf(address, sizeof(address), "%s@example.org", people[i].local);
		judge_redact_for(text, sizeof(text), address);
		if (strcmp(text, people[i].want) != 0)
			fail_msg("%s: %s", people[i].name, text);
	}
	snprintf(text, sizeof(text), "%sx", longest);
	snprintf(address, sizeof(address), "%sx@example.org", longest);
	judge_redact_for(text, sizeof(text), address); /* no address is so long */
	assert_int_equal(strlen(text), 65);
}

/* Whose name stands somewhere. */
static void
test_name(void **state)
{
	static const struct {
		const char *name, *who, *in, *want;
	} people[] = {
		{ "three letters", "Ann X", "no ann x no ann", "no <name> no <name>" },
		{ "two letters", "An X", "no an", "no an" },
		{ "the last word", "X Lee", "lee", "<name>" },
		{ "a number in it", "Ann2 X", "ann2 ann", "<name> ann" },
		{ "a line in it", "ann_lee x", "ann_lee ann", "<name> ann" },
		{ "signs between", "Ann--Lee", "lee, ann", "<name>, <name>" },
	};
	char text[600], name[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		snprintf(text, sizeof(text), "%s", people[i].in);
		judge_redact_name(text, sizeof(text), people[i].who);
		if (strcmp(text, people[i].want) != 0)
			fail_msg("%s: %s", people[i].name, text);
	}
	memset(name, 'x', sizeof(name));
	name[256] = '\0'; /* as long as may be */
	snprintf(text, sizeof(text), "%s", name);
	judge_redact_name(text, sizeof(text), name);
	assert_string_equal(text, "<name>");
	name[256] = 'x';
	name[257] = '\0';
	snprintf(text, sizeof(text), "%s", name);
	judge_redact_name(text, sizeof(text), name);
	assert_string_equal(text, name);
	judge_redact_name(NULL, 0, "Ann Lee");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_redactions),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_for),
		cmocka_unit_test(test_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
