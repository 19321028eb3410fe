/* clerk_fixture.h - a clerk without its process: a site with an operator and two topics, over the fixture's store. */
#ifndef CLERK_FIXTURE_H
#define CLERK_FIXTURE_H

#include "../../daemon/clerk.h"

#include "store_fixture.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/link.h"

static struct site site;
static struct clerk clerk;
static int64_t news, offers;

FIXTURE int
clerk_setup(void **state)
{
	static const char conf[] = "[site]\nname = Quiet Harbour\nurl = https://news.quietharbour.example\n"
				   "[mail]\nfrom = news@quietharbour.example\noperator = olive@quietharbour.example\n";
	char path[96];
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
	clerk = (struct clerk){ .site = &site };
	personal_init(&clerk.personal, &site.conf, site.links);
	clerk_notices_init(&clerk.notices);
	news = make_topic("articles");
	offers = make_topic("promotions");
	return 0;
}

FIXTURE int
clerk_teardown(void **state)
{
	clerk_notices_release(&clerk.notices);
	personal_release(&clerk.personal);
	link_keys_free(site.links);
	conf_release(&site.conf);
	return store_teardown(state);
}

#define clerk_test(f) cmocka_unit_test_setup_teardown(f, clerk_setup, clerk_teardown)

#endif
