/* test_signup.c - what visitors asked for and nobody has decided yet. */
#include "store_fixture.h"

#include "store/signup.h"
#include "store/signup_line.h"

static void
fill(struct signup *s, const char *address)
{
	memset(s, 0, sizeof(*s));
	snprintf(s->address, sizeof(s->address), "%s", address);
	snprintf(s->key, sizeof(s->key), "%s", address);
	snprintf(s->name, sizeof(s->name), "Ann");
	snprintf(s->topics, sizeof(s->topics), "1 2");
	snprintf(s->language, sizeof(s->language), "en");
	snprintf(s->ip, sizeof(s->ip), "192.0.2.1");
	s->received_at = T0;
	ok(consent_wording(db, "the form", s->form_hash, &err));
}

static void
test_queue(void **state)
{
	struct signup s, out;

	(void)state;
	assert_int_equal(signup_next(db, 2000000000, &out, &err), 0);
	begin();
	fill(&s, "ann@example.org");
	ok(signup_append(db, &s, &err));
	fill(&s, "bob@example.org");
	ok(signup_append(db, &s, &err));
	ok(signup_append(db, &s, &err)); /* twice is the clerk's to see */
	commit();
	assert_int_equal(raw_int("SELECT count(*) FROM signup_request"), 3);
	assert_int_equal(signup_next(db, 2000000000, &out, &err), 1);
	assert_string_equal(out.address, "ann@example.org");
	assert_string_equal(out.key, "ann@example.org");
	assert_string_equal(out.name, "Ann");
	assert_string_equal(out.topics, "1 2");
	assert_string_equal(out.language, "en");
	assert_string_equal(out.ip, "192.0.2.1");
	assert_memory_equal(out.form_hash, s.form_hash, sizeof(s.form_hash));
	assert_int_equal(out.received_at, T0);
	begin();
	ok(signup_delete(db, out.id, &err));
	assert_int_equal(signup_next(db, 2000000000, &out, &err), 1);
	assert_string_equal(out.address, "bob@example.org");
	ok(signup_delete(db, out.id, &err));
	ok(signup_delete(db, out.id, &err));
	ok(signup_delete(db, out.id + 1, &err));
	ok(signup_append(db, &s, &err));
	assert_int_equal(signup_next(db, 2000000000, &out, &err), 1);
	assert_int_equal(out.id, 4); /* ids are never used again */
	s.form_hash[0] ^= 1;
	refused(signup_append(db, &s, &err), ERR_SYSTEM); /* a wording that nobody kept */
	commit();
	assert_invariants();
}

static const struct {
	const char *name, *text;
	int count;
	int64_t ids[4];
} texts[] = {
	{ "none", "", 0, { 0 } },
	{ "one", "7", 1, { 7 } },
	{ "three", "1 22 333", 3, { 1, 22, 333 } },
	{ "more than fit", "1 2 3 4 5", 4, { 1, 2, 3, 4 } },
	{ "no number", "x", 0, { 0 } },
	{ "stops at what is none", "1 2 x 3", 2, { 1, 2 } },
	{ "trailing space", "5 ", 1, { 5 } },
};

static void
test_topics(void **state)
{
	int64_t ids[64], back[64];
	char text[400];
	size_t i;
	int j, n;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		n = signup_topics_read(texts[i].text, ids, 4);
		if (n != texts[i].count || memcmp(ids, texts[i].ids, (size_t)n * sizeof(ids[0])) != 0)
			fail_msg("%s: %d", texts[i].name, n);
	}
	for (j = 0; j < 64; j++)
		ids[j] = 1000 + j;
	signup_topics_write(text, sizeof(text), ids, 64);
	assert_int_equal(signup_topics_read(text, back, 64), 64);
	assert_memory_equal(ids, back, sizeof(ids));
	signup_topics_write(text, sizeof(text), ids, 0);
	assert_string_equal(text, "");
	for (j = 0; j < 64; j++)
		ids[j] = INT64_MAX;
	signup_topics_write(text, sizeof(text), ids, 64); /* cut between two, never inside one */
	n = signup_topics_read(text, back, 64);
	assert_in_range(n, 10, 63);
	assert_memory_equal(ids, back, (size_t)n * sizeof(ids[0]));
}

/* Who waits and asks again: the same kind, of the same address, from the same network. */
static void
test_repeated(void **state)
{
	struct signup s;
	int i;

	(void)state;
	begin();
	for (i = 0; i < 2; i++) {
		fill(&s, i ? "ben@example.org" : "ann@example.org");
		s.manage = i;
		s.held_by = SIGNUP_NETWORK;
		snprintf(s.network, sizeof(s.network), "192.0.2.0/24");
		snprintf(s.line, sizeof(s.line), "192.0.2.0/24");
		s.held_at = T0;
		ok(signup_append(db, &s, &err));
		s.id = i + 1;
		ok(signup_hold(db, &s, T0 + 60, &err));
		assert_int_equal(signup_repeated(db, &s, &err), 1);
		s.manage = !s.manage;
		assert_int_equal(signup_repeated(db, &s, &err), 0);
	}
	s.manage = true;
	snprintf(s.network, sizeof(s.network), "192.0.3.0/24");
	assert_int_equal(signup_repeated(db, &s, &err), 0);
	commit();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		store_test(test_queue),
		store_test(test_topics),
		store_test(test_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
