/*
 * cmd_dkim.c - newsletter dkim keygen | show: the keys that sign mail, and the DNS records that let others verify it.
 *
 * The private key goes into a file that is never overwritten: mail on its way is
 * signed with the old one. Only the public half is ever printed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"
#include "cli.h"
#include "mail/dkim_key.h"
#include "out.h"
#include "store/db.h"

#define FOLDER "secrets"

const struct opt opts_dkim_keygen[] = {
	{ "ed25519", NULL, "an Ed25519 key, for a second signature beside RSA" },
	{ "bits", "N", "of an RSA key: 2048 (default), 3072 or 4096" },
	{ "selector", "S", "the key's name in DNS (default: as configured, and with the date when that one has a key)" },
	{ NULL, NULL, NULL },
};

struct record {
	enum dkim_kind kind;
	const char *domain, *selector;
	struct buf name, txt, zone;
};

static const char *
kind_name(enum dkim_kind kind)
{
	return kind == DKIM_RSA ? "RSA" : "Ed25519";
}

static void
record_init(struct record *r, enum dkim_kind kind, const char *domain, const char *selector)
{
	*r = (struct record){ .kind = kind, .domain = domain, .selector = selector, .name = BUF_INIT, .txt = BUF_INIT, .zone = BUF_INIT };
}

static void
record_release(struct record *r)
{
	buf_release(&r->name);
	buf_release(&r->txt);
	buf_release(&r->zone);
}

static int
record_fill(struct record *r, const char *pem, struct err *e)
{
	if (!dkim_is_name(r->domain, DKIM_DOMAIN_MAX))
		return err_set(e, ERR_INPUT, "[dkim] domain must be a domain in ASCII (xn--… for others), not \"%.80s\"", r->domain);
	if (!dkim_is_name(r->selector, DKIM_SELECTOR_MAX))
		return err_set(e, ERR_USAGE, "a selector is made of a-z, 0-9 and -, not \"%.80s\"", r->selector);
	buf_addf(&r->name, "%s._domainkey.%s", r->selector, r->domain);
	if (dkim_record(pem, &r->txt, e) == -1)
		return -1;
	dkim_record_zone(r->name.data, r->txt.data, &r->zone);
	return 0;
}

static void
record_print(const struct cli *cli, const struct record *r)
{
	out_field(cli, "Name", OUT_BOLD, "%s", r->name.data);
	out_field(cli, "Type", OUT_PLAIN, "TXT");
	out_field(cli, "Value", OUT_COPY, "%s", r->txt.data);
	out_field(cli, "Check", OUT_COPY, "dig +short TXT %s", r->name.data);
	out_gap(cli);
	out_line(cli, "The same as a line of a zone file:");
	out_gap(cli);
	out_text(cli, r->zone.data, "  ");
}

static void
record_put(json_t *object, const struct record *r, const char *path)
{
	json_put(object, "kind", r->kind == DKIM_RSA ? "rsa" : "ed25519");
	json_put(object, "domain", r->domain);
	json_put(object, "selector", r->selector);
	json_put(object, "key_file", path);
	json_put(object, "name", r->name.data);
	json_put(object, "type", "TXT");
	json_put(object, "value", r->txt.data);
	json_put(object, "zone", r->zone.data);
}

static void
wipe(struct buf *pem)
{
	if (pem->cap)
		secret_wipe(pem->data, pem->cap);
	buf_release(pem);
}

/* A path as newsletter.conf would say it. */
static const char *
as_written(const struct conf *c, const char *path)
{
	size_t n = strlen(c->folder);

	return strncmp(path, c->folder, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

/* The name is taken first, so that two who make the same key at once cannot both have it. */
static int
write_key(const char *path, const char *shown, const struct buf *pem, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1 && errno == EEXIST)
		return err_set(e, ERR_EXISTS,
		    "%s is there already: give the new key another --selector, so that mail on its way still verifies",
		    shown);
	if (fd == -1)
		return err_sys(e, "cannot create %s", shown);
	close(fd);
	if (file_write(path, 0640, pem->data, pem->len, e) == 0)
		return 0;
	unlink(path);
	return -1;
}

/* With its line in the audit: both or neither. */
static int
write_noted(struct cli *cli, const char *path, const struct record *r, const struct buf *pem, struct err *e)
{
	struct db *db = cli->site.db;
	char detail[DKIM_SELECTOR_MAX + 32];
	int rc = -1;

	snprintf(detail, sizeof(detail), "%s, selector %s", kind_name(r->kind), r->selector);
	if (db_begin(db, e) == -1)
		return -1;
	if (cli_audit(cli, db, "dkim keygen", detail, e) == 0 && write_key(path, as_written(&cli->site.conf, path), pem, e) == 0) {
		rc = db_commit(db, e);
		if (rc == -1)
			unlink(path);
	}
	db_rollback(db);
	return rc;
}

static int
rsa_bits(const struct cli *cli, int64_t *bits, struct err *e)
{
	int rc;

	*bits = 2048;
	rc = cli_option_int(cli, "bits", 2048, 4096, bits, e);
	if (rc == -1)
		return -1;
	if (rc == 1 && cli_option(cli, "ed25519"))
		return err_set(e, ERR_USAGE, "--bits is for RSA: an Ed25519 key has one size");
	return *bits % 1024 == 0 ? 0 : err_set(e, ERR_USAGE, "--bits is 2048, 3072 or 4096");
}

/* Mail on its way is verified with the old key's record for days. */
static void
print_rotation(const struct cli *cli, const struct record *r, const char *old)
{
	if (!old[0] || strcmp(old, r->selector) == 0)
		return;
	out_line(cli, "   and tell newsletterd: kill -HUP its process, or systemctl reload newsletterd.");
	out_line(cli, "3. A week later, when no mail signed with %s is on its way any more, remove %s._domainkey.%s", old, old, r->domain);
	out_line(cli, "   from the DNS, and the old key's file.");
}

static void
print_made(const struct cli *cli, const struct record *r, const char *path, const char *old)
{
	const char *prefix = r->kind == DKIM_RSA ? "" : "ed25519_";

	out_line(cli, "The %s key is in %s.", kind_name(r->kind), path);
	out_line(cli, "Keep it secret, and a copy of it.");
	out_gap(cli);
	out_line(cli, "1. Publish its other half in the DNS of %s:", r->domain);
	out_gap(cli);
	record_print(cli, r);
	out_gap(cli);
	out_line(cli, "2. When the record can be seen there, put this into newsletter.conf:");
	out_gap(cli);
	out_line(cli, "  [dkim]");
	out_line(cli, "  %sselector = %s", prefix, r->selector);
	out_line(cli, "  %skey_file = %s", prefix, path);
	print_rotation(cli, r, old);
}

/* The selector that was asked for, or the configured one; when that has a key already, one with the date. */
static void
choose_selector(const struct cli *cli, enum dkim_kind kind, struct buf *out)
{
	const struct conf *c = &cli->site.conf;
	const char *usual = kind == DKIM_RSA ? c->dkim_selector : c->dkim_ed25519_selector, *asked = cli_option(cli, "selector");
	const char *used = kind == DKIM_RSA ? c->dkim_key_file : c->dkim_ed25519_key_file;
	char day[CLOCK_TEXT];

	buf_addstr(out, asked ? asked : usual);
	if (asked || !used[0])
		return;
	clock_iso(day, clock_now());
	buf_addf(out, "-%.4s%.2s%.2s", day, day + 5, day + 8);
}

int
cmd_dkim_keygen(struct cli *cli, int argc, char **argv, struct err *e)
{
	const struct conf *c = &cli->site.conf;
	enum dkim_kind kind = cli_option(cli, "ed25519") ? DKIM_ED25519 : DKIM_RSA;
	const char *old = kind == DKIM_RSA ? c->dkim_key_file : c->dkim_ed25519_key_file;
	struct buf pem = BUF_INIT, folder = BUF_INIT, path = BUF_INIT, selector = BUF_INIT;
	struct record r;
	int64_t bits;
	int rc = -1;

	(void)argc, (void)argv;
	if (old[0])
		old = kind == DKIM_RSA ? c->dkim_selector : c->dkim_ed25519_selector;
	choose_selector(cli, kind, &selector);
	record_init(&r, kind, c->dkim_domain, selector.data);
	if (rsa_bits(cli, &bits, e) == -1 || dkim_keygen(kind, (int)bits, &pem, e) == -1 || record_fill(&r, pem.data, e) == -1)
		goto out;
	file_join(&folder, c->folder, FOLDER);
	buf_addf(&path, "%s/dkim-%s.key", folder.data, selector.data);
	if (file_mkdir(folder.data, 0750, e) == -1 || write_noted(cli, path.data, &r, &pem, e) == -1)
		goto out;
	print_made(cli, &r, as_written(c, path.data), old);
	record_put(cli->result, &r, as_written(c, path.data));
	rc = 0;
out:
	wipe(&pem);
	record_release(&r);
	buf_release(&folder);
	buf_release(&path);
	buf_release(&selector);
	return rc;
}

static int
show_key(struct cli *cli, enum dkim_kind kind, json_t *list, struct err *e)
{
	const struct conf *c = &cli->site.conf;
	const char *path = kind == DKIM_RSA ? c->dkim_key_file : c->dkim_ed25519_key_file;
	struct buf pem = BUF_INIT;
	struct record r;
	json_t *object;
	int rc = -1;

	if (!path[0])
		return 0;
	record_init(&r, kind, c->dkim_domain, kind == DKIM_RSA ? c->dkim_selector : c->dkim_ed25519_selector);
	if (file_read(path, DKIM_PEM_MAX, &pem, e) == -1)
		goto out;
	if (record_fill(&r, pem.data, e) == -1) {
		err_wrap(e, "%s", as_written(c, path));
		goto out;
	}
	if (json_array_size(list))
		out_gap(cli);
	out_line(cli, "%s key %s, in use for mail from %s:", kind_name(kind), as_written(c, path), r.domain);
	out_gap(cli);
	record_print(cli, &r);
	object = json_object();
	record_put(object, &r, as_written(c, path));
	json_array_append_new(list, object);
	rc = 0;
out:
	wipe(&pem);
	record_release(&r);
	return rc;
}

/* Keys that keygen has made and newsletter.conf does not name: the next one, or the last one until its record is removed. */
static int
show_unused(struct cli *cli, struct err *e)
{
	const struct conf *c = &cli->site.conf;
	json_t *list = json_array();
	struct buf folder = BUF_INIT, path = BUF_INIT;
	struct dirent **names = NULL;
	int i, n;

	json_object_set_new(cli->result, "unused", list);
	file_join(&folder, c->folder, FOLDER);
	n = scandir(folder.data, &names, NULL, alphasort);
	if (n == -1 && errno != ENOENT)
		err_sys(e, "cannot read the folder %s", FOLDER);
	for (i = 0; i < n; i++) {
		size_t len = strlen(names[i]->d_name);

		buf_reset(&path);
		file_join(&path, folder.data, names[i]->d_name);
		if (strncmp(names[i]->d_name, "dkim-", 5) == 0 && len > 9 && strcmp(names[i]->d_name + len - 4, ".key") == 0 &&
		    strcmp(path.data, c->dkim_key_file) != 0 && strcmp(path.data, c->dkim_ed25519_key_file) != 0) {
			if (!json_array_size(list))
				out_gap(cli);
			out_line(cli, "Not in use: %s", as_written(c, path.data));
			json_array_append_new(list, json_string(as_written(c, path.data)));
		}
		free(names[i]);
	}
	free(names);
	buf_release(&folder);
	buf_release(&path);
	return n == -1 && e->code ? -1 : 0;
}

int
cmd_dkim_show(struct cli *cli, int argc, char **argv, struct err *e)
{
	json_t *list = json_array();

	(void)argc, (void)argv;
	json_object_set_new(cli->result, "keys", list);
	if (show_key(cli, DKIM_RSA, list, e) == -1 || show_key(cli, DKIM_ED25519, list, e) == -1)
		return -1;
	if (!json_array_size(list))
		out_line(cli, "Mail is not signed here: newsletter.conf names no key. `newsletter dkim keygen` makes one.");
	return show_unused(cli, e);
}
