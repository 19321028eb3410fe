/* test_http_pages.c - mailings that are large, without HTML or without a message; a store that is not as ours; more than can be written. */
#include "http_fixture.h"

#include "../../daemon/http_archive.h"
#include "mail/message.h"
#include "store/campaign.h"

static struct http h;
static struct http_request r;
static int64_t topic;

/* A role that could serve: what http.c's open_all makes. */
static void
open_http(void)
{
	make_folder("templates");
	make_folder("templates/web");
	configure("", "");
	memset(&h, 0, sizeof(h));
	h.role = &run;
	h.cache = http_cache_new();
	h.site = site_context(&run.site.conf);
	h.topics_version = -1;
	h.tail = &h.head;
	archive_init(&h);
	ok(http_language_init(&h, &err));
	h.base = strdup("");
	r = (struct http_request){ .http = &h, .query = "", .token = "", .body = BUF_INIT };
	topic = make_topic("articles");
}

static void
close_http(void)
{
	if (r.response)
		MHD_destroy_response(r.response);
	r.response = NULL;
	archive_release(&h);
	http_cache_free(h.cache);
	json_decref(h.site);
	free(h.base);
	conf_release(&run.site.conf);
}

/* A mailing that is done, with this message; text NULL: with none. */
static void
mailing(struct archived *a, const char *subject, const char *text, const char *html)
{
	struct campaign c = { .kind = "articles", .topic_id = topic, .created_by = "ann", .start_at = T0 };
	struct message_spec spec = {
		.from_name = "P",
		.from = "a@b.example",
		.reply_to = "",
		.subject = "x",
		.text = text,
		.html = html,
		.list_name = "",
		.list_id = "",
		.feedback_id = "",
	};
	struct buf compiled = BUF_INIT;
	struct message *m;

	snprintf(c.subject, sizeof(c.subject), "%s", subject);
	begin();
	ok(campaign_create(db, &c, &err));
	if (text) {
		m = message_compile(&spec, &err);
		assert_non_null(m);
		message_save(m, &compiled);
		ok(campaign_put_message(db, c.id, "en", compiled.data, compiled.len, &err));
		message_free(m);
	}
	ok(campaign_start(db, c.id, T0 + 86400, &err));
	ok(campaign_finish(db, c.id, &err));
	commit();
	buf_release(&compiled);
	assert_int_equal(campaign_get(db, c.id, &c, &err), 1);
	archive_of(a, &c);
}

static bool
is_in(const struct buf *page, const char *text)
{
	return strstr(page->data, text) != NULL;
}

static void
rendered(void **state)
{
	struct buf page = BUF_INIT, large = BUF_INIT;
	char csp[ARCHIVE_CSP];
	struct archived a;

	(void)state;
	open_http();
	mailing(&a, "Text alone", "Words & <more>\n", NULL);
	ok(archive_render(&r, &a, ARCHIVE_PUBLIC, &page, csp, &err));
	assert_true(is_in(&page, "<pre"));
	assert_true(is_in(&page, "Words &amp; &lt;more&gt;"));
	assert_true(is_in(&page, "lang=\"en\"")); /* the mail's own says none */

	buf_addstr(&large, "<html lang=\"es\"><body>");
	while (large.len <= 1 << 20)
		buf_addstr(&large, "<p>And so it goes on, and on.</p>\n");
	mailing(&a, "Too large", "In short\n", large.data);
	buf_reset(&page);
	ok(archive_render(&r, &a, ARCHIVE_PUBLIC, &page, csp, &err));
	assert_true(is_in(&page, "In short"));
	assert_false(is_in(&page, "And so it goes on"));

	buf_truncate(&large, 1 << 19);
	mailing(&a, "Large", "In short\n", large.data);
	buf_reset(&page);
	ok(archive_render(&r, &a, ARCHIVE_PUBLIC, &page, csp, &err));
	assert_true(is_in(&page, "And so it goes on"));
	assert_true(is_in(&page, "lang=\"es\""));

	mailing(&a, "Without", NULL, NULL);
	refused(archive_render(&r, &a, ARCHIVE_PUBLIC, &page, csp, &err), ERR_CORRUPT);

	/* a template that would end its own style sheet says so, and is not shown */
	in_folder("templates/web/archive-bar.css.mustache", "p { color: red } </STYLE><script>alert(1)</script>");
	mailing(&a, "Barred", "Words\n", NULL);
	refused(archive_render(&r, &a, ARCHIVE_PUBLIC, &page, csp, &err), ERR_INPUT);
	ok(archive_render(&r, &a, ARCHIVE_DRAFT, &page, csp, &err)); /* has no bar */
	buf_release(&page);
	buf_release(&large);
	close_http();
}

