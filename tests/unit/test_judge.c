/* test_judge.c - replies and bounces as servers word them, and what each must mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge/judge.h"
#include "judge/judge_table.h"
#include "judge/judge_text.h"

enum {
	BOUNCE = JUDGE_AT_BOUNCE,
	MAIL = JUDGE_AT_MAIL,
	RCPT = JUDGE_AT_RCPT,
	DATA = JUDGE_AT_DATA,
	BODY = JUDGE_AT_BODY,
	NONE = JUDGE_PACE_NONE,
	RELAY_SLOW = JUDGE_PACE_RELAY_SLOW,
	DOMAIN_SLOW = JUDGE_PACE_DOMAIN_SLOW,
	RELAY_QUOTA = JUDGE_PACE_RELAY_QUOTA
};

/* In a session our relay says it; a bounce comes from anywhere. Texts as servers word them, but for names and numbers. */
// clang-format off
static const struct {
	const char *rule;
	enum judge_verdict want;
	int pace, stage, code;
	const char *enhanced, *server, *text;
} cases[] = {
	{ "accepted", JUDGE_ACCEPTED, NONE, BOUNCE, 250, "2.0.0",
	    "", "Ok: queued as 4ABC" },
	{ "accepted", JUDGE_ACCEPTED, NONE, BOUNCE, 250, "",
	    "", "user unknown is only a subject here" },
	{ "accepted", JUDGE_ACCEPTED, NONE, BOUNCE, 0, "2.1.5",
	    "", "delivered" },
	{ "accepted", JUDGE_ACCEPTED, NONE, BODY, 250, "2.6.0",
	    "", "<x@example.org> [InternalId=5] Queued mail for delivery" },
	/* Amazon SES */
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, BODY, 454, "",
	    "email-smtp.us-east-1.amazonaws.com", "Throttling failure: Maximum sending rate exceeded." },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, BODY, 454, "",
	    "email-smtp.us-east-1.amazonaws.com", "Throttling failure: Daily message quota exceeded." },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 454, "",
	    "", "Throttling failure: Maximum sending rate exceeded." },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, BODY, 554, "",
	    "", "Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, BODY, 554, "",
	    "", "Access denied: User `arn:aws:iam::1:user/x' is not authorized to perform `ses:SendRawEmail'" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, BODY, 554, "",
	    "", "Sending paused for this account. For more information, please check the inbox" },
	{ "spam", JUDGE_SOFT, NONE, BODY, 554, "",
	    "", "Transaction failed: Address blacklisted." },
	{ "relay-login", JUDGE_RELAY, RELAY_SLOW, MAIL, 530, "",
	    "", "Authentication required" },
	{ "relay-login", JUDGE_RELAY, RELAY_SLOW, MAIL, 535, "",
	    "", "Authentication Credentials Invalid" },
	/* SendGrid */
	{ "relay-login", JUDGE_RELAY, RELAY_SLOW, MAIL, 550, "",
	    "", "Unauthenticated senders not allowed" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, BODY, 550, "",
	    "smtp.sendgrid.net", "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved." },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, MAIL, 451, "",
	    "smtp.sendgrid.net", "Authentication failed: Maximum credits exceeded" },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 452, "",
	    "", "Too many recipients received this hour" },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 450, "",
	    "", "Too many connections from your host" },
	/* Mailgun, Mandrill, SparkPost, Brevo */
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, BODY, 550, "5.7.1",
	    "smtp.mailgun.org", "Domain mg.example.org is not allowed to send: The domain is unverified domain" },
	{ "refused", JUDGE_SOFT, NONE, RCPT, 605, "",
	    "", "Not delivering to previously bounced address" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, MAIL, 550, "5.7.1",
	    "smtp.sparkpostmail.com", "Unconfigured Sending Domain <example.org>" },
	{ "policy", JUDGE_SOFT, NONE, RCPT, 550, "5.7.1",
	    "smtp.sparkpostmail.com", "recipient address suppressed due to customer policy" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.7.1",
	    "", "Your monthly quota has been reached" },
	{ "relay-trouble", JUDGE_RELAY, RELAY_SLOW, MAIL, 420, "4.3.5",
	    "", "Server configuration problem" },
	/* Google Workspace as a relay, Gmail */
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 450, "4.2.1",
	    "smtp-relay.gmail.com", "Peak SMTP relay limit exceeded for customer. This is a temporary error." },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.4.5",
	    "smtp.gmail.com", "Daily user sending limit exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.4.5",
	    "", "Daily sending quota exceeded." },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.7.1",
	    "smtp-relay.gmail.com", "Daily SMTP relay limit exceeded for customer." },
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, RCPT, 550, "5.7.1",
	    "smtp-relay.gmail.com", "Invalid credentials for relay [192.0.2.1]. The IP address you've registered is not allowed to relay" },
	{ "receiving-fast", JUDGE_RETRY, DOMAIN_SLOW, RCPT, 450, "4.2.1",
	    "gmail-smtp-in.l.google.com", "The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered. Please resend your message at a later time" },
	{ "receiving-fast", JUDGE_SOFT, NONE, BOUNCE, 550, "5.2.1",
	    "gmail-smtp-in.l.google.com", "The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered." },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, BODY, 421, "4.7.28",
	    "smtp-relay.gmail.com", "Gmail has detected an unusual rate of unsolicited mail originating from your IP address." },
	{ "relay-closing", JUDGE_RELAY, RELAY_SLOW, BODY, 421, "4.7.0",
	    "", "Try again later, closing connection." },
	{ "relay-closing", JUDGE_RELAY, RELAY_SLOW, BODY, 421, "",
	    "", "" },
	{ "policy", JUDGE_RETRY, NONE, BOUNCE, 421, "4.7.0",
	    "gmail-smtp-in.l.google.com", "This message is suspicious due to the very low reputation of the sending domain" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "gmail-smtp-in.l.google.com", "The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos" },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 550, "5.2.1",
	    "gmail-smtp-in.l.google.com", "The email account that you tried to reach is disabled. Learn more at https://support.google.com/mail/?p=DisabledUser" },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 550, "5.2.1",
	    "", "The email account that you tried to reach is inactive." },
	{ "full-inactive", JUDGE_HARD, NONE, BOUNCE, 552, "5.2.2",
	    "gmail-smtp-in.l.google.com", "The recipient's inbox is out of storage space and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "5.2.2",
	    "gmail-smtp-in.l.google.com", "The recipient's inbox is out of storage space. Please direct the recipient to" },
	{ "mailbox-full", JUDGE_RETRY, NONE, RCPT, 452, "4.2.2",
	    "", "The email account that you tried to reach is over quota. Please direct the recipient to" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.1",
	    "", "Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked." },
	{ "policy", JUDGE_SOFT, NONE, BODY, 550, "5.7.1",
	    "", "Our system has detected that this message is likely unsolicited mail." },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.26",
	    "", "Unauthenticated email from example.org is not accepted due to domain's DMARC policy." },
	{ "policy", JUDGE_SOFT, NONE, BODY, 550, "5.7.26",
	    "", "Unauthenticated email from example.org is not accepted due to domain's DMARC policy." },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 552, "5.7.0",
	    "", "content: 5.6.0 is not what the code says" },
	{ "too-large", JUDGE_SOFT, NONE, BOUNCE, 552, "5.3.4",
	    "", "Your message exceeded Google's message size limits." },
	/* Microsoft 365, Exchange, Outlook.com */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.4.1",
	    "mx.protection.outlook.com", "Recipient address rejected: Access denied. [AM4PEPF00025F97.EURPRD83.prod.outlook.com]" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.4.1",
	    "mx.protection.outlook.com", "All recipient addresses rejected : Access denied [DB5EUR01FT0.eop-EUR01.prod.protection.outlook.com]" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.10",
	    "", "RESOLVER.ADR.RecipientNotFound; Recipient ann@example.org not found by SMTP address lookup" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.5.0",
	    "eur.olc.protection.outlook.com", "Requested action not taken: mailbox unavailable (S2017062302)." },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.1",
	    "", "Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150)." },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.7.232",
	    "smtp.office365.com", "Your message can't be sent because your trial tenant has exceeded its daily limit for sending email to external recipients" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.7.233",
	    "", "Your message can't be sent because your tenant exceeded its daily limit" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.7.705",
	    "", "Access denied, tenant has exceeded threshold" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.7.708",
	    "", "Access denied, traffic not accepted from this IP" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.1.90",
	    "", "Your message can't be sent because you've reached your daily limit for message recipients" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, BODY, 554, "5.2.0",
	    "", "STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message" },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, BODY, 432, "4.3.2",
	    "", "STOREDRV.ClientSubmit; sender thread limit exceeded" },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 432, "4.3.2",
	    "", "Concurrent connections limit exceeded" },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 452, "4.5.3",
	    "", "Too many recipients (AS780090) [AM0EUR02FT0.eop-EUR02.prod.protection.outlook.com]" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, BODY, 554, "5.2.252",
	    "", "SendAsDenied; news@example.org not allowed to send as other@example.org" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, MAIL, 550, "5.7.60",
	    "", "SMTP; Client does not have permissions to send as this sender" },
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, RCPT, 550, "5.7.64",
	    "", "TenantAttribution; Relay Access Denied [DB5EUR01FT0.eop-EUR01.prod.protection.outlook.com]" },
	{ "policy", JUDGE_RETRY, DOMAIN_SLOW, RCPT, 451, "4.7.500",
	    "", "Server busy. Please try again later from [192.0.2.1]. (AS77713113)" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.133",
	    "", "RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.606",
	    "", "Access denied, banned sending IP [192.0.2.1]" },
	{ "too-large", JUDGE_SOFT, NONE, BOUNCE, 550, "5.2.3",
	    "", "RESOLVER.RST.RecipSizeLimit; message too large for this recipient" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 554, "5.2.2",
	    "", "STOREDRV.Deliver.Exception:QuotaExceededException; mailbox full" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 554, "5.4.14",
	    "", "Hop count exceeded - possible mail loop ATTR34" },
	{ "no-such-domain", JUDGE_HARD, NONE, BOUNCE, 550, "5.4.310",
	    "", "DNS domain nowhere.example does not exist [Message=InfoDomainNonexistent]" },
	{ "receiving-fast", JUDGE_SOFT, NONE, BOUNCE, 550, "5.2.122",
	    "", "The recipient has exceeded their limit for the number of messages they can receive per hour." },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 550, "5.4.300",
	    "", "Message expired -> 421 4.4.0 Remote server response was" },
	/* Yahoo, AOL */
	{ "reputation", JUDGE_RETRY, NONE, BOUNCE, 421, "4.7.0",
	    "mta7.am0.yahoodns.net", "[TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1" },
	{ "reputation", JUDGE_RETRY, DOMAIN_SLOW, BODY, 421, "4.7.0",
	    "", "host mta7.am0.yahoodns.net said: 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints" },
	{ "reputation", JUDGE_SOFT, NONE, BOUNCE, 553, "5.7.1",
	    "", "[TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed." },
	{ "reputation", JUDGE_SOFT, NONE, BOUNCE, 554, "5.7.2",
	    "", "[TSS09] All messages from 192.0.2.1 will be permanently deferred" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 554, "5.7.9",
	    "mta.yahoodns.net", "Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes" },
	{ "policy", JUDGE_SOFT, NONE, BODY, 554, "5.7.9",
	    "", "Message not accepted for policy reasons." },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 554, "",
	    "", "delivery error: dd This user doesn't have a yahoo.com account (ann@yahoo.com) [0] - mta4157.mail.gq1.yahoo.com" },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 554, "",
	    "", "delivery error: dd Sorry, your message to ann@yahoo.com cannot be delivered. This account has been disabled or discontinued [#102]." },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 554, "",
	    "", "30 Sorry, your message to ann@aol.com cannot be delivered. This mailbox is disabled (554.30)." },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 552, "",
	    "", "1 Requested mail action aborted, mailbox not found" },
	/* Apple, Comcast */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "", "<ann@icloud.com>: user does not exist" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "unknown or illegal alias: ann@me.com" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 554, "5.7.1",
	    "", "[CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "5.2.2",
	    "", "<ann@icloud.com>: user is over quota" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "mx1.mxge.comcast.net", "Not our Customer" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "imta14.emeryville.ca.mail.comcast.net comcast 192.0.2.1 Comcast block for spam. Please see http://postmaster.comcast.net/" },
	/* Germany */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mx00.gmx.net", "Requested action not taken: mailbox unavailable" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "No SMTP service. IP address is block listed. For explanation visit https://postmaster.gmx.net/" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "Transaction failed. Reject due to policy restrictions." },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "",
	    "", "Requested mail action aborted: exceeded storage allocation. Quota exceeded. The recipients mailbox is full." },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact tobr@rx.t-online.de to clarify.)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mx00.t-online.de", "user unknown" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "Benutzer unbekannt" },
	/* France, Italy, Spain */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "smtp-in.orange.fr", "Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "5.1.1",
	    "smtp-in.orange.fr", "Boite du destinataire pleine. Recipient overquota. OFR_417 [417]" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.2.0",
	    "smtp-in.orange.fr", "Mail rejete. Mail rejected. ofr_506 [506]" },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 421, "4.3.2",
	    "", "Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]" },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 550, "5.2.1",
	    "mx1.free.fr", "This mailbox has been blocked due to inactivity" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "RCPT TO:<ann@libero.it> User unknown" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "El usuario no existe" },
	/* Zoho, Yandex, Mail.ru, QQ, NetEase */
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, MAIL, 553, "",
	    "smtp.zoho.com", "Relaying disallowed. Invalid Domain - example.org" },
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, RCPT, 553, "",
	    "smtp.zoho.com", "Relaying disallowed as news@example.org" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, BODY, 550, "5.4.6",
	    "", "Unusual sending activity detected. Please try after sometime" },
	{ "daily-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 554, "5.1.8",
	    "", "Email Outgoing Blocked" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.7.1",
	    "mx.yandex.net", "No such user!" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.1",
	    "mx.yandex.net", "Policy rejection on the target address" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 554, "5.7.1",
	    "mx.yandex.net", "[2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc" },
	{ "greylisting", JUDGE_RETRY, NONE, RCPT, 451, "4.7.1",
	    "", "Sorry, the service is currently unavailable. Please come back later." },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mxs.mail.ru", "user not found" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mxs.mail.ru", "Message was not accepted -- invalid mailbox.  Local mailbox ann@mail.ru is unavailable: user not found" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mxs.mail.ru", "Message was not accepted -- invalid mailbox.  Local mailbox ann@mail.ru is unavailable: account is disabled" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "mxs.mail.ru", "spam message rejected. Please visit http://help.mail.ru/notspam-support/" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mx3.qq.com", "Mailbox unavailable or access denied" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "mx3.qq.com", "Mail content denied. http://service.mail.qq.com/" },
	{ "rate-quota", JUDGE_RELAY, NONE, BOUNCE, 550, "",
	    "mx3.qq.com", "Ip frequency limited" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mx.163.com", "User not found: ann@163.com" },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "mx.163.com", "User suspended: ann@163.com" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "DT:SPM 163 mx9,QMCowEA spam" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "",
	    "", "Requested mail action aborted: exceeded mailbox quota" },
	/* Proofpoint, Mimecast, Barracuda */
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.0",
	    "", "Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.1" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "us-smtp-inbound-1.mimecast.com", "Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554" },
	{ "greylisting", JUDGE_RETRY, NONE, RCPT, 451, "",
	    "", "Internal resources are temporarily unavailable - greylisting" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "cuda_nsu No such recipient" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "Service unavailable; Client host [192.0.2.1] blocked using Barracuda Reputation" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "permanent failure for one or more recipients (ann@example.org:blocked)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "permanent failure for one or more recipients (ann@example.org:550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown)" },
	/* Postfix */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "", "<ann@example.org>: Recipient address rejected: User unknown in virtual mailbox table" },
	{ "no-such-user", JUDGE_HARD, NONE, RCPT, 550, "5.1.1",
	    "", "<ann@example.org>: Recipient address rejected: User unknown in relay recipient table" },
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, RCPT, 554, "5.7.1",
	    "", "<ann@example.org>: Relay access denied" },
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, DATA, 554, "5.7.1",
	    "", "<ann@example.org>: Relay access denied" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 554, "5.7.1",
	    "", "<ann@example.org>: Relay access denied" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, RCPT, 550, "5.1.8",
	    "", "<news@example.org>: Sender address rejected: Domain not found" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, RCPT, 450, "4.1.8",
	    "", "<news@example.org>: Sender address rejected: Domain not found" },
	{ "sender-refused", JUDGE_RETRY, NONE, BOUNCE, 450, "4.1.8",
	    "", "<news@example.org>: Sender address rejected: Domain not found" },
	{ "sender-refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.8",
	    "", "<news@example.org>: Sender address rejected: Domain not found" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, RCPT, 450, "4.7.1",
	    "", "Client host rejected: cannot find your reverse hostname, [192.0.2.1]" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, RCPT, 554, "5.7.1",
	    "", "Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, RCPT, 504, "5.5.2",
	    "", "<localhost>: Helo command rejected: need fully-qualified hostname" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, RCPT, 553, "5.7.1",
	    "", "<news@example.org>: Sender address rejected: not owned by user ann" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, MAIL, 553, "5.7.1",
	    "", "<news@example.org>: Sender address rejected: not logged in" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, MAIL, 550, "5.7.1",
	    "", "<news@example.org>: Sender address rejected: Access denied" },
	{ "relay-full", JUDGE_RELAY, RELAY_SLOW, RCPT, 452, "4.3.1",
	    "", "Insufficient system storage" },
	{ "relay-full", JUDGE_RELAY, RELAY_SLOW, MAIL, 452, "4.3.1",
	    "", "Insufficient system storage" },
	{ "try-later", JUDGE_RETRY, NONE, BOUNCE, 452, "4.3.1",
	    "", "Insufficient system storage" },
	{ "try-later", JUDGE_RETRY, RELAY_SLOW, RCPT, 451, "4.3.0",
	    "", "<ann@example.org>: Temporary lookup failure in a table" },
	{ "relay-full", JUDGE_RELAY, RELAY_SLOW, BODY, 451, "4.3.0",
	    "", "Error: queue file write error" },
	{ "no-such-user", JUDGE_RETRY, NONE, RCPT, 450, "4.1.1",
	    "", "<ann@example.org>: Recipient address rejected: unverified address: unknown user" },
	{ "policy", JUDGE_SOFT, NONE, RCPT, 554, "5.7.1",
	    "", "<ann@example.org>: Recipient address rejected: Access denied" },
	{ "no-such-user", JUDGE_HARD, NONE, RCPT, 550, "5.1.1",
	    "", "<ann@example.org>: Recipient address rejected: undeliverable address: host mx.example[192.0.2.2] said: 550 5.1.1 unknown user (in reply to RCPT TO command)" },
	{ "policy", JUDGE_SOFT, NONE, RCPT, 550, "5.7.1",
	    "", "<ann@example.org>: Recipient address rejected: undeliverable address: host mx.example[192.0.2.2] said: 550 5.7.1 Relay access denied (in reply to RCPT TO command)" },
	{ "policy", JUDGE_RETRY, DOMAIN_SLOW, RCPT, 450, "4.7.1",
	    "", "<ann@example.org>: Recipient address rejected: undeliverable address: host mx.example[192.0.2.2] said: 450 4.7.1 reputation too low" },
	{ "try-later", JUDGE_RETRY, DOMAIN_SLOW, RCPT, 451, "4.3.0",
	    "", "host mx.example[192.0.2.2] said: 451 4.3.0 Temporary lookup failure in a table" },
	{ "too-large", JUDGE_SOFT, NONE, MAIL, 552, "5.3.4",
	    "", "Message size exceeds fixed limit" },
	{ "too-large", JUDGE_SOFT, NONE, BODY, 552, "5.3.4",
	    "", "Error: message file too big" },
	{ "dialogue", JUDGE_RELAY, RELAY_SLOW, DATA, 554, "5.5.1",
	    "", "Error: no valid recipients" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, MAIL, 555, "5.5.4",
	    "", "Unsupported option: SMTPUTF8" },
	{ "dialogue", JUDGE_RELAY, RELAY_SLOW, RCPT, 503, "5.5.1",
	    "", "Error: need MAIL command" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 554, "5.4.6",
	    "", "mail for example.org loops back to myself" },
	{ "no-such-domain", JUDGE_HARD, NONE, BOUNCE, 0, "5.4.4",
	    "", "Host or domain name not found. Name service error for name=no.example type=A: Host not found" },
	{ "routing", JUDGE_RETRY, NONE, BOUNCE, 0, "4.4.3",
	    "", "Host or domain name not found. Name service error for name=no.example type=MX: Host not found, try again" },
	{ "null-mx", JUDGE_HARD, NONE, BOUNCE, 556, "5.1.10",
	    "", "Recipient address has null MX" },
	{ "null-mx", JUDGE_HARD, NONE, BOUNCE, 0, "5.1.0",
	    "", "Domain example.org does not accept mail (nullMX)" },
	{ "null-mx", JUDGE_HARD, NONE, BOUNCE, 556, "",
	    "", "556 Host does not accept mail: MX 0 ." },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 0, "",
	    "", "connect to testreceiver.example[192.0.2.1]:25: Connection timed out" },
	{ "too-large", JUDGE_SOFT, NONE, BOUNCE, 552, "5.3.4",
	    "", "Message size exceeds fixed limit" },
	{ "greylisting", JUDGE_RETRY, NONE, RCPT, 450, "4.2.0",
	    "", "<ann@example.org>: Recipient address rejected: Greylisted, see http://postgrey.example/help" },
	{ "greylisting", JUDGE_RETRY, NONE, RCPT, 451, "4.7.1",
	    "", "Greylisting in action, please come back later" },
	{ "greylisting", JUDGE_RETRY, NONE, RCPT, 450, "4.7.1",
	    "", "<ann@example.org>: Recipient address rejected: Please try again in 5 minutes" },
	/* Exim */
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, RCPT, 550, "",
	    "", "relay not permitted" },
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, RCPT, 550, "",
	    "", "relay not permitted, authentication was tried" },
	{ "try-later", JUDGE_RETRY, RELAY_SLOW, RCPT, 451, "",
	    "", "Local problem - please see the log" },
	{ "no-such-domain", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "Unrouteable address" },
	{ "null-mx", JUDGE_HARD, NONE, BOUNCE, 0, "",
	    "", "an MX or SRV record indicated no SMTP service" },
	{ "sender-refused", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "Verification failed for <news@example.org>" },
	{ "sender-refused", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "Sender verify failed" },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, RCPT, 550, "",
	    "", "Sender verify failed" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 0, "",
	    "", "retry time not reached for any host after a long failure period" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 0, "",
	    "", "mailbox is full (MTA-imposed quota exceeded while writing to file /var/mail/x)" },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 451, "",
	    "", "Ratelimit of 100 messages per hour reached" },
	{ "rate-quota", JUDGE_RELAY, NONE, BOUNCE, 550, "",
	    "", "Domain example.org has exceeded the max emails per hour (110/100 (110%)) allowed. Message discarded." },
	{ "too-large", JUDGE_SOFT, NONE, RCPT, 552, "",
	    "", "Message size exceeds maximum permitted" },
	/* OpenSMTPD, sendmail, qmail, Domino, Dovecot */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "Invalid recipient: <ann@example.org>" },
	{ "no-such-user", JUDGE_HARD, NONE, RCPT, 550, "",
	    "", "Invalid recipient: <ann@example.org>" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "", "<ann@example.org>... User unknown" },
	{ "no-such-domain", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.2",
	    "", "<ann@no.example>... Host unknown (Name server: no.example: host not found)" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.1",
	    "", "<ann@example.org>... Relaying denied" },
	{ "relay-login", JUDGE_RELAY, RELAY_SLOW, RCPT, 550, "5.7.1",
	    "", "<ann@example.org>... Relaying denied. Proper authentication required." },
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, MAIL, 553, "5.1.8",
	    "", "<news@no.example>... Domain of sender address news@no.example does not exist" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 553, "5.3.5",
	    "", "system config error" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 554, "5.4.6",
	    "", "Too many hops 26 (25 max)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "",
	    "", "Sorry, no mailbox here by that name. vpopmail (#5.1.1)" },
	{ "no-such-domain", JUDGE_HARD, NONE, BOUNCE, 0, "",
	    "", "Sorry, I couldn't find any host named heaven.example. (#5.1.2)" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 0, "",
	    "", "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1) I'm not going to try again; this message has been in the queue too long." },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "", "user ann@example.org not listed in Domino Directory" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "5.2.2",
	    "", "<ann@example.org> Quota exceeded (mailbox for user is full)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "User ann@example.org does not exist" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "<ann@example.org>: mailbox not found" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "Mailbox <ann@example.org> not found" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "5.1.1",
	    "", "" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "", "sid=i01K1n00l0kn1Em01 Address rejected ann@example.org. [code=28]" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1",
	    "", "No such user here; our policy is at https://example.org/policy" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 553, "5.3.0",
	    "", "<ann@example.org>... Unknown E-Mail Address" },
	/* Fastmail, Proton */
	{ "sender-refused", JUDGE_RELAY, RELAY_SLOW, BODY, 551, "5.7.1",
	    "", "Not authorised to send from this header address" },
	{ "no-such-user", JUDGE_HARD, NONE, RCPT, 550, "5.1.1",
	    "", "<ann@proton.me>: Recipient address rejected: Address does not exist" },
	/* hosting and the rest */
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 525, "5.7.13",
	    "", "User account disabled" },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "Mailbox is inactive" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 551, "",
	    "", "User not local; no longer at this address; user has moved" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "4.2.2",
	    "", "User has full mailbox." },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 552, "",
	    "", "bigbassboris MAILBOX FULL" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1",
	    "", "Mailbox is full / over quota" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.7.1",
	    "", "<ann@example.org>: user unknown" }, /* Postfix's REJECT has this code for whatever an administrator writes */
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.1",
	    "", "<ann@example.org>: user unknown, or your address is blocked" },
	{ "policy", JUDGE_SOFT, NONE, RCPT, 550, "5.7.1",
	    "", "<ann@example.org>: user unknown" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1",
	    "", "Recipient rejected: listed in a DNSBL" },
	{ "content", JUDGE_SOFT, NONE, BOUNCE, 554, "5.6.0",
	    "", "Message contains invalid header" },
	{ "content", JUDGE_SOFT, NONE, MAIL, 553, "5.6.7",
	    "", "Addresses need SMTPUTF8" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.3",
	    "", "Bad recipient address syntax" }, /* no server will ever take it */
	{ "refused", JUDGE_SOFT, NONE, RCPT, 550, "5.1.3",
	    "", "Bad recipient address syntax" },
	{ "relaying", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "Unable to relay for <ann@example.org>" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "This message contains a virus and was not delivered" },
	{ "spam", JUDGE_SOFT, NONE, BODY, 554, "",
	    "", "This message looks like SPAM to us" },
	{ "refused", JUDGE_SOFT, NONE, BODY, 554, "5.0.0",
	    "", "Service unavailable" },
	{ "server-trouble", JUDGE_SOFT, NONE, BOUNCE, 554, "5.0.0",
	    "", "Service unavailable" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 0, "5.0.0",
	    "", "" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 0, "",
	    "", "" },
	{ "try-later", JUDGE_RETRY, NONE, BOUNCE, 450, "",
	    "", "" },
	{ "try-later", JUDGE_RETRY, RELAY_SLOW, RCPT, 450, "",
	    "", "" },
	{ "no-such-user", JUDGE_RETRY, NONE, RCPT, 450, "",
	    "", "Requested mail action not taken: mailbox unavailable" },
	{ "no-such-user", JUDGE_RETRY, NONE, BOUNCE, 450, "4.1.1",
	    "", "User unknown for now" },
	{ "no-such-user", JUDGE_RETRY, NONE, BOUNCE, 450, "5.1.1",
	    "", "the first digit decides" },
	{ "try-later", JUDGE_RETRY, NONE, BOUNCE, 0, "4.9.9",
	    "", "something else" },
	{ "routing", JUDGE_RETRY, NONE, BOUNCE, 0, "4.4.1",
	    "", "No answer from host" },
	{ "try-later", JUDGE_RETRY, NONE, BOUNCE, 451, "4.3.0",
	    "", "Mail server rejected message for now." },
	{ "rate-quota", JUDGE_RELAY, RELAY_QUOTA, RCPT, 550, "5.7.1",
	    "", "Message limit exceeded" },
	{ "relay-login", JUDGE_RELAY, RELAY_SLOW, MAIL, 530, "5.7.0",
	    "", "Must issue a STARTTLS command first" },
	{ "relay-login", JUDGE_RELAY, RELAY_SLOW, RCPT, 454, "4.7.0",
	    "", "Temporary authentication failure: Connection lost to authentication server" },
	{ "relay-trouble", JUDGE_RELAY, RELAY_SLOW, MAIL, 451, "4.7.1",
	    "", "come back, whoever you are" },
	/* phrases that differ by one word from those above */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.0",
	    "", "Address rejected ann@example.org" },
	{ "sender-refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.0",
	    "", "<news@example.org> sender rejected AUP#POL" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "#5.1.0 Address rejected." },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 553, "",
	    "", "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" },
	{ "relaying", JUDGE_RELAY, RELAY_SLOW, RCPT, 553, "",
	    "", "sorry, that domain isn't in my list of allowed rcpthosts" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 553, "",
	    "", "sorry, your envelope sender is in my badmailfrom list (#5.7.1)" },
	{ "too-large", JUDGE_SOFT, NONE, BOUNCE, 552, "",
	    "", "sorry, that message size exceeds my databytes limit (#5.3.4)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 511, "",
	    "", "sorry, no mailbox here by that name (#5.1.1 - chkuser)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "Unable to find recipient" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "",
	    "", "el destinatario no existe" },
	{ "no-such-domain", JUDGE_HARD, NONE, BOUNCE, 0, "5.4.4",
	    "", "unable to look up host nowhere.example: No address associated with hostname" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 0, "",
	    "", "unable to look up host nowhere.example: Temporary failure in name resolution" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1",
	    "", "<ann@example.org>: Recipient address rejected: Mailbox is full" },
	{ "spam", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1",
	    "", "Message blocked due to spam content in the message" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 550, "5.4.317",
	    "", "Message expired, cannot connect to remote server" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 554, "",
	    "", "Denied (Mode: normal)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.351",
	    "", "Remote server returned unknown recipient or mailbox unavailable -> 550 unknown" },
	{ "sender-refused", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "Recipient only accepts mail from known senders" },
	{ "routing", JUDGE_SOFT, NONE, BOUNCE, 550, "",
	    "", "temporarily disabled mailbox" },
	{ "server-trouble", JUDGE_SOFT, NONE, BOUNCE, 554, "5.3.0",
	    "", "unknown mailer error 1" },
	{ "refused", JUDGE_SOFT, NONE, RCPT, 550, "", "", "Recipient address could not be verified" },
	/* what came back: whose code counts */
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 553, "5.1.3", "", "smtp; 553 sorry, we do not like you" }, /* Sendmail's own 5.1.3 */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 553, "5.1.3", "", "smtp; 553 5.1.3 <ann..@example.org>... no good" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1", "", "host mx.example[192.0.2.2] said: 550 5.7.1 go away (in reply to RCPT TO command)" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.0.0", "", "smtp; 550 5.1.1 go away" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "5.0.0", "", "go away (#5.1.1)" },
	{ "mailbox-full", JUDGE_SOFT, NONE, BOUNCE, 0, "", "", "550 user unknown? No: host mx.example[192.0.2.2] said: 552 over quota" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "5.1.1", "", "user unknown: host mx.example[192.0.2.2] said: 550" },
	{ "sender-refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1", "", "host mx.example[192.0.2.2] said: 550 User unknown (in reply to MAIL FROM command)" },
	{ "reputation", JUDGE_SOFT, NONE, BOUNCE, 553, "", "", "[TSS09] All messages from 192.0.2.1 will be permanently deferred" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "", "", "Your mailbox is full. host mx.example[192.0.2.2] said: 550 user unknown" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1", "", "smtp; 550 go away" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1", "", "go away (#5.7.1)" },
	{ "policy", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.1", "", "host mx.example[192.0.2.2] said: 550 5.0.0 xyzzy is unknown" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1", "", "550 5.4.0 go away" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "5.1.1", "", "host mx.example[192.0.2.2] said: 550 5.4.0 go away" },
	{ "disabled", JUDGE_HARD, NONE, BOUNCE, 0, "", "", "host mx.example[192.0.2.2] said: 525 go away" },
	/* a reply that took it is no reason why it came back */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "5.1.1", "", "host mx.example[192.0.2.2] said: 250 2.1.5 fine" },
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "5.0.0", "", "host mx.example[192.0.2.2] said: 200 2.0.0 xyzzy is unknown" },
	/* what speaks of a person in two parts, by two speakers */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 550, "", "", "A recipient in trouble. host mx.example[192.0.2.2] said: 550 is defunct" },
	/* after one whose codes stand in its text: nothing is left of them */
	{ "no-such-user", JUDGE_HARD, NONE, BOUNCE, 0, "5.0.0", "", "550 5.0.0 go away (#5.1.1)" },
	{ "accepted", JUDGE_ACCEPTED, NONE, BOUNCE, 0, "2.0.0", "", "delivered" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 0, "2.0.0", "", "5.0.0 go away" },
	/* codes that are none: a part too few, one too many, an empty one */
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7", "", "go away" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.7.", "", "go away" },
	{ "refused", JUDGE_SOFT, NONE, BOUNCE, 550, "5.1.1.1", "", "go away" },
	/* our relay's own words count from the first to the last, and so do qmail's codes in them */
	{ "no-such-user", JUDGE_HARD, NONE, RCPT, 550, "", "", "go away (#5.1.1)" },
	{ "mailbox-full", JUDGE_SOFT, NONE, RCPT, 550, "", "", "Your mailbox is full. Reason: user unknown" },
	{ "no-such-user", JUDGE_HARD, NONE, RCPT, 550, "", "", "Your mailbox is full. host mx.example[192.0.2.2] said: 550 user unknown" },
	/* one code for everything, and whose it is */
	{ "no-such-user", JUDGE_HARD, NONE, RCPT, 550, "5.7.1", "mx.yandex.example", "No such user!" },
	{ "policy", JUDGE_SOFT, NONE, RCPT, 550, "5.7.1", "mx.example", "No such user!" },
	/* whoever said it */
	{ "rate-quota", JUDGE_RETRY, DOMAIN_SLOW, RCPT, 450, "", "", "host mx.example[192.0.2.2] said: 450 slow down" },
	{ "mailbox-full", JUDGE_RETRY, NONE, RCPT, 452, "", "", "host mx.example[192.0.2.2] said: 452 over quota" },
	{ "relay-login", JUDGE_RELAY, RELAY_SLOW, RCPT, 530, "", "", "host mx.example[192.0.2.2] said: 530 go away" },
};
// clang-format on

