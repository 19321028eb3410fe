/*
 * refuse.c - run a program where the kernel refuses it a sandbox, as old ones and some containers do.
 *
 *	refuse landlock|seccomp|both|filter PROGRAM [argument …]
 *
 * filter: seccomp is there for whoever asks, but no filter can be loaded.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int
refuse_landlock(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0);
}

static int
refuse_seccomp(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(seccomp), 0);

	return rc ? rc : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
}

static int
refuse_filter(scmp_filter_ctx filter)
{
	const uint32_t no = SCMP_ACT_ERRNO(EOPNOTSUPP);
	int rc = seccomp_rule_add(filter, no, SCMP_SYS(seccomp), 1, SCMP_A0(SCMP_CMP_EQ, SECCOMP_SET_MODE_FILTER, 0));

	return rc ? rc : seccomp_rule_add(filter, no, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
}

int
main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = filter ? 0 : -ENOMEM;

	if (argc < 3)
		return 2;
	if (rc == 0 && (strcmp(argv[1], "landlock") == 0 || strcmp(argv[1], "both") == 0))
		rc = refuse_landlock(filter);
	if (rc == 0 && (strcmp(argv[1], "seccomp") == 0 || strcmp(argv[1], "both") == 0))
		rc = refuse_seccomp(filter);
	if (rc == 0 && strcmp(argv[1], "filter") == 0)
		rc = refuse_filter(filter);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	if (rc == 0)
		execvp(argv[2], argv + 2);
	fprintf(stderr, "refuse: %s\n", strerror(rc ? -rc : errno));
	return 1;
}
