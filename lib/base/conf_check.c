/* conf_check.c - what hangs together in newsletter.conf, once all of it was read. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/colour.h"
#include "base/conf.h"
#include "base/conf_private.h"
#include "base/err.h"
#include "base/window.h"

#define USER_LEN_MAX 24      /* with -inbound behind it, useradd still takes it */
#define RELAY_SLOTS_MAX 2000 /* the sender holds two slots of 1.5 KB for each */

static int
check_login(const struct conf *c, const char *section, const char *password_file, const char *token_file, const char *user, struct err *e)
{
	if (password_file[0] && token_file[0])
		return err_set(e, ERR_INPUT, "%s: %s has both password_file and token_file: one of them is too many", c->path, section);
	if ((password_file[0] || token_file[0]) && !user[0])
		return err_set(e, ERR_INPUT, "%s: %s has a secret but no user to log in with", c->path, section);
	return 0;
}

static int
check_relay(const struct conf *c, const struct conf_relay *r, struct err *e)
{
	char section[64];

	snprintf(section, sizeof(section), "[relay%s%s]", r->name[0] ? " " : "", r->name);
	if (!r->url[0])
		return r->name[0] ? err_set(e, ERR_INPUT, "%s: %s needs a url", c->path, section) : 0;
	if (strncmp(r->url, "smtp://", 7) != 0 && strncmp(r->url, "smtps://", 8) != 0)
		return err_set(e, ERR_INPUT, "%s: %s url must begin with smtp:// or smtps://", c->path, section);
	if (strpbrk(r->url, " \"<>"))
		return err_set(e, ERR_INPUT, "%s: %s url holds a space or a quote; a comment stands on a line of its own", c->path,
		    section);
	if (strchr(r->url, '@'))
		return err_set(e, ERR_INPUT, "%s: %s url must not hold a user or password: use user and password_file", c->path, section);
	if (r->connections * r->window > RELAY_SLOTS_MAX)
		return err_set(e, ERR_INPUT, "%s: %s connections x window is over %d: so many on the way help no relay", c->path, section,
		    RELAY_SLOTS_MAX);
	return check_login(c, section, r->password_file, r->token_file, r->user, e);
}

static int
check_mailbox(const struct conf *c, const struct conf_mailbox *m, struct err *e)
{
	static const char *const schemes[] = { "imaps://", "imap://", "pop3s://", "pop3://", "maildir:/" };
	char section[64];
	size_t i;

	snprintf(section, sizeof(section), "[inbound%s%s]", m->name[0] ? " " : "", m->name);
	if (!m->url[0])
		return m->name[0] ? err_set(e, ERR_INPUT, "%s: %s needs a url", c->path, section) : 0;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]) && strncmp(m->url, schemes[i], strlen(schemes[i])) != 0; i++)
		;
	if (i == sizeof(schemes) / sizeof(schemes[0]))
		return err_set(e, ERR_INPUT, "%s: %s url must begin with imaps://, imap://, pop3s://, pop3:// or maildir:/", c->path,
		    section);
	if (m->url[0] != 'm' && strchr(m->url, '@'))
		return err_set(e, ERR_INPUT, "%s: %s url must not hold a user or password: use user and password_file", c->path, section);
	if (m->url[0] != 'm' && !m->user[0])
		return err_set(e, ERR_INPUT, "%s: %s needs a user to log in with", c->path, section);
	if (m->url[0] == 'p' && m->move_to[0])
		return err_set(e, ERR_INPUT, "%s: %s cannot move messages: POP3 has no folders", c->path, section);
	return check_login(c, section, m->password_file, m->token_file, m->user, e);
}

/* Read twice, its messages would be removed under the other's eyes. */
static int
check_twice(const struct conf *c, int r, struct err *e)
{
	int i;

	for (i = 0; i < r; i++)
		if (strcmp(c->mailbox[i].url, c->mailbox[r].url) == 0 && strcmp(c->mailbox[i].user, c->mailbox[r].user) == 0)
			return err_set(e, ERR_INPUT, "%s: [inbound %s] is the same mailbox as [inbound%s%s]", c->path, c->mailbox[r].name,
			    c->mailbox[i].name[0] ? " " : "", c->mailbox[i].name);
	return 0;
}

int
conf_check(const struct conf *c, struct err *e)
{
	struct window window;
	size_t i;
	int r;

	for (r = 0; r < c->relays; r++)
		if (check_relay(c, &c->relay[r], e) == -1)
			return -1;
	for (r = 0; r < c->mailboxes; r++)
		if (check_mailbox(c, &c->mailbox[r], e) == -1 || check_twice(c, r, e) == -1)
			return -1;
	if (c->mail_forward[0] &&
	    (strcasecmp(c->mail_forward, c->mail_bounce) == 0 || strcasecmp(c->mail_forward, c->mail_unsubscribe) == 0))
		return err_set(e, ERR_INPUT, "%s: [mail] forward must not be a mailbox that is read itself, bounce or unsubscribe",
		    c->path);
	if (window_parse(&window, c->campaign_promotion_window, e) == -1)
		return err_wrap(e, "%s: [campaign] promotion_window", c->path);
	if (strpbrk(c->site_url, "?#"))
		return err_set(e, ERR_INPUT, "%s: [site] url must be the beginning of an address, without ? or #", c->path);
	if (!colour_is(c->site_colour))
		return err_set(e, ERR_INPUT, "%s: [site] colour must be like #2f6f64", c->path);
	for (i = 0; c->mail_list_domain[i]; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", c->mail_list_domain[i]))
			return err_set(e, ERR_INPUT, "%s: [mail] list_domain must be a domain", c->path);
	if (strlen(c->daemon_users) > USER_LEN_MAX || c->daemon_users[strspn(c->daemon_users, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
		return err_set(e, ERR_INPUT, "%s: [daemon] users must be a user's name of %d characters at most", c->path, USER_LEN_MAX);
	return 0;
}
