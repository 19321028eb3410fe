/*
 * main.c - newsletter(1): the command table, options, what a command needs, and its one result or error.
 *
 * Exit status: 0 done, 1 failed, 2 called wrongly, 3 refused by a check; sysexits.h for what mail servers run. An
 * error is one line on standard error; with --json also {"error", "code"} on
 * standard output. newsletter(1) and `newsletter help` follow this table; a
 * test compares them.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "audit.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"

const struct opt opts_none[] = { { NULL, NULL, NULL } };

// clang-format off
const struct command commands[] = {
	{ "init",       NULL,          "", 0, 0, AUDIT_CHANGES, cmd_init, opts_init,
	  "make a site here: configuration, store, keys, two topics",
	  "On a terminal it asks a few questions; elsewhere, or with --yes, it takes the options and the defaults. "
	  "Where a site is already, it only brings the store up to date." },
	{ "send",       NULL,          "[articles | promotion FILE]", 0, 2, SITE_ALL | AUDIT_CHANGES, cmd_send, opts_send,
	  "announce new articles, or send a promotion",
	  "`send` alone is `send articles`: every article not announced yet, as one mail. On a terminal it shows what "
	  "would go out and asks; elsewhere (cron) it goes ahead. Nothing new to announce is no failure." },
	{ "preview",    NULL,          "articles | [promotion] FILE", 1, 2, SITE_ALL | AUDIT_NONE, cmd_preview, opts_preview,
	  "show what `send` would send", NULL },
	{ "lint",       NULL,          "articles | [promotion] FILE", 1, 2, SITE_ALL | AUDIT_NONE, cmd_lint, opts_lint,
	  "say what is wrong with what `send` would send",
	  "It looks at the mail in each of the site's languages, and asks the addresses in it whether they lead somewhere. `send` does "
	  "the same first. With errors the exit status is 3." },
	{ "article",    "import",      "DIR|FILE...|FEED|-", 1, 64, SITE_STORE | AUDIT_CHANGES, cmd_article_import, opts_article_import,
	  "take articles from Markdown files, or from a feed",
	  "Reads every .md and .markdown file below DIR. Once more on the same files takes edits and makes no duplicates. A file "
	  "that cannot be taken is named and left out; the exit status is then 1. FEED is the address of an RSS or Atom feed, or a file of "
	  "one; - is standard input. On the first import of a feed, what is older than --since counts as announced already; from then on "
	  "everything new is for the next `send`. An article that a Markdown file has too stays as the file says." },
	{ "article",    "list",        "", 0, 0, SITE_STORE | AUDIT_NONE, cmd_article_list, opts_article_list, "list articles, newest first", NULL },
	{ "article",    "show",        "ID", 1, 1, SITE_STORE | AUDIT_NONE, cmd_article_show, opts_none, "show an article and where it was announced", NULL },
	{ "article",    "skip",        "[ID...]", 0, 64, SITE_STORE | AUDIT_CHANGES, cmd_article_skip, opts_article_skip, "never announce articles",
	  "For an archive that was imported by mistake, say: what is skipped counts as announced." },
	{ "article",    "again",       "ID...", 1, 64, SITE_STORE | AUDIT_CHANGES, cmd_article_again, opts_article_again, "announce articles once more",
	  "They go with the next `send`, also to those who have had them already." },
	{ "campaign",   "list",        "", 0, 0, SITE_STORE | AUDIT_NONE, cmd_campaign_list, opts_campaign_list, "list mailings, newest first", NULL },
	{ "campaign",   "show",        "ID", 1, 1, SITE_STORE | SITE_LINKS | AUDIT_REVEALS, cmd_campaign_show, opts_campaign_show,
	  "show a mailing: state, counts, who is where and why",
	  "Messages are counted by state and by class, which says why: the rule that the relay's reply matched. With --deliveries each "
	  "message is listed by its subscriber's number." },
	{ "campaign",   "pause",       "ID", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_campaign_pause, opts_campaign_reason, "stop sending for now", NULL },
	{ "campaign",   "resume",      "ID", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_campaign_resume, opts_none, "go on with a paused or held mailing", NULL },
	{ "campaign",   "cancel",      "ID", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_campaign_cancel, opts_campaign_reason, "end a mailing for good",
	  "What was sent is sent. One that never started gives its articles back to the next `send`." },
	{ "campaign",   "retry",       "ID", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_campaign_retry, opts_campaign_retry, "try failed messages again",
	  "Queues what was refused, is unknown or deferred, so that it is tried at once; a mailing that is done goes on. Never for those who "
	  "left, must not be mailed or whose address is dead. Unknown ones may have arrived: they get the same Message-ID again." },
	{ "campaign",   "archive",     "[ID]", 0, 1, SITE_STORE | AUDIT_CHANGES, cmd_campaign_archive, opts_campaign_archive, "shrink the ledger of mailings that are over",
	  "Forgets the relay's replies, codes and classes; who got the mailing stays known, and later bounces find their way. It may be "
	  "interrupted and run again, and newsletterd may run meanwhile." },
	{ "campaign",   "hide",        "ID", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_campaign_hide, opts_none, "keep a mailing out of the public archive",
	  "Its page is gone at once, and browsers and proxies may show it for five minutes more. The link to it in a mail that was sent then "
	  "leads nowhere." },
	{ "campaign",   "unhide",      "ID", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_campaign_unhide, opts_none, "show a mailing in the public archive again", NULL },
	{ "subscriber", "add",         "ADDRESS", 1, 1, SITE_STORE | SITE_SUPPRESSION | AUDIT_CHANGES, cmd_subscriber_add, opts_subscriber_add,
	  "subscribe somebody who asked you to",
	  "Who left, bounced or complained can only come back by themselves, through the signup page: then the exit status is 3." },
	{ "subscriber", "import",      "FILE|-", 1, 1, SITE_STORE | SITE_SUPPRESSION | AUDIT_CHANGES, cmd_subscriber_import, opts_subscriber_import,
	  "take subscribers from a CSV file",
	  "The first line names the columns: email, and any of name, first name, last name, language, topics, optin time, optin ip, status. "
	  "listmonk's and Mailchimp's exports are known by theirs: who left, bounced or was blocked there is suppressed here. A bad row is named "
	  "and left out; the exit status is then 1. Nobody who left, bounced or complained is brought back. What was taken when it is broken off "
	  "stays; the same file again goes on. What `subscriber export --full` wrote is taken as it is, with its evidence." },
	{ "subscriber", "export",      "[FILE|-|ADDRESS]", 0, 1, SITE_STORE | SITE_SUPPRESSION | AUDIT_REVEALS, cmd_subscriber_export, opts_subscriber_export,
	  "write the list to a file, or one person's own data",
	  "The list is CSV: email, name, language, status, topics (the active ones), joined, and the topics that are pending, left, bounced and "
	  "complained. It needs --reason, which the audit keeps with who, how many and which. FILE can be read by its owner alone; without it, or "
	  "with -, the list goes to standard output. With ADDRESS (it has an @, and no slash): all that is stored about that person, as JSON." },
	{ "subscriber", "list",        "", 0, 0, SITE_STORE | AUDIT_REVEALS, cmd_subscriber_list, opts_subscriber_list, "list subscribers", NULL },
	{ "subscriber", "show",        "ADDRESS", 1, 1, SITE_STORE | SITE_SUPPRESSION | AUDIT_REVEALS, cmd_subscriber_show, opts_none,
	  "show one person: topics, and the evidence of consent", NULL },
	{ "subscriber", "unsubscribe", "ADDRESS", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_subscriber_unsubscribe, opts_subscriber_unsubscribe,
	  "end somebody's subscription, as they asked you to", NULL },
	{ "subscriber", "erase",       "ADDRESS", 1, 1, SITE_STORE | SITE_SUPPRESSION | AUDIT_CHANGES, cmd_subscriber_erase, opts_subscriber_erase,
	  "erase a person, as they asked you to",
	  "All that leads to them goes: the row, the evidence, what waits to be mailed, messages kept aside that name the address. It stays as a "
	  "keyed hash, so that nobody mails it by mistake. An address that is not on the list is kept so, too. Without --yes and without a "
	  "terminal to ask on, the exit status is 3." },
	{ "signup",     "list",        "", 0, 0, SITE_STORE | AUDIT_REVEALS, cmd_signup_list, opts_signup_list, "list visitors' requests that wait for a limit",
	  "By the limit that holds them ([signup] of newsletter.conf) and by the network they came from: how many, and since when." },
	{ "signup",     "discard",     "", 0, 0, SITE_STORE | AUDIT_CHANGES, cmd_signup_discard, opts_signup_discard, "delete requests that wait",
	  "Those not decided yet among them. Nobody hears of it, and whoever meant it can ask again." },
	{ "suppression", "add",        "ADDRESS...", 1, 1000, SITE_STORE | SITE_SUPPRESSION | AUDIT_CHANGES, cmd_suppression_add, opts_suppression_add,
	  "never mail these addresses",
	  "Whether they are on the list or not: no import, no signup and no mailing gets past it, and only `suppression remove` lifts it. What was "
	  "said of their topics stays as it is." },
	{ "suppression", "import",     "FILE|-", 1, 1, SITE_STORE | SITE_SUPPRESSION | AUDIT_CHANGES, cmd_suppression_import, opts_suppression_import,
	  "never mail the addresses in a file",
	  "One address a line, or CSV: of each row the first field that is an address counts. Or what `subscriber export --full` wrote: then its "
	  "suppressions alone are taken, and no --reason is needed. A row without an address is named by its line; the exit status is then 1." },
	{ "suppression", "list",       "", 0, 0, SITE_STORE | AUDIT_REVEALS, cmd_suppression_list, opts_suppression_list,
	  "count the addresses that must not be mailed, and show the newest",
	  "They are kept as keyed hashes; --addresses says whose it is where they are on the list still." },
	{ "suppression", "remove",     "ADDRESS", 1, 1, SITE_STORE | SITE_SUPPRESSION | AUDIT_CHANGES, cmd_suppression_remove, opts_suppression_remove,
	  "lift a suppression",
	  "Who complained, or was suppressed by staff, can come back no other way. Their topics stay ended: they have to sign up anew." },
	{ "retention",  NULL,          "", 0, 0, SITE_STORE | AUDIT_CHANGES, cmd_retention, opts_retention,
	  "delete what was kept long enough, or say how much that is",
	  "The clerk of newsletterd does the same by the hour; the section [retention] of newsletter.conf says how long." },
	{ "topic",      "create",      "NAME", 1, 1, SITE_STORE | AUDIT_CHANGES, cmd_topic_create, opts_topic_create, "make a topic that people can subscribe to", NULL },
	{ "topic",      "list",        "", 0, 0, SITE_STORE | AUDIT_NONE, cmd_topic_list, opts_none, "list topics and how many subscribe to them", NULL },
	{ "inbound",    "read",        "[FILE...]", 0, 100000, SITE_ALL | FOR_MTA | AUDIT_CHANGES, cmd_inbound_read, opts_inbound_read,
	  "take a message that came back from a mail server, or from files",
	  "A mail server pipes it in; see newsletter(1) for how Postfix and Exim are told to. Only what has a valid link of ours is acted on, and "
	  "only once. What nobody but a person can deal with is kept in the folder [store] aside. Prints nothing but errors, since mail servers "
	  "mail back what is printed. Exit status: 0 done, 64 called wrongly, 66 a file cannot be opened, 75 try again later." },
	{ "inbound",    "classify",    "[FILE|DIR...|-]", 0, 100000, AUDIT_NONE, cmd_inbound_classify, opts_none,
	  "say what messages that came back mean",
	  "For each message, and each recipient that it speaks of, one line: path, recipient or -, and hard, soft, complaint or other, with "
	  "tabs between. Only hard and complaint would end a subscription. Nothing is recorded, and no site is needed. What is no message, or "
	  "too large, is named and counts as other; when a file cannot be opened the exit status is 1." },
	{ "outbox",     "list",        "", 0, 0, SITE_STORE | AUDIT_NONE, cmd_outbox_list, opts_none, "count mail to one person that waits, by kind", NULL },
	{ "outbox",     "release",     "", 0, 0, SITE_STORE | AUDIT_CHANGES, cmd_outbox_release, opts_none, "let mail to one person out after a restore",
	  "What waited in the backup goes too, unless its time is over." },
	{ "outbox",     "discard",     "", 0, 0, SITE_STORE | AUDIT_CHANGES, cmd_outbox_discard, opts_none, "never send the mail to one person that waited in a backup",
	  "What was queued since the restore goes out, and mail goes out as ever." },
	{ "backup",     NULL,          "FILE|-", 1, 1, SITE_ALL | SITE_AS_IS | AUDIT_REVEALS, cmd_backup, opts_backup, "make an encrypted backup while everything runs",
	  "It holds configuration, keys, secrets, templates and the store as it is at one moment. The passphrase comes from --passphrase-file, from "
	  "NEWSLETTER_PASSPHRASE, or is asked twice. A FILE that is there is replaced once the new one is whole. - is standard output." },
	{ "verify",     NULL,          "FILE|-", 1, 1, AUDIT_NONE, cmd_verify, opts_verify, "see whether a backup can be restored",
	  "Unpacks it into a scratch folder that goes away again, checks the store, brings it up to date there, and sees whether the keys fit. No site "
	  "is needed." },
	{ "restore",    NULL,          "FILE|-", 1, 1, AUDIT_CHANGES, cmd_restore, opts_restore, "make the site of a backup, in an empty folder",
	  "Here, or where --to says. Every unfinished mailing comes back held, and so does the outbox: nothing leaves until you resume the one and "
	  "release the other. Never over a site that is there." },
	{ "dkim",       "keygen",      "", 0, 0, SITE_STORE | AUDIT_CHANGES, cmd_dkim_keygen, opts_dkim_keygen,
	  "make a key that signs mail, and show its DNS record",
	  "The key goes into secrets/dkim-SELECTOR.key, and never over one that is there. Publish the record first; mail is signed once "
	  "newsletter.conf names the key." },
	{ "dkim",       "show",        "", 0, 0, NEED_CONF | AUDIT_NONE, cmd_dkim_show, opts_none, "show the DNS records of the keys in use, and name the others", NULL },
	{ "embed",      NULL,          "", 0, 0, SITE_STORE | SITE_LINKS | AUDIT_CHANGES, cmd_embed, opts_embed,
	  "print the signup form for your own website",
	  "HTML to paste into a page: it works on any page, without script and without configuration. Its script, /embed.js, sends the form "
	  "without leaving the page, once [http] origins lists your website. Paste it anew when you change topics or the wording of consent." },
	{ "status",     NULL,          "", 0, 0, SITE_STORE | AUDIT_NONE, cmd_status, opts_status, "show how the site is doing",
	  "What runs, what waits, what goes out, and what needs somebody. With --watch on a terminal it goes on showing that until q is pressed; "
	  "programs ask newsletterd, see WATCHING IT in newsletterd(8)." },
	{ "doctor",     NULL,          "", 0, 0, AUDIT_CHANGES, cmd_doctor, opts_doctor,
	  "check that everything is right, and say what to do",
	  "Configuration, permissions, keys, store, clock, disk, the relay, the DNS of SPF, DKIM and DMARC, and the public pages, from this machine. "
	  "Each line is pass, warn, FAIL or skip (it could not be looked at: no network, no right). It changes nothing and sends nothing, but "
	  "for --send. With a failure the exit status is 3." },
	{ "stats",      NULL,          "", 0, 0, SITE_STORE | AUDIT_NONE, cmd_stats, opts_stats,
	  "count subscribers, how the list grew, and what came back",
	  "Who joined and who left by day, week or month, topics, languages and mail domains; bounces by reason and by mail domain, complaints, "
	  "how people left, and what the last mailings led to; without anybody's address. Hard means that the address is dead: it is not mailed "
	  "again. Soft means that it may be healthy. --html makes a page of it to print and to pass on." },
	{ "audit",      NULL,          "", 0, 0, SITE_STORE | AUDIT_NONE, cmd_audit, opts_audit,
	  "list who did what with this command, newest first",
	  "A line for each time that a command changed the site, or showed who is on its list. Nothing of it is ever changed or deleted, and no "
	  "address is in it: people are there by their number." },
	{ "help",       NULL,          "[NOUN [VERB]]", 0, 2, AUDIT_NONE, cmd_help, opts_none, "explain the commands", NULL },
	{ NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL },
};

/* In the order of enum err_code. */
static const struct { const char *word; int status; } codes[] = {
	{ "failed", 1 }, { "usage", 2 }, { "input", 1 }, { "not-found", 1 }, { "exists", 1 }, { "suppressed", 3 }, { "refused", 3 },
	{ "busy", 1 }, { "full", 1 }, { "version", 1 }, { "corrupt", 1 }, { "peer", 1 }, { "system", 1 },
};
// clang-format on

