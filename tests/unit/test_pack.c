/*
 * test_pack.c - what of a site is put into a backup, and under what names; and archives whose headers are right and that are not ours.
 * tests/cli/backup.t has whole backups, there and back, and the hostile ones that a program sees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../lib/site/pack_private.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "site/unpack.h"

static char folder[64];
static struct err err;

static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s/test_pack.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* A file below the folder, with the folders above it. */
static void
put_file(const char *name, const char *text)
{
	struct buf path = BUF_INIT;
	const char *slash;

	for (slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		buf_reset(&path);
		buf_addf(&path, "%s/%.*s", folder, (int)(slash - name), name);
		assert_int_equal(file_mkdir(path.data, 0700, &err), 0);
	}
	buf_reset(&path);
	buf_addf(&path, "%s/%s", folder, name);
	assert_int_equal(file_write(path.data, 0600, text, strlen(text), &err), 0);
	buf_release(&path);
}

/* What a site with that newsletter.conf is packed as; NULL: it is not. Its moved keys and files, a line each, into `out`. */
static struct pack *
packed(struct conf *conf, const char *text, struct buf *out)
{
	struct buf path = BUF_INIT;
	struct pack *p;
	size_t i;

	put_file("newsletter.conf", text);
	buf_addf(&path, "%s/newsletter.conf", folder);
	if (conf_load(conf, path.data, &err) == -1)
		fail_msg("%s", err.text);
	buf_release(&path);
	err = ERR_INIT;
	p = pack_new(conf, &err);
	buf_reset(out);
	if (!p)
		return NULL;
	for (i = 0; i < p->moves; i++)
		buf_addf(out, "%s %s %s\n", p->move[i].section, p->move[i].key, p->move[i].to);
	for (i = 0; i < p->files; i++)
		buf_addf(out, "%s\n", p->file[i].entry.name);
	return p;
}

static const struct {
	const char *name, *conf, *want; /* want: as packed() has it, or how the error ends when it begins with '!' */
} sites[] = {
	{ "no templates, one file of two keys", "[relay]\nurl = smtp://a.example\nuser = a\npassword_file = secrets/a\n"
						"[relay b]\nurl = smtp://b.example\nuser = b\npassword_file = secrets/a\n",
	    "keys/link-1.key\nsecrets/a\nnewsletter.conf\n" },
	{ "blanks in brackets", "[relay  b]\nurl = smtp://b.example\nuser = b\npassword_file : /etc/hostname\n"
				"[relay ]\nurl = smtp://a.example\nuser = a\nca_file = /etc/hostname\n",
	    "relay b password_file secrets/relay-b-password_file\nrelay ca_file secrets/relay-ca_file\n"
	    "keys/link-1.key\nsecrets/relay-b-password_file\nsecrets/relay-ca_file\nnewsletter.conf\nnewsletter.conf.original\n" },
	{ "a folder that is hidden", "[store]\nkeys = .keys\n", "store keys keys\nnewsletter.conf\nnewsletter.conf.original\n" },
	{ "a name of ours", "[store]\ntemplates = newsletter.conf.d\n",
	    "store templates templates\nkeys/link-1.key\nnewsletter.conf\nnewsletter.conf.original\n" },
	{ "a byte-order mark", "\xef\xbb\xbf[store]\npath = /srv/newsletter.db\n",
	    "store path store/newsletter.db\nkeys/link-1.key\nnewsletter.conf\nnewsletter.conf.original\n" },
	{ "a line that is read, and not as we write it", "[store]\n\fpath = /srv/newsletter.db\n",
	    "!newsletter.conf: cannot put /srv/newsletter.db into the site's folder; write its lines as `key = value`" },
};

static void
test_sites(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	put_file("keys/link-1.key", "x");
	put_file("secrets/a", "hunter22");
	for (i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		const char *want = sites[i].want;
		struct conf conf = { 0 };
		struct pack *p = packed(&conf, sites[i].conf, &out);
		const char *got = p ? out.data : err.text;

		if (!p != (want[0] == '!') || (p ? strcmp(got, want) != 0 : !strstr(got, want + 1)))
			fail_msg("%s: %s", sites[i].name, got);
		pack_free(p);
		conf_release(&conf);
	}
	buf_release(&out);
}

/* Templates that cannot be read are said, not left out: without them a restored site would mail something else. */
static void
test_unreadable(void **state)
{
	struct conf conf = { 0 };
	struct buf out = BUF_INIT, path = BUF_INIT;

	(void)state;
	put_file("templates", "x");
	assert_null(packed(&conf, "", &out));
	assert_non_null(strstr(err.text, "/templates: Not a directory"));
	conf_release(&conf);
	buf_addf(&path, "%s/templates", folder);
	assert_int_equal(unlink(path.data), 0);
	put_file("templates/web/a.html.mustache", "x");
	buf_addstr(&path, "/web/gone");
	assert_int_equal(symlink("nowhere", path.data), 0);
	conf = (struct conf){ 0 };
	assert_null(packed(&conf, "", &out));
	assert_non_null(strstr(err.text, "cannot read "));
	assert_non_null(strstr(err.text, "/templates/web/gone: No such file or directory"));
	conf_release(&conf);
	buf_release(&path);
	buf_release(&out);
}

