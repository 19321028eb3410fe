/* test_mailbox.c - which URLs a mailbox has; a Maildir, while others work in it. */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "mail/mailbox.h"

// clang-format off
static const struct {
	const char *name, *url;
	bool good;
} urls[] = {
	{ "imaps",              "imaps://mail.example.org",             true },
	{ "a folder and port",  "imap://mail.example.org:143/INBOX/x",  true },
	{ "an encoded folder",  "imaps://mail.example.org/A%20b",       true },
	{ "pop3s",              "pop3s://mail.example.org",             true },
	{ "pop3 with a port",   "pop3://[::1]:110",                     true },
	{ "a Maildir",          "maildir:/var/mail/x",                  true },
	{ "capitals",           "IMAPS://mail.example.org",             true },
	{ "nothing",            "",                                     false },
	{ "another scheme",     "http://mail.example.org",              false },
	{ "no scheme",          "mail.example.org",                     false },
	{ "imapx",              "imapx://mail.example.org",             false },
	{ "imapss",             "imapss://mail.example.org",            false },
	{ "no host",            "imaps://",                             false },
	{ "a user",             "imaps://ann@mail.example.org",         false },
	{ "a password",         "imaps://ann:x@mail.example.org",       false },
	{ "a query",            "imaps://mail.example.org/INBOX?ALL",   false },
	{ "a folder for POP3",  "pop3s://mail.example.org/INBOX",       false },
	{ "maildirs",           "maildirs:/var/mail/x",                 false },
	{ "a relative Maildir", "maildir:mail",                         false },
};
// clang-format on

static void
test_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct err e = ERR_INIT;

		if ((mailbox_check(urls[i].url, &e) == 0) != urls[i].good)
			fail_msg("%s: %s", urls[i].name, e.text);
		if (!urls[i].good)
			assert_int_equal(e.code, ERR_INPUT);
	}
}

/* What the folders seem to hold: a file system that does not say what kind a file is, or so many files that are not there. */
static bool kinds_are_unknown;
static int pretended, pretended_in_all;

/* The library's calls come here, too. */
struct dirent *
readdir(DIR *dir) // NOLINT(readability-inconsistent-declaration-parameter-name): the header's are its own
{
	static struct dirent *(*real)(DIR *);
	static struct dirent made;
	struct dirent *got;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "readdir");
	if (pretended < pretended_in_all) {
		snprintf(made.d_name, sizeof(made.d_name), "%d.a", 1000000 + pretended++);
		made.d_type = DT_REG;
		return &made;
	}
	got = real(dir);
	if (got && kinds_are_unknown)
		got->d_type = DT_UNKNOWN;
	return got;
}

/* Somebody writes on, right after a file's size was looked at. */
static int grown_fd = -1;

int
fstat(int fd, struct stat *st) // NOLINT(readability-inconsistent-declaration-parameter-name)
{
	static int (*real)(int, struct stat *);
	int rc;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "fstat");
	rc = real(fd, st);
	if (grown_fd != -1)
		assert_int_equal(write(grown_fd, "and more", 8), 8);
	return rc;
}

struct site {
	char folder[64], url[80], target[80];
	struct mailbox *m;
	const struct mailbox_entry *list;
	size_t count;
	struct buf out;
};

static void
put(const struct site *s, const char *name, const char *text)
{
	struct err e = ERR_INIT;
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), &e), 0);
}

static bool
is_there(const struct site *s, const char *name)
{
	struct stat st;
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return lstat(path, &st) == 0;
}

static void
rename_in(const struct site *s, const char *from, const char *to)
{
	char a[400], b[400];

	snprintf(a, sizeof(a), "%s/%s", s->folder, from);
	snprintf(b, sizeof(b), "%s/%s", s->folder, to);
	assert_int_equal(rename(a, b), 0);
}

static void
unlink_in(const struct site *s, const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	assert_int_equal(unlink(path), 0);
}

static int
make_site(void **state)
{
	static const char *const parts[] = { "new", "cur", "tmp" };
	struct site *s = calloc(1, sizeof(*s));
	struct err e = ERR_INIT;
	char path[100];

	assert_non_null(s);
	snprintf(s->folder, sizeof(s->folder), "/tmp/newsletter-mailbox-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->url, sizeof(s->url), "maildir:%s", s->folder);
	snprintf(s->target, sizeof(s->target), "%s/Done", s->folder);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", s->folder, parts[i]);
		assert_int_equal(file_mkdir(path, 0700, &e), 0);
	}
	buf_init(&s->out);
	*state = s;
	return 0;
}

