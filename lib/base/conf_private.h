/* conf_private.h - between conf.c, which reads the file, conf_value.c, which reads a value, and conf_check.c. */
#ifndef CONF_PRIVATE_H
#define CONF_PRIVATE_H

struct conf;
struct conf_key;
struct err;

/* Where a text key is kept in its part: struct conf, conf_relay or conf_domain. */
char **conf_text_member(void *part, const struct conf_key *k);

/* Check the value and keep it; relative paths are taken from `folder`. ERR_INPUT says what is wrong, without the line. */
int conf_set_value(void *part, const char *folder, const struct conf_key *k, const char *value, struct err *e);

/* Whether what was read hangs together: ERR_INPUT names the file. */
int conf_check(const struct conf *c, struct err *e);

#endif
