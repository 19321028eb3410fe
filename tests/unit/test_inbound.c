/* test_inbound.c - what a message that came back does: believed with a link of ours alone, to the person of the link, once. */
#include "store_fixture.h"

#include "../../lib/site/inbound_private.h"
#include "base/conf.h"
#include "base/link.h"
#include "site/inbound.h"
#include "site/site.h"
#include "store/counter.h"
#include "store/event.h"
#include "store/outbox.h"
#include "store/subscription.h"
#include "store/suppression.h"

#define ANN "Ann.Lee@example.org"
#define ANN_KEY "ann.lee@example.org"

static struct site site;
static int64_t news, offers, ann, ben;

static int
site_setup(void **state)
{
	static const char conf[] = "[site]\nname = Quiet Harbour\nurl = https://news.quietharbour.example\n"
				   "[mail]\nfrom = news@quietharbour.example\nbounce = bounce@quietharbour.example\n"
				   "unsubscribe = leave@quietharbour.example\nforward = desk@quietharbour.example\n";
	static const struct evidence by_her = { .source = "web" };
	struct subscriber s = { .address = ANN, .key = ANN_KEY, .name = "Ann Zoe Lee" };
	char path[96];
	bool created;
	int id;

	if (store_setup(state) == -1)
		return -1;
	memset(&site, 0, sizeof(site));
	snprintf(path, sizeof(path), "%s/newsletter.conf", folder);
	if (file_write(path, 0600, conf, sizeof(conf) - 1, &err) == -1 || conf_load(&site.conf, path, &err) == -1 ||
	    link_keys_create(folder, &id, &err) == -1 || !(site.links = link_keys_load(folder, &err))) {
		print_error("%s\n", err.text);
		return -1;
	}
	site.db = db;
	news = make_topic("articles");
	offers = make_topic("promotions");
	begin();
	ok(subscriber_put(db, &s, &created, &err));
	ann = s.id;
	ben = make_subscriber("ben@example.com");
	ok(subscription_confirm(db, ann, news, &by_her, &err));
	ok(subscription_confirm(db, ann, offers, &by_her, &err));
	ok(subscription_confirm(db, ben, news, &by_her, &err));
	commit();
	return 0;
}

static int
site_teardown(void **state)
{
	link_keys_free(site.links);
	conf_release(&site.conf);
	return store_teardown(state);
}

#define site_test(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

/* A link for an address; one of four static buffers. */
static const char *
link_of(enum link_purpose purpose, int64_t subscriber, int64_t topic, int64_t campaign)
{
	static char text[4][LINK_TEXT];
	static unsigned turn;
	struct link l = { .purpose = purpose, .subscriber = subscriber, .topic = topic, .campaign = campaign };
	char *out = text[turn++ % 4];

	link_address(out, site.links, &l);
	return out;
}

static struct inbound_done done;

/* Take the message, delivered to that address (NULL: its headers say), as one that came alone. */
static enum inbound_outcome
take(const char *envelope, const char *message)
{
	begin();
	ok(inbound_take(&site, message, strlen(message), envelope, &done, &err));
	commit();
	assert_invariants();
	return done.outcome;
}

/* What a bounce says. */
struct bounce {
	const char *to;       /* local+LINK of whom it was delivered to: "bounce+…" */
	const char *final;    /* Final-Recipient, or NULL: none is named */
	const char *original; /* Original-Recipient, or NULL */
	const char *more;     /* further recipients' blocks, or NULL */
	const char *status, *diagnostic;
	const char *message_id; /* of the returned message: its link, or NULL */
	int serial;             /* makes its bytes others */
};

#define DEAD "5.1.1", "smtp; 550 5.1.1 User unknown"
#define FULL "5.2.2", "smtp; 552 5.2.2 Mailbox full"

static const char *
bounce_text(const struct bounce *b)
{
	static struct buf out;

	if (!out.data)
		buf_init(&out);
	buf_reset(&out);
	buf_addf(&out,
	    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org (Mail Delivery System)\nTo: %s@quietharbour.example\n"
	    "Subject: Undelivered Mail Returned to Sender\nMessage-ID: <%d@mx.example.org>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n"
	    "--b\nContent-Type: text/plain\n\nI'm sorry to have to inform you that your message could not be delivered.\n\n"
	    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n",
	    b->to, b->serial);
	if (b->final)
		buf_addf(&out, "\nFinal-Recipient: rfc822; %s\n", b->final);
	if (b->original)
		buf_addf(&out, "Original-Recipient: rfc822;%s\n", b->original);
	if (b->final)
		buf_addf(&out, "Action: failed\nStatus: %s\nDiagnostic-Code: %s\n", b->status, b->diagnostic);
	if (b->more)
		buf_addf(&out, "\n%s", b->more);
	buf_addf(&out,
	    "\n--b\nContent-Type: message/rfc822\n\nFrom: news@quietharbour.example\nSubject: News\nMessage-ID: <%s@news.quietharbour.example>\n\n"
	    "Words.\n\n--b--\n",
	    b->message_id ? b->message_id : "other");
	return out.data;
}

