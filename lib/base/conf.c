/* conf.c - see conf.h. The file is read by inih; what is ours is the table and the checks. */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf_private.h"
#include "base/err.h"
#include "base/file.h"

#define CONF_MAX 65536    /* bytes of newsletter.conf */
#define NAME_MAX_BYTES 40 /* of a section, so that inih, which cuts it at 50, is never asked for more */

/* Sections that may be there several times, each with a name. */
static const struct part_kind {
	const char *section;
	size_t array, count; /* where struct conf keeps them, and how many there are */
	size_t size;         /* of one: it begins with its name */
	int most;
	bool named; /* must have a name, a mail domain */
	const char *wanted;
} part_kinds[] = {
	{ "relay", offsetof(struct conf, relay), offsetof(struct conf, relays), sizeof(struct conf_relay), CONF_RELAYS_MAX, false,
	    "[relay NAME] wants a name of lower-case letters, digits and hyphens, like [relay backup]" },
	{ "domain", offsetof(struct conf, domain), offsetof(struct conf, domains), sizeof(struct conf_domain), CONF_DOMAINS_MAX, true,
	    "[domain NAME] wants a mail domain in lower case, like [domain gmail.com]" },
	{ "inbound", offsetof(struct conf, mailbox), offsetof(struct conf, mailboxes), sizeof(struct conf_mailbox),
	    CONF_MAILBOXES_MAX, false,
	    "[inbound NAME] wants a name of lower-case letters, digits and hyphens, like [inbound complaints]" },
};
#define PART_KINDS (sizeof(part_kinds) / sizeof(part_kinds[0]))

struct load {
	struct conf *c;
	struct err *e;
	int failed;
	/* by key and part: 0 the whole file, then relays, domains, mailboxes */
	unsigned char seen[CONF_KEYS_MAX][1 + CONF_RELAYS_MAX + CONF_DOMAINS_MAX + CONF_MAILBOXES_MAX];
};

static const struct part_kind *
kind_of(const char *section)
{
	size_t i;

	for (i = 0; i < PART_KINDS; i++)
		if (strcmp(part_kinds[i].section, section) == 0)
			return &part_kinds[i];
	return NULL;
}

static int *
count_of(struct conf *c, const struct part_kind *kind)
{
	return (int *)((char *)c + kind->count);
}

static void *
part_at(struct conf *c, const struct part_kind *kind, int i)
{
	return (char *)c + kind->array + (size_t)i * kind->size;
}

static char **
name_of(void *part)
{
	return part;
}

/* The defaults of a part: of the file for section NULL, else of one [relay], [domain] or [inbound]. */
static void
set_defaults(void *part, const char *folder, const char *section)
{
	const struct conf_key *k;
	struct err e = ERR_INIT;

	for (k = conf_keys; k->section; k++)
		if (section ? strcmp(k->section, section) == 0 : !kind_of(k->section))
			if (conf_set_value(part, folder, k, k->fallback, &e) == -1)
				abort(); /* a default in the table is wrong */
}

static void
free_part(void *part, const char *section)
{
	const struct conf_key *k;

	for (k = conf_keys; k->section; k++)
		if (!conf_is_number(k->kind) && (section ? strcmp(k->section, section) == 0 : !kind_of(k->section)))
			free(*conf_text_member(part, k));
}

static int
check_name(const struct part_kind *kind, const char *name, struct err *e)
{
	size_t n = strlen(name);

	if (n > NAME_MAX_BYTES)
		return err_set(e, ERR_INPUT, "the name in [%s …] is too long; %d bytes are the most", kind->section, NAME_MAX_BYTES);
	if (kind->named && !name[0])
		return err_set(e, ERR_INPUT, "[domain] needs the name of a mail domain, like [domain gmail.com]");
	if (kind->named && (!strchr(name, '.') || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != n))
		return err_set(e, ERR_INPUT, "%s", kind->wanted);
	if (!kind->named && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != n)
		return err_set(e, ERR_INPUT, "%s", kind->wanted);
	return 0;
}

