/*
 * feed_reference.h - what &eacute; and &#233; mean in HTML, and XML made of what feeds have for it; for feed*.c alone.
 */
#ifndef FEED_REFERENCE_H
#define FEED_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define REFERENCE_MAX 32 /* bytes of a reference, with & and ; */

/*
 * The reference at s, which is '&', in n bytes: append the character that it means and return its length, with the ';'. 0 and
 * nothing when it is none that HTML 4 has. Numbers from 128 to 159 are Windows-1252, as browsers read them; what is no character
 * that may be shown (controls, surrogates) is a space.
 */
size_t feed_reference(struct buf *out, const char *s, size_t n);

/*
 * Makes XML of what feeds call so: references by the names of HTML, which XML does not have, become their characters, and an
 * ampersand that begins no reference becomes &amp;. CDATA sections stay as they are. The DOCTYPE is left out but for
 * its line ends, so that no parser ever hears of a DTD or an entity; one that is declared is noticed.
 */
struct feed_repair {
	enum feed_repair_state {
		REPAIR_TEXT,
		REPAIR_TAG,
		REPAIR_QUOTED, /* an attribute's value */
		REPAIR_CDATA,
		REPAIR_COMMENT,
		REPAIR_INSTRUCTION,
		REPAIR_DOCTYPE
	} state;
	char quote;          /* that ends the value; in a DOCTYPE 0 for none, '-' in a comment */
	bool subset;         /* in a DOCTYPE's [ ] */
	bool declares;       /* an entity of its own: the document is to be refused */
	unsigned attributes; /* of the tag so far */
};

#define FEED_ATTRIBUTES 250 /* of one tag: libxml2 compares each with each */

/* Append n bytes made right. Returns how many were read: unless `last`, up to REFERENCE_MAX stay for later. */
size_t feed_repair(struct feed_repair *r, struct buf *out, const char *s, size_t n, bool last);

#endif
