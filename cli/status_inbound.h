/*
 * status_inbound.h - what status says of the mailboxes in which mail comes back.
 */
#ifndef STATUS_INBOUND_H
#define STATUS_INBOUND_H

struct cli;
struct err;

/* A field for each: when it was last read, since when it is in trouble; in JSON "mailboxes". */
int status_inbound(struct cli *cli, struct err *e);

#endif
