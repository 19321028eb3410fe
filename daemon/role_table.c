/* role_table.c - see role.h: the table of role.c in words. */
#include "role.h"

static const char *
network(const struct role *r)
{
	return r->listens ? "takes connections" : r->connects ? "makes connections"
							      : "none";
}

/* One thing more of a list. */
static void
add(FILE *out, bool *first, bool holds, const char *what)
{
	if (!holds)
		return;
	fprintf(out, "%s%s", *first ? "" : ", ", what);
	*first = false;
}

static void
keys(FILE *out, const struct role *r)
{
	bool first = true;

	add(out, &first, r->opens & SITE_LINKS, "links");
	add(out, &first, r->opens & SITE_SUPPRESSION, "suppression");
}

static void
reads(FILE *out, const struct role *r)
{
	bool first = true;

	add(out, &first, r->templates, "templates");
	add(out, &first, r->secrets, "relay passwords, DKIM keys");
	add(out, &first, r->mailboxes, "mailbox passwords");
	add(out, &first, r->connects, "/etc, libraries");
}

static void
writes(FILE *out, const struct role *r)
{
	bool first = true;

	add(out, &first, true, "store");
	add(out, &first, r->outbox, "outbox");
	add(out, &first, r->aside, "aside");
	add(out, &first, r->mailboxes, "Maildirs");
}

void
role_table(FILE *out)
{
	const struct role *r;

	fputs("Role\tUser\tNetwork\tFiles\tTasks\tMemory\n", out);
	for (r = roles; r < roles + ROLE_COUNT; r++) {
		fprintf(out, "%s\tNAME-%s\t%s\t", r->name, r->name, network(r));
		if (r->files)
			fprintf(out, "%u", r->files);
		else
			fputs("any", out);
		fprintf(out, "\t%u\t%u GB\n", r->tasks, r->memory_mb / 1024);
	}
	fputs("\nRole\tKeys\tReads\tWrites\n", out);
	for (r = roles; r < roles + ROLE_COUNT; r++) {
		fprintf(out, "%s\t", r->name);
		keys(out, r);
		fputc('\t', out);
		reads(out, r);
		fputc('\t', out);
		writes(out, r);
		fputc('\n', out);
	}
}
