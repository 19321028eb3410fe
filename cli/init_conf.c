/* init_conf.c - see init.h: the answers, and newsletter.conf out of them. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "cli.h"
#include "init.h"
#include "mail/addr.h"
#include "out.h"

/* The options that stand for a key, and what is asked on a terminal, in this order. */
static const struct answer {
	const char *option, *section, *key;
	const char *question; /* NULL: not asked */
	const char *after;    /* asked only when this option has an answer */
} answers[] = {
	{ "name", "site", "name", "What is the newsletter called?", NULL },
	{ "home", "site", "home", "Your website (https://…), if you have one", NULL },
	{ "url", "site", "url", "Where will its own pages be, as visitors see them?", NULL },
	{ "from", "mail", "from", "Which address does it come from?", NULL },
	{ "postal-address", "site", "postal_address", "Your postal address, in one line (the law wants it in every newsletter)", NULL },
	{ "action-text", "site", "action_text", "A call to action at the end of each mail, like \"Schedule your session\"", NULL },
	{ "action-url", "site", "action_url", "Where does it lead (https://…)?", "action-text" },
	{ "timezone", "site", "timezone", "Your time zone, like Europe/Madrid", NULL },
	{ "relay", "relay", "url", "The mail server to send through, like smtp://mail.example.org:587 (empty: an outbox folder)", NULL },
	{ "relay-user", "relay", "user", "User name there", "relay" },
	{ "relay-password-file", "relay", "password_file", "A file whose first line is the password", "relay-user" },
	{ "description", "site", "description", NULL, NULL },
	{ "language", "site", "language", NULL, NULL },
	{ "privacy-url", "site", "privacy_url", NULL, NULL },
	{ "colour", "site", "colour", NULL, NULL },
	{ "logo", "site", "logo", NULL, NULL },
	{ "reply-to", "mail", "reply_to", NULL, NULL },
	{ "bounce", "mail", "bounce", NULL, NULL },
	{ "operator", "mail", "operator", NULL, NULL },
	{ "listen", "http", "listen", NULL, NULL },
};
#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

/* Written as comments while they have their default, for people to find. */
static const char *const useful[] = {
	"site.home",
	"site.description",
	"site.language",
	"site.languages",
	"site.archive",
	"site.timezone",
	"site.postal_address",
	"site.privacy_url",
	"site.action_text",
	"site.action_url",
	"site.colour",
	"site.logo",
	"site.social",
	"site.url",
	"mail.from",
	"mail.reply_to",
	"mail.bounce",
	"mail.unsubscribe",
	"mail.welcome",
	"mail.operator",
	"mail.forward",
	"http.listen",
	"http.trusted_proxies",
	"http.origins",
	"daemon.users",
	"signup.per_network",
	"signup.per_domain",
	"signup.total",
	"signup.hold",
	"signup.disposable",
	"signup.roles",
	"inbound.url",
	"inbound.user",
	"inbound.password_file",
	"relay.url",
	"relay.user",
	"relay.password_file",
	"relay.connections",
	"relay.rate",
	"campaign.cancel_window",
};

static int
key_index(const char *section, const char *key)
{
	int i;

	for (i = 0; conf_keys[i].section; i++)
		if (strcmp(conf_keys[i].section, section) == 0 && strcmp(conf_keys[i].key, key) == 0)
			return i;
	return -1;
}

static int
answer_index(const struct answer *a)
{
	int i = key_index(a->section, a->key);

	if (i == -1 || i >= INIT_KEYS)
		abort(); /* the table above names a key that is not there */
	return i;
}

static void
set(struct init_answers *a, int index, const char *value)
{
	free(a->value[index]);
	a->value[index] = xstrdup(value);
}