static enum subscription_state
state_of(int64_t subscriber, int64_t topic)
{
	struct subscription s;

	assert_int_equal(subscription_find(db, subscriber, topic, &s, &err), 1);
	return s.state;
}

static const char *
suppressed(const char *key)
{
	enum suppression_reason reason;
	int rc = suppression_find(db, key, &reason, &err);

	ok(rc);
	return rc ? suppression_name(reason) : "";
}

static int64_t
counted(const char *name)
{
	int64_t n;

	ok(counter_get(db, name, &n, &err));
	return n;
}

static char to[80];

/* local+LINK */
static const char *
tagged(const char *local, const char *text)
{
	snprintf(to, sizeof(to), "%s+%s", local, text);
	return to;
}

/* Who is meant, by links. A hard bounce that names Ann each time. */
static const struct {
	const char *name;
	enum link_purpose recipient, message_id; /* 0: none */
	bool other;                              /* the second link names somebody else */
	enum inbound_outcome outcome;
} links[] = {
	{ "a link in the recipient", LINK_BOUNCE, 0, false, INBOUND_HARD },
	{ "a link in the returned Message-ID", 0, LINK_MESSAGE, false, INBOUND_HARD },
	{ "both", LINK_BOUNCE, LINK_MESSAGE, false, INBOUND_HARD },
	{ "none: whoever wrote it knows an address and no more", 0, 0, false, INBOUND_DOUBTED },
	{ "two that name two people", LINK_BOUNCE, LINK_MESSAGE, true, INBOUND_DOUBTED },
	{ "a Message-ID's in the recipient: nobody is ever written to there", LINK_MESSAGE, 0, false, INBOUND_DOUBTED },
	{ "the link that leaves: bounces do not come there", LINK_UNSUBSCRIBE, 0, false, INBOUND_DOUBTED },
	{ "a link to a page", LINK_PREFERENCES, LINK_VIEW, false, INBOUND_DOUBTED },
};

static void
test_links(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		struct bounce b = { .to = "bounce", .final = ANN_KEY, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown" };
		bool hard = links[i].outcome == INBOUND_HARD;

		if (i) {
			site_teardown(state);
			site_setup(state);
		}
		if (links[i].recipient)
			b.to = tagged("bounce", link_of(links[i].recipient, ann, news, 7));
		if (links[i].message_id)
			b.message_id = link_of(links[i].message_id, links[i].other ? ben : ann, news, 7);
		raw_exec("INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at) "
			 "VALUES (7, 'u', 'articles', 1, 'News', 'scheduled', 1, 'ann', 1)");
		if (take(NULL, bounce_text(&b)) != links[i].outcome)
			fail_msg("%s: %s", links[i].name, inbound_outcome_name(done.outcome));
		if ((state_of(ann, news) == SUB_BOUNCED) != hard || (strcmp(suppressed(ANN_KEY), "hard") == 0) != hard)
			fail_msg("%s: she is suppressed as \"%s\"", links[i].name, suppressed(ANN_KEY));
		assert_string_equal(suppressed("ben@example.com"), "");
		assert_int_equal(raw_int("SELECT count(*) FROM event WHERE kind = 'bounce' AND class = 'hard'"), 1);
		assert_int_equal(raw_int("SELECT trusted FROM event"), hard);
		if (hard)
			assert_string_equal(
			    raw_text("SELECT format('%d %d %d %d %s', subscriber_id, campaign_id, topic_id, code, enhanced) FROM event"),
			    "1 7 1 550 5.1.1");
		else
			assert_int_equal(raw_int("SELECT coalesce(subscriber_id, campaign_id, topic_id, text) IS NULL FROM event"), 1);
		assert_int_equal(done.kind, REPORT_BOUNCE);
		assert_int_equal(done.subscriber_id, hard ? ann : 0);
	}
}

