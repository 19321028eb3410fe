/*
 * report_free_table.h - the forms of free-form bounces, and the words by which mail servers say that something failed.
 *
 * Lists of words are in lower case with '|' between. The first form that matches wins; the last one matches by common signs alone.
 * A new server is one row here and one message in tests/data/bounces.
 */
#ifndef REPORT_FREE_TABLE_H
#define REPORT_FREE_TABLE_H

#include <stdbool.h>

enum free_form_kind {
	FREE_FORM_BOUNCE,
	FREE_FORM_DELAY,
	FREE_FORM_NONE /* looks like a bounce and is none: a mailing list's notice that holds one */
};

struct free_form {
	const char *name;
	enum free_form_kind kind;
	const char *from;    /* one of these in From's address or name; "": whoever */
	const char *subject; /* one of these in the subject; "": whatever */
	const char *text;    /* one of these in the text's first 16 KiB; "": whatever. What only this server says */
	const char *begin;   /* recipients stand behind the first of these; "": from the beginning */
	const char *end;     /* … and before the first of these behind `begin`; "": to the end */
	const char *label;   /* what stands right before a recipient, besides free_labels; "": nothing */
	const char *domain;  /* of recipients that are named without one; "" */
};

extern const struct free_form free_table[]; /* ends with a row whose name is NULL */
extern const struct free_form free_generic; /* what matched none of them */

extern const char free_daemons[];    /* addresses of programs that send bounces; ^ is where the address begins */
extern const char free_names[];      /* … and their display names */
extern const char free_subjects[];   /* subjects of bounces */
extern const char free_statements[]; /* sentences that say that a message was not delivered */
extern const char free_failures[];   /* words of a refusal, in a line */
extern const char free_delays[];     /* it is being tried still */
extern const char free_finals[];     /* … or not any more, whatever else is said */
extern const char free_automatic[];  /* vacation notes, challenges, confirmations: no bounce, unless a mail server sent it */
extern const char free_notices[];    /* subjects of what a program sends that is no bounce, as long as no mail server sent it */
extern const char free_labels[];     /* what stands right before a recipient */
extern const char free_senders[];    /* what stands right before an address that is no recipient */
extern const char free_contacts[];   /* … somewhere before it */
extern const char free_targets[];    /* … unless one of these does, too */
extern const char free_copies[];     /* a line with one of these is followed by the message that comes back */

#endif
