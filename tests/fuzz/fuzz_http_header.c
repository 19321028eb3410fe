/*
 * fuzz_http_header.c - any text as header fields: the first line is Accept, then Accept-Language, Content-Type, X-Forwarded-For, and a
 * list of origins. No crash, every answer in its range; and whatever stands in front of a visitor's address in X-Forwarded-For
 * changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/http_header.h"
#include "../../daemon/http_request.h"
#include "base/err.h"
#include "base/origin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FIELDS 5

static void
check_accept(const char *accept)
{
	struct buf b = BUF_INIT;
	bool json = accept_json(accept);

	/* a range that nobody makes changes nothing in front, as long as all are looked at */
	buf_addf(&b, "x/y;q=0.1,%s", accept);
	if (strlen(accept) < ACCEPT_RANGES - 1 && accept_json(b.data) != json)
		abort();
	buf_release(&b);
}

static void
check_language(const char *header)
{
	char languages[3][16] = { "en", "es", "pt-BR" };
	int i = accept_language(header, languages, 3);

	if (i < -1 || i > 2)
		abort();
	if (accept_language(header, languages, 0) != -1)
		abort();
}

static void
check_forwarded(const char *list)
{
	struct in6_addr proxies[2], ip, again;
	char *copy = xstrndup(list, strlen(list)), text[IP_TEXT];
	struct buf longer = BUF_INIT;

	if (!ip_parse(&proxies[0], "127.0.0.1") || !ip_parse(&proxies[1], "::1"))
		abort();
	ip = proxies[0];
	forwarded_walk(&ip, copy, proxies, 2);
	ip_write(text, &ip);
	if (!ip_parse(&again, text) || memcmp(&again, &ip, sizeof(ip)) != 0)
		abort();
	if (memcmp(&ip, &proxies[0], sizeof(ip)) != 0 && memcmp(&ip, &proxies[1], sizeof(ip)) != 0) {
		buf_addf(&longer, "203.0.113.9, 127.0.0.1,%s", list);
		again = proxies[0];
		forwarded_walk(&again, longer.data, proxies, 2);
		if (memcmp(&again, &ip, sizeof(ip)) != 0)
			abort();
	}
	buf_release(&longer);
	free(copy);
}

static void
check_origins(const char *list)
{
	struct err e = ERR_INIT;
	char *copy = xstrndup(list, strlen(list)), *word, *rest = copy;

	if (origin_check_list(list, &e) == -1) {
		if (!e.text[0])
			abort();
	} else {
		while ((word = strsep(&rest, " ")))
			if (*word && (!origin_listed(list, word) || strlen(word) > ORIGIN_MAX))
				abort();
	}
	if (origin_listed(list, ""))
		abort();
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xstrndup((const char *)data, n), *rest = text, *field[FIELDS];
	enum form_kind kind;
	int i;

	for (i = 0; i < FIELDS; i++)
		field[i] = rest ? strsep(&rest, "\n") : text + strlen(text);
	check_accept(field[0]);
	check_language(field[1]);
	kind = form_kind(field[2]);
	if (kind > FORM_OTHER || (!field[2][0] && kind != FORM_NONE))
		abort();
	check_forwarded(field[3]);
	check_origins(field[4]);
	free(text);
	return 0;
}
