/* terminal.c - the part of out.h that needs somebody at a terminal: the progress bar and questions. */
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
#include "out.h"

#define REDRAW_US 100000
#define RATE_US 1000000 /* the rate is that of the last second or more, smoothed */
#define BAR 24
#define BAR_LEAST 4
#define PERCENT 6 /* columns of " 100 %" */

static bool
speaks_utf8(void)
{
	const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < 3; i++) {
		value = getenv(names[i]);
		if (value && value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

const char *
out_bar(const struct cli *cli, char out[3 * OUT_BAR + 1], int64_t part, int64_t whole, int width)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
	struct buf b = BUF_INIT;
	int64_t n;

	out[0] = '\0';
	if (!cli->tty || part <= 0 || whole <= 0 || width > OUT_BAR)
		return out;
	n = (int64_t)((double)(part < whole ? part : whole) / (double)whole * 8 * width + 0.5);
	if (speaks_utf8()) {
		for (n = n ? n : 1; n >= 8; n -= 8)
			buf_addstr(&b, eighths[8]);
		buf_addstr(&b, eighths[n]);
	} else {
		for (n = n > 8 ? n / 8 : 1; n; n--)
			buf_addch(&b, '#');
	}
	snprintf(out, 3 * OUT_BAR + 1, "%s", b.data);
	buf_release(&b);
	return out;
}

bool
out_draws_sparks(const struct cli *cli)
{
	return cli->tty && speaks_utf8();
}

const char *
out_spark(char out[OUT_SPARK_TEXT], const int64_t *value, size_t n, int most, enum out_spark kind)
{
	static const char *const block[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	int64_t one[OUT_SPARK_MOST] = { 0 }, low, high = 0;
	size_t each = (n + (size_t)most - 1) / (size_t)most, i, count, used = 0;

	out[0] = '\0';
	for (i = 0; i < n; i++)
		one[i / each] = kind == OUT_SPARK_COUNT ? one[i / each] + value[i] : value[i];
	count = (n + each - 1) / each;
	low = kind == OUT_SPARK_COUNT ? 0 : one[0];
	for (i = 0; i < count; i++) {
		low = one[i] < low ? one[i] : low;
		high = one[i] > high ? one[i] : high;
	}
	/* nothing is a blank, little is the lowest block */
	for (i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, OUT_SPARK_TEXT - used, "%s",
		    !one[i] ? " " : block[high > low ? (one[i] - low) * 7 / (high - low) : 0]);
	return out;
}

void
out_progress_init(const struct cli *cli, struct out_progress *p)
{
	struct winsize size;

	memset(p, 0, sizeof(*p));
	p->on = cli->err_tty;
	p->colour = cli->colour;
	p->utf8 = speaks_utf8();
	p->start_us = p->since_us = clock_mono_us();
	if (p->on && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
		p->columns = size.ws_col;
}

static void
measure(struct out_progress *p, int64_t now, int64_t done)
{
	double rate;

	if (now - p->since_us < RATE_US)
		return;
	rate = (double)(done - p->since_done) * 1e6 / (double)(now - p->since_us);
	p->rate = p->rate > 0 ? 0.7 * p->rate + 0.3 * rate : rate;
	p->since_us = now;
	p->since_done = done;
}

/* The bar gives way where the text behind it, `rest` columns, needs the room. */
static void
draw_bar(const struct out_progress *p, struct buf *line, int64_t done, int64_t total, size_t rest)
{
	int64_t width = BAR, full, i;

	if (p->columns && 2 + (size_t)BAR + PERCENT + rest >= p->columns)
		width = p->columns > 2 + BAR_LEAST + PERCENT + rest ? (int64_t)(p->columns - 1 - 2 - PERCENT - rest) : BAR_LEAST;
	full = total > 0 ? done * width / total : 0;

	if (p->colour)
		buf_addstr(line, "\033[32m");
	for (i = 0; i < width; i++) {
		if (i == full && p->colour)
			buf_addstr(line, "\033[0;2m");
		if (p->utf8)
			buf_addstr(line, i < full || p->colour ? "━" : "·");
		else
			buf_addch(line, i < full ? '#' : '.');
	}
	if (p->colour)
		buf_addstr(line, "\033[0m");
	buf_addf(line, " %3d %%", total > 0 ? (int)(done * 100 / total) : 0);
}

void
out_progress(struct out_progress *p, int64_t done, int64_t total, bool count_shown, const char *note)
{
	int64_t now = clock_mono_us();
	char a[32], b[64];
	struct buf line = BUF_INIT, rest = BUF_INIT;

	measure(p, now, done);
	if (!p->on || now - p->drawn_us < REDRAW_US)
		return;
	p->drawn_us = now;
	if (done > total)
		done = total;
	if (count_shown) {
		buf_addf(&rest, "  %s", out_number(a, done));
		buf_addf(&rest, " of %s", out_number(a, total));
		if (p->rate >= 1)
			buf_addf(&rest, "  %s/s", out_number(a, (int64_t)(p->rate + 0.5)));
	}
	if (p->rate > 0 && done < total)
		buf_addf(&rest, "  %s left", out_duration(b, (int64_t)((double)(total - done) / p->rate) + 1));
	if (note[0])
		buf_addf(&rest, "  %s", note);
	buf_addstr(&line, "\r  ");
	draw_bar(p, &line, done, total, out_width(rest.data));
	buf_addf(&line, "%s\033[K", rest.data);
	fputs(line.data, stderr);
	fflush(stderr);
	buf_release(&rest);
	buf_release(&line);
}

void
out_progress_end(struct out_progress *p)
{
	if (p->on && p->drawn_us)
		fputs("\r\033[K", stderr);
	fflush(stderr);
	p->drawn_us = 0;
}

/* One line from the terminal; false at the end of input. */
static bool
read_line(struct buf *line)
{
	char *text = NULL;
	size_t cap = 0;
	ssize_t n = getline(&text, &cap, stdin);

	buf_reset(line);
	if (n > 0 && (size_t)n == strlen(text))
		buf_addstr(line, text_trim(text));
	free(text);
	return n > 0;
}

bool
out_ask_yes(const char *question)
{
	struct buf line = BUF_INIT;
	bool yes;

	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	yes = read_line(&line) && (strcasecmp(line.data, "y") == 0 || strcasecmp(line.data, "yes") == 0);
	buf_release(&line);
	return yes;
}

int
out_ask(const struct cli *cli, const char *question, const char *fallback, struct buf *answer, struct err *e)
{
	const char *bold = cli->colour ? "\033[1m" : "", *off = cli->colour ? "\033[0m" : "";

	fflush(stdout);
	if (fallback[0])
		fprintf(stderr, "%s%s%s [%s]: ", bold, question, off, fallback);
	else
		fprintf(stderr, "%s%s%s: ", bold, question, off);
	fflush(stderr);
	if (!read_line(answer)) {
		fputc('\n', stderr);
		return err_set(e, ERR_REFUSED, "stopped; nothing was made");
	}
	if (!answer->len)
		buf_addstr(answer, fallback);
	return 0;
}
