/*
 * sender_erase.c - who is erased leaves nothing in the outbox folder either.
 *
 * Table `erasure` names people who are gone. Once no slot holds mail for one of
 * them any more, their files are deleted (also where a relay is configured: the
 * folder may be from before it was), then what a relay answered meanwhile and the row
 * itself, with the results of that turn (sender_record.c). After that the
 * write-ahead log is emptied, since it keeps old pages.
 *
 * A one-off mail's number may have been forgotten already, and a test copy is
 * nobody's: these are known by their To, when that address is suppressed and no
 * subscriber has it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "mail/addr.h"
#include "sender.h"
#include "store/erasure.h"
#include "store/suppression.h"

#define RETRY_US 60000000 /* after a file that could not be deleted, or a log that could not be emptied */
#define HEADERS 16384     /* bytes of a file in which its To stands */

struct sweep {
	struct sender *s;
	int folder;               /* its descriptor */
	struct buf people, mails; /* ",3,17," */
	struct buf headers;
	int deleted;
};

static bool
is_held(const struct sender *s, int64_t subscriber_id)
{
	const struct slot_entry *slot;
	size_t i;

	for (i = 0; i < 2 * s->most; i++) {
		slot = &s->slot[i];
		if (slot->outbox ? slot->mail.subscriber_id == subscriber_id : slot->lane && slot->claim.who.id == subscriber_id)
			return true;
	}
	return false;
}

static bool
is_listed(const struct buf *list, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), ",%lld,", (long long)number);
	return strstr(list->data, text) != NULL;
}

/* The first bytes of the file, or nothing. */
static void
read_headers(struct sweep *w, const char *name)
{
	int fd = openat(w->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	buf_reset(&w->headers);
	if (fd == -1)
		return;
	buf_reserve(&w->headers, HEADERS);
	n = read(fd, w->headers.data, HEADERS);
	if (n > 0) {
		w->headers.len = (size_t)n;
		w->headers.data[n] = '\0';
	}
	close(fd);
}

/* The address in To, as lib/mail writes it: the last thing in its field, in <> or bare. */
static bool
read_to(const struct buf *headers, struct addr *a)
{
	const char *to = strstr(headers->data, "\nTo:"), *end = to, *start;
	struct err ignored = ERR_INIT;
	char text[SUBSCRIBER_ADDRESS];
	size_t n;

	if (!to)
		return false;
	do /* folded lines belong to it */
		end = end + 1 + strcspn(end + 1, "\n");
	while (*end && (end[1] == ' ' || end[1] == '\t'));
	while (end > to && strchr("\r\n> \t", end[-1]))
		end--;
	for (start = end; start > to + 4 && !strchr("<: \t\n", start[-1]);)
		start--;
	n = (size_t)(end - start);
	if (n >= sizeof(text))
		return false;
	memcpy(text, start, n);
	text[n] = '\0';
	return addr_parse(a, text, &ignored) == 0;
}

/* Whether the mail is to an address that must not be mailed and is nobody's. 1, 0, -1. */
static int
is_to_nobody(struct sweep *w, const char *name, struct err *e)
{
	enum suppression_reason reason;
	struct subscriber who;
	struct addr a;
	int rc;

	read_headers(w, name);
	if (!read_to(&w->headers, &a))
		return 0;
	rc = suppression_find(w->s->site->db, a.key, &reason, e);
	if (rc == 1 && (rc = subscriber_find(w->s->site->db, a.key, &who, e)) != -1)
		rc = !rc;
	return rc;
}

/*
 * campaign-<campaign>-<subscriber>.eml or <kind>-<outbox id>.eml (sender_folder.c); also with what follows in the name of a
 * file that a crash left half written.
 */
static int
is_theirs(struct sweep *w, const char *name, struct err *e)
{
	const char *end = strstr(name, ".eml"), *dash = end;
	long long number;
	char *stop;

	if (!end)
		return 0;
	while (dash > name && *dash != '-')
		dash--;
	errno = 0;
	number = strtoll(dash + 1, &stop, 10);
	if (*dash != '-' || stop != end || stop == dash + 1 || errno)
		return 0;
	if (strncmp(name, "campaign-", 9) == 0)
		return is_listed(&w->people, number);
	return is_listed(&w->mails, number) ? 1 : is_to_nobody(w, name, e);
}

static int
sweep_folder(struct sweep *w, struct err *e)
{
	const char *path = w->s->site->conf.store_outbox;
	DIR *dir = opendir(path);
	struct dirent *entry;
	int theirs, rc = -1;

	if (!dir)
		return errno == ENOENT ? 0 : err_sys(e, "cannot read the outbox folder");
	w->folder = dirfd(dir);
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		theirs = is_theirs(w, entry->d_name, e);
		if (theirs == -1)
			goto out;
		if (!theirs)
			continue;
		if (unlinkat(w->folder, entry->d_name, 0) == -1 && errno != ENOENT) {
			err_sys(e, "cannot delete %s from the outbox folder", entry->d_name);
			goto out;
		}
		w->deleted++;
	}
	if (errno || (w->deleted && fsync(w->folder) == -1))
		err_sys(e, "cannot read the outbox folder to its end");
	else
		rc = 0;
out:
	closedir(dir);
	return rc;
}

