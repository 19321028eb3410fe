/* mailbox.c - see mailbox.h; the kinds are in mailbox_imap.c, mailbox_pop3.c and mailbox_maildir.c. */
#include "mail/mailbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/err.h"
#include "base/secret.h"
#include "mail/mailbox_private.h"
#include "mail/wire.h"

static const struct mailbox_kind *const kinds[] = { &mailbox_imap, &mailbox_pop3, &mailbox_maildir };

static const struct mailbox_kind *
kind_of(const char *url)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i]->scheme);

		if (strncasecmp(url, kinds[i]->scheme, n) == 0 && (url[n] == ':' || ((url[n] | 0x20) == 's' && url[n + 1] == ':')))
			return kinds[i];
	}
	return NULL;
}

static const struct mailbox_kind *
checked_kind(const char *url, struct err *e)
{
	const struct mailbox_kind *kind = kind_of(url);
	struct wire_url wanted;
	CURLU *u;
	int rc;

	if (!kind) {
		err_set(e, ERR_INPUT, "a mailbox is imaps://host/Folder, imap://, pop3s://host, pop3:// or maildir:/folder");
		return NULL;
	}
	if (kind == &mailbox_maildir) {
		if (strncmp(url, "maildir:/", 9) == 0)
			return kind;
		err_set(e, ERR_INPUT, "a Maildir is given as %s, from the root on", kind->like);
		return NULL;
	}
	wanted = (struct wire_url){ kind->scheme, "the mailbox's URL", kind->like, kind->path };
	u = curl_url();
	rc = wire_check_url(u, &wanted, url, e);
	curl_url_cleanup(u);
	return rc == 0 ? kind : NULL;
}

int
mailbox_check(const char *url, struct err *e)
{
	return checked_kind(url, e) ? 0 : -1;
}

struct mailbox_entry *
mailbox_add(struct mailbox *m, const char *uid, size_t n)
{
	struct mailbox_entry *entry;
	uint8_t hash[SHA256_LEN];

	if (m->count == MAILBOX_MESSAGES)
		return NULL;
	if (m->count == m->room) {
		m->room += m->room / 2 + 64;
		m->list = xrealloc(m->list, m->room * sizeof(*m->list));
	}
	entry = &m->list[m->count++];
	if (n < sizeof(entry->uid)) {
		memcpy(entry->uid, uid, n);
		entry->uid[n] = '\0';
	} else {
		sha256(hash, uid, n);
		hex_encode(entry->uid, hash, sizeof(hash));
	}
	entry->number = 0;
	entry->size = -1;
	return entry;
}

int
mailbox_by_number(const void *a, const void *b)
{
	const struct mailbox_entry *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

void
mailbox_sort(struct mailbox *m)
{
	size_t n = 0;

	if (m->count == 0)
		return;
	qsort(m->list, m->count, sizeof(*m->list), mailbox_by_number);
	for (size_t i = 1; i < m->count; i++)
		if (m->list[i].number != m->list[n].number)
			m->list[++n] = m->list[i];
	m->count = n + 1;
}

static void
free_mailbox(struct mailbox *m)
{
	free(m->list);
	m->kind->free(m);
}

struct mailbox *
mailbox_open(const struct mailbox_where *where, const struct mailbox_entry **list, size_t *count, struct err *e)
{
	const struct mailbox_kind *kind = checked_kind(where->url, e);
	struct mailbox *m;

	*list = NULL;
	*count = 0;
	if (!kind)
		return NULL;
	m = kind->make(where);
	m->kind = kind;
	m->most = INT64_MAX;
	if (kind->open(m, where, e) == -1) {
		free_mailbox(m);
		return NULL;
	}
	*list = m->list;
	*count = m->count;
	return m;
}

int
mailbox_fetch(struct mailbox *m, const struct mailbox_entry *entry, size_t most, struct buf *out, bool *gone, struct err *e)
{
	buf_reset(out);
	*gone = false;
	m->most = most > INT64_MAX ? INT64_MAX : (int64_t)most;
	if (entry->size > m->most)
		return 0;
	return m->kind->fetch(m, entry, most, out, gone, e);
}

void
mailbox_ahead(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n)
{
	if (m->kind->ahead)
		m->kind->ahead(m, entries, n);
}

int
mailbox_remove(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n, struct err *e)
{
	return n == 0 ? 0 : m->kind->remove(m, entries, n, e);
}

int
mailbox_close(struct mailbox *m, struct err *e)
{
	int rc;

	if (!m)
		return 0;
	rc = m->kind->close ? m->kind->close(m, e) : 0;
	free_mailbox(m);
	return rc;
}
