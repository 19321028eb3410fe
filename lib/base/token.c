/* token.c - see token.h. */
#include "base/token.h"

#include <string.h>
#include <uuid/uuid.h>

#include "base/secret.h"

void
token_new(char out[TOKEN_TEXT])
{
	uuid_t u;

	uuid_generate_random(u);
	uuid_unparse_lower(u, out);
}

bool
token_hash(uint8_t out[TOKEN_HASH], const char *token)
{
	char text[TOKEN_TEXT];
	uuid_t u;

	if (strlen(token) != TOKEN_TEXT - 1 || uuid_parse(token, u) == -1)
		return false;
	uuid_unparse_lower(u, text);
	sha256(out, text, sizeof(text) - 1);
	return true;
}
