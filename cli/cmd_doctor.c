/*
 * cmd_doctor.c - newsletter doctor: the table of checks, and what people see of them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "doctor.h"
#include "out.h"

#define FAILED 3 /* exit status */

const struct opt opts_doctor[] = {
	{ "only", "GROUP", "look at this group alone: configuration, host, store, relay, dns or web; may be repeated" },
	{ "full", NULL, "look at the whole store, however long it takes" },
	{ "dns", "ADDR[:PORT]", "ask this name server in place of the system's" },
	{ "ip", "ADDRESS", "the address that mail leaves for the world from: is it named in SPF, and has it a name?" },
	{ "send", "ADDRESS", "send a test mail there, and say what became of it" },
	{ NULL, NULL, NULL },
};

static const struct check {
	const char *group, *name;
	doctor_fn *run;
} checks[] = {
	{ "configuration", "settings", doctor_settings },
	{ "configuration", "permissions", doctor_permissions },
	{ "configuration", "users", doctor_users },
	{ "configuration", "keys", doctor_keys },
	{ "store", "store", doctor_store },
	{ "host", "daemon", doctor_daemon },
	{ "host", "clock", doctor_clock },
	{ "host", "disk", doctor_disk },
	{ "host", "sandbox", doctor_sandbox },
	{ "relay", "relay", doctor_relays },
	{ "dns", "dkim", doctor_dkim },
	{ "dns", "spf", doctor_spf },
	{ "dns", "dmarc", doctor_dmarc },
	{ "dns", "mail hosts", doctor_mail_hosts },
	{ "dns", "reverse name", doctor_reverse },
	{ "web", "pages", doctor_pages },
	{ "web", "one-click", doctor_one_click },
};
#define CHECKS (sizeof(checks) / sizeof(checks[0]))

static const struct {
	const char *word, *label;
	enum out_style style;
} results[] = {
	[DOCTOR_PASS] = { "pass", "+ pass", OUT_PLAIN },
	[DOCTOR_WARN] = { "warn", "! warn", OUT_WARN },
	[DOCTOR_FAIL] = { "fail", "x FAIL", OUT_BAD },
	[DOCTOR_SKIP] = { "skip", "- skip", OUT_DIM },
};

static void
put_text(json_t *object, const char *key, const char *fmt, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) == -1)
		abort();
	json_put(object, key, text);
	free(text);
}

void
doctor_say(struct doctor *d, enum doctor_result result, const char *fmt, ...)
{
	json_t *one = json_object();
	va_list ap;

	json_put(one, "group", d->group);
	json_put(one, "check", d->check);
	json_put(one, "result", results[result].word);
	va_start(ap, fmt);
	put_text(one, "found", fmt, ap);
	va_end(ap);
	json_array_append_new(d->findings, one);
	d->count[result]++;
}

void
doctor_advise(struct doctor *d, const char *fmt, ...)
{
	json_t *last = json_array_get(d->findings, json_array_size(d->findings) - 1);
	va_list ap;

	va_start(ap, fmt);
	put_text(last, "advice", fmt, ap);
	va_end(ap);
}

int
doctor_seconds(const struct doctor *d)
{
	int64_t left = (d->end_us - clock_mono_us()) / 1000000;

	return left < 0 ? 0 : (left > DOCTOR_CHECK ? DOCTOR_CHECK : (int)left);
}

static void
print_one(const struct doctor *d, const json_t *one)
{
	const char *word = json_get_string(one, "result"), *advice = json_get_string(one, "advice");
	size_t r = 0;

	while (strcmp(results[r].word, word) != 0)
		r++;
	out_field(d->cli, results[r].label, results[r].style, "%s: %s", json_get_string(one, "check"), json_get_string(one, "found"));
	if (advice)
		out_field(d->cli, "", OUT_PLAIN, "-> %s", advice);
}

static void
print_new(struct doctor *d)
{
	for (; d->printed < json_array_size(d->findings); d->printed++)
		print_one(d, json_array_get(d->findings, d->printed));
	fflush(stdout);
}

