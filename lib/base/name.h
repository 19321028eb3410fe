/*
 * name.h - a person's name, as mails show it.
 *
 * A stranger may type anything as somebody's name, and the confirmation that we
 * send shows it: a link in it would make that mail the stranger's. So whatever a mail
 * program makes a link of, or a reader takes for one, is refused; what is
 * written in people's passports, and Dr., St., J.R.R. and & beside it, is not.
 */
#ifndef NAME_H
#define NAME_H

struct err;

#define NAME_BYTES 256 /* at most, without the NUL */

/* Whether it can be one: ERR_INPUT says what is wrong, without the name in it. An empty one can. */
int name_check(const char *name, struct err *e);

#endif
