/* mailbox_imap_answer.c - see mailbox_imap_answer.h. */
#include "mail/mailbox_imap_answer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

void
imap_reader_init(struct imap_reader *r)
{
	memset(r, 0, sizeof(*r));
	r->bad = "";
}

void
imap_reader_want(struct imap_reader *r, struct buf *sink, size_t most)
{
	r->sink = sink;
	r->most = most;
	if (sink)
		buf_reset(sink);
}

bool
imap_lists(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list) {
		size_t len = strcspn(list, " ");

		if (len == n && strncasecmp(list, word, n) == 0)
			return true;
		list += len;
		list += strspn(list, " ");
	}
	return false;
}

/* Decimal digits, at most `most`; false when there is none or it is more. Moves on behind them. */
static bool
take_number(const char **p, int64_t most, int64_t *out)
{
	const char *s = *p;

	*out = 0;
	for (; isdigit((unsigned char)*s); s++) {
		if (*out > (most - (*s - '0')) / 10)
			return false;
		*out = *out * 10 + (*s - '0');
	}
	if (s == *p)
		return false;
	*p = s;
	return true;
}

bool
imap_code(const char *code, const char *word, uint32_t *number)
{
	size_t n = strlen(word);
	int64_t value = 0;

	if (strncasecmp(code, word, n) != 0 || code[n] != ' ')
		return false;
	code += n + 1;
	if (!take_number(&code, UINT32_MAX, &value))
		return false;
	*number = (uint32_t)value;
	return true;
}

/* A word, whatever its case, that ends with a space or the line. Moves on behind it and the space. */
static bool
take_word(const char **p, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(*p, word, n) != 0 || ((*p)[n] != ' ' && (*p)[n] != '\0'))
		return false;
	*p += n + ((*p)[n] == ' ');
	return true;
}

static bool
take_status(struct imap_answer *a, char **p)
{
	static const char *const words[] = { "OK", "NO", "BAD", "PREAUTH", "BYE" };
	const char *s = *p;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (take_word(&s, words[i])) {
			char *text = *p + (s - *p), *end;

			a->status = (enum imap_status)i;
			a->text = text;
			if (*text == '[' && (end = strchr(text, ']'))) {
				*end = '\0';
				a->code = text + 1;
				a->text = end + 1 + (end[1] == ' ');
			}
			return true;
		}
	return false;
}

/* Where a quoted string ends, behind its quote; NULL: it does not. */
static const char *
skip_quoted(const char *p)
{
	for (p++; *p != '"'; p++) {
		if (*p == '\\' && p[1])
			p++;
		if (*p == '\0')
			return NULL;
	}
	return p + 1;
}

/* Behind one value of any form: an atom, a string, a literal's mark, or a list of such; NULL: it does not end. */
static const char *
skip_value(const char *p)
{
	int depth = 0;

	do {
		if (*p == '"') {
			p = skip_quoted(p);
			if (!p)
				return NULL;
			continue;
		}
		if (*p == '\0')
			return depth == 0 ? p : NULL;
		if (*p == ')' && depth == 0)
			return p; /* the list around it ends */
		depth += *p == '(';
		depth -= *p == ')';
		p++;
	} while (depth > 0 || (*p != ' ' && *p != ')' && *p != '\0'));
	return p;
}

static bool
has_deleted(const char *p, const char *end)
{
	static const char flag[] = "\\Deleted";
	const size_t n = sizeof(flag) - 1;

	for (; (size_t)(end - p) >= n; p++)
		if (strncasecmp(p, flag, n) == 0 && !isalnum((unsigned char)p[n]))
			return true;
	return false;
}

/* A message in quotes, as a server may send a short one. */
static void
unquote(struct imap_reader *r, const char *p, const char *end)
{
	r->had = true;
	buf_reset(r->sink);
	for (p++; p < end - 1; p++) {
		if (*p == '\\')
			p++;
		if (r->sink->len == r->most) {
			r->over = true;
			return;
		}
		buf_addch(r->sink, *p);
	}
}

static bool
read_item(struct imap_reader *r, const char *name, size_t n, const char *value, const char *end)
{
	struct imap_answer *a = &r->answer;
	int64_t number = 0;

	if (n == 3 && strncasecmp(name, "UID", n) == 0) {
		if (!take_number(&value, UINT32_MAX, &number) || value != end)
			return false;
		a->uid = (uint32_t)number;
	} else if (n == 11 && strncasecmp(name, "RFC822.SIZE", n) == 0) {
		if (!take_number(&value, INT64_MAX / 2, &a->size) || value != end)
			return false;
	} else if (n == 5 && strncasecmp(name, "FLAGS", n) == 0) {
		a->flags = true;
		a->deleted = has_deleted(value, end);
	} else if (n == 6 && strncasecmp(name, "BODY[]", n) == 0 && *value == '"' && r->sink && !r->had) {
		unquote(r, value, end);
	}
	return true;
}

/* "(UID 5 RFC822.SIZE 44 FLAGS (\Seen) BODY[] {12})" */
static bool
read_items(struct imap_reader *r, const char *p)
{
	if (*p++ != '(')
		return false;
	while (*p != ')') {
		const char *name = p, *value, *end;
		size_t n = strcspn(p, " ()\"");

		if (n == 0 || p[n] != ' ')
			return false;
		value = p + n + 1;
		end = skip_value(value);
		if (!end || end == value || !read_item(r, name, n, value, end))
			return false;
		p = end + strspn(end, " ");
	}
	return p[1] == '\0';
}

