/* link.c - see link.h for the format, which is final. */
#include "base/link.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"

#define KEY_LEN 32
#define BLOCK 16
#define EPOCH 1577836800 /* 2020-01-01 */
#define DAY 86400

struct form {
	const char *label; /* of the MAC */
	size_t mac;        /* octets kept */
	void (*encode)(char *, const uint8_t *, size_t);
	int (*decode)(uint8_t *, size_t, const char *, size_t);
};

static const struct form form_url = { "newsletter link url", 16, base64url_encode, base64url_decode };
static const struct form form_address = { "newsletter link address", 10, base32_encode, base32_decode };

struct link_key {
	uint8_t aes[KEY_LEN], mac[KEY_LEN]; /* derived from the file's octets */
	int present;
};

struct link_keys {
	struct link_key key[256];
	int current;
};

/* The number in "link-N.key", or 0. */
static int
key_number(const char *name)
{
	char exact[32];
	long id;

	if (strncmp(name, "link-", 5) != 0)
		return 0;
	id = strtol(name + 5, NULL, 10);
	if (id < 1 || id > 255)
		return 0;
	snprintf(exact, sizeof(exact), "link-%ld.key", id);
	return strcmp(name, exact) == 0 ? (int)id : 0; /* link-01.key and link-1.key~ are none */
}

int
link_keys_newest(const char *folder, int *highest, struct err *e)
{
	struct dirent *d;
	DIR *dir = opendir(folder);

	*highest = 0;
	if (!dir)
		return err_sys(e, "cannot open the keys folder %s", folder);
	while ((d = readdir(dir)))
		if (key_number(d->d_name) > *highest)
			*highest = key_number(d->d_name);
	closedir(dir);
	return 0;
}

/* Written by root for newsletterd, which has a user of its own: the new key is whose the last one is. */
static int
give_as(const char *path, const char *folder, int id, struct err *e)
{
	struct buf last = BUF_INIT;
	struct stat st;
	int rc = 0;

	buf_addf(&last, "%s/link-%d.key", folder, id);
	if (id && stat(last.data, &st) == 0 && chown(path, st.st_uid, st.st_gid) == -1 && geteuid() == 0)
		rc = err_sys(e, "cannot give %s to the owner of %s", path, last.data);
	buf_release(&last);
	return rc;
}

static int
create_next(const char *folder, int *id, struct err *e)
{
	uint8_t octets[KEY_LEN];
	char text[2 * KEY_LEN + 2];
	struct buf path = BUF_INIT;
	int rc;

	if (link_keys_newest(folder, id, e) == -1)
		return -1;
	if (*id == 255)
		return err_set(e, ERR_REFUSED, "%s holds link-255.key already: no further rotation is possible", folder);
	++*id;
	secret_random(octets, sizeof(octets));
	hex_encode(text, octets, sizeof(octets));
	strcat(text, "\n");
	buf_addf(&path, "%s/link-%d.key", folder, *id);
	rc = file_write(path.data, 0640, text, strlen(text), e);
	if (rc == 0)
		rc = give_as(path.data, folder, *id - 1, e);
	secret_wipe(octets, sizeof(octets));
	secret_wipe(text, sizeof(text));
	buf_release(&path);
	return rc;
}

/* One at a time: a key that is overwritten takes its links with it. */
int
link_keys_create(const char *folder, int *id, struct err *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = -1;

	if (fd == -1 || flock(fd, LOCK_EX) == -1)
		err_sys(e, "cannot open the keys folder %s", folder);
	else
		rc = create_next(folder, id, e);
	if (fd != -1)
		close(fd);
	return rc;
}

static int
load_key(struct link_keys *keys, const char *folder, int id, struct err *e)
{
	uint8_t octets[KEY_LEN];
	struct buf path = BUF_INIT, text = BUF_INIT;
	int rc = -1;

	buf_addf(&path, "%s/link-%d.key", folder, id);
	if (file_read(path.data, 1024, &text, e) == -1)
		goto out;
	buf_truncate(&text, strcspn(text.data, "\r\n"));
	if (hex_decode(octets, sizeof(octets), text.data, text.len) != KEY_LEN) {
		err_set(e, ERR_CORRUPT, "%s is no link key: it must hold 64 hex digits; restore it from the backup", path.data);
		goto out;
	}
	hmac_sha256(keys->key[id].aes, octets, KEY_LEN, "newsletter link encrypt", "", 0);
	hmac_sha256(keys->key[id].mac, octets, KEY_LEN, "newsletter link mac", "", 0);
	keys->key[id].present = 1;
	rc = 0;
out:
	secret_wipe(octets, sizeof(octets));
	if (text.cap)
		secret_wipe(text.data, text.cap);
	buf_release(&text);
	buf_release(&path);
	return rc;
}

