/* segment_text.c - the words of the grammar, and a segment as text; see segment.h. */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "segment_private.h"

const char *const segment_fields[FIELDS] = { "pending", "topic", "left", "bounced", "complained", "any", "state", "language", "domain",
	"name", "joined", "confirmed", "campaign" };
const char *const segment_operators[OPS] = { "=", "!=", "<", "<=", ">", ">=" };

bool
segment_field_is_topic(enum segment_field field)
{
	return field <= FIELD_ANY;
}

bool
segment_field_is_time(enum segment_field field)
{
	return field == FIELD_JOINED || field == FIELD_CONFIRMED;
}

bool
segment_is_bare(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;

		if (!letter && !(c >= '0' && c <= '9') && (!c || !strchr("_.*@:+-", c)))
			return false;
	}
	return n > 0;
}

bool
segment_is_keyword(const char *text, size_t n)
{
	static const char *const words[] = { "and", "or", "not", "in" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n && strncasecmp(words[i], text, n) == 0)
			return true;
	return false;
}

static void
write_value(const struct segment_value *v, struct buf *out)
{
	size_t n = strlen(v->text);
	const char *p;

	if (segment_is_bare(v->text, n) && !segment_is_keyword(v->text, n)) {
		buf_addstr(out, v->text);
		return;
	}
	buf_addch(out, '\'');
	for (p = v->text; *p; p++) {
		if (*p == '\'')
			buf_addch(out, '\'');
		buf_addch(out, *p);
	}
	buf_addch(out, '\'');
}

static void
write_test(const struct segment *s, const struct segment_node *n, struct buf *out)
{
	int i;

	buf_addstr(out, segment_fields[n->field]);
	if (n->values == 1) {
		buf_addstr(out, segment_operators[n->op]);
		write_value(&s->value[n->value], out);
		return;
	}
	buf_addstr(out, n->op == OP_IS ? " in (" : " not in (");
	for (i = 0; i < n->values; i++) {
		if (i)
			buf_addstr(out, ", ");
		write_value(&s->value[n->value + i], out);
	}
	buf_addch(out, ')');
}

/* Parentheses stand where the node binds less than what is around it. */
static void
write_node(const struct segment *s, int node, enum segment_kind around, struct buf *out)
{
	const struct segment_node *n = &s->node[node];
	bool parens = n->kind > around;

	if (parens)
		buf_addch(out, '(');
	switch (n->kind) {
	case NODE_TEST:
		write_test(s, n, out);
		break;
	case NODE_NOT:
		buf_addstr(out, "not ");
		write_node(s, n->left, NODE_NOT, out);
		break;
	case NODE_AND:
	case NODE_OR:
		write_node(s, n->left, n->kind, out);
		buf_addstr(out, n->kind == NODE_AND ? " and " : " or ");
		write_node(s, n->right, n->kind, out);
		break;
	}
	if (parens)
		buf_addch(out, ')');
}

void
segment_write(const struct segment *s, struct buf *out)
{
	if (s->root >= 0)
		write_node(s, s->root, NODE_OR, out);
}