/* On a terminal it is said what takes so long. */
static void
show_running(const struct doctor *d, bool on)
{
	if (!d->cli->err_tty || d->cli->json)
		return;
	if (on)
		fprintf(stderr, "  … %s", d->check);
	else
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

static bool
is_wanted(const struct cli *cli, const char *group)
{
	const char *only;
	int i;

	for (i = 0; (only = cli_option_nth(cli, "only", i)); i++)
		if (strcmp(only, group) == 0)
			return true;
	return i == 0;
}

static int
check_groups(const struct cli *cli, struct err *e)
{
	const char *only;
	size_t c;
	int i;

	for (i = 0; (only = cli_option_nth(cli, "only", i)); i++) {
		for (c = 0; c < CHECKS && strcmp(checks[c].group, only) != 0; c++)
			;
		if (c == CHECKS)
			return err_set(e, ERR_USAGE,
			    "--only takes configuration, host, store, relay, dns or web, not \"%.40s\"", only);
	}
	return 0;
}

static void
run_check(struct doctor *d, const struct check *c)
{
	if (!is_wanted(d->cli, c->group))
		return;
	if (!d->group || strcmp(d->group, c->group) != 0) {
		out_gap(d->cli);
		out_line(d->cli, "%s", c->group);
	}
	d->group = c->group;
	d->check = c->name;
	show_running(d, true);
	dns_until(d->dns, clock_mono_us() + doctor_seconds(d) * 1000000LL);
	if (doctor_seconds(d) == 0)
		doctor_say(d, DOCTOR_SKIP, "no time is left: the checks before took %d seconds", DOCTOR_ALL);
	else
		c->run(d);
	show_running(d, false);
	print_new(d);
}

static void
sum_up(struct doctor *d)
{
	struct cli *cli = d->cli;
	size_t r;

	out_gap(cli);
	out_line(cli, "%d passed, %d to look at, %d failed, %d not checked", d->count[DOCTOR_PASS], d->count[DOCTOR_WARN],
	    d->count[DOCTOR_FAIL], d->count[DOCTOR_SKIP]);
	for (r = 0; r < sizeof(results) / sizeof(results[0]); r++)
		json_put_int(cli->result, results[r].word, d->count[r]);
	if (d->count[DOCTOR_FAIL])
		cli->status = FAILED;
}

/* What newsletter.conf says, or why it cannot be read: then that is the finding. */
static bool
read_conf(struct doctor *d)
{
	struct err e = ERR_INIT;

	if (site_open(&d->cli->site, d->cli->conf_path, 0, &e) == 0) {
		d->conf = &d->cli->site.conf;
		return true;
	}
	d->group = "configuration";
	d->check = "settings";
	out_gap(d->cli);
	out_line(d->cli, "%s", d->group);
	doctor_say(d, DOCTOR_FAIL, "%s", e.text);
	doctor_advise(d, "mend it first: newsletter.conf(5) explains each key; nothing else can be checked before");
	print_new(d);
	return false;
}

static int
examine(struct doctor *d, struct err *e)
{
	const char *to = cli_option(d->cli, "send");
	size_t i;

	if (read_conf(d)) {
		for (i = 0; i < CHECKS; i++)
			run_check(d, &checks[i]);
		if (to && doctor_send(d, to, e) == -1)
			return -1;
		print_new(d);
	}
	sum_up(d);
	return 0;
}

int
cmd_doctor(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct doctor d = { .cli = cli, .full = cli_option(cli, "full") != NULL, .ip = cli_option(cli, "ip") };
	char unused[DNS_NAME];
	int rc = -1;

	(void)argc, (void)argv;
	if (check_groups(cli, e) == -1)
		return -1;
	if (d.ip && dns_reverse(unused, d.ip) == -1)
		return err_set(e, ERR_USAGE, "--ip takes an address like 192.0.2.1, not \"%.60s\"", d.ip);
	if (access(cli->conf_path, F_OK) == -1)
		return err_set(e, ERR_NOT_FOUND, "there is no %s here: make a site with `newsletter init`, or say where it is with -C DIR",
		    cli->conf_path);
	d.dns = dns_new(cli_option(cli, "dns"), e);
	if (!d.dns)
		return -1;
	d.end_us = clock_mono_us() + DOCTOR_ALL * 1000000LL;
	d.findings = json_array();
	json_object_set_new(cli->result, "findings", d.findings);
	cli->told = true; /* a test mail that cannot be sent takes nothing from what was found */
	rc = examine(&d, e);
	dns_free(d.dns);
	site_close(&cli->site);
	return rc;
}
