#include "mail/mailbox_private.h"
const struct mailbox_kind mailbox_pop3 = {
	.scheme = "pop3",
	.like = "pop3s://host or pop3://host",
};
