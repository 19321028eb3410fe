/*
 * judge_words.h - which rules' words stand in a text: all the words of the table in one tree, gone through once. For judge.c alone.
 *
 * The tree is built at the first call, by whichever thread comes first, and never changes after.
 */
#ifndef JUDGE_WORDS_H
#define JUDGE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JUDGE_ROWS 256 /* rows that the table may have */

struct judge_rows {
	uint64_t bits[2][JUDGE_ROWS / 64]; /* of the words before a row's '&', and of those behind it: set where there are none */
};

/* Add to *rows those of judge_table of whose words one begins in text (folded, judge_text.h) at or after `from` and before `to`. */
void judge_words_find(const char *text, size_t from, size_t to, struct judge_rows *rows);

static inline bool
judge_rows_have(const struct judge_rows *rows, size_t row)
{
	return rows->bits[0][row / 64] >> row % 64 & rows->bits[1][row / 64] >> row % 64 & 1;
}

#endif
