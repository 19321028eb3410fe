/*
 * archive_rules.h - style attributes gathered into one style sheet; for archive_html.c alone.
 */
#ifndef ARCHIVE_RULES_H
#define ARCHIVE_RULES_H

#include <stddef.h>
#include <stdint.h>

struct buf;

struct archive_rule {
	uint32_t hash;
	size_t at, len; /* its declarations in the sheet */
};

struct archive_rules {
	struct archive_rule *rule;
	size_t count, cap, most;
};

/*
 * The number (from 1) of the class that stands for these declarations (the value of a style attribute, character references
 * resolved), whose rule is appended to *sheet the first time; 0 when nothing of them can be kept, or `most` rules are there. A
 * declaration that could end the rule or the style sheet is dropped; the others stay as they are.
 */
size_t archive_rules_add(struct archive_rules *r, struct buf *sheet, const char *style, size_t n);
void archive_rules_release(struct archive_rules *r);

#endif