static int
remove_site(void **state)
{
	struct site *s = *state;
	struct err e = ERR_INIT;
	char command[120];

	mailbox_close(s->m, &e);
	buf_release(&s->out);
	snprintf(command, sizeof(command), "rm -rf %s", s->folder);
	assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a name of our own making
	free(s);
	return 0;
}

static void
open_it(struct site *s, const char *moved_to)
{
	struct mailbox_where where = { .url = s->url, .moved_to = moved_to, .timeout = 5, .stop_fd = -1 };
	struct err e = ERR_INIT;

	s->m = mailbox_open(&where, &s->list, &s->count, &e);
	if (!s->m)
		fail_msg("%s", e.text);
}

static int
fetch(struct site *s, size_t i, size_t most, bool *gone)
{
	struct err e = ERR_INIT;

	return mailbox_fetch(s->m, &s->list[i], most, &s->out, gone, &e);
}

static void
test_order(void **state)
{
	static const char *const want[] = { "9.a", "10.a", "10.b", "100.a", "x" };
	struct site *s = *state;
	bool gone;

	put(s, "new/100.a", "3");
	put(s, "cur/9.a:2,S", "1");
	put(s, "cur/10.b:2,", "2b");
	put(s, "new/10.a", "2a");
	put(s, "new/x", "0");
	put(s, "cur/8.a:2,ST", "thrown away");
	put(s, "new/.hidden", "no");
	put(s, "tmp/7.a", "not delivered yet");
	open_it(s, "");
	assert_int_equal(s->count, 5);
	/* a name without a time is older than all */
	assert_string_equal(s->list[0].uid, want[4]);
	for (size_t i = 1; i < 5; i++)
		assert_string_equal(s->list[i].uid, want[i - 1]);
	assert_int_equal(fetch(s, 2, 100, &gone), 1);
	assert_string_equal(s->out.data, "2a");
}

