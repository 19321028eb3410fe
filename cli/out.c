/* out.c - see out.h. */
#include "out.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "cli.h"
#include "content/wrap.h"

#define WRAP_LEAST 24 /* columns; a narrower terminal breaks lines itself */

struct out_cell {
	char *text;
	enum out_style style;
	bool right;
};

static const char *const codes[] = { "", "\033[1m", "\033[2m", "\033[32m", "\033[33m", "\033[31m", "" };

/* Text from outside must not drive the terminal; what is no UTF-8 would garble it. */
static void
clean(struct buf *out, const char *text, const char *allowed)
{
	size_t n = strlen(text), len;

	while (n) {
		len = text_sequence(text, n);
		if (!len || text_has_control(text, len, allowed))
			buf_addch(out, '?');
		else
			buf_add(out, text, len);
		text += len ? len : 1;
		n -= len ? len : 1;
	}
}

static void
print_styled(const struct cli *cli, enum out_style style, const char *text)
{
	struct buf b = BUF_INIT;

	clean(&b, text, "\t");
	if (cli->colour && style)
		printf("%s%s\033[0m", codes[style], b.data);
	else
		fputs(b.data, stdout);
	buf_release(&b);
}

size_t
out_columns(const struct cli *cli)
{
	struct winsize ws;

	return cli->tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) != -1 ? ws.ws_col : 0;
}

/* Text of one line, and the end of it; where it is broken, it goes on below itself, `indent` columns from the left. */
static void
print_wrapped(const struct cli *cli, enum out_style style, const char *text, size_t indent)
{
	size_t columns = style == OUT_COPY ? 0 : out_columns(cli), n, next;
	struct buf line = BUF_INIT;

	while (columns >= indent + WRAP_LEAST) {
		n = wrap_line(text, strlen(text), columns - indent, &next);
		if (!text[next])
			break;
		buf_reset(&line);
		buf_add(&line, text, n);
		print_styled(cli, style, line.data);
		printf("\n%*s", (int)indent, "");
		text += next;
	}
	print_styled(cli, style, text);
	putchar('\n');
	buf_release(&line);
}

static void
vadd(struct buf *out, const char *fmt, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) == -1)
		abort();
	buf_addstr(out, text);
	free(text);
}

void
out_line(const struct cli *cli, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	if (cli->json)
		return;
	va_start(ap, fmt);
	vadd(&b, fmt, ap);
	va_end(ap);
	print_styled(cli, OUT_PLAIN, b.data);
	putchar('\n');
	buf_release(&b);
}

void
out_gap(const struct cli *cli)
{
	if (!cli->json)
		putchar('\n');
}

void
out_field(const struct cli *cli, const char *label, enum out_style style, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	vadd(&b, fmt, ap);
	va_end(ap);
	if (!cli->json && b.len) {
		fputs("  ", stdout);
		print_styled(cli, OUT_DIM, label);
		printf("%*s", (int)(strlen(label) < 12 ? 13 - strlen(label) : 1), "");
		print_wrapped(cli, style, b.data, 2 + (strlen(label) < 12 ? 13 : strlen(label) + 1));
	}
	buf_release(&b);
}

static void
print_lines(const struct cli *cli, enum out_style style, const char *text, const char *indent)
{
	struct buf line = BUF_INIT;
	size_t n;

	while (!cli->json && *text) {
		n = strcspn(text, "\r\n");
		buf_reset(&line);
		buf_add(&line, text, n);
		if (n)
			fputs(indent, stdout);
		print_wrapped(cli, style, line.data, strlen(indent));
		text += n;
		text += text[0] == '\r' && text[1] == '\n' ? 2 : *text != '\0';
	}
	buf_release(&line);
}

void
out_text(const struct cli *cli, const char *text, const char *indent)
{
	print_lines(cli, OUT_COPY, text, indent);
}

void
out_prose(const struct cli *cli, const char *text, const char *indent)
{
	print_lines(cli, OUT_PLAIN, text, indent);
}

void
out_warn(const struct cli *cli, const char *fmt, ...)
{
	struct buf b = BUF_INIT, safe = BUF_INIT;
	va_list ap;

	(void)cli;
	va_start(ap, fmt);
	vadd(&b, fmt, ap);
	va_end(ap);
	clean(&safe, b.data, "");
	fflush(stdout);
	fprintf(stderr, "newsletter: %s\n", safe.data);
	buf_release(&b);
	buf_release(&safe);
}

const char *
out_number(char out[32], int64_t n)
{
	char digits[24];
	size_t len, i, o = 0;

	snprintf(digits, sizeof(digits), "%lld", (long long)n);
	len = strlen(digits);
	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[o++] = ',';
		out[o++] = digits[i];
	}
	out[o] = '\0';
	return out;
}