struct link_keys *
link_keys_load(const char *folder, struct err *e)
{
	struct link_keys *keys = xcalloc(1, sizeof(*keys));
	struct dirent *d;
	DIR *dir = opendir(folder);
	int id;

	if (!dir) {
		err_sys(e, "cannot open the keys folder %s", folder);
		goto fail;
	}
	while ((d = readdir(dir))) {
		id = key_number(d->d_name);
		if (!id)
			continue;
		if (load_key(keys, folder, id, e) == -1)
			goto fail;
		if (id > keys->current)
			keys->current = id;
	}
	if (!keys->current) {
		err_set(e, ERR_NOT_FOUND, "no link key in %s: restore the folder from the backup, or no link ever mailed works", folder);
		goto fail;
	}
	closedir(dir);
	return keys;
fail:
	if (dir)
		closedir(dir);
	link_keys_free(keys);
	return NULL;
}

int
link_keys_count(const struct link_keys *keys)
{
	int id, n = 0;

	for (id = 1; id < 256; id++)
		n += keys->key[id].present != 0;
	return n;
}

void
link_keys_use(struct link_keys *keys, int id)
{
	if (id > 0 && id < 256 && keys->key[id].present)
		keys->current = id;
}

void
link_keys_free(struct link_keys *keys)
{
	if (!keys)
		return;
	secret_wipe(keys, sizeof(*keys));
	free(keys);
}

static void
put_number(uint8_t *out, size_t octets, int64_t value)
{
	size_t i;

	if (value < 0 || value >> (8 * octets))
		abort();
	for (i = 0; i < octets; i++)
		out[i] = (uint8_t)(value >> (8 * (octets - 1 - i)));
}

static int64_t
get_number(const uint8_t *in, size_t octets)
{
	int64_t value = 0;
	size_t i;

	for (i = 0; i < octets; i++)
		value = value << 8 | in[i];
	return value;
}

static void
make(char out[LINK_TEXT], const struct link_keys *keys, const struct link *l, const struct form *form)
{
	const struct link_key *key = &keys->key[keys->current];
	uint8_t octets[1 + BLOCK + 16], mac[SHA256_LEN], *block = octets + 1;
	int64_t days = l->expires ? (l->expires - EPOCH + DAY - 1) / DAY : 0;

	if (l->expires && days < 1)
		abort(); /* 0 would read as never */
	octets[0] = (uint8_t)keys->current;
	block[0] = (uint8_t)l->purpose;
	put_number(block + 1, 2, days);
	put_number(block + 3, 6, l->subscriber);
	put_number(block + 9, 3, l->topic);
	put_number(block + 12, 4, l->campaign);
	aes256_block(block, key->aes, 1);
	hmac_sha256(mac, key->mac, KEY_LEN, form->label, octets, 1 + BLOCK);
	memcpy(octets + 1 + BLOCK, mac, form->mac);
	form->encode(out, octets, 1 + BLOCK + form->mac);
}

static int
read_link(struct link *l, const struct link_keys *keys, const char *text, const struct form *form)
{
	uint8_t octets[1 + BLOCK + 16], mac[SHA256_LEN], *block = octets + 1;
	const struct link_key *key;
	int64_t days;

	if (strlen(text) != LINK_TEXT - 1 ||
	    form->decode(octets, sizeof(octets), text, LINK_TEXT - 1) != (int)(1 + BLOCK + form->mac))
		return -1;
	key = &keys->key[octets[0]];
	if (!key->present)
		return -1;
	hmac_sha256(mac, key->mac, KEY_LEN, form->label, octets, 1 + BLOCK);
	if (!secret_equal(mac, octets + 1 + BLOCK, form->mac))
		return -1;
	aes256_block(block, key->aes, 0);
	days = get_number(block + 1, 2);
	l->purpose = (enum link_purpose)block[0];
	l->expires = days ? EPOCH + days * DAY : 0;
	l->subscriber = get_number(block + 3, 6);
	l->topic = get_number(block + 9, 3);
	l->campaign = get_number(block + 12, 4);
	return 0;
}

void
link_url(char out[LINK_TEXT], const struct link_keys *keys, const struct link *l)
{
	make(out, keys, l, &form_url);
}

void
link_address(char out[LINK_TEXT], const struct link_keys *keys, const struct link *l)
{
	make(out, keys, l, &form_address);
}

int
link_read_url(struct link *l, const struct link_keys *keys, const char *text)
{
	return read_link(l, keys, text, &form_url);
}

int
link_read_address(struct link *l, const struct link_keys *keys, const char *text)
{
	return read_link(l, keys, text, &form_address);
}

int
link_expired(const struct link *l, int64_t now)
{
	return l->expires && now >= l->expires;
}

void
link_sign(uint8_t out[32], const struct link_keys *keys, const char *label, const void *data, uint64_t n)
{
	hmac_sha256(out, keys->key[keys->current].mac, KEY_LEN, label, data, n);
}

int
link_signed(const struct link_keys *keys, const char *label, const void *data, uint64_t n, const uint8_t *mac, uint64_t size)
{
	uint8_t full[SHA256_LEN];
	int id;

	for (id = 1; id < 256; id++) {
		if (!keys->key[id].present)
			continue;
		hmac_sha256(full, keys->key[id].mac, KEY_LEN, label, data, n);
		if (secret_equal(full, mac, size))
			return 1;
	}
	return 0;
}