/* Many files are all in it; one whose name is longer than an archive has room for is refused. */
static void
test_many(void **state)
{
	char name[400] = "templates/", *end = name + strlen(name);
	struct conf conf = { 0 };
	struct buf out = BUF_INIT;
	struct pack *p;
	int i;

	(void)state;
	put_file("keys/link-1.key", "x");
	for (i = 0; i < 100; i++) {
		snprintf(end, 20, "%03d.txt", i);
		put_file(name, "x");
	}
	p = packed(&conf, "", &out);
	assert_non_null(p);
	assert_int_equal(p->files, 102);
	pack_free(p);
	conf_release(&conf);
	memset(end, 'a', 260);
	end[130] = '/';
	end[260] = '\0';
	put_file(name, "x");
	conf = (struct conf){ 0 };
	assert_null(packed(&conf, "", &out));
	assert_int_equal(err.code, ERR_INPUT);
	assert_non_null(strstr(err.text, "or a name is too long: templates/aaa"));
	conf_release(&conf);
	buf_release(&out);
}

/* An archive, file by file. */
static struct {
	struct buf text;
	size_t at;
} archive;

static void
add_octets(const char *octets, size_t n)
{
	buf_add(&archive.text, octets, n);
}

static void
add_file(const char *name, const char *text, char padding)
{
	struct ustar_entry entry = { .size = (int64_t)strlen(text), .mode = 0600 };
	uint8_t head[USTAR_BLOCK];
	size_t i, n = ustar_padding(entry.size);

	snprintf(entry.name, sizeof(entry.name), "%s", name);
	assert_int_equal(ustar_put(head, &entry, &err), 0);
	add_octets((const char *)head, sizeof(head));
	add_octets(text, strlen(text));
	for (i = 0; i < n; i++)
		buf_addch(&archive.text, padding);
}

static long
read_archive(void *from, void *out, size_t n, struct err *e)
{
	size_t left = archive.text.len - archive.at;

	(void)from;
	(void)e;
	n = n < left ? n : left;
	n = n < 300 ? n : 300; /* pieces of any length */
	memcpy(out, archive.text.data + archive.at, n);
	archive.at += n;
	return (long)n;
}

#define STORE "store/newsletter.db"

static const struct {
	const char *name;
	const char *head; /* of the manifest, in place of what makes it ours */
	char padding;     /* behind the first file */
	bool extra;       /* a file that is not listed, at the end */
	const char *want;
} archives[] = {
	{ "nothing wrong", NULL, 0, false, NULL },
	{ "octets between files", NULL, 'x', false, "there is something between the files of the archive in it" },
	{ "a file more", NULL, 0, true, "extra in it is not in its manifest" },
	{ "a format of nothing", "\"format\":0,\"store_version\":6,\"taken_at\":\"2026-03-01T09:30:00Z\"", 0, false,
	    "its manifest is not one of ours" },
	{ "no version", "\"format\":1,\"taken_at\":\"2026-03-01T09:30:00Z\"", 0, false, "its manifest is not one of ours" },
	{ "no time", "\"format\":1,\"store_version\":6", 0, false, "its manifest is not one of ours" },
};

static void
make_archive(size_t i)
{
	static const char *const files[][2] = { { "newsletter.conf", "[store]\npath = store/other.db\n" }, { STORE, "no store" } };
	static const char zeros[2 * USTAR_BLOCK];
	struct buf m = BUF_INIT;
	char hex[2 * SHA256_LEN + 1];
	uint8_t sha[SHA256_LEN];
	size_t k;

	buf_release(&archive.text);
	archive.at = 0;
	buf_addf(&m, "{%s,\"store\":\"%s\",\"files\":[",
	    archives[i].head ? archives[i].head : "\"format\":1,\"store_version\":6,\"taken_at\":\"2026-03-01T09:30:00Z\"", STORE);
	for (k = 0; k < 2; k++) {
		sha256(sha, files[k][1], strlen(files[k][1]));
		hex_encode(hex, sha, sizeof(sha));
		buf_addf(&m, "%s{\"name\":\"%s\",\"size\":%zu,\"sha256\":\"%s\"}", k ? "," : "", files[k][0], strlen(files[k][1]), hex);
	}
	buf_addstr(&m, "]}");
	add_file(PACK_MANIFEST, m.data, 0);
	for (k = 0; k < 2; k++)
		add_file(files[k][0], files[k][1], k ? 0 : archives[i].padding);
	if (archives[i].extra)
		add_file("extra", "x", 0);
	add_octets(zeros, sizeof(zeros));
	buf_release(&m);
}

/* What is right comes out as files; and is refused where it is no site. */
static void
test_archives(void **state)
{
	struct unpack_report report;
	size_t i;

	for (i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
		json_t *manifest;
		int rc;

		if (i) {
			teardown(state);
			setup(state);
		}
		make_archive(i);
		err = ERR_INIT;
		rc = unpack(read_archive, NULL, folder, &manifest, NULL, NULL, &err);
		if (archives[i].want ? rc != -1 || err.code != ERR_INPUT || !strstr(err.text, archives[i].want) : rc == -1)
			fail_msg("%s: %d, %s", archives[i].name, rc, err.text);
		if (rc == 0) {
			assert_int_equal(unpack_check(folder, manifest, &report, &err), -1);
			assert_string_equal(err.text, "the newsletter.conf in it names another store than its manifest");
		}
		json_decref(manifest);
	}
	buf_release(&archive.text);
}

#define in_folder(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		in_folder(test_sites),
		in_folder(test_unreadable),
		in_folder(test_many),
		in_folder(test_archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
