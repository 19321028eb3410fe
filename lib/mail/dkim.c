/*
 * dkim.c - see dkim.h: which keys sign which fields; dkim_sign.c does it.
 */
#include "mail/dkim.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "mail/dkim_private.h"

/*
 * Content-Transfer-Encoding is not sealed: where there is none, a server on the
 * way may write "7bit". Nor is List-Unsubscribe: some relays add one of theirs above it.
 */
const struct dkim_signed dkim_signed[DKIM_SIGNED] = {
	{ "From", SEALED },
	{ "To", SEALED },
	{ "Subject", SEALED },
	{ "Date", SEALED },
	{ "Message-ID", SEALED },
	{ "Reply-To", SEALED },
	{ "MIME-Version", SEALED },
	{ "Content-Type", SEALED },
	{ "Content-Transfer-Encoding", AS_PRESENT },
	{ "Feedback-ID", AS_PRESENT },
	{ "Auto-Submitted", AS_PRESENT },
	{ "List-Unsubscribe", AT_LEAST_1 },
	{ "List-Unsubscribe-Post", AT_LEAST_1 },
};

bool
dkim_omits(const struct dkim *d, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < d->omits; i++)
		if (strlen(d->omit[i]) == n && strncasecmp(d->omit[i], name, n) == 0)
			return true;
	return false;
}

bool
dkim_is_list_field(const char *name, size_t n)
{
	size_t i;

	if (n <= 5 || n > DKIM_FIELD_NAME || strncasecmp(name, "List-", 5) != 0)
		return false;
	for (i = 5; i < n; i++) /* a ; would end h= and begin a tag of the message's choice */
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", name[i]))
			return false;
	return true;
}

static bool
is_known(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < DKIM_SIGNED; i++)
		if (strlen(dkim_signed[i].name) == n && strncasecmp(dkim_signed[i].name, name, n) == 0)
			return true;
	return dkim_is_list_field(name, n);
}

/* A misspelt name would be signed all the same, and each signature broken by the relay. */
static int
read_omit(struct dkim *d, const char *text, struct err *e)
{
	size_t n, i;

	for (; text && *(text += strspn(text, " \t,")); text += n) {
		n = strcspn(text, " \t,");
		if (!is_known(text, n))
			return err_set(e, ERR_INPUT, "\"%.*s\" is no header field that DKIM would sign here", n < 60 ? (int)n : 60, text);
		if (n == 4 && strncasecmp(text, "From", 4) == 0)
			return err_set(e, ERR_INPUT, "From cannot be left out of a DKIM signature (RFC 6376, 5.4)");
		if (d->omits == DKIM_OMIT || n > DKIM_FIELD_NAME)
			return err_set(e, ERR_INPUT, "too many or too long names of fields that DKIM does not sign");
		memcpy(d->omit[d->omits++], text, n);
	}
	for (i = 0; i < DKIM_SIGNED; i++)
		d->sign[i] = !dkim_omits(d, dkim_signed[i].name, strlen(dkim_signed[i].name));
	return 0;
}

static int
add_key(struct dkim *d, enum dkim_kind kind, const char *selector, const char *pem, struct err *e)
{
	const char *name = kind == DKIM_RSA ? "the DKIM key" : "the Ed25519 DKIM key";
	size_t i = d->keys;

	if (!pem || !*pem)
		return 0;
	if (!selector || !dkim_is_name(selector, DKIM_SELECTOR_MAX))
		return err_set(e, ERR_INPUT, "the selector of %s must be made of a-z, 0-9 and -", name);
	d->key[i].kind = kind;
	strcpy(d->key[i].selector, selector);
	d->key[i].key = dkim_key_new(pem, kind, e);
	if (!d->key[i].key)
		return err_wrap(e, "%s", name);
	d->keys++;
	return 0;
}

struct dkim *
dkim_new(const struct dkim_spec *spec, struct err *e)
{
	static atomic_uint_fast64_t last_id;
	struct dkim *d = xcalloc(1, sizeof(*d));

	d->id = atomic_fetch_add(&last_id, 1) + 1;
	if (!spec->domain || !dkim_is_name(spec->domain, DKIM_DOMAIN_MAX) || !strchr(spec->domain, '.')) {
		err_set(e, ERR_INPUT, "DKIM signs for a domain like example.org; \"%.80s\" is none", spec->domain ? spec->domain : "");
		goto fail;
	}
	strcpy(d->domain, spec->domain);
	if (read_omit(d, spec->omit, e) == -1 || add_key(d, DKIM_RSA, spec->selector, spec->rsa_pem, e) == -1 ||
	    add_key(d, DKIM_ED25519, spec->ed25519_selector, spec->ed25519_pem, e) == -1)
		goto fail;
	if (!d->keys) {
		err_set(e, ERR_INPUT, "DKIM needs a key");
		goto fail;
	}
	if (d->keys == 2 && strcasecmp(d->key[0].selector, d->key[1].selector) == 0) {
		err_set(e, ERR_INPUT, "the two DKIM keys must have two selectors, not \"%s\" both", d->key[0].selector);
		goto fail;
	}
	return d;
fail:
	dkim_free(d);
	return NULL;
}

void
dkim_free(struct dkim *d)
{
	size_t i;

	if (!d)
		return;
	for (i = 0; i < d->keys; i++)
		dkim_key_free(d->key[i].key);
	free(d);
}
