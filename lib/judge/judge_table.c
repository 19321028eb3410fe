/*
 * judge_table.c - see judge_table.h.
 *
 * The order is the reasoning: what speaks of the relay, then what a healthy
 * address can get (too much mail, full, too large, spam, policy) whatever code
 * it is dressed in, then what only a dead address gets. In doubt an address is
 * healthy: soft refusals add up in the end, a wrong hard one loses a reader at
 * once. Words are given without the names of people and hosts around them.
 */
#include "judge/judge_table.h"

#include <stddef.h>

#define INACTIVE "inactive|account is disabled|account has been disabled|mailbox disabled"

#define NO_SUCH_USER \
	"user unknown|unknown user|user is unknown|username unknown|no such user|user not found|invalid user|unknown or illegal" \
	"|user doesn't exist|user does not exist|not a valid user|not a known user|no such local user|unknown local" \
	"|recipient unknown|unknown recipient|no such recipient|recipient not found|recipnotfound|invalid recipient" \
	"|recipient does not exist|recipient doesn't exist|not a valid recipient" \
	"|mailbox not found|no such mailbox|unknown mailbox|mailbox unknown|invalid mailbox|not a valid mailbox|no mailbox" \
	"|mailbox does not exist|mailbox doesn't exist|mailbox unavailable|mailbox is unavailable" \
	"|no such account|account not found|unknown account|invalid account|account does not exist|account doesn't exist" \
	"|no account by that name|does not have an account|this user doesn't have a|tried to reach does not exist" \
	"|address unknown|unknown address|unknown e-mail address|unknown email address|no such address|address not found" \
	"|address does not exist|address doesn't exist|no such person|here by that name|addressee unknown" \
	"|no longer valid|no longer employed|no longer works|no longer in use|no longer accepts mail" \
	"|utilisateur inconnu|usuario desconocido|usuario no existe|benutzer unbekannt|sconosciuto|nie istnieje"

