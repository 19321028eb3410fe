/*
 * approve.h - `newsletter send --approve ADDRESS`: the campaign waits until somebody who was asked by mail presses a button.
 *
 * The mail is the draft as readers will get it, with a banner above it whose button leads to /approve/TOKEN.
 */
#ifndef APPROVE_H
#define APPROVE_H

#include <stdint.h>

struct campaign;
struct cli;
struct err;
struct mailing;

/* Whether --approve goes with the other options, and its address may be mailed: whoever left the list may be asked all the same. */
int approve_check(const struct cli *cli, struct err *e);

/* The line that says when it starts; at: of --at, or 0. */
void approve_show(struct cli *cli, int64_t at);

/* The last step inside the transaction that made the campaign: hold it and queue the mail. Without --approve it does nothing. */
int approve_ask(struct cli *cli, struct mailing *m, struct campaign *c, struct err *e);

/* What happens next, for people and as JSON. */
int approve_say(struct cli *cli, const struct campaign *c, struct err *e);

#endif