static void
verdicts(void **state)
{
	int wrong = 0;

	(void)state;
	assert_true(sizeof(cases) / sizeof(cases[0]) >= 120);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judge_in in = { cases[i].code, cases[i].enhanced, cases[i].text, cases[i].server, cases[i].stage != BOUNCE,
			(enum judge_stage)cases[i].stage, false };
		struct judge_out out = judge_reply(&in);

		if (out.verdict == cases[i].want && strcmp(out.rule, cases[i].rule) == 0 && (int)out.pace == cases[i].pace)
			continue;
		print_error("stage %d, %d %s %s: %s by %s, slows %d\n", cases[i].stage, in.code, in.enhanced, in.text,
		    judge_name(out.verdict), out.rule, (int)out.pace);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Cut a line of the file into its five fields. */
static bool
fields(char *line, char *field[5])
{
	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < 5; i++) {
		field[i] = line;
		line = strchr(line, '\t');
		if (i < 4 && !line)
			return false;
		if (line)
			*line++ = '\0';
	}
	return true;
}

/* tests/data/replies.tsv: what comes back, in the words of servers of all kinds. Each must be right, alone and in the dress of a report. */
static void
replies(void **state)
{
	static const char *const dress[] = { "%s", "smtp; %s", "host mx.antispam.example[192.0.2.1] said: %s (in reply to RCPT TO command)",
		"SMTP error from remote mail server after RCPT TO:<ann@example.org>:\r\n    host mx.example [192.0.2.1]: %s",
		"192.0.2.1 does not like recipient.\nRemote host said: %s\nGiving up on 192.0.2.1." };
	FILE *f = fopen("tests/data/replies.tsv", "r");
	char line[2048], dressed[4096], said[4096], *field[5];
	int wrong = 0, seen = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#')
			continue;
		if (!fields(line, field))
			fail_msg("no row: %s", line);
		seen++;
		for (size_t i = 0; i < (field[4][0] ? sizeof(dress) / sizeof(dress[0]) : 1); i++) {
			struct judge_in in = { atoi(field[1]), field[2], dressed, "", false, JUDGE_AT_BOUNCE, true };
			struct judge_out out;

			snprintf(said, sizeof(said), "%s %s %s", field[1], field[2], field[4]);
			snprintf(dressed, sizeof(dressed), dress[i], i && in.code ? said : field[4]);
			out = judge_reply(&in);
			if (strcmp(out.verdict == JUDGE_HARD ? "hard" : "soft", field[0]) == 0 && out.verdict != JUDGE_RETRY)
				continue;
			print_error("%s: %s by %s: %d %s %s\n", field[3], judge_name(out.verdict), out.rule, in.code, in.enhanced, dressed);
			wrong++;
		}
	}
	fclose(f);
	assert_true(seen > 500);
	assert_int_equal(wrong, 0);
}

