/*
 * gmime_check.c - gmime_check FILE.eml…: what GMime, told to be strict, warns of.
 *
 * Every message is parsed, its addresses, subject, date and parts are read, and
 * each warning is a line "FILE: what". Exit 0 without any, 1 with some, 2 for
 * wrong usage. Build: cc gmime_check.c $(pkg-config --cflags --libs gmime-3.0)
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

static int findings;

static const struct {
	GMimeParserWarning warning;
	const char *name;
} warnings[] = {
	{ GMIME_WARN_DUPLICATED_HEADER, "duplicated header" },
	{ GMIME_WARN_DUPLICATED_PARAMETER, "duplicated parameter" },
	{ GMIME_WARN_UNENCODED_8BIT_HEADER, "8-bit header" },
	{ GMIME_WARN_INVALID_CONTENT_TYPE, "invalid Content-Type" },
	{ GMIME_WARN_INVALID_RFC2047_HEADER_VALUE, "invalid encoded-word" },
	{ GMIME_WARN_MALFORMED_MULTIPART, "malformed multipart" },
	{ GMIME_WARN_TRUNCATED_MESSAGE, "truncated message" },
	{ GMIME_WARN_MALFORMED_MESSAGE, "malformed message" },
	{ GMIME_CRIT_INVALID_HEADER_NAME, "invalid header name" },
	{ GMIME_CRIT_CONFLICTING_HEADER, "conflicting header" },
	{ GMIME_CRIT_CONFLICTING_PARAMETER, "conflicting parameter" },
	{ GMIME_CRIT_MULTIPART_WITHOUT_BOUNDARY, "multipart without boundary" },
	{ GMIME_WARN_INVALID_PARAMETER, "invalid parameter" },
	{ GMIME_WARN_INVALID_ADDRESS_LIST, "invalid address list" },
	{ GMIME_CRIT_NESTING_OVERFLOW, "nesting overflow" },
	{ GMIME_WARN_PART_WITHOUT_CONTENT, "part without content" },
	{ GMIME_CRIT_PART_WITHOUT_HEADERS_OR_CONTENT, "part without headers or content" },
};

static void
find(const char *path, const char *what, const char *item)
{
	printf("%s: %s%s%s\n", path, what, item ? ": " : "", item ? item : "");
	findings++;
}

static void
on_warning(gint64 offset, GMimeParserWarning warning, const gchar *item, gpointer path)
{
	const char *name = "unknown warning";
	size_t i;

	(void)offset;
	for (i = 0; i < sizeof(warnings) / sizeof(*warnings); i++)
		if (warnings[i].warning == warning)
			name = warnings[i].name;
	find(path, name, item);
}

static GMimeParserOptions *
strict_options(const char *path)
{
	GMimeParserOptions *o = g_mime_parser_options_new();

	g_mime_parser_options_set_address_compliance_mode(o, GMIME_RFC_COMPLIANCE_STRICT);
	g_mime_parser_options_set_parameter_compliance_mode(o, GMIME_RFC_COMPLIANCE_STRICT);
	g_mime_parser_options_set_rfc2047_compliance_mode(o, GMIME_RFC_COMPLIANCE_STRICT);
	g_mime_parser_options_set_allow_addresses_without_domain(o, FALSE);
	g_mime_parser_options_set_warning_callback(o, on_warning, (gpointer)path);
	return o;
}

static void
check_part(GMimeObject *parent, GMimeObject *part, gpointer path)
{
	char *text;

	(void)parent;
	if (!GMIME_IS_TEXT_PART(part))
		return;
	text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	if (!text || !*text)
		find(path, "part without text", NULL);
	else if (!g_utf8_validate(text, -1, NULL))
		find(path, "part that is no UTF-8", NULL);
	g_free(text);
}

/* Headers are parsed when they are asked for: read them, so that their warnings come. */
static void
check_headers(GMimeMessage *message, GMimeParserOptions *options, const char *path)
{
	static const char *const lists[] = { "From", "To", "Reply-To" };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const char *value = g_mime_object_get_header(GMIME_OBJECT(message), lists[i]);
		InternetAddressList *list = value ? internet_address_list_parse(options, value) : NULL;

		if (value && (!list || internet_address_list_length(list) != 1))
			find(path, "not exactly one address", lists[i]);
		g_clear_object(&list);
	}
	if (!g_mime_message_get_subject(message))
		find(path, "no subject", NULL);
	if (!g_mime_message_get_date(message))
		find(path, "no date", NULL);
	if (!g_mime_message_get_message_id(message))
		find(path, "no message id", NULL);
}

static void
check(const char *path)
{
	GMimeParserOptions *options = strict_options(path);
	GMimeStream *stream = g_mime_stream_file_open(path, "rb", NULL);
	GMimeMessage *message = NULL;
	GMimeParser *parser = NULL;

	if (!stream) {
		find(path, "cannot be opened", NULL);
		goto out;
	}
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, options);
	if (!message) {
		find(path, "cannot be parsed", NULL);
		goto out;
	}
	check_headers(message, options, path);
	g_mime_message_foreach(message, check_part, (gpointer)path);
out:
	g_clear_object(&message);
	g_clear_object(&parser);
	g_clear_object(&stream);
	g_mime_parser_options_free(options);
}

int
main(int argc, char **argv)
{
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: gmime_check FILE.eml...\n");
		return 2;
	}
	g_mime_init();
	for (i = 1; i < argc; i++)
		check(argv[i]);
	g_mime_shutdown();
	return findings > 0;
}
