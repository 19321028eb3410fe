/* backup_secret.c - see backup.h: the passphrase or key of a backup. It is never an argument: everybody on the machine reads those. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "backup.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"

#define VARIABLE "NEWSLETTER_PASSPHRASE"
#define TYPED 1024 /* octets */

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
	stopped = number;
}

/* A signal that somebody had ignored (nohup) stays so. */
static void catch (int number)
{
	struct sigaction act = { .sa_handler = stop }, old; /* no SA_RESTART: a read from the terminal ends, too */

	sigemptyset(&act.sa_mask);
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &act, NULL);
}

void
backup_protect(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct rlimit no_core = { 0, 0 };
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		catch (ends[i]);
	signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files shows as a failed write */
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* the limit does not count for a core that is piped to a program */
}

int
backup_progress(void *ctx, int64_t done, int64_t total, struct err *e)
{
	if (stopped)
		return err_set(e, ERR_REFUSED, "interrupted; what was begun is taken back");
	if (ctx)
		out_progress(ctx, done, total, false, "");
	return 0;
}

/* A line from the terminal, which does not show it. */
static int
type(const char *question, char out[TYPED], struct err *e)
{
	struct termios shown, hidden;
	char *got;

	if (tcgetattr(STDIN_FILENO, &shown) == -1)
		return err_sys(e, "cannot ask for the passphrase");
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden); /* before the question: what is typed at it is not to be dropped */
	fputs(question, stderr);
	fflush(stderr);
	got = fgets(out, TYPED, stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	if (!got)
		return err_set(e, ERR_REFUSED, "no passphrase was given");
	out[strcspn(out, "\r\n")] = '\0';
	return 0;
}

static int
ask(bool makes, struct buf *text, struct err *e)
{
	char first[TYPED] = "", again[TYPED] = "";
	int rc = type("Passphrase: ", first, e);

	if (rc == 0 && makes) {
		rc = type("Once more: ", again, e);
		if (rc == 0 && strcmp(first, again) != 0)
			rc = err_set(e, ERR_REFUSED, "the two were not the same");
	}
	if (rc == 0)
		buf_addstr(text, first);
	secret_wipe(first, sizeof(first));
	secret_wipe(again, sizeof(again));
	return rc;
}

static int
read_passphrase(const char *file, struct buf *text, struct err *e)
{
	if (file_read(file, 4096, text, e) == -1)
		return -1;
	buf_truncate(text, strcspn(text->data, "\r\n"));
	return 0;
}

int
backup_secret_get(const struct cli *cli, bool makes, struct backup_secret *s, struct err *e)
{
	const char *key = cli_option(cli, "key-file"), *file = cli_option(cli, "passphrase-file"), *env = getenv(VARIABLE);
	int rc;

	s->text = BUF_INIT;
	if (key && file)
		return err_set(e, ERR_USAGE, "--key-file or --passphrase-file: one of them opens it");
	if (key)
		rc = file_read(key, SEAL_KEY_MOST, &s->text, e);
	else if (file)
		rc = read_passphrase(file, &s->text, e);
	else if (env)
		rc = (buf_addstr(&s->text, env), 0);
	else if (cli->asks)
		rc = ask(makes, &s->text, e);
	else
		rc = err_set(e, ERR_USAGE, "a backup is always encrypted: give --passphrase-file FILE, --key-file FILE or %s", VARIABLE);
	if (rc == 0 && !s->text.len)
		rc = err_set(e, ERR_USAGE, "the %s is empty", key ? "key file" : "passphrase");
	s->secret = (struct seal_secret){ key ? SEAL_KEY_FILE : SEAL_PASSPHRASE, s->text.data, s->text.len };
	return rc;
}

void
backup_secret_release(struct backup_secret *s)
{
	if (s->text.cap)
		secret_wipe(s->text.data, s->text.cap);
	buf_release(&s->text);
}
