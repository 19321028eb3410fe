/* dns_wire.c - see dns.h: what the wire carries. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/dns.h"

#define UDP_SIZE 1232 /* that we take in one datagram (RFC 9715) */

static bool
is_printable(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f || s[i] == '\\')
			return false;
	return true;
}

bool
dns_is_name(const char *name)
{
	size_t n = strlen(name), label;

	if (n == 0 || n > 253 || !is_printable(name, n))
		return false;
	for (; *name; name += label + (name[label] == '.')) {
		label = strcspn(name, ".");
		if (label == 0 || label > 63 || (name[label] == '.' && !name[label + 1]))
			return false;
	}
	return true;
}

static uint8_t *
put16(uint8_t *p, unsigned value)
{
	*p++ = (uint8_t)(value >> 8);
	*p++ = (uint8_t)value;
	return p;
}

size_t
dns_question(uint8_t out[512], uint16_t id, const char *name, enum dns_type type)
{
	uint8_t *p = out;
	size_t label;

	p = put16(p, id);
	p = put16(p, 0x0100); /* recursion desired */
	p = put16(p, 1);
	p = put16(p, 0);
	p = put16(p, 0);
	p = put16(p, 1); /* OPT */
	for (; *name; name += label + (name[label] == '.')) {
		label = strcspn(name, ".");
		*p++ = (uint8_t)label;
		memcpy(p, name, label);
		p += label;
	}
	*p++ = 0;
	p = put16(p, type);
	p = put16(p, ns_c_in);
	*p++ = 0; /* RFC 6891 6.1.2 */
	p = put16(p, ns_t_opt);
	p = put16(p, UDP_SIZE);
	p = put16(p, 0);
	p = put16(p, 0);
	p = put16(p, 0);
	return (size_t)(p - out);
}

static void
clean(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] >= 0x7f)
			s[i] = '?';
}

static char *
txt_text(const uint8_t *p, size_t n)
{
	struct buf b = BUF_INIT;
	size_t length;

	for (; n > 0; p += 1 + length, n -= 1 + length) {
		length = p[0] < n ? p[0] : n - 1;
		buf_add(&b, p + 1, length);
	}
	if (b.len)
		clean(b.data, b.len);
	return buf_detach(&b);
}

/* The name at p as text: NULL when it is broken, or holds what no host name does. */
static char *
name_text(ns_msg *m, const uint8_t *p)
{
	char name[NS_MAXDNAME];

	if (dn_expand(ns_msg_base(*m), ns_msg_end(*m), p, name, sizeof(name)) == -1)
		return NULL;
	if (name[0] && !dns_is_name(name))
		return NULL;
	return xstrdup(text_lower(name));
}

static char *
record_text(ns_msg *m, const ns_rr *rr, unsigned *preference)
{
	const uint8_t *p = ns_rr_rdata(*rr);
	size_t n = ns_rr_rdlen(*rr);
	char address[DNS_ADDRESS_MAX];

	switch (ns_rr_type(*rr)) {
	case DNS_A: return n == 4 && inet_ntop(AF_INET, p, address, sizeof(address)) ? xstrdup(address) : NULL;
	case DNS_AAAA: return n == 16 && inet_ntop(AF_INET6, p, address, sizeof(address)) ? xstrdup(address) : NULL;
	case DNS_TXT: return txt_text(p, n);
	case DNS_MX:
		if (n < 3)
			return NULL;
		*preference = (unsigned)p[0] << 8 | p[1];
		return name_text(m, p + 2);
	default: return name_text(m, p); /* an alias, or DNS_PTR */
	}
}

