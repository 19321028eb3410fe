/*
 * message.c - the compiled message as a thing to keep; see message.h.
 *
 * Stored form, numbers big endian:
 *
 *   octets   8     32                    4        4       6 each             the rest
 *            magic SHA-256 of the rest | pieces | bytes | place slot length | bytes
 *
 * Offsets are not stored, they follow from the lengths: what loads is exactly
 * what message_save writes. The hash tells a damaged row from a good one; it
 * proves nothing about who wrote it, so everything is checked besides.
 */
#include "mail/message_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/secret.h"

#define MAGIC "NLmsg\0\0\1"
#define MAGIC_LEN 8
#define HEAD_LEN (MAGIC_LEN + SHA256_LEN)
#define PIECE_LEN 6
#define STORED_MAX (32u << 20) /* 4 MB of text in quoted-printable, and then some */

const struct slot_name slot_names[SLOT_COUNT] = {
	[SLOT_NAME] = { "name", SLOT_KIND_TEXT },
	[SLOT_TO] = { "to", SLOT_KIND_ADDRESS },
	[SLOT_DATE] = { "date", SLOT_KIND_HEADER },
	[SLOT_MESSAGE_ID] = { "message_id", SLOT_KIND_HEADER },
	[SLOT_UNSUBSCRIBE_URL] = { "unsubscribe_url", SLOT_KIND_URL },
	[SLOT_UNSUBSCRIBE_MAILTO] = { "unsubscribe_mailto", SLOT_KIND_ADDRESS },
	[SLOT_PREFERENCES_URL] = { "preferences_url", SLOT_KIND_URL },
	[SLOT_VIEW_URL] = { "view_url", SLOT_KIND_URL },
	[SLOT_CONFIRM_URL] = { "confirm_url", SLOT_KIND_URL },
	[SLOT_MYDATA_URL] = { "mydata_url", SLOT_KIND_URL },
};

void
message_free(struct message *m)
{
	if (!m)
		return;
	free(m->piece);
	buf_release(&m->bytes);
	free(m);
}

void
message_push(struct message *m, enum place place, enum slot slot)
{
	const struct piece *last = m->count ? &m->piece[m->count - 1] : NULL;
	struct piece *p;

	if (m->count == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 32;
		m->piece = xrealloc(m->piece, m->cap * sizeof(*m->piece));
		last = m->count ? &m->piece[m->count - 1] : NULL;
	}
	p = &m->piece[m->count++];
	p->place = (uint8_t)place;
	p->slot = (uint8_t)slot;
	p->off = last ? last->off + last->len : 0;
	p->len = (uint32_t)(m->bytes.len - p->off);
}

bool
message_place_takes(enum place place, unsigned slot)
{
	switch (place) {
	case PLACE_LITERAL:
	case PLACE_SUBJECT_TEXT:
	case PLACE_SUBJECT_END:
		return slot == SLOT_NONE;
	case PLACE_SUBJECT:
		return slot == SLOT_NAME;
	case PLACE_TO:
		return slot == SLOT_TO;
	case PLACE_HEADER:
		return slot == SLOT_DATE;
	case PLACE_HEADER_ID:
		return slot == SLOT_MESSAGE_ID;
	case PLACE_HEADER_URI:
		return slot == SLOT_UNSUBSCRIBE_URL;
	case PLACE_HEADER_MAILTO:
		return slot == SLOT_UNSUBSCRIBE_MAILTO;
	case PLACE_TEXT_URI:
	case PLACE_HTML_URI:
		return slot < SLOT_COUNT && slot_names[slot].kind == SLOT_KIND_URL;
	case PLACE_TEXT:
	case PLACE_HTML:
		return slot < SLOT_COUNT && (slot_names[slot].kind == SLOT_KIND_TEXT || slot_names[slot].kind == SLOT_KIND_ADDRESS);
	case PLACE_COMPONENT:
		return slot < SLOT_COUNT && slot_names[slot].kind != SLOT_KIND_HEADER;
	case PLACE_COUNT:
		break;
	}
	return false;
}

bool
message_uses(const struct message *m, enum slot slot)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (m->piece[i].slot == slot || (slot == SLOT_NAME && m->piece[i].place == PLACE_TO))
			return true;
	return false;
}

static void
put_number(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static uint32_t
get_number(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void
message_save(const struct message *m, struct buf *out)
{
	size_t start = out->len, i;
	uint8_t hash[SHA256_LEN] = { 0 }, n[8];

	buf_reserve(out, HEAD_LEN + 8 + m->count * PIECE_LEN + m->bytes.len);
	buf_add(out, MAGIC, MAGIC_LEN);
	buf_add(out, hash, sizeof(hash));
	put_number(n, (uint32_t)m->count);
	put_number(n + 4, (uint32_t)m->bytes.len);
	buf_add(out, n, 8);
	for (i = 0; i < m->count; i++) {
		n[0] = m->piece[i].place;
		n[1] = m->piece[i].slot;
		put_number(n + 2, m->piece[i].len);
		buf_add(out, n, PIECE_LEN);
	}
	buf_add(out, m->bytes.data, m->bytes.len);
	sha256(hash, out->data + start + HEAD_LEN, out->len - start - HEAD_LEN);
	memcpy(out->data + start + MAGIC_LEN, hash, sizeof(hash));
}

/* Fill the pieces from their stored form; false unless each is possible and together they own all bytes. */
static bool
load_pieces(struct message *m, const uint8_t *p, size_t count, size_t bytes)
{
	uint32_t off = 0;
	size_t i;

	m->piece = xcalloc(count, sizeof(*m->piece));
	m->count = m->cap = count;
	for (i = 0; i < count; i++, p += PIECE_LEN) {
		struct piece *piece = &m->piece[i];

		piece->place = p[0];
		piece->slot = p[1];
		piece->off = off;
		piece->len = get_number(p + 2);
		if (piece->place >= PLACE_COUNT || !message_place_takes((enum place)piece->place, piece->slot) || piece->len > bytes - off)
			return false;
		off += piece->len;
	}
	return off == bytes;
}

struct message *
message_load(const void *data, size_t n, struct err *e)
{
	struct message *m = xcalloc(1, sizeof(*m));
	const uint8_t *p = data;
	uint8_t hash[SHA256_LEN];
	size_t count, bytes;

	buf_init(&m->bytes);
	if (n < HEAD_LEN + 8 || n > STORED_MAX || memcmp(p, MAGIC, MAGIC_LEN) != 0)
		goto corrupt;
	sha256(hash, p + HEAD_LEN, n - HEAD_LEN);
	if (memcmp(p + MAGIC_LEN, hash, sizeof(hash)) != 0)
		goto corrupt;
	p += HEAD_LEN;
	n -= HEAD_LEN + 8;
	count = get_number(p);
	bytes = get_number(p + 4);
	p += 8;
	if (count > n / PIECE_LEN || bytes != n - count * PIECE_LEN || !load_pieces(m, p, count, bytes))
		goto corrupt;
	buf_add(&m->bytes, p + count * PIECE_LEN, bytes);
	return m;
corrupt:
	err_set(e, ERR_CORRUPT, "the stored message is damaged or was written by another version");
	message_free(m);
	return NULL;
}
