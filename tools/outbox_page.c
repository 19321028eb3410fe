/*
 * outbox_page.c - the outbox folder as a page to read in a browser; for the demo, on loopback only.
 *
 *   outbox_page FOLDER PORT
 *
 * GET / lists the mails, newest first; /FILE shows one, /FILE/html and
 * /FILE/text its parts. GMime reads them, libmicrohttpd serves them.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <gmime/gmime.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"

#define MAILS_MAX 500

struct mail {
	char file[256];
	time_t at;
};

static const char *folder;

static const char page_head[] =
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Outbox</title>"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#223}"
    "a{color:#225a9c}li{margin:.6rem 0}small{color:#556}iframe{width:100%;height:44rem;border:1px solid #ccd;border-radius:8px}"
    "pre{background:#f4f5f7;padding:1rem;border-radius:8px;white-space:pre-wrap}</style>";

static GMimeMessage *
open_mail(const char *file)
{
	struct buf path = BUF_INIT;
	GMimeMessage *message = NULL;
	GMimeStream *stream;
	GMimeParser *parser;

	if (strchr(file, '/') || file[0] == '.')
		return NULL;
	buf_addf(&path, "%s/%s", folder, file);
	stream = g_mime_stream_file_open(path.data, "r", NULL);
	buf_release(&path);
	if (!stream)
		return NULL;
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

struct wanted {
	const char *subtype;
	char *text;
};

static void
on_part(GMimeObject *parent, GMimeObject *part, gpointer ctx)
{
	struct wanted *w = ctx;
	GMimeContentType *type = g_mime_object_get_content_type(part);

	(void)parent;
	if (!w->text && GMIME_IS_TEXT_PART(part) && g_mime_content_type_is_type(type, "text", w->subtype))
		w->text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
}

/* The first part of the type, decoded; g_free it. NULL when there is none. */
static char *
part_text(GMimeMessage *message, const char *subtype)
{
	struct wanted w = { subtype, NULL };

	g_mime_message_foreach(message, on_part, &w);
	return w.text;
}

static int
by_time(const void *a, const void *b)
{
	const struct mail *x = a, *y = b;

	return x->at == y->at ? strcmp(x->file, y->file) : (x->at < y->at ? 1 : -1);
}

static void
add_row(struct buf *out, const struct mail *mail)
{
	GMimeMessage *message = open_mail(mail->file);
	char *to;

	if (!message)
		return;
	to = internet_address_list_to_string(g_mime_message_get_to(message), NULL, FALSE);
	buf_addf(out, "<li><a href='/%s'>", mail->file);
	text_escape_html(out, g_mime_message_get_subject(message), strlen(g_mime_message_get_subject(message)));
	buf_addstr(out, "</a><br><small>to ");
	text_escape_html(out, to, strlen(to));
	buf_addstr(out, "</small></li>");
	g_free(to);
	g_object_unref(message);
}

static void
list_page(struct buf *out)
{
	static struct mail mails[MAILS_MAX];
	struct buf path = BUF_INIT;
	struct dirent *d;
	struct stat st;
	size_t n = 0, i;
	DIR *dir = opendir(folder);

	while (dir && n < MAILS_MAX && (d = readdir(dir))) {
		if (strlen(d->d_name) < 5 || strcmp(d->d_name + strlen(d->d_name) - 4, ".eml") != 0)
			continue;
		buf_reset(&path);
		buf_addf(&path, "%s/%s", folder, d->d_name);
		if (stat(path.data, &st) == 0 && text_copy(mails[n].file, sizeof(mails[n].file), d->d_name) == 0)
			mails[n++].at = st.st_mtime;
	}
	if (dir)
		closedir(dir);
	buf_release(&path);
	qsort(mails, n, sizeof(mails[0]), by_time);
	buf_addf(out, "%s<h1>Outbox</h1><p>%zu mails, newest first. No relay is configured, so they stay here.</p><ul>", page_head, n);
	for (i = 0; i < n; i++)
		add_row(out, &mails[i]);
	buf_addstr(out, "</ul>");
}

static void
mail_page(struct buf *out, GMimeMessage *message, const char *file)
{
	char *text = part_text(message, "plain"), *headers = g_mime_object_get_headers(GMIME_OBJECT(message), NULL);

	buf_addf(out, "%s<p><a href='/'>Outbox</a></p><h1>", page_head);
	text_escape_html(out, g_mime_message_get_subject(message), strlen(g_mime_message_get_subject(message)));
	buf_addf(out, "</h1><iframe sandbox='allow-popups' title='The mail as HTML' src='/%s/html'></iframe><h2>As text</h2><pre>", file);
	if (text)
		text_escape_html(out, text, strlen(text));
	buf_addstr(out, "</pre><h2>Headers</h2><pre>");
	text_escape_html(out, headers, strlen(headers));
	buf_addstr(out, "</pre>");
	g_free(text);
	g_free(headers);
}

static int
answer(struct buf *out, const char *url)
{
	char file[256];
	const char *rest;
	GMimeMessage *message;
	char *html;

	if (strcmp(url, "/") == 0) {
		list_page(out);
		return MHD_HTTP_OK;
	}
	rest = strchr(url + 1, '/');
	snprintf(file, sizeof(file), "%.*s", rest ? (int)(rest - url - 1) : 200, url + 1);
	message = open_mail(file);
	if (!message) {
		buf_addstr(out, "No such mail.");
		return MHD_HTTP_NOT_FOUND;
	}
	if (rest) {
		html = part_text(message, "html");
		buf_addstr(out, html ? html : "This mail has no HTML part.");
		g_free(html);
	} else {
		mail_page(out, message, file);
	}
	g_object_unref(message);
	return MHD_HTTP_OK;
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *data, size_t *size, void **request) /* NOLINT(readability-non-const-parameter): the type is libmicrohttpd's */
{
	struct buf out = BUF_INIT;
	struct MHD_Response *response;
	enum MHD_Result rc;
	int status;

	(void)ctx, (void)version, (void)data, (void)size, (void)request;
	if (strcmp(method, "GET") != 0)
		return MHD_NO;
	status = answer(&out, url);
	response = MHD_create_response_from_buffer(out.len, out.data, MHD_RESPMEM_MUST_COPY);
	buf_release(&out);
	MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
	MHD_add_response_header(response, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http:; frame-src 'self'");
	rc = MHD_queue_response(connection, (unsigned)status, response);
	MHD_destroy_response(response);
	return rc;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in loopback = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct MHD_Daemon *daemon;

	if (argc != 3) {
		fputs("usage: outbox_page FOLDER PORT\n", stderr);
		return 2;
	}
	folder = argv[1];
	loopback.sin_port = htons((uint16_t)strtol(argv[2], NULL, 10));
	g_mime_init();
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, on_request, NULL,
	    MHD_OPTION_SOCK_ADDR, &loopback, MHD_OPTION_END);
	if (!daemon) {
		fprintf(stderr, "outbox_page: cannot listen on 127.0.0.1:%s\n", argv[2]);
		return 1;
	}
	while (poll(NULL, 0, -1) == -1)
		continue; /* until a signal ends it */
	return 0;
}
