/* http_fixture.h - a site for the http role's parts, over the fixture's store, without a socket. */
#ifndef HTTP_FIXTURE_H
#define HTTP_FIXTURE_H

#include "../../daemon/http.h"

#include "store_fixture.h"

#include <sys/stat.h>

#include "base/conf.h"
#include "base/file.h"
#include "base/link.h"

static struct role_run run;

FIXTURE void
in_folder(const char *name, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	ok(file_write(path, 0600, text, strlen(text), &err));
}

FIXTURE void
make_folder(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

FIXTURE int
site_setup(void **state)
{
	int id;

	if (store_setup(state) == -1)
		return -1;
	memset(&run, 0, sizeof(run));
	run.site.db = db;
	ok(link_keys_create(folder, &id, &err));
	run.site.links = link_keys_load(folder, &err);
	return run.site.links ? 0 : -1;
}

FIXTURE int
site_teardown(void **state)
{
	link_keys_free(run.site.links);
	return store_teardown(state);
}

#define site_test(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

/* A configuration with these lines more. */
FIXTURE void
configure(const char *site, const char *http)
{
	char path[160], text[1024];

	snprintf(text, sizeof(text),
	    "[site]\nname = Quiet Harbour\nurl = https://news.quietharbour.example\n%s\n[mail]\nfrom = news@quietharbour.example\n[http]\n%s\n",
	    site, http);
	in_folder("newsletter.conf", text);
	snprintf(path, sizeof(path), "%s/newsletter.conf", folder);
	memset(&run.site.conf, 0, sizeof(run.site.conf));
	ok(conf_load(&run.site.conf, path, &err));
}

#endif
