/*
 * out.h - what people see: lines, tables, colour, a progress bar, questions.
 *
 * Nothing of it is printed with --json. Colour and progress are for terminals
 * alone (and not with NO_COLOR or TERM=dumb). Text that came from outside is
 * printed without its control characters: it cannot drive the terminal.
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct cli;
struct err;

enum out_style {
	OUT_PLAIN,
	OUT_BOLD,
	OUT_DIM,
	OUT_GOOD,
	OUT_WARN,
	OUT_BAD,
	OUT_COPY /* is copied from the terminal: nothing is broken into lines */
};

/* A line (printf-like, "\n" is added) on standard output. */
void out_line(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An empty line. */
void out_gap(const struct cli *cli);

/*
 * "  Label      value": the lines of one thing shown. An empty value prints nothing. On a terminal a long one goes on below itself, and
 * does not run under the labels.
 */
void out_field(const struct cli *cli, const char *label, enum out_style style, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Several lines, each with the indent before it. */
void out_text(const struct cli *cli, const char *text, const char *indent);

/* The same of somebody's sentences, which on a terminal are broken into lines that fit. */
void out_prose(const struct cli *cli, const char *text, const char *indent);

/* A line on standard error that is no failure: "newsletter: …". Printed with --json too. */
void out_warn(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* 1234567, or another number that is not negative, as "1,234,567". Returns out. */
const char *out_number(char out[32], int64_t n);

/* "1 article", "3 articles". Returns out. */
const char *out_count(char out[96], int64_t n, const char *one, const char *many);

/* 75 as "1 min 15 s". Returns out. */
const char *out_duration(char out[64], int64_t seconds);

/*
 * A table: its columns' headers, ">" before those that stand to the right
 * (numbers); then cells, row by row. On a terminal that is too narrow the widest
 * left column gives way.
 */
#define OUT_COLUMNS 12

struct out_table {
	const char *head[OUT_COLUMNS];
	size_t columns, cells, cap;
	struct out_cell *cell;
};

void out_table_init(struct out_table *t, const char *heads); /* separated by | */
void out_cell(struct out_table *t, enum out_style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void out_cell_number(struct out_table *t, int64_t n);
void out_table_print(const struct cli *cli, struct out_table *t); /* and release */
void out_table_release(struct out_table *t);

/* A bar on standard error, redrawn at most ten times a second; nothing when it is no terminal. */
struct out_progress {
	bool on, utf8, colour;
	size_t columns; /* of the terminal, or 0 */
	int64_t start_us, drawn_us;
	int64_t since_us, since_done; /* where the rate is measured from */
	double rate;
};

void out_progress_init(const struct cli *cli, struct out_progress *p);
void out_progress(struct out_progress *p, int64_t done, int64_t total, bool count_shown, const char *note);
void out_progress_end(struct out_progress *p); /* wipe it */

/* Ask on the terminal. yes/no: false unless the answer is y or yes. */
bool out_ask_yes(const char *question);

/* A line of an answer, trimmed; an empty one takes the default. -1 at the end of input (ERR_REFUSED). */
int out_ask(const struct cli *cli, const char *question, const char *fallback, struct buf *answer, struct err *e);

/* Columns of the terminal that standard output is; 0: it is none, or does not say. */
size_t out_columns(const struct cli *cli);

/*
 * A bar for a table's cell: `part` of `whole` as so many of `width` columns, at most OUT_BAR; what is not nothing shows. For terminals:
 * elsewhere it is "". Returns out.
 */
#define OUT_BAR 32
const char *out_bar(const struct cli *cli, char out[3 * OUT_BAR + 1], int64_t part, int64_t whole, int width);

/*
 * A sparkline for a table's cell: n numbers, one or more, as block characters, at most `most` of them, which is OUT_SPARK_MOST or less
 * (several numbers as one when there are more), from the smallest to the largest for what rises and falls (a level), from 0 for what is
 * counted. Whether it can be drawn, which is on a terminal that speaks UTF-8, out_draws_sparks() says. Returns out.
 */
#define OUT_SPARK_MOST 64
#define OUT_SPARK_TEXT (3 * OUT_SPARK_MOST + 1)
enum out_spark {
	OUT_SPARK_LEVEL,
	OUT_SPARK_COUNT
};
bool out_draws_sparks(const struct cli *cli);
const char *out_spark(char out[OUT_SPARK_TEXT], const int64_t *value, size_t n, int most, enum out_spark kind);

/* "0.25 %", "37.5 %"; what is not nothing is never 0, less than all is never 100; "" of nothing. Returns out. */
const char *out_percent(char out[16], int64_t part, int64_t whole);

/* Columns that a text takes on a terminal. */
size_t out_width(const char *text);

#endif