const struct judge_rule judge_table[] = {
	{ "accepted", JUDGE_ACCEPTED, "2", "", "" },
	{ "accepted", JUDGE_ACCEPTED, "0", "2.*.*", "" },

	/* The relay: it goes away, or we may not use it. */
	{ "relay-closing", JUDGE_RELAY, "421 454", "", "" },
	{ "relay-login", JUDGE_RELAY, "530 534 535 538", "", "" },
	{ "relay-login", JUDGE_RELAY, "", "*.7.8 *.7.9 *.7.11 *.7.12", "" },

	/* One mailbox that gets more mail than its host likes; Gmail dresses it as "disabled", and in 450 it means our speed. */
	{ "receiving-fast", JUDGE_RELAY, "450", "4.2.1", "" },
	{ "receiving-fast", JUDGE_SOFT, "", "", "receiving mail at a rate|receiving mail too quickly|receiving email at a rate|receiving at a rate" },

	/* A mailbox that is full or too small for this, or so long full that nobody lives there. */
	{ "full-inactive", JUDGE_HARD, "", "*.2.2 *.2.1", INACTIVE },
	{ "mailbox-full", JUDGE_SOFT, "", "*.2.2", "" },
	{ "mailbox-full", JUDGE_SOFT, "", "",
	    "mailbox full|mailbox is full|full mailbox|inbox full|inbox is full|over quota|overquota|over its quota|over the quota|out of storage|storage full"
	    "|insufficient storage|insufficient disk|exceeded storage|storage allocation|mailbox quota|mailbox size|mailbox limit|quota full|disk quota|exceeds quota|exceeds allotted" },
	{ "too-large", JUDGE_SOFT, "", "*.3.4 *.2.3", "" },
	{ "too-large", JUDGE_SOFT, "", "",
	    "message too large|message too big|message is too|message size|size limit|maximum size|maximum message|exceeds fixed maximum|exceeds size" },

	/* How much, or how fast, the relay lets us send. */
	{ "relay-quota", JUDGE_RELAY, "", "*.4.5 *.7.232 *.7.233 *.7.705 *.7.708 *.1.90", "" },
	{ "relay-quota", JUDGE_RELAY, "", "",
	    "sending limit|sending rate|sending quota|sending too fast|unusual sending|message quota|user sending|daily quota|daily limit|hourly limit|messages per"
	    "|relay limit|submission quota|submissionquota|rate limit|ratelimit|rate exceeded|too many messages|too many emails|max defers|maximum credits" },
	{ "relay-quota", JUDGE_RELAY, "", "*.7.*", "limit exceeded|quota exceeded|exceeded your|exceeded the limit" },

	/* The message, its sender or its way, and not the address. */
	{ "content", JUDGE_SOFT, "", "*.6.*", "" },
	{ "null-mx", JUDGE_HARD, "", "*.1.10", "" },
	{ "null-mx", JUDGE_HARD, "", "", "null mx|nullmx" },
	{ "disabled", JUDGE_HARD, "525", "", "" },
	{ "disabled", JUDGE_HARD, "", "*.7.13", "" },
	{ "policy", JUDGE_SOFT, "", "*.7.*", "" },
	{ "sender-refused", JUDGE_SOFT, "", "*.1.7 *.1.8", "" },
	{ "sender-refused", JUDGE_SOFT, "", "",
	    "sender address|sender rejected|sender denied|sender domain|sender verify|sender unknown|sender is|invalid sender|bad sender|unknown sender|domain of sender" },
	{ "no-such-user", JUDGE_HARD, "", "*.1.1", NO_SUCH_USER },
	{ "spam", JUDGE_SOFT, "", "",
	    "spam|unsolicited|blacklist|black list|blocklist|block list|blocked|dnsbl|reputation|virus|malware|phish|dmarc|dkim|spf check|spf fail|sender policy framework"
	    "|junk|bulk mail|content rejected|banned|listed by|listed in|reverse dns|ptr record" },
	{ "policy", JUDGE_SOFT, "", "", "policy|policies|not authorized|not permitted|prohibited|authentication|greylist|graylist" },
	{ "relaying", JUDGE_SOFT, "", "", "relay access|relaying|unable to relay|relay not|relay denied" },
	{ "routing", JUDGE_SOFT, "", "*.4.6 *.4.7", "" },
	{ "routing", JUDGE_SOFT, "", "",
	    "loops back|mail loop|forwarding loop|too many hops|timed out|timeout|connection refused|connection reset|lost connection|no route to host|network is unreachable|try again" },

	/* The address is dead. */
	{ "no-such-user", JUDGE_HARD, "", "*.1.1 *.1.6", "" },
	{ "no-such-domain", JUDGE_HARD, "", "*.1.2", "" },
	{ "disabled", JUDGE_HARD, "", "*.2.1", "" },
	{ "no-such-user", JUDGE_HARD, "", "*.4.1", "address rejected: access denied" }, /* Microsoft 365: not in the directory */
	{ "no-such-user", JUDGE_HARD, "", "", NO_SUCH_USER },
	{ "disabled", JUDGE_HARD, "", "",
	    "account disabled|account closed|account terminated|account suspended|account deactivated|account expired|account inactive|account is disabled|account is closed|account is inactive"
	    "|account has been|mailbox disabled|mailbox inactive|mailbox expired|mailbox is disabled|mailbox is inactive|mailbox has been|user disabled|user inactive|user is disabled|user is inactive"
	    "|inactive user|inactive account|inactive mailbox|disabled recipient|disabled user|recipient is inactive" },
	{ "no-such-domain", JUDGE_HARD, "", "",
	    "domain not found|domain name not found|no such domain|unknown domain|domain does not exist|domain doesn't exist|host not found|host unknown|unknown host|nxdomain"
	    "|unrouteable address|unrouteable mail domain|find any host named|name or service not known" },

	/* Whatever else. */
	{ "refused", JUDGE_SOFT, "", "", "" },
	{ NULL, JUDGE_SOFT, "", "", "" },
};