/* Delete the files of those in the list that no slot holds; they go into s->erased. */
static int
erase_files(struct sender *s, const struct erasure *list, int count, struct err *e)
{
	struct sweep w = { .s = s, .people = BUF_INIT, .mails = BUF_INIT, .headers = BUF_INIT };
	int i, n = 0, rc = 0;

	buf_addstr(&w.people, ",");
	buf_addstr(&w.mails, ",");
	for (i = 0; i < count; i++) {
		if (is_held(s, list[i].subscriber_id))
			continue;
		s->erased[n++] = list[i].subscriber_id;
		buf_addf(&w.people, "%lld,", (long long)list[i].subscriber_id);
		if (list[i].mails.len)
			buf_addf(&w.mails, "%s,", list[i].mails.data);
	}
	s->erase_waits = n < count || count == ERASE_MOST;
	if (n)
		rc = sweep_folder(&w, e);
	if (rc == 0)
		s->erased_count = n;
	if (w.deleted)
		log_event(LOG_LEVEL_INFO, "erased_files", "people=%d files=%d", n, w.deleted);
	buf_release(&w.people);
	buf_release(&w.mails);
	buf_release(&w.headers);
	return rc;
}

static int
look(struct sender *s, struct err *e)
{
	struct erasure list[ERASE_MOST];
	int i, rc, count = erasure_list(s->site->db, list, ERASE_MOST, e);

	if (count <= 0)
		return count;
	rc = erase_files(s, list, count, e);
	for (i = 0; i < count; i++)
		buf_release(&list[i].mails);
	return rc;
}

static void
checkpoint(struct sender *s)
{
	struct err e = ERR_INIT;
	int rc = db_checkpoint(s->site->db, &e);

	if (rc == 1)
		s->checkpoint_us = 0;
	if (rc != -1)
		return;
	s->checkpoint_us = clock_mono_us() + RETRY_US;
	log_event(LOG_LEVEL_WARNING, "checkpoint", "text=%s", log_text(e.text));
}

void
sender_erase(struct sender *s, bool news)
{
	int64_t now = clock_mono_us();
	struct err e = ERR_INIT;

	s->erase_waits |= news;
	if (s->erase_waits && !s->erased_count && now >= s->erase_us) {
		s->erase_waits = false;
		if (look(s, &e) == -1) {
			s->erase_waits = true;
			s->erase_us = now + RETRY_US;
			log_event(LOG_LEVEL_ERROR, "erasure", "text=%s", log_text(e.text));
		}
	}
	if (s->checkpoint_us && now >= s->checkpoint_us && !s->erased_count)
		checkpoint(s);
}

int
sender_erase_record(struct sender *s, struct err *e)
{
	int i;

	for (i = 0; i < s->erased_count; i++)
		if (erasure_done(s->site->db, s->erased[i], e) == -1)
			return -1;
	return 0;
}

void
sender_erase_recorded(struct sender *s)
{
	if (s->erased_count)
		s->checkpoint_us = 1; /* as soon as it can be */
	s->erased_count = 0;
}
