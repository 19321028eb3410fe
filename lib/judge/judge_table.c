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

#define INACTIVE "inactive|inactivity|account is disabled|account has been disabled|mailbox disabled|mailbox is disabled"

#define NO_SUCH_USER \
	"user unknown|unknown user|user is unknown|username unknown|no such user|user not found|invalid user|unknown or illegal" \
	"|user doesn't exist|user does not exist|user not exist|not a valid user|not a known user|no such local user" \
	"|unknown local|no valid user" \
	"|user not known|user no found|user not listed|no user by that name|not our user|not our customer|not a user here|bad user" \
	"|recipient unknown|unknown recipient|no such recipient|recipient not found|recipnotfound|recipientnotfound|invalid recipient" \
	"|recipient does not exist|recipient doesn't exist|not a valid recipient|recipient address unknown" \
	"|recipient not exist|recipient no longer" \
	"|recipient is not exist|recipient not on this server|no such a recipient" \
	"|mailbox not found|no such mailbox|unknown mailbox|mailbox unknown|invalid mailbox|not a valid mailbox" \
	"|no mailbox|mailbox not exist" \
	"|mailbox does not exist|mailbox doesn't exist|mailbox unavailable|mailbox is unavailable|mailbox not available|not a mailbox" \
	"|no such account|account not found|unknown account|invalid account|account does not exist" \
	"|account doesn't exist|account not exist" \
	"|no account by that name|does not have an account|this user doesn't have a|tried to reach does not exist|account unavailable" \
	"|address unknown|unknown address|unknown e-mail address|unknown email address|no such address" \
	"|address not found|address not exist" \
	"|no such email|no such e-mail|invalid address|address invalid|email address could not be found|address couldn't be found" \
	"|address does not exist|address doesn't exist|no such person|here by that name|addressee unknown|no such name" \
	"|no longer valid|no longer employed|no longer works|no longer in use|no longer accepts mail|no longer active|no longer available" \
	"|no longer exists|no longer on server|no longer with|has left the company|user has moved|recipient has moved|mailbox has moved" \
	"|not listed in domino directory|not listed in public name|not a known recipient|is not a registered|not found in directory" \
	"|utilisateur inconnu|destinataire invalide|destinataire inconnu|adresse inconnue|usuario desconocido" \
	"|usuario no existe|no existe el usuario" \
	"|buzon no existe|benutzer unbekannt|unbekannter benutzer|unbekannter empf|existiert nicht|sconosciuto" \
	"|utente inesistente|nie istnieje" \
	"|usuario inexistente|caixa postal inexistente|onbekende gebruiker|user no encontrado|no existe|recipient not in our|user not in our|unable to find recipient|unable to find user" \
	"|an account by that name|marked as invalid|cannot find user|could not find user|#5.1.0 address rejected"

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

	/* A mailbox that is full or too small for this. */
	{ "mailbox-full", JUDGE_SOFT, ANY, "", "", "",
	    "mailbox full|mailbox is full|full mailbox|inbox full|inbox is full|over quota|overquota|over-quota"
	    "|over its quota|over the quota|out of storage|storage full"
	    "|insufficient storage|insufficient disk|exceeded storage|storage allocation|mailbox quota|mailbox size"
	    "|mailbox limit|quota full|disk quota|exceeds quota|exceeds allotted"
	    "|quota exceeded|exceeded quota|exceeded its quota|exceeded the quota|exceeded their|user is over|space limit"
	    "|not enough space|no space|mailfolder is full|mail folder is full"
	    "|account is full|account full|database full|maildir over|user's disk|mbox full|too full|mailbox exceeds"
	    "|boite pleine|destinataire pleine|postfach voll|postfach ist voll|casella piena|buzon lleno"
	    "|storage limit|exceeded allocated|exceeded the storage",
	    NOBODY, 0 },
	{ "too-large", JUDGE_SOFT, ANY, "", "*.3.4 *.2.3", "", "", NOBODY, 0 },
	{ "too-large", JUDGE_SOFT, ANY, "", "", "",
	    "message too large|message too big|message is too|message size|size limit|maximum size|maximum message"
	    "|exceeds fixed maximum|exceeds size|mail size|message length exceeds|message too long|sizelimit",
	    NOBODY, 0 },

	/* The message, its sender or its way, and not the address. */
	{ "content", JUDGE_SOFT, ANY, "", "*.6.*", "", "", RELAY_SLOW, 0 },
	{ "null-mx", JUDGE_HARD, ANY, "", "5.1.10 4.1.10", "", "null mx|nullmx|no smtp service|does not accept mail", NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.10", "", NO_SUCH_USER, NOBODY, 0 }, /* Microsoft 365 */
	{ "null-mx", JUDGE_HARD, ANY, "", "*.1.10", "", "", NOBODY, 0 },
	{ "null-mx", JUDGE_HARD, ANY, "", "", "", "null mx|nullmx|indicated no smtp service|domain does not accept mail|does not accept mail (", NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "525", "", "", "", NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "", "*.7.13", "", "", NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "550", "5.7.1", "yandex", "no such user", NOBODY, 0 }, /* the only code it has */
	{ "greylisting", JUDGE_SOFT, NOT_MAIL, "450 451", "4.7.1", "", "try again|retry|later|come back|wait|delay|deferred|minutes", NOBODY, 0 },
	{ "policy", JUDGE_SOFT, ANY, "", "*.7.*", "", "", DOMAIN_SLOW, 0 },
	{ "sender-refused", JUDGE_SOFT, ANY, "", "*.1.7 *.1.8", "", "", DOMAIN_SLOW, 0 },
	{ "sender-refused", JUDGE_SOFT, ANY, "", "", "",
	    "sender address|sender rejected|sender denied|sender domain|sender verify|sender verification|sender unknown"
	    "|sender is|sender was|invalid sender|bad sender|unknown sender|domain of sender",
	    DOMAIN_SLOW, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.1", "", NO_SUCH_USER, NOBODY, 0 },
	{ "sender-refused", JUDGE_SOFT, ANY, "", "", "",
	    "from address|sender not|sender was|mail from|envelope sender|callout|verification failed for",
	    DOMAIN_SLOW, 0 },
	{ "spam", JUDGE_SOFT, ANY, "", "", "",
	    "spam|unsolicited|blacklist|black list|blocklist|block list|block-list|blocked|dnsbl|rbl.|rbl:|reputation|virus"
	    "|malware|phish|dmarc|dkim|spf check|spf fail|sender policy framework"
	    "|junk|bulk mail|content rejected|content denied|banned|listed by|is listed|listed at|reverse dns|ptr record"
	    "|suspicious|infected|forbidden|attachment|spf record|helo|rdns|spamhaus|senderbase",
	    DOMAIN_SLOW, 0 },
	{ "policy", JUDGE_SOFT, ANY, "", "", "",
	    "policy|policies|not authorized|not authorised|not permitted|prohibited|prohibition|authentication"
	    "|access denied. ip|security|rejected by recipient|rejected by header|restricted|only accepts",
	    DOMAIN_SLOW, 0 },
	{ "relaying", JUDGE_SOFT, ANY, "", "", "", RELAYING, DOMAIN_SLOW, 0 },
	{ "routing", JUDGE_SOFT, ANY, "", "*.4.6 *.4.7", "", "", DOMAIN_SLOW, 0 },
	{ "routing", JUDGE_SOFT, ANY, "", "", "",
	    "loops back|mail loop|forwarding loop|routing loop|too many hops|hop count|timed out|timeout|connection refused"
	    "|connection reset|lost connection|no route to host|network is unreachable|try again"
	    "|connection dropped|read error|establish an smtp|message expired|delivery time expired|queue too long"
	    "|too long in the queue|no answer from|temporary failure|temporarily|points to local host"
	    "|unreachable|not responding|dns server failure|name server timeout|config error|configuration error|retry time not reached",
	    DOMAIN_SLOW, 0 },

	/* The address is dead. */
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.1 *.1.6", "", "", NOBODY, 0 },
	{ "no-such-domain", JUDGE_HARD, ANY, "", "*.1.2", "", "", NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "", "*.2.1", "", "", NOBODY, 0 },
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.1.0", "", "address rejected", NOBODY, 0 },                                                   /* IronPort */
	{ "no-such-user", JUDGE_HARD, ANY, "", "*.4.1", "", "address rejected: access denied|addresses rejected : access denied", NOBODY, 0 }, /* Microsoft 365 */
	{ "no-such-user", JUDGE_HARD, ANY, "", "", "", NO_SUCH_USER, NOBODY, 0 },
	{ "disabled", JUDGE_HARD, ANY, "", "", "",
	    "account disabled|account closed|account terminated|account suspended|account deactivated|account expired"
	    "|account inactive|account is disabled|account is closed|account is inactive"
	    "|account has been|account is suspended|account is terminated|account that you tried to reach is|account locked"
	    "|account is locked|account not active|account is not active"
	    "|mailbox disabled|mailbox inactive|mailbox expired|mailbox is disabled|mailbox is inactive|mailbox has been"
	    "|mailbox suspended|mailbox closed|mailbox is closed|mailbox deactivated"
	    "|user disabled|user inactive|user is disabled|user is inactive|user suspended|user is suspended"
	    "|user is terminated|user has been|user deactivated|user account is expired|user not active"
	    "|inactive user|inactive account|inactive mailbox|inactive recipient|disabled recipient|disabled user"
	    "|disabled account|recipient is inactive|recipient suspended|recipient is suspended|recipient is disabled"
	    "|suspended user|suspended account|suspended mailbox|email account is suspended|address is disabled"
	    "|address has been disabled|is a deactivated mailbox|discontinued",
	    NOBODY, 0 },
	{ "no-such-domain", JUDGE_HARD, ANY, "", "", "",
	    "domain not found|domain name not found|no such domain|unknown domain|domain unknown|domain does not exist"
	    "|domain doesn't exist|domain not exist|nonexistent domain|nonexistentdomain|nonexistent-domain"
	    "|non-existent domain|non-existent host|domainnonexistent|invalid domain|host not found|host unknown"
	    "|unknown host|no such host|nxdomain|nx domain|domain must resolve"
	    "|unrouteable address|unrouteable mail domain|unroutable address|find any host named|name or service not known|no address associated"
	    "|bad destination system|bad destination host|bad destination mail"
	    "|no mx record|no valid mx|has no mx|address rejected: domain",
	    NOBODY, 0 },

	/* The words that are left when an address stood between them: "user <ann@example.org> does not exist". */
	{ "no-such-user", JUDGE_HARD, ANY, "5 0", "", "",
	    "does not exist|doesn't exist|doesnt exist|not exist|not found|is unknown|unknown or invalid|: unknown",
	    NOBODY, 0 },

	/* Whatever else. */
	{ "refused", JUDGE_SOFT, ANY, "", "", "", "", RELAY_SLOW, 0 },
	{ NULL, JUDGE_SOFT, 0, "", "", "", "", NOBODY, 0 },
};
