/* judge_words.c - see judge_words.h. */
#include "judge/judge_words.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge_table.h"
#include "judge/judge_text.h"

#define LONGEST 160 /* bytes of a word */

/* One byte of a word. Those that may follow are a list, from `child` on by `next`; 0 is none, for node 0 is nobody's. */
struct node {
	uint32_t child, next;
	uint32_t ends; /* which set of rows the word that ends here is of; 0: none ends */
	char c;
};

static struct {
	struct node *node;
	size_t nodes, node_room;
	struct judge_rows *set;
	size_t sets, set_room;
	uint32_t first[256];      /* the node that a word's first byte is at */
	struct judge_rows single; /* the rows that have no '&' */
} tree;

static pthread_once_t built = PTHREAD_ONCE_INIT;

/* Room for one more of `size` bytes each; there is no going on without. */
static void *
more(void *list, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return list;
	*room = *room ? *room * 2 : 1024;
	list = realloc(list, *room * size);
	if (!list)
		abort();
	return list;
}

static uint32_t
node_new(char c, uint32_t next)
{
	tree.node = more(tree.node, tree.nodes, &tree.node_room, sizeof(*tree.node));
	tree.node[tree.nodes] = (struct node){ .c = c, .next = next };
	return (uint32_t)tree.nodes++;
}

static uint32_t
find(uint32_t node, char c)
{
	while (node && tree.node[node].c != c)
		node = tree.node[node].next;
	return node;
}

static void
add_word(const char *word, size_t n, int group, size_t row)
{
	uint32_t at = tree.first[(unsigned char)word[0]], child;

	if (!at)
		at = tree.first[(unsigned char)word[0]] = node_new(word[0], 0);
	for (size_t i = 1; i < n; i++) {
		child = find(tree.node[at].child, word[i]);
		if (!child) {
			child = node_new(word[i], tree.node[at].child);
			tree.node[at].child = child;
		}
		at = child;
	}
	if (!tree.node[at].ends) {
		tree.set = more(tree.set, tree.sets, &tree.set_room, sizeof(*tree.set));
		tree.set[tree.sets] = (struct judge_rows){ 0 };
		tree.node[at].ends = (uint32_t)tree.sets++;
	}
	tree.set[tree.node[at].ends].bits[group][row / 64] |= (uint64_t)1 << row % 64;
}

/* The words are folded as texts are, so that the table may be written as people write. */
static void
add_words(const char *words, size_t row)
{
	char word[LONGEST + 4];
	size_t n = 0;
	int group = 0;

	for (const char *p = words; *p;) {
		if (*p != '|' && *p != '&') {
			n += judge_fold(&p, word + n);
			if (n > LONGEST)
				abort();
			continue;
		}
		if (n > 0)
			add_word(word, n, group, row);
		n = 0;
		group |= *p++ == '&';
	}
	if (n > 0)
		add_word(word, n, group, row);
	if (!group)
		tree.single.bits[1][row / 64] |= (uint64_t)1 << row % 64;
}

static void
build(void)
{
	node_new('\0', 0);
	tree.set = more(tree.set, 0, &tree.set_room, sizeof(*tree.set));
	tree.sets = 1; /* set 0 is none */
	for (size_t row = 0; judge_table[row].name; row++) {
		if (row >= JUDGE_ROWS)
			abort();
		add_words(judge_table[row].words, row);
	}
}

void
judge_words_find(const char *text, size_t from, size_t to, struct judge_rows *rows)
{
	pthread_once(&built, build);
	for (size_t k = 0; k < JUDGE_ROWS / 64; k++)
		rows->bits[1][k] |= tree.single.bits[1][k];
	for (size_t i = from; i < to && text[i]; i++) {
		uint32_t at = tree.first[(unsigned char)text[i]];

		for (const char *p = text + i + 1; at; p++) {
			const struct node *node = &tree.node[at];

			if (node->ends)
				for (size_t k = 0; k < JUDGE_ROWS / 64; k++) {
					rows->bits[0][k] |= tree.set[node->ends].bits[0][k];
					rows->bits[1][k] |= tree.set[node->ends].bits[1][k];
				}
			at = *p ? find(node->child, *p) : 0;
		}
	}
}
