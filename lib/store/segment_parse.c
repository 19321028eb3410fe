/* segment_parse.c - a segment's text, read by recursive descent; see segment.h. */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "segment_private.h"

enum token {
	END,
	WORD,
	QUOTED,
	SYMBOL
};

struct parser {
	const char *text;
	struct segment *s;
	struct err *e;
	size_t next; /* where the token after the present one is looked for */
	enum token token;
	size_t at, len; /* of the present token, with its quotes */
	int depth;
};

static const char field_list[] =
    "topic, pending, left, bounced, complained, any, state, language, domain, name, joined, confirmed, campaign";

static int
column_of(const struct parser *p, size_t at)
{
	return (int)text_length(p->text, at) + 1;
}

/* The present token, as it may stand in a message. */
static int
wrong(const struct parser *p, const char *wanted)
{
	if (p->token == END)
		return err_set(p->e, ERR_USAGE, "column %d: it ends where %s should follow", column_of(p, p->at), wanted);
	return err_set(p->e, ERR_USAGE, "column %d: \"%.*s\" stands where %s should be", column_of(p, p->at),
	    (int)text_cut(p->text + p->at, p->len < 40 ? p->len : 40), p->text + p->at, wanted);
}

/* Where the quote that begins at `at` ends, behind it; 0 when it does not. A quote in it is doubled. */
static size_t
quote_end(const char *text, size_t at)
{
	char quote = text[at++];

	for (; text[at]; at++)
		if (text[at] == quote && text[++at] != quote)
			return at;
	return 0;
}

static int
advance(struct parser *p)
{
	const char *text = p->text;
	size_t end;

	p->at = p->next + strspn(text + p->next, " \t\r\n");
	p->len = 0;
	if (!text[p->at]) {
		p->token = END;
	} else if (text[p->at] == '\'' || text[p->at] == '"') {
		end = quote_end(text, p->at);
		if (!end)
			return err_set(p->e, ERR_USAGE, "column %d: the quote that begins here does not end", column_of(p, p->at));
		p->token = QUOTED;
		p->len = end - p->at;
	} else if (segment_is_bare(text + p->at, 1)) {
		p->token = WORD;
		while (segment_is_bare(text + p->at, p->len + 1))
			p->len++;
	} else {
		p->token = SYMBOL;
		p->len = 1;
		if (strchr("!<>", text[p->at]) && (text[p->at + 1] == '=' || (text[p->at] == '<' && text[p->at + 1] == '>')))
			p->len = 2;
	}
	p->next = p->at + p->len;
	return 0;
}

static bool
is(const struct parser *p, const char *what)
{
	enum token token = segment_is_bare(what, 1) ? WORD : SYMBOL;

	return p->token == token && strlen(what) == p->len && strncasecmp(p->text + p->at, what, p->len) == 0;
}

static int
expect(struct parser *p, const char *what, const char *called)
{
	return is(p, what) ? advance(p) : wrong(p, called);
}

static int
new_node(struct parser *p, enum segment_kind kind, int left, int right)
{
	struct segment *s = p->s;

	if (left == -1 || (right == -1 && kind != NODE_NOT && kind != NODE_TEST))
		return -1;
	if (s->nodes == SEGMENT_NODES)
		return err_set(p->e, ERR_USAGE, "column %d: there is too much in it", column_of(p, p->at));
	s->node[s->nodes] = (struct segment_node){ .kind = kind, .left = left, .right = right };
	return s->nodes++;
}

/* Copy the value that is the present token, its quotes taken off. */
static char *
pool(struct parser *p)
{
	struct segment *s = p->s;
	const char *from = p->text + p->at;
	char *out = s->pool + s->pooled, *to = out;
	size_t i;

	if (p->token == WORD) {
		memcpy(to, from, p->len);
		to += p->len;
	} else {
		for (i = 1; i + 1 < p->len; i++) {
			*to++ = from[i];
			if (from[i] == from[0])
				i++;
		}
	}
	*to++ = '\0';
	s->pooled += (size_t)(to - out); /* no more than was read: what is before each value has a byte */
	return out;
}

static int
read_value(struct parser *p, struct segment_node *n)
{
	struct segment *s = p->s;
	struct segment_value *v;

	if (p->token != WORD && p->token != QUOTED)
		return wrong(p, "a value");
	if (s->values == SEGMENT_VALUES)
		return err_set(p->e, ERR_USAGE, "column %d: it compares with more than %d values", column_of(p, p->at), SEGMENT_VALUES);
	v = &s->value[s->values++];
	*v = (struct segment_value){ .column = column_of(p, p->at) };
	n->values++;
	if (segment_value_read(v, pool(p), n->field, n->op, p->e) == -1)
		return err_wrap(p->e, "column %d", v->column);
	return advance(p);
}

static int
read_list(struct parser *p, struct segment_node *n)
{
	if (segment_field_is_time(n->field))
		return err_set(p->e, ERR_USAGE, "column %d: %s is compared with = < <= > >=", column_of(p, p->at),
		    segment_fields[n->field]);
	if (advance(p) == -1 || expect(p, "(", "\"(\"") == -1 || read_value(p, n) == -1)
		return -1;
	while (is(p, ","))
		if (advance(p) == -1 || read_value(p, n) == -1)
			return -1;
	return expect(p, ")", "\",\" or \")\"");
}

