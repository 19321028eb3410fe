/* status_inbound.c - see status_inbound.h. */
#include "status_inbound.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli.h"
#include "out.h"
#include "store/counter.h"
#include "store/polled.h"

/* Two or three looks may be missed without anything being wrong. */
#define LOOKS_MISSED 4

static void
show_mailbox(const struct cli *cli, const struct conf_mailbox *m, const struct polled *p)
{
	int64_t late = LOOKS_MISSED * (m->every + m->timeout);
	char when[CLOCK_TEXT], since[CLOCK_TEXT], read[CLOCK_TEXT + 24] = "not read yet";

	if (p->at)
		snprintf(read, sizeof(read), "last read %s", clock_local(when, p->at));
	if (p->trouble)
		out_field(cli, "Comes back", OUT_BAD, "%s: cannot be read since %s, see the daemon's log; %s", m->url,
		    clock_local(since, p->trouble), read);
	else
		out_field(cli, "Comes back", p->at && clock_now() - p->at < late ? OUT_GOOD : OUT_WARN, "through %s, %s", m->url, read);
}

static json_t *
mailbox_json(const struct conf_mailbox *m, const struct polled *p)
{
	json_t *one = json_object();

	json_put(one, "name", m->name[0] ? m->name : "main");
	json_put(one, "url", m->url);
	json_put_time(one, "read_at", p->at);
	json_put_time(one, "trouble_since", p->trouble);
	json_put_int(one, "failures", p->failures);
	return one;
}

/* Bounces are asked for, and neither the daemon nor a mail server's pipe has ever brought one here. */
static int
warn_unread(struct cli *cli, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	int64_t came;

	if (!conf_has_relay(conf) || !conf->mail_bounce[0] || conf->mailboxes)
		return 0;
	if (counter_get(cli->site.db, "inbound_messages", &came, e) == -1)
		return -1;
	json_put_bool(cli->result, "bounces_unread", came == 0);
	if (!came)
		out_field(cli, "Comes back", OUT_WARN,
		    "bounces go to %s, and nobody reads them here: name its mailbox in [inbound], or pipe it to `newsletter inbound read`",
		    conf->mail_bounce);
	return 0;
}

int
status_inbound(struct cli *cli, struct err *e)
{
	const struct conf *conf = &cli->site.conf;
	json_t *list = json_array();
	struct polled p;
	int i;

	json_object_set_new(cli->result, "mailboxes", list);
	if (warn_unread(cli, e) == -1)
		return -1;
	for (i = 0; i < conf->mailboxes; i++) {
		if (polled_get(cli->site.db, conf->mailbox[i].name, &p, e) == -1)
			return -1;
		show_mailbox(cli, &conf->mailbox[i], &p);
		json_array_append_new(list, mailbox_json(&conf->mailbox[i], &p));
	}
	return 0;
}
