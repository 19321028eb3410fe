/* sender_limits.c - what the configuration says of pace, as sender_pace.h wants it. */
#include "base/conf.h"
#include "sender.h"

static struct pace_rate
rate(struct conf_rate r)
{
	return (struct pace_rate){ r.messages, r.seconds };
}

struct sender_pace *
sender_limits(const struct conf *c, size_t slots)
{
	struct pace_relay_limits relay[CONF_RELAYS_MAX] = { 0 };
	struct pace_domain_limits domain[CONF_DOMAINS_MAX] = { 0 };
	struct pace_limits limits = {
		.relay = relay, .relays = (size_t)c->relays, .domain = domain, .domains = (size_t)c->domains, .room = slots
	};
	int i;

	for (i = 0; i < c->relays; i++)
		relay[i] = (struct pace_relay_limits){
			.name = c->relay[i].name,
			.rate = rate(c->relay[i].rate),
			.per_day = c->relay[i].daily,
			.warmup_start = c->relay[i].warmup,
		};
	for (i = 0; i < c->domains; i++)
		domain[i] = (struct pace_domain_limits){
			.domain = c->domain[i].name, .rate = rate(c->domain[i].rate), .share = (int)c->domain[i].share
		};
	return sender_pace_new(&limits);
}
