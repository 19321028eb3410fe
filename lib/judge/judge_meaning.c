/* judge_meaning.c - see judge_meaning.h. A rule of judge_table.c has its words here; test_judge_meaning.c holds them together. */
#include "judge/judge_meaning.h"

#include <string.h>

static const struct {
	const char *rule, *words;
} table[] = {
	{ "", "not known" },
	{ "accepted", "taken by the other side" },
	{ "content", "content or format not accepted" },
	{ "daily-quota", "the relay's daily limit" },
	{ "dialogue", "misunderstanding with the relay" },
	{ "disabled", "mailbox disabled or closed" },
	{ "full-inactive", "mailbox full and abandoned" },
	{ "greylisting", "asked to come back later" },
	{ "mailbox-full", "mailbox full" },
	{ "no-such-domain", "no such domain" },
	{ "no-such-user", "no such user" },
	{ "null-mx", "domain takes no mail" },
	{ "policy", "against the receiver's policy" },
	{ "rate-quota", "sent faster than allowed" },
	{ "receiving-fast", "mailbox gets too much at once" },
	{ "refused", "refused, and no reason known" },
	{ "relay-closing", "the relay closed the connection" },
	{ "relay-full", "the relay has no room" },
	{ "relay-login", "the relay does not let us in" },
	{ "relay-trouble", "the relay is in trouble" },
	{ "relaying", "server does not serve that domain" },
	{ "reputation", "sender's reputation too low" },
	{ "routing", "server not reached, or mail loops" },
	{ "sender-refused", "our sender address refused" },
	{ "server-trouble", "their server is in trouble" },
	{ "spam", "blocked as spam" },
	{ "too-large", "message too large" },
	{ "try-later", "asked to try later" },
};

const char *
judge_meaning(const char *rule)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].rule, rule) == 0)
			return table[i].words;
	return rule;
}
