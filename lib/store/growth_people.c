/* growth_people.c - languages and mail domains of those on the list; see growth.h. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "store/db.h"
#include "store/growth.h"
#include "store/modules.h"

enum {
	Q_PEOPLE,
	Q_COUNT
};
static const char *const sql[] = {
	[Q_PEOPLE] = "SELECT id, language, address_key FROM subscriber ORDER BY id",
};
const struct db_module growth_people_module = { "growth_people", sql, Q_COUNT, MODULE_GROWTH_PEOPLE };

/* Domains by their name: open addressing, at most half full. */
#define SLOTS 131072u
#define DOMAINS_MAX (SLOTS / 2)

struct domains {
	struct {
		char *name;
		int64_t people;
	} slot[SLOTS];
	size_t count;
	int64_t beyond; /* people whose domain found no room */
};

static uint32_t
hash(const char *s)
{
	uint32_t h = 2166136261u; /* FNV-1a; what a hostile list of domains could slow down is a count for staff */

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

static void
add_domain(struct domains *d, const char *name)
{
	uint32_t i = hash(name) % SLOTS;

	while (d->slot[i].name && strcmp(d->slot[i].name, name) != 0)
		i = (i + 1) % SLOTS;
	if (!d->slot[i].name) {
		if (d->count == DOMAINS_MAX) {
			d->beyond++;
			return;
		}
		d->slot[i].name = xstrdup(name);
		d->count++;
	}
	d->slot[i].people++;
}

static void
add_language(struct growth_people *out, const char *name)
{
	size_t i;

	for (i = 0; i < out->languages && strcmp(out->language[i].name, name) != 0; i++)
		;
	if (i == GROWTH_LANGUAGES)
		i--;
	if (i == out->languages) {
		text_copy(out->language[i].name, sizeof(out->language[i].name), i == GROWTH_LANGUAGES - 1 ? "others" : name);
		out->languages++;
	}
	out->language[i].people++;
}

/* Whether a comes before b: more people, or the same and an earlier name. */
static bool
before(const char *a, int64_t a_people, const struct growth_named *b)
{
	return a_people > b->people || (a_people == b->people && strcmp(a, b->name) < 0);
}

/* Into a list that is in order, if there is a place for it. */
static void
rank(struct growth_named *list, size_t *count, size_t size, const char *name, int64_t people)
{
	size_t i = *count;

	if (i == size && !before(name, people, &list[size - 1]))
		return;
	if (i == size)
		i--;
	else
		(*count)++;
	for (; i && before(name, people, &list[i - 1]); i--)
		list[i] = list[i - 1];
	text_copy(list[i].name, sizeof(list[i].name), name);
	list[i].people = people;
}

static void
finish(struct growth_people *out, const struct domains *d)
{
	struct growth_named language[GROWTH_LANGUAGES] = { 0 };
	size_t i, n = 0;

	for (i = 0; i < out->languages; i++)
		rank(language, &n, GROWTH_LANGUAGES, out->language[i].name, out->language[i].people);
	memcpy(out->language, language, n * sizeof(language[0]));
	out->other_people = d->beyond;
	for (i = 0; i < SLOTS; i++) {
		if (!d->slot[i].name)
			continue;
		rank(out->domain, &out->domains, GROWTH_DOMAINS, d->slot[i].name, d->slot[i].people);
		out->other_people += d->slot[i].people;
	}
	for (i = 0; i < out->domains; i++)
		out->other_people -= out->domain[i].people;
	out->other_domains = (int64_t)(d->count - out->domains) + (d->beyond > 0);
}

int
growth_people(struct db *db, const struct growth *g, struct growth_people *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &growth_people_module, Q_PEOPLE);
	struct domains *d = xcalloc(1, sizeof(*d));
	const char *at;
	size_t i;
	int rc;

	memset(out, 0, sizeof(*out));
	while ((rc = stmt_step(st, e)) == 1) {
		if (!growth_is_active(g, stmt_col_int(st, 0)))
			continue;
		add_language(out, stmt_col_text(st, 1));
		at = strrchr(stmt_col_text(st, 2), '@');
		add_domain(d, at ? at + 1 : "");
	}
	if (rc == 0)
		finish(out, d);
	for (i = 0; i < SLOTS; i++)
		free(d->slot[i].name);
	free(d);
	return rc;
}
