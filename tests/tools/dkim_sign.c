/*
 * dkim_sign.c - dkim_sign DOMAIN FROM TO SELECTOR KEY [ED25519_SELECTOR KEY [OMIT]]: sign each .eml of folder FROM into folder TO.
 *
 * KEY is a PEM file, or "" for none. For tests that have others verify the result.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "mail/dkim.h"

#define MESSAGE_MAX (8u << 20)

static int
sign_file(const struct dkim *d, struct dkim_work *w, const char *from, const char *to, struct err *e)
{
	struct buf message = BUF_INIT, out = BUF_INIT;
	int rc = -1;

	if (file_read(from, MESSAGE_MAX, &message, e) == -1 || dkim_sign(d, w, message.data, message.len, time(NULL), &out, e) == -1)
		goto out;
	buf_add(&out, message.data, message.len);
	rc = file_write(to, 0644, out.data, out.len, e);
out:
	buf_release(&message);
	buf_release(&out);
	return rc;
}

static int
sign_folder(const struct dkim *d, const char *from, const char *to, struct err *e)
{
	struct dkim_work *w = dkim_work_new();
	struct buf in = BUF_INIT, out = BUF_INIT;
	DIR *dir = opendir(from);
	struct dirent *f;
	int rc = dir ? 0 : err_sys(e, "cannot open %s", from);

	while (rc == 0 && (f = readdir(dir))) {
		if (!strstr(f->d_name, ".eml"))
			continue;
		buf_reset(&in);
		buf_reset(&out);
		file_join(&in, from, f->d_name);
		file_join(&out, to, f->d_name);
		rc = sign_file(d, w, in.data, out.data, e);
		if (rc == -1)
			err_wrap(e, "%s", f->d_name);
	}
	if (dir)
		closedir(dir);
	buf_release(&in);
	buf_release(&out);
	dkim_work_free(w);
	return rc;
}

int
main(int argc, char **argv)
{
	struct buf rsa = BUF_INIT, ed25519 = BUF_INIT;
	struct err e = ERR_INIT;
	struct dkim *d = NULL;
	int rc = -1;

	if (argc < 6 || argc == 7 || argc > 9) {
		fprintf(stderr, "usage: dkim_sign DOMAIN FROM TO SELECTOR KEY [ED25519_SELECTOR KEY [OMIT]]\n");
		return 2;
	}
	if (argv[5][0] && file_read(argv[5], DKIM_PEM_MAX, &rsa, &e) == -1)
		goto out;
	if (argc > 7 && argv[7][0] && file_read(argv[7], DKIM_PEM_MAX, &ed25519, &e) == -1)
		goto out;
	d = dkim_new(&(struct dkim_spec){
			 .domain = argv[1],
			 .selector = argv[4],
			 .rsa_pem = rsa.data,
			 .ed25519_selector = argc > 7 ? argv[6] : "",
			 .ed25519_pem = ed25519.data,
			 .omit = argc > 8 ? argv[8] : "",
		     },
	    &e);
	if (d)
		rc = sign_folder(d, argv[2], argv[3], &e);
out:
	if (rc == -1)
		fprintf(stderr, "dkim_sign: %s\n", e.text);
	dkim_free(d);
	buf_release(&rsa);
	buf_release(&ed25519);
	return rc == -1;
}