/* Whose the bounce is: one with her link in the recipient, and these addresses in it. */
static const struct {
	const char *name, *final, *original, *more, *status, *diagnostic;
	enum inbound_outcome outcome;
} whose[] = {
	{ "her address", ANN_KEY, NULL, NULL, DEAD, INBOUND_HARD },
	{ "in other letters", "ANN.LEE@EXAMPLE.ORG", NULL, NULL, DEAD, INBOUND_HARD },
	{ "a host of her domain", "ann.lee@mbox3.example.org", NULL, NULL, DEAD, INBOUND_HARD },
	{ "a domain that only ends alike", "ann.lee@badexample.org", NULL, NULL, DEAD, INBOUND_SOFT },
	{ "another mailbox, to which hers is forwarded", "al@elsewhere.example", NULL, NULL, DEAD, INBOUND_SOFT },
	{ "the same, with hers as the original", "al@elsewhere.example", ANN, NULL, DEAD, INBOUND_HARD },
	{ "ours, as servers that misread the envelope say", "news@quietharbour.example", NULL, NULL, DEAD, INBOUND_HARD },
	{ "ours, with a link", "bounce+abc@quietharbour.example", NULL, NULL, DEAD, INBOUND_HARD },
	{ "a name that begins as ours", "newspaper@quietharbour.example", NULL, NULL, DEAD, INBOUND_SOFT },
	{ "what is no address to us", "ann..lee@localhost", NULL, NULL, DEAD, INBOUND_SOFT },
	{ "a full mailbox", ANN_KEY, NULL, NULL, FULL, INBOUND_SOFT },
	{ "several: hers decides", "x@elsewhere.example", NULL,
	    "Final-Recipient: rfc822; ann.lee@example.org\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\n", DEAD,
	    INBOUND_SOFT },
	{ "several, and hers is the dead one", "x@elsewhere.example", NULL,
	    "Final-Recipient: rfc822; ann.lee@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n", FULL,
	    INBOUND_HARD },
	{ "several, and hers is tried still", "x@elsewhere.example", NULL,
	    "Final-Recipient: rfc822; ann.lee@example.org\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 421 4.4.1 timed out\n", DEAD,
	    INBOUND_NOTHING },
	{ "several, and hers arrived", "x@elsewhere.example", NULL,
	    "Final-Recipient: rfc822; ann.lee@example.org\nAction: relayed\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 ok\n", DEAD, INBOUND_NOTHING },
	{ "several strangers", "x@elsewhere.example", NULL,
	    "Final-Recipient: rfc822; y@elsewhere.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n", FULL,
	    INBOUND_SOFT },
};

static void
test_whose(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(whose) / sizeof(whose[0]); i++) {
		struct bounce b = { .final = whose[i].final, .original = whose[i].original, .more = whose[i].more };

		if (i) {
			site_teardown(state);
			site_setup(state);
		}
		b.status = whose[i].status;
		b.diagnostic = whose[i].diagnostic;
		b.to = tagged("bounce", link_of(LINK_BOUNCE, ann, news, 0));
		if (take(NULL, bounce_text(&b)) != whose[i].outcome)
			fail_msg("%s: %s", whose[i].name, inbound_outcome_name(done.outcome));
		if ((state_of(ann, offers) == SUB_BOUNCED) != (whose[i].outcome == INBOUND_HARD))
			fail_msg("%s: state %d", whose[i].name, (int)state_of(ann, offers));
		assert_int_equal(raw_int("SELECT bounce_score FROM subscriber WHERE id = 1"), whose[i].outcome == INBOUND_SOFT);
	}
}

static void
test_once(void **state)
{
	struct bounce soft = { .final = ANN_KEY, .status = "5.2.2", .diagnostic = "smtp; 552 5.2.2 Mailbox full" };
	struct bounce hard = { .final = ANN_KEY, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown", .serial = 2 };
	char address[80], again[8192];

	(void)state;
	raw_exec("INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at) "
		 "VALUES (7, 'u', 'articles', 1, 'News', 'scheduled', 1, 'ann', 1)");
	snprintf(address, sizeof(address), "bounce+%s", link_of(LINK_BOUNCE, ann, news, 7));
	soft.to = hard.to = address;
	assert_int_equal(take(NULL, bounce_text(&soft)), INBOUND_SOFT);
	assert_int_equal(take(NULL, bounce_text(&soft)), INBOUND_AGAIN);
	/* an MTA that tries its pipe again dates the line before it anew */
	snprintf(again, sizeof(again), "From MAILER-DAEMON Thu Jan  1 00:00:09 2026\n%s", bounce_text(&soft));
	assert_int_equal(take(NULL, again), INBOUND_AGAIN);
	soft.serial = 1; /* other bytes about the same message */
	clock_set(T0 + INT64_C(86400) * 3);
	assert_int_equal(take(NULL, bounce_text(&soft)), INBOUND_AGAIN);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 1);
	assert_int_equal(raw_int("SELECT bounce_score FROM subscriber WHERE id = 1"), 1);
	assert_int_equal(take(NULL, bounce_text(&hard)), INBOUND_HARD);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 2);
	hard.serial = 3;
	assert_int_equal(take(NULL, bounce_text(&hard)), INBOUND_AGAIN);
	soft.serial = 4;
	assert_int_equal(take(NULL, bounce_text(&soft)), INBOUND_AGAIN);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 2);
	assert_int_equal(counted("inbound_messages"), 7);
	assert_int_equal(counted("inbound_again"), 5);
	assert_int_equal(counted("inbound_soft"), 1);
	assert_int_equal(counted("inbound_hard"), 1);
}

