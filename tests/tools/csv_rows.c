/*
 * csv_rows.c - the rows of many CSV files as JSON, for a comparison with another reader.
 *
 * Standard input: for each file its length in bytes as a decimal number, a line end, its bytes. Standard output: for each file one line, an
 * array of its rows, each an array of fields; null stands for a row that cannot be read.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/err.h"

static void
print_rows(FILE *in)
{
	json_t *rows = json_array(), *row;
	struct err e = ERR_INIT;
	struct csv c;
	size_t i;
	int rc;

	csv_init(&c, in);
	while ((rc = csv_next(&c, &e))) {
		row = rc == 1 ? json_array() : json_null();
		for (i = 0; rc == 1 && i < c.fields; i++)
			json_array_append_new(row, json_string(c.field[i]));
		json_array_append_new(rows, row);
	}
	csv_release(&c);
	json_dumpf(rows, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(rows);
}

int
main(void)
{
	char line[32], *end, *bytes;
	size_t n;
	FILE *in;

	while (fgets(line, sizeof(line), stdin)) {
		n = strtoul(line, &end, 10);
		bytes = xmalloc(n + 1);
		if (*end != '\n' || fread(bytes, 1, n, stdin) != n) {
			fprintf(stderr, "csv_rows: the input is cut\n");
			return 1;
		}
		in = n ? fmemopen(bytes, n, "r") : fopen("/dev/null", "re");
		if (!in) {
			perror("csv_rows");
			return 1;
		}
		print_rows(in);
		fclose(in);
		free(bytes);
	}
	return 0;
}
