/* judge_text.c - see judge_text.h. */
#include "judge/judge_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"

#define CODES 16   /* codes in one text that are kept */
#define NEAR_BY 12 /* bytes between where somebody begins to speak and the code, at most: quotes, blanks, "host :" */

/* A code that stood in the text, and before which of its words. */
struct code {
	size_t at;
	int code;
	char enhanced[12];
};

struct reader {
	const char *p;     /* what is left to read: folded, NUL behind */
	const char *start; /* … and where that began */
	char *out;
	size_t n; /* bytes of out */
	struct code codes[CODES];
	int count;
	char *hashed;
};

/* After these, another server speaks. In folded words, without addresses and host names. */
static const char *const speakers[] = { " said: ", " said ", " smtp;", " -> ", "gave this error:", "returned was:", "responded:",
	"responded with:",
	"response was:", "response:", "server returned:", "unknown address error", "bad destination email address",
	"other mail system problem", "after rcpt to:", "after end of data:",
	"after data:", "reason:", "diagnostic information:", "diagnostic-code:", "the following message:" };

static bool
one_of(const char *word, size_t n, const char *list)
{
	for (const char *p = list; *p; p += strspn(p, " ")) {
		size_t m = strcspn(p, " ");

		if (m == n && memcmp(p, word, n) == 0)
			return true;
		p += m;
	}
	return false;
}

static void
put(struct reader *r, char c)
{
	char opened = c == ')' ? '(' : c == '>' ? '<'
	    : c == '"' || c == '\''             ? c
						: '\0'; /* what c would close */

	if (c == ' ' && r->n > 0 && strchr(" ([<", r->out[r->n - 1]))
		return;
	if (opened && r->out[r->n - 1] == opened) { /* the first byte is a blank */
		r->n--;                             /* what stood between is gone */
		return;
	}
	r->out[r->n++] = c;
}

/* The length of an enhanced code at p, "5.1.1", that no more digits or parts follow; 0: none. */
static size_t
enhanced_at(const char *p)
{
	size_t n = strspn(p, "0123456789."), dots = 0;

	while (n > 0 && p[n - 1] == '.')
		n--; /* the sentence's */
	if (n < 5 || n > 11 || !strchr("245", p[0]) || p[1] != '.')
		return 0;
	for (size_t i = 1; i < n; i++) {
		dots += p[i] == '.';
		if (p[i] == '.' && p[i - 1] == '.')
			return 0;
	}
	return dots == 2 && !isalnum((unsigned char)p[n]) ? n : 0;
}

static bool
code_at(const char *p)
{
	return strchr("245", p[0]) && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
	    (p[3] == ' ' || (p[3] == '-' && p[4] != '-') || p[3] == '\0');
}

/* Step over "550 5.1.1", "550-5.1.1", "5.1.1", and keep it. */
static bool
read_code(struct reader *r)
{
	struct code c = { .at = r->n };
	const char *p = r->p;
	size_t n;

	if (code_at(p)) {
		c.code = (int)strtol(p, NULL, 10);
		p += 3 + (p[3] != '\0');
		p += strspn(p, " ");
		if (p[0] == '#')
			p++;
	}
	n = isdigit((unsigned char)*p) ? enhanced_at(p) : 0;
	if (n == 0 && !c.code)
		return false;
	memcpy(c.enhanced, p, n);
	p += n;
	if (r->count < CODES)
		r->codes[r->count++] = c;
	r->p = p;
	put(r, ' ');
	return true;
}

/* Step over "#5.1.1", and keep the first. */
static bool
read_hashed(struct reader *r)
{
	size_t n = r->p[0] == '#' ? enhanced_at(r->p + 1) : 0;

	if (n == 0)
		return false;
	if (!r->hashed[0])
		snprintf(r->hashed, sizeof(((struct judge_text *)0)->hashed), "%.*s", (int)n, r->p + 1);
	r->p += n + 1;
	put(r, ' ');
	return true;
}

/* The length of a host's name at p, "mx.example.org"; 0: none. */
static size_t
host_at(const char *p)
{
	size_t n = 0;
	bool dot = false;

	for (; isalnum((unsigned char)p[n]) || p[n] == '-' || (p[n] == '.' && isalnum((unsigned char)p[n + 1])); n++)
		dot |= p[n] == '.';
	return dot ? n : 0;
}

/* The length of "[192.0.2.1]", perhaps after a space, or "(192.0.2.1)"; 0: none. */
static size_t
literal_at(const char *p)
{
	size_t sp = p[0] == ' ', n;

	if (p[sp] != '[' && p[sp] != '(')
		return 0;
	n = strspn(p + sp + 1, "0123456789.:abcdef");
	if (n < 4 || !strchr("0123456789abcdef", p[sp + 1]) || !(p[sp + 1 + n] == ']' || p[sp + 1 + n] == ')'))
		return 0;
	return sp + n + 2;
}

static bool
ends_with(const struct reader *r, const char *word)
{
	size_t n = strlen(word);

	return r->n >= n && memcmp(r->out + r->n - n, word, n) == 0;
}