static bool
read_numbered(struct imap_reader *r, const char *p)
{
	struct imap_answer *a = &r->answer;
	int64_t number = 0;

	if (!take_number(&p, UINT32_MAX, &number) || *p++ != ' ')
		return false;
	a->number = (uint32_t)number;
	if (take_word(&p, "FETCH")) {
		a->kind = IMAP_FETCH;
		if (!read_items(r, p))
			return false;
		if (r->had)
			a->body = r->over ? IMAP_LONG : IMAP_BODY;
		return true;
	}
	a->kind = take_word(&p, "EXISTS") ? IMAP_EXISTS : (take_word(&p, "EXPUNGE") ? IMAP_EXPUNGE : IMAP_OTHER);
	return true;
}

static bool
read_untagged(struct imap_reader *r, char *p)
{
	struct imap_answer *a = &r->answer;
	const char *s = p;

	if (isdigit((unsigned char)*p))
		return read_numbered(r, p);
	if (take_status(a, &p))
		a->kind = IMAP_STATUS;
	else if (take_word(&s, "CAPABILITY")) {
		a->kind = IMAP_CAPABILITY;
		a->text = s;
	}
	return *p != '\0';
}

/* Our tags are a letter and a number; one that is not ours ends nothing and is IMAP_BAD. */
static bool
read_tagged(struct imap_answer *a, char *p)
{
	const char *s = p + 1;
	int64_t number = 0;

	if (*p != 'n' || !take_number(&s, UINT32_MAX, &number) || *s != ' ')
		return false;
	a->tag = (uint32_t)number;
	a->kind = IMAP_TAGGED;
	p += s - p + 1;
	return take_status(a, &p);
}

static enum imap_read
bad(struct imap_reader *r, const char *why)
{
	r->bad = why;
	return IMAP_BAD;
}

static enum imap_read
read_line(struct imap_reader *r)
{
	struct imap_answer *a = &r->answer;
	bool good;

	r->line[r->len] = '\0';
	r->done = true;
	*a = (struct imap_answer){ .kind = IMAP_OTHER, .size = -1, .code = "", .text = "" };
	if (r->line[0] == '*' && r->line[1] == ' ')
		good = read_untagged(r, r->line + 2);
	else
		good = r->line[0] == '+' || read_tagged(a, r->line);
	if (a->body == IMAP_LONG)
		buf_reset(r->sink);
	return good ? IMAP_ANSWER : bad(r, "answers in no way that IMAP knows");
}

/* Only data has literals: the words after OK may end like one. */
static bool
may_have_literal(const struct imap_reader *r)
{
	static const char *const words[] = { "OK", "NO", "BAD", "PREAUTH", "BYE" };
	const char *p = r->line + 2;

	if (r->line[0] != '*' || r->line[1] != ' ')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (take_word(&p, words[i]))
			return false;
	return true;
}

static bool
is_message(const struct imap_reader *r, size_t mark)
{
	static const char item[] = "BODY[] ";
	const size_t n = sizeof(item) - 1;

	return r->sink && !r->had && isdigit((unsigned char)r->line[2]) && mark > n &&
	    strncasecmp(&r->line[mark - n], item, n) == 0 && (r->line[mark - n - 1] == '(' || r->line[mark - n - 1] == ' ');
}

/* The line ends here; 1: with a literal's length, and that follows; 0: it is whole; -1: the length is no length. */
static int
begin_literal(struct imap_reader *r)
{
	const char *mark, *p;

	r->line[r->len] = '\0';
	if (r->len < 3 || r->len == r->taken || r->line[r->len - 1] != '}' || !may_have_literal(r))
		return 0;
	mark = strrchr(r->line, '{');
	if (!mark)
		return 0;
	p = mark + 1;
	if (!take_number(&p, IMAP_LITERAL_MAX, &r->literal)) {
		r->literal = 0;
		return isdigit((unsigned char)*p) ? -1 : 0;
	}
	if (strcmp(p, "}") != 0) {
		r->literal = 0;
		return 0;
	}
	r->taken = r->len; /* a line may end right behind a literal */
	r->kept = is_message(r, (size_t)(mark - r->line));
	if (r->kept) {
		r->had = true;
		buf_reset(r->sink);
		r->over = r->literal > (int64_t)r->most;
	}
	return 1;
}

static size_t
take_literal(struct imap_reader *r, const char *p, size_t n)
{
	if ((int64_t)n > r->literal)
		n = (size_t)r->literal;
	if (r->kept && !r->over)
		buf_add(r->sink, p, n);
	r->literal -= (int64_t)n;
	return n;
}

enum imap_read
imap_reader_feed(struct imap_reader *r, const char *p, size_t n, size_t *used)
{
	*used = 0;
	if (r->done) {
		r->len = r->taken = 0;
		r->had = r->over = r->kept = r->done = false;
	}
	while (*used < n) {
		const char *s = p + *used, *end;
		size_t part;
		int literal;

		if (r->literal > 0) {
			*used += take_literal(r, s, n - *used);
			continue;
		}
		end = memchr(s, '\n', n - *used);
		part = end ? (size_t)(end - s) : n - *used;
		if (memchr(s, '\0', part))
			return bad(r, "sends a NUL in a line");
		if (r->len + part > IMAP_LINE_MAX)
			return bad(r, "sends a line without end");
		memcpy(r->line + r->len, s, part);
		r->len += part;
		*used += part + (end != NULL);
		if (!end)
			continue;
		r->len -= r->len > 0 && r->line[r->len - 1] == '\r';
		literal = begin_literal(r);
		if (literal == -1)
			return bad(r, "announces more octets than a message can have");
		if (literal == 0)
			return read_line(r);
	}
	return IMAP_MORE;
}
