/*
 * parent.c - newsletterd's parent: opens the socket, starts the roles, starts
 * them again when they die, and stops them.
 *
 * It alone migrates the store, before any role runs, and then keeps out of it.
 * SIGTERM: the roles drain for 10 s. SIGHUP: the new configuration is checked, by each role too,
 * then the roles are replaced one by one; the socket stays open all the while.
 */
#include "parent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/link.h"
#include "base/log.h"
#include "http_conn.h"
#include "listen.h"
#include "role.h"
#include "site/running.h"
#include "spawn.h"
#include "store/db.h"
#include "users.h"

#define LAST_US (INT64_C(1000000) * ROLE_LAST_S)
#define KILL_AGAIN_US 1000000
#define BACKOFF_FIRST_US 100000
#define BACKOFF_LAST_US 30000000
#define STEADY_US 60000000 /* a role that ran so long starts again at once */

struct child {
	pid_t pid;    /* 0: not running */
	int ready_fd; /* -1 once it has said that it is ready, or died */
	bool ready;   /* it has said so */
	int64_t started_us, backoff_us;
	int64_t start_at_us; /* when to start it again; 0: now */
	int64_t kill_at_us;  /* it was told to stop and must be gone by then; 0: it was not told */
	bool stale;          /* runs with an old configuration */
	long deaths;         /* since one said that it was ready: it counts them */
};

struct parent {
	struct spawn spawn;
	struct users users;
	int signal_fd;
	struct child child[ROLE_COUNT];
	bool stopping, announced;
};

static void
start(struct parent *p, int i)
{
	struct child *c = &p->child[i];
	int fds[2] = { -1, -1 };

	c->start_at_us = 0;
	c->started_us = clock_mono_us();
	c->stale = c->ready = false;
	if (pipe2(fds, O_CLOEXEC) == -1 || (c->pid = spawn_role(&p->spawn, &roles[i], c->deaths, fds[1])) == -1) {
		log_event(LOG_LEVEL_ERROR, "start_failed", "child=%s text=%s", roles[i].name, log_text(strerror(errno)));
		if (fds[0] != -1) {
			close(fds[0]);
			close(fds[1]);
		}
		c->pid = 0;
		c->start_at_us = c->started_us + BACKOFF_LAST_US;
		return;
	}
	close(fds[1]);
	c->ready_fd = fds[0];
}

static void
stop(struct parent *p, int i)
{
	struct child *c = &p->child[i];

	if (!c->pid || c->kill_at_us)
		return;
	kill(c->pid, SIGTERM);
	c->kill_at_us = clock_mono_us() + LAST_US; /* then what is on the way is unknown */
}

static bool
all_ready(const struct parent *p)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++)
		if (!p->child[i].pid || !p->child[i].ready)
			return false;
	return true;
}

static bool
none_running(const struct parent *p)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++)
		if (p->child[i].pid)
			return false;
	return true;
}

static void
close_ready(struct child *c)
{
	if (c->ready_fd != -1)
		close(c->ready_fd);
	c->ready_fd = -1;
}

int64_t
parent_backoff(int64_t before_us, int64_t lived_us)
{
	if (!before_us || lived_us > STEADY_US)
		return BACKOFF_FIRST_US;
	return before_us * 2 < BACKOFF_LAST_US ? before_us * 2 : BACKOFF_LAST_US;
}

static void
on_exit_of(struct parent *p, int i, int status)
{
	struct child *c = &p->child[i];
	int64_t now = clock_mono_us();
	bool asked = c->kill_at_us != 0;

	close_ready(c);
	c->pid = 0;
	c->kill_at_us = 0;
	if (asked && !p->stopping) { /* replaced after SIGHUP: start at once */
		c->start_at_us = 0;
		return;
	}
	if (p->stopping)
		return;
	c->backoff_us = parent_backoff(c->backoff_us, now - c->started_us);
	c->start_at_us = now + c->backoff_us;
	c->deaths++;
	log_event(LOG_LEVEL_ERROR, "role_died", "child=%s %s=%d again_in_ms=%lld", roles[i].name, WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (long long)(c->backoff_us / 1000));
}

static void
reap(struct parent *p)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < ROLE_COUNT; i++)
			if (p->child[i].pid == pid)
				on_exit_of(p, i, status);
}

/* Descriptors for as many connections as are configured: the roles inherit the limit, and http makes do with what it is. */
static void
raise_files(const struct conf *conf)
{
	rlim_t wanted = (rlim_t)conf->http_connections + (rlim_t)HTTP_CONN_FILES(conf);
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1 || files.rlim_cur >= wanted)
		return;
	files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &files) == -1 || files.rlim_cur < wanted)
		log_event(LOG_LEVEL_WARNING, "few-descriptors", "wanted=%llu hard_limit=%llu text=%s", (unsigned long long)wanted,
		    (unsigned long long)files.rlim_max,
		    log_text("fewer connections are held than [http] connections says: raise the hard limit (systemd: LimitNOFILE)"));
}