/* The part of that name, new with its defaults when there is none yet; NULL: too many. *index counts as in load.seen. */
static void *
named_part(struct conf *c, const struct part_kind *kind, const char *name, size_t *index, struct err *e)
{
	const struct part_kind *k;
	int i, *count = count_of(c, kind);

	for (i = 0; i < *count; i++)
		if (strcmp(*name_of(part_at(c, kind, i)), name) == 0)
			break;
	*index = 1 + (size_t)i;
	for (k = part_kinds; k < kind; k++)
		*index += (size_t)k->most;
	if (i < *count)
		return part_at(c, kind, i);
	if (i == kind->most) {
		err_set(e, ERR_INPUT, "there are more than %d [%s] sections", i, kind->section);
		return NULL;
	}
	++*count;
	*name_of(part_at(c, kind, i)) = xstrdup(name);
	set_defaults(part_at(c, kind, i), c->folder, kind->section);
	return part_at(c, kind, i);
}

/* Where the keys of a section as it is written, "relay backup", go; its first word into `section`. NULL: *e says why. */
static void *
find_part(struct conf *c, const char *written, char section[64], size_t *index, struct err *e)
{
	const struct part_kind *kind;
	size_t n = strcspn(written, " ");
	const char *name = written + n + strspn(written + n, " ");

	snprintf(section, 64, "%.*s", (int)(n < 63 ? n : 63), written);
	*index = 0;
	kind = kind_of(section);
	if (!kind) {
		snprintf(section, 64, "%s", written);
		return c;
	}
	return check_name(kind, name, e) == -1 ? NULL : named_part(c, kind, name, index, e);
}

static const struct conf_key *
find_key(const char *section, const char *key, int *section_known)
{
	const struct conf_key *k;

	*section_known = 0;
	for (k = conf_keys; k->section; k++) {
		if (strcmp(k->section, section) != 0)
			continue;
		*section_known = 1;
		if (strcmp(k->key, key) == 0)
			return k;
	}
	return NULL;
}

/* inih calls this for each key; it stops at the first 0 and gives that line's number. */
static int
on_key(void *ctx, const char *written, const char *key, const char *value)
{
	struct load *l = ctx;
	const struct conf_key *k;
	char section[64];
	size_t index;
	void *part;
	int known;

	l->failed = 1;
	part = find_part(l->c, written, section, &index, l->e);
	if (!part)
		return 0;
	k = find_key(section, key, &known);
	if (!k && !section[0])
		err_set(l->e, ERR_INPUT, "\"%.60s\" stands before the first [section]", key);
	else if (!k && !known)
		err_set(l->e, ERR_INPUT, "unknown section [%.60s]; see newsletter.conf(5)", section);
	else if (!k)
		err_set(l->e, ERR_INPUT, "unknown key \"%.60s\" in [%s]; see newsletter.conf(5)", key, section);
	else if (l->seen[k - conf_keys][index]++)
		err_set(l->e, ERR_INPUT, "%s is given twice in [%s]", key, written);
	else
		l->failed = conf_set_value(part, l->c->folder, k, value, l->e) == -1;
	return !l->failed;
}

static const char *
url_of(const struct part_kind *kind, const void *part)
{
	return kind->section[0] == 'r' ? ((const struct conf_relay *)part)->url : ((const struct conf_mailbox *)part)->url;
}

/* [relay] and [inbound] without a url, as init writes them, are none. */
static void
drop_unused(struct conf *c)
{
	const struct part_kind *kind;
	int i, *count;

	for (kind = part_kinds; kind < part_kinds + PART_KINDS; kind++) {
		count = count_of(c, kind);
		for (i = 0; i < *count && !kind->named; i++)
			if (!url_of(kind, part_at(c, kind, i))[0]) {
				free_part(part_at(c, kind, i), kind->section);
				free(*name_of(part_at(c, kind, i)));
				memmove(part_at(c, kind, i), part_at(c, kind, i + 1), (size_t)(--*count - i) * kind->size);
				memset(part_at(c, kind, *count), 0, kind->size);
				break; /* only the one without a name may lack it */
			}
	}
}

/* Defaults that are made from other keys. */
static void
fill_derived(struct conf *c)
{
	if (!c->dkim_domain[0]) {
		free(c->dkim_domain);
		c->dkim_domain = xstrdup(strrchr(c->mail_from, '@') + 1);
	}
	if (!c->mail_from_name[0]) {
		free(c->mail_from_name);
		c->mail_from_name = xstrdup(c->site_name);
	}
	if (!c->mail_list_domain[0]) {
		free(c->mail_list_domain);
		c->mail_list_domain = xstrdup(strrchr(c->mail_from, '@') + 1);
	}
}

/*
 * Debian's inih reads lines of 200 bytes and takes what follows for the next
 * line, unless told otherwise. A value is all of its line: an inline comment
 * would cut "Room 3 ; Main Street 1" short without a word. Indentation means
 * nothing.
 */
