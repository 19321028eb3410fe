/* pack_private.h - what pack.c, pack_gather.c and pack_conf.c share. */
#ifndef PACK_PRIVATE_H
#define PACK_PRIVATE_H

#include "base/buf.h"
#include "base/conf.h"
#include "base/secret.h"
#include "base/ustar.h"
#include "site/pack.h"

struct pack_file {
	struct ustar_entry entry;
	char *path;       /* on disk; NULL: it is `text`, or the store */
	struct buf *text; /* borrowed */
	uint8_t sha[SHA256_LEN];
};

/* A value of newsletter.conf that leads outside of its folder. */
struct pack_move {
	char section[64]; /* as in brackets: "relay backup" */
	const char *key;
	char *from;
	char to[USTAR_NAME];
};

/* Paths in newsletter.conf: [store], each relay and mailbox, [dkim]. */
#define PACK_MOVES_MOST (5 + 3 * (CONF_RELAYS_MAX + CONF_MAILBOXES_MAX) + 2)

struct pack {
	const struct conf *conf;
	struct pack_file *file;
	size_t files, cap;
	struct pack_move move[PACK_MOVES_MOST];
	size_t moves;
	char **missing;
	size_t missings;
	char store[USTAR_NAME];
	int store_fd; /* -1: not added yet; it is the last file */
	struct buf conf_text, conf_original;
	json_t *manifest;
	struct buf manifest_text;
};

/* pack_gather.c: list the files (pack_new's work). */
int pack_gather(struct pack *p, struct err *e);

/* pack_conf.c: newsletter.conf into conf_text, with what was moved; conf_original when something was. */
int pack_conf(struct pack *p, struct err *e);

#endif
