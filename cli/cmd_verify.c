/*
 * cmd_verify.c - newsletter verify: whether a backup could be restored, found out by doing so in a folder that goes away again.
 *
 * For a moment the site lies there unencrypted, for nobody's eyes but the user's.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "backup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"

const struct opt opts_verify[] = {
	BACKUP_SECRET_OPTS,
	{ "scratch", "DIR", "where it is unpacked meanwhile (default: $TMPDIR, or /var/tmp)" },
	{ NULL, NULL, NULL },
};

int
cmd_verify(struct cli *cli, int argc, char **argv, struct err *e)
{
	const char *scratch = cli_option(cli, "scratch"), *tmpdir = getenv("TMPDIR");
	struct unpack_report report;
	struct buf folder = BUF_INIT;
	json_t *manifest = NULL;
	int rc = -1;

	(void)argc;
	backup_protect();
	file_join(&folder, scratch ? scratch : tmpdir && tmpdir[0] ? tmpdir
								   : "/var/tmp",
	    "newsletter-verify-XXXXXX");
	if (!mkdtemp(folder.data)) { /* 0700 */
		err_sys(e, "cannot create a folder like %s", folder.data);
		goto out;
	}
	rc = backup_unpack(cli, argv[0], folder.data, &manifest, &report, e);
	backup_remove(folder.data);
	if (rc == -1)
		goto out;
	out_line(cli, "%s is whole and can be restored:", argv[0]);
	backup_show(cli, manifest, &report);
	json_put(cli->result, "file", argv[0]);
	json_put_bool(cli->result, "whole", 1);
out:
	json_decref(manifest);
	buf_release(&folder);
	return rc;
}
