/*
 * aside_erase.h - what the folder of messages kept aside ([store] aside) holds of one person.
 */
#ifndef ASIDE_ERASE_H
#define ASIDE_ERASE_H

#include <stdint.h>

struct err;

#define ASIDE_ERASE_TOTAL ((int64_t)1 << 30) /* bytes that are read in all */
#define ASIDE_ERASE_FILE ((int64_t)64 << 20) /* and of one message */

struct aside_erased {
	int64_t looked; /* messages that were looked through */
	int64_t named;  /* of them, those that name the address: deleted, unless it was only asked */
	int64_t unseen; /* too large, or not to be read or deleted: somebody has to look */
};

/* Delete the messages that name the address, in its compared form (lib/mail/mention.h). A folder that is not there holds nothing. */
int aside_erase(const char *folder, const char *address_key, struct aside_erased *out, struct err *e);

#endif
