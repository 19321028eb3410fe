/*
 * import_columns.c - what the columns of other programs' exports mean.
 *
 * One table of names and one of status words, whoever wrote the file: only what a format says by other means than
 * its columns' names (the file's name, the zone of its times) asks which format it is. Names as their documentation has them:
 * listmonk's export and import, Mailchimp's audience export, and the fields of phpList, Keila and Brevo that name the same.
 */
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "import.h"

static const char *const formats[IMPORT_FORMATS] = { "csv", "listmonk", "mailchimp" };

enum {
	WEAK = 1,  /* may mean it: counts when no other column does */
	OTHERS = 2 /* of other programs: --format csv does not know it */
};

/* As headers spell it: in lower case, with a space for a hyphen or underscore. */
static const struct {
	const char *name;
	enum import_column column;
	unsigned how;
} synonyms[] = {
	{ "email", COL_EMAIL, 0 },
	{ "e mail", COL_EMAIL, 0 },
	{ "mail", COL_EMAIL, 0 },
	{ "email address", COL_EMAIL, 0 },
	{ "e mail address", COL_EMAIL, 0 },
	{ "address", COL_EMAIL, WEAK }, /* beside another one it is where somebody lives */
	{ "subscriber", COL_EMAIL, WEAK },
	{ "name", COL_NAME, 0 },
	{ "full name", COL_NAME, 0 },
	{ "display name", COL_NAME, 0 },
	{ "first name", COL_FIRST, 0 },
	{ "firstname", COL_FIRST, 0 },
	{ "fname", COL_FIRST, WEAK },
	{ "given name", COL_FIRST, 0 },
	{ "last name", COL_LAST, 0 },
	{ "lastname", COL_LAST, 0 },
	{ "lname", COL_LAST, WEAK },
	{ "surname", COL_LAST, 0 },
	{ "family name", COL_LAST, 0 },
	{ "language", COL_LANGUAGE, 0 },
	{ "lang", COL_LANGUAGE, 0 },
	{ "locale", COL_LANGUAGE, 0 },
	{ "topics", COL_TOPICS, 0 },
	{ "topic", COL_TOPICS, 0 },
	{ "lists", COL_TOPICS, 0 },
	{ "list", COL_TOPICS, 0 },
	{ "consent date", COL_ASKED_AT, 0 },
	{ "consent at", COL_ASKED_AT, 0 },
	{ "subscribed at", COL_ASKED_AT, 0 },
	{ "signup date", COL_ASKED_AT, 0 },
	{ "optin time", COL_ASKED_AT, 0 },
	{ "joined", COL_ASKED_AT, WEAK | OTHERS },
	{ "created at", COL_ASKED_AT, WEAK | OTHERS },
	{ "entered", COL_ASKED_AT, WEAK | OTHERS },
	{ "optin ip", COL_ASKED_IP, 0 },
	{ "confirm time", COL_CONFIRMED_AT, 0 },
	{ "confirmed at", COL_CONFIRMED_AT, 0 },
	{ "confirm ip", COL_CONFIRMED_IP, 0 },
	{ "status", COL_STATUS, OTHERS },
	{ "blacklisted", COL_BLOCKED, OTHERS },
	{ "blocklisted", COL_BLOCKED, OTHERS },
	{ "email blacklisted", COL_BLOCKED, OTHERS },
	{ "is this user blacklisted", COL_BLOCKED, OTHERS },
	{ "is this subscriber blacklisted", COL_BLOCKED, OTHERS },
	{ "confirmed", COL_CONFIRMED, OTHERS },
	{ "is the email of this user confirmed", COL_CONFIRMED, OTHERS },
	{ "is this subscriber confirmed", COL_CONFIRMED, OTHERS },
	{ "subscribed to emails", COL_CONFIRMED, OTHERS },
	{ "unsubscribed", COL_LEFT, OTHERS },
	{ "opted out", COL_LEFT, OTHERS },
	{ "opt out", COL_LEFT, OTHERS },
	{ "optout", COL_LEFT, OTHERS },
	{ "attributes", COL_ATTRIBUTES, OTHERS },
	{ "unsub time", COL_LEFT_AT, OTHERS },
	{ "unsubscribed at", COL_LEFT_AT, OTHERS },
	{ "unsub reason", COL_LEFT_REASON, OTHERS },
	{ "clean time", COL_BOUNCED_AT, OTHERS },
};

/* A column that only one program writes. */
static const struct {
	const char *name;
	enum import_format format;
} marks[] = {
	{ "attributes", FORMAT_LISTMONK },
	{ "leid", FORMAT_MAILCHIMP },
	{ "euid", FORMAT_MAILCHIMP },
	{ "member rating", FORMAT_MAILCHIMP },
};

#define NOT_ASKED INTAKE_WISHES

