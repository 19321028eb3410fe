/* dkim_record.c - see dkim_record.h. */
#include "mail/dkim_record.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "mail/tag_list.h"

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

static int
take_key(struct dkim_published *out, const struct tag *p, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < p->value_len; i++) {
		if (strchr(" \t\r\n", p->value[i]))
			continue;
		if (!strchr(BASE64, p->value[i]))
			return err_set(e, ERR_INPUT, "p= is no base64");
		if (n == sizeof(out->key) - 1)
			return err_set(e, ERR_INPUT, "p= is longer than any key");
		out->key[n++] = p->value[i];
	}
	out->key[n] = '\0';
	out->revoked = n == 0;
	return 0;
}

int
dkim_record_parse(struct dkim_published *out, const char *text, struct err *e)
{
	const struct tag *t;
	struct tag_list list;

	memset(out, 0, sizeof(*out));
	if (tag_list_parse(&list, text, e) == -1)
		return -1;
	t = tag_find(&list, "v");
	if (t && (t != &list.tag[0] || t->value_len != 5 || memcmp(t->value, "DKIM1", 5) != 0))
		return err_set(e, ERR_INPUT, "v= must come first and be DKIM1");
	t = tag_find(&list, "k");
	if (t && tag_is(t, "ed25519"))
		out->kind = DKIM_ED25519;
	else if (t && !tag_is(t, "rsa"))
		return err_set(e, ERR_INPUT, "k=%.*s is no kind of key that is known", (int)(t->value_len < 20 ? t->value_len : 20),
		    t->value);
	t = tag_find(&list, "t");
	out->testing = t && tag_lists(t, "y");
	out->strict = t && tag_lists(t, "s");
	t = tag_find(&list, "h");
	out->no_sha256 = t && !tag_lists(t, "sha256");
	t = tag_find(&list, "s");
	out->not_for_mail = t && !tag_lists(t, "*") && !tag_lists(t, "email");
	t = tag_find(&list, "p");
	if (!t)
		return err_set(e, ERR_INPUT, "it has no p=");
	return take_key(out, t, e);
}

int
dkim_record_matches(const struct dkim_published *p, const char *pem, struct err *e)
{
	struct dkim_published own;
	struct buf txt = BUF_INIT;
	int rc = -1;

	if (dkim_record(pem, &txt, e) == 0 && dkim_record_parse(&own, txt.data, e) == 0)
		rc = own.kind == p->kind && strcmp(own.key, p->key) == 0;
	buf_release(&txt);
	return rc;
}
