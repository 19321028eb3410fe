/*
 * csv_write.h - rows of a CSV file (RFC 4180), which csv.h and every spreadsheet read back exactly.
 *
 * UTF-8, commas, CRLF as RFC 4180 has it. A field that a spreadsheet would take for a formula (it begins with = + - @ TAB or CR) gets an
 * apostrophe before it, which a spreadsheet shows as text; so does one that has apostrophes before such a character already, so that
 * csv_unguard gives back exactly what was put in.
 */
#ifndef CSV_WRITE_H
#define CSV_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct err;

struct csv_out {
	int fd; /* borrowed */
	struct buf text;
	bool begun;     /* the row has a field */
	int64_t day;    /* of `date`: days since 1970 */
	char date[16];  /* "2026-03-01T" */
	uint64_t bytes; /* handed over so far */
};

void csv_out_init(struct csv_out *o, int fd);
void csv_out_release(struct csv_out *o);

/* A field; NULL is "". */
void csv_put(struct csv_out *o, const char *text);
void csv_put_n(struct csv_out *o, const char *text, size_t n);
void csv_put_int(struct csv_out *o, int64_t n);
void csv_put_hex(struct csv_out *o, const void *octets, size_t n); /* at most 64 octets; NULL is "" */

/* A Unix time as 2026-03-01T09:30:00Z, 0 as "", what no year of four digits holds as a number; csv_time reads them back. */
void csv_put_time(struct csv_out *o, int64_t t);

/* End the row. What was gathered is written once it is some ten thousand bytes: -1 when that fails. */
int csv_end(struct csv_out *o, struct err *e);

/* Write what is left. */
int csv_flush(struct csv_out *o, struct err *e);

/* A field as it was before csv_put: without its guard, if it has one. Points into `field`. */
const char *csv_unguard(const char *field);

/* A time as csv_put_time writes it: true and *t. */
bool csv_time(const char *field, int64_t *t);

#endif
