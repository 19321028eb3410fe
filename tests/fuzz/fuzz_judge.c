/*
 * fuzz_judge.c - any reply gets a verdict, one that came back for good a final one,
 * and no at sign of an address survives redaction, in whatever room there is.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int true_it_is)
{
	if (!true_it_is)
		abort();
}

/* Redact a copy in a block of exactly `size` bytes, so that the sanitizer sees every byte too far. */
static void
redact(const char *text, size_t n, size_t size)
{
	char *copy = malloc(size), *again = malloc(size);
	int was_utf8 = text_is_utf8(text, n);

	memcpy(copy, text, n + 1);
	judge_redact(copy, size);
	check(strlen(copy) < size);
	check(!was_utf8 || text_is_utf8(copy, strlen(copy)));
	for (const char *p = strchr(copy, '@'); p; p = strchr(p + 1, '@')) {
		check(p == copy || strchr(" \t\r\n<>()[],;:\\", p[-1]) || (unsigned char)p[-1] < ' ' || p[-1] == 127);
		check(!p[1] || !strchr("abcdefghijklmnopqrstuvwxyz0123456789", p[1]));
	}
	memcpy(again, copy, strlen(copy) + 1);
	judge_redact(again, size);
	check(size < n + 100 || strcmp(copy, again) == 0); /* what is redacted stays as it is */
	free(copy);
	free(again);
}

/* The same with a name, which the text itself begins with. */
static void
redact_name(const char *text, size_t n, size_t size)
{
	size_t len = text_cut(text, n < 20 ? n : 20);
	char *copy = malloc(size), name[24];
	int were_utf8;

	memcpy(name, text, len);
	name[len] = '\0';
	were_utf8 = text_is_utf8(text, n) && text_is_utf8(name, len);
	memcpy(copy, text, n + 1);
	judge_redact_name(copy, size, name);
	check(strlen(copy) < size);
	check(!were_utf8 || text_is_utf8(copy, strlen(copy)));
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int codes[] = { 0, 250, 421, 450, 451, 452, 454, 500, 530, 535, 550, 552, 553, 554, 556, 599 };
	char enhanced[12], *text;
	struct judge_in in = { .enhanced = enhanced, .server = "mx.yandex.net" };
	struct judge_out out;
	bool came_back;

	if (size < 4 || size > 4096)
		return 0;
	in.code = codes[data[0] % 16];
	snprintf(enhanced, sizeof(enhanced), "%d.%d.%d", "0245"[data[1] % 4] - '0', data[2] % 10, data[3]);
	if (data[1] & 128)
		enhanced[0] = '\0';
	text = calloc(1, size - 4 + 1);
	memcpy(text, data + 4, size - 4);
	in.text = text;
	in.from_relay = data[1] & 64;
	in.stage = (enum judge_stage)((data[1] >> 3) % 5);
	in.final = data[0] & 128;
	out = judge_reply(&in);
	check(out.rule && out.rule[0] && judge_name(out.verdict)[0]);
	check((in.code / 100 == 2) == (out.verdict == JUDGE_ACCEPTED) || in.code == 0);
	check(!out.hold || out.verdict == JUDGE_RELAY);
	check(out.pace == JUDGE_PACE_NONE || in.from_relay);
	came_back = !in.from_relay || in.stage == JUDGE_AT_BOUNCE;
	check(in.code / 100 != 4 || out.verdict == JUDGE_RETRY || out.verdict == JUDGE_RELAY || (in.final && came_back));
	check(out.verdict != JUDGE_RETRY || !in.final || !came_back);
	redact(text, strlen(text), strlen(text) + 1);
	redact(text, strlen(text), strlen(text) + 3);
	redact(text, strlen(text), 10 * strlen(text) + 200);
	redact_name(text, strlen(text), strlen(text) + 1);
	redact_name(text, strlen(text), strlen(text) + 4);
	redact_name(text, strlen(text), 10 * strlen(text) + 200);
	free(text);
	return 0;
}
