/* date_words.c - see date_words.h. */
#include "content/date_words.h"

#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/json.h"
#include "content/template.h"

int
date_words(struct buf *out, const char *folder, const char *language, int64_t at, struct err *e)
{
	struct buf month = BUF_INIT;
	json_t *data = json_object();
	time_t when = (time_t)at;
	char key[32];
	struct tm tm;
	int rc;

	localtime_r(&when, &tm);
	snprintf(key, sizeof(key), "month-%d", tm.tm_mon + 1);
	json_put(data, "language", language);
	rc = template_words(&month, folder, key, data, e);
	if (rc == 0) {
		json_put_int(data, "day", tm.tm_mday);
		json_put(data, "month", month.data);
		json_put_int(data, "year", tm.tm_year + 1900);
		rc = template_words(out, folder, "date", data, e);
	}
	json_decref(data);
	buf_release(&month);
	return rc;
}

int
moment_words(struct buf *out, const char *folder, const char *language, int64_t at, struct err *e)
{
	struct buf date = BUF_INIT;
	json_t *data = json_object();
	time_t when = (time_t)at;
	struct tm tm;
	int rc = date_words(&date, folder, language, at, e);

	localtime_r(&when, &tm);
	json_put(data, "language", language);
	json_put(data, "date", date.data);
	json_object_set_new(data, "time", json_sprintf("%02d:%02d", tm.tm_hour, tm.tm_min));
	if (rc == 0)
		rc = template_words(out, folder, "moment", data, e);
	json_decref(data);
	buf_release(&date);
	return rc;
}
