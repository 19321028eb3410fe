/*
 * judge_table.c - see judge_table.h.
 *
 * The order is the reasoning: what speaks of the relay and of us, then what a
 * healthy address can get (too much mail, full, too large, spam, policy)
 * whatever code it is dressed in, then what only a dead address gets. In doubt
 * an address is healthy: soft refusals add up in the end, a wrong hard one
 * loses a reader at once. Words are given without the names of people and hosts around them.
 */
#include "judge/judge_table.h"
#include "judge/judge_phrases.h"

#include <stddef.h>

#define ANY WHERE_ANY
#define NOT_MAIL (WHERE_RCPT | WHERE_DATA | WHERE_BODY | WHERE_QUOTED | WHERE_BOUNCE)
#define RELAY_SLOW JUDGE_PACE_RELAY_SLOW
#define DOMAIN_SLOW JUDGE_PACE_DOMAIN_SLOW
#define QUOTA JUDGE_PACE_RELAY_QUOTA
#define NOBODY JUDGE_PACE_NONE

enum {
	SECONDS = 15,  /* a rate that was too high, a connection too many */
	MINUTES = 300, /* trouble that somebody must look into, and may be looking into */
	AN_HOUR = 3600 /* a day's quota: it comes back hour by hour, or at midnight */
};

#define QUOTA_OF_A_DAY \
	"daily message quota|daily user sending|daily sending|daily smtp relay|daily quota|daily limit|daily message" \
	"|per day|message recipients per day" \
	"|maximum credits|credits exceeded|monthly limit|monthly quota|plan limit|sending paused" \
	"|sending has been paused|sending is paused" \
	"|outgoing blocked|sending limit|sending quota|unusual sending|message quota|submission quota|submissionquota" \
	"|user sending|limit for message recipients"

#define QUOTA_OF_A_MOMENT \
	"sending rate|sending too fast|hourly limit|hourly quota|messages per|emails per|mails per|per hour|this hour" \
	"|per minute|peak smtp|relay limit|rate limit" \
	"|ratelimit|rate-limit|rate exceeded|rate quota|throttl|too many messages|too many emails|too many mails" \
	"|too much mail|max defers|too many connections" \
	"|concurrent connection|connections limit|connection limit|frequency limited|connection rate|message rate" \
	"|sending frequency|slow down"

/* What a relay says of our login, our address or our machine, even at RCPT, when all checks wait for it (Postfix's smtpd_delay_reject). */
#define OUR_LOGIN \
	"authentication required|authentication is required|must authenticate|please authenticate|not authenticated" \
	"|unauthenticated sender" \
	"|authenticate first|smtp authentication|smtp auth|auth required|login required|must issue a starttls" \
	"|starttls first|starttls is required"
#define OUR_PERMISSION \
	"address is not verified|identities failed|verified sender identity|unconfigured sending domain|domain is unverified|unverified domain" \
	"|not owned by|authorised to send from|authorized to send from" \
	"|not allowed to send from|not allowed to send as|not permitted to send from|sendasdenied|send as this" \
	"|send on behalf|not authorized to perform|account suspended by|your account is|your account has"
#define OUR_MACHINE \
	"client host|helo command rejected|ehlo command rejected|blocked using|reverse hostname|reverse dns|ptr record" \
	"|no ptr|your ip|your host|sender address rejected" \
	"|sender rejected|sender domain|domain of sender|sender verify failed|sender verification failed|invalid sender" \
	"|sender unknown|bad sender|sender not"
#define RELAYING \
	"relay access|relaying|unable to relay|relay not|relay denied|not permitted to relay|not allowed to relay" \
	"|cannot relay|relay is not|relay prohibited|no relay|to relay|allowed rcpthosts"

