/*
 * message_samples.c - message_samples FOLDER: merged messages of many kinds, one .eml each.
 *
 * For mail_check.py and gmime_check: campaign-*.eml are campaigns, automatic-*.eml
 * mail on a visitor's action. Build: as a unit test, with libnewsletter.a.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/slot.h"
#include "mail/message.h"

#define CJK "\xe6\xbc\xa2\xe5\xad\x97\xe5\x90\x8d\xe5\x89\x8d\xe6\xbc\xa2\xe5\xad\x97\xe5\x90\x8d\xe5\x89\x8d\xe6\xbc\xa2\xe5\xad\x97"
// clang-format off
#define TEXT "Hello " SLOT_MARK("name|friend") ",\n\nread our news. \n.\nFrom here on: =3D\n\nView: " SLOT_MARK("view_url") \
	"\nLeave: " SLOT_MARK("unsubscribe_url") "\nfor " SLOT_MARK("to") "\n"
#define HTML "<!DOCTYPE html>\n<html lang=\"en\"><head><title>News</title><style>p > a { color: #222 }</style></head>\n<body><p>Hello " \
	SLOT_MARK("name|friend") ", caf\xc3\xa9</p>\n<p><a href=\"" SLOT_MARK("unsubscribe_url") "\">Leave</a> or <a href=\"mailto:" \
	SLOT_MARK("unsubscribe_mailto") "\">write</a></p></body></html>\n"
// clang-format on

static const struct {
	const char *name, *subject, *from_name, *text, *html;
} kinds[] = {
	{ "campaign-plain", "News of March", "Practice", TEXT, HTML },
	{ "campaign-name", "For " SLOT_MARK("name|you") ": \xe2\x82\xac 5", "Dr. Practice", TEXT, HTML },
	{ "campaign-long", CJK CJK CJK CJK CJK, CJK CJK CJK, TEXT, HTML },
	{ "automatic-confirm", "Please confirm", "Practice", "Confirm: " SLOT_MARK("confirm_url"), "<p>" SLOT_MARK("confirm_url") "</p>" },
	{ "automatic-text", "Please confirm, " SLOT_MARK("name"), "Practice", "Confirm:\n" SLOT_MARK("confirm_url") "\n", NULL },
};

static const struct {
	const char *name, *value;
} people[] = {
	{ "ann", "Ann Example" },
	{ "nobody", "" },
	{ "umlaut", "J\xc3\xb6rg M\xc3\xbcller" },
	{ "quote", "O'Brien, \"Bob\" <bob@example.net> \\" },
	{ "inject", "x\r\nBcc: y@example.net\r\n\r\n<script>" },
	{ "word", "=?utf-8?q?a?= b" },
	{ "dot", ".Ann" },
	{ "cjk200", CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK },
	{ "shifted", "a" CJK CJK CJK CJK CJK CJK },
	{ "emoji", "\xf0\x9f\x98\x80 \xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80" },
	{ "latin1", "J\xf6rg" },
	{ "long", "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege" },
};

static int
write_sample(const char *folder, size_t kind, size_t person, struct err *e)
{
	bool campaign = strncmp(kinds[kind].name, "campaign", 8) == 0;
	const struct message_spec spec = {
		.from_name = kinds[kind].from_name,
		.from = "news@example.org",
		.reply_to = campaign ? "desk@example.org" : "",
		.subject = kinds[kind].subject,
		.text = kinds[kind].text,
		.html = kinds[kind].html,
		.list_name = "News, articles",
		.list_id = campaign ? "articles.example.org" : "",
		.feedback_id = campaign ? "7:articles:digest:practice" : "",
		.unsubscribe = campaign,
		.unsubscribe_mailto = campaign,
		.auto_generated = !campaign,
	};
	const struct message_values v = { {
	    [SLOT_NAME] = people[person].value,
	    [SLOT_TO] = "ann@example.org",
	    [SLOT_DATE] = "Sun, 01 Mar 2026 10:30:00 +0100",
	    [SLOT_MESSAGE_ID] = "k3xqv2m5yj7zt4a6n2c3d4e5f6g7h2i3j4k5l6m7n2o3@lists.example.org",
	    [SLOT_UNSUBSCRIBE_URL] = "https://news.example.org/u/AQx3v-_8Zk0wN1rT5yQ2pL7mB9cD4eF6gH8jK0lM2nP4q",
	    [SLOT_UNSUBSCRIBE_MAILTO] = "unsubscribe-k3xqv2m5yj7zt4a6n2c3d4e5f6g7h2i3j4k5l6m7n2o3@example.org",
	    [SLOT_VIEW_URL] = "https://news.example.org/view/AQx3v-_8Zk0wN1rT5yQ2pL7mB9cD4eF6gH8jK0lM2nP4q",
	    [SLOT_CONFIRM_URL] = "https://news.example.org/confirm/4f8a9d4e-2c5b-4a30-9d3e-5a7c1b2d3e4f?a=1&b=2",
	} };
	struct message *m = message_compile(&spec, e);
	struct buf out = BUF_INIT, path = BUF_INIT;
	int rc = -1;

	if (!m)
		goto out;
	message_merge(m, &v, &out);
	buf_addf(&path, "%s/%s-%s.eml", folder, kinds[kind].name, people[person].name);
	rc = file_write(path.data, 0644, out.data, out.len, e);
out:
	message_free(m);
	buf_release(&out);
	buf_release(&path);
	return rc;
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	size_t kind, person;

	if (argc != 2) {
		fprintf(stderr, "usage: message_samples FOLDER\n");
		return 2;
	}
	for (kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++)
		for (person = 0; person < sizeof(people) / sizeof(*people); person++)
			if (write_sample(argv[1], kind, person, &e) == -1) {
				fprintf(stderr, "message_samples: %s\n", e.text);
				return 1;
			}
	return 0;
}