/* Follow the aliases from `owner` on, in the answer section; in whatever order they stand. */
static int
follow_aliases(ns_msg *m, char owner[DNS_NAME])
{
	for (int hops = 0; hops < DNS_ALIASES; hops++) {
		bool moved = false;

		for (int i = 0; i < ns_msg_count(*m, ns_s_an) && !moved; i++) {
			unsigned unused;
			char *to;
			ns_rr rr;

			if (ns_parserr(m, ns_s_an, i, &rr) == -1)
				return -1;
			if (ns_rr_type(rr) != ns_t_cname || strcasecmp(ns_rr_name(rr), owner) != 0)
				continue;
			to = record_text(m, &rr, &unused);
			if (!to || text_copy(owner, DNS_NAME, to) == -1) {
				free(to);
				return -1;
			}
			free(to);
			moved = true;
		}
		if (!moved)
			return 0;
	}
	return -1;
}

static int
collect(struct dns_answer *out, ns_msg *m, const char *owner, enum dns_type type)
{
	for (int i = 0; i < ns_msg_count(*m, ns_s_an); i++) {
		struct dns_record r = { 0 };
		ns_rr rr;

		if (ns_parserr(m, ns_s_an, i, &rr) == -1)
			return -1;
		if ((unsigned)ns_rr_type(rr) != (unsigned)type || ns_rr_class(rr) != ns_c_in || strcasecmp(ns_rr_name(rr), owner) != 0)
			continue;
		if (out->count == DNS_RECORDS) {
			out->cut = true;
			return 0;
		}
		r.text = record_text(m, &rr, &r.preference);
		if (!r.text)
			return -1;
		out->record[out->count++] = r;
	}
	return 0;
}

static bool
answers(ns_msg *m, const char *name, enum dns_type type)
{
	ns_rr rr;

	return ns_msg_getflag(*m, ns_f_qr) && ns_msg_count(*m, ns_s_qd) == 1 && ns_parserr(m, ns_s_qd, 0, &rr) == 0 &&
	    strcasecmp(ns_rr_name(rr), name) == 0 && (unsigned)ns_rr_type(rr) == (unsigned)type && ns_rr_class(rr) == ns_c_in;
}

int
dns_read(struct dns_answer *out, const uint8_t *message, size_t n, const char *name, enum dns_type type, bool *tc)
{
	char owner[DNS_NAME];
	int rcode;
	ns_msg m;

	memset(out, 0, sizeof(*out));
	out->status = DNS_BROKEN;
	*tc = false;
	if (n > DNS_MESSAGE || ns_initparse(message, (int)n, &m) == -1 || !answers(&m, name, type))
		return -1;
	*tc = ns_msg_getflag(m, ns_f_tc);
	rcode = ns_msg_getflag(m, ns_f_rcode);
	if (rcode != ns_r_noerror && rcode != ns_r_nxdomain) {
		out->status = DNS_REFUSED;
		return 0;
	}
	if (text_copy(owner, sizeof(owner), name) == -1 || follow_aliases(&m, owner) == -1 || collect(out, &m, owner, type) == -1) {
		dns_answer_release(out);
		out->status = DNS_BROKEN;
		return 0;
	}
	if (out->count)
		out->status = DNS_FOUND;
	else
		out->status = rcode == ns_r_nxdomain ? DNS_NO_NAME : DNS_NO_DATA;
	return 0;
}

void
dns_answer_release(struct dns_answer *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->record[i].text);
	memset(a, 0, sizeof(*a));
}

int
dns_reverse(char out[DNS_NAME], const char *address)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t b[16];
	char *p = out;

	if (inet_pton(AF_INET, address, b) == 1) {
		snprintf(out, DNS_NAME, "%d.%d.%d.%d.in-addr.arpa", b[3], b[2], b[1], b[0]);
		return 0;
	}
	if (inet_pton(AF_INET6, address, b) != 1)
		return -1;
	for (int i = 15; i >= 0; i--) {
		*p++ = digits[b[i] & 15];
		*p++ = '.';
		*p++ = digits[b[i] >> 4];
		*p++ = '.';
	}
	memcpy(p, "ip6.arpa", sizeof("ip6.arpa"));
	return 0;
}
