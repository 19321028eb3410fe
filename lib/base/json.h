/*
 * json.h - JSON as the project uses it: jansson, with bounds for what comes from outside.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <stddef.h>

struct buf;
struct err;

/*
 * Read one JSON object of at most `max` bytes. Duplicate keys, NUL in strings
 * and trailing bytes are refused. The caller owns the reference.
 */
json_t *json_read_object(const char *text, size_t n, size_t max, struct err *e);

/* The string at key, or NULL when it is missing or no string. Borrowed. */
const char *json_get_string(const json_t *object, const char *key);

/* Set key to the string (a NULL is left out); text that is no UTF-8 becomes "". Never fails. */
void json_put(json_t *object, const char *key, const char *value);
void json_put_int(json_t *object, const char *key, long long value);
void json_put_bool(json_t *object, const char *key, int value);

/* Set key to the Unix time as "2026-03-01T09:30:00Z"; 0 is left out. */
void json_put_time(json_t *object, const char *key, long long unix_time);

/* Append as text: one line, or indented by two for people; ends with a newline. */
void json_write(struct buf *out, const json_t *value, int pretty);

#endif
