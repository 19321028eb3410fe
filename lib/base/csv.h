/*
 * csv.h - rows of a CSV file, as spreadsheets write them.
 *
 * RFC 4180: fields may stand in double quotes, which then hold delimiters,
 * line ends and doubled quotes. Besides: a byte-order mark, LF or CR as line
 * end, a semicolon or a tab as delimiter (whatever the first line has most of). Empty
 * lines are passed over. A row that cannot be read costs its first line and no
 * more: a quote that is never closed must not swallow the rest of the file.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

struct err;

#define CSV_FIELDS 256           /* most fields of a row */
#define CSV_ROW_MAX 65536        /* most bytes of a row */
#define CSV_LINE_MAX (64U << 20) /* and of a line that is passed over: more is no text */

struct csv {
	FILE *in; /* borrowed */
	const char *field[CSV_FIELDS];
	size_t fields;
	unsigned long line; /* where the row begins, from 1 */
	uint64_t bytes;     /* read so far, this row included */
	char delimiter;     /* '\0' until the first line was seen, unless the caller sets it before */
	struct buf skipped; /* of a row that could not be read: its first line, at most CSV_ROW_MAX bytes; fields is 0 then */

	/* its own */
	struct buf data, row;
	size_t pos;
	unsigned long next_line;
	bool started, eof;
};

void csv_init(struct csv *c, FILE *in);
void csv_release(struct csv *c);

/*
 * The next row into field[] (NUL-terminated, valid until the next call): 1; 0 at the end of the file. -1 for a row
 * that cannot be read, with ERR_INPUT (`line` says where; call again for the next row), or a failed read or a line of
 * more than CSV_LINE_MAX with ERR_SYSTEM, after which there is nothing more. Bytes are not looked at beyond that: text may be no UTF-8.
 */
int csv_next(struct csv *c, struct err *e);

#endif
