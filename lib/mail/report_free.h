/*
 * report_free.h - bounces that are text for people: no delivery-status part tells what happened.
 *
 * Known forms are rows of a table (report_free_table.c): how the message is recognised, where its recipients and their reasons stand.
 * What matches no row is read by the words that all of them have in common. For report.c alone.
 */
#ifndef REPORT_FREE_H
#define REPORT_FREE_H

#include <stdbool.h>
#include <stddef.h>

struct report_free_in {
	const char *from;     /* From: address in lower case, "mailer-daemon@mx.example"; "" */
	const char *name;     /* … and its display name; "" */
	const char *subject;  /* decoded; "" */
	bool null_sender;     /* Return-Path: <>, or Auto-Submitted says auto-replied or auto-generated */
	const char *text;     /* the readable parts before a returned message: UTF-8, LF, no controls but tab; lines as they were */
	const char *returned; /* the returned message's headers, where one was found behind the text or as a part; "" */
	const char *failed;   /* X-Failed-Recipients (Exim, Gmail): addresses with commas between; "" or NULL */
	const char *to;       /* whom it was sent to: an envelope address of ours, that is never the one that failed; "" or NULL */
};

#define REPORT_FREE_MOST 100

struct report_free_recipient {
	char address[255];  /* ADDR_MAX; its domain in lower case */
	char original[255]; /* whom we wrote to, where it says that the mail was sent on from there ("generated from"); "" */
	char text[1024];    /* its reason, one line, as it was written: not redacted */
	char server[256];   /* who said it, where the text names one; "" */
	int code;
	char enhanced[12];
};

struct report_free_out {
	enum {
		REPORT_FREE_NONE, /* no bounce at all */
		REPORT_FREE_BOUNCE,
		REPORT_FREE_DELAY /* "will be tried for … more days" */
	} what;
	const char *form; /* the row's name: "qmail", "exim"; for people and tests */
	int count;
	struct report_free_recipient *recipient; /* room for REPORT_FREE_MOST; the caller's */
};

/* Bounded in time by n of the text; out->recipient must be set. What is found is in the order of the text, each address once. */
void report_free(const struct report_free_in *in, struct report_free_out *out);

/*
 * Find where a message that comes back begins in text that holds both ("--- Below this line is a copy of the message.",
 * "----- Original message -----" …): its first header's offset, or n when there is none. *end is where the words before it end.
 */
size_t report_free_split(const char *text, size_t n, size_t *end);

#endif
