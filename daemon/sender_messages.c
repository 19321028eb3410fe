/* sender_messages.c - compiled messages in memory: one for each campaign and language that is being sent. */
#include <string.h>

#include "base/err.h"
#include "sender.h"

static void
drop(struct compiled *c)
{
	message_free(c->message);
	memset(c, 0, sizeof(*c));
}

void
sender_compiled_release_unused(struct sender *s)
{
	struct compiled *c;

	for (c = s->compiled; c < s->compiled + s->compiled_end; c++)
		if (c->message && !c->uses && !campaign_followed(s, c->campaign_id))
			drop(c);
}

/* The message in a language, else in the site's, else in any. */
static struct compiled *
find(struct sender *s, int64_t campaign_id, const char *language)
{
	struct compiled *c, *best = NULL;

	for (c = s->compiled; c < s->compiled + s->compiled_end; c++) {
		if (!c->message || c->campaign_id != campaign_id)
			continue;
		if (strcmp(c->language, language) == 0)
			return c;
		if (!best || strcmp(c->language, s->site->conf.site_language) == 0)
			best = c;
	}
	return best;
}

static struct compiled *
free_place(struct sender *s)
{
	struct compiled *c;

	for (c = s->compiled; c < s->compiled + s->compiled_end; c++)
		if (!c->message)
			return c;
	return s->compiled_end < COMPILED_MAX ? &s->compiled[s->compiled_end++] : NULL;
}

static int
load(struct sender *s, int64_t campaign_id, const char *language, struct err *e)
{
	static const struct message_values anybody = { .value = { [SLOT_TO] = "somebody.or.other@mail.example.org" } };
	struct compiled *c = free_place(s);
	struct buf bytes = BUF_INIT;

	if (!c) /* only with campaigns that are not followed any more, and have messages on the way */
		return err_set(e, ERR_BUSY, "too many campaigns and languages at once");
	if (campaign_get_message(s->site->db, campaign_id, language, &bytes, e) == 1)
		c->message = message_load(bytes.data, bytes.len, e);
	buf_release(&bytes);
	if (!c->message)
		return -1;
	c->size = message_size(c->message, &anybody);
	c->campaign_id = campaign_id;
	strcpy(c->language, language);
	return 0;
}

/* All or none: with some of them, others would be read in a language that is not theirs. */
static int
load_all(struct sender *s, int64_t campaign_id, struct err *e)
{
	char languages[LANGUAGES_MAX][16];
	int i, count = campaign_languages(s->site->db, campaign_id, languages, LANGUAGES_MAX, e), rc = count == -1 ? -1 : 0;
	struct compiled *c;

	if (count == 0)
		rc = err_set(e, ERR_CORRUPT, "campaign %lld has no message", (long long)campaign_id);
	for (i = 0; rc == 0 && i < count; i++)
		rc = load(s, campaign_id, languages[i], e);
	for (c = s->compiled; rc == -1 && c < s->compiled + s->compiled_end; c++)
		if (c->message && c->campaign_id == campaign_id)
			drop(c);
	return rc;
}

struct compiled *
sender_compiled(struct sender *s, int64_t campaign_id, const char *language, struct err *e)
{
	struct compiled *c = find(s, campaign_id, language);

	if (c)
		return c;
	return load_all(s, campaign_id, e) == -1 ? NULL : find(s, campaign_id, language);
}