static const struct {
	const char *word;
	enum intake_wish wish;
} statuses[] = {
	{ "active", INTAKE_ACTIVE },
	{ "enabled", INTAKE_ACTIVE },
	{ "subscribed", INTAKE_ACTIVE },
	{ "confirmed", INTAKE_ACTIVE },
	{ "unsubscribed", INTAKE_LEFT },
	{ "left", INTAKE_LEFT },
	{ "opted out", INTAKE_LEFT },
	{ "cleaned", INTAKE_HARD },
	{ "bounced", INTAKE_HARD },
	{ "hard bounced", INTAKE_HARD },
	{ "unreachable", INTAKE_HARD },
	{ "invalid", INTAKE_HARD },
	{ "complained", INTAKE_COMPLAINT },
	{ "complaint", INTAKE_COMPLAINT },
	{ "spam", INTAKE_COMPLAINT },
	{ "abuse", INTAKE_COMPLAINT },
	{ "blocklisted", INTAKE_STAFF },
	{ "blacklisted", INTAKE_STAFF },
	{ "blocked", INTAKE_STAFF },
	{ "suppressed", INTAKE_STAFF },
	{ "none", NOT_ASKED },
	{ "disabled", NOT_ASKED },
	{ "unconfirmed", NOT_ASKED },
	{ "pending", NOT_ASKED },
	{ "non subscribed", NOT_ASKED },
	{ "nonsubscribed", NOT_ASKED },
	{ "transactional", NOT_ASKED },
	{ "inactive", NOT_ASKED },
	{ "archived", NOT_ASKED },
	{ "deleted", NOT_ASKED },
};

/* Mailchimp says by a file's name who is in it: unsubscribed_members_export_1a2b3c.csv. */
static const struct {
	const char *name;
	enum intake_wish wish;
} files[] = {
	{ "unsubscribed_", INTAKE_LEFT },
	{ "cleaned_", INTAKE_HARD },
	{ "nonsubscribed_", NOT_ASKED },
};

int
import_format_named(const char *name, struct err *e)
{
	int i;

	for (i = 0; i < IMPORT_FORMATS; i++)
		if (strcmp(name, formats[i]) == 0)
			return i;
	return err_set(e, ERR_USAGE, "--format is one of csv, listmonk, mailchimp, newsletter");
}

const char *
import_format_name(enum import_format format)
{
	return formats[format];
}

/* As the tables spell it. */
static void
normalise(char *out, size_t size, const char *text)
{
	char *p;

	snprintf(out, size, "%s", text);
	text_lower(text_trim(out));
	for (p = out; *p; p++)
		if (*p == '-' || *p == '_')
			*p = ' ';
}

int
import_status(const char *word)
{
	char w[40];
	size_t i;

	if (!word[0])
		return INTAKE_ACTIVE;
	normalise(w, sizeof(w), word);
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (strcmp(w, statuses[i].word) == 0)
			return (int)statuses[i].wish;
	return w[0] ? -1 : INTAKE_ACTIVE;
}

static void
recognise(struct import *im, const char *head)
{
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (!im->forced && strcmp(head, marks[i].name) == 0)
			im->format = marks[i].format;
}

/* Take column i, called `head`, for what it may be. */
static int
take_column(struct import *im, size_t i, const char *head, bool weak[IMPORT_COLUMNS], struct err *e)
{
	size_t k;

	for (k = 0; k < sizeof(synonyms) / sizeof(synonyms[0]); k++) {
		enum import_column column = synonyms[k].column;
		bool is_weak = synonyms[k].how & WEAK;

		if (strcmp(head, synonyms[k].name) != 0 || (im->forced && im->format == FORMAT_CSV && (synonyms[k].how & OTHERS)))
			continue;
		if (im->place[column] != -1 && is_weak)
			continue;
		if (im->place[column] != -1 && !weak[column])
			return err_set(e, ERR_INPUT, "%s:%lu: two columns could be the %s: rename one of them", im->path,
			    im->csv.line, head);
		im->place[column] = (int)i;
		weak[column] = is_weak;
	}
	return 0;
}

static void
look_at_name(struct import *im)
{
	const char *slash = strrchr(im->path, '/'), *name = slash ? slash + 1 : im->path;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strncmp(name, files[i].name, strlen(files[i].name)) == 0) {
			im->none_asked = files[i].wish == NOT_ASKED;
			im->all_are = files[i].wish;
		}
}

/* What stands in other columns may be that somebody left: so it is said that nobody looks at them. */
static void
list_unread(struct import *im)
{
	char number[32];
	json_t *name;
	size_t i, k;

	for (i = 0; i < im->csv.fields; i++) {
		for (k = 0; k < IMPORT_COLUMNS && im->place[k] != (int)i; k++)
			continue;
		if (k < IMPORT_COLUMNS || !im->csv.field[i][0])
			continue;
		snprintf(number, sizeof(number), "column %zu", i + 1);
		name = json_string(im->csv.field[i]); /* NULL: no UTF-8 */
		json_array_append_new(im->unread, name ? name : json_string(number));
	}
}

int
import_header(struct import *im, struct err *e)
{
	bool weak[IMPORT_COLUMNS] = { false };
	char head[64];
	size_t i;
	int rc = csv_next(&im->csv, e);

	if (rc == -1)
		return err_wrap(e, "%s:%lu", im->path, im->csv.line);
	if (rc == 0)
		return err_set(e, ERR_INPUT, "%s is empty: its first line must name the columns, as in: email,name", im->path);
	im->all_are = INTAKE_WISHES;
	for (i = 0; i < IMPORT_COLUMNS; i++)
		im->place[i] = -1;
	for (i = 0; i < im->csv.fields; i++) {
		normalise(head, sizeof(head), im->csv.field[i]);
		recognise(im, head);
		if (take_column(im, i, head, weak, e) == -1)
			return -1;
	}
	list_unread(im);
	im->header_fields = im->csv.fields;
	if (im->place[COL_EMAIL] == -1)
		return err_set(e, ERR_INPUT, "%s:%lu: no column is named email; the first line must name the columns, as in: email,name",
		    im->path, im->csv.line);
	if (im->format == FORMAT_MAILCHIMP)
		look_at_name(im);
	return 0;
}
