/* test_judge_text.c - what is left of a text for the rules to be compared with, who spoke last in it, and with which code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "judge/judge_text.h"

// clang-format off
static const struct {
	const char *name, *text, *words;
	int last, code; /* `last`: bytes before what the last one said */
	const char *enhanced, *hashed;
} readings[] = {
	{ "Nothing to it", "User unknown", " user unknown", 0, 0, "", "" },
	{ "Blanks are one", "a  b   c", " a b c", 0, 0, "", "" },
	{ "A blank after what opens goes", "( a) [ b] { c}", " (a) [b] { c}", 0, 0, "", "" },
	{ "What stood between is gone", "a () b <> c \"\" d '' e [] f", " a b c d e [] f", 0, 0, "", "" },
	{ "Nor at the start", "()x", " x", 0, 0, "", "" },
	{ "A quote that opened long ago", "\"a\" 'b'", " \"a\" 'b'", 0, 0, "", "" },
	{ "A code and its enhanced one", "550 5.1.1 gone", " gone", 0, 550, "5.1.1", "" },
	{ "A line that goes on", "550-5.1.1 gone 550 5.1.1 for good", " gone for good", 0, 550, "5.1.1", "" },
	{ "Two hyphens are a line", "550--x", " 550--x", 0, 0, "", "" },
	{ "A code at the end", "gone 550", " gone ", 0, 550, "", "" },
	{ "A code that ends with letters", "5501 550x 55x 5x5 555", " 5501 550x 55x 5x5 ", 0, 0, "", "" },
	{ "Not one of a reply", "350 gone", " 350 gone", 0, 0, "", "" },
	{ "For now", "450 4.2.1 wait", " wait", 0, 450, "4.2.1", "" },
	{ "It took it", "250 2.1.5 fine", " fine", 0, 250, "2.1.5", "" },
	{ "A hash behind the code", "550 #5.1.1 gone", " gone", 0, 550, "5.1.1", "" },
	{ "Many blanks", "550   5.1.1 gone", " gone", 0, 550, "5.1.1", "" },
	{ "The enhanced one alone", "5.7.1 no", " no", 0, 0, "5.7.1", "" },
	{ "… not at the start", "no 5.7.1", " no ", 0, 0, "", "" },
	{ "… with a stop", "5.7.1. no", " . no", 0, 0, "5.7.1", "" },
	{ "… in letters", "5.7.1a x5.7.1 no", " 5.7.1a x5.7.1 no", 0, 0, "", "" },
	{ "Four parts", "5.7.1.1 no", " 5.7.1.1 no", 0, 0, "", "" },
	{ "Two parts", "5.7 no", " 5.7 no", 0, 0, "", "" },
	{ "Empty parts", "5..71 no 57..1 5.7..1", " 5..71 no 57..1 5.7..1", 0, 0, "", "" },
	{ "Three of a kind that is none", "3.7.1 no", " 3.7.1 no", 0, 0, "", "" },
	{ "Two digits first", "55.1.1 no", " 55.1.1 no", 0, 0, "", "" },
	{ "As long as may be", "5.1234.1234 no", " no", 0, 0, "5.1234.1234", "" },
	{ "Too long", "5.1234.12345 no", " 5.1234.12345 no", 0, 0, "", "" },
	{ "As short as may be", "5.1.1", " ", 0, 0, "5.1.1", "" },
	{ "Shorter", "5.1.", " 5.1.", 0, 0, "", "" },
	{ "A hash before it", "gone (#5.1.1)", " gone ", 0, 0, "", "5.1.1" },
	{ "The first of two", "gone (#5.1.1) and #5.7.1", " gone and ", 0, 0, "", "5.1.1" },
	{ "A hash before nothing", "# 5.1.1 #x", " # #x", 0, 0, "", "" },
	{ "Inside a word", "a550 5 .550 5 -550 5 ü550 5", " a550 5 .550 5 -550 5 u550 5", 0, 0, "", "" },
	{ "After a bracket", "(550 5.1.1)", " ", 0, 550, "5.1.1", "" },
	{ "A host that speaks", "host mx.example.org[192.0.2.1] said: 550 5.1.1 gone", " host said: gone", 11, 550, "5.1.1", "" },
	{ "… without a number", "host mx.example.org said: 550 gone", " host said: gone", 11, 550, "", "" },
	{ "… with a port", "host mx.example.org [192.0.2.1]:25 said: 550 gone", " host said: gone", 11, 550, "", "" },
	{ "… with a stop", "domain example.org. gone", " domain gone", 0, 0, "", "" },
	{ "… in brackets", "host mx.example.org (192.0.2.1) said: 550 gone", " host said: gone", 11, 550, "", "" },
	{ "Domains", "domain example.org, name=example.org for example.org named example.org", " domain , name= for named ", 0, 0, "", "" },
	{ "Hosts that say", "mx.example.org said no mx.example.org gave no mx.example.org #5.1.1", " said no gave no ", 5, 0, "", "5.1.1" },
	{ "A host for nothing", "see mx.example.org please", " see mx.example.org please", 0, 0, "", "" },
	{ "No host", "host mx said no", " host mx said no", 0, 0, "", "" },
	{ "A stop is no name", "host .org said no", " host .org said no", 0, 0, "", "" },
	{ "Hyphens", "host b-c.example.org said no", " host said no", 0, 0, "", "" },
	{ "A number", "gone [192.0.2.1] gone", " gone gone", 0, 0, "", "" },
	{ "… of six", "gone [2001:db8::1] gone", " gone gone", 0, 0, "", "" },
	{ "… too short", "gone [1.2] gone [1::2] gone", " gone [1.2] gone gone", 0, 0, "", "" },
	{ "… not at its start", "gone [::1] gone [.1.2.3] gone", " gone [::1] gone [.1.2.3] gone", 0, 0, "", "" },
	{ "… that does not end", "gone [192.0.2.1 gone", " gone [192.0.2.1 gone", 0, 0, "", "" },
	{ "… of letters", "gone [192.0.2.x] gone", " gone [192.0.2.x] gone", 0, 0, "", "" },
	{ "A port that is none", "host mx.example.org: gone", " host : gone", 0, 0, "", "" },
	{ "Tags", "a<br>b</p>c<br/>d<a href=x>e<tablex>f<b c>g<brx y>h", " a b c d e f g<brx y>h", 0, 0, "", "" },
	{ "Addresses", "a <ann> b <ann lee> c", " a b <ann lee> c", 0, 0, "", "" },
	{ "A link", "a <http://example.org/> b", " a <http://example.org/> b", 0, 0, "", "" },
	{ "A tag that does not end", "a <b", " a ", 0, 0, "", "" },
	{ "A tag in a tag", "a <b<i>c", " a <b c", 0, 0, "", "" },
	{ "h6 and tt", "x<h6>y</tt>z", " x y z", 0, 0, "", "" },
	{ "Entities", "a&lt;b&gt;c&amp;d&quot;e&nbsp;f&#39;g&apos;h&x;i", " a b c&d\"e f'g'h&x;i", 0, 0, "", "" },
	{ "The last who speaks", "Reason: 550 5.7.1 spam said: 451 4.2.2 full", " reason: spam said: full", 19, 451, "4.2.2", "" },
	{ "… says nothing", "Reason: user unknown. mx.example.org said: x", " reason: user unknown. said: x", 8, 0, "", "" },
	{ "… says three letters", "Reason: user unknown. mx.example.org said: xyz", " reason: user unknown. said: xyz", 28, 0, "", "" },
	{ "… says a code only", "Reason: user unknown. mx.example.org said: 550", " reason: user unknown. said: ", 29, 550, "", "" },
	{ "… letters that are not ASCII", "Reason: user unknown. mx.example.org said: ÷÷", " reason: user unknown. said: ÷÷", 28, 0, "", "" },
	{ "A code further behind", "smtp; \"\" '' - : . 550 gone", " smtp; - : . gone", 6, 550, "", "" },
	{ "A code as far as it may be", "smtp; ---------- 550 gone", " smtp; ---------- gone", 6, 550, "", "" },
	{ "A code too far", "smtp; ----------- 550 gone", " smtp; ----------- gone", 6, 0, "", "" },
	{ "An enhanced one further behind", "smtp; 5.1.1 gone", " smtp; gone", 6, 0, "5.1.1", "" },
	{ "… behind a sign, as far as it may be", "smtp;:5.1.1 gone", " smtp;: gone", 5, 0, "5.1.1", "" },
	{ "… too far", "smtp;: 5.1.1 gone", " smtp;: gone", 5, 0, "", "" },
	{ "Two codes are one", "smtp; 550 550 5.1.1 gone", " smtp; gone", 6, 550, "5.1.1", "" },
	{ "A blank before who speaks", "x -> 550 gone", " x -> gone", 5, 550, "", "" },
	{ "Responded", "mx responded: 550 gone", " mx responded: gone", 14, 550, "", "" },
	{ "After a colon", "after rcpt to:gone away", " after rcpt to:gone away", 14, 0, "", "" },
	{ "Sixteen codes", "500 a 500 b 500 c 500 d 500 e 500 f 500 g 500 h 500 i 500 j 500 k 500 l 500 m 500 n 500 o smtp; 551 p", " a b c d e f g h i j k l m n o smtp; p", 36, 551, "", "" },
	{ "Seventeen", "500 a 500 b 500 c 500 d 500 e 500 f 500 g 500 h 500 i 500 j 500 k 500 l 500 m 500 n 500 o 500 p smtp; 551 q", " a b c d e f g h i j k l m n o p smtp; q", 0, 500, "", "" },
	{ "An address", "550 <ann@example.org> unknown", " unknown", 0, 550, "", "" },
	{ "A host of one letter", "host a.b said no", " host said no", 0, 0, "", "" },
	{ "At the end", "mx.example.org", " mx.example.org", 0, 0, "", "" },
	{ "A code after a dash", "smtp; - 550 gone", " smtp; - gone", 6, 550, "", "" },
	{ "One who speaks twice", "a said: user unknown. b said: mailbox full", " a said: user unknown. b said: mailbox full", 30, 0, "", "" },
	{ "A word of the table that is half there", "user unkno", " user unkno", 0, 0, "", "" },
};
// clang-format on