/* Step over the name of the host that speaks, or that was looked for. Whatever it is called, it says nothing ("antispam.example.org"). */
static bool
read_host(struct reader *r)
{
	size_t n, address;

	if (!isalnum((unsigned char)r->p[0]) && r->p[0] != '[' && r->p[0] != '(')
		return false;
	n = literal_at(r->p);

	if (n == 0) {
		n = host_at(r->p);
		if (n == 0)
			return false;
		address = literal_at(r->p + n);
		if (!address && !ends_with(r, " host ") && !ends_with(r, " domain ") && !ends_with(r, "name=") && !ends_with(r, " for ") &&
		    !ends_with(r, "named ") && strncmp(r->p + n, " said", 5) != 0 && strncmp(r->p + n, " gave", 5) != 0 &&
		    strncmp(r->p + n, " #", 2) != 0)
			return false;
		n += address;
		n += r->p[n] == '.' || (r->p[n] == ':' && isdigit((unsigned char)r->p[n + 1])) ? 1 + strspn(r->p + n + 1, "0123456789") : 0;
	}
	r->p += n;
	put(r, ' ');
	return true;
}

/* Step over a tag of HTML, an address that was redacted, or one that has no at sign: "<ann>". A link stays. */
static bool
read_tag(struct reader *r)
{
	static const char tags[] = "a b br p i u em strong font span div td tr th table tbody ul ol li html head body pre code tt hr "
				   "center blockquote h1 h2 h3 h4 h5 h6";
	const char *name = r->p + 1, *end;
	size_t n;
	bool is_tag;

	if (r->p[0] != '<')
		return false;
	name += *name == '/';
	n = strspn(name, "abcdefghijklmnopqrstuvwxyz123456");
	end = name + strcspn(name, "<>");
	if (*end != '>')
		return false;
	is_tag = one_of(name, n, tags) && strchr(" />", name[n]);
	if (!is_tag && (end == name || memchr(name, ' ', (size_t)(end - name)) || memmem(name, (size_t)(end - name), "://", 3)))
		return false;
	r->p = end + 1;
	put(r, ' ');
	return true;
}

static bool
read_entity(struct reader *r)
{
	static const struct {
		const char *name;
		char is;
	} entities[] = { { "&lt;", ' ' }, { "&gt;", ' ' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&nbsp;", ' ' }, { "&#39;", '\'' },
		{ "&apos;", '\'' } };

	if (r->p[0] != '&')
		return false;
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (strncmp(r->p, entities[i].name, strlen(entities[i].name)) == 0) {
			r->p += strlen(entities[i].name);
			put(r, entities[i].is);
			return true;
		}
	return false;
}

/* Whether a word may begin here. */
static bool
at_word(const struct reader *r)
{
	unsigned char before = r->p == r->start ? ' ' : (unsigned char)r->p[-1];

	return !(isalnum(before) || before == '.' || before == '-' || before >= 0x80);
}

/* What is read of the text, folded and redacted, in room for JUDGE_TEXT_MOST * 2 bytes. */
static void
fold(const char *text, char *out)
{
	char raw[JUDGE_TEXT_MOST * 2];
	size_t n = strlen(text), half = JUDGE_TEXT_MOST / 2, to = 0;
	const char *p = raw;

	if (n < JUDGE_TEXT_MOST)
		memcpy(raw, text, n + 1);
	else
		snprintf(raw, sizeof(raw), "%.*s %s", (int)half, text, text + n - half + 1);
	judge_redact(raw, sizeof(raw));
	while (*p)
		to += judge_fold(&p, out + to);
	out[to] = '\0';
}

/* Whether there is something to judge: a code, or a word. */
static bool
says_something(const struct reader *r, size_t at)
{
	size_t letters = 0;

	for (int i = 0; i < r->count; i++)
		if (r->codes[i].at >= at && r->codes[i].code)
			return true;
	for (const char *p = r->out + at; *p && letters < 3; p++)
		letters += isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80;
	return letters == 3;
}

/* Where the last who speaks begins. */
static size_t
last_speaker(const struct reader *r)
{
	size_t last = 0;

	for (size_t i = 0; i < sizeof(speakers) / sizeof(speakers[0]); i++)
		for (const char *p = r->out; (p = strstr(p, speakers[i])); p++) {
			size_t at = (size_t)(p - r->out) + strlen(speakers[i]);

			if (at > last && says_something(r, at))
				last = at;
		}
	return last;
}

void
judge_text_read(struct judge_text *t, const char *text)
{
	char folded[JUDGE_TEXT_MOST * 2];
	// cppcheck-suppress ctuuninitvar ; where the words go, which is not to look at them
	struct reader r = { .p = folded, .start = folded, .out = t->words, .hashed = t->hashed };
	size_t last;

	t->hashed[0] = t->enhanced[0] = '\0';
	t->code = 0;
	fold(text, folded);
	put(&r, ' ');
	while (*r.p) {
		if (read_tag(&r) || read_entity(&r) || read_hashed(&r) || (at_word(&r) && (read_code(&r) || read_host(&r))))
			continue;
		put(&r, *r.p++);
	}
	t->words[r.n] = '\0';
	last = last_speaker(&r);
	if (t->words[last] && t->words[last] != ' ') /* the first byte is one */
		last--;                              /* of the blank or colon before it */
	t->last = t->words + last;
	for (int i = 0; i < r.count; i++) /* "550 550 5.1.1" is one */
		if (r.codes[i].at >= last && r.codes[i].at <= last + (r.codes[i].code ? NEAR_BY : 2)) {
			t->code = r.codes[i].code ? r.codes[i].code : t->code;
			if (!t->enhanced[0])
				memcpy(t->enhanced, r.codes[i].enhanced, sizeof(t->enhanced));
		}
}