static int
read_operator(struct parser *p, struct segment_node *n)
{
	bool time = segment_field_is_time(n->field);
	int i;

	for (i = 0; i < OPS && !is(p, segment_operators[i]); i++)
		continue;
	if (is(p, "<>"))
		i = OP_IS_NOT;
	if (i == OPS)
		return wrong(p, time ? "one of = < <= > >=" : "one of = != in");
	if (time ? i == OP_IS_NOT : i > OP_IS_NOT)
		return err_set(p->e, ERR_USAGE, "column %d: %s is compared with %s", column_of(p, p->at), segment_fields[n->field],
		    time ? "= < <= > >=" : "= and !=, or with in (…)");
	n->op = (enum segment_operator)i;
	return advance(p);
}

static int
read_field(struct parser *p, enum segment_field *out)
{
	int i;

	if (p->token != WORD || segment_is_keyword(p->text + p->at, p->len))
		return wrong(p, "a field, \"not\" or \"(\"");
	for (i = 0; i < FIELDS && !is(p, segment_fields[i]); i++)
		continue;
	if (is(p, "active"))
		i = FIELD_TOPIC;
	if (i == FIELDS)
		return err_set(p->e, ERR_USAGE, "column %d: \"%.*s\" is no field; there are: %s", column_of(p, p->at),
		    (int)text_cut(p->text + p->at, p->len < 40 ? p->len : 40), p->text + p->at, field_list);
	*out = (enum segment_field)i;
	return advance(p);
}

static int
read_comparison(struct parser *p)
{
	struct segment_node n = { .kind = NODE_TEST, .value = p->s->values };
	bool negated;
	int node;

	if (read_field(p, &n.field) == -1)
		return -1;
	negated = is(p, "not");
	n.op = negated ? OP_IS_NOT : OP_IS;
	if (negated && (advance(p) == -1 || (!is(p, "in") && wrong(p, "\"in\"") == -1)))
		return -1;
	if (is(p, "in") ? read_list(p, &n) == -1 : (read_operator(p, &n) == -1 || read_value(p, &n) == -1))
		return -1;
	node = new_node(p, NODE_TEST, 0, 0);
	if (node != -1)
		p->s->node[node] = n;
	return node;
}

static int read_any(struct parser *p);

static int
read_one(struct parser *p)
{
	bool parens = is(p, "(");
	int node;

	if (!parens && !is(p, "not"))
		return read_comparison(p);
	if (++p->depth > SEGMENT_DEPTH)
		return err_set(p->e, ERR_USAGE, "column %d: parentheses and \"not\" are more than %d deep", column_of(p, p->at),
		    SEGMENT_DEPTH);
	if (advance(p) == -1)
		return -1;
	node = parens ? read_any(p) : new_node(p, NODE_NOT, read_one(p), -1);
	if (node != -1 && parens && expect(p, ")", "\"and\", \"or\" or \")\"") == -1)
		return -1;
	p->depth--;
	return node;
}

static int
read_all(struct parser *p)
{
	int node = read_one(p);

	while (node != -1 && is(p, "and"))
		node = advance(p) == -1 ? -1 : new_node(p, NODE_AND, node, read_one(p));
	return node;
}

static int
read_any(struct parser *p)
{
	int node = read_all(p);

	while (node != -1 && is(p, "or"))
		node = advance(p) == -1 ? -1 : new_node(p, NODE_OR, node, read_all(p));
	return node;
}

static int
read_text(struct parser *p)
{
	struct buf canonical = BUF_INIT;
	int rc = -1;

	if (advance(p) == -1)
		return -1;
	if (p->token == END)
		return 0;
	p->s->root = read_any(p);
	if (p->s->root == -1)
		return -1;
	if (p->token != END)
		return wrong(p, "\"and\", \"or\" or the end");
	segment_write(p->s, &canonical);
	rc = text_copy(p->s->text, sizeof(p->s->text), canonical.data);
	if (rc == -1)
		err_set(p->e, ERR_USAGE, "it is longer than %d bytes", SEGMENT_MAX);
	buf_release(&canonical);
	return rc;
}

int
segment_parse(const char *text, struct segment **out, struct err *e)
{
	struct parser p = { .text = text, .e = e };
	size_t n = strlen(text);

	*out = NULL;
	if (n > SEGMENT_MAX)
		return err_set(e, ERR_USAGE, "it is longer than %d bytes", SEGMENT_MAX);
	if (!text_is_utf8(text, n) || text_has_control(text, n, "\t\r\n"))
		return err_set(e, ERR_USAGE, "it must be UTF-8 without control characters");
	p.s = xcalloc(1, sizeof(*p.s));
	p.s->root = -1;
	if (read_text(&p) == -1) {
		segment_free(p.s);
		return -1;
	}
	*out = p.s;
	return 0;
}