static const struct command *
find_command(const char *noun, const char *verb)
{
	const struct command *c;

	for (c = commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0 && (!c->verb || (verb && strcmp(c->verb, verb) == 0)))
			return c;
	return NULL;
}

/* Whether the noun is there with verbs, for a better error. */
static bool
has_verbs(const char *noun)
{
	const struct command *c;

	for (c = commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0 && c->verb)
			return true;
	return false;
}

/* What the call says beside the command's own options. */
struct call {
	char *noun, *verb;
	const char *folder;
	char **args; /* borrowed pointers */
	int count;
	bool help, version;
};

/* If argv[*i] is `name` (or name=value), take it and its value: 1, 0 when it is another one, -1. */
static int
take_value(char **argv, int *i, const char *name, const char **value, struct err *e)
{
	size_t n = strlen(name);

	if (strncmp(argv[*i], name, n) != 0 || (argv[*i][n] && (argv[*i][n] != '=' || name[1] != '-')))
		return 0;
	if (argv[*i][n] == '=')
		*value = argv[*i] + n + 1;
	else if (!(*value = argv[++*i]))
		return err_set(e, ERR_USAGE, "%s needs a value", name);
	return 1;
}

/* Options that every command has: 1, 0, -1. */
static int
global_option(struct cli *cli, struct call *call, char **argv, int *i, struct err *e)
{
	int rc;

	if ((rc = take_value(argv, i, "-C", &call->folder, e)) || (rc = take_value(argv, i, "-c", &cli->conf_path, e)))
		return rc;
	if (strcmp(argv[*i], "--help") == 0 || strcmp(argv[*i], "-h") == 0)
		call->help = true;
	else if (strcmp(argv[*i], "--version") == 0)
		call->version = true;
	else if (strcmp(argv[*i], "--json") != 0) /* main() saw that one already */
		return 0;
	return 1;
}