/* A temporary reply, while it is tried again and when nobody will. */
static void
given_up(void **state)
{
	static const struct {
		const char *name;
		int code;
		const char *enhanced, *text;
		enum judge_verdict want;
	} given[] = {
		{ "no such user, in words", 450, "4.1.1", "User unknown in local recipient table", JUDGE_HARD },
		{ "… by a code alone", 450, "4.1.1", "", JUDGE_SOFT },
		{ "… that was never verified", 450, "4.1.1", "unverified address: connect to mx.example[192.0.2.1]:25: timed out", JUDGE_SOFT },
		{ "given up for it", 0, "4.4.7", "message expired: 450 4.1.1 User unknown", JUDGE_HARD },
		{ "no such domain, in words", 450, "4.1.2", "Recipient address rejected: Domain not found", JUDGE_HARD },
		{ "no answer of a name server", 0, "4.4.3", "Name service error for name=x.example type=MX: Host not found, try again", JUDGE_SOFT },
		{ "unavailable", 450, "", "Requested mail action not taken: mailbox unavailable", JUDGE_SOFT },
		{ "full", 452, "4.2.2", "over quota", JUDGE_SOFT },
		{ "nothing", 0, "4.0.0", "", JUDGE_SOFT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		struct judge_in in = { given[i].code, given[i].enhanced, given[i].text, NULL, false, JUDGE_AT_BOUNCE, false };

		if (judge_reply(&in).verdict != JUDGE_RETRY)
			fail_msg("%s: not tried again", given[i].name);
		in.final = true;
		if (judge_reply(&in).verdict != given[i].want)
			fail_msg("%s: %s by %s", given[i].name, judge_name(judge_reply(&in).verdict), judge_reply(&in).rule);
		in.from_relay = true;
		in.stage = JUDGE_AT_RCPT;
		if (judge_reply(&in).verdict == JUDGE_HARD || judge_reply(&in).verdict == JUDGE_SOFT)
			fail_msg("%s: final in a session", given[i].name);
	}
}

/* What is wrong with a judgement, whatever was said, or NULL. */
static const char *
broken_promise(const struct judge_in *in, const struct judge_out *out)
{
	bool final = out->verdict == JUDGE_ACCEPTED || out->verdict == JUDGE_HARD || out->verdict == JUDGE_SOFT;
	bool quota = out->pace == JUDGE_PACE_RELAY_QUOTA;

	if (final && (out->pace != JUDGE_PACE_NONE || out->hold))
		return "it is final, and slows";
	if (quota && (!out->hold || out->verdict != JUDGE_RELAY))
		return "a quota without its time, or held against somebody";
	if (!in->from_relay && (out->pace != JUDGE_PACE_NONE || out->hold))
		return "a bounce slows";
	if (out->hold && (out->verdict != JUDGE_RELAY || out->hold > 86400))
		return "held for too long, or not for the relay";
	if (in->code / 100 == 4 && final)
		return "a temporary reply is final";
	if (strstr(in->text, " said: ") || strstr(in->text, "Remote server returned") || !in->from_relay || in->stage != JUDGE_AT_MAIL)
		return NULL;
	if (out->verdict == JUDGE_HARD)
		return "hard at MAIL";
	if (out->verdict == JUDGE_SOFT && strcmp(out->rule, "too-large") != 0 && strcmp(out->rule, "content") != 0)
		return "refused at MAIL";
	return NULL;
}

static void
promises(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int stage = BOUNCE; stage <= BODY; stage++) {
			struct judge_in in = { .code = cases[i].code, .enhanced = cases[i].enhanced, .text = cases[i].text };
			struct judge_out out;

			in.from_relay = stage != BOUNCE;
			in.stage = (enum judge_stage)stage;
			out = judge_reply(&in);
			if (broken_promise(&in, &out))
				fail_msg("stage %d, %s: %s, by %s", stage, in.text, broken_promise(&in, &out), out.rule);
		}
}

