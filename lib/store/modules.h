/* modules.h - every module of lib/store that has statements, with its place in db_modules; for lib/store and its test alone. */
#ifndef MODULES_H
#define MODULES_H

#include "store/stmt.h"

enum {
	MODULE_TOPIC,
	MODULE_SUBSCRIBER,
	MODULE_SUBSCRIPTION,
	MODULE_SIGNUP,
	MODULE_SIGNUP_LINE,
	MODULE_CONSENT,
	MODULE_ONETIME,
	MODULE_SUPPRESSION,
	MODULE_ARTICLE,
	MODULE_CAMPAIGN,
	MODULE_CAMPAIGN_MESSAGE,
	MODULE_DELIVERY,
	MODULE_LEDGER,
	MODULE_OUTBOX,
	MODULE_EVENT,
	MODULE_COUNTER,
	MODULE_AUDIT,
	MODULE_PACE,
	MODULE_ERASURE,
	MODULE_HISTORY,
	MODULE_ARCHIVE,
	MODULE_WELCOME,
	MODULE_FEED,
	MODULE_APPROVAL,
	MODULE_RETURNED,
	MODULE_BOUNCE,
	MODULE_STATS,
	MODULE_SEGMENT,
	MODULE_PEOPLE,
	MODULE_RETENTION,
	MODULE_GROWTH,
	MODULE_GROWTH_PEOPLE,
	MODULE_RESTORED,
	MODULE_ROLE,
	MODULE_QUEUE,
	MODULE_INTAKE,
	MODULE_COUNT
};

extern const struct db_module topic_module, subscriber_module, subscription_module, signup_module, signup_line_module,
    consent_module, onetime_module, suppression_module, article_module, campaign_module, campaign_message_module,
    delivery_module, ledger_module, outbox_module, event_module, counter_module, audit_module, pace_module, erasure_module,
    history_module, archive_module, welcome_module, feed_module, approval_module, returned_module, bounce_module, stats_module,
    segment_module, people_module, retention_module, growth_module, growth_people_module, restored_module, role_module,
    queue_module, intake_module;

#endif