/* "section.key=value" */
static int
set_any(struct init_answers *a, const char *text, struct err *e)
{
	const char *dot = strchr(text, '.'), *equals = strchr(text, '=');
	char section[32], key[48];
	int i;

	if (!dot || !equals || dot > equals ||
	    snprintf(section, sizeof(section), "%.*s", (int)(dot - text), text) >= (int)sizeof(section) ||
	    snprintf(key, sizeof(key), "%.*s", (int)(equals - dot - 1), dot + 1) >= (int)sizeof(key))
		return err_set(e, ERR_USAGE, "--set wants SECTION.KEY=VALUE, like relay.rate=20");
	i = key_index(section, key);
	if (i == -1 || i >= INIT_KEYS)
		return err_set(e, ERR_USAGE, "--set: there is no key \"%s\" in [%s]; see newsletter.conf(5)", key, section);
	set(a, i, equals + 1);
	return 0;
}

/* Whoever stands beside a user for each role (packaging/newsletter.sysusers) makes a site for all of them; --set daemon.users= does not. */
static void
set_users(struct init_answers *a)
{
	static const char *const roles[] = { "http", "clerk", "sender", "inbound" };
	const struct passwd *pw = getpwuid(getuid());
	char name[64], user[64 + 16];
	size_t i;

	if (!pw || snprintf(name, sizeof(name), "%s", pw->pw_name) >= (int)sizeof(name))
		return;
	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		snprintf(user, sizeof(user), "%s-%s", name, roles[i]);
		if (!getpwnam(user))
			return;
	}
	set(a, key_index("daemon", "users"), name);
}

int
init_from_options(const struct cli *cli, struct init_answers *a, struct err *e)
{
	const char *value;
	size_t i;
	int k;

	set_users(a);
	for (i = 0; i < ANSWERS; i++)
		if ((value = cli_option(cli, answers[i].option)))
			set(a, answer_index(&answers[i]), value);
	for (k = 0; (value = cli_option_nth(cli, "set", k)); k++)
		if (set_any(a, value, e) == -1)
			return -1;
	return 0;
}

void
init_answers_release(struct init_answers *a)
{
	int i;

	for (i = 0; i < INIT_KEYS; i++)
		free(a->value[i]);
	memset(a, 0, sizeof(*a));
}

/* A line end in a value would be a line of its own in the file. */
static int
one_line(const struct init_answers *a, struct err *e)
{
	int i;

	for (i = 0; i < INIT_KEYS && conf_keys[i].section; i++)
		if (a->value[i] && text_has_control(a->value[i], strlen(a->value[i]), ""))
			return err_set(e, ERR_INPUT, "%s must be one line of text", conf_keys[i].key);
	return 0;
}

int
init_check(const struct init_answers *a, const char *path, struct conf *conf, struct err *e)
{
	struct buf text = BUF_INIT;
	struct addr from;
	int i, rc = -1;

	/* line by line, so that the error names the key and not a line of a file that is not there */
	for (i = 0; i < INIT_KEYS && conf_keys[i].section; i++) {
		if (!a->value[i])
			continue;
		buf_reset(&text);
		buf_addf(&text, "[%s]\n%s = %s\n", conf_keys[i].section, conf_keys[i].key, a->value[i]);
		conf_release(conf);
		if (one_line(a, e) == -1)
			goto out;
		if (conf_read(conf, path, text.data, text.len, e) == -1) {
			const char *reason = strstr(e->text, ": ");

			err_set(e, ERR_INPUT, "[%s] %s", conf_keys[i].section, reason ? reason + 2 : e->text);
			goto out;
		}
	}
	buf_reset(&text);
	init_write(a, &text);
	conf_release(conf);
	if (conf_read(conf, path, text.data, text.len, e) == -1 || clock_init(conf->site_timezone, e) == -1)
		goto out;
	if (addr_parse(&from, conf->mail_from, e) == -1) {
		err_wrap(e, "[mail] from");
		goto out;
	}
	rc = 0;
out:
	buf_release(&text);
	return rc;
}

