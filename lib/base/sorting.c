/* sorting.c - see sorting.h. */
#include "base/sorting.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

#define READ_MOST 65536
#define READ_LEAST 4096 /* holds a record and the length before it */
_Static_assert(READ_LEAST >= SORTING_RECORD + sizeof(uint32_t), "a run's buffer holds any record");

struct entry {
	uint64_t prefix; /* the record's first eight bytes: most comparisons end here */
	uint32_t at, n;
};

struct run {
	uint64_t at, end; /* what of the file is not read yet */
	char *data;
	size_t pos, len;
	const char *record;
	uint32_t n;
};

struct sorting {
	const char *folder;
	size_t memory;
	uint64_t count, written;
	int fd;

	char *data; /* records in memory */
	size_t used;
	struct entry *entry;
	size_t entries, cap, next;

	struct run *run;
	struct run **heap; /* the run whose record comes first is heap[0] */
	size_t runs, runs_cap, heaped, read_size;
	bool begun; /* heap[0]'s record was handed out */
};

struct sorting *
sorting_new(const char *folder, size_t memory)
{
	struct sorting *s = xcalloc(1, sizeof(*s));

	s->folder = folder;
	s->memory = memory;
	s->fd = -1;
	s->data = xmalloc(memory);
	return s;
}

void
sorting_free(struct sorting *s)
{
	size_t i;

	if (!s)
		return;
	if (s->fd != -1)
		close(s->fd);
	for (i = 0; i < s->runs; i++)
		free(s->run[i].data);
	free(s->run);
	free(s->heap);
	free(s->entry);
	free(s->data);
	free(s);
}

uint64_t
sorting_count(const struct sorting *s)
{
	return s->count;
}

