/*
 * import.h - the parts of `newsletter subscriber import`.
 *
 * A file is read to its end before anything is written: rows are checked, and put in the order of their addresses
 * (base/sorting.h), which is what makes writing them fast. Then they go into the store (store/intake.h).
 */
#ifndef IMPORT_H
#define IMPORT_H

#include <iconv.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/csv_write.h"
#include "people.h"
#include "store/intake.h"

struct cli;
struct err;
struct sorting;

enum import_column {
	COL_EMAIL,
	COL_NAME,
	COL_FIRST,
	COL_LAST,
	COL_LANGUAGE,
	COL_TOPICS,
	COL_ASKED_AT, /* when they asked, and from where; what they confirmed goes before it */
	COL_ASKED_IP,
	COL_CONFIRMED_AT,
	COL_CONFIRMED_IP,
	COL_STATUS,      /* a word */
	COL_BLOCKED,     /* yes or no */
	COL_CONFIRMED,   /* yes or no */
	COL_LEFT,        /* yes or no */
	COL_ATTRIBUTES,  /* a JSON object */
	COL_LEFT_AT,     /* a time: they left then */
	COL_LEFT_REASON, /* why */
	COL_BOUNCED_AT,  /* a time: the address was given up then */
	IMPORT_COLUMNS
};

enum import_format {
	FORMAT_CSV,
	FORMAT_LISTMONK,
	FORMAT_MAILCHIMP,
	IMPORT_FORMATS
};

struct import {
	struct cli *cli;
	const char *path; /* for messages */
	FILE *in;
	int64_t size; /* of the file, or 0 */
	struct csv csv;

	/* what the file is */
	enum import_format format;
	bool forced;               /* by --format */
	int place[IMPORT_COLUMNS]; /* index of the column, or -1 */
	size_t header_fields;
	enum intake_wish all_are; /* what a file of this name says of all who are in it; INTAKE_WISHES: of nobody */
	bool none_asked;          /* or that nobody in it asked */

	/* how it is taken */
	bool dry_run, all_or_nothing, ask;
	struct topic_list all, fallback;
	uint64_t fallback_bits;
	char source[SOURCE_MAX + 1];
	int64_t consent_at; /* 0: not given */
	bool latin;         /* the file is Windows-1252, of which ISO-8859-1 is a part */
	iconv_t iconv;
	struct buf text; /* the row's fields in UTF-8 */

	/* what came of it */
	int64_t rows, bad, not_asked;
	int64_t undated; /* rows that do not say when somebody asked */
	struct intake_counts done;
	bool broken_off;           /* by SIGINT or SIGTERM */
	json_t *bad_list, *unread; /* unread: names of columns that are not looked at */
	const char *bad_path;      /* of --bad, once it is open */
	int bad_fd;
	struct csv_out bad_out;
};

/* --format NAME: FORMAT_… or -1 (ERR_USAGE). */
int import_format_named(const char *name, struct err *e);
const char *import_format_name(enum import_format format);

/* Read the first line: which columns there are, and whose export it is. */
int import_header(struct import *im, struct err *e);

/* What a word or number of a status says: an enum intake_wish, INTAKE_WISHES of who did not ask, or -1 when it is not known. */
int import_status(const char *word);

/*
 * The row that csv_next has just read. 1 and *row; 0 for one that is empty, or of somebody who did not ask; -1 (ERR_INPUT) says what is
 * wrong with it. Fields of im->csv are UTF-8 afterwards.
 */
int import_row(struct import *im, struct intake_row *row, struct err *e);

/* A row as a record of base/sorting.h: by address, in the order of enum intake_wish, then of lines. */
size_t import_pack(uint8_t *out, const struct intake_row *row, uint64_t line);
void import_unpack(struct intake_row *row, const uint8_t *record);

/* Bad rows: named on standard error, in the JSON report, and in the file of --bad. */
int import_bad_open(struct import *im, const char *path, struct err *e);
int import_bad(struct import *im, const struct err *why, struct err *e);
int import_bad_close(struct import *im, struct err *e);

/* What is said at the end, and the audit. */
void import_report(struct import *im);
int import_audit(struct import *im, struct err *e);

#endif