/* The system's zone by name, from the link that Debian keeps, or "". */
static void
system_zone(char *out, size_t size)
{
	char link[256];
	ssize_t n = readlink("/etc/localtime", link, sizeof(link) - 1);
	const char *name;

	out[0] = '\0';
	if (n <= 0)
		return;
	link[n] = '\0';
	name = strstr(link, "zoneinfo/");
	if (name && strlen(name + 9) < size && !strstr(name, "Etc/"))
		snprintf(out, size, "%s", name + 9);
}

/* "[site] home must …" is for who wrote a file; who was asked hears "It must …". */
static const char *
without_key(const char *text, const struct answer *q, char *out, size_t size)
{
	snprintf(out, size, "[%s] %s must ", q->section, q->key);
	if (strncmp(text, out, strlen(out)) != 0)
		return text;
	snprintf(out, size, "It must %s", text + strlen(out));
	return out;
}

static int
ask_one(const struct cli *cli, const struct answer *q, struct init_answers *a, const char *path, struct err *e)
{
	int index = answer_index(q);
	char zone[64], plain[ERR_TEXT];
	const char *fallback = conf_keys[index].fallback;
	struct buf answer = BUF_INIT;
	struct conf conf = { 0 };
	int rc = -1;

	if (strcmp(q->option, "timezone") == 0) {
		system_zone(zone, sizeof(zone));
		fallback = zone;
	}
	for (;;) {
		if (out_ask(cli, q->question, fallback, &answer, e) == -1)
			break;
		set(a, index, answer.data);
		if (!answer.len && !fallback[0]) {
			free(a->value[index]);
			a->value[index] = NULL;
		}
		rc = init_check(a, path, &conf, e);
		conf_release(&conf);
		if (rc == 0)
			break;
		fprintf(stderr, "  %s\n", without_key(e->text, q, plain, sizeof(plain)));
	}
	buf_release(&answer);
	return rc;
}

static bool
answered(const struct init_answers *a, const char *option)
{
	size_t i;

	for (i = 0; i < ANSWERS; i++) {
		const char *value = a->value[answer_index(&answers[i])];

		if (value && value[0] && strcmp(answers[i].option, option) == 0)
			return true;
	}
	return false;
}

int
init_ask(const struct cli *cli, struct init_answers *a, const char *path, struct err *e)
{
	size_t i;

	out_line(cli, "A few questions. Enter takes what stands in brackets; all of it can be changed");
	out_line(cli, "later in newsletter.conf.");
	out_gap(cli);
	for (i = 0; i < ANSWERS; i++) {
		if (!answers[i].question || a->value[answer_index(&answers[i])] || (answers[i].after && !answered(a, answers[i].after)))
			continue;
		if (ask_one(cli, &answers[i], a, path, e) == -1)
			return -1;
	}
	out_gap(cli);
	return 0;
}

static bool
is_useful(const struct conf_key *k)
{
	char name[96];
	size_t i;

	snprintf(name, sizeof(name), "%s.%s", k->section, k->key);
	for (i = 0; i < sizeof(useful) / sizeof(useful[0]); i++)
		if (strcmp(useful[i], name) == 0)
			return true;
	return false;
}

void
init_write(const struct init_answers *a, struct buf *out)
{
	const char *section = "", *value;
	bool active;
	int i;

	buf_addstr(out, "# newsletter.conf - see newsletter.conf(5) for every key.\n"
			"# A line that begins with # is a comment; a value is the whole rest of its line.\n"
			"# newsletterd reads it anew on SIGHUP.\n");
	for (i = 0; i < INIT_KEYS && conf_keys[i].section; i++) {
		active = a->value[i] && strcmp(a->value[i], conf_keys[i].fallback) != 0;
		if (!active && !is_useful(&conf_keys[i]))
			continue;
		if (strcmp(section, conf_keys[i].section) != 0)
			buf_addf(out, "\n[%s]\n", conf_keys[i].section);
		section = conf_keys[i].section;
		value = active ? a->value[i] : conf_keys[i].fallback;
		buf_addf(out, "# %s\n%s%s =%s%s\n", conf_keys[i].help, active ? "" : "#", conf_keys[i].key, value[0] ? " " : "", value);
	}
}
