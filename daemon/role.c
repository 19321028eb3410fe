/* role.c - see role.h. The table is the whole story of who may do what. */
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "sandbox.h"

#define LOOK_MS 50 /* whether the place is free */

const struct role roles[ROLE_COUNT] = {
	[ROLE_HTTP] = {
	    .name = "http",
	    .place = RUNNING_HTTP,
	    .opens = SITE_STORE | SITE_LINKS,
	    .listens = true,
	    .templates = true,
	    .tasks = 64,
	    .memory_mb = 16384,
	    .check = http_check,
	    .run = http_run,
	},
	[ROLE_CLERK] = {
	    .name = "clerk",
	    .place = RUNNING_CLERK,
	    .opens = SITE_ALL,
	    .aside = true,
	    .templates = true,
	    .files = 64,
	    .tasks = 64,
	    .memory_mb = 4096,
	    .run = clerk_run,
	},
	[ROLE_SENDER] = {
	    .name = "sender",
	    .place = RUNNING_SENDER,
	    .opens = SITE_ALL,
	    .connects = true,
	    .secrets = true,
	    .outbox = true,
	    .tasks = 2048,
	    .memory_mb = 16384,
	    .check = sender_check,
	    .run = sender_run,
	},
	[ROLE_INBOUND] = {
	    .name = "inbound",
	    .place = RUNNING_INBOUND,
	    .opens = SITE_ALL,
	    .connects = true,
	    .mailboxes = true,
	    .templates = true,
	    .files = 256,
	    .tasks = 256,
	    .memory_mb = 8192,
	    .run = inbound_run,
	},
};

bool
role_stopping(const struct role_run *r)
{
	struct pollfd p = { .fd = r->stop_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void
stops(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

/* The parent is gone: nobody kills us when we hang, so that is seen to here. The first thread is the one that waits for SIGTERM. */
static void
on_orphaned(int number)
{
	int before = errno;

	(void)number;
	alarm(ROLE_LAST_S);
	tgkill(getpid(), getpid(), SIGTERM);
	errno = before;
}

/* SIGTERM and SIGINT become a readable descriptor, once role_ready has blocked them: no handler, no race. */
static int
open_stop_fd(struct err *e)
{
	const struct sigaction orphaned = { .sa_handler = on_orphaned, .sa_flags = SA_RESTART };
	sigset_t set;
	int fd;

	stops(&set);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN); /* the parent's business */
	signal(SIGALRM, SIG_DFL);
	sigaction(ROLE_ORPHANED, &orphaned, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd == -1 ? err_sys(e, "cannot make the signal descriptor") : fd;
}

void
role_ready(struct role_run *r)
{
	sigset_t set;

	if (!r->starting)
		return;
	r->starting = false;
	stops(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (r->ready_fd == -1 || write(r->ready_fd, "R", 1) != 1)
		log_event(LOG_LEVEL_WARNING, "orphan", "text=%s", log_text("nobody waits for this role"));
	if (r->ready_fd != -1)
		close(r->ready_fd);
}

int
role_take_place(const struct role_run *r, enum running_role place, struct err *e)
{
	struct pollfd stop = { .fd = r->stop_fd, .events = POLLIN };
	int rc;

	while ((rc = running_claim_role(r->site.conf.store_path, place, e)) == 0)
		if (poll(&stop, 1, LOOK_MS) == 1)
			return 0;
	return rc;
}

static const struct role *
find(const char *name)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++)
		if (strcmp(roles[i].name, name) == 0)
			return &roles[i];
	return NULL;
}

#ifdef ROLE_PROBE
void role_probe(const char *role, const struct conf *conf); /* tests/probe/probe.c: tries what the sandbox must refuse */
#endif

/* Whether the parent handed this descriptor down: asked before anything else is opened. */
static bool
is_given(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/* What the role gets from outside its sandbox. */
static void
take_descriptors(struct role_run *run, const struct role *role)
{
	if (is_given(ROLE_READY_FD, S_IFIFO))
		run->ready_fd = ROLE_READY_FD;
	if (!role->listens)
		return;
	run->listen_fd = ROLE_LISTEN_FD;
	if (is_given(ROLE_OPERATOR_FD, S_IFSOCK))
		run->operator_fd = ROLE_OPERATOR_FD;
	run->memory_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

int
role_main(const char *name, const char *conf_path, long deaths)
{
	const struct role *role = find(name);
	struct role_run run = { .listen_fd = -1, .operator_fd = -1, .memory_fd = -1, .stop_fd = -1, .ready_fd = -1 };
	struct err e = ERR_INIT;
	int rc = -1;

	if (!role)
		return 2;
	log_init(role->name);
	prctl(PR_SET_NAME, role->name, 0, 0, 0);
	take_descriptors(&run, role);
	pulse_init(&run.pulse, role->name, deaths);
	run.stop_fd = open_stop_fd(&e);
	if (run.stop_fd == -1 || site_open(&run.site, conf_path, role->opens, &e) == -1)
		goto out;
	if (sandbox_enter(role, &run.site.conf, &run.sandbox, &e) == -1)
		goto out;
	pulse_sandbox(&run.pulse, &run.sandbox);
#ifdef ROLE_PROBE
	role_probe(role->name, &run.site.conf);
#endif
	run.starting = true;
	rc = role_take_place(&run, role->place, &e);
	if (rc == 1)
		rc = role->run(&run, &e);
out:
	if (rc == -1)
		log_event(LOG_LEVEL_ERROR, "failed", "text=%s", log_text(e.text));
	site_close(&run.site);
	return rc == -1 ? 1 : 0;
}

static int
check_secret(const char *variable, const char *token_file, const char *password_file, struct err *e)
{
	char *secret = NULL;
	int rc = conf_secret(variable, token_file[0] ? token_file : password_file, &secret, e);

	if (secret)
		secret_wipe(secret, strlen(secret));
	free(secret);
	return rc;
}

/* The passwords that the role will read for each connection. */
static int
check_logins(const struct role *role, const struct conf *conf, struct err *e)
{
	char variable[CONF_VARIABLE];
	int i;

	for (i = 0; role->secrets && i < conf->relays; i++) {
		const struct conf_relay *r = &conf->relay[i];

		conf_relay_variable(r, variable);
		if (r->user[0] && check_secret(variable, r->token_file, r->password_file, e) == -1)
			return -1;
	}
	for (i = 0; role->mailboxes && i < conf->mailboxes; i++) {
		const struct conf_mailbox *m = &conf->mailbox[i];

		conf_mailbox_variable(m, variable);
		if (m->user[0] && check_secret(variable, m->token_file, m->password_file, e) == -1)
			return -1;
	}
	return 0;
}

int
role_rehearse(const char *name, const char *conf_path)
{
	const struct role *role = find(name);
	struct role_run run = { .listen_fd = -1, .operator_fd = -1, .memory_fd = -1, .stop_fd = -1 };
	struct err e = ERR_INIT;
	int rc;

	if (!role)
		return 2;
	log_init(role->name);
	rc = site_open(&run.site, conf_path, role->opens, &e);
	if (rc == 0)
		rc = sandbox_enter(role, &run.site.conf, &run.sandbox, &e);
	if (rc == 0)
		rc = check_logins(role, &run.site.conf, &e);
	if (rc == 0 && role->check)
		rc = role->check(&run, &e);
	if (rc == -1)
		log_event(LOG_LEVEL_ERROR, "failed", "text=%s", log_text(e.text));
	site_close(&run.site);
	return rc == -1 ? 1 : 0;
}