/* The roles that start from now on know every link key that is there: links are made with the newest (site/running.h). */
static int
tell_key(const struct conf *conf, struct err *e)
{
	int key;

	if (link_keys_newest(conf->store_keys, &key, e) == -1)
		return -1;
	return key ? running_tell_key(conf->store_path, key, e) : 0; /* without any the roles do not start, and say why */
}

/* A configuration that does not load, or with which a role cannot start, changes nothing: the old roles go on. */
static void
reload(struct parent *p)
{
	struct conf conf;
	struct err e = ERR_INIT;
	int i;

	if (conf_load(&conf, p->spawn.conf_path, &e) == -1 || spawn_rehearse(&p->spawn, &e) == -1 || tell_key(&conf, &e) == -1) {
		log_event(LOG_LEVEL_ERROR, "reload_refused", "text=%s", log_text(e.text));
	} else {
		log_event(LOG_LEVEL_INFO, "reload", "conf=%s", log_text(p->spawn.conf_path));
		raise_files(&conf);
		for (i = 0; i < ROLE_COUNT; i++)
			p->child[i].stale = true;
	}
	conf_release(&conf);
}

static void
stop_all(struct parent *p, unsigned signal)
{
	int i;

	if (p->stopping)
		return;
	log_event(LOG_LEVEL_INFO, "stopping", "signal=%u", signal);
	p->stopping = true;
	sd_notify(0, "STOPPING=1");
	for (i = 0; i < ROLE_COUNT; i++)
		stop(p, i);
}

/* All that have come are seen before any is acted on: who is told to stop tries no configuration first, which may take 10 s. */
static void
on_signal(struct parent *p)
{
	struct signalfd_siginfo info;
	bool again = false;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			stop_all(p, info.ssi_signo);
		again |= info.ssi_signo == SIGHUP;
	}
	reap(p);
	if (again && !p->stopping)
		reload(p);
}

static int
first_stale(const struct parent *p, bool ready)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++)
		if (p->child[i].pid && p->child[i].stale && p->child[i].ready == ready)
			return i;
	return -1;
}

/*
 * One at a time: a role that is up is only replaced when all are up. One that is not up yet gives up nothing, and may hang with what it
 * began with.
 */
static void
replace_stale(struct parent *p)
{
	int i;

	if (p->stopping)
		return;
	for (i = 0; i < ROLE_COUNT; i++)
		if (p->child[i].kill_at_us)
			return;
	i = first_stale(p, false);
	if (i == -1 && all_ready(p))
		i = first_stale(p, true);
	if (i != -1)
		stop(p, i);
}

/* Start what is due, kill what does not go. Returns how long to wait at most, in milliseconds. */
static int
tend(struct parent *p)
{
	int64_t now = clock_mono_us(), next = now + 3600000000, due;
	int i;

	replace_stale(p); /* first: when to kill it is looked at below */
	for (i = 0; i < ROLE_COUNT; i++) {
		struct child *c = &p->child[i];

		if (c->pid && c->kill_at_us && now >= c->kill_at_us) {
			log_event(LOG_LEVEL_WARNING, "killed", "child=%s", roles[i].name);
			kill(c->pid, SIGKILL);
			c->kill_at_us = now + KILL_AGAIN_US; /* it has a moment to go */
		}
		if (!c->pid && !p->stopping && now >= c->start_at_us)
			start(p, i);
		due = c->pid ? c->kill_at_us : (p->stopping ? 0 : c->start_at_us);
		if (due && due < next)
			next = due;
	}
	return (int)((next - now) / 1000) + 1; /* what was due by now has been done */
}

static void
on_ready(struct parent *p, int i)
{
	struct child *c = &p->child[i];
	char byte;
	ssize_t n = read(c->ready_fd, &byte, 1);

	if (n == -1 && errno == EAGAIN)
		return;
	c->ready = n == 1; /* else it is dying */
	if (c->ready)
		c->deaths = 0;
	close_ready(c);
	if (!p->announced && all_ready(p)) {
		p->announced = true;
		log_event(LOG_LEVEL_INFO, "ready", "version=%s", NEWSLETTER_VERSION);
		sd_notify(0, "READY=1");
	}
}

