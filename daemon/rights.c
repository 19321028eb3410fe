/* rights.c - see rights.h. The two system calls themselves: libcap would be a library for them. */
#include "rights.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"

#define RIGHT(number) (UINT64_C(1) << (number))

const uint64_t rights_users = RIGHT(CAP_SETUID) | RIGHT(CAP_SETGID) | RIGHT(CAP_KILL);
const uint64_t rights_port = RIGHT(CAP_NET_BIND_SERVICE);
const uint64_t rights_files = RIGHT(CAP_CHOWN) | RIGHT(CAP_DAC_OVERRIDE) | RIGHT(CAP_FOWNER);

struct sets {
	uint64_t effective, permitted, inheritable;
};

static int
get(struct sets *s)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct half[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, &header, half) == -1)
		return -1;
	s->effective = half[0].effective | (uint64_t)half[1].effective << 32;
	s->permitted = half[0].permitted | (uint64_t)half[1].permitted << 32;
	s->inheritable = half[0].inheritable | (uint64_t)half[1].inheritable << 32;
	return 0;
}

bool
rights_have(uint64_t set)
{
	struct sets s;

	return get(&s) == 0 && (s.effective & set) == set;
}

int
rights_keep(uint64_t set, struct err *e)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct half[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	struct sets s;

	if (get(&s) == -1)
		return err_sys(e, "cannot see the capabilities of this process");
	if (s.permitted == (s.permitted & set) && s.effective == s.permitted && !s.inheritable)
		return 0; /* also where a service manager forbids capset */
	set &= s.permitted;
	half[0].effective = half[0].permitted = (uint32_t)set;
	half[1].effective = half[1].permitted = (uint32_t)(set >> 32);
	return syscall(SYS_capset, &header, half) == -1 ? err_sys(e, "cannot give up capabilities") : 0;
}
