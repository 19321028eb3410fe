/* conf.c - see conf.h. The file is read by inih; what is ours is the table and the checks. */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

#define CONF_MAX 65536    /* bytes of newsletter.conf */
#define CONF_KEYS_MAX 128 /* rows of conf_keys */

// clang-format off
#define TEXT(section, key, member, fallback, help) { section, key, CONF_TEXT, offsetof(struct conf, member), fallback, "", help }
#define KIND(section, key, kind, member, fallback, choices, help) { section, key, kind, offsetof(struct conf, member), fallback, choices, help }
const struct conf_key conf_keys[CONF_KEYS_MAX] = {
	TEXT("site", "name", site_name, "Our newsletter", "The newsletter's name, as visitors and readers see it."),
	KIND("site", "url", CONF_URL, site_url, "http://127.0.0.1:8025", "", "Public address of the newsletter's pages, as the reverse proxy serves them; every link in a mail begins with it."),
	KIND("site", "home", CONF_URL, site_home, "", "", "The organisation's own website, linked from pages and mails."),
	TEXT("site", "description", site_description, "Join our newsletter and stay updated when we publish new articles.", "The invitation on the signup page."),
	TEXT("site", "language", site_language, "en", "Language of pages and mails."),
	TEXT("site", "timezone", site_timezone, "", "Time zone of dates and schedules, like Europe/Madrid; empty: the system's."),
	TEXT("site", "postal_address", site_postal_address, "", "Postal address at the foot of every newsletter; the law asks for one."),
	KIND("site", "privacy_url", CONF_URL, site_privacy_url, "", "", "The site's privacy notice, linked where consent is asked."),
	TEXT("site", "action_text", site_action_text, "", "Words of the call to action at the end of every newsletter."),
	KIND("site", "action_url", CONF_URL, site_action_url, "", "", "Where the call to action leads."),
	TEXT("site", "colour", site_colour, "#2f6f64", "Accent colour of pages and mails, #rrggbb."),
	KIND("site", "logo", CONF_URL, site_logo, "", "", "Picture at the head of pages and mails; https only."),

	TEXT("mail", "from_name", mail_from_name, "", "Name in From; empty: the site's name."),
	KIND("mail", "from", CONF_ADDRESS, mail_from, "newsletter@localhost.localdomain", "", "Address in From."),
	KIND("mail", "reply_to", CONF_ADDRESS, mail_reply_to, "", "", "Address for replies; empty: that in From."),
	KIND("mail", "bounce", CONF_ADDRESS, mail_bounce, "", "", "Mailbox that bounces return to; each message's envelope sender is made from it (bounce+LINK@domain). Empty: the address in From, unchanged."),
	KIND("mail", "unsubscribe", CONF_ADDRESS, mail_unsubscribe, "", "", "Mailbox that takes unsubscribe mails (unsubscribe+LINK@domain); empty: only the web link is offered."),
	TEXT("mail", "list_domain", mail_list_domain, "", "Domain in List-Id; empty: that of From. Never change it: readers filter by it."),
	KIND("mail", "operator", CONF_ADDRESS, mail_operator, "", "", "Who is told when something needs a person."),

	KIND("store", "path", CONF_PATH, store_path, "store/newsletter.db", "", "The store; its folder is the store's alone."),
	KIND("store", "keys", CONF_PATH, store_keys, "keys", "", "Folder of the key files; back it up: without it no link ever mailed works."),
	KIND("store", "outbox", CONF_PATH, store_outbox, "outbox", "", "Folder for mail while no relay is configured, one .eml file each."),
	KIND("store", "templates", CONF_PATH, store_templates, "templates", "", "Folder of the site's own templates; a file there replaces the built-in one of the same name."),

	TEXT("http", "listen", http_listen, "127.0.0.1:8025", "Address and port (or [v6]:port) that newsletterd answers on."),
	KIND("http", "connections", CONF_NUMBER, http_connections, "2000", "1 100000", "Connections held at once."),
	KIND("http", "timeout", CONF_DURATION, http_timeout, "15s", "1 3600", "A connection that says nothing for so long is closed."),
	TEXT("http", "trusted_proxies", http_trusted_proxies, "", "Addresses of the reverse proxies whose X-Forwarded-For is believed, separated by spaces; empty: nobody's."),

	TEXT("relay", "url", relay_url, "", "smtp://host:587 or smtps://host:465; empty: mail goes to the outbox folder."),
	TEXT("relay", "user", relay_user, "", "User name for AUTH; empty: no AUTH."),
	KIND("relay", "password_file", CONF_PATH, relay_password_file, "", "", "File whose first line is the password; or set NEWSLETTER_RELAY_PASSWORD."),
	KIND("relay", "tls", CONF_CHOICE, relay_tls, "required", "required opportunistic none", "STARTTLS on smtp://: required with a valid certificate, tried without one, or not used."),
	KIND("relay", "ca_file", CONF_PATH, relay_ca_file, "", "", "Certificates to trust instead of the system's."),
	TEXT("relay", "helo", relay_helo, "", "Name in EHLO; empty: this host's name."),
	KIND("relay", "connections", CONF_NUMBER, relay_connections, "4", "1 100", "Connections at once."),
	KIND("relay", "window", CONF_NUMBER, relay_window, "16", "1 100", "Messages on the way at once on a connection."),
	KIND("relay", "messages_per_connection", CONF_NUMBER, relay_messages_per_connection, "0", "0 1000000", "Messages before a connection is closed and opened anew; 0: no limit."),
	KIND("relay", "rate", CONF_NUMBER, relay_rate, "0", "0 1000000", "Messages a second over all connections; 0: no limit."),
	KIND("relay", "timeout", CONF_DURATION, relay_timeout, "5m", "1 3600", "Longest wait for a reply; that after a message's end is twice as long."),

	KIND("campaign", "cancel_window", CONF_DURATION, campaign_cancel_window, "60s", "0 86400", "Wait before the first message, to change one's mind."),
	KIND("campaign", "deadline", CONF_DURATION, campaign_deadline, "3d", "60 2592000", "How long deferred messages are tried."),
	KIND("campaign", "overdue", CONF_DURATION, campaign_overdue, "6h", "60 2592000", "A campaign that could not start for so long is held for a person."),
	KIND("campaign", "on_unknown", CONF_CHOICE, campaign_on_unknown, "resend", "resend hold", "A message whose reply was lost: send it again with the same Message-ID, or hold it."),

	KIND("retention", "pending", CONF_DURATION, keep_pending, "7d", "3600 31536000", "Signups that nobody confirmed are deleted."),
	KIND("retention", "ip", CONF_DURATION, keep_ip, "90d", "0 315360000", "IP addresses in the evidence of consent are deleted."),
	KIND("retention", "ledger", CONF_DURATION, keep_ledger, "548d", "86400 315360000", "Deliveries of finished campaigns are deleted."),
	KIND("retention", "events", CONF_DURATION, keep_events, "730d", "86400 315360000", "Bounces, complaints and unsubscribes are deleted."),
	{ NULL, NULL, CONF_TEXT, 0, NULL, NULL, NULL },
};
// clang-format on