/* What is kept of the words has no address and no name in it. */
static void
test_redacted(void **state)
{
	struct bounce b = {
		.final = ANN_KEY,
		.status = "5.1.1",
		.diagnostic = "smtp; 550 5.1.1 <ann.lee@example.org>: Recipient rejected: ann.lee (Zoe Lee) is no user here",
	};

	(void)state;
	b.to = tagged("bounce", link_of(LINK_BOUNCE, ann, news, 0));
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_HARD);
	assert_int_equal(raw_int("SELECT text LIKE '%rejected%' FROM event"), 1);
	assert_int_equal(raw_int("SELECT text LIKE '%ann%' OR text LIKE '%zoe%' OR text LIKE '%example.org%' FROM event"), 0);
}

/* A confirmation's, a welcome's: the row says whose it was. */
static void
test_outbox(void **state)
{
	static const struct evidence form = { .source = "web" };
	struct bounce b = { .final = "cid@example.org", .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown" };
	int64_t cid, mail, nobodys;

	(void)state;
	begin();
	cid = make_subscriber("cid@example.org");
	ok(subscription_request(db, cid, news, &form, &err));
	ok(outbox_reserve(db, "confirm", cid, "cid@example.org", T0 + 100, &mail, &err));
	ok(outbox_fill(db, mail, "x", 1, &err));
	ok(outbox_reserve(db, "operator", 0, "olive@example.org", T0 + 100, &nobodys, &err));
	ok(outbox_fill(db, nobodys, "x", 1, &err));
	commit();
	b.to = tagged("bounce", link_of(LINK_OUTBOX_BOUNCE, nobodys, 0, 0));
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_DOUBTED);
	b.to = tagged("bounce", link_of(LINK_OUTBOX_BOUNCE, 99, 0, 0)); /* its row is gone */
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_DOUBTED);
	assert_int_equal(state_of(cid, news), SUB_PENDING);
	b.to = tagged("bounce", link_of(LINK_OUTBOX_BOUNCE, mail, 0, 0));
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_HARD);
	assert_int_equal(state_of(cid, news), SUB_BOUNCED);
	assert_string_equal(suppressed("cid@example.org"), "hard");
	assert_int_equal(raw_int("SELECT count(*) FROM event WHERE campaign_id IS NULL AND subscriber_id = 3"), 1);
}

/* Erased people leave a number. */
static void
test_erased(void **state)
{
	struct bounce b = { .final = ANN_KEY, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown" };
	char leave[128];

	(void)state;
	raw_exec("INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at) "
		 "VALUES (7, 'u', 'articles', 1, 'News', 'scheduled', 1, 'ann', 1)");
	begin();
	ok(subscriber_delete(db, ann, &err));
	commit();
	b.to = tagged("bounce", link_of(LINK_BOUNCE, ann, news, 7));
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_NOTHING);
	assert_string_equal(suppressed(ANN_KEY), "");
	assert_int_equal(raw_int("SELECT campaign_id FROM event WHERE subscriber_id IS NULL AND text IS NULL AND trusted = 1"), 7);
	snprintf(leave, sizeof(leave), "leave+%s@quietharbour.example", link_of(LINK_UNSUBSCRIBE, ann, news, 7));
	assert_int_equal(take(leave, "From: ann.lee@example.org\nSubject: unsubscribe\n\n\n"), INBOUND_UNSUBSCRIBED);
}

#define ARF(type, serial, id) \
	"From: feedback@provider.example\nTo: bounce@quietharbour.example\nSubject: FW: News " serial "\nMIME-Version: 1.0\n" \
	"Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n" \
	"This is an email abuse report.\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: " type "\n" \
	"User-Agent: Some/1\nVersion: 1\n\n--b\nContent-Type: message/rfc822\n\nFrom: news@quietharbour.example\n" \
	"To: redacted@provider.example\nSubject: News\nMessage-ID: <" id "@news.quietharbour.example>\n\nWords.\n\n--b--\n"

