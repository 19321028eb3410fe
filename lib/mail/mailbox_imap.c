/*
 * mailbox_imap.c - an IMAP folder as a mailbox (RFC 9051, 3501; UIDPLUS RFC 4315, MOVE RFC 6851); see mailbox_private.h.
 *
 * Other people's deletions are theirs: with UIDPLUS only our UIDs are expunged. Without it ours are marked \Deleted, and when the
 * mailbox is closed all are expunged if nothing else is marked so; else ours stay marked until somebody expunges, and are not listed again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mail/mailbox_imap_private.h"
#include "mail/mailbox_imap_set.h"

/* A name as a quoted string (RFC 9051 section 4.3); it was checked. */
static void
add_quoted(struct buf *out, const char *s)
{
	buf_addch(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addch(out, '\\');
		buf_addch(out, *s);
	}
	buf_addch(out, '"');
}

static int
take_folder(char out[IMAP_FOLDER_MAX + 1], const char *name, struct err *e)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			return err_set(e, ERR_INPUT,
			    "the folder's name must be given in ASCII, other letters as IMAP's modified UTF-7: \"%s\"", name);
	if (text_copy(out, IMAP_FOLDER_MAX + 1, name) == -1)
		return err_set(e, ERR_INPUT, "the folder's name is too long");
	return 0;
}

static int
folder_of(struct imap *im, const struct mailbox_where *where, struct err *e)
{
	CURLU *u = curl_url();
	char *path = NULL;
	int rc;

	if (curl_url_set(u, CURLUPART_URL, where->url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PATH, &path, CURLU_URLDECODE) != CURLUE_OK)
		rc = err_set(e, ERR_INPUT, "the mailbox's URL has a path that is no folder");
	else
		rc = take_folder(im->folder, path[0] && path[1] ? path + 1 : "INBOX", e);
	if (rc == 0)
		rc = take_folder(im->moved_to, where->moved_to, e);
	curl_free(path);
	curl_url_cleanup(u);
	return rc;
}

static void
on_capability(struct imap *im, const struct imap_answer *a, void *ctx)
{
	(void)ctx;
	if (a->kind != IMAP_CAPABILITY)
		return;
	im->uidplus = imap_lists(a->text, "UIDPLUS");
	im->move = imap_lists(a->text, "MOVE");
	if (imap_lists(a->text, "IMAP4rev2"))
		im->uidplus = im->move = true;
}

static void
on_select(struct imap *im, const struct imap_answer *a, void *ctx)
{
	(void)ctx;
	if (a->kind == IMAP_STATUS)
		imap_code(a->code, "UIDVALIDITY", &im->validity);
}

static int
select_folder(struct imap *im, struct err *e)
{
	uint32_t capability = imap_tag(im), select = imap_tag(im);
	char what[IMAP_FOLDER_MAX + 40];

	buf_reset(&im->command);
	buf_addf(&im->command, "n%u CAPABILITY\r\nn%u SELECT ", capability, select);
	add_quoted(&im->command, im->folder);
	buf_addstr(&im->command, "\r\n");
	snprintf(what, sizeof(what), "cannot open the folder %s", im->folder);
	if (imap_send(im, e) == -1 || imap_finish(im, capability, on_capability, NULL, e) == -1 ||
	    imap_succeed(im, select, what, on_select, NULL, e) == -1)
		return -1;
	if (strcasecmp(im->reader.answer.code, "READ-ONLY") == 0)
		return err_set(e, ERR_PEER, "the folder %s can only be read; nothing could be removed from it", im->folder);
	if (im->validity == 0)
		return err_set(e, ERR_PEER, "the folder %s has no UIDVALIDITY, so that its messages have no names that last", im->folder);
	return 0;
}