static int
command_option(struct cli *cli, char **argv, int *i, struct err *e)
{
	const struct opt *o;
	const char *value = "";
	char name[64];
	int rc = 0;

	for (o = cli->command->opts; o->name && !rc; o++) {
		snprintf(name, sizeof(name), "--%s", o->name);
		if (o->arg)
			rc = take_value(argv, i, name, &value, e);
		else
			rc = strcmp(argv[*i], name) == 0;
		if (rc == -1)
			return -1;
		if (rc == 1 && cli->given_count == CLI_OPTIONS)
			return err_set(e, ERR_USAGE, "too many options");
		if (rc == 1) {
			cli->given[cli->given_count].opt = o;
			cli->given[cli->given_count++].value = value;
		}
	}
	if (!rc)
		return err_set(e, ERR_USAGE, "`newsletter %s%s%s` has no option %.60s; see --help", cli->command->noun,
		    cli->command->verb ? " " : "", cli->command->verb ? cli->command->verb : "", argv[*i]);
	return 0;
}

/* A word that is no option: the noun, the verb, or an argument. */
static int
take_word(struct cli *cli, struct call *call, char *word, struct err *e)
{
	if (cli->command) {
		call->args[call->count++] = word;
		return 0;
	}
	if (!call->noun)
		call->noun = word;
	else
		call->verb = word;
	cli->command = find_command(call->noun, call->verb);
	if (cli->command || (!call->verb && has_verbs(call->noun)))
		return 0;
	if (call->verb)
		return err_set(e, ERR_USAGE, "`newsletter %.40s` cannot \"%.40s\"; see `newsletter help %.40s`", call->noun, call->verb,
		    call->noun);
	return err_set(e, ERR_USAGE, "there is no command \"%.40s\"; see `newsletter help`", call->noun);
}

