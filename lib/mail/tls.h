/*
 * tls.h - how much a connection insists on TLS where the scheme leaves it open: smtp://, imap:// and pop3://.
 */
#ifndef MAIL_TLS_H
#define MAIL_TLS_H

enum tls {
	TLS_REQUIRED,      /* STARTTLS or STLS with a valid certificate, or no connection */
	TLS_OPPORTUNISTIC, /* tried, without a look at the certificate */
	TLS_NONE
};

/* The word of the configuration: "required", "opportunistic", "none". What is no such word is required. */
static inline enum tls
tls_named(const char *word)
{
	return word[0] == 'o' ? TLS_OPPORTUNISTIC : (word[0] == 'n' ? TLS_NONE : TLS_REQUIRED);
}

#endif
