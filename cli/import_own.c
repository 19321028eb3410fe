/* import_own.c - see import_own.h. */
#include "import_own.h"

#include <string.h>
#include <sys/stat.h>

#include "audit.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "site/exchange.h"

bool
import_own_is(FILE *in)
{
	static const char bom[] = "\xef\xbb\xbf";
	char start[sizeof(bom) - 1 + sizeof(EXCHANGE_MAGIC ",") - 1];
	size_t n = fread(start, 1, sizeof(start), in), i, skip;

	skip = n > 3 && memcmp(start, bom, 3) == 0 ? 3 : 0;
	/* glibc takes back as much as is wanted, and does so also where a stream cannot be wound back */
	for (i = n; i; i--)
		ungetc((unsigned char)start[i - 1], in);
	return n - skip > strlen(EXCHANGE_MAGIC) && memcmp(start + skip, EXCHANGE_MAGIC ",", strlen(EXCHANGE_MAGIC) + 1) == 0;
}

/* A copy that can be read twice. */
static FILE *
spool(FILE *in, struct err *e)
{
	char piece[65536];
	FILE *copy = tmpfile();
	size_t n = 0;

	while (copy && (n = fread(piece, 1, sizeof(piece), in)) > 0 && fwrite(piece, 1, n, copy) == n)
		continue;
	if (copy && !n && !ferror(in) && fflush(copy) == 0)
		return copy;
	err_sys(e, copy && ferror(in) ? "cannot read the file" : "cannot make a temporary file");
	if (copy)
		fclose(copy);
	return NULL;
}

static void
show_progress(void *ctx, int64_t people, int64_t of)
{
	out_progress(ctx, people, of, true, "");
}

static int
write_audit(struct cli *cli, const struct exchange_report *r, bool suppressed_only, struct err *e)
{
	char detail[200];
	int rc = -1;

	snprintf(detail, sizeof(detail), "a full export: %lld new, %lld changed, %lld left out, %lld suppressions%s", (long long)r->people,
	    (long long)r->changed, (long long)r->left_out, (long long)r->suppressions,
	    r->other_key ? "; from a site with another key" : "");
	if (db_begin(cli->site.db, e) == 0 &&
	    cli_audit(cli, cli->site.db, suppressed_only ? "suppression import" : "subscriber import", detail, e) == 0)
		rc = db_commit(cli->site.db, e);
	db_rollback(cli->site.db);
	return rc;
}

static void
count(struct cli *cli, const char *label, const char *key, enum out_style style, int64_t n, const char *what)
{
	char text[32];

	if (n)
		out_field(cli, label, style, "%s%s", out_number(text, n), what);
	json_put_int(cli->result, key, n);
}

static void
report(struct cli *cli, const struct exchange_report *r, const char *path, bool suppressed_only, bool dry)
{
	char text[96];

	if (!suppressed_only || dry) {
		out_line(cli, "%s read from %s, an export of this program%s",
		    out_count(text, r->in.of[EXCHANGE_PERSON], "person", "people"), path, dry ? "; nothing was changed" : "");
		json_put_int(cli->result, "rows", r->in.of[EXCHANGE_PERSON]);
	}
	json_put_bool(cli->result, "dry_run", dry);
	json_put_bool(cli->result, "other_key", r->other_key);
	if (dry)
		return;
	if (!suppressed_only) {
		count(cli, "Added", "added", OUT_GOOD, r->people, "");
		count(cli, "Changed", "changed", OUT_GOOD, r->changed, ", for whom the file was newer");
		count(cli, "Already", "already", OUT_PLAIN, r->same, "");
		count(cli, "Kept", "kept", OUT_PLAIN, r->kept, ", for whom this site was newer");
		count(cli, "Left out", "left", OUT_PLAIN, r->left_out, ", who are not here and must not be mailed");
		count(cli, "Evidence", "evidence", OUT_PLAIN, r->consents, " rows");
		count(cli, "Topics", "topics", OUT_PLAIN, r->topics, " made");
	}
	count(cli, "Suppressed", "suppressed", OUT_PLAIN, r->suppressions, ", who must not be mailed");
	if (r->other_key)
		out_field(cli, "Lost", OUT_WARN, "%s of addresses that are not on its list: they are under another key",
		    out_count(text, r->in.of[EXCHANGE_SUPPRESSION], "suppression", "suppressions"));
	json_put_int(cli->result, "lost", r->other_key ? r->in.of[EXCHANGE_SUPPRESSION] : 0);
}

/* What would change what is in it, but cannot: --confirm above all, which promises that nobody is subscribed. */
static int
check_options(const struct cli *cli, const char *path, struct err *e)
{
	static const char *const others[] = { "confirm", "consent-date", "topic", "bad", "charset", "delimiter" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (cli_option_nth(cli, others[i], 0))
			return err_set(e, ERR_USAGE,
			    "--%s does not go with %s: an export of this program is taken as it is, with its evidence", others[i], path);
	return 0;
}

int
import_own(struct cli *cli, FILE *in, const char *path, bool suppressed_only, struct err *e)
{
	bool dry = cli_option(cli, "dry-run") != NULL;
	enum exchange_how how = cli_option(cli, "force") ? EXCHANGE_ALL_BUT_KEYS : EXCHANGE_ALL;
	struct exchange_report r;
	struct out_progress bar;
	FILE *copy = NULL;
	struct stat st;
	int rc;

	if (suppressed_only)
		how = EXCHANGE_SUPPRESSED_ONLY;
	else if (check_options(cli, path, e) == -1)
		return -1;
	if ((fstat(fileno(in), &st) == -1 || !S_ISREG(st.st_mode)) && !(copy = spool(in, e)))
		return -1;
	out_progress_init(cli, &bar);
	rc = exchange_read(cli->site.db, copy ? copy : in, path, dry ? EXCHANGE_DRY : how, show_progress, &bar, &r, e);
	out_progress_end(&bar);
	if (copy)
		fclose(copy);
	if (rc == -1 && e->code == ERR_REFUSED)
		err_set(e, ERR_REFUSED,
		    "%s comes from a site with another keys/suppression.key, which whoever must not be mailed is kept under. Put that key "
		    "here first; or say --force, and whoever was erased there or asked never to be mailed can be imported again here",
		    path);
	if (rc == -1)
		return -1;
	report(cli, &r, path, suppressed_only, dry);
	return dry ? 0 : write_audit(cli, &r, suppressed_only, e);
}
