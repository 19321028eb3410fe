/* form_token.c - see form_token.h. */
#include "site/form_token.h"

#include <string.h>

#include "base/encode.h"
#include "base/link.h"

#define TIME 8
#define MAC 16
#define EMBED 'e'

_Static_assert(FORM_TOKEN_TEXT == BASE64URL_LEN(TIME + MAC) + 1, "a page form's token has its length");
_Static_assert(FORM_TOKEN_EMBED_TEXT == 1 + BASE64URL_LEN(FORM_WORDING + MAC) + 1, "an embedded form's token has its length");

static const char page_label[] = "newsletter signup form";
static const char embed_label[] = "newsletter embedded form";

/* What the MAC of a page form's token covers. */
struct page {
	uint8_t octets[TIME + FORM_WORDING];
};

static struct page
page_of(const uint8_t time[TIME], const uint8_t wording_hash[FORM_WORDING])
{
	struct page p;

	memcpy(p.octets, time, TIME);
	memcpy(p.octets + TIME, wording_hash, FORM_WORDING);
	return p;
}

void
form_token_make(char out[FORM_TOKEN_TEXT], const struct link_keys *keys, const uint8_t wording_hash[FORM_WORDING], int64_t now)
{
	uint8_t octets[TIME + MAC], full[32];
	struct page p;
	int i;

	for (i = 0; i < TIME; i++)
		octets[i] = (uint8_t)((uint64_t)now >> (8 * (TIME - 1 - i)));
	p = page_of(octets, wording_hash);
	link_sign(full, keys, page_label, p.octets, sizeof(p.octets));
	memcpy(octets + TIME, full, MAC);
	base64url_encode(out, octets, sizeof(octets));
}

enum form_token
form_token_check(const struct link_keys *keys, const uint8_t wording_hash[FORM_WORDING], int64_t now, const char *text)
{
	uint8_t octets[TIME + MAC];
	uint64_t shown = 0;
	struct page p;
	int64_t age;
	int i;

	if (base64url_decode(octets, sizeof(octets), text, strlen(text)) != (int)sizeof(octets))
		return FORM_TOKEN_FOREIGN;
	p = page_of(octets, wording_hash);
	if (!link_signed(keys, page_label, p.octets, sizeof(p.octets), octets + TIME, MAC))
		return FORM_TOKEN_FOREIGN;
	for (i = 0; i < TIME; i++)
		shown = shown << 8 | octets[i];
	age = now - (int64_t)shown; /* signed by us: a time that a clock said */
	if (age > FORM_TOKEN_LIFE || age < -FORM_TOKEN_AHEAD)
		return FORM_TOKEN_STALE;
	return age < FORM_TOKEN_QUICK ? FORM_TOKEN_HASTY : FORM_TOKEN_TIMED;
}

void
form_token_embed(char *out, const struct link_keys *keys, const uint8_t wording_hash[FORM_WORDING])
{
	uint8_t octets[FORM_WORDING + MAC], full[32];

	memcpy(octets, wording_hash, FORM_WORDING);
	link_sign(full, keys, embed_label, wording_hash, FORM_WORDING);
	memcpy(octets + FORM_WORDING, full, MAC);
	out[0] = EMBED;
	base64url_encode(out + 1, octets, sizeof(octets));
}

int
form_token_embed_read(uint8_t wording_hash[FORM_WORDING], const struct link_keys *keys, const char *text)
{
	uint8_t octets[FORM_WORDING + MAC];

	if (text[0] != EMBED || base64url_decode(octets, sizeof(octets), text + 1, strlen(text + 1)) != (int)sizeof(octets))
		return -1;
	if (!link_signed(keys, embed_label, octets, FORM_WORDING, octets + FORM_WORDING, MAC))
		return -1;
	memcpy(wording_hash, octets, FORM_WORDING);
	return 0;
}