/* What the names of rules stand for, for those who read the ledger. */
static void
names(void **state)
{
	const char *hard[JUDGE_CLASSES];
	enum judge_verdict verdict;
	size_t i, rows = 0;

	(void)state;
	judge_classes(JUDGE_HARD, hard, JUDGE_CLASSES);
	for (i = 0; hard[i]; i++) {
		assert_true(judge_class(hard[i], &verdict));
		assert_int_equal(verdict, JUDGE_HARD);
	}
	assert_int_equal(i, 5);
	for (const struct judge_rule *r = judge_table; r->name; r++, rows++) {
		assert_true(strlen(r->name) < 32); /* the ledger's column, lib/store/delivery.h */
		assert_true(judge_class(r->name, &verdict));
		if ((verdict == JUDGE_HARD) != (r->verdict == JUDGE_HARD))
			fail_msg("%s is hard in one row and not in another", r->name);
	}
	judge_classes(JUDGE_HARD, hard, 2);
	assert_string_equal(hard[0], "full-inactive");
	assert_null(hard[1]);
	judge_classes(JUDGE_HARD, hard, 6); /* as many as there are */
	assert_non_null(hard[4]);
	assert_null(hard[5]);
	judge_classes(JUDGE_HARD, hard, 1);
	assert_null(hard[0]);
	assert_true(judge_class("try-later", &verdict));
	assert_int_equal(verdict, JUDGE_RETRY);
	assert_false(judge_class("no-such-rule", &verdict));
}

