/*
 * relays.h - what status says of the relays: where mail leaves, what was used of their limits, and whether replies slow them.
 */
#ifndef RELAYS_H
#define RELAYS_H

struct cli;
struct err;

/* The field "Mail" and what belongs under it; in JSON "relays" and "slowed_domains". */
int relays_show(struct cli *cli, struct err *e);

/* The table of several relays; nothing for one. */
int relays_print(struct cli *cli, struct err *e);

#endif
