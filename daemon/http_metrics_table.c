/* http_metrics_table.c - every metric there is. A new one has a row in newsletterd(8), METRICS, as well. */
#include "http_metrics.h"

#define KINDS_RESULTS \
	"mail:accepted mail:deferred mail:refused mail:unknown mail:skipped campaign:accepted campaign:deferred campaign:refused " \
	"campaign:unknown campaign:skipped"

// clang-format off
#define COUNTED(name, row, help) { name, METRIC_COUNTER, "", row, NULL, NULL, help }
#define COUNTED_BY(name, labels, row, known, help) { name, METRIC_COUNTER, labels, row, known, NULL, help }
#define GAUGE(name, labels, fn, help) { name, METRIC_GAUGE, labels, NULL, NULL, fn, help }
#define TIMED(name, labels, row, known, help) { name, METRIC_HISTOGRAM, labels, row, known, NULL, help }

const struct metric metrics_table[] = {
	GAUGE("newsletter_build_info", "version", metric_build, "1; the version that answers."),
	GAUGE("newsletter_time_seconds", "", metric_time, "The wall clock of the machine, Unix time."),

	GAUGE("newsletter_role_up", "role", metric_role_up, "1 while the role was seen in the last 45 s."),
	GAUGE("newsletter_role_seen_timestamp_seconds", "role", metric_role_seen, "When the role last wrote that it lives."),
	GAUGE("newsletter_role_start_timestamp_seconds", "role", metric_role_start, "When the role was started."),
	COUNTED_BY("newsletter_role_restarts_total", "role", "role_restarts", "http clerk sender inbound", "Times that the role died and was started again."),
	TIMED("newsletter_commit_seconds", "role", "commit", "http clerk sender inbound", "How long a role's commits took."),

	GAUGE("newsletter_store_bytes", "file", metric_store_bytes, "Size of the store's file, and of its write-ahead log."),
	GAUGE("newsletter_store_free_bytes", "", metric_store_free, "Free space where the store is."),
	GAUGE("newsletter_backup_timestamp_seconds", "", metric_backup, "When the last backup was made, as far as the audit has it; 0: never."),

	GAUGE("newsletter_outbox_waiting", "", metric_outbox_waiting, "Mails to one person that wait to leave."),
	GAUGE("newsletter_outbox_oldest_seconds", "", metric_outbox_oldest, "Age of the oldest of them; 0 while none waits."),
	GAUGE("newsletter_outbox_overdue_seconds", "", metric_outbox_overdue, "How long the first of them should have been tried; 0 while none is due."),
	GAUGE("newsletter_outbox_held", "", metric_outbox_held, "1 while none of them leaves, since the store was restored from a backup."),
	GAUGE("newsletter_deferred_waiting", "", metric_deferred, "Messages of campaigns that were put off and will be tried again."),
	GAUGE("newsletter_deferred_overdue_seconds", "", metric_deferred_overdue, "How long the first of them should have been tried; 0 while none is due."),
	GAUGE("newsletter_campaigns", "state", metric_campaigns, "Campaigns in each state."),
	GAUGE("newsletter_campaign_planned", "campaign topic", metric_campaign_planned, "Recipients of a campaign that is not over, when it started."),
	GAUGE("newsletter_campaign_messages", "campaign topic result", metric_campaign_messages, "What became of its messages until now."),
	GAUGE("newsletter_campaign_window_open", "campaign topic", metric_campaign_open, "1 while it is sending and the hour is one in which it may."),
	COUNTED_BY("newsletter_messages_total", "kind result", "messages", KINDS_RESULTS, "Messages by what became of an attempt: of campaigns, and mails to one person."),
	COUNTED_BY("newsletter_messages_failed_total", "class", "failures", "", "Those that were not accepted, by what is made of the reply."),

	{ "newsletter_relay_replies_total", METRIC_COUNTER, "relay code", NULL, NULL, metric_relay_replies, "Final replies to messages by the first digit of their code; none: there was no reply." },
	GAUGE("newsletter_relay_day_messages", "relay", metric_relay_used, "Messages that left by a relay with a limit in the last 24 hours."),
	GAUGE("newsletter_relay_day_limit", "relay", metric_relay_limit, "How many may at present; absent without a limit."),
	GAUGE("newsletter_relay_slowed_messages_per_second", "relay", metric_relay_slowed, "The rate that the relay's replies hold it down to; absent while they do not."),
	GAUGE("newsletter_relay_trouble_seconds", "relay", metric_relay_trouble, "For how long the relay could not be reached, or was given nothing after a refusal; 0 while it works."),
	GAUGE("newsletter_relay_paused_until_timestamp_seconds", "relay", metric_relay_until, "When it is tried again; 0 while it works, or at any moment."),
	GAUGE("newsletter_slowed_domains", "", metric_slowed_domains, "Recipient domains that asked for less."),

	COUNTED_BY("newsletter_refusals_total", "class", "events:refusal", "hard soft", "Messages that a relay refused for good; hard: the address is dead."),
	COUNTED_BY("newsletter_bounces_total", "class", "events:bounce", "hard soft doubted", "Bounces that came back; doubted: nobody can check them."),
	COUNTED_BY("newsletter_complaints_total", "class", "events:complaint", "complaint doubted", "Reports of spam that came back."),
	COUNTED_BY("newsletter_unsubscribes_total", "way", "events:unsubscribe", "one-click page mailto staff", "Unsubscriptions, by the way they came."),
	COUNTED_BY("newsletter_inbound_messages_total", "outcome", "inbound_", "hard soft complaint unsubscribed doubted nothing forwarded left unreadable again", "Messages that came back, by what they were."),
	COUNTED("newsletter_inbound_polls_total", "inbound_polls", "Times that a mailbox was read."),
	COUNTED("newsletter_inbound_failures_total", "inbound_failures", "Times that one could not be read."),
	GAUGE("newsletter_mailbox_read_timestamp_seconds", "mailbox", metric_mailbox_read, "When the mailbox was last read to its end; 0: never."),
	GAUGE("newsletter_mailbox_trouble_seconds", "mailbox", metric_mailbox_trouble, "For how long that has failed; 0 while it does not."),

	COUNTED("newsletter_signup_requests_total", "signup_requests", "Signups that visitors asked for."),
	COUNTED("newsletter_signup_trapped_total", "signup_trapped", "Those among them that a program sent."),
	COUNTED("newsletter_signup_held_total", "signup_held", "Those that had to wait for a limit."),
	COUNTED("newsletter_signup_passed_total", "signup_let_through", "Those that the limits let through to a mail."),
	COUNTED_BY("newsletter_signup_dropped_total", "reason", "signup_dropped_", "network repeated full hold", "Requests that were dropped: too many of one network wait, the same waits already, there is no room to wait, or it waited too long."),
	COUNTED("newsletter_confirmations_total", "confirmations", "Signups that were confirmed."),
	COUNTED("newsletter_erasures_total", "erasures", "People who erased themselves."),
	GAUGE("newsletter_signups_undecided", "", metric_signups_undecided, "Requests of visitors that the clerk has not looked at."),
	GAUGE("newsletter_signups_held", "", metric_signups_held, "Requests that wait for a limit."),
	GAUGE("newsletter_signups_oldest_seconds", "", metric_signups_oldest, "Age of the oldest undecided one; 0 while there is none."),
	GAUGE("newsletter_signup_surge", "", metric_surge, "1 while more is asked than the limit over all lets through."),
	GAUGE("newsletter_subscriptions", "topic state", metric_subscriptions, "Subscriptions, counted once a minute at most while somebody looks; absent until they were counted first."),

	COUNTED_BY("newsletter_http_requests_total", "code", "http", "2xx 3xx 4xx 5xx 503 none", "Visitors' requests by status; none: given up before an answer."),
	TIMED("newsletter_http_request_seconds", "", "http_time", NULL, "How long a visitor's request took, until its answer was sent."),
	GAUGE("newsletter_http_connections", "", metric_connections, "Connections of visitors."),

	GAUGE("process_resident_memory_bytes", "", metric_memory, "Memory of the http role."),
	GAUGE("process_open_fds", "", metric_files, "Its open descriptors."),
	GAUGE("process_max_fds", "", metric_files_most, "How many it may have."),
	{ "process_cpu_seconds_total", METRIC_COUNTER, "", NULL, NULL, metric_cpu, "Its CPU time." },
	GAUGE("process_start_time_seconds", "", metric_start, "When it was started, Unix time."),
	{ NULL, METRIC_GAUGE, NULL, NULL, NULL, NULL, NULL },
};
// clang-format on
