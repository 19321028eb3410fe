/*
 * campaign_mail.h - a campaign's mail in its languages, as it was compiled.
 */
#ifndef CAMPAIGN_MAIL_H
#define CAMPAIGN_MAIL_H

struct campaign;
struct cli;
struct err;

/* Print its mail, to nobody, in a language (NULL: the site's). ERR_NOT_FOUND names those that there are. */
int campaign_mail_show(struct cli *cli, const struct campaign *c, const char *language, struct err *e);

/* The line "Languages", where there are several, and "languages" in the result. */
int campaign_mail_languages(struct cli *cli, const struct campaign *c, struct err *e);

#endif