static void
test_complaints(void **state)
{
	char text[4096];
	int64_t mail;

	(void)state;
	begin();
	ok(outbox_reserve(db, "welcome", ann, ANN, T0 + 100, &mail, &err));
	ok(outbox_fill(db, mail, "x", 1, &err));
	commit();
	assert_int_equal(take(NULL, ARF("abuse", "1", "forged")), INBOUND_DOUBTED);
	snprintf(text, sizeof(text), ARF("not-spam", "2", "%s"), link_of(LINK_MESSAGE, ann, news, 7));
	assert_int_equal(take(NULL, text), INBOUND_NOTHING);
	assert_int_equal(state_of(ann, news), SUB_ACTIVE);
	snprintf(text, sizeof(text), ARF("abuse", "3", "%s"), link_of(LINK_MESSAGE, ann, news, 7));
	assert_int_equal(take(NULL, text), INBOUND_COMPLAINT);
	assert_int_equal(state_of(ann, news), SUB_COMPLAINED);
	assert_int_equal(state_of(ann, offers), SUB_COMPLAINED);
	assert_string_equal(suppressed(ANN_KEY), "complaint");
	assert_string_equal(raw_text("SELECT state FROM outbox"), "expired");
	assert_string_equal(raw_text("SELECT kind || class || campaign_id FROM event WHERE trusted = 1"), "complaintcomplaint7");
	snprintf(text, sizeof(text), ARF("abuse", "4", "%s"), link_of(LINK_MESSAGE, ann, news, 7));
	assert_int_equal(take(NULL, text), INBOUND_AGAIN);
	assert_int_equal(raw_int("SELECT count(*) FROM event WHERE trusted = 1"), 1);
}

/* Mail to leave+LINK@. headers: before the Subject. */
static const struct {
	const char *name, *headers;
	enum inbound_outcome outcome;
} leaving[] = {
	{ "from a mail program", "", INBOUND_UNSUBSCRIBED },
	{ "from a provider's robot", "Auto-Submitted: auto-generated\n", INBOUND_UNSUBSCRIBED },
	{ "from a robot that says bulk", "Precedence: bulk\n", INBOUND_UNSUBSCRIBED },
	{ "somebody is away", "Auto-Submitted: auto-replied (vacation)\n", INBOUND_NOTHING },
	{ "folded", "Auto-Submitted:\n auto-replied\n", INBOUND_NOTHING },
	{ "with the null sender", "Return-Path: <>\n", INBOUND_NOTHING },
	{ "with a sender", "Return-Path: <ann.lee@example.org>\n", INBOUND_UNSUBSCRIBED },
};

static void
test_leaving(void **state)
{
	char text[1024], address[128];
	size_t i;

	for (i = 0; i < sizeof(leaving) / sizeof(leaving[0]); i++) {
		bool left = leaving[i].outcome == INBOUND_UNSUBSCRIBED;

		if (i) {
			site_teardown(state);
			site_setup(state);
		}
		snprintf(address, sizeof(address), "leave+%s@quietharbour.example", link_of(LINK_UNSUBSCRIBE, ann, news, 7));
		snprintf(text, sizeof(text), "%sFrom: ann.lee@example.org\nTo: %s\nSubject: whatever %zu\n\nStop it.\n",
		    leaving[i].headers, address, i);
		if (take(NULL, text) != leaving[i].outcome)
			fail_msg("%s: %s", leaving[i].name, inbound_outcome_name(done.outcome));
		if ((state_of(ann, news) == SUB_LEFT) != left || state_of(ann, offers) != SUB_ACTIVE || state_of(ben, news) != SUB_ACTIVE)
			fail_msg("%s: state %d", leaving[i].name, (int)state_of(ann, news));
		assert_string_equal(raw_text("SELECT class || campaign_id || topic_id FROM event"), left ? "mailto71" : "");
		assert_int_equal(raw_int("SELECT count(*) FROM consent WHERE action = 'left' AND source = 'mailto'"), left);
		assert_int_equal(raw_int("SELECT count(*) FROM outbox"), 0); /* nobody is answered */
	}
}

static void
test_leaving_again(void **state)
{
	char text[1024], all[128], both[256];

	(void)state;
	snprintf(all, sizeof(all), "leave+%s@quietharbour.example", link_of(LINK_UNSUBSCRIBE, ann, 0, 7));
	snprintf(text, sizeof(text), "From: ann.lee@example.org\nTo: <%s>\nSubject: unsubscribe\n\n\n", all);
	assert_int_equal(take(NULL, text), INBOUND_UNSUBSCRIBED);
	assert_int_equal(state_of(ann, news), SUB_LEFT);
	assert_int_equal(state_of(ann, offers), SUB_LEFT);
	assert_int_equal(take(all, "From: ann.lee@example.org\nSubject: again\n\n\n"), INBOUND_UNSUBSCRIBED); /* the same answer */
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 1);
	/* the link of a test mail is nobody's */
	snprintf(all, sizeof(all), "leave+%s@quietharbour.example", link_of(LINK_UNSUBSCRIBE, 0, 0, 0));
	assert_int_equal(take(all, "From: ann.lee@example.org\nSubject: a test\n\n\n"), INBOUND_NOTHING);
	/* a bounce that comes to the address of a leaving, and a letter with a link in its text, mean nothing of the kind */
	snprintf(both, sizeof(both),
	    "From: ben@example.com\nTo: news@quietharbour.example\nSubject: link\n\nleave+%s@quietharbour.example\n",
	    link_of(LINK_UNSUBSCRIBE, ben, 0, 7));
	assert_int_equal(take(NULL, both), INBOUND_FORWARDED);
	assert_int_equal(state_of(ben, news), SUB_ACTIVE);
}