static void
on_listed(struct imap *im, const struct imap_answer *a, void *ctx)
{
	struct mailbox_entry *entry;
	char uid[32];
	int n;

	(void)ctx;
	if (a->kind != IMAP_FETCH || a->uid == 0 || a->size < 0 || a->deleted)
		return;
	n = snprintf(uid, sizeof(uid), "%u/%u", im->validity, a->uid);
	entry = mailbox_add(&im->m, uid, (size_t)n);
	if (!entry)
		return;
	entry->number = a->uid;
	entry->size = a->size;
}

/* The latest: older ones that stay, since they are for people, must not keep new ones from being seen. */
static int
list_folder(struct imap *im, struct err *e)
{
	uint32_t first = im->exists > MAILBOX_MESSAGES ? im->exists - MAILBOX_MESSAGES + 1 : 1;
	uint32_t tag;

	if (im->exists == 0)
		return 0;
	tag = imap_tag(im);
	buf_reset(&im->command);
	buf_addf(&im->command, "n%u FETCH %u:%u (UID FLAGS RFC822.SIZE)\r\n", tag, first, im->exists);
	if (imap_send(im, e) == -1 || imap_succeed(im, tag, "cannot list the folder", on_listed, NULL, e) == -1)
		return -1;
	mailbox_sort(&im->m);
	return 0;
}

static struct mailbox *
imap_make(const struct mailbox_where *where)
{
	struct imap *im = xcalloc(1, sizeof(*im));

	(void)where;
	imap_reader_init(&im->reader);
	buf_init(&im->command);
	return &im->m;
}

static int
imap_open(struct mailbox *m, const struct mailbox_where *where, struct err *e)
{
	struct imap *im = (struct imap *)m;

	if (folder_of(im, where, e) == -1 || session_open(&im->s, where, e) == -1 || select_folder(im, e) == -1)
		return -1;
	return list_folder(im, e);
}

/* UID COPY or UID MOVE; the folder is made when it is missing. */
static int
transfer(struct imap *im, const char *verb, const char *set, struct err *e)
{
	for (bool made = false;; made = true) {
		uint32_t tag = imap_tag(im);

		buf_reset(&im->command);
		buf_addf(&im->command, "n%u UID %s %s ", tag, verb, set);
		add_quoted(&im->command, im->moved_to);
		buf_addstr(&im->command, "\r\n");
		if (imap_send(im, e) == -1 || imap_finish(im, tag, NULL, NULL, e) == -1)
			return -1;
		if (im->reader.answer.status == IMAP_OK)
			return 0;
		if (made || strcasecmp(im->reader.answer.code, "TRYCREATE") != 0)
			return session_refused(e, "cannot move messages", im->reader.answer.text);
		tag = imap_tag(im);
		buf_reset(&im->command);
		buf_addf(&im->command, "n%u CREATE ", tag);
		add_quoted(&im->command, im->moved_to);
		buf_addstr(&im->command, "\r\n");
		if (imap_send(im, e) == -1 || imap_succeed(im, tag, "cannot make the folder for processed messages", NULL, NULL, e) == -1)
			return -1;
	}
}

static void
remember_mark(struct imap *im, uint32_t uid)
{
	if (im->marks == im->marks_room) {
		im->marks_room += im->marks_room / 2 + 64;
		im->marked = xrealloc(im->marked, im->marks_room * sizeof(*im->marked));
	}
	im->marked[im->marks++] = uid;
}

static int
erase(struct imap *im, const char *set, struct err *e)
{
	uint32_t store = imap_tag(im), expunge = 0;
	struct err ignored = ERR_INIT;

	buf_reset(&im->command);
	buf_addf(&im->command, "n%u UID STORE %s +FLAGS.SILENT (\\Deleted)\r\n", store, set);
	if (im->uidplus) {
		expunge = imap_tag(im);
		buf_addf(&im->command, "n%u UID EXPUNGE %s\r\n", expunge, set);
	}
	if (imap_send(im, e) == -1)
		return -1;
	if (imap_succeed(im, store, "cannot mark messages as deleted", NULL, NULL, e) == -1) {
		if (im->s.good && im->uidplus)
			imap_finish(im, expunge, NULL, NULL, &ignored);
		return -1;
	}
	return im->uidplus ? imap_succeed(im, expunge, "cannot expunge messages", NULL, NULL, e) : 0;
}