/* A page too large to be kept is answered all the same, and nothing is thrown out for it. */
static void
not_kept(void **state)
{
	struct buf large = BUF_INIT;
	struct archived a, small;
	char token[HTTP_TOKEN];
	int i;

	(void)state;
	open_http();
	while (large.len < ARCHIVE_PAGE)
		buf_addstr(&large, "<p>And so it goes on, and on.</p>\n");
	mailing(&small, "Small", "Words\n", NULL);
	mailing(&a, "Large", "In short\n", large.data);
	for (i = 0; i < 2; i++) {
		snprintf(token, sizeof(token), "%s-%.8s", i ? "large" : "small", i ? a.uuid : small.uuid);
		r.token = token;
		r.response = NULL;
		archive_get(&r);
		assert_int_equal(r.status, MHD_HTTP_OK);
		assert_non_null(r.response);
		assert_true(h.archive->bytes > 0 && h.archive->bytes < ARCHIVE_PAGE);
		MHD_destroy_response(r.response);
		r.response = NULL;
	}
	buf_release(&large);
	close_http();
}

/* A feed is XML whatever the store says: what may not stand there is left out. */
static void
feed(void **state)
{
	struct archived a;

	(void)state;
	open_http();
	mailing(&a, "Spring", "Words\n", NULL);
	raw_exec("UPDATE campaign SET subject = CAST(x'41ff42012bc3efbfbe3c43' AS TEXT)");
	archive_feed_get(&r);
	assert_int_equal(r.status, MHD_HTTP_OK);
	assert_true(is_in(&h.archive->feed[r.language].bytes, "<title>AB+&lt;C</title>"));
	close_http();
}

/* More than can be written in time are sent away at once. */
static void
full_queue(void **state)
{
	(void)state;
	open_http();
	h.queued = HTTP_QUEUE;
	http_queue_add(&r, WORK_SIGNUP, NULL, NULL);
	assert_int_equal(r.status, MHD_HTTP_SERVICE_UNAVAILABLE);
	assert_int_equal(h.queued, HTTP_QUEUE);
	assert_null(h.head);
	close_http();
}

static int
write_well(struct http_request *request, struct err *e)
{
	(void)request, (void)e;
	return 0;
}

static int
write_badly(struct http_request *request, struct err *e)
{
	(void)request;
	return err_set(e, ERR_SYSTEM, "this row cannot be written");
}

/* One that cannot be written takes nobody along: those before it are written by themselves. The sign of life waits. */
static void
bad_row(void **state)
{
	struct http_request next;

	(void)state;
	open_http();
	pulse_init(&run.pulse, "http", 0);
	h.batch = SIZE_MAX;
	next = r;
	r.write = write_well;
	next.write = write_badly;
	r.next = &next;
	h.head = &r;
	h.tail = &next.next;
	h.queued = 2;
	assert_true(pulse_due(&run.pulse));
	http_queue_turn(&h);
	assert_int_equal(h.queued, 2); /* both wait still */
	assert_int_equal(h.batch, 1);  /* the first one will be alone */
	assert_false(pulse_due(&run.pulse));
	assert_int_equal(raw_int("SELECT count(*) FROM role"), 0);
	r.next = NULL;
	close_http();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(rendered),
		site_test(not_kept),
		site_test(feed),
		site_test(full_queue),
		site_test(bad_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
