/* chart.c - see chart.h. */
#include "chart.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "out.h"

#define PLOT_TOP 22 /* room for a value above the highest column */
#define PLOT 180
#define PLOT_SIDES 16 /* the same below the lowest, for values that hang */
#define LABELS 44
#define ROW 48
#define ROW_BAR 14
#define ROW_LABEL 34 /* characters that fit above a bar on a phone */
#define LABELS_WIDE 13
#define LABELS_NARROW 5
#define VALUES_WIDE 26 /* columns that have room for a number each */
#define VALUES_NARROW 7

static void
add_text(struct buf *out, const char *text, size_t most)
{
	size_t n = strlen(text), used = 0, count, one;

	for (count = 0; used < n && count < most; count++) {
		one = text_sequence(text + used, n - used);
		used += one ? one : 1;
	}
	text_escape_html(out, text, used);
	if (used < n)
		buf_addstr(out, "…");
}

static void
begin(struct buf *out, const struct chart_head *h, int height)
{
	buf_addf(out, "<svg class=\"chart\" role=\"img\" aria-labelledby=\"%s-title %s-text\" width=\"100%%\" height=\"%d\">\n",
	    h->id, h->id, height);
	buf_addf(out, "<title id=\"%s-title\">", h->id);
	add_text(out, h->title, 400);
	buf_addf(out, "</title>\n<desc id=\"%s-text\">", h->id);
	add_text(out, h->text, 2000);
	buf_addf(out,
	    "</desc>\n<defs><pattern id=\"%s-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	    "<rect class=\"hatch-ground\" width=\"6\" height=\"6\"/><rect class=\"hatch\" width=\"2.5\" height=\"6\"/></pattern></defs>\n",
	    h->id);
}

/* The step between lines so that there are at most five: 1, 2, 5, 10, 20 … */
static int64_t
nice_step(int64_t most)
{
	static const int64_t steps[] = { 2, 5, 10 };
	int64_t ten = 1, i;

	if (most <= 5)
		return 1;
	for (;; ten *= 10)
		for (i = 0; i < 3; i++)
			if (most <= steps[i] * ten * 5 || ten > INT64_MAX / 1000)
				return steps[i] * ten;
}

struct plot {
	const struct chart_head *head;
	enum chart_kind kind;
	const struct chart_column *column;
	size_t n;
	int64_t up, down, step; /* the largest upwards and downwards */
	double zero, scale;     /* pixels */
};

static void
measure(struct plot *p)
{
	int64_t up, down, all;
	size_t i;

	for (i = 0; i < p->n; i++) {
		up = p->column[i].plain + (p->kind == CHART_STACKED ? p->column[i].hatched : 0);
		down = p->kind == CHART_OPPOSITE ? p->column[i].hatched : 0;
		p->up = up > p->up ? up : p->up;
		p->down = down > p->down ? down : p->down;
	}
	all = p->up + p->down;
	p->step = nice_step(p->up > p->down ? p->up : p->down);
	p->scale = PLOT / (double)(all ? all : 1);
	p->zero = PLOT_TOP + (double)p->up * p->scale + (all ? 0 : PLOT);
}

static void
grid(struct buf *out, const struct plot *p)
{
	char number[32];
	int64_t v;
	double y;

	for (v = -(p->down / p->step) * p->step; v <= p->up; v += p->step) {
		y = p->zero - (double)v * p->scale;
		buf_addf(out, "<rect class=\"%s\" x=\"0\" y=\"%.1f\" width=\"100%%\" height=\"1\"/>\n", v ? "grid" : "axis", y);
		/* behind the columns, at the left edge; the columns leave it free */
		buf_addf(out, "<text class=\"text\" x=\"0\" y=\"%.1f\">%s</text>\n", y - 4, out_number(number, v < 0 ? -v : v));
	}
}

/* Columns begin where the numbers of the grid end. */
#define LEFT 8.0

static double
column_x(const struct plot *p, double i)
{
	return LEFT + (100 - LEFT) * i / (double)p->n;
}

static void
bar(struct buf *out, const struct plot *p, size_t i, double y, double height, bool hatched)
{
	bool area = p->kind == CHART_AREA;
	double x = column_x(p, (double)i + (area ? 0 : 0.16)), width = (100 - LEFT) / (double)p->n * (area ? 1 : 0.68);

	if (hatched)
		buf_addf(out, "<rect fill=\"url(#%s-hatch)\" class=\"edge\" x=\"%.3f%%\" y=\"%.1f\" width=\"%.3f%%\" height=\"%.1f\"/>\n",
		    p->head->id, x, y, width, height);
	else
		buf_addf(out, "<rect class=\"%s\" x=\"%.3f%%\" y=\"%.1f\" width=\"%.3f%%\" height=\"%.1f\"/>\n",
		    area ? "area" : "plain", x, y, width, height);
	if (area)
		buf_addf(out, "<rect class=\"plain\" x=\"%.3f%%\" y=\"%.1f\" width=\"%.3f%%\" height=\"3\"/>\n", x, y, width);
}

static void
value(struct buf *out, const struct plot *p, size_t i, double y, int64_t n)
{
	char number[32];

	if (!n || p->n > VALUES_WIDE)
		return;
	buf_addf(out, "<text class=\"value%s\" x=\"%.3f%%\" y=\"%.1f\">%s</text>\n", p->n > VALUES_NARROW ? " wide" : "",
	    column_x(p, (double)i + 0.5), y, out_number(number, n));
}

