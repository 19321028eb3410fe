/* conf.c - see conf.h. The file is read by inih; what is ours is the table and the checks. */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/colour.h"
#include "base/conf_private.h"
#include "base/err.h"
#include "base/file.h"
#include "base/window.h"

#define CONF_MAX 65536       /* bytes of newsletter.conf */
#define RELAY_SLOTS_MAX 2000 /* the sender holds two slots of 1.5 KB for each */
#define NAME_MAX_BYTES 40    /* of a section, so that inih, which cuts it at 50, is never asked for more */

struct load {
	struct conf *c;
	struct err *e;
	int failed;
	/* by key and part: 0 the whole file, then relays, then domains */
	unsigned char seen[CONF_KEYS_MAX][1 + CONF_RELAYS_MAX + CONF_DOMAINS_MAX];
};

static int
is_many(const char *section)
{
	return strcmp(section, "relay") == 0 || strcmp(section, "domain") == 0;
}

/* The defaults of a part: of the file for section NULL, else of one [relay] or [domain]. */
static void
set_defaults(void *part, const char *folder, const char *section)
{
	const struct conf_key *k;
	struct err e = ERR_INIT;

	for (k = conf_keys; k->section; k++)
		if (section ? strcmp(k->section, section) == 0 : !is_many(k->section))
			if (conf_set_value(part, folder, k, k->fallback, &e) == -1)
				abort(); /* a default in the table is wrong */
}

static void
free_part(void *part, const char *section)
{
	const struct conf_key *k;

	for (k = conf_keys; k->section; k++)
		if (!conf_is_number(k->kind) && (section ? strcmp(k->section, section) == 0 : !is_many(k->section)))
			free(*conf_text_member(part, k));
}

static int
check_name(const char *section, const char *name, struct err *e)
{
	int domain = section[0] == 'd';
	size_t n = strlen(name);

	if (n > NAME_MAX_BYTES)
		return err_set(e, ERR_INPUT, "the name in [%s …] is too long; %d bytes are the most", section, NAME_MAX_BYTES);
	if (domain && (!strchr(name, '.') || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != n))
		return err_set(e, ERR_INPUT, "[domain NAME] wants a mail domain in lower case, like [domain gmail.com]");
	if (!domain && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != n)
		return err_set(e, ERR_INPUT, "[relay NAME] wants a name of lower-case letters, digits and hyphens, like [relay backup]");
	return 0;
}

/* The relay or domain of that name, new with its defaults when there is none yet; NULL: too many. *index counts as in load.seen. */
static void *
named_part(struct conf *c, const char *section, const char *name, size_t *index, struct err *e)
{
	int i, domain = section[0] == 'd';

	for (i = 0; i < (domain ? c->domains : c->relays); i++)
		if (strcmp(domain ? c->domain[i].name : c->relay[i].name, name) == 0)
			break;
	*index = 1 + (size_t)i + (domain ? CONF_RELAYS_MAX : 0);
	if (i < (domain ? c->domains : c->relays))
		return domain ? (void *)&c->domain[i] : (void *)&c->relay[i];
	if (i == (domain ? CONF_DOMAINS_MAX : CONF_RELAYS_MAX)) {
		err_set(e, ERR_INPUT, "there are more than %d [%s] sections", i, section);
		return NULL;
	}
	if (domain)
		c->domain[c->domains++].name = xstrdup(name);
	else
		c->relay[c->relays++].name = xstrdup(name);
	set_defaults(domain ? (void *)&c->domain[i] : (void *)&c->relay[i], c->folder, section);
	return domain ? (void *)&c->domain[i] : (void *)&c->relay[i];
}