/* How long the relay is left alone. */
static void
holds(void **state)
{
	static const struct {
		const char *name;
		struct judge_in in;
		int64_t want;
	} held[] = {
		{ "a rate", { 454, "", "Throttling failure: Maximum sending rate exceeded.", "", true, JUDGE_AT_BODY, false }, 15 },
		{ "a day", { 454, "", "Throttling failure: Daily message quota exceeded.", "", true, JUDGE_AT_BODY, false }, 3600 },
		{ "a day, for good", { 550, "5.4.5", "Daily user sending limit exceeded.", "", true, JUDGE_AT_RCPT, false }, 3600 },
		{ "the sender", { 553, "5.7.1", "Sender address rejected", "", true, JUDGE_AT_MAIL, false }, 300 },
		{ "relaying", { 554, "5.7.1", "Relay access denied", "", true, JUDGE_AT_RCPT, false }, 300 },
		{ "trouble for now", { 450, "4.1.8", "Sender address rejected: Domain not found", "", true, JUDGE_AT_RCPT, false }, 60 },
		{ "it goes away", { 421, "", "closing", "", true, JUDGE_AT_BODY, false }, 0 },
		{ "one person", { 450, "", "", "", true, JUDGE_AT_RCPT, false }, 0 },
		{ "somewhere else", { 554, "5.7.1", "Relay access denied", "", false, JUDGE_AT_RCPT, false }, 0 },
		{ "no room, for now", { 452, "4.3.1", "queue file write error", "", true, JUDGE_AT_BODY, false }, 15 },
		{ "a quota for now", { 450, "4.7.28", "", "", true, JUDGE_AT_RCPT, false }, 300 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		if (judge_reply(&held[i].in).hold != held[i].want)
			fail_msg("%s: %lld s", held[i].name, (long long)judge_reply(&held[i].in).hold);
}

/* Of what comes without anybody knowing when, nothing slows, though a relay gave it to us. */
static void
nobody_knows_when(void **state)
{
	const struct judge_in in = { 450, "", "host mx.example[192.0.2.2] said: 450 slow down", NULL, true, JUDGE_AT_BOUNCE, false };

	(void)state;
	assert_int_equal(judge_reply(&in).pace, JUDGE_PACE_NONE);
}

/* A report that has no code: what it says of itself, or else what the server said, is for now or for good. */
static void
for_now(void **state)
{
	static const struct {
		const char *name, *enhanced, *text;
		int code;
		enum judge_verdict want;
		const char *rule;
	} said[] = {
		{ "a code", "5.1.1", "", 450, JUDGE_RETRY, "no-such-user" },
		{ "a code, for good", "4.1.1", "", 550, JUDGE_HARD, "no-such-user" },
		{ "its own status", "4.4.7", "host mx.example[192.0.2.2] said: 550 over quota", 0, JUDGE_RETRY, "mailbox-full" },
		{ "its own status, for good", "5.4.7", "host mx.example[192.0.2.2] said: 450 over quota", 0, JUDGE_SOFT, "mailbox-full" },
		{ "the text's code", "", "host mx.example[192.0.2.2] said: 450 over quota", 0, JUDGE_RETRY, "mailbox-full" },
		{ "the text's code, for good", "", "host mx.example[192.0.2.2] said: 550 over quota", 0, JUDGE_SOFT, "mailbox-full" },
		{ "the highest code for now", "", "go away", 499, JUDGE_RETRY, "try-later" },
		{ "the lowest code for now", "", "go away", 400, JUDGE_RETRY, "try-later" },
		{ "… and of the text", "", "host mx.example[192.0.2.2] said: 499 go away", 0, JUDGE_RETRY, "try-later" },
		{ "… and the lowest", "", "host mx.example[192.0.2.2] said: 400 go away", 0, JUDGE_RETRY, "try-later" },
		{ "the first for good", "", "go away", 500, JUDGE_SOFT, "refused" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct judge_in in = { said[i].code, said[i].enhanced, said[i].text, NULL, false, JUDGE_AT_BOUNCE, false };
		struct judge_out out = judge_reply(&in);

		if (out.verdict != said[i].want || strcmp(out.rule, said[i].rule) != 0)
			fail_msg("%s: %s by %s", said[i].name, judge_name(out.verdict), out.rule);
	}
}

/* A connection that has had its share, told from a relay that has enough of us. */
static void
sessions(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} said[] = {
		{ "4.7.0 Too many messages in this connection", true },
		{ "Session limit reached", true },
		{ "Too many MAIL transactions per session", true },
		{ "In this session: enough", false },
		{ "Too many messages today", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (judge_ends_session(said[i].text) != said[i].want)
			fail_msg("\"%s\"", said[i].text);
}

/* No row hides behind another: each decides some reply made of its own code, enhanced code or first words. */
static void
no_row_is_dead(void **state)
{
	static const unsigned bit[] = { WHERE_BOUNCE, WHERE_MAIL, WHERE_RCPT, WHERE_DATA, WHERE_BODY };
	int wrong = 0;

	(void)state;
	for (const struct judge_rule *r = judge_table; r->name; r++) {
		bool alive = false;

		for (const char *w = r->words;; w += w[0] == '|' || w[0] == '&') {
			char word[120], enhanced[16], server[32];
			size_t n = strcspn(w, "|&"), m = strcspn(r->enhanced, " ");
			const char *other = strchr(r->words, '&'); /* what must stand there as well */
			struct judge_in in = { atoi(r->codes), enhanced, word, server, false, JUDGE_AT_BOUNCE, false };
			struct judge_out out = { 0 };
			bool reached = false;

			if (other)
				other = w > other ? r->words : other + 1;
			snprintf(word, sizeof(word), "%s%.*s", r->where == WHERE_QUOTED ? "mx said: " : "", (int)n, w);
			if (other)
				snprintf(word + strlen(word), sizeof(word) - strlen(word), " %.*s", (int)strcspn(other, "|&"), other);
			snprintf(server, sizeof(server), "%.*s", (int)strcspn(r->server, "|"), r->server);
			snprintf(enhanced, sizeof(enhanced), "%.*s", (int)m, r->enhanced);
			for (char *c = enhanced; *c; c++)
				if (*c == '*')
					*c = c == enhanced ? (r->codes[0] == '4' ? '4' : '5') : '1';
			if (r->codes[0] && r->codes[1] != ' ' && strlen(r->codes) < 3)
				in.code *= r->codes[1] ? 10 : 100;
			if (!r->codes[0])
				in.code = 550;
			else if (strcmp(r->codes, "2") == 0)
				in.code = 250;
			else if (strcmp(r->codes, "0") == 0 || strcmp(r->codes, "5 0") == 0)
				in.code = r->codes[0] == '0' ? 0 : 550;
			for (int stage = 0; stage < 5; stage++)
				if ((r->where & bit[stage]) || (r->where == WHERE_QUOTED && stage)) {
					in.from_relay = stage != 0;
					in.stage = (enum judge_stage)stage;
					out = judge_reply(&in);
					reached |= strcmp(out.rule, r->name) == 0;
				}
			alive |= reached;
			if (!reached && n > 0 && !r->enhanced[0]) {
				print_error("row %s: \"%s\" never gets there, %s takes it\n", r->name, word, out.rule);
				wrong++;
			}
			w += n;
			if (!*w)
				break;
		}
		if (!alive) {
			print_error("row %s %s %s is dead\n", r->name, r->codes, r->enhanced);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

// clang-format off
static const struct {
	const char *name, *in, *want;
} redactions[] = {
	{ "a name before it", "550 Ann Lee <ann@example.org> is unknown", "550 <name> <address> is unknown" },
	{ "a quoted name", "550 \"Lee, Ann\" <ann@example.org>: no", "550 <name> <address>: no" },
	{ "a name of one word", "to Ann <a.l@example.org>", "to <name> <address>" },
	{ "family name first", "To: Lee, Ann <ann@example.org>", "To: <name> <address>" },
	{ "a small name that is in the address", "ann lee <ann.lee@example.org>", "<name> <address>" },
	{ "an initial", "Ann B. Lee <ann@example.org>", "<name> <address>" },
	{ "a name that is not ASCII", "\xc3\x89lodie Ni\xc3\xb1o <e@example.org>", "<name> <address>" },
	{ "a name in a comment", "ann@example.org (Ann Lee): no", "<address> (<name>): no" },
	{ "and in angle brackets", "<ann@example.org> (Ann Lee)", "<address> (<name>)" },
	{ "two with names", "Ann Lee <a@x.org>, Bob Ray <b@x.org>", "<name> <address>, <name> <address>" },
	{ "what replies say before one", "550 5.1.1 Recipient <ann@example.org> Rejected", "550 5.1.1 Recipient <address> Rejected" },
	{ "and in capitals", "User Unknown <ann@example.org>", "User Unknown <address>" },
	{ "before one without brackets", "No such user ann@example.org", "No such user <address>" },
	{ "a comment that is none of a name", "<a@x.org> (expanded from <b@x.org>)", "<address> (expanded from <address>)" },
	{ "nor this", "<a@x.org> (in reply to RCPT TO command)", "<address> (in reply to RCPT TO command)" },
	{ "a name in a text that was cut", "Ann Lee <ann", "<name> <address>" },
	{ "a quotation that never ends", "said\" <ann@example.org>", "said\" <address>" },
	{ "nothing",             "User unknown", "User unknown" },
	{ "in brackets",         "550 <ann@example.org> unknown", "550 <address> unknown" },
	{ "bare",                "no ann.lee+x@mail.example.org.", "no <address>." },
	{ "two",                 "a@b.org, c@d.org", "<address>, <address>" },
	{ "in parentheses",      "yahoo.com account (ann@yahoo.com) [0]", "yahoo.com account (<address>) [0]" },
	{ "quoted local part",   "<\"ann lee\"@example.org>: no", "<address>: no" },
	{ "address literal",     "ann@[192.0.2.1] no", "<address> no" },
	{ "no dot",              "root@localhost", "<address>" },
	{ "not ASCII",           "b\xc3\xbcrger@stra\xc3\x9f" "e.de?", "<address>?" },
	{ "in a link",           "https://x.example/?e=ann%40example.org&x=1", "https:<address>&x=1" },
	{ "VERP",                "b+ann=40example.org@list.example no", "<address><address> no" },
	{ "xtext",               "ORCPT=rfc822;ann+40example.org", "ORCPT=rfc822;<address>" },
	{ "entity",              "ann&#64;example.org", "<address>" },
	{ "mailto",              "mailto:ann@example.org", "mailto:<address>" },
	{ "source route",        "<@a.example:ann@b.example>", "<<address>:<address>>" },
	{ "cut inside",          "550 5.1.1 <ann.le", "550 5.1.1 <address>" },
	{ "cut after the sign",  "550 5.1.1 <ann.lee@", "550 5.1.1 <address>" },
	{ "cut, bare",           "550 5.1.1 ann.lee@", "550 5.1.1 <address>" },
	{ "a number is none",    "size=4096.5 and 2+40 and 7%40", "size=4096.5 and 2+40 and 7%40" },
	{ "an at sign alone",    "10 @ 20", "10 @ 20" },
	{ "comparisons",         "4 < 5", "4 < 5" },
	{ "done already",        "no <address> here", "no <address> here" },
	{ "many signs",          "a@@b@c", "<address><address><address>" },
};
// clang-format on

static void
redaction(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(redactions) / sizeof(redactions[0]); i++) {
		char text[200];

		snprintf(text, sizeof(text), "%s", redactions[i].in);
		judge_redact(text, sizeof(text));
		if (strcmp(text, redactions[i].want) != 0)
			fail_msg("%s: %s", redactions[i].name, text);
	}
}

/* The address that a reply is about is known: its local part goes too, where it stands alone. */
static void
redaction_for_a_person(void **state)
{
	static const struct {
		const char *name, *address, *in, *want;
	} people[] = {
		{ "whole", "ann.lee@example.org", "550 <ann.lee@example.org> unknown", "550 <address> unknown" },
		{ "alone", "ann.lee@example.org", "550 5.1.1 user Ann.Lee unknown", "550 5.1.1 user <address> unknown" },
		{ "twice", "annlee@example.org", "annlee: no annlee", "<address>: no <address>" },
		{ "inside a word", "use@example.org", "user unknown, because", "user unknown, because" },
		{ "too short to tell", "ok@example.org", "250 ok", "250 ok" },
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		snprintf(text, sizeof(text), "%s", people[i].in);
		judge_redact_for(text, sizeof(text), people[i].address);
		if (strcmp(text, people[i].want) != 0)
			fail_msg("%s: %s", people[i].name, text);
	}
}

/* And so is the person's name: whole, and each word of it. */
static void
redaction_of_a_name(void **state)
{
	static const struct {
		const char *name, *who, *in, *want;
	} people[] = {
		{ "whole", "Ann Lee", "550 Ann Lee is unknown", "550 <name> is unknown" },
		{ "another case", "Ann Lee", "550 ANN LEE is unknown", "550 <name> is unknown" },
		{ "turned round", "Ann Lee-Smith", "550 Smith, Ann: gone", "550 <name>, <name>: gone" },
		{ "UTF-8", "Ann Zoë", "Zoë (ann)", "<name> (<name>)" },
		{ "inside a word", "Ann Lee", "announced sleepily", "announced sleepily" },
		{ "too short for a word, but not as a name", "Li Wu", "Wu? no Li Wu", "Wu? no <name>" },
		{ "none", "", "550 unknown", "550 unknown" },
		{ "no letters", "* .", "550 * unknown", "550 * unknown" },
		{ "the mark's own words", "Name Address", "name of <address>", "<name> of <<name>>" },
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		snprintf(text, sizeof(text), "%s", people[i].in);
		judge_redact_name(text, sizeof(text), people[i].who);
		if (strcmp(text, people[i].want) != 0)
			fail_msg("%s: %s", people[i].name, text);
	}
	for (size_t size = 1; size < 40; size++) {
		char *small = malloc(size);

		snprintf(small, size, "abc abc abc \xc3\xbc abc abc");
		if (size > 1 && (unsigned char)small[strlen(small) - 1] == 0xc3)
			small[strlen(small) - 1] = '\0';
		judge_redact_name(small, size, "abc");
		assert_true(strlen(small) < size);
		assert_null(strstr(small, "abc"));
		free(small);
	}
}

static void
redaction_stays_in_its_bounds(void **state)
{
	(void)state;
	for (size_t size = 1; size < 40; size++) {
		char *text = malloc(size);

		snprintf(text, size, "a@b c@d \xc3\xbc e@f \xc3\xbc"
				     "aaaaaaaaaaaa");
		if (size > 1 && (unsigned char)text[strlen(text) - 1] == 0xc3)
			text[strlen(text) - 1] = '\0';
		judge_redact(text, size);
		assert_true(strlen(text) < size);
		assert_null(strchr(text, '@'));
		assert_true(strlen(text) == 0 || (unsigned char)text[strlen(text) - 1] != 0xc3);
		free(text);
	}
}

static const struct {
	const char *in, *out;
	int read;
} folds[] = {
	{ "\302\241", "\302\241", 2 },
	{ "\302\277", "\302\277", 2 },
	{ "\303\227", "\303\227", 2 },
	{ "\303\267", "\303\267", 2 },
	{ "\305\211", "\305\211", 2 },
	{ "\306\200", "\306\200", 2 },
	{ "\317\277", "\317\277", 2 },
	{ "\321\240", "\321\240", 2 },
	{ "\321\237", "\321\237", 2 },
	{ "\321\220", "\321\220", 2 },
	{ "\337\277", "\337\277", 2 },
	{ "\340\240\200", "\340\240\200", 3 },
	{ "\341\277\277", "\341\277\277", 3 },
	{ "\342\200\226", "\342\200\226", 3 },
	{ "\342\200\227", "\342\200\227", 3 },
	{ "\342\200\240", "\342\200\240", 3 },
	{ "\342\277\277", "\342\277\277", 3 },
	{ "\343\200\201", "\343\200\201", 3 },
	{ "\357\273\276", "\357\273\276", 3 },
	{ "\357\274\200", "\357\274\200", 3 },
	{ "\357\275\237", "\357\275\237", 3 },
	{ "\357\277\277", "\357\277\277", 3 },
	{ "\302\240", " ", 2 },
	{ "\303\200", "a", 2 },
	{ "\303\237", "ss", 2 },
	{ "\303\206", "ae", 2 },
	{ "\303\246", "ae", 2 },
	{ "\303\277", "y", 2 },
	{ "\304\200", "a", 2 },
	{ "\304\262", "ij", 2 },
	{ "\304\263", "ij", 2 },
	{ "\305\222", "oe", 2 },
	{ "\305\223", "oe", 2 },
	{ "\305\277", "s", 2 },
	{ "\320\200", "\321\220", 2 },
	{ "\320\201", "\320\265", 2 },
	{ "\321\221", "\320\265", 2 },
	{ "\320\202", "\321\222", 2 },
	{ "\320\217", "\321\237", 2 },
	{ "\320\220", "\320\260", 2 },
	{ "\320\257", "\321\217", 2 },
	{ "\320\260", "\320\260", 2 },
	{ "\342\200\200", " ", 3 },
	{ "\342\200\217", " ", 3 },
	{ "\342\200\220", "-", 3 },
	{ "\342\200\225", "-", 3 },
	{ "\342\200\230", "'", 3 },
	{ "\342\200\233", "'", 3 },
	{ "\342\200\234", "\042", 3 },
	{ "\342\200\237", "\042", 3 },
	{ "\343\200\200", " ", 3 },
	{ "\357\273\277", " ", 3 },
	{ "\357\274\201", "!", 3 },
	{ "\357\274\241", "a", 3 },
	{ "\357\275\236", "~", 3 },
	{ "A", "a", 1 },
	{ "_", " ", 1 },
	{ "\177", " ", 1 },
	{ "`", "'", 1 },
	{ "\001", " ", 1 },
	{ " ", " ", 1 },
	{ "!", "!", 1 },
	{ "~", "~", 1 },
	{ "\303A", "\303", 1 },
	{ "\342\200A", "\342", 1 },
	{ "\342A\200", "\342", 1 },
	{ "\342AA", "\342", 1 },
	{ "\301\201", "\301", 1 },
	{ "\360\237\230\200", "\360", 1 },
	{ "\200", "\200", 1 },
	{ "\303\303", "\303", 1 },
};

/* The first and the last of each range, and what stands beside it. */
static void
folding(void **state)
{
	char out[4];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		const char *p = folds[i].in;

		n = judge_fold(&p, out);
		if (n != strlen(folds[i].out) || memcmp(out, folds[i].out, n) != 0 || p - folds[i].in != folds[i].read)
			fail_msg("\"%s\": \"%.*s\", %d read", folds[i].in, (int)n, out, (int)(p - folds[i].in));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folding),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(replies),
		cmocka_unit_test(given_up),
		cmocka_unit_test(promises),
		cmocka_unit_test(holds),
		cmocka_unit_test(names),
		cmocka_unit_test(nobody_knows_when),
		cmocka_unit_test(for_now),
		cmocka_unit_test(sessions),
		cmocka_unit_test(no_row_is_dead),
		cmocka_unit_test(redaction),
		cmocka_unit_test(redaction_for_a_person),
		cmocka_unit_test(redaction_of_a_name),
		cmocka_unit_test(redaction_stays_in_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
