/*
 * report_free_table.c - the forms; see report_free_table.h. What only one server says stands here, what many say in report_free_words.c.
 */
#include "mail/report_free_table.h"

#include <stddef.h>

#define BOUNCE FREE_FORM_BOUNCE
#define DELAY FREE_FORM_DELAY
#define NONE FREE_FORM_NONE

const struct free_form free_generic = { "generic", BOUNCE, "", "", "", "", "", "", "" };

/* clang-format off */
const struct free_form free_table[] = {
	/* Notices of mailing lists and guards, which quote bounces or speak like one. */
	{ "ezmlm", NONE, "", "", "this is the ezmlm program|i'm managing the|messages to you from the|list seem to have been bouncing", "", "", "", "" },
	{ "mailman", NONE, "", "bounce action notification|uncaught bounce|auto-discard|post by non-member", "", "", "", "", "" },
	{ "list-refusal", NONE, "", "", "not allowed to post to this mailing list|posting to this list is|your mail to '|is being held until the list moderator|awaits approval|rejected by the list moderator|list moderator|is awaiting moderator|non-members are not allowed|only members may post", "", "", "", "" },
	{ "challenge", NONE, "", "", "confirm that you are a human|click the link below to confirm|verify that you are a human|reply to this message to confirm|to complete this verification|sender verification request|requires verification of|add you to my|approved senders|tmda", "", "", "", "" },
	{ "success", NONE, "", "(relay)|(success)|successful|message status - opened|message status - delivered|message status - deleted|message status - read|message status - accepted|message status - completed|relayed: ", "was successfully delivered|had successful delivery notifications|relayed to non-dsn-aware|successfully delivered to|successfully relayed|has been successfully|delivery to these recipients or groups is complete|delivery to these recipients or distribution lists is complete|your message was delivered to|was delivered to the following recipient", "", "", "", "" },
	{ "quota-warning", NONE, "", "quota warning|mailbox almost full|mailbox is almost full|mailbox usage|quota notification", "", "", "", "", "" },
	{ "quarantine", NONE, "", "quarantine|spam digest|spam report|spam summary|junk mail|junk e-mail|held messages|messages held|held mail", "quarantine summary|quarantine report|quarantine digest|quarantined messages|held in quarantine|release this message|release the message", "", "", "", "" },
	{ "report", NONE, "", "report domain:|dmarc aggregate|dmarc report|tls-rpt|postfix smtp server: errors from|logwatch|log summar", "", "", "", "", "" },

	/* Warnings whose words are their own. */
	{ "sendmail-warning", DELAY, "", "", "this is a warning message only|had transient non-fatal errors|message still undelivered after|will keep trying until message is", "", "original message follows", "", "" },
	{ "exim-warning", DELAY, "", "", "has not been delivered to one or more of its recipients after more|has not yet been delivered to one or more|will continue for some time", "", "", "", "" },
	{ "postfix-warning", DELAY, "", "", "this is a warning only.  you do not need to resend|you do not need to resend your message|it will be retried until it is", "", "", "", "" },
	{ "gmail-delay", DELAY, "", "delivery status notification (delay)", "", "", "", "", "" },
	{ "gmail-delay", DELAY, "", "", "delivery to the following recipient has been delayed|there was a temporary problem delivering your message to|gmail will retry for|message will be retried for|is an automatically generated delivery status notification\n\nthis is a warning message only", "", "", "", "" },
	{ "qmail-warning", DELAY, "", "", "i haven't been able to deliver|i'm not going to give up yet|i'll keep trying|this is the deferral notif", "", "", "", "" },
	{ "exchange-delay", DELAY, "", "delivery delayed:", "delivery to these recipients or groups has been delayed|delivery to these recipients or distribution lists has been delayed|delivery is delayed to these recipients|this message hasn't been delivered yet|this message has not yet been delivered. microsoft exchange", "", "", "", "" },
	{ "opensmtpd-delay", DELAY, "", "", "a message is delayed for more than", "", "", "", "" },
	{ "courier-delay", DELAY, "", "", "this message has been delayed|delivery attempts will continue to be made", "", "", "", "" },
	{ "pmdf-delay", DELAY, "", "", "your message has been enqueued and undeliverable for|the mail system will continue to try to deliver your message", "", "", "", "" },
	{ "notes-delay", DELAY, "", "delivery delay", "the router is still attempting to deliver", "", "", "", "" },

	/* Unix. */
	{ "qmail", BOUNCE, "", "", "this is the qmail-send program|this is the qmail program|qmail-send program at|i'm afraid i wasn't able to deliver your message|i wasn't able to deliver your message|unable to deliver your message to the following addresses|i tried to deliver a bounce message to this address", "", "--- below this line|--- enclosed are|--- undelivered message follows|--- original message follows", "", "" },
	{ "postfix", BOUNCE, "", "", "this is the postfix program|this is the mail system at host|this is the mail delivery system at|i'm sorry to have to inform you that|the postfix program\n", "", "", "", "" },
	{ "exim", BOUNCE, "", "", "this message was created automatically by mail delivery software|this message was created automatically by the|a message that you sent could not be delivered to|a message that you sent was rejected|message from you was rejected by local scanning|a message that you have sent could not be delivered", "", "this is a copy of the message|this is a copy of your message", "", "" },
	{ "sendmail", BOUNCE, "", "", "----- the following addresses had|----- transcript of session follows|----- the following addresses have|the following addresses had permanent|the following address had", "", "----- unsent message follows|----- original message follows|----- message header follows|----- returned message follows|----- no message was collected", "", "" },
	{ "courier", BOUNCE, "", "", "running the courier mail server|undeliverable mail\n", "", "", "", "" },
	{ "smail3", BOUNCE, "", "", "message log follows:|failed addresses follow:", "failed addresses follow:", "message text follows:", "", "" },
	{ "zmailer", BOUNCE, "", "", "this is a collection of reports about email delivery", "", "", "", "" },
	{ "mmdf", BOUNCE, "", "", "was not delivered to the following address|memo service|failed mail (msg", "", "", "not delivered to", "" },
	{ "opensmtpd", BOUNCE, "", "", "this is the mailer-daemon, please do not reply", "following list of recipients", "below is a copy of the original message", "", "" },
	{ "james", BOUNCE, "", "", "this is the james mail server", "failed recipient", "the original message is attached", "", "" },
	{ "xmail", BOUNCE, "", "", "xmail bounce:", "", "[<04>]|[<05>]", "rcpt=|rcpt to: <", "" },
	{ "activehunter", BOUNCE, "", "", "the following addresses had permanent fatal errors -----", "", "", "", "" },

	/* Groupware and gateways. */
	{ "exchange-2007", BOUNCE, "", "", "delivery has failed to these recipients|diagnostic information for administrators|generating server:|informations de diagnostic|diagnoseinformationen|wasn't delivered to anyone|informaci\xc3\xb3n de diagn|informa\xc3\xa7\xc3\xb5" "es de diagn|informazioni di diagnostica|diagnostische gegevens|diagnostisk information", "", "original message headers|urspr\xc3\xbcngliche nachrichtenkopf|message headers:", "", "" },
	{ "exchange", BOUNCE, "", "", "did not reach the following recipient|did not reach some or all of the intended|following recipient(s) could not be reached|the e-mail system was unable to deliver|the message could not be delivered because", "following recipient|could not be reached", "", "", "" },
	{ "notes", BOUNCE, "", "", "not listed in public name|not listed in domino directory|was not delivered to:\n|delivery failure report|no route found to domain", "", "what should you do|routing path", "", "" },
	{ "groupwise", BOUNCE, "", "", "the message that you sent was undeliverable to", "", "", "", "" },
	{ "pmdf", BOUNCE, "", "", "this report relates to a message you sent with|your message cannot be delivered to the following recipients", "following recipients", "", "recipient address:", "" },
	{ "x400", BOUNCE, "", "", "nondeliveryreasoncode|non-delivery-reason|nondelivery reason|non delivery reason|the mts-id of the original message", "", "", "rfc-822=", "" },
	{ "imail", BOUNCE, "", "", "undeliverable to|invalid final delivery userid|user mailbox exceeds allowed size|unknown user:|unknown host:|rcpt to generated following response", "", "original message follows", "", "" },
	{ "mdaemon", BOUNCE, "", "", "the attached message had permanent|mdaemon has identified|your message was not delivered to one or more recipients|--- session transcript", "", "", "", "" },
	{ "communigate", BOUNCE, "", "", "failed to deliver to '", "", "", "failed to deliver to", "" },
	{ "surfcontrol", BOUNCE, "", "", "a transcript of the attempts to send the message follows", "", "", "", "" },
	{ "mailmarshal", BOUNCE, "", "", "the following recipients were affected", "following recipients were affected", "additional information", "", "" },
	{ "mercury", BOUNCE, "", "", "one or more addresses in your message have failed|could not be delivered to one or more addresses|user not known at this site", "", "", "", "" },
	{ "m-filter", BOUNCE, "", "", "-------server message", "", "-------original message|-------original mail", "", "" },

	/* Providers. */
	{ "gmail", BOUNCE, "", "", "delivery to the following recipient failed permanently|delivery to the following recipients failed permanently|technical details of permanent failure|message wasn't delivered to|the response from the remote server was|the response was:|address not found\n", "", "----- original message -----|----- message header follows", "", "" },
	{ "yahoo", BOUNCE, "", "", "message from yahoo|message from  yahoo|sorry, we were unable to deliver your message to the following address", "", "--- original message follows|--- below this line is a copy", "", "" },
	{ "outlook", BOUNCE, "", "", "this is an automatically generated delivery status notification", "", "", "", "" },
	{ "aol", BOUNCE, "aol.com|aol.net", "", "not accepting mail from|the following recipients are unknown|your mail to the following recipients could not be delivered", "could not be delivered|not accepting mail from|are unknown", "", "", "aol.com" },
	{ "compuserve", BOUNCE, "compuserve", "", "receiver not found:|invalid receiver address:", "", "", "receiver not found:|invalid receiver address:", "compuserve.com" },
	{ "ses", BOUNCE, "", "", "an error occurred while trying to deliver the mail to the following recipients", "following recipients", "", "", "" },
	{ "google-groups", BOUNCE, "google", "", "that the group you tried to contact (", "", "", "the group you tried to contact", "googlegroups.com" },
	{ "kddi", BOUNCE, "", "", "each of the following recipients was rejected|could not be delivered to:|as their mailbox is full", "", "", "", "" },
	{ NULL, BOUNCE, "", "", "", "", "", "", "" }
};
/* clang-format on */