static int
parse_call(struct cli *cli, struct call *call, int argc, char **argv, struct err *e)
{
	bool words_only = false;
	int i, rc;

	for (i = 1; i < argc; i++) {
		if (words_only || argv[i][0] != '-' || !argv[i][1])
			rc = take_word(cli, call, argv[i], e);
		else if (strcmp(argv[i], "--") == 0)
			rc = 0, words_only = true;
		else if ((rc = global_option(cli, call, argv, &i, e)))
			rc = rc == 1 ? 0 : -1;
		else if (cli->command)
			rc = command_option(cli, argv, &i, e);
		else
			rc = err_set(e, ERR_USAGE, "there is no option %.60s before a command; see `newsletter help`", argv[i]);
		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
check_call(const struct cli *cli, const struct call *call, struct err *e)
{
	const struct command *c = cli->command;

	if (!c)
		return err_set(e, ERR_USAGE, "say what to do with it: see `newsletter help %.40s`", call->noun);
	if (call->count < c->least || call->count > c->most)
		return err_set(e, ERR_USAGE, "it is called as: newsletter %s%s%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "",
		    c->args[0] ? " " : "", c->args);
	return 0;
}

static int
open_site(struct cli *cli, struct err *e)
{
	if (!(cli->command->needs & (SITE_ALL | NEED_CONF)))
		return 0;
	if (access(cli->conf_path, F_OK) == -1 && errno == ENOENT)
		return err_set(e, ERR_NOT_FOUND, "there is no %s here: make a site with `newsletter init`, or say where it is with -C DIR",
		    cli->conf_path);
	return site_open(&cli->site, cli->conf_path, cli->command->needs & (SITE_ALL | SITE_AS_IS), e);
}

static void
start(struct cli *cli, int argc, char **argv)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	int i;

	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN); /* a reader that goes away shows as a failed write */
	cli->conf_path = "newsletter.conf";
	cli->who = audit_who();
	cli->result = json_object();
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			cli->json = true;
	cli->people = !cli->json;
	cli->tty = isatty(STDOUT_FILENO) && !cli->json;
	cli->err_tty = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
	cli->asks = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	cli->colour = cli->tty && term && strcmp(term, "dumb") != 0 && !(no_colour && no_colour[0]);
}

