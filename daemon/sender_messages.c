/* sender_messages.c - compiled messages in memory: one for each campaign and language that is being sent. */
#include <string.h>

#include "base/err.h"
#include "sender.h"

void
sender_compiled_release_unused(struct sender *s)
{
	struct compiled *c;

	for (c = s->compiled; c < s->compiled + COMPILED_MAX; c++)
		if (c->message && !c->uses && !campaign_followed(s, c->campaign_id)) {
			message_free(c->message);
			memset(c, 0, sizeof(*c));
		}
}

/* The message in a language, else in the site's, else in any. */
static struct compiled *
find(struct sender *s, int64_t campaign_id, const char *language)
{
	struct compiled *c, *best = NULL;

	for (c = s->compiled; c < s->compiled + COMPILED_MAX; c++) {
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

	for (c = s->compiled; c < s->compiled + COMPILED_MAX; c++)
		if (!c->message)
			return c;
	return NULL;
}

static int
load(struct sender *s, int64_t campaign_id, const char *language, struct err *e)
{
	static const struct message_values anybody = { .value = { [SLOT_TO] = "somebody.or.other@mail.example.org" } };
	struct compiled *c = free_place(s);
	struct buf bytes = BUF_INIT;

	if (!c)
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

struct compiled *
sender_compiled(struct sender *s, int64_t campaign_id, const char *language, struct err *e)
{
	struct compiled *c = find(s, campaign_id, language);
	char languages[16][16];
	int i, count;

	if (c)
		return c;
	count = campaign_languages(s->site->db, campaign_id, languages, 16, e);
	if (count == 0)
		err_set(e, ERR_CORRUPT, "campaign %lld has no message", (long long)campaign_id);
	for (i = 0; i < count; i++)
		if (load(s, campaign_id, languages[i], e) == -1)
			return NULL;
	return find(s, campaign_id, language);
}