const struct judge_rule judge_table[] = {
	{ "accepted", JUDGE_ACCEPTED, ANY, "2", "", "", "", NOBODY, 0 },
	{ "accepted", JUDGE_ACCEPTED, ANY, "0", "2.*.*", "", "", NOBODY, 0 },

	/* One mailbox that gets more mail than its host likes; Gmail dresses it as "disabled". */
	{ "receiving-fast", JUDGE_SOFT, NOT_MAIL, "", "", "",
	    "receiving mail at a rate|receiving mail too quickly|receiving email at a rate|receiving at a rate"
	    "|received too many messages|messages they can receive",
	    DOMAIN_SLOW, 0 },
	{ "receiving-fast", JUDGE_SOFT, NOT_MAIL, "", "*.2.121 *.2.122", "", "", DOMAIN_SLOW, 0 },

	/* How much, or how fast, the relay lets us send. A bounce may say so too: some relays take the message first. */
	{ "routing", JUDGE_SOFT, WHERE_BOUNCE, "", "", "", NOT_NOW, DOMAIN_SLOW, 0 },
	{ "full-inactive", JUDGE_HARD, NOT_MAIL, "", "*.2.2", "", INACTIVE, NOBODY, 0 },
	{ "disabled", JUDGE_HARD, NOT_MAIL, "", "*.2.1", "", INACTIVE, NOBODY, 0 },
	{ "mailbox-full", JUDGE_SOFT, NOT_MAIL, "", "*.2.2", "", "", NOBODY, 0 },
	{ "greylisting", JUDGE_SOFT, NOT_MAIL, "", "", "", "greylist|graylist|grey list|gray list|grey-list|gray-list|postgrey", NOBODY, 0 },
	{ "daily-quota", JUDGE_RELAY, ANY, "", "5.4.5 *.7.232 *.7.233 *.7.705 *.7.708 *.1.90", "", "", QUOTA, AN_HOUR },
	{ "daily-quota", JUDGE_RELAY, ANY, "", "", "", QUOTA_OF_A_DAY, QUOTA, AN_HOUR },
	{ "rate-quota", JUDGE_RELAY, WHERE_RELAY, "", "", "", QUOTA_OF_A_MOMENT, QUOTA, SECONDS },
	{ "rate-quota", JUDGE_RELAY, WHERE_RELAY, "", "4.7.28 5.7.28 4.7.232 4.7.233", "", "", QUOTA, MINUTES },
	{ "rate-quota", JUDGE_RELAY, WHERE_RELAY, "45 432", "4.5.3 4.3.2", "", "", QUOTA, SECONDS }, /* too many recipients or connections */
	{ "rate-quota", JUDGE_RELAY, WHERE_RELAY, "452", "", "", "too many recipients", QUOTA, SECONDS },
	{ "rate-quota", JUDGE_RELAY, WHERE_RELAY, "", "*.7.*", "", "limit exceeded|quota exceeded|exceeded your|exceeded the limit", QUOTA, MINUTES },
	{ "rate-quota", JUDGE_SOFT, WHERE_QUOTED, "", "", "", QUOTA_OF_A_MOMENT, DOMAIN_SLOW, 0 },
	{ "rate-quota", JUDGE_RELAY, WHERE_BOUNCE, "", "", "", QUOTA_OF_A_MOMENT, NOBODY, 0 },
	{ "rate-quota", JUDGE_RELAY, WHERE_BOUNCE, "", "*.7.*", "", "limit exceeded|quota exceeded|exceeded your|exceeded the limit", NOBODY, 0 },

	/* A large provider defers all that we send it, for its own reasons: the words of its own server. */
	{ "reputation", JUDGE_SOFT, NOT_MAIL, "", "", "", "[ts0|[tss0|[tsa0|unexpected volume|user complaints|complaints from users|poor reputation", DOMAIN_SLOW, 0 },

	/* The relay goes away, or we may not use it. */
	{ "relay-login", JUDGE_RELAY, WHERE_LIVE, "530 534 535 538", "", "", "", RELAY_SLOW, MINUTES },
	{ "relay-login", JUDGE_RELAY, WHERE_LIVE, "454", "4.7.*", "", "", RELAY_SLOW, MINUTES },
	{ "relay-closing", JUDGE_RELAY, WHERE_RELAY, "421 454", "", "", "", RELAY_SLOW, 0 },
	{ "relay-full", JUDGE_RELAY, WHERE_RELAY, "4", "4.3.1", "", "", RELAY_SLOW, SECONDS },
	{ "relay-full", JUDGE_RELAY, WHERE_RELAY, "4", "", "", "insufficient system|queue file write error|no space left|disk full", RELAY_SLOW, SECONDS },
	{ "relay-login", JUDGE_RELAY, WHERE_MAIL | WHERE_RCPT | WHERE_DATA, "", "", "", OUR_LOGIN, RELAY_SLOW, MINUTES },
	{ "relay-login", JUDGE_RELAY, WHERE_MAIL, "", "*.7.8 *.7.9 *.7.11 *.7.12", "", "", RELAY_SLOW, MINUTES },

	/* Who is refused at MAIL is the sender: the campaign waits, and nobody on the list is refused for it. */
	{ "too-large", JUDGE_SOFT, WHERE_MAIL, "5", "*.3.4 *.2.3", "", "", NOBODY, 0 },
	{ "too-large", JUDGE_SOFT, WHERE_MAIL, "552", "", "", "message size|size limit|too large|too big|exceeds", NOBODY, 0 },
	{ "content", JUDGE_SOFT, WHERE_MAIL, "5", "*.6.*", "", "", NOBODY, 0 },
	{ "relay-trouble", JUDGE_RELAY, WHERE_MAIL, "4", "", "", "", RELAY_SLOW, MINUTES },
	{ "sender-refused", JUDGE_RELAY, WHERE_MAIL, "", "", "", "", RELAY_SLOW, MINUTES },
	{ "relaying", JUDGE_RELAY, WHERE_RCPT | WHERE_DATA, "", "", "", RELAYING, RELAY_SLOW, MINUTES },
	{ "sender-refused", JUDGE_RELAY, WHERE_RELAY, "", "*.1.7 *.1.8", "", "", RELAY_SLOW, MINUTES },
	{ "sender-refused", JUDGE_RELAY, WHERE_RCPT | WHERE_DATA, "", "", "", OUR_MACHINE, RELAY_SLOW, MINUTES },
	{ "sender-refused", JUDGE_RELAY, WHERE_RELAY, "5", "", "", OUR_PERMISSION, RELAY_SLOW, MINUTES },
	{ "dialogue", JUDGE_RELAY, WHERE_RELAY, "502 503 555", "", "", "", RELAY_SLOW, SECONDS },
	{ "dialogue", JUDGE_RELAY, WHERE_RELAY, "500", "", "", "unrecognized|unrecognised|not recognized|unknown command|not implemented|syntax|bad sequence", RELAY_SLOW, SECONDS },
	{ "dialogue", JUDGE_RELAY, WHERE_DATA, "5", "*.5.*", "", "", RELAY_SLOW, SECONDS },

	/* It never came to the recipient, whatever is said after. */
	{ "sender-refused", JUDGE_SOFT, WHERE_BOUNCE | WHERE_WHOLE, "", "", "", BEFORE_RECIPIENT, NOBODY, 0 },

	/* A mailbox that is full or too small for this. */
	{ "full-inactive", JUDGE_HARD, NOT_MAIL, "", "", "", "full and inactive|over quota and inactive|space and inactive", NOBODY, 0 },
	{ "mailbox-full", JUDGE_SOFT, ANY, "", "", "", MAILBOX_FULL, NOBODY, 0 },
	{ "too-large", JUDGE_SOFT, ANY, "", "*.3.4 *.2.3", "", "", NOBODY, 0 },
	{ "too-large", JUDGE_SOFT, ANY, "", "", "",
	    "message too large|message too big|message is too|message size|size limit|maximum size|maximum message"
	    "|exceeds fixed maximum|exceeds size|mail size|message length exceeds|message too long|sizelimit|content-too-long"
	    "|larger than the current|message is larger|too large for this|file too big|message exceeds",
	    NOBODY, 0 },

	/* The message, its sender or its way, and not the address. */
	{ "content", JUDGE_SOFT, ANY, "", "*.6.*", "", "", RELAY_SLOW, 0 },
	{ "content", JUDGE_SOFT, NOT_MAIL, "", "", "", CONTENT, NOBODY, 0 },
	{ "sender-refused", JUDGE_SOFT, ANY, "", "*.7.27", "", "", DOMAIN_SLOW, 0 }, /* RFC 7505: it is our domain that has the null MX */
	{ "null-mx", JUDGE_HARD, ANY, "", "5.1.10 4.1.10", "", "null mx|nullmx|no smtp service|does not accept mail", NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.10", "", NO_SUCH_USER, NOBODY, 0 }, /* Microsoft 365 */
	{ "null-mx", JUDGE_HARD, ANY, "", "*.1.10", "", "", NOBODY, 0 },
	{ "null-mx", JUDGE_HARD, ANY, "", "", "",
	    "null mx|nullmx|indicated no smtp service|domain does not accept mail|host does not accept mail|does not accept mail ("
	    "|does not accept mail: mx 0|point to non-existent hosts",
	    NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "525", "", "", "", NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "", "*.7.13", "", "", NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "550", "5.7.1", "yandex", "no such user", NOBODY, 0 }, /* the only code it has */
	{ "greylisting", JUDGE_SOFT, NOT_MAIL, "450 451", "4.7.1", "", "try again|retry|later|come back|wait|delay|deferred|minutes", NOBODY, 0 },
	{ "policy", JUDGE_SOFT, NOT_MAIL, "", "", "", TOO_MANY_WRONG, DOMAIN_SLOW, 0 },
	{ "policy", JUDGE_SOFT, ANY, "", "*.7.*", "", SPAM "|" POLICY "|" SENDER "|" RELAYING, DOMAIN_SLOW, 0 },
	/* Postfix's REJECT, and whoever has one code for all refusals, say 5.7.1 of users that there are not. */
	{ "no-such-user", JUDGE_HARD, WHERE_BOUNCE | WHERE_QUOTED, "5", "*.7.*", "", NO_SUCH_USER_SURE, NOBODY, 0 },
	{ "disabled", JUDGE_HARD, WHERE_BOUNCE | WHERE_QUOTED, "5", "*.7.*", "", DISABLED_SURE, NOBODY, 0 },
	{ "policy", JUDGE_SOFT, ANY, "", "*.7.*", "", "", DOMAIN_SLOW, 0 },
	{ "sender-refused", JUDGE_SOFT, ANY, "", "*.1.7 *.1.8", "", "", DOMAIN_SLOW, 0 },
	{ "sender-refused", JUDGE_SOFT, ANY, "", "", "", SENDER, DOMAIN_SLOW, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.1", "", NO_SUCH_USER_SURE, NOBODY, 0 },
	{ "sender-refused", JUDGE_SOFT, ANY, "", "", "",
	    "from address|from:domain|from: domain|sender not|mail from|envelope sender|callout|callback|your domain|return path|return-path|the sender does"
	    "|del remitente|do remetente|des absenders|l'expéditeur|del mittente|отправител|发件人|寄件人|送信者|送信元",
	    DOMAIN_SLOW, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "", "", NO_SUCH_USER_SURE, NOBODY, 0 },
	{ "policy", JUDGE_SOFT, NOT_MAIL, "", "", "", "your account|your mail server|your server|your host|your ip", DOMAIN_SLOW, 0 },
	{ "disabled", JUDGE_HARD, ANY, "", "", "", DISABLED_SURE, NOBODY, 0 },
	{ "routing", JUDGE_SOFT, ANY, "", "", "", DNS_LATER, DOMAIN_SLOW, 0 },
	{ "spam", JUDGE_SOFT, ANY, "", "", "", SPAM, DOMAIN_SLOW, 0 },
	{ "no-such-domain", JUDGE_HARD, ANY, "", "", "", NO_DOMAIN_SURE, NOBODY, 0 },
	{ "policy", JUDGE_SOFT, ANY, "", "", "", POLICY, DOMAIN_SLOW, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.1", "", NO_SUCH_USER, NOBODY, 0 },
	{ "relaying", JUDGE_SOFT, ANY, "", "", "", RELAYING "|not a gateway", DOMAIN_SLOW, 0 },
	{ "routing", JUDGE_SOFT, ANY, "", "*.4.6 *.4.7", "", "", DOMAIN_SLOW, 0 },
	{ "routing", JUDGE_SOFT, ANY, "", "", "", ROUTE, DOMAIN_SLOW, 0 },
	{ "server-trouble", JUDGE_SOFT, WHERE_BOUNCE, "", "", "", SERVER_TROUBLE, NOBODY, 0 },
	{ "server-trouble", JUDGE_SOFT, WHERE_BOUNCE, "4", "", "", "mailbox unavailable|mailbox is unavailable|mailbox not available", NOBODY, 0 },

	{ "policy", JUDGE_SOFT, WHERE_BOUNCE, "", "*.1.1 *.2.1", "", MESSAGE_REFUSED, NOBODY, 0 },

	/* The address is dead. */
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.1 *.1.6", "", "", NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, WHERE_BOUNCE, "", "5.1.3", "", "", NOBODY, 0 }, /* no server takes such an address */
	{ "no-such-domain", JUDGE_HARD, ANY, "", "*.1.2", "", "", NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "", "*.2.1", "", "", NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.0", "", "address rejected", NOBODY, 0 },                                                   /* IronPort */
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.4.1", "", "address rejected: access denied|addresses rejected : access denied", NOBODY, 0 }, /* Microsoft 365 */
	{ "no-such-user", JUDGE_HARD, ANY, "", "", "", NO_SUCH_USER, NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "", "", "",
	    "account has been|mailbox has been|user has been|recipient has been|address has been", NOBODY, 0 },
	{ "no-such-domain", JUDGE_HARD, ANY, "", "", "", "unrouteable address|unroutable address|address rejected: domain|bad destination mail", NOBODY, 0 },

	/* The words that are left when something stood between them: "user ann does not exist". */
	{ "no-such-user", JUDGE_HARD, ANY, "5 0", "", "",
	    "does not exist|doesn't exist|doesnt exist|not exist|not found|is unknown|unknown or invalid|: unknown|couldn't be found|could not be found"
	    "|cannot be found|can't be found|wasn't found|desconocido|desconhecido|inconnu|unbekannt",
	    NOBODY, 0 },

	{ "no-such-user", JUDGE_HARD, WHERE_BOUNCE, "5 0", "", "", SOMEBODY "&" NOT_THERE, NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, WHERE_BOUNCE, "5 0", "", "", SOMEBODY_ABROAD "&" NOT_THERE_ABROAD, NOBODY, 0 },

	/* Whatever else. */
	{ JUDGE_NO_REASON, JUDGE_SOFT, ANY, "", "", "", "", RELAY_SLOW, 0 },
	{ NULL, JUDGE_SOFT, 0, "", "", "", "", NOBODY, 0 },
};
