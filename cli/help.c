/* help.c - `newsletter help` and --help, out of the command table. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/err.h"
#include "base/json.h"
#include "cli.h"
#include "content/wrap.h"
#include "out.h"

static const struct opt globals[] = {
	{ "-C", "DIR", "work as if started in DIR, the site's folder" },
	{ "-c", "FILE", "another configuration than newsletter.conf" },
	{ "--json", NULL, "print one JSON object instead of text" },
	{ "--help", NULL, "explain a command" },
	{ "--version", NULL, "print the version" },
	{ NULL, NULL, NULL },
};

static void
print_wrapped(const char *text, const char *indent, size_t width)
{
	size_t n = strlen(text), next, len;

	while (n) {
		len = wrap_line(text, n, width, &next);
		printf("%s%.*s\n", indent, (int)len, text);
		text += next;
		n -= next;
	}
}

static void
print_options(const struct opt *opts, const char *dashes)
{
	char left[80];

	for (; opts->name; opts++) {
		snprintf(left, sizeof(left), "%s%s%s%s", dashes, opts->name, opts->arg ? " " : "", opts->arg ? opts->arg : "");
		printf("  %-25s %s\n", left, opts->help);
	}
}

static void
name_of(const struct command *c, char out[160])
{
	snprintf(out, 160, "%s%s%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "", c->args[0] ? " " : "", c->args);
}

void
help_command(const struct command *c)
{
	char name[160];

	name_of(c, name);
	printf("newsletter %s%s\n\n", name, c->opts->name ? " [options]" : "");
	print_wrapped(c->help, "  ", 76);
	if (c->more) {
		putchar('\n');
		print_wrapped(c->more, "  ", 76);
	}
	if (c->opts->name) {
		puts("\nOptions:");
		print_options(c->opts, "--");
	}
	puts("\nWith every command: -C DIR, -c FILE, --json, --help. See newsletter(1).");
}

void
help_all(void)
{
	const struct command *c;
	char name[160];

	puts("newsletter - an organisation's newsletter: who gets it, what is in it, sending it\n");
	puts("Usage: newsletter COMMAND [arguments] [options]\n");
	for (c = commands; c->noun; c++) {
		if (c != commands && strcmp(c->noun, c[-1].noun) != 0 && (c->verb || c[-1].verb))
			putchar('\n');
		name_of(c, name);
		if (strlen(name) > 33)
			printf("  %s\n  %-33s %s\n", name, "", c->help);
		else
			printf("  %-33s %s\n", name, c->help);
	}
	puts("\nWith every command:");
	print_options(globals, "");
	puts("\nOne command's options: newsletter COMMAND --help");
}

/* What the man page is compared with: a line "command noun verb" for each row, and "option noun verb --name" for each option. */
static void
help_table(void)
{
	const struct command *c;
	const struct opt *o;

	for (c = commands; c->noun; c++) {
		printf("command %s%s%s\n", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
		for (o = c->opts; o->name; o++)
			printf("option %s%s%s --%s%s%s\n", c->noun, c->verb ? " " : "", c->verb ? c->verb : "", o->name, o->arg ? " " : "",
			    o->arg ? o->arg : "");
	}
}

static void
put_command(json_t *list, const struct command *c)
{
	json_t *object = json_object(), *options = json_array(), *option;
	const struct opt *o;
	char name[160];

	name_of(c, name);
	json_put(object, "command", name);
	json_put(object, "help", c->help);
	json_put(object, "more", c->more);
	json_put(object, "audit", audit_word(c));
	for (o = c->opts; o->name; o++) {
		option = json_object();
		json_put(option, "name", o->name);
		json_put(option, "value", o->arg);
		json_put(option, "help", o->help);
		json_array_append_new(options, option);
	}
	json_object_set_new(object, "options", options);
	json_array_append_new(list, object);
}

int
cmd_help(struct cli *cli, int argc, char **argv, struct err *e)
{
	const struct command *c;
	json_t *list = json_array();
	int found = 0;

	json_object_set_new(cli->result, "commands", list);
	if (argc && strcmp(argv[0], "commands") == 0) {
		help_table();
		return 0;
	}
	if (!argc && cli->people)
		help_all();
	for (c = commands; c->noun; c++) {
		if (argc && (strcmp(c->noun, argv[0]) != 0 || (argc > 1 && c->verb && strcmp(c->verb, argv[1]) != 0)))
			continue;
		put_command(list, c);
		if (argc && cli->people) {
			if (found)
				puts("\n");
			help_command(c);
		}
		found++;
	}
	if (!found)
		return err_set(e, ERR_USAGE, "there is no command \"%.40s\"; see `newsletter help`", argv[0]);
	return 0;
}
