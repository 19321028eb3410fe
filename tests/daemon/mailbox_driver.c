/*
 * mailbox_driver.c - read and empty a mailbox with lib/mail/mailbox, and say what came of it.
 *
 * What it does is the last argument: "list", "read" (fetch all) or "empty" (fetch all, and remove them batch by batch). Prints one line
 * of JSON; -o writes each message into a file named by its number. Exit 0 unless something failed.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"
#include "mail/mailbox.h"

struct driver {
	struct mailbox_where where;
	size_t most, batch, only; /* only: so many of the messages */
	const char *out;
	bool read, remove, slowly; /* slowly: nothing ahead */
	long fetched, gone, longer, removed;
	uint64_t octets;
	uint8_t sum[SHA256_LEN]; /* over all that was fetched, in order */
	struct buf message;
};

static int
keep(struct driver *d, const struct mailbox_entry *entry, struct err *e)
{
	uint8_t both[2 * SHA256_LEN];
	char path[512];

	d->fetched++;
	d->octets += d->message.len;
	memcpy(both, d->sum, SHA256_LEN);
	sha256(both + SHA256_LEN, d->message.data, d->message.len);
	sha256(d->sum, both, sizeof(both));
	if (!d->out)
		return 0;
	snprintf(path, sizeof(path), "%s/%lld", d->out, (long long)entry->number);
	return file_write(path, 0600, d->message.data, d->message.len, e);
}

static int
fetch_batch(struct driver *d, struct mailbox *m, const struct mailbox_entry *const *batch, size_t n, struct err *e)
{
	bool gone;

	for (size_t i = 0; i < n; i++) {
		size_t left = n - i < MAILBOX_AHEAD ? n - i : MAILBOX_AHEAD;
		int rc;

		if (!d->slowly && i % (MAILBOX_AHEAD / 2) == 0)
			mailbox_ahead(m, batch + i, left);
		rc = mailbox_fetch(m, batch[i], d->most, &d->message, &gone, e);
		if (rc == -1 || (rc == 1 && keep(d, batch[i], e) == -1))
			return -1;
		d->gone += rc == 0 && gone;
		d->longer += rc == 0 && !gone;
	}
	return 0;
}

static int
work(struct driver *d, struct mailbox *m, const struct mailbox_entry *list, size_t count, struct err *e)
{
	const struct mailbox_entry **batch = xcalloc(d->batch, sizeof(struct mailbox_entry *));
	int rc = 0;

	for (size_t at = 0, n; rc == 0 && at < count; at += n) {
		for (n = 0; n < d->batch && at + n < count; n++)
			batch[n] = &list[at + n];
		rc = fetch_batch(d, m, batch, n, e);
		if (rc == 0 && d->remove)
			rc = mailbox_remove(m, batch, n, e);
		if (rc == 0 && d->remove)
			d->removed += (long)n;
	}
	free(batch);
	return rc;
}

static void
report(const struct driver *d, const struct mailbox_entry *list, size_t count, int64_t us, const struct err *e)
{
	json_t *top = json_object();
	struct rusage use;
	struct buf out = BUF_INIT;
	char sum[2 * SHA256_LEN + 1];

	getrusage(RUSAGE_SELF, &use);
	json_put_int(top, "listed", (long long)count);
	if (count > 0) {
		json_put(top, "first", list[0].uid);
		json_put(top, "last", list[count - 1].uid);
		json_put_int(top, "size", list[0].size);
	}
	json_put_int(top, "fetched", d->fetched);
	json_put_int(top, "gone", d->gone);
	json_put_int(top, "longer", d->longer);
	json_put_int(top, "removed", d->removed);
	json_put_int(top, "octets", (long long)d->octets);
	hex_encode(sum, d->sum, sizeof(d->sum));
	json_put(top, "sum", sum);
	if (e->code != ERR_NONE)
		json_put(top, "error", e->text);
	json_put_int(top, "code", e->code);
	json_put_int(top, "ms", us / 1000);
	json_put_int(top, "kb", use.ru_maxrss);
	json_write(&out, top, 0);
	fputs(out.data, stdout);
	buf_release(&out);
	json_decref(top);
}

static int
run(struct driver *d)
{
	int64_t start = clock_mono_us();
	const struct mailbox_entry *list;
	struct err e = ERR_INIT, closing = ERR_INIT;
	struct mailbox_entry *copy = NULL;
	size_t count;
	struct mailbox *m = mailbox_open(&d->where, &list, &count, &e);
	int rc = m ? 0 : -1;

	if (m) {
		copy = xmalloc((count + 1) * sizeof(*copy));
		memcpy(copy, list, count * sizeof(*copy));
	}
	if (m && d->read)
		rc = work(d, m, list, count < d->only ? count : d->only, &e);
	if (mailbox_close(m, &closing) == -1 && rc == 0) {
		e = closing;
		rc = -1;
	}
	report(d, copy, count, clock_mono_us() - start, &e);
	free(copy);
	return rc == 0 ? 0 : 1;
}

static int
usage(void)
{
	fprintf(stderr,
	    "usage: mailbox_driver [-u user] [-p password] [-b bearer-token] [-C ca-file] [-T required|opportunistic|none] [-t timeout]\n"
	    "    [-m moved-to] [-M most-octets] [-B batch] [-n only-so-many] [-o folder] [-s descriptor] [-S] url list|read|empty\n");
	return 2;
}

int
main(int argc, char **argv)
{
	struct driver d = {
		.where = { .user = "", .password = "", .tls = "required", .ca_file = "", .moved_to = "", .timeout = 10, .stop_fd = -1 },
		.most = (size_t)32 << 20,
		.batch = 200,
		.only = SIZE_MAX,
	};
	int c, rc;

	while ((c = getopt(argc, argv, "u:p:b:C:T:t:m:M:B:n:o:s:S")) != -1)
		switch (c) {
		case 'u': d.where.user = optarg; break;
		case 'p': d.where.password = optarg; break;
		case 'b': d.where.token = optarg; break;
		case 'C': d.where.ca_file = optarg; break;
		case 'T': d.where.tls = optarg; break;
		case 't': d.where.timeout = atol(optarg); break;
		case 'm': d.where.moved_to = optarg; break;
		case 'M': d.most = strtoul(optarg, NULL, 10); break;
		case 'B': d.batch = strtoul(optarg, NULL, 10); break;
		case 'n': d.only = strtoul(optarg, NULL, 10); break;
		case 'o': d.out = optarg; break;
		case 's': d.where.stop_fd = atoi(optarg); break;
		case 'S': d.slowly = true; break;
		default: return usage();
		}
	if (optind + 2 != argc || d.batch == 0)
		return usage();
	d.where.url = argv[optind];
	d.read = argv[optind + 1][0] != 'l';
	d.remove = argv[optind + 1][0] == 'e';
	buf_init(&d.message);
	rc = run(&d);
	buf_release(&d.message);
	return rc;
}
