/* doctor_site.c - see doctor.h: what newsletter.conf leaves out, who may read what, and whether the keys are good. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/link.h"
#include "base/secret.h"
#include "cli.h"
#include "doctor.h"
#include "mail/addr.h"
#include "mail/dkim_key.h"
#include "store/suppression.h"

#define BITS_GOOD 2048 /* RFC 8301 3.2: signers should */

const char *
doctor_path(const struct doctor *d, const char *path)
{
	size_t n = strlen(d->conf->folder);

	return strncmp(path, d->conf->folder, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

const char *
doctor_domain(char out[DNS_NAME], const char *address)
{
	struct err e = ERR_INIT;
	struct addr a;

	out[0] = '\0';
	if (address[0] && addr_parse(&a, address, &e) == 0)
		strcpy(out, a.domain); /* ADDR_MAX is smaller */
	return out;
}

int
doctor_open_store(struct doctor *d, struct err *e)
{
	struct site *s = &d->cli->site;

	if (!s->db && !(s->db = db_open(d->conf->store_path, DB_USE, e)))
		return -1;
	return 0;
}

int
doctor_open_links(struct doctor *d, struct err *e)
{
	struct site *s = &d->cli->site;

	if (!s->links && !(s->links = link_keys_load(d->conf->store_keys, e)))
		return -1;
	return 0;
}

static void
look_at_bounces(struct doctor *d)
{
	const struct conf *c = d->conf;

	if (!c->mail_bounce[0]) {
		doctor_say(d, DOCTOR_WARN, "[mail] bounce is not set: bounces go to the address in From, and nobody counts them");
		doctor_advise(d, "give bounces a mailbox of their own, with an [inbound] section that reads it");
	} else if (!c->mailboxes) {
		doctor_say(d, DOCTOR_WARN, "bounces go to a mailbox that no [inbound] section reads");
		doctor_advise(d, "add [inbound] with its url, or have the mail server pipe it into `newsletter inbound read`");
	}
}

void
doctor_settings(struct doctor *d)
{
	const struct conf *c = d->conf;
	int before = d->count[DOCTOR_WARN];

	if (!conf_has_relay(c)) {
		doctor_say(d, DOCTOR_WARN, "no relay is configured: mail goes to the folder %s", doctor_path(d, c->store_outbox));
		doctor_advise(d, "set [relay] url, user and password_file when mail is to leave");
	}
	if (strncmp(c->site_url, "https://", 8) != 0) {
		doctor_say(d, DOCTOR_WARN, "[site] url is %s, not https: providers offer no one-click unsubscribe for it", c->site_url);
		doctor_advise(d, "put a reverse proxy with a certificate in front, and its https:// address into [site] url");
	}
	if (!c->site_postal_address[0]) {
		doctor_say(d, DOCTOR_WARN, "there is no postal address at the foot of the mails: the law asks for one");
		doctor_advise(d, "set [site] postal_address");
	}
	if (!c->mail_operator[0]) {
		doctor_say(d, DOCTOR_WARN, "nobody is told when a mailing is paused or a relay refuses");
		doctor_advise(d, "set [mail] operator");
	}
	look_at_bounces(d);
	if (d->count[DOCTOR_WARN] == before)
		doctor_say(d, DOCTOR_PASS, "%s says all that a site needs", doctor_path(d, c->path));
}

/* A file or folder that others must not get at. `bits`: what they must not have. True when it is so. */
static bool
look_at_mode(struct doctor *d, const char *path, mode_t bits, const char *what)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		bool denied = errno == EACCES;

		doctor_say(d, denied ? DOCTOR_SKIP : DOCTOR_FAIL, "%s %s: %s", what, doctor_path(d, path), strerror(errno));
		doctor_advise(d, "%s",
		    denied ? "run doctor as newsletterd's user, or as root" : "bring it back, or take it out of newsletter.conf");
		return false;
	}
	if (!(st.st_mode & bits))
		return true;
	doctor_say(d, DOCTOR_FAIL, "%s %s has mode %04o: %s", what, doctor_path(d, path), st.st_mode & 07777u,
	    bits & 04 ? "everybody on this machine may read it" : "everybody on this machine may write to it");
	doctor_advise(d, "chmod o-rwx %s", doctor_path(d, path));
	return false;
}

static bool
look_at_secrets(struct doctor *d)
{
	const struct conf *c = d->conf;
	const char *files[2 + 3 * CONF_RELAYS_MAX + 2 * CONF_MAILBOXES_MAX];
	size_t n = 0;
	bool good = true;
	int i;

	files[n++] = c->dkim_key_file;
	files[n++] = c->dkim_ed25519_key_file;
	for (i = 0; i < c->relays; i++) {
		files[n++] = c->relay[i].password_file;
		files[n++] = c->relay[i].token_file;
	}
	for (i = 0; i < c->mailboxes; i++) {
		files[n++] = c->mailbox[i].password_file;
		files[n++] = c->mailbox[i].token_file;
	}
	while (n-- > 0)
		if (files[n][0])
			good &= look_at_mode(d, files[n], 07, "the secret");
	return good;
}

