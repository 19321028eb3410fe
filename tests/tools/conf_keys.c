/* conf_keys.c - print conf_keys as lines "section.key default", for comparing newsletter.conf(5) with it. */
#include <stdio.h>

#include "base/conf.h"

int
main(void)
{
	const struct conf_key *k;

	for (k = conf_keys; k->section; k++)
		printf("%s.%s %s\n", k->section, k->key, k->fallback);
	return 0;
}
