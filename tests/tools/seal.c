/*
 * seal.c - encrypt standard input as a backup is, or decrypt one, with a key file: so that tests can put anything into one.
 *
 *   seal | open KEYFILE
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/seal.h"

int
main(int argc, char **argv)
{
	static char piece[65536];
	struct buf key = BUF_INIT;
	struct err e = ERR_INIT;
	struct seal_params params;
	struct seal *s = NULL;
	long n = -1;

	if (argc != 3 || file_read(argv[2], SEAL_KEY_MOST, &key, &e) == -1) {
		fprintf(stderr, "seal seal|open KEYFILE: %s\n", e.text);
		return 2;
	}
	struct seal_secret secret = { SEAL_KEY_FILE, key.data, key.len };

	if (strcmp(argv[1], "open") == 0) {
		s = seal_open(STDIN_FILENO, &secret, &e);
		while (s && (n = seal_read(s, piece, sizeof(piece), &e)) > 0)
			fwrite(piece, 1, (size_t)n, stdout);
	} else {
		seal_params_new(&params, SEAL_KEY_FILE);
		s = seal_new(STDOUT_FILENO, &params, &secret, &e);
		while (s && (n = read(STDIN_FILENO, piece, sizeof(piece))) > 0)
			if (seal_write(s, piece, (size_t)n, &e) == -1)
				break;
		if (s && n == 0)
			n = seal_finish(s, &e);
	}
	if (n != 0)
		fprintf(stderr, "%s\n", e.text);
	seal_free(s);
	buf_release(&key);
	return n != 0;
}
