/*
 * cmd_inbound_classify.c - newsletter inbound classify: what messages that came back say, with no store and no configuration.
 *
 * One line, or one JSON object, for each as it is read: a folder may hold many.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "mail/report.h"
#include "out.h"

struct classify {
	struct cli *cli;
	struct buf bytes;
	int read, unread;
};

static const struct {
	const char *word;
} places[] = {
	[REPORT_LINK_RECIPIENT] = { "recipient" },
	[REPORT_LINK_MESSAGE_ID] = { "message-id" },
	[REPORT_LINK_SENDER] = { "sender" },
	[REPORT_LINK_UNSUBSCRIBE] = { "unsubscribe" },
};

/* A field of a line: what comes from outside must not end it, nor drive a terminal. */
static void
print_field(const char *s, char after)
{
	for (; *s; s++)
		putchar((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s);
	putchar(after);
}

static void
print_line(const char *path, const char *address, enum report_class class)
{
	print_field(path, '\t');
	print_field(address[0] ? address : "-", '\t');
	print_field(report_class_name(class), '\n');
}

static json_t *
recipient_json(const struct report_recipient *to)
{
	json_t *o = json_object();

	json_put(o, "recipient", to->address[0] ? to->address : NULL);
	json_put(o, "original", to->original[0] ? to->original : NULL);
	json_put(o, "class", report_class_name(to->class));
	if (to->code)
		json_put_int(o, "code", to->code);
	json_put(o, "enhanced", to->enhanced[0] ? to->enhanced : NULL);
	json_put(o, "reason", to->text[0] ? to->text : NULL);
	json_put(o, "rule", to->rule[0] ? to->rule : NULL);
	json_put(o, "server", to->server[0] ? to->server : NULL);
	return o;
}

static void
print_object(const struct classify *c, const char *path, const struct report *r, const struct err *e)
{
	json_t *o = json_object(), *list = json_array(), *links = json_array();
	struct buf b = BUF_INIT;

	json_put(o, "file", path);
	json_put(o, "kind", e ? NULL : report_kind_name(r->kind));
	json_put(o, "error", e ? e->text : NULL);
	json_put_bool(o, "automatic", r->automatic);
	for (int i = 0; i < r->recipients; i++)
		json_array_append_new(list, recipient_json(&r->recipient[i]));
	json_object_set_new(o, "recipients", list);
	for (int i = 0; i < r->links; i++) {
		json_t *link = json_object();

		json_put(link, "place", places[r->link[i].place].word);
		json_put(link, "text", r->link[i].text);
		json_array_append_new(links, link);
	}
	json_object_set_new(o, "links", links);
	json_write(&b, o, 0);
	printf("%s%s", c->read ? "," : "[", b.data);
	buf_release(&b);
	json_decref(o);
}

static void
say(struct classify *c, const char *path, const struct report *r, const struct err *e)
{
	if (c->cli->json)
		print_object(c, path, r, e);
	else if (r->recipients == 0)
		print_line(path, "", REPORT_OTHER);
	for (int i = 0; i < r->recipients && !c->cli->json; i++)
		print_line(path, r->recipient[i].address, r->recipient[i].class);
	c->read++;
}

/* What was read, or could not be (`failed`: then e says why). */
static void
classify_bytes(struct classify *c, const char *path, bool failed, struct err *e)
{
	struct report r = REPORT_INIT;

	if (failed || report_read(&r, c->bytes.data, c->bytes.len, NULL, e) == -1) {
		if (failed)
			out_warn(c->cli, "%s", e->text);
		else
			out_warn(c->cli, "%s: %s", path, e->text);
		say(c, path, &r, e);
	} else
		say(c, path, &r, NULL);
	report_release(&r);
	buf_reset(&c->bytes);
}

static void
classify_stdin(struct classify *c)
{
	struct err e = ERR_INIT;
	size_t n;

	/* One byte over the bound is enough to be told that there are too many. */
	while (c->bytes.len <= REPORT_BYTES) {
		buf_reserve(&c->bytes, 65536);
		n = fread(c->bytes.data + c->bytes.len, 1, 65536, stdin);
		c->bytes.len += n;
		c->bytes.data[c->bytes.len] = '\0';
		if (n == 0)
			break;
	}
	if (ferror(stdin)) {
		c->unread++;
		err_set(&e, ERR_SYSTEM, "standard input: %s", strerror(errno));
	}
	classify_bytes(c, "-", e.code != ERR_NONE, &e);
}

static void
classify_file(struct classify *c, const char *path)
{
	struct err e = ERR_INIT;
	bool failed = file_read(path, REPORT_BYTES, &c->bytes, &e) == -1;

	if (failed && e.code != ERR_INPUT)
		c->unread++;
	classify_bytes(c, path, failed, &e);
}

static int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The files of a folder, by name; folders in it are left alone. */
static void
classify_folder(struct classify *c, const char *path)
{
	struct dirent **entry = NULL;
	struct buf name = BUF_INIT;
	struct stat st;
	int n = scandir(path, &entry, is_shown, alphasort);

	if (n == -1) {
		out_warn(c->cli, "%s: %s", path, strerror(errno));
		c->unread++;
	}
	for (int i = 0; i < n; i++) {
		buf_reset(&name);
		buf_addf(&name, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", entry[i]->d_name);
		if (stat(name.data, &st) == 0 && S_ISREG(st.st_mode))
			classify_file(c, name.data);
		free(entry[i]);
	}
	free(entry);
	buf_release(&name);
}

int
cmd_inbound_classify(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct classify c = { .cli = cli, .bytes = BUF_INIT };
	struct stat st;

	(void)e;
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-") == 0)
			classify_stdin(&c);
		else if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			classify_folder(&c, argv[i]);
		else
			classify_file(&c, argv[i]);
	if (argc == 0)
		classify_stdin(&c);
	if (cli->json) {
		fputs(c.read ? "]\n" : "[]\n", stdout);
		cli->printed = true;
	}
	cli->status = c.unread > 0;
	buf_release(&c.bytes);
	return 0;
}
