/* modules.c - see modules.h. */
#include "store/modules.h"

_Static_assert(MODULE_COUNT <= DB_MODULES, "raise DB_MODULES");

const struct db_module *const db_modules[] = {
	&topic_module, &subscriber_module, &subscription_module, &signup_module, &signup_line_module, &consent_module,
	&onetime_module, &suppression_module, &article_module, &campaign_module, &campaign_message_module, &delivery_module,
	&ledger_module, &outbox_module, &event_module, &counter_module, &audit_module, &pace_module, &erasure_module, &history_module,
	&archive_module, &welcome_module, &feed_module, &approval_module, &returned_module, &bounce_module, &stats_module,
	&segment_module, &people_module, &retention_module, &growth_module, &growth_people_module, &restored_module, &role_module,
	&queue_module, &intake_module, NULL
};
