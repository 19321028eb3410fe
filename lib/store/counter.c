/* counter.c - see counter.h. */
#include "store/counter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/histogram.h"
#include "store/db.h"
#include "store/modules.h"

enum {
	Q_ADD,
	Q_GET,
	Q_LIST,
	Q_COUNT
};

static const char *const sql[] = {
	[Q_ADD] = "INSERT INTO counter (name, value) VALUES (:name, :n) ON CONFLICT DO UPDATE SET value = value + excluded.value",
	[Q_GET] = "SELECT value FROM counter WHERE name = :name",
	[Q_LIST] = "SELECT name, value FROM counter ORDER BY name LIMIT :most",
};
const struct db_module counter_module = { "counter", sql, Q_COUNT, MODULE_COUNTER };

int
counter_add(struct db *db, const char *name, int64_t n, struct err *e)
{
	struct stmt *st = db_stmt(db, &counter_module, Q_ADD);

	stmt_text(st, ":name", name);
	stmt_int(st, ":n", n);
	return stmt_run(st, e);
}

int
counter_add_to(struct db *db, int64_t n, struct err *e, const char *first, ...)
{
	char name[COUNTER_NAME];
	const char *part;
	size_t used;
	va_list parts;

	snprintf(name, sizeof(name), "%s", first);
	va_start(parts, first);
	while ((part = va_arg(parts, const char *)) != NULL) {
		used = strlen(name);
		snprintf(name + used, sizeof(name) - used, ":%s", part);
	}
	va_end(parts);
	return counter_add(db, name, n, e);
}

int
counter_add_histogram(struct db *db, const char *name, const struct histogram *h, struct err *e)
{
	char class[16];
	int i;

	for (i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		snprintf(class, sizeof(class), "%d", i);
		if (h->count[i] && counter_add_to(db, h->count[i], e, name, class, COUNTER_END) == -1)
			return -1;
	}
	return h->sum_us ? counter_add_to(db, h->sum_us, e, name, "sum", COUNTER_END) : 0;
}

int
counter_get(struct db *db, const char *name, int64_t *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &counter_module, Q_GET);

	*out = 0;
	stmt_text(st, ":name", name);
	return stmt_one_int(st, out, e) == -1 ? -1 : 0;
}

int
counter_list(struct db *db, size_t most, struct counter_list *out, struct err *e)
{
	struct stmt *st = db_stmt(db, &counter_module, Q_LIST);
	size_t room = 0;
	int rc;

	*out = (struct counter_list){ 0 };
	stmt_int(st, ":most", (int64_t)most);
	while ((rc = stmt_step(st, e)) == 1) {
		if (out->count == room) {
			room = room ? room * 2 : 128;
			out->item = xrealloc(out->item, room * sizeof(out->item[0]));
		}
		stmt_col_copy(st, 0, out->item[out->count].name, COUNTER_NAME);
		out->item[out->count++].value = stmt_col_int(st, 1);
	}
	return rc;
}

void
counter_list_release(struct counter_list *list)
{
	free(list->item);
	*list = (struct counter_list){ 0 };
}

static int
compare(const void *name, const void *counter)
{
	return strcmp(name, ((const struct counter *)counter)->name);
}

int64_t
counter_in(const struct counter_list *list, const char *name)
{
	const struct counter *found = list->count ? bsearch(name, list->item, list->count, sizeof(list->item[0]), compare) : NULL;

	return found ? found->value : 0;
}
