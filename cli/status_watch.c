/*
 * status_watch.c - see status.h.
 *
 * What status prints is caught in memory and brought to the screen by one write, each line over the old one: nothing flickers. Lines that
 * are longer than the terminal end at its edge, and what it has no rows for is counted in the last one.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "cli.h"
#include "status.h"

#define EVERY_MS 1000
#define ENTER "\033[?1049h\033[?25l\033[?7l" /* the other screen, no cursor, no line goes on in the next */
#define LEAVE "\033[?7h\033[?25h\033[?1049l"

static volatile sig_atomic_t ended, paused;
static struct termios before, keys; /* the terminal's ways, and those of this view */

static void
on_signal(int signal)
{
	if (signal == SIGTSTP)
		paused = 1;
	else if (signal != SIGWINCH) /* that one only ends the wait */
		ended = 1;
}

static void
write_all(const char *p, size_t n)
{
	ssize_t done;

	while (n && ((done = write(STDOUT_FILENO, p, n)) > 0 || (done == -1 && errno == EINTR))) {
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
}

static void
enter(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &keys);
	write_all(ENTER, strlen(ENTER));
}

static void
leave(void)
{
	write_all(LEAVE, strlen(LEAVE));
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

/* As ^Z does it where keys are signals: the terminal is the shell's meanwhile. */
static void
pause_here(void)
{
	struct sigaction ours;

	paused = 0;
	leave();
	sigaction(SIGTSTP, NULL, &ours);
	signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	enter();
}

static size_t
rows(void)
{
	struct winsize ws;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_row > 2 ? ws.ws_row : 24;
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

/* The text, and below it in the last row what to know of this view. */
static void
draw(const char *text)
{
	size_t room = rows() - 1, lines = count_lines(text), shown;
	struct buf out = BUF_INIT;
	const char *end;
	time_t now = clock_now();
	char when[16] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(when, sizeof(when), "%H:%M:%S", &tm);
	buf_addstr(&out, "\033[H");
	for (shown = 0; shown < room && (end = strchr(text, '\n')); shown++, text = end + 1) {
		buf_add(&out, text, (size_t)(end - text));
		buf_addstr(&out, "\033[K\r\n");
	}
	buf_addstr(&out, "\033[J");
	buf_addf(&out, "\033[%zuH  %s", room + 1, when);
	if (lines > shown)
		buf_addf(&out, "   %zu more lines: the window is too low", lines - shown);
	buf_addstr(&out, "   q ends\033[K");
	write_all(out.data, out.len);
	buf_release(&out);
}

/* Run `show` with everything that it prints going into *text, which the caller frees. */
static int
catch_output(struct cli *cli, int (*show)(struct cli *, struct status_rates *, struct err *),
    struct status_rates *rates, char **text, struct err *e)
{
	FILE *terminal = stdout, *memory;
	size_t n;
	int rc;

	*text = NULL;
	memory = open_memstream(text, &n);
	if (!memory)
		return err_sys(e, "cannot make room for the text");
	json_object_clear(cli->result);
	stdout = memory;
	rc = show(cli, rates, e);
	stdout = terminal;
	fclose(memory);
	return rc;
}

/* Wait for a key or the next second; false: it is enough. */
static bool
wait_for_key(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char key = 0;

	if (poll(&p, 1, EVERY_MS) == 1 && read(STDIN_FILENO, &key, 1) != 1)
		return false;
	if (key == CTRL('Z') || paused)
		pause_here();
	return !ended && key != 'q' && key != 'Q' && key != CTRL('C') && key != CTRL('D') && key != CTRL('\\');
}

static int
watch(struct cli *cli, int (*show)(struct cli *, struct status_rates *, struct err *), struct err *e)
{
	struct status_rates rates = { 0 };
	char *text;
	int rc;

	do {
		rc = catch_output(cli, show, &rates, &text, e);
		if (rc == 0)
			draw(text);
		free(text);
	} while (rc == 0 && wait_for_key());
	return rc;
}

int
status_watch(struct cli *cli, int (*show)(struct cli *cli, struct status_rates *rates, struct err *e), struct err *e)
{
	struct sigaction action = { .sa_handler = on_signal };
	const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH };
	size_t i;
	int rc;

	if (cli->json || !cli->tty || tcgetattr(STDIN_FILENO, &before) == -1)
		return err_set(e, ERR_USAGE, "--watch is for a terminal; `newsletter status --json` is for programs");
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	keys = before;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	fflush(stdout);
	enter();
	rc = watch(cli, show, e);
	leave();
	return rc;
}