const char *
out_percent(char out[16], int64_t part, int64_t whole)
{
	double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;

	if (whole <= 0)
		out[0] = '\0';
	else if (part > 0 && percent < 0.01)
		snprintf(out, 16, "<0.01 %%");
	else if (percent < 10)
		snprintf(out, 16, "%.2f %%", percent);
	else if (part >= whole)
		snprintf(out, 16, "%.0f %%", percent);
	else
		snprintf(out, 16, "%.1f %%", percent > 99.9 ? 99.9 : percent);
	return out;
}

const char *
out_count(char out[96], int64_t n, const char *one, const char *many)
{
	char number[32];

	snprintf(out, 96, "%s %s", out_number(number, n), n == 1 ? one : many);
	return out;
}

const char *
out_duration(char out[64], int64_t s)
{
	if (s < 60)
		snprintf(out, 64, "%lld s", (long long)s);
	else if (s < 3600)
		snprintf(out, 64, s % 60 ? "%lld min %lld s" : "%lld min", (long long)(s / 60), (long long)(s % 60));
	else if (s < 86400)
		snprintf(out, 64, s % 3600 / 60 ? "%lld h %lld min" : "%lld h", (long long)(s / 3600), (long long)(s % 3600 / 60));
	else
		snprintf(out, 64, s % 86400 / 3600 ? "%lld d %lld h" : "%lld d", (long long)(s / 86400), (long long)(s % 86400 / 3600));
	return out;
}

size_t
out_width(const char *text)
{
	return wrap_columns(text, strlen(text));
}

void
out_table_init(struct out_table *t, const char *heads)
{
	char *copy = xstrdup(heads), *p = copy, *head;

	memset(t, 0, sizeof(*t));
	while ((head = strsep(&p, "|"))) {
		out_cell(t, OUT_DIM, "%s", head[0] == '>' ? head + 1 : head);
		t->cell[t->columns].right = head[0] == '>';
		t->columns++;
	}
	free(copy);
}

static void
add_cell(struct out_table *t, enum out_style style, char *text) /* NOLINT(readability-non-const-parameter): kept, and freed with t */
{
	if (t->cells == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->cell = xrealloc(t->cell, t->cap * sizeof(t->cell[0]));
	}
	t->cell[t->cells++] = (struct out_cell){ text, style, false };
}

void
out_cell(struct out_table *t, enum out_style style, const char *fmt, ...)
{
	struct buf raw = BUF_INIT, safe = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	vadd(&raw, fmt, ap);
	va_end(ap);
	clean(&safe, raw.data, "");
	add_cell(t, style, buf_detach(&safe));
	buf_release(&raw);
}

void
out_cell_number(struct out_table *t, int64_t n)
{
	char text[32];

	add_cell(t, OUT_PLAIN, xstrdup(out_number(text, n)));
}

/* Where the terminal is narrower than the table, its widest left column gives way. */
static void
fit(const struct cli *cli, const struct out_table *t, size_t width[OUT_COLUMNS])
{
	size_t c, columns = out_columns(cli), total = 0, widest = 0;

	for (c = 0; c < t->columns; c++) {
		total += width[c] + 2;
		if (!t->cell[c].right && (t->cell[widest].right || width[c] > width[widest]))
			widest = c;
	}
	if (!columns || total <= columns)
		return;
	width[widest] = width[widest] > total - columns + 12 ? width[widest] - (total - columns) : 12;
}

static void
print_cell(const struct cli *cli, const struct out_cell *cell, size_t width, bool right, bool last)
{
	struct buf cut = BUF_INIT;
	size_t n = strlen(cell->text), columns = out_width(cell->text);

	buf_addstr(&cut, cell->text);
	if (columns > width) {
		while (n && wrap_columns(cell->text, n) > width - 1)
			n = text_cut(cell->text, n - 1);
		buf_truncate(&cut, n);
		buf_addstr(&cut, "…");
		columns = out_width(cut.data);
	}
	printf("%*s", (int)(2 + (right ? width - columns : 0)), "");
	print_styled(cli, cell->style, cut.data);
	if (!right && !last)
		printf("%*s", (int)(width - columns), "");
	buf_release(&cut);
}

void
out_table_print(const struct cli *cli, struct out_table *t)
{
	size_t width[OUT_COLUMNS] = { 0 }, i, c, n;

	for (i = 0; i < t->cells; i++) {
		n = out_width(t->cell[i].text);
		if (n > width[i % t->columns])
			width[i % t->columns] = n;
	}
	fit(cli, t, width);
	for (i = 0; !cli->json && i < t->cells; i++) {
		c = i % t->columns;
		print_cell(cli, &t->cell[i], width[c], t->cell[c].right, c + 1 == t->columns);
		if (c + 1 == t->columns)
			putchar('\n');
	}
	out_table_release(t);
}

void
out_table_release(struct out_table *t)
{
	size_t i;

	for (i = 0; i < t->cells; i++)
		free(t->cell[i].text);
	free(t->cell);
	memset(t, 0, sizeof(*t));
}
