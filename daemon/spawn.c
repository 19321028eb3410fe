/* spawn.c - see spawn.h. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "role.h"
#include "users.h"

#define REHEARSAL_US 10000000
#define LOOK_NS 10000000

/* Those of all relays, or all mailboxes: NEWSLETTER_RELAY_PASSWORD, NEWSLETTER_RELAY_PASSWORD_NAME … */
static void
forget_passwords(const char *prefix)
{
	char **from, **to = environ;

	for (from = environ; from && *from; from++)
		if (strncmp(*from, prefix, strlen(prefix)) != 0)
			*to++ = *from;
	if (from)
		*to = NULL;
}

/* Put copies of our descriptors where the role expects them, and let it inherit no others but standard error. ready_fd -1: none of them. */
static void
hand_down(const struct spawn *s, const struct role *role, int ready_fd)
{
	const bool listens = role->listens && ready_fd != -1;
	const int from[] = { ready_fd, listens ? s->listen_fd : -1, listens ? s->operator_fd : -1 };
	const int to[] = { ROLE_READY_FD, ROLE_LISTEN_FD, ROLE_OPERATOR_FD };
	int copy[3], null_fd, i;

	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd == -1 || dup2(null_fd, STDIN_FILENO) == -1 || dup2(null_fd, STDOUT_FILENO) == -1)
		_exit(1);
	for (i = 0; i < 3; i++) /* out of the way of each other first */
		copy[i] = from[i] == -1 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, ROLE_OPERATOR_FD + 1);
	close_range(ROLE_READY_FD, ~0u, CLOSE_RANGE_CLOEXEC);
	for (i = 0; i < 3; i++)
		if (from[i] != -1 && (copy[i] == -1 || dup2(copy[i], to[i]) == -1))
			_exit(1);
}

/* A role whose user is its own alone shares the number of tasks with nobody, and so can have a limit. */
static void
become_user(const struct spawn *s, const struct role *role)
{
	const struct rlimit tasks = { role->tasks, role->tasks };

	if (users_become(&s->users->role[role - roles]) == -1 || setrlimit(RLIMIT_NPROC, &tasks) == -1)
		_exit(1);
}

/* In the child between fork and exec: exactly the descriptors and the environment that the role may have. */
static void
become_role(const struct spawn *s, const struct role *role, long deaths, int ready_fd, pid_t parent)
{
	char number[24];
	char *argv[] = { (char *)"newsletterd", (char *)"--role", (char *)role->name, (char *)"-c", (char *)s->conf_path,
		(char *)"--rehearse", NULL, NULL };
	int exe_fd = fcntl(s->exe_fd, F_DUPFD_CLOEXEC, ROLE_OPERATOR_FD + 1);
	sigset_t none;

	if (ready_fd != -1) {
		snprintf(number, sizeof(number), "%ld", deaths);
		argv[5] = (char *)"--deaths";
		argv[6] = number;
	}
	if (s->users->apart)
		become_user(s, role);
	prctl(PR_SET_PDEATHSIG, ROLE_ORPHANED); /* after the change of users, which forgets it */
	if (getppid() != parent)
		_exit(1); /* killed just before */
	hand_down(s, role, ready_fd);
	if (!role->secrets)
		forget_passwords("NEWSLETTER_RELAY_PASSWORD");
	if (!role->mailboxes)
		forget_passwords("NEWSLETTER_INBOUND_PASSWORD");
	unsetenv("NOTIFY_SOCKET");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fexecve(exe_fd, argv, environ);
	_exit(1);
}

pid_t
spawn_role(const struct spawn *s, const struct role *role, long deaths, int ready_fd)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		become_role(s, role, deaths, ready_fd, parent);
	return pid;
}

/* The parent has both of them blocked, and reads them once this is over. */
static bool
told_to_stop(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && (sigismember(&set, SIGTERM) == 1 || sigismember(&set, SIGINT) == 1);
}

/* Its exit status as waitpid has it; what is not over by then, or when we are told to stop, is killed. */
static int
wait_until(pid_t pid, int64_t until_us)
{
	const struct timespec pause = { 0, LOOK_NS };
	int status = 0;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0) {
		if (clock_mono_us() > until_us || told_to_stop())
			kill(pid, SIGKILL);
		nanosleep(&pause, NULL);
	}
	return got == pid ? status : -1;
}

int
spawn_rehearse(const struct spawn *s, struct err *e)
{
	int64_t until_us = clock_mono_us() + REHEARSAL_US;
	pid_t pid[ROLE_COUNT];
	int i, rc = 0;

	for (i = 0; i < ROLE_COUNT; i++)
		pid[i] = spawn_role(s, &roles[i], 0, -1);
	for (i = 0; i < ROLE_COUNT; i++)
		if (pid[i] == -1)
			rc = err_set(e, ERR_SYSTEM, "%s cannot be tried", roles[i].name);
		else if (wait_until(pid[i], until_us) != 0)
			rc = err_set(e, ERR_INPUT, "%s could not start with it, as its line in the log says", roles[i].name);
	return told_to_stop() ? err_set(e, ERR_BUSY, "newsletterd is told to stop") : rc;
}
