/* unpack_check.c - see unpack.h: whether what was unpacked is a site. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/link.h"
#include "site/unpack.h"
#include "store/db.h"
#include "store/suppression.h"

/* The configuration is somebody else's as well: what is opened because of it lies in the folder. */
static int
check_inside(const struct conf *c, const char *path, struct err *e)
{
	size_t n = strlen(c->folder);

	if (strncmp(path, c->folder, n) != 0 || path[n] != '/' || strstr(path, "/../") || strstr(path, "/./"))
		return err_set(e, ERR_INPUT, "the newsletter.conf in it names %.120s, which is not in it", path);
	return 0;
}

static int
load_conf(const char *folder, const json_t *manifest, struct conf *c, struct err *e)
{
	struct buf path = BUF_INIT, store = BUF_INIT;
	int rc;

	file_join(&path, folder, "newsletter.conf");
	rc = conf_load(c, path.data, e);
	if (rc == 0)
		file_join(&store, c->folder, json_get_string(manifest, "store"));
	if (rc == -1)
		err_wrap(e, "the configuration in it");
	else if (check_inside(c, c->store_path, e) == -1 || check_inside(c, c->store_keys, e) == -1)
		rc = -1;
	else if (strcmp(store.data, c->store_path) != 0)
		rc = err_set(e, ERR_INPUT, "the newsletter.conf in it names another store than its manifest");
	buf_release(&path);
	buf_release(&store);
	return rc;
}

static int
check_count(const json_t *manifest, const char *name, int64_t found, struct err *e)
{
	const json_t *said = json_object_get(json_object_get(manifest, "counts"), name);

	if (json_is_integer(said) && json_integer_value(said) == found)
		return 0;
	return err_set(e, ERR_CORRUPT, "its manifest says %lld %s, and the store in it has %lld", (long long)json_integer_value(said), name,
	    (long long)found);
}

static int
check_counts(const json_t *manifest, const struct copy_counts *c, struct err *e)
{
	if (check_count(manifest, "subscribers", c->subscribers, e) == -1 || check_count(manifest, "campaigns", c->campaigns, e) == -1 ||
	    check_count(manifest, "deliveries", c->deliveries, e) == -1)
		return -1;
	return check_count(manifest, "suppressions", c->suppressions, e);
}

static int
check_store(const struct conf *c, const json_t *manifest, struct unpack_report *out, struct err *e)
{
	struct db *db = NULL;
	int rc = -1;

	if (copy_check(c->store_path, &out->version, e) == -1 || !(db = db_open(c->store_path, DB_MIGRATE, e)))
		goto out;
	if (copy_count(db, &out->counts, e) == -1 || check_counts(manifest, &out->counts, e) == -1)
		goto out;
	if (suppression_key_load(db, c->store_keys, e) == -1) {
		err_wrap(e, "the key of the suppressions");
		goto out;
	}
	rc = copy_key_fits(db, e);
	if (rc == 0)
		err_set(e, ERR_CORRUPT, "the suppression key in it is another store's: erased people could be mailed again");
	rc = rc == 1 ? 0 : -1;
out:
	db_close(db);
	return rc;
}

int
unpack_check(const char *folder, const json_t *manifest, struct unpack_report *out, struct err *e)
{
	struct conf c = { 0 };
	struct link_keys *links = NULL;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	out->files = json_array_size(json_object_get(manifest, "files"));
	if (clock_parse(json_get_string(manifest, "taken_at"), &out->taken_at, e) == -1) {
		err_wrap(e, "its manifest");
		goto out;
	}
	if (load_conf(folder, manifest, &c, e) == -1)
		goto out;
	links = link_keys_load(c.store_keys, e);
	if (!links || check_store(&c, manifest, out, e) == -1)
		goto out;
	out->link_keys = link_keys_count(links);
	rc = 0;
out:
	link_keys_free(links);
	conf_release(&c);
	return rc;
}