static void
print_json(const json_t *value)
{
	struct buf b = BUF_INIT;

	json_write(&b, value, isatty(STDOUT_FILENO));
	fputs(b.data, stdout);
	buf_release(&b);
}

static int
fail(const struct cli *cli, const struct err *e)
{
	json_t *object = json_object();

	out_warn(cli, "%s", e->text);
	json_put(object, "error", e->text);
	json_put(object, "code", codes[e->code].word);
	if (cli->told)
		json_object_update_missing(object, cli->result);
	if (cli->json)
		print_json(object);
	json_decref(object);
	if (cli->command && cli->command->needs & FOR_MTA)
		return e->code == ERR_USAGE ? EX_USAGE : EX_TEMPFAIL;
	return codes[e->code].status;
}

static int
run(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct call call = { .args = xcalloc((size_t)argc + 1, sizeof(char *)) };
	int rc = parse_call(cli, &call, argc, argv, e);

	if (rc == -1)
		goto out;
	if (call.version) {
		out_line(cli, "newsletter %s", NEWSLETTER_VERSION);
		json_put(cli->result, "version", NEWSLETTER_VERSION);
	} else if (!call.noun) {
		if (cli->people)
			help_all();
		if (!call.help)
			rc = err_set(e, ERR_USAGE, "say what to do");
	} else if (call.help) {
		rc = cmd_help(cli, call.verb ? 2 : 1, (char *[]){ call.noun, call.verb, NULL }, e);
	} else {
		rc = check_call(cli, &call, e);
		if (rc == 0 && call.folder && chdir(call.folder) == -1)
			rc = err_sys(e, "cannot go to %s", call.folder);
		if (rc == 0)
			rc = open_site(cli, e);
		if (rc == 0)
			rc = audit_run(cli, call.count, call.args, e);
	}
out:
	free(call.args);
	return rc;
}

/* A stream that is closed gets what can be neither read nor written: else the next file that is opened takes its place, and its output. */
static void
hold_streams(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			abort();
}

int
main(int argc, char **argv)
{
	struct cli cli = { 0 };
	struct err e = ERR_INIT;
	int status;

	hold_streams();
	start(&cli, argc, argv);
	if (run(&cli, argc, argv, &e) == -1) {
		status = fail(&cli, &e);
	} else {
		status = cli.status;
		if (cli.json && !cli.printed)
			print_json(cli.result);
	}
	if ((fflush(stdout) == EOF || ferror(stdout)) && status == 0) {
		if (errno != EPIPE) /* `| head` is no failure to speak of */
			out_warn(&cli, "cannot write the output: %s", strerror(errno));
		status = 1;
	}
	json_decref(cli.result);
	if (cli.command && cli.command->needs & (SITE_ALL | NEED_CONF))
		site_close(&cli.site);
	return status;
}