static int
parse(const char *text, struct load *l)
{
	ini_use_stack = false;
	ini_max_line = ini_initial_alloc = CONF_MAX + 3; /* with CR, LF and NUL */
	ini_allow_inline_comments = false;
	ini_allow_multiline = false;
	ini_stop_on_first_error = true;
	return ini_parse_string(text, on_key, l);
}

int
conf_read(struct conf *c, const char *path, const char *text, size_t n, struct err *e)
{
	struct load l = { .c = c, .e = e };
	char *slash;
	int line;

	memset(c, 0, sizeof(*c));
	c->path = xstrdup(path);
	c->folder = xstrdup(path);
	slash = strrchr(c->folder, '/');
	slash[slash == c->folder] = '\0';
	set_defaults(c, c->folder, NULL);
	if (strlen(text) != n)
		return err_set(e, ERR_INPUT, "%s holds a NUL byte: it is no text file", path);
	line = parse(text, &l);
	if (line) {
		if (!l.failed)
			err_set(e, ERR_INPUT, "this line is no [section] and no key = value");
		return err_wrap(e, "%s:%d", path, line);
	}
	if (conf_check(c, e) == -1)
		return -1;
	drop_unused(c);
	fill_derived(c);
	return 0;
}

int
conf_load(struct conf *c, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	char *whole = realpath(path, NULL);
	int missing, rc = -1;

	memset(c, 0, sizeof(*c));
	if (!whole) {
		missing = errno == ENOENT || errno == ENOTDIR;
		err_sys(e, "cannot open %s", path);
		if (missing)
			e->code = ERR_NOT_FOUND;
		goto out;
	}
	if (file_read(path, CONF_MAX, &text, e) == -1)
		goto out;
	rc = conf_read(c, whole, text.data, text.len, e);
out:
	buf_release(&text);
	free(whole);
	return rc;
}

void
conf_release(struct conf *c)
{
	const struct part_kind *kind;
	int i;

	if (c->folder)
		free_part(c, NULL);
	for (kind = part_kinds; kind < part_kinds + PART_KINDS; kind++)
		for (i = 0; i < *count_of(c, kind); i++) {
			free_part(part_at(c, kind, i), kind->section);
			free(*name_of(part_at(c, kind, i)));
		}
	free(c->path);
	free(c->folder);
	memset(c, 0, sizeof(*c));
}

int
conf_has_relay(const struct conf *c)
{
	return c->relays > 0;
}

/* Whether a word stands in a list separated by spaces. */
static int
names(const char *list, const char *word)
{
	size_t n = strlen(word), len;

	for (list += strspn(list, " "); *list; list += len, list += strspn(list, " ")) {
		len = strcspn(list, " ");
		if (len == n && memcmp(list, word, n) == 0)
			return 1;
	}
	return 0;
}

int
conf_relay_tier(const struct conf *c, int relay, const char *topic)
{
	const struct conf_relay *r = &c->relay[relay];
	int i, general = 0, spare = r->weight == 0;

	for (i = 0; i < c->relays; i++)
		general |= c->relay[i].topics[0] == '\0';
	if (names(r->topics, topic))
		return spare;
	if (!r->topics[0] || (!general && relay == 0)) /* somebody must take what nobody named */
		return 2 + spare;
	return -1;
}

static void
variable(char out[CONF_VARIABLE], const char *prefix, const char *name)
{
	char *p;

	snprintf(out, CONF_VARIABLE, "%s%s%s", prefix, name[0] ? "_" : "", name);
	for (p = out; *p; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
}

void
conf_relay_variable(const struct conf_relay *r, char out[CONF_VARIABLE])
{
	variable(out, "NEWSLETTER_RELAY_PASSWORD", r->name);
}

void
conf_mailbox_variable(const struct conf_mailbox *m, char out[CONF_VARIABLE])
{
	variable(out, "NEWSLETTER_INBOUND_PASSWORD", m->name);
}

int
conf_secret(const char *variable, const char *file, char **out, struct err *e)
{
	const char *env = getenv(variable);
	struct buf b = BUF_INIT;

	if (env) {
		*out = xstrdup(env);
		return 0;
	}
	if (!file[0])
		return err_set(e, ERR_NOT_FOUND, "a secret is missing: name its file in newsletter.conf or set %s", variable);
	if (file_read(file, 4096, &b, e) == -1) {
		buf_release(&b);
		return -1;
	}
	buf_truncate(&b, strcspn(b.data, "\r\n"));
	*out = buf_detach(&b);
	return 0;
}
