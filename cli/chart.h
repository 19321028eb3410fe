/*
 * chart.h - charts as SVG for a page: drawn with a style sheet's classes, no script, nothing from elsewhere.
 *
 * Widths are shares of whatever room the page gives, heights and letters are pixels: a chart is as readable on a phone as on paper. What is
 * told apart is told apart by pattern (plain or hatched), not by colour alone. Each chart has a title and a description for those who do
 * not see it; the page has its numbers as text. Labels are escaped, and cut where they do not fit.
 * Classes: plain and area (filled), hatch, hatch-ground and edge (the pattern), grid, axis; of texts text, value, last, label, name
 * and figure; and wide for what a narrow window has no room for.
 */
#ifndef CHART_H
#define CHART_H

#include <stddef.h>
#include <stdint.h>

#include "base/period.h"

struct buf;

struct chart_head {
	const char *id; /* unique in the page: a-z and hyphens */
	const char *title, *text;
};

#define CHART_COLUMNS PERIODS_MAX

struct chart_column {
	char label[16], under[8]; /* below it; and below that where it changes: a year, or "" */
	int64_t plain, hatched;
};

enum chart_kind {
	CHART_AREA,    /* plain alone, column by column without a gap: a level */
	CHART_STACKED, /* hatched on top of plain */
	CHART_OPPOSITE /* plain upwards, hatched downwards */
};

/* Columns from left to right, 1 to CHART_COLUMNS; no value below 0. */
void chart_columns(struct buf *out, const struct chart_head *h, enum chart_kind kind, const struct chart_column *column, size_t n);

struct chart_row {
	char label[160], value[48];
	int64_t plain, hatched;
};

/* Bars from top to bottom, each below its label and with its value at the right. n > 0. */
void chart_rows(struct buf *out, const struct chart_head *h, const struct chart_row *row, size_t n);

#endif