/* The store's folder: every role and the staff's group must be able to write, nobody else. */
static bool
look_at_store(struct doctor *d)
{
	char *folder = file_folder(d->conf->store_path);
	struct stat st;
	bool good;

	good = look_at_mode(d, folder, 07, "the store's folder") && look_at_mode(d, d->conf->store_path, 07, "the store");
	if (good && stat(folder, &st) == 0 && !(st.st_mode & S_ISGID)) {
		doctor_say(d, DOCTOR_WARN, "the store's folder %s is not setgid: files that one user makes another cannot write",
		    doctor_path(d, folder));
		doctor_advise(d, "chmod 2770 %s", doctor_path(d, folder));
		good = false;
	}
	if (good && access(folder, W_OK) == -1) {
		doctor_say(d, DOCTOR_WARN, "this user may not write into the store's folder");
		doctor_advise(d, "run newsletter as a member of its group");
		good = false;
	}
	free(folder);
	return good;
}

static bool
look_at_writable(struct doctor *d, const char *path, const char *what)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		doctor_say(d, DOCTOR_WARN, "%s %s: %s", what, doctor_path(d, path), strerror(errno));
		doctor_advise(d, "mkdir -m 2770 %s", doctor_path(d, path));
		return false;
	}
	if (!look_at_mode(d, path, 02, what))
		return false;
	if (S_ISDIR(st.st_mode) && access(path, W_OK | X_OK) == 0)
		return true;
	doctor_say(d, DOCTOR_WARN, "%s %s cannot be written to by this user", what, doctor_path(d, path));
	doctor_advise(d, "let newsletterd's user and the staff's group write there");
	return false;
}

void
doctor_permissions(struct doctor *d)
{
	const struct conf *c = d->conf;
	bool good = look_at_mode(d, c->path, 02, "the configuration");

	good &= look_at_mode(d, c->store_keys, 07, "the keys' folder");
	good &= look_at_secrets(d);
	good &= look_at_store(d);
	good &= look_at_writable(d, c->store_aside, "the aside folder");
	if (!conf_has_relay(c))
		good &= look_at_writable(d, c->store_outbox, "the outbox folder");
	if (good)
		doctor_say(d, DOCTOR_PASS, "keys, secrets and store are closed to others (looked at as %s)", d->cli->who);
}

static void
look_at_dkim_key(struct doctor *d, const char *path, enum dkim_kind kind)
{
	const char *name = kind == DKIM_RSA ? "RSA" : "Ed25519", *shown = doctor_path(d, path);
	struct dkim_key *key = NULL;
	struct buf pem = BUF_INIT;
	struct err e = ERR_INIT;
	int bits;

	if (!path[0])
		return;
	if (file_read(path, DKIM_PEM_MAX, &pem, &e) == -1) {
		doctor_say(d, access(path, R_OK) == -1 && errno == EACCES ? DOCTOR_SKIP : DOCTOR_FAIL, "the %s key cannot be read: %s",
		    name, e.text);
	} else if (!(key = dkim_key_new(pem.data, kind, &e))) {
		doctor_say(d, DOCTOR_FAIL, "the %s key %s: %s", name, shown, e.text);
		doctor_advise(d, "make another with `newsletter dkim keygen --selector NAME`");
	} else {
		bits = dkim_key_bits(key);
		if (kind == DKIM_RSA && bits < BITS_GOOD) {
			doctor_say(d, DOCTOR_WARN, "the RSA key %s has %d bits: 2048 is what receivers want", shown, bits);
			doctor_advise(d, "make another with `newsletter dkim keygen --selector NAME`, publish it, then switch");
		} else {
			doctor_say(d, DOCTOR_PASS, "the %s key that signs mail is good (%d bits)", name, bits);
		}
	}
	dkim_key_free(key);
	if (pem.cap)
		secret_wipe(pem.data, pem.cap);
	buf_release(&pem);
}

void
doctor_keys(struct doctor *d)
{
	struct err e = ERR_INIT;
	struct buf path = BUF_INIT;
	bool hidden;

	hidden = access(d->conf->store_keys, R_OK | X_OK) == -1 && errno == EACCES;
	buf_addf(&path, "%s/suppression.key", d->conf->store_keys);
	if (hidden) {
		doctor_say(d, DOCTOR_SKIP, "%s may not look into %s", d->cli->who, doctor_path(d, d->conf->store_keys));
	} else if (doctor_open_links(d, &e) == -1) {
		doctor_say(d, DOCTOR_FAIL, "the link keys: %s", e.text);
		doctor_advise(d, "bring them back from the backup: without them no link ever mailed works");
	} else if (access(path.data, R_OK) == -1) {
		doctor_say(d, DOCTOR_FAIL, "%s: %s", doctor_path(d, path.data), strerror(errno));
		doctor_advise(d, "bring it back from the backup: without it erased people can be mailed again");
	} else {
		doctor_say(d, DOCTOR_PASS, "the keys of links and suppressions are there");
	}
	buf_release(&path);
	look_at_dkim_key(d, d->conf->dkim_key_file, DKIM_RSA);
	look_at_dkim_key(d, d->conf->dkim_ed25519_key_file, DKIM_ED25519);
}