static void
test_readings(void **state)
{
	static struct judge_text t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
		memset(&t, '5', sizeof(t)); /* nothing is left of what was there */
		judge_text_read(&t, readings[i].text);
		if (strcmp(t.words, readings[i].words) != 0 || t.last - t.words != readings[i].last || t.code != readings[i].code ||
		    strcmp(t.enhanced, readings[i].enhanced) != 0 || strcmp(t.hashed, readings[i].hashed) != 0)
			fail_msg("%s: \"%s\", the last from %d on, %d %s, #%s", readings[i].name, t.words, (int)(t.last - t.words), t.code,
			    t.enhanced, t.hashed);
	}
}

/* Of a text that is too long, its first half and its last; of one that is not, all. */
static void
test_long(void **state)
{
	static const struct {
		int size;
		int length; /* of the words */
		int blank;  /* where they are divided; 0: nowhere */
	} longs[] = {
		{ JUDGE_TEXT_MOST - 1, JUDGE_TEXT_MOST, 0 },
		{ JUDGE_TEXT_MOST, JUDGE_TEXT_MOST + 1, JUDGE_TEXT_MOST / 2 + 1 },
		{ JUDGE_TEXT_MOST + 1, JUDGE_TEXT_MOST + 1, JUDGE_TEXT_MOST / 2 + 1 },
		{ 5000, JUDGE_TEXT_MOST + 1, JUDGE_TEXT_MOST / 2 + 1 },
	};
	static struct judge_text t;
	char text[5001];
	size_t i;
	int blank;

	(void)state;
	for (i = 0; i < sizeof(longs) / sizeof(longs[0]); i++) {
		memset(text, 'a', sizeof(text));
		text[0] = 'b';
		text[JUDGE_TEXT_MOST / 2 - 1] = 'c';
		text[longs[i].size - JUDGE_TEXT_MOST / 2 + 1] = 'd';
		text[longs[i].size - 1] = 'e';
		text[longs[i].size] = '\0';
		judge_text_read(&t, text);
		assert_int_equal(strlen(t.words), longs[i].length);
		blank = (int)strcspn(t.words + 1, " ") + 1;
		assert_int_equal(blank, longs[i].blank ? longs[i].blank : longs[i].length);
		assert_int_equal(t.words[1], 'b');
		assert_int_equal(t.words[longs[i].length - 1], 'e');
		if (!longs[i].blank)
			continue;
		assert_int_equal(t.words[blank - 1], 'c');
		assert_int_equal(t.words[blank + 1], 'd');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readings),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