struct load {
	struct conf *c;
	struct err *e;
	int failed;
	unsigned char seen[CONF_KEYS_MAX];
};

static char **
text_member(struct conf *c, const struct conf_key *k)
{
	return (char **)(void *)((char *)c + k->offset);
}

static int64_t *
number_member(struct conf *c, const struct conf_key *k)
{
	return (int64_t *)(void *)((char *)c + k->offset);
}

static int
is_number(enum conf_kind kind)
{
	return kind == CONF_NUMBER || kind == CONF_DURATION || kind == CONF_BOOL;
}

static int
set_number(struct conf *c, const struct conf_key *k, const char *value, struct err *e)
{
	int64_t n, least, most;
	char *end;

	if (k->kind == CONF_BOOL) {
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return err_set(e, ERR_INPUT, "%s must be yes or no", k->key);
		*number_member(c, k) = value[0] == 'y';
		return 0;
	}
	if (k->kind == CONF_DURATION) {
		if (clock_parse_duration(value, &n, e) == -1)
			return err_wrap(e, "%s", k->key);
	} else {
		n = strtoll(value, &end, 10);
		if (!value[0] || *end)
			return err_set(e, ERR_INPUT, "%s must be a whole number, not \"%.60s\"", k->key, value);
	}
	least = strtoll(k->choices, &end, 10);
	most = strtoll(end, NULL, 10);
	if (n < least || n > most)
		return err_set(e, ERR_INPUT, "%s must be between %lld and %lld", k->key, (long long)least, (long long)most);
	*number_member(c, k) = n;
	return 0;
}

static int
is_loopback(const char *url)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };
	size_t i, n;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		n = strlen(hosts[i]);
		if (strncmp(url, hosts[i], n) == 0 && (!url[n] || url[n] == ':' || url[n] == '/'))
			return 1;
	}
	return 0;
}

static int
is_choice(const char *choices, const char *word, size_t n)
{
	while (*choices) {
		size_t len = strcspn(choices, " ");

		if (len == n && memcmp(choices, word, n) == 0)
			return 1;
		choices += len + (choices[len] == ' ');
	}
	return 0;
}