/* What means nothing. */
static const struct {
	const char *name, *text;
} nothing[] = {
	{ "a vacation note", "From: ann.lee@example.org\nSubject: Out of office: News\nAuto-Submitted: auto-replied\n\nI am away until Monday.\n" },
	{ "a delay", "From: MAILER-DAEMON@mx.example.org\nSubject: Delayed Mail\nMIME-Version: 1.0\nContent-Type: multipart/report; "
		     "report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nYour message is delayed.\n\n--b\n"
		     "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; ann.lee@example.org\n"
		     "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 421 4.4.1 timed out\n\n--b--\n" },
	{ "a receipt", "From: ann.lee@example.org\nSubject: Read: News\nMIME-Version: 1.0\nContent-Type: multipart/report; "
		       "report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: text/plain\n\nRead.\n\n--b\n"
		       "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann.lee@example.org\n"
		       "Disposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n" },
};

static void
test_nothing(void **state)
{
	struct bounce of_nobody = { .to = "bounce" };
	struct buf more = BUF_INIT;
	char envelope[128];
	size_t i;

	(void)state;
	snprintf(envelope, sizeof(envelope), "bounce+%s@quietharbour.example", link_of(LINK_BOUNCE, ann, news, 7));
	/* so many that arrived that the one that failed finds no place; and no link of ours */
	for (i = 0; i < (size_t)2 * REPORT_RECIPIENTS; i++)
		buf_addf(&more, "Final-Recipient: rfc822; %zu@elsewhere.example\nAction: relayed\nStatus: 2.0.0\n\n", i);
	buf_addstr(&more, "Final-Recipient: rfc822; x@elsewhere.example\nAction: failed\nStatus: 5.1.1\n\n");
	of_nobody.more = more.data;
	assert_int_equal(take(NULL, bounce_text(&of_nobody)), INBOUND_NOTHING);
	assert_int_equal(done.kind, REPORT_BOUNCE);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 0);
	buf_release(&more);
	for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
		if (take(envelope, nothing[i].text) != INBOUND_NOTHING)
			fail_msg("%s: %s", nothing[i].name, inbound_outcome_name(done.outcome));
	assert_int_equal(state_of(ann, news), SUB_ACTIVE);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 0);
	assert_int_equal(raw_int("SELECT count(*) FROM outbox"), 0);
	assert_int_equal(raw_int("SELECT coalesce(bounce_last_at, 0) FROM subscriber WHERE id = 1"), 0);
}

static void
test_flood(void **state)
{
	struct bounce b = { .to = "bounce", .final = ANN_KEY, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown" };

	(void)state;
	for (b.serial = 0; b.serial < 1005; b.serial++) {
		const char *text = bounce_text(&b);

		begin();
		ok(inbound_take(&site, text, strlen(text), NULL, &done, &err));
		commit();
		assert_int_equal(done.outcome, INBOUND_DOUBTED);
	}
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 1000);
	assert_int_equal(counted("inbound_doubted"), 1005);
	clock_set(T0 + INT64_C(2) * 86400);
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_DOUBTED);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 1001);
	assert_invariants();
}