static int
in_order(const void *a, size_t a_len, const void *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int
compare(const void *a, const void *b, void *data)
{
	const struct entry *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return in_order((char *)data + x->at, x->n, (char *)data + y->at, y->n);
}

static uint64_t
prefix_of(const unsigned char *record, size_t n)
{
	uint64_t prefix = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		prefix = prefix << 8 | (i < n ? record[i] : 0);
	return prefix;
}

static int
open_file(struct sorting *s, struct err *e)
{
	struct buf name = BUF_INIT;

	s->fd = open(s->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		buf_addf(&name, "%s/.sorting-XXXXXX", s->folder);
		s->fd = mkostemp(name.data, O_CLOEXEC);
		if (s->fd != -1)
			unlink(name.data);
		buf_release(&name);
	}
	return s->fd == -1 ? err_sys(e, "cannot make a temporary file in %s", s->folder) : 0;
}

static int
write_out(struct sorting *s, const char *p, size_t n, struct err *e)
{
	if (file_write_all(s->fd, p, n) == -1)
		return err_sys(e, "cannot write a temporary file in %s", s->folder);
	s->written += (uint64_t)n;
	return 0;
}

/* The records in memory, in order, become a run of the file. */
static int
write_run(struct sorting *s, struct err *e)
{
	struct buf out = BUF_INIT;
	struct run *run;
	size_t i;
	int rc = 0;

	if (s->fd == -1 && open_file(s, e) == -1)
		return -1;
	if ((s->runs + 1) * READ_LEAST > s->memory)
		return err_set(e, ERR_INPUT, "there are too many records to be put in order at once: split the file");
	if (s->runs == s->runs_cap) {
		s->runs_cap = s->runs_cap ? 2 * s->runs_cap : 16;
		s->run = xrealloc(s->run, s->runs_cap * sizeof(*s->run));
	}
	qsort_r(s->entry, s->entries, sizeof(*s->entry), compare, s->data);
	run = &s->run[s->runs++];
	*run = (struct run){ .at = s->written };
	buf_reserve(&out, (size_t)2 * READ_MOST);
	for (i = 0; i < s->entries && rc == 0; i++) {
		buf_add(&out, &s->entry[i].n, sizeof(s->entry[i].n));
		buf_add(&out, s->data + s->entry[i].at, s->entry[i].n);
		if (out.len >= READ_MOST || i + 1 == s->entries) {
			rc = write_out(s, out.data, out.len, e);
			buf_reset(&out);
		}
	}
	buf_release(&out);
	run->end = s->written;
	s->entries = s->used = 0;
	return rc;
}

int
sorting_add(struct sorting *s, const void *record, size_t n, struct err *e)
{
	if (n > SORTING_RECORD)
		abort(); /* the caller's bounds are broken */
	if (s->used + n > s->memory && write_run(s, e) == -1)
		return -1;
	if (s->entries == s->cap) {
		s->cap = s->cap ? s->cap + s->cap / 2 : 1024;
		s->entry = xrealloc(s->entry, s->cap * sizeof(*s->entry));
	}
	memcpy(s->data + s->used, record, n);
	s->entry[s->entries++] = (struct entry){ prefix_of(record, n), (uint32_t)s->used, (uint32_t)n };
	s->used += n;
	s->count++;
	return 0;
}

static int
fill(struct sorting *s, struct run *run, struct err *e)
{
	size_t room;
	ssize_t n;

	memmove(run->data, run->data + run->pos, run->len - run->pos);
	run->len -= run->pos;
	run->pos = 0;
	while (run->at < run->end && (room = s->read_size - run->len)) {
		if (room > run->end - run->at)
			room = (size_t)(run->end - run->at);
		n = pread(s->fd, run->data + run->len, room, (off_t)run->at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, "cannot read back a temporary file in %s", s->folder);
		run->at += (uint64_t)n;
		run->len += (size_t)n;
	}
	return 0;
}

/* The run's next record: 1, 0 at its end, -1. */
static int
step(struct sorting *s, struct run *run, struct err *e)
{
	if (run->len - run->pos < sizeof(run->n) + SORTING_RECORD && run->at < run->end && fill(s, run, e) == -1)
		return -1;
	if (run->pos == run->len)
		return 0;
	memcpy(&run->n, run->data + run->pos, sizeof(run->n));
	run->record = run->data + run->pos + sizeof(run->n);
	run->pos += sizeof(run->n) + run->n;
	return 1;
}

/* heap[i] may come after those below it. */
static void
sink(struct sorting *s, size_t i)
{
	struct run *run = s->heap[i], *least;
	size_t child;

	for (; (child = 2 * i + 1) < s->heaped; i = child) {
		least = s->heap[child];
		if (child + 1 < s->heaped && in_order(s->heap[child + 1]->record, s->heap[child + 1]->n, least->record, least->n) < 0)
			least = s->heap[++child];
		if (in_order(run->record, run->n, least->record, least->n) <= 0)
			break;
		s->heap[i] = least;
	}
	s->heap[i] = run;
}

static int
start_merge(struct sorting *s, struct err *e)
{
	size_t i;
	int rc;

	if (s->entries && write_run(s, e) == -1)
		return -1;
	free(s->data); /* the runs' buffers take its place */
	free(s->entry);
	s->data = NULL;
	s->entry = NULL;
	s->read_size = s->memory / s->runs > READ_MOST ? READ_MOST : s->memory / s->runs;
	s->heap = xcalloc(s->runs, sizeof(struct run *));
	for (i = 0; i < s->runs; i++) {
		s->run[i].data = xmalloc(s->read_size);
		rc = step(s, &s->run[i], e);
		if (rc == -1)
			return -1;
		if (rc == 1)
			s->heap[s->heaped++] = &s->run[i];
	}
	for (i = s->heaped / 2; i-- > 0;)
		sink(s, i);
	return 0;
}

int
sorting_end(struct sorting *s, struct err *e)
{
	if (s->runs)
		return start_merge(s, e);
	if (s->entries)
		qsort_r(s->entry, s->entries, sizeof(*s->entry), compare, s->data);
	return 0;
}

int
sorting_next(struct sorting *s, const void **record, size_t *n, struct err *e)
{
	int rc;

	if (!s->runs) {
		if (s->next == s->entries)
			return 0;
		*record = s->data + s->entry[s->next].at;
		*n = s->entry[s->next++].n;
		return 1;
	}
	if (s->begun && s->heaped) {
		rc = step(s, s->heap[0], e);
		if (rc == -1)
			return -1;
		if (rc == 0)
			s->heap[0] = s->heap[--s->heaped];
		if (s->heaped)
			sink(s, 0);
	}
	s->begun = true;
	if (!s->heaped)
		return 0;
	*record = s->heap[0]->record;
	*n = s->heap[0]->n;
	return 1;
}
