/* sender_keys.c - the DKIM keys that the configuration names, and the threads that sign with them. */
#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "mail/dkim.h"
#include "sender.h"
#include "sender_sign.h"

#define KEY_MAX 16384 /* bytes of a key file */
#define JOBS_MOST 256 /* messages being signed or signed at once */

static int
read_key(const char *path, struct buf *out, struct err *e)
{
	buf_init(out);
	return path[0] ? file_read(path, KEY_MAX, out, e) : 0;
}

static void
forget_key(struct buf *key)
{
	secret_wipe(key->data, key->len);
	buf_release(key);
}

int
sender_keys_open(struct sender *s, struct relay *r, struct err *e)
{
	const struct conf *c = &s->site->conf;
	struct dkim_spec spec = {
		.domain = c->dkim_domain,
		.selector = c->dkim_selector,
		.ed25519_selector = c->dkim_ed25519_selector,
		.omit = r->conf->dkim_omit,
	};
	struct buf rsa = BUF_INIT, ed25519 = BUF_INIT;
	int rc = -1;

	if (!r->conf->dkim || (!c->dkim_key_file[0] && !c->dkim_ed25519_key_file[0]))
		return 0;
	if (read_key(c->dkim_key_file, &rsa, e) == -1 || read_key(c->dkim_ed25519_key_file, &ed25519, e) == -1)
		goto out;
	spec.rsa_pem = rsa.data;
	spec.ed25519_pem = ed25519.data;
	r->dkim = dkim_new(&spec, e);
	rc = r->dkim ? 0 : err_wrap(e, "[dkim]");
out:
	forget_key(&rsa);
	forget_key(&ed25519);
	return rc;
}

int
sender_keys_start(struct sender *s, struct err *e)
{
	int i;

	for (i = 0; i < s->relays; i++)
		if (s->relay[i].dkim)
			break;
	if (i == s->relays)
		return 0;
	s->signers = signers_new(s->most < JOBS_MOST ? s->most : JOBS_MOST, e);
	return s->signers ? 0 : -1;
}

void
sender_keys_close(struct sender *s)
{
	int i;

	signers_free(s->signers);
	s->signers = NULL;
	for (i = 0; i < CONF_RELAYS_MAX; i++) {
		dkim_free(s->relay[i].dkim);
		s->relay[i].dkim = NULL;
	}
}
