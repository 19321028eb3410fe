/* test_sender_limits.c - as many relays and domains as the configuration can have: each one's limits are those that it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../daemon/sender.h"
#include "../../daemon/sender_pace_private.h"
#include "base/conf.h"

static void
test_all(void **state)
{
	static struct conf conf = { .relays = CONF_RELAYS_MAX, .domains = CONF_DOMAINS_MAX };
	static char names[CONF_DOMAINS_MAX][32];
	struct sender_pace *p;
	int i, d;

	(void)state;
	for (i = 0; i < CONF_DOMAINS_MAX; i++)
		snprintf(names[i], sizeof(names[i]), "d%d.example", i);
	for (i = 0; i < conf.relays; i++)
		conf.relay[i] = (struct conf_relay){ .name = names[i], .rate = { 7 + i, 60 }, .daily = 1000 + i, .warmup = 30 + i };
	for (i = 0; i < conf.domains; i++)
		conf.domain[i] = (struct conf_domain){ .name = names[i], .rate = { 9 + i, 3600 }, .share = 10 + i };
	p = sender_limits(&conf, 500);
	assert_int_equal(p->room, 500);
	assert_int_equal(p->relays, CONF_RELAYS_MAX);
	for (i = 0; i < conf.relays; i++) {
		assert_string_equal(p->relay[i].name, names[i]);
		assert_int_equal(p->relay[i].spread.count, 7 + i);
		assert_int_equal(p->relay[i].spread.period_us, 60 * SECOND_US);
		assert_int_equal(p->relay[i].day.ramp.per_day, 1000 + i);
		assert_int_equal(p->relay[i].day.ramp.start, 30 + i);
	}
	for (i = 0; i < conf.domains; i++) {
		d = sender_pace_domain(p, names[i]);
		assert_string_equal(p->domain[d].name, names[i]);
		assert_true(p->domain[d].set);
		assert_int_equal(p->domain[d].spread.count, 9 + i);
		assert_int_equal(p->domain[d].spread.period_us, 3600 * SECOND_US);
		assert_int_equal(p->domain[d].share, 10 + i);
	}
	sender_pace_free(p);
	/* none of either */
	conf.relays = conf.domains = 0;
	p = sender_limits(&conf, 1);
	assert_int_equal(p->relays, 0);
	assert_int_equal(sender_pace_domain(p, "d0.example"), -1);
	sender_pace_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