/* A link, a FIFO, a folder, a device's link: none is a message, and none is waited for. */
static void
test_odd_files(void **state)
{
	struct site *s = *state;
	char path[120];
	bool gone;

	put(s, "new/5.a", "5");
	put(s, "new/6.a", "6");
	snprintf(path, sizeof(path), "%s/new/1.link", s->folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/new/2.fifo", s->folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/cur/3.folder", s->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	open_it(s, "");
	assert_int_equal(s->count, 2);
	/* nor is one that takes a message's place */
	snprintf(path, sizeof(path), "%s/new/5.a", s->folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(fetch(s, 0, 100000, &gone), 0);
	assert_true(gone && s->out.len == 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(fetch(s, 0, 100000, &gone), 0);
	assert_true(gone);
	assert_int_equal(fetch(s, 1, 100000, &gone), 1);
}

/* … where the folder itself does not tell which is which; and a socket in a message's place. */
static void
test_unknown_kinds(void **state)
{
	struct site *s = *state;
	char path[120];
	bool gone;

	put(s, "new/5.a", "5");
	snprintf(path, sizeof(path), "%s/new/1.link", s->folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/cur/3.folder", s->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	kinds_are_unknown = true;
	open_it(s, "");
	kinds_are_unknown = false;
	assert_int_equal(s->count, 1);
	assert_string_equal(s->list[0].uid, "5.a");
	unlink_in(s, "new/5.a");
	snprintf(path, sizeof(path), "%s/new/5.a", s->folder);
	assert_int_equal(mknod(path, S_IFSOCK | 0600, 0), 0);
	assert_int_equal(fetch(s, 0, 100, &gone), 0);
	assert_true(gone);
}

/* More than are listed at once. */
static void
test_many(void **state)
{
	struct site *s = *state;

	pretended_in_all = MAILBOX_MESSAGES + 1;
	open_it(s, "");
	assert_int_equal(pretended, MAILBOX_MESSAGES + 1);
	pretended = pretended_in_all = 0;
	assert_int_equal(s->count, MAILBOX_MESSAGES);
	assert_string_equal(s->list[MAILBOX_MESSAGES - 1].uid, "1099999.a");
}

/* It moved while the folders were read, and was seen in both: it is one message, where it is now. */
static void
test_seen_twice(void **state)
{
	struct site *s = *state;
	const struct mailbox_entry *one;
	struct err e = ERR_INIT;
	bool gone;

	put(s, "new/1.a", "one");
	put(s, "cur/1.a:2,S", "one");
	put(s, "new/2.a", "two");
	open_it(s, "");
	assert_int_equal(s->count, 2);
	unlink_in(s, "new/1.a");
	assert_int_equal(fetch(s, 0, 100, &gone), 1);
	assert_string_equal(s->out.data, "one");
	one = &s->list[0];
	assert_int_equal(mailbox_remove(s->m, &one, 0, &e), 0); /* none of them */
	assert_true(is_there(s, "cur/1.a:2,S"));
	assert_int_equal(mailbox_remove(s->m, &one, 1, &e), 0);
	assert_false(is_there(s, "cur/1.a:2,S"));
}

/* Where they cannot be moved or looked for, that is an error: they are not taken for messages that have gone. */
static void
test_cannot_be_moved(void **state)
{
	struct site *s = *state;
	const struct mailbox_entry *one;
	struct err e = ERR_INIT;
	struct rlimit all, none;
	char path[120];

	put(s, "cur/1.a:2,S", "one");
	open_it(s, s->target);
	snprintf(path, sizeof(path), "%s/cur", s->target);
	assert_int_equal(rmdir(path), 0);
	one = &s->list[0];
	assert_int_equal(mailbox_remove(s->m, &one, 1, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_true(is_there(s, "cur/1.a:2,S"));
	unlink_in(s, "cur/1.a:2,S");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = all;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(mailbox_remove(s->m, &one, 1, &e), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_int_equal(e.code, ERR_SYSTEM);
	if (!strstr(e.text, "the Maildir's folder new"))
		fail_msg("%s", e.text);
}

static void
test_size(void **state)
{
	struct site *s = *state;
	char path[120];
	bool gone;

	put(s, "new/5.a", "12345");
	open_it(s, "");
	assert_int_equal(fetch(s, 0, 4, &gone), 0);
	assert_true(!gone && s->out.len == 0);
	assert_int_equal(fetch(s, 0, 5, &gone), 1);
	assert_string_equal(s->out.data, "12345");
	/* one that grows while it is read is longer, too */
	snprintf(path, sizeof(path), "%s/new/5.a", s->folder);
	grown_fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(fetch(s, 0, 5, &gone), 0);
	close(grown_fd);
	grown_fd = -1;
	assert_true(!gone && s->out.len == 0);
	assert_int_equal(fetch(s, 0, 100, &gone), 1);
	assert_string_equal(s->out.data, "12345and more");
}

/* Somebody's mail program is at work meanwhile. */
static void
test_renamed(void **state)
{
	struct site *s = *state;
	const struct mailbox_entry *all[4];
	struct err e = ERR_INIT;
	bool gone;

	put(s, "new/1.a", "one");
	put(s, "new/2.a", "two");
	put(s, "new/3.a", "three");
	put(s, "new/4.a", "four");
	open_it(s, "");
	rename_in(s, "new/1.a", "cur/1.a:2,S");
	rename_in(s, "new/2.a", "cur/2.a:2,");
	unlink_in(s, "new/3.a");
	assert_int_equal(fetch(s, 0, 100, &gone), 1);
	assert_string_equal(s->out.data, "one");
	rename_in(s, "cur/1.a:2,S", "cur/1.a:2,RS");
	assert_int_equal(fetch(s, 1, 100, &gone), 1);
	assert_string_equal(s->out.data, "two");
	assert_int_equal(fetch(s, 2, 100, &gone), 0);
	assert_true(gone);
	assert_int_equal(fetch(s, 3, 100, &gone), 1);
	for (size_t i = 0; i < 4; i++)
		all[i] = &s->list[i];
	assert_int_equal(mailbox_remove(s->m, all, 4, &e), 0);
	assert_false(is_there(s, "cur/1.a:2,RS") || is_there(s, "cur/2.a:2,") || is_there(s, "new/4.a"));
}

static void
test_moved(void **state)
{
	struct site *s = *state;
	const struct mailbox_entry *all[2];
	struct err e = ERR_INIT;

	put(s, "new/1.a", "one");
	put(s, "cur/2.a:2,S", "two");
	put(s, "new/3.a", "three");
	open_it(s, s->target);
	all[0] = &s->list[0];
	all[1] = &s->list[1];
	assert_int_equal(mailbox_remove(s->m, all, 2, &e), 0);
	assert_true(is_there(s, "Done/cur/1.a:2,") && is_there(s, "Done/cur/2.a:2,S"));
	assert_true(is_there(s, "Done/new") && is_there(s, "Done/tmp"));
	assert_true(is_there(s, "new/3.a"));
	assert_false(is_there(s, "new/1.a") || is_there(s, "cur/2.a:2,S"));
}

/* Where processed messages go is a path from the root on, or it would lie wherever the program was started. */
static void
test_moved_nowhere(void **state)
{
	struct site *s = *state;
	struct mailbox_where where = { .url = s->url, .moved_to = "Done", .timeout = 5, .stop_fd = -1 };
	const struct mailbox_entry *list;
	struct err e = ERR_INIT;
	size_t count;

	assert_null(mailbox_open(&where, &list, &count, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "the Maildir for processed messages must be given from the root on: \"Done\"");
}

static void
test_long_name(void **state)
{
	struct site *s = *state;
	char name[260] = "new/1.";
	bool gone;

	memset(name + 6, 'x', 200);
	put(s, name, "long");
	open_it(s, "");
	assert_int_equal(s->count, 1);
	assert_int_equal(strlen(s->list[0].uid), 64);
	assert_int_equal(fetch(s, 0, 100, &gone), 1);
	assert_string_equal(s->out.data, "long");
}

static void
test_none(void **state)
{
	struct mailbox_where where = { .url = "maildir:/nonexistent/folder", .moved_to = "", .stop_fd = -1 };
	const struct mailbox_entry *list;
	struct err e = ERR_INIT;
	size_t count = 5;

	(void)state;
	assert_null(mailbox_open(&where, &list, &count, &e));
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_int_equal(count, 0);
	where.url = "maildir:/tmp";
	assert_null(mailbox_open(&where, &list, &count, &e)); /* has no new and no cur */
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_int_equal(mailbox_close(NULL, &e), 0);
	where.url = "ftp://mx.example/";
	assert_null(mailbox_open(&where, &list, &count, &e));
	assert_int_equal(e.code, ERR_INPUT);
}

/* What is no Maildir, and where what was read cannot go. */
static void
test_no_maildir(void **state)
{
	static const struct {
		const char *name, *url, *moved_to, *want; /* below the folder */
	} cases[] = {
		{ "no folder new", "half", "", "half is no Maildir: its folder new: No such file or directory" },
		{ "a target in no folder", "", "no/where", "cannot make the Maildir " },
		{ "a target that is a file", "", "plain", "cannot open the Maildir " },
		{ "a target whose cur is one", "", "odd", "cannot open the folder cur of the Maildir " },
		{ "a target whose folders cannot be made", "", "link", "cannot make the folder tmp in the Maildir " },
	};
	struct site *s = *state;
	char command[1024], url[256], moved_to[256];
	size_t i;

	snprintf(command, sizeof(command), "cd '%s' && mkdir half odd && touch plain odd/cur && ln -s /proc/self link", s->folder);
	assert_int_equal(system(command), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mailbox_where where = { .url = url, .moved_to = moved_to, .stop_fd = -1 };
		const struct mailbox_entry *list;
		struct err e = ERR_INIT;
		size_t count;

		snprintf(url, sizeof(url), "maildir:%s/%s", s->folder, cases[i].url);
		snprintf(moved_to, sizeof(moved_to), "%s%s%s", cases[i].moved_to[0] ? s->folder : "", cases[i].moved_to[0] ? "/" : "",
		    cases[i].moved_to);
		assert_null(mailbox_open(&where, &list, &count, &e));
		if (!strstr(e.text, cases[i].want))
			fail_msg("%s: %s", cases[i].name, e.text);
	}
}

#define WITH_SITE(test) cmocka_unit_test_setup_teardown(test, make_site, remove_site)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		WITH_SITE(test_order),
		WITH_SITE(test_odd_files),
		WITH_SITE(test_unknown_kinds),
		WITH_SITE(test_many),
		WITH_SITE(test_seen_twice),
		WITH_SITE(test_cannot_be_moved),
		WITH_SITE(test_size),
		WITH_SITE(test_renamed),
		WITH_SITE(test_moved),
		WITH_SITE(test_moved_nowhere),
		WITH_SITE(test_long_name),
		cmocka_unit_test(test_none),
		WITH_SITE(test_no_maildir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
