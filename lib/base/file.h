/*
 * file.h - whole files, read with a bound and written so that they are never half there.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct err;

/* Append the file's bytes; more than `max` bytes is ERR_INPUT, a missing file ERR_NOT_FOUND. The text names the path. */
int file_read(const char *path, size_t max, struct buf *out, struct err *e);

/* Write to a temporary file beside it with exactly this mode, fsync, rename over it and fsync the folder. */
int file_write(const char *path, mode_t mode, const void *data, size_t n, struct err *e);

/* All of it into an open file, going on where a signal broke it off: 0, or -1 and errno. */
int file_write_all(int fd, const void *data, size_t n);

/* Create a folder (one level) unless it is there. */
int file_mkdir(const char *path, mode_t mode, struct err *e);

/* The folder that a path is in, "." where it names none; the caller frees it. */
char *file_folder(const char *path);

/* Append "folder/name", or just name when it is absolute. */
void file_join(struct buf *out, const char *folder, const char *name);

#endif