static void
run(struct parent *p)
{
	struct pollfd fds[1 + ROLE_COUNT];
	int i, wait;

	while (!(p->stopping && none_running(p))) {
		wait = tend(p);
		fds[0] = (struct pollfd){ .fd = p->signal_fd, .events = POLLIN };
		for (i = 0; i < ROLE_COUNT; i++)
			fds[1 + i] = (struct pollfd){ .fd = p->child[i].pid ? p->child[i].ready_fd : -1, .events = POLLIN };
		if (poll(fds, 1 + ROLE_COUNT, wait) == -1)
			continue;
		for (i = 0; i < ROLE_COUNT; i++)
			if (fds[1 + i].revents)
				on_ready(p, i);
		if (fds[0].revents)
			on_signal(p);
	}
}

/* One that comes before the signals are read, which a migration may put off for long, is no reason to end: it is seen to then. */
static void
keep_hangup(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int
open_signals(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd == -1 ? err_sys(e, "cannot make the signal descriptor") : fd;
}

/* Said here, so that it is said once and not by each role. */
static void
say_kernel(void)
{
	struct sandbox kernel;

	sandbox_kernel(&kernel);
	if (kernel.landlock < SANDBOX_ABI || !kernel.seccomp)
		log_event(LOG_LEVEL_WARNING, "sandbox", "landlock=%d seccomp=%s text=%s", kernel.landlock, kernel.seccomp ? "yes" : "no",
		    log_text(kernel.seccomp ? "this kernel keeps no role, or not every one, from reading files"
					    : "this kernel, or what newsletterd runs in, keeps the roles from no system call"));
}

/* After a kill of another parent its http role has the port still, for as long as it drains (role.h). */
static void
wait_for_port(const struct conf *conf)
{
	const struct timespec pause = { 0, 50000000 };
	int64_t until_us = clock_mono_us() + 2 * LAST_US;
	struct err ignored = ERR_INIT; /* listening says what is wrong */

	while (running_has_role(conf->store_path, RUNNING_HTTP, &ignored) == 1 && clock_mono_us() < until_us)
		nanosleep(&pause, NULL);
}

/* Everything that can be wrong with a site is found before a role runs. */
static int
prepare(struct parent *p, const struct conf *conf, struct err *e)
{
	struct db *db;

	if (users_find(&p->users, conf, e) == -1 || users_become_parent(&p->users, e) == -1)
		return -1;
	if (running_claim(conf->store_path, e) == -1 || tell_key(conf, e) == -1)
		return -1;
	p->spawn.exe_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (p->spawn.exe_fd == -1)
		return err_sys(e, "cannot open /proc/self/exe");
	db = db_open(conf->store_path, DB_MIGRATE, e);
	if (!db)
		return -1;
	db_close(db);
	wait_for_port(conf);
	p->spawn.listen_fd = listen_open(conf->http_listen, e);
	if (p->spawn.listen_fd == -1)
		return -1;
	if (conf->http_operator[0] && (p->spawn.operator_fd = listen_open_operator(conf->http_operator, e)) == -1)
		return -1;
	p->signal_fd = open_signals(e);
	if (p->signal_fd == -1 || users_settle(&p->users, e) == -1)
		return -1;
	say_kernel();
	raise_files(conf);
	log_event(LOG_LEVEL_INFO, "start", "listen=%s operator=%s mail=%s", conf->http_listen,
	    conf->http_operator[0] ? log_text(conf->http_operator) : "none", conf_has_relay(conf) ? "relay" : "outbox-folder");
	if (!conf_has_relay(conf))
		log_event(LOG_LEVEL_INFO, "outbox", "folder=%s text=%s", log_text(conf->store_outbox),
		    log_text("no relay is configured: mail goes to this folder, one .eml file each"));
	return 0;
}

int
parent_main(const char *conf_path)
{
	struct parent p = { .spawn = { .exe_fd = -1, .listen_fd = -1, .operator_fd = -1 }, .signal_fd = -1 };
	struct conf conf;
	struct err e = ERR_INIT;
	int i, rc = 1;

	log_init("newsletterd");
	keep_hangup();
	if (conf_load(&conf, conf_path, &e) == -1 || clock_init(conf.site_timezone, &e) == -1)
		goto out;
	p.spawn.conf_path = conf.path;
	p.spawn.users = &p.users;
	for (i = 0; i < ROLE_COUNT; i++)
		p.child[i].ready_fd = -1;
	if (prepare(&p, &conf, &e) == -1)
		goto out;
	run(&p);
	listen_close_operator(conf.http_operator);
	log_event(LOG_LEVEL_INFO, "stopped", "version=%s", NEWSLETTER_VERSION);
	rc = 0;
out:
	if (rc)
		fprintf(stderr, "newsletterd: %s\n", e.text);
	conf_release(&conf);
	return rc;
}