/* One link of one's own, and any number of messages made with it: no more than a few rows, and one of a mailing's bounces. */
static void
test_own_link(void **state)
{
	struct bounce b = { .final = ANN_KEY, .status = "5.2.2", .diagnostic = "smtp; 552 5.2.2 Mailbox full" };
	char text[4096];
	int64_t mail, n;
	int i;

	(void)state;
	raw_exec("INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at) "
		 "VALUES (7, 'u', 'articles', 1, 'News', 'scheduled', 1, 'ann', 1)");
	begin();
	ok(outbox_reserve(db, "welcome", ann, ANN, T0 + 100, &mail, &err));
	ok(outbox_fill(db, mail, "x", 1, &err));
	commit();
	b.to = tagged("bounce", link_of(LINK_OUTBOX_BOUNCE, mail, 0, 0));
	for (b.serial = 0; b.serial < 5; b.serial++)
		assert_int_equal(take(NULL, bounce_text(&b)), b.serial ? INBOUND_AGAIN : INBOUND_SOFT);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 1);
	clock_set(T0 + INT64_C(86400) * 2); /* another day's may be another mail's */
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_SOFT);
	b = (struct bounce){ .to = b.to, .final = ANN_KEY, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown", .serial = 9 };
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_HARD);
	assert_int_equal(raw_int("SELECT count(*) FROM event"), 3);

	/* a full mailbox first and a dead one then is one message that bounced */
	b = (struct bounce){ .final = "ben@example.com", .status = "5.2.2", .diagnostic = "smtp; 552 5.2.2 Mailbox full", .serial = 10 };
	b.to = tagged("bounce", link_of(LINK_BOUNCE, ben, news, 7));
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_SOFT);
	b = (struct bounce){ .to = b.to, .final = b.final, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown", .serial = 11 };
	assert_int_equal(take(NULL, bounce_text(&b)), INBOUND_HARD);
	ok(event_count(db, 7, "bounce", &n, &err));
	assert_int_equal(n, 1);

	begin();
	ok(subscriber_delete(db, ann, &err));
	commit();
	b = (struct bounce){ .final = ANN_KEY, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown" };
	b.to = tagged("bounce", link_of(LINK_BOUNCE, ann, news, 7));
	for (b.serial = 20; b.serial < 25; b.serial++)
		assert_int_equal(take(NULL, bounce_text(&b)), b.serial == 20 ? INBOUND_NOTHING : INBOUND_AGAIN);
	for (i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), ARF("abuse", "%d", "%s"), i, link_of(LINK_MESSAGE, ann, news, 7));
		assert_int_equal(take(NULL, text), i ? INBOUND_AGAIN : INBOUND_NOTHING);
	}
	ok(event_count(db, 7, "bounce", &n, &err));
	assert_int_equal(n, 2);
	ok(event_count(db, 7, "complaint", &n, &err));
	assert_int_equal(n, 1);
}

static void
test_unreadable(void **state)
{
	struct buf deep = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		buf_addf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	assert_int_equal(take(NULL, deep.data), INBOUND_UNREADABLE);
	assert_true(done.why[0]);
	assert_false(inbound_removable(done.outcome));
	assert_int_equal(counted("inbound_unreadable"), 1);
	assert_int_equal(take(NULL, deep.data), INBOUND_UNREADABLE); /* in a mailbox that has other numbers now: it stays there */
	begin();
	ok(inbound_unreadable(&site, &err));
	commit();
	assert_int_equal(counted("inbound_unreadable"), 3);
	buf_release(&deep);
}

/* What is people's and goes to nobody stays, however often it is seen; what was forwarded is gone. */
static void
test_people(void **state)
{
	static const struct {
		const char *name, *text;
		enum inbound_outcome first, second;
	} letters[] = {
		{ "somebody's", "From: jo@example.org\nSubject: a\n\nHello.\n", INBOUND_FORWARDED, INBOUND_AGAIN },
		{ "without an address", "From: nobody\nSubject: b\n\nHello.\n", INBOUND_FORWARDED, INBOUND_AGAIN },
		{ "without a subject", "From: jo@example.org\n\nHello.\n", INBOUND_FORWARDED, INBOUND_AGAIN },
		{ "of whom it would go to", "From: Desk <DESK@quietharbour.example>\nSubject: c\n\nHello.\n", INBOUND_LEFT, INBOUND_LEFT },
		{ "of ours", "From: news@quietharbour.example\nSubject: d\n\nHello.\n", INBOUND_LEFT, INBOUND_LEFT },
		{ "forwarded to a mailbox that is read", "From: news@quietharbour.example\nAuto-Submitted: auto-generated\n"
							 "X-Loop: news@quietharbour.example\nSubject: f\n\nHello.\n",
		    INBOUND_LEFT, INBOUND_LEFT },
		{ "with our mark", "From: jo@example.org\nX-Loop:\n news@quietharbour.example\nSubject: e\n\nHello.\n", INBOUND_LEFT, INBOUND_LEFT },
	};
	char own[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (take(NULL, letters[i].text) != letters[i].first)
			fail_msg("%s: %s", letters[i].name, inbound_outcome_name(done.outcome));
		if (take(NULL, letters[i].text) != letters[i].second)
			fail_msg("%s, again: %s", letters[i].name, inbound_outcome_name(done.outcome));
	}
	snprintf(own, sizeof(own), "From: jo@example.org\nMessage-ID: <%s@news.quietharbour.example>\n\nHello.\n",
	    link_of(LINK_OUTBOX, 5, 0, 0));
	assert_int_equal(take(NULL, own), INBOUND_LEFT); /* ours by its number, whoever it says it is from */
	assert_int_equal(raw_int("SELECT count(*) FROM outbox WHERE kind = 'forward' AND state = 'queued'"), 3);
}