/* Where the keys of a section as it is written, "relay backup", go; its first word into `section`. NULL: *e says why. */
static void *
find_part(struct conf *c, const char *written, char section[64], size_t *index, struct err *e)
{
	size_t n = strcspn(written, " ");
	const char *name = written + n + strspn(written + n, " ");

	snprintf(section, 64, "%.*s", (int)(n < 63 ? n : 63), written);
	*index = 0;
	if (!is_many(section)) {
		snprintf(section, 64, "%s", written);
		return c;
	}
	if (section[0] == 'd' && !name[0]) {
		err_set(e, ERR_INPUT, "[domain] needs the name of a mail domain, like [domain gmail.com]");
		return NULL;
	}
	if (check_name(section, name, e) == -1)
		return NULL;
	return named_part(c, section, name, index, e);
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

	if (l->failed)
		return 0;
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

static int
check_relay(const struct conf *c, const struct conf_relay *r, struct err *e)
{
	char section[64];

	snprintf(section, sizeof(section), "[relay%s%s]", r->name[0] ? " " : "", r->name);
	if (!r->url[0])
		return r->name[0] ? err_set(e, ERR_INPUT, "%s: %s needs a url", c->path, section) : 0;
	if (strncmp(r->url, "smtp://", 7) != 0 && strncmp(r->url, "smtps://", 8) != 0)
		return err_set(e, ERR_INPUT, "%s: %s url must begin with smtp:// or smtps://", c->path, section);
	if (strpbrk(r->url, " \"<>"))
		return err_set(e, ERR_INPUT, "%s: %s url holds a space or a quote; a comment stands on a line of its own", c->path,
		    section);
	if (strchr(r->url, '@'))
		return err_set(e, ERR_INPUT, "%s: %s url must not hold a user or password: use user and password_file", c->path, section);
	if (r->connections * r->window > RELAY_SLOTS_MAX)
		return err_set(e, ERR_INPUT, "%s: %s connections x window is over %d: so many on the way help no relay", c->path, section,
		    RELAY_SLOTS_MAX);
	if (r->password_file[0] && r->token_file[0])
		return err_set(e, ERR_INPUT, "%s: %s has both password_file and token_file: one of them is too many", c->path, section);
	if ((r->password_file[0] || r->token_file[0]) && !r->user[0])
		return err_set(e, ERR_INPUT, "%s: %s has a secret but no user to log in with", c->path, section);
	return 0;
}

/* [relay] without a url, as init writes it, is none. */
static void
drop_unused_relay(struct conf *c)
{
	int i;

	for (i = 0; i < c->relays; i++)
		if (!c->relay[i].url[0]) {
			free_part(&c->relay[i], "relay");
			free(c->relay[i].name);
			memmove(&c->relay[i], &c->relay[i + 1], (size_t)(--c->relays - i) * sizeof(c->relay[0]));
			memset(&c->relay[c->relays], 0, sizeof(c->relay[0]));
			return;
		}
}

static int
check_whole(const struct conf *c, struct err *e)
{
	struct window window;
	size_t i;
	int r;

	for (r = 0; r < c->relays; r++)
		if (check_relay(c, &c->relay[r], e) == -1)
			return -1;
	if (window_parse(&window, c->campaign_promotion_window, e) == -1)
		return err_wrap(e, "%s: [campaign] promotion_window", c->path);
	if (strpbrk(c->site_url, "?#"))
		return err_set(e, ERR_INPUT, "%s: [site] url must be the beginning of an address, without ? or #", c->path);
	if (!colour_is(c->site_colour))
		return err_set(e, ERR_INPUT, "%s: [site] colour must be like #2f6f64", c->path);
	for (i = 0; c->mail_list_domain[i]; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", c->mail_list_domain[i]))
			return err_set(e, ERR_INPUT, "%s: [mail] list_domain must be a domain", c->path);
	return 0;
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
	if (check_whole(c, e) == -1)
		return -1;
	drop_unused_relay(c);
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
	int i;

	if (c->folder)
		free_part(c, NULL);
	for (i = 0; i < c->relays; i++) {
		free_part(&c->relay[i], "relay");
		free(c->relay[i].name);
	}
	for (i = 0; i < c->domains; i++) {
		free_part(&c->domain[i], "domain");
		free(c->domain[i].name);
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

void
conf_relay_variable(const struct conf_relay *r, char out[CONF_VARIABLE])
{
	char *p;

	snprintf(out, CONF_VARIABLE, "NEWSLETTER_RELAY_PASSWORD%s%s", r->name[0] ? "_" : "", r->name);
	for (p = out; *p; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
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
