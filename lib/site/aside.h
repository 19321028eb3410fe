/*
 * aside.h - the folder of messages that nobody but a person can deal with: [store] aside, a Maildir.
 *
 * A message is written to tmp, brought to disk, and only then appears in new. Its name is made of what it says, so that one which an
 * MTA hands over once more takes its own place.
 */
#ifndef ASIDE_H
#define ASIDE_H

#include <stddef.h>
#include <stdint.h>

struct err;

#define ASIDE_MOST ((size_t)1 << 30) /* bytes of one message: what is longer is no mail */

#define ASIDE_FOLDER_MOST ((int64_t)1 << 30) /* bytes of all that is new: then somebody has to look first */

/* Make the folder and what is in it, where they are not there. aside_keep does so itself, but a role in its sandbox cannot. */
int aside_prepare(const char *folder, struct err *e);

/*
 * Keep n bytes, and what can still be read from `more` behind them (-1: nothing). The folder is made when it is not there. ERR_FULL
 * when it holds that much already, or the disk is full.
 */
int aside_keep(const char *folder, const char *bytes, size_t n, int more, struct err *e);

#endif