/* A broken template keeps no mail from being taken, and 200 are the most in a day. */
static void
test_forward_limits(void **state)
{
	char path[128], letter[256];
	int i;

	(void)state;
	snprintf(path, sizeof(path), "%s/templates/mail/forward.text.mustache", folder);
	for (i = 0; i < 203; i++) {
		snprintf(letter, sizeof(letter), "From: jo@example.org\nSubject: %d\n\nHello.\n", i);
		begin();
		ok(inbound_take(&site, letter, strlen(letter), NULL, &done, &err));
		commit();
		assert_int_equal(done.outcome, i < 200 ? INBOUND_FORWARDED : INBOUND_LEFT);
	}
	clock_set(T0 + INT64_C(2) * 86400);
	assert_int_equal(take(NULL, letter), INBOUND_FORWARDED);
	snprintf(letter, sizeof(letter), "mkdir -p '%s/templates/mail'", folder);
	assert_int_equal(system(letter), 0);
	ok(file_write(path, 0600, "{{#open}}", 9, &err));
	assert_int_equal(take(NULL, "From: jo@example.org\nSubject: x\n\nHello.\n"), INBOUND_LEFT);
	assert_non_null(strstr(done.why, "forward.text.mustache"));
	ok(file_write(path, 0600, "Words without a line's end", 26, &err)); /* they are enough */
	assert_int_equal(take(NULL, "From: jo@example.org\nSubject: y\n\nHello.\n"), INBOUND_FORWARDED);
	assert_int_equal(raw_int("SELECT max(instr(message, CAST('Words without a line' AS BLOB)) > 0) FROM outbox"), 1);
}

/* A header as it stands, folded or not, whatever ends it. */
static void
test_header(void **state)
{
	static const struct {
		const char *bytes, *want; /* want NULL: there is none */
	} cases[] = {
		{ "Subject: a b\n\nSubject: c\n", "a b" },
		{ "To: x\r\nSUBJECT:a\r\n\tb \r\n c\r\n\r\n", "a b c" },
		{ "From ann Thu\nSubject: a\n\n", "a" },
		{ "Subject: a", "a" }, /* the bytes end in it */
		{ "Subject:", "" },
		{ "Subject", NULL },
		{ "Subjects: a\n\n", NULL },
		{ "\nSubject: a\n", NULL },
		{ "Subject: \001a\177b\n", "a b" },
		{ "Subject: 123456789012345678901234567890\n", "1234567890123456789" },
		{ "", NULL },
	};
	char value[20];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool found = inbound_header(cases[i].bytes, strlen(cases[i].bytes), "Subject", value, sizeof(value));

		if (found != !!cases[i].want || (found && strcmp(value, cases[i].want) != 0))
			fail_msg("%s: \"%s\"", cases[i].bytes, value);
	}
}

/* Parts before the report, and one more than are looked at. */
static void
test_parts(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct report r;
	int i, n;

	(void)state;
	for (n = 46; n <= 48; n += 2) {
		buf_reset(&text);
		buf_addstr(&text, "From: MAILER-DAEMON@mx.example.org\nSubject: x\nMIME-Version: 1.0\n"
				  "Content-Type: multipart/mixed; boundary=b\n\n");
		for (i = 0; i < n; i++)
			buf_addstr(&text, "--b\nContent-Type: text/plain\n\nWords.\n\n");
		buf_addstr(&text, "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
				  "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n\n--b--\n");
		r = REPORT_INIT;
		ok(report_read(&r, text.data, text.len, NULL, &e));
		assert_int_equal(r.kind == REPORT_BOUNCE, n == 46);
		report_release(&r);
	}
	buf_release(&text);
}

/* Without the store nothing is half done: what failed may come again. */
static void
test_rolled_back(void **state)
{
	struct bounce b = { .final = ANN_KEY, .status = "5.1.1", .diagnostic = "smtp; 550 5.1.1 User unknown" };
	const char *text;

	(void)state;
	b.to = tagged("bounce", link_of(LINK_BOUNCE, ann, news, 0));
	text = bounce_text(&b);
	begin();
	ok(inbound_take(&site, text, strlen(text), NULL, &done, &err));
	db_rollback(db);
	assert_int_equal(state_of(ann, news), SUB_ACTIVE);
	assert_int_equal(take(NULL, text), INBOUND_HARD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(test_links),
		site_test(test_whose),
		site_test(test_once),
		site_test(test_redacted),
		site_test(test_outbox),
		site_test(test_erased),
		site_test(test_complaints),
		site_test(test_leaving),
		site_test(test_leaving_again),
		site_test(test_nothing),
		site_test(test_flood),
		site_test(test_own_link),
		site_test(test_unreadable),
		site_test(test_people),
		site_test(test_forward_limits),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_parts),
		site_test(test_rolled_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
