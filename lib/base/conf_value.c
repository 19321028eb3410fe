/*
 * conf_value.c - one value of newsletter.conf: is it what its row in conf_keys asks for, and into the struct.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/conf_private.h"
#include "base/err.h"
#include "base/file.h"
#include "base/origin.h"
#include "base/social.h"
#include "base/text.h"

char **
conf_text_member(void *part, const struct conf_key *k)
{
	return (char **)(void *)((char *)part + k->offset);
}

static int64_t *
number_member(void *part, const struct conf_key *k)
{
	return (int64_t *)(void *)((char *)part + k->offset);
}

int
conf_is_number(enum conf_kind kind)
{
	return kind == CONF_NUMBER || kind == CONF_DURATION || kind == CONF_RATE || kind == CONF_BOOL;
}

/* "14" and "14/s", "30/m", "500/h". */
static int
set_rate(void *part, const struct conf_key *k, const char *value, struct err *e)
{
	static const struct {
		const char *per;
		int64_t seconds, most;
	} units[] = { { "", 1, 1000000 }, { "/s", 1, 1000000 }, { "/m", 60, 60000000 }, { "/h", 3600, 1000000000 } };
	struct conf_rate *rate = (struct conf_rate *)(void *)((char *)part + k->offset);
	size_t digits = strspn(value, "0123456789"), i;
	int64_t n = digits && digits < 12 ? strtoll(value, NULL, 10) : -1;

	for (i = 0; n != -1 && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(value + digits, units[i].per) == 0 && n <= units[i].most) {
			*rate = (struct conf_rate){ n, units[i].seconds };
			return 0;
		}
	return err_set(e, ERR_INPUT, "%s must be a number of messages like 14/s, 30/m or 500/h, not \"%.60s\"", k->key, value);
}

static int
set_number(void *part, const struct conf_key *k, const char *value, struct err *e)
{
	int64_t n, least, most;
	char *end;

	if (k->kind == CONF_BOOL) {
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return err_set(e, ERR_INPUT, "%s must be yes or no", k->key);
		*number_member(part, k) = value[0] == 'y';
		return 0;
	}
	if (k->kind == CONF_RATE)
		return set_rate(part, k, value, e);
	if (k->kind == CONF_DURATION) {
		if (clock_parse_duration(value, &n, e) == -1)
			return err_wrap(e, "%s", k->key);
	} else {
		n = strtoll(value, &end, 10);
		if (!value[0] || *end)
			return err_set(e, ERR_INPUT, "%s must be a whole number, not \"%.60s\"", k->key, value);
	}
	least = strtoll(k->choices, &end, 10);
	most = strtoll(end, NULL, 10);
	if (n < least || n > most)
		return err_set(e, ERR_INPUT, "%s must be between %lld and %lld", k->key, (long long)least, (long long)most);
	*number_member(part, k) = n;
	return 0;
}

static int
is_loopback(const char *url)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };
	size_t i, n;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		n = strlen(hosts[i]);
		if (strncmp(url, hosts[i], n) == 0 && (!url[n] || url[n] == ':' || url[n] == '/'))
			return 1;
	}
	return 0;
}

static int
is_choice(const char *choices, const char *word, size_t n)
{
	while (*choices) {
		size_t len = strcspn(choices, " ");

		if (len == n && memcmp(choices, word, n) == 0)
			return 1;
		choices += len + (choices[len] == ' ');
	}
	return 0;
}

/* "127.0.0.1:8026", "[::1]:8026": an address, never a name, and never one that other machines reach. */
static int
is_loopback_socket(const char *value)
{
	const char *port;
	struct in_addr v4;
	char host[16] = "";

	if (strncmp(value, "[::1]:", 6) == 0) {
		port = value + 6;
	} else {
		port = strchr(value, ':');
		if (!port || (size_t)(port - value) >= sizeof(host))
			return 0;
		memcpy(host, value, (size_t)(port - value));
		if (inet_pton(AF_INET, host, &v4) != 1 || ntohl(v4.s_addr) >> 24 != 127)
			return 0;
		port++;
	}
	return port[0] && strlen(port) <= 5 && !port[strspn(port, "0123456789")] && strtol(port, NULL, 10) <= 65535;
}

static int
is_unix(const char *value)
{
	return strncmp(value, CONF_UNIX, strlen(CONF_UNIX)) == 0;
}

static int
check_text(const struct conf_key *k, const char *value, struct err *e)
{
	size_t n = strlen(value);
	const char *at;

	if (!text_is_utf8(value, n) || text_has_control(value, n, ""))
		return err_set(e, ERR_INPUT, "%s must be one line of UTF-8 text", k->key);
	if (!n && k->fallback[0])
		return err_set(e, ERR_INPUT, "%s must not be empty", k->key);
	if (!n)
		return 0;
	if (k->kind == CONF_URL && !(strncmp(value, "https://", 8) == 0 && isalnum((unsigned char)value[8])) && !is_loopback(value))
		return err_set(e, ERR_INPUT, "%s must begin with https:// and a host (http:// is for localhost only)", k->key);
	if (k->kind == CONF_URL && strpbrk(value, " \"<>'\\@"))
		return err_set(e, ERR_INPUT, "%s is no address of a page: it holds a space, a quote or an @", k->key);
	if (k->kind == CONF_ADDRESS) {
		at = strrchr(value, '@');
		if (!at || at == value || !at[1] || strpbrk(value, " \"<>,;:\\()[]") || strchr(value, '@') != at)
			return err_set(e, ERR_INPUT, "%s must be an address like news@example.org", k->key);
	}
	if ((k->kind == CONF_ORIGINS && origin_check_list(value, e) == -1) || (k->kind == CONF_SOCIAL && social_check(value, e) == -1))
		return err_wrap(e, "%s", k->key);
	if (k->kind == CONF_SOCKET && !(is_unix(value) && value[strlen(CONF_UNIX)]) && !is_loopback_socket(value))
		return err_set(e, ERR_INPUT,
		    "%s must be an address that only this machine reaches, like 127.0.0.1:8026 or [::1]:8026, or unix:/path", k->key);
	if (k->kind == CONF_CHOICE && !is_choice(k->choices, value, n))
		return err_set(e, ERR_INPUT, "%s must be one of: %s", k->key, k->choices);
	return 0;
}

static void
add_socket(struct buf *out, const char *folder, const char *path)
{
	struct buf whole = BUF_INIT;

	file_join(&whole, folder, path);
	buf_addf(out, "%s%s", CONF_UNIX, whole.data);
	buf_release(&whole);
}

static int
set_text(void *part, const char *folder, const struct conf_key *k, const char *value, struct err *e)
{
	struct buf b = BUF_INIT;
	char **member = conf_text_member(part, k);

	if (check_text(k, value, e) == -1)
		return -1;
	if (k->kind == CONF_PATH && value[0])
		file_join(&b, folder, value);
	else if (k->kind == CONF_SOCKET && is_unix(value))
		add_socket(&b, folder, value + strlen(CONF_UNIX));
	else
		buf_addstr(&b, value);
	if (k->kind == CONF_URL)
		while (b.len && b.data[b.len - 1] == '/')
			buf_truncate(&b, b.len - 1);
	free(*member);
	*member = buf_detach(&b);
	return 0;
}

int
conf_set_value(void *part, const char *folder, const struct conf_key *k, const char *value, struct err *e)
{
	return conf_is_number(k->kind) ? set_number(part, k, value, e) : set_text(part, folder, k, value, e);
}
