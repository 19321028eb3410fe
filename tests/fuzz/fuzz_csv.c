/* fuzz_csv.c - any bytes as a CSV file: no crash, no row out of bounds, every call moves on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	union {
		const uint8_t *in;
		uint8_t *out;
	} u = { .in = data }; /* opened for reading alone */
	struct err e = ERR_INIT;
	unsigned long line = 0;
	uint64_t bytes = 0;
	struct csv c;
	FILE *f;
	size_t i;
	int rc;

	if (!n || !(f = fmemopen(u.out, n, "r")))
		return 0;
	csv_init(&c, f);
	while ((rc = csv_next(&c, &e))) {
		if (c.line <= line || c.bytes <= bytes || c.bytes > n)
			abort();
		line = c.line;
		bytes = c.bytes;
		if (rc == -1 && (c.fields || c.skipped.len > CSV_ROW_MAX))
			abort();
		for (i = 0; rc == 1 && i < c.fields; i++)
			if (strlen(c.field[i]) > n)
				abort();
	}
	csv_release(&c);
	fclose(f);
	return 0;
}