/* What is not nothing shows. */
static double
height_of(const struct plot *p, int64_t n)
{
	double height = (double)n * p->scale;

	return n && height < 2 ? 2 : height;
}

static void
column(struct buf *out, const struct plot *p, size_t i)
{
	const struct chart_column *c = &p->column[i];
	double plain = height_of(p, c->plain), hatched = height_of(p, c->hatched), top = p->zero - plain;

	if (c->plain)
		bar(out, p, i, top, plain, false);
	if (c->hatched && p->kind == CHART_STACKED)
		bar(out, p, i, top -= hatched, hatched, true);
	if (c->hatched && p->kind == CHART_OPPOSITE) {
		bar(out, p, i, p->zero + 1, hatched, true);
		value(out, p, i, p->zero + hatched + 15, c->hatched);
	}
	if (p->kind != CHART_AREA)
		value(out, p, i, top - 5, c->plain + (p->kind == CHART_STACKED ? c->hatched : 0));
}

/* The first column that has a label, so that with one for every `each` the first column of a year has one. */
static size_t
first_label(const struct plot *p, size_t each)
{
	size_t i;

	for (i = 1; i < p->n; i++)
		if (strcmp(p->column[i].under, p->column[i - 1].under) != 0)
			return i % each;
	return 0;
}

static void
label(struct buf *out, const struct plot *p, size_t i, const char *text, int y, bool wide)
{
	buf_addf(out, "<text class=\"label%s\" x=\"%.3f%%\" y=\"%d\">", wide ? " wide" : "", column_x(p, (double)i + 0.5), y);
	add_text(out, text, 16);
	buf_addstr(out, "</text>\n");
}

static void
labels(struct buf *out, const struct plot *p, int y)
{
	size_t each = 1 + (p->n - 1) / LABELS_WIDE, narrow = 1 + (p->n - 1) / LABELS_NARROW, first, i;
	const char *under = "", *narrow_under = "";
	bool wide, differs;

	narrow = (narrow + each - 1) / each * each; /* one of the others, so that none comes between two */
	first = first_label(p, narrow);
	for (i = first % each; i < p->n; i += each) {
		wide = (i + narrow - first) % narrow != 0;
		label(out, p, i, p->column[i].label, y, wide);
		differs = strcmp(p->column[i].under, under) != 0;
		under = p->column[i].under;
		if (differs || (!wide && strcmp(under, narrow_under) != 0))
			label(out, p, i, under, y + 17, wide);
		narrow_under = wide ? narrow_under : under;
	}
}

void
chart_columns(struct buf *out, const struct chart_head *h, enum chart_kind kind, const struct chart_column *c, size_t n)
{
	struct plot p = { .head = h, .kind = kind, .column = c, .n = n };
	int bottom = PLOT_TOP + PLOT + (kind == CHART_OPPOSITE ? PLOT_SIDES : 0);
	char number[32];
	size_t i;

	measure(&p);
	begin(out, h, bottom + LABELS);
	grid(out, &p);
	for (i = 0; i < n; i++)
		column(out, &p, i);
	/* the last level in words, since it is what people look for */
	if (kind == CHART_AREA)
		buf_addf(out, "<text class=\"last\" x=\"100%%\" y=\"%.1f\">%s</text>\n", p.zero - height_of(&p, c[n - 1].plain) - 7,
		    out_number(number, c[n - 1].plain));
	labels(out, &p, bottom + 20);
	buf_addstr(out, "</svg>\n");
}

/* A bar ends where its value begins: the longest leaves room for it, also on a phone. */
#define ROW_MOST 58.0

static void
row_bar(struct buf *out, const struct chart_head *h, size_t i, double x, double width, bool hatched)
{
	char fill[96] = "class=\"plain\"";

	if (hatched)
		snprintf(fill, sizeof(fill), "fill=\"url(#%.40s-hatch)\" class=\"edge\"", h->id);
	buf_addf(out, "<rect %s x=\"%.3f%%\" y=\"%zu\" width=\"%.3f%%\" height=\"%d\"/>\n", fill, x, i * ROW + 23, width, ROW_BAR);
}

void
chart_rows(struct buf *out, const struct chart_head *h, const struct chart_row *row, size_t n)
{
	double most = 1, plain, hatched;
	size_t i;

	for (i = 0; i < n; i++)
		if ((double)(row[i].plain + row[i].hatched) > most)
			most = (double)(row[i].plain + row[i].hatched);
	begin(out, h, (int)n * ROW);
	for (i = 0; i < n; i++) {
		plain = (double)row[i].plain * ROW_MOST / most;
		hatched = (double)row[i].hatched * ROW_MOST / most;
		plain = row[i].plain && plain < 0.5 ? 0.5 : plain;
		hatched = row[i].hatched && hatched < 0.5 ? 0.5 : hatched;
		buf_addf(out, "<text class=\"name\" x=\"0\" y=\"%zu\">", i * ROW + 16);
		add_text(out, row[i].label, ROW_LABEL);
		buf_addstr(out, "</text>\n");
		if (row[i].plain)
			row_bar(out, h, i, 0, plain, false);
		if (row[i].hatched)
			row_bar(out, h, i, plain, hatched, true);
		buf_addf(out, "<text class=\"figure\" x=\"%.3f%%\" dx=\"8\" y=\"%zu\">", plain + hatched, i * ROW + 35);
		add_text(out, row[i].value, sizeof(row[i].value));
		buf_addstr(out, "</text>\n");
	}
	buf_addstr(out, "</svg>\n");
}
