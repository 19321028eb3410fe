/* sandbox.c - see sandbox.h: the order of things, and limits. */
#include "sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "rights.h"
#include "role.h"
#include "sandbox_calls.h"
#include "sandbox_files.h"

static int
limit(__rlimit_resource_t resource, rlim_t most, struct err *e)
{
	struct rlimit n, lower;

	if (getrlimit(resource, &n) == -1)
		return err_sys(e, "cannot see the limits of this process");
	if (n.rlim_max != RLIM_INFINITY && n.rlim_max < most)
		most = n.rlim_max;
	lower = (struct rlimit){ most, most };
	if (setrlimit(resource, &lower) == 0)
		return 0;
	lower.rlim_max = n.rlim_max; /* valgrind lowers no hard limit on descriptors */
	return setrlimit(resource, &lower) == -1 ? err_sys(e, "cannot set the limits of this process") : 0;
}

/* Relays may have a hundred connections each, and visitors come by the thousand: who serves them has as many as the system lets us have. */
static int
limit_files(const struct role *role, struct err *e)
{
	struct rlimit n;

	if (role->files)
		return limit(RLIMIT_NOFILE, role->files, e);
	if (getrlimit(RLIMIT_NOFILE, &n) == 0) {
		n.rlim_cur = n.rlim_max;
		setrlimit(RLIMIT_NOFILE, &n); /* a wish: without it connections wait for each other */
	}
	return 0;
}

/* No limit on the size of files: each role writes the store, which is as large as its list. */
static int
enter_limits(const struct role *role, struct err *e)
{
	if (limit(RLIMIT_CORE, 0, e) == -1 || limit_files(role, e) == -1)
		return -1;
#if defined(__SANITIZE_ADDRESS__)
	return 0; /* which maps terabytes of shadow */
#else
	return limit(RLIMIT_AS, (rlim_t)role->memory_mb << 20, e);
#endif
}

int
sandbox_enter(const struct role *role, const struct conf *conf, struct sandbox *out, struct err *e)
{
	*out = (struct sandbox){ 0 };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return err_sys(e, "cannot give up new privileges");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return err_sys(e, "cannot forbid core dumps");
	if (enter_limits(role, e) == -1 || rights_keep(geteuid() == 0 ? rights_files : 0, e) == -1)
		return -1;
	if (sandbox_files(role, conf, &out->landlock, e) == -1)
		return -1;
	return sandbox_calls(role, &out->seccomp, e);
}

void
sandbox_kernel(struct sandbox *out)
{
	out->landlock = sandbox_files_abi();
	out->seccomp = sandbox_calls_can();
}
