/*
 * count_malloc.c - counts what our own objects allocate: linked into a newsletterd with -Wl,--wrap=malloc and the like.
 *
 * Only calls from the objects in that link are wrapped; the shared libraries (SQLite, libcurl, OpenSSL, libc) go on as
 * they are. With NEWSLETTER_COUNT_MALLOC=FOLDER each process counts into the first 8 bytes of FOLDER/<its pid>, which it maps before
 * its sandbox closes; bench/measure.c reads them.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t none, *count = &none;

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's --wrap makes these names. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

static void
one_more(void)
{
	__atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

void *
__wrap_malloc(size_t n)
{
	one_more();
	return __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	one_more();
	return __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	one_more();
	return __real_realloc(p, n);
}

char *
__wrap_strdup(const char *s)
{
	one_more();
	return __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	one_more();
	return __real_strndup(s, n);
}

/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static void __attribute__((constructor))
count_into_a_file(void)
{
	const char *folder = getenv("NEWSLETTER_COUNT_MALLOC");
	char path[4096];
	void *shared;
	int fd;

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%d", folder, (int)getpid());
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1 || ftruncate(fd, sizeof(*count)) == -1) {
		perror(path);
		exit(1);
	}
	shared = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	close(fd);
	count = shared;
}
