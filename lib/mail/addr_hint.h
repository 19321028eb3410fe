/*
 * addr_hint.h - "did you mean ann@gmail.com?"
 *
 * Compares the domain of an address with those of the world's large mailbox
 * providers. A hint is a question, and a wrong one annoys: no hint where a domain is
 * as likely somebody's own. Knows the typed text alone.
 */
#ifndef ADDR_HINT_H
#define ADDR_HINT_H

#include <stdbool.h>

#include "mail/addr.h"

/* Whether the address looks like a slip of the pen; *out is then what was meant, as text. */
bool addr_hint(char out[ADDR_MAX], const struct addr *a);

#endif
