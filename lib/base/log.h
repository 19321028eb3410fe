/*
 * log.h - one event a line on standard error: key=value, never an address, a name or a token.
 *
 * Only daemon/ logs. Under systemd a line begins with <N>, the priority that
 * journald reads; elsewhere with the time.
 */
#ifndef LOG_H
#define LOG_H

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_INFO = 6,
};

/* The name of the role is put into every line. */
void log_init(const char *role);

/* event is one word; fmt gives the key=value pairs. A value with spaces stands in double quotes: use LOG_TEXT. */
void log_event(enum log_level level, const char *event, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Quote text for a line: control characters and quotes become '?'. Returns one of four static buffers. */
const char *log_text(const char *text);

#endif