static int
remove_set(struct imap *im, const char *set, struct err *e)
{
	if (im->moved_to[0] && im->move)
		return transfer(im, "MOVE", set, e);
	if (im->moved_to[0] && transfer(im, "COPY", set, e) == -1)
		return -1;
	return erase(im, set, e);
}

static int
imap_remove(struct mailbox *m, const struct mailbox_entry *const *entries, size_t n, struct err *e)
{
	struct imap *im = (struct imap *)m;
	uint32_t *uids = xmalloc(n * sizeof(*uids));
	struct buf set = BUF_INIT;
	size_t done = 0, next;
	int rc = imap_drain(im, e);

	for (size_t i = 0; i < n; i++)
		uids[i] = (uint32_t)entries[i]->number;
	n = imap_set_sort(uids, n);
	for (; rc == 0 && done < n; done = next) {
		next = imap_set_add(&set, uids, n, done);
		rc = remove_set(im, set.data, e);
		for (size_t i = done; rc == 0 && !im->uidplus && i < next; i++)
			remember_mark(im, uids[i]);
	}
	buf_release(&set);
	free(uids);
	return rc;
}

/* Without UIDPLUS: look whether somebody else's messages are marked \Deleted. */
static void
on_marked(struct imap *im, const struct imap_answer *a, void *ctx)
{
	size_t *others = ctx;

	if (a->kind == IMAP_FETCH && a->deleted && (a->uid == 0 || !imap_set_has(im->marked, im->marks, a->uid)))
		++*others;
}

static int
expunge_marked(struct imap *im, struct err *e)
{
	uint32_t tag = imap_tag(im);
	size_t others = 0;

	im->marks = imap_set_sort(im->marked, im->marks);
	buf_reset(&im->command);
	buf_addf(&im->command, "n%u UID FETCH 1:* (FLAGS)\r\n", tag);
	if (imap_send(im, e) == -1 || imap_succeed(im, tag, "cannot look for messages marked as deleted", on_marked, &others, e) == -1)
		return -1;
	if (others > 0)
		return 0;
	tag = imap_tag(im);
	buf_reset(&im->command);
	buf_addf(&im->command, "n%u EXPUNGE\r\n", tag);
	return imap_send(im, e) == -1 ? -1 : imap_succeed(im, tag, "cannot expunge messages", NULL, NULL, e);
}

static int
imap_close(struct mailbox *m, struct err *e)
{
	struct imap *im = (struct imap *)m;
	struct err ignored = ERR_INIT;
	int rc = 0;

	session_hasten(&im->s);
	if (im->marks > 0 && (imap_drain(im, e) == -1 || expunge_marked(im, e) == -1))
		rc = -1;
	if (!im->s.good)
		return rc;
	buf_reset(&im->command);
	buf_addf(&im->command, "n%u LOGOUT\r\n", imap_tag(im));
	if (imap_send(im, &ignored) == 0 && im->asked == 0)
		imap_finish(im, im->tag, NULL, NULL, &ignored); /* its BYE ends that */
	return rc;
}

static void
imap_free(struct mailbox *m)
{
	struct imap *im = (struct imap *)m;

	session_close(&im->s);
	buf_release(&im->command);
	free(im->marked);
	free(im);
}

const struct mailbox_kind mailbox_imap = {
	.scheme = "imap",
	.like = "imaps://host/Folder or imap://host/Folder",
	.path = true,
	.make = imap_make,
	.open = imap_open,
	.fetch = imap_fetch,
	.ahead = imap_ahead,
	.remove = imap_remove,
	.close = imap_close,
	.free = imap_free,
};