static int
check_text(const struct conf_key *k, const char *value, struct err *e)
{
	size_t n = strlen(value);
	const char *at;

	if (!text_is_utf8(value, n) || text_has_control(value, n, ""))
		return err_set(e, ERR_INPUT, "%s must be one line of UTF-8 text", k->key);
	if (!n && k->fallback[0])
		return err_set(e, ERR_INPUT, "%s must not be empty", k->key);
	if (!n)
		return 0;
	if (k->kind == CONF_URL && !(strncmp(value, "https://", 8) == 0 && isalnum((unsigned char)value[8])) && !is_loopback(value))
		return err_set(e, ERR_INPUT, "%s must begin with https:// and a host (http:// is for localhost only)", k->key);
	if (k->kind == CONF_URL && strpbrk(value, " \"<>'\\@"))
		return err_set(e, ERR_INPUT, "%s is no address of a page: it holds a space, a quote or an @", k->key);
	if (k->kind == CONF_ADDRESS) {
		at = strrchr(value, '@');
		if (!at || at == value || !at[1] || strpbrk(value, " \"<>,;:\\()[]") || strchr(value, '@') != at)
			return err_set(e, ERR_INPUT, "%s must be an address like news@example.org", k->key);
	}
	if (k->kind == CONF_CHOICE && !is_choice(k->choices, value, n))
		return err_set(e, ERR_INPUT, "%s must be one of: %s", k->key, k->choices);
	return 0;
}

static int
set_text(struct conf *c, const struct conf_key *k, const char *value, struct err *e)
{
	struct buf b = BUF_INIT;
	char **member = text_member(c, k);

	if (check_text(k, value, e) == -1)
		return -1;
	if (k->kind == CONF_PATH && value[0])
		file_join(&b, c->folder, value);
	else
		buf_addstr(&b, value);
	if (k->kind == CONF_URL)
		while (b.len && b.data[b.len - 1] == '/')
			buf_truncate(&b, b.len - 1);
	free(*member);
	*member = buf_detach(&b);
	return 0;
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
on_key(void *ctx, const char *section, const char *key, const char *value)
{
	struct load *l = ctx;
	const struct conf_key *k;
	int known;

	if (l->failed)
		return 0;
	k = find_key(section, key, &known);
	if (!k && !section[0])
		err_set(l->e, ERR_INPUT, "\"%.60s\" stands before the first [section]", key);
	else if (!k && !known)
		err_set(l->e, ERR_INPUT, "unknown section [%.60s]; see newsletter.conf(5)", section);
	else if (!k)
		err_set(l->e, ERR_INPUT, "unknown key \"%.60s\" in [%s]; see newsletter.conf(5)", key, section);
	else if (l->seen[k - conf_keys]++)
		err_set(l->e, ERR_INPUT, "%s is given twice in [%s]", key, section);
	else if ((is_number(k->kind) ? set_number : set_text)(l->c, k, value, l->e) == 0)
		return 1;
	l->failed = 1;
	return 0;
}

static int
check_whole(const struct conf *c, struct err *e)
{
	size_t i;

	if (c->relay_url[0] && strncmp(c->relay_url, "smtp://", 7) != 0 && strncmp(c->relay_url, "smtps://", 8) != 0)
		return err_set(e, ERR_INPUT, "%s: [relay] url must begin with smtp:// or smtps://", c->path);
	if (strpbrk(c->relay_url, " \"<>"))
		return err_set(e, ERR_INPUT, "%s: [relay] url holds a space or a quote; a comment stands on a line of its own", c->path);
	if (strpbrk(c->site_url, "?#"))
		return err_set(e, ERR_INPUT, "%s: [site] url must be the beginning of an address, without ? or #", c->path);
	if (strchr(c->relay_url, '@'))
		return err_set(e, ERR_INPUT, "%s: [relay] url must not hold a user or password: use user and password_file", c->path);
	if (c->site_colour[0] != '#' || strlen(c->site_colour) != 7 || strspn(c->site_colour + 1, "0123456789abcdefABCDEF") != 6)
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
	const struct conf_key *k;
	char *slash;
	int line;

	memset(c, 0, sizeof(*c));
	c->path = xstrdup(path);
	c->folder = xstrdup(path);
	slash = strrchr(c->folder, '/');
	slash[slash == c->folder] = '\0';
	for (k = conf_keys; k->section; k++)
		if ((is_number(k->kind) ? set_number : set_text)(c, k, k->fallback, e) == -1)
			abort(); /* a default in the table above is wrong */
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
	const struct conf_key *k;

	for (k = conf_keys; k->section; k++)
		if (!is_number(k->kind))
			free(*text_member(c, k));
	free(c->path);
	free(c->folder);
	memset(c, 0, sizeof(*c));
}

int
conf_has_relay(const struct conf *c)
{
	return c->relay_url[0] != '\0';
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
