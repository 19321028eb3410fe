/* mutant.c - which of the mutants that schemata.py put into the sources is alive: the one whose number MUTANT has. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern int mut_alive__;
extern char *mut_reached__;

int mut_alive__;
char *mut_reached__; /* an octet for each, in the file that MUTANTS_REACHED names */

__attribute__((constructor)) static void
choose(void)
{
	const char *number = getenv("MUTANT"), *file = getenv("MUTANTS_REACHED");
	int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;

	if (number)
		mut_alive__ = atoi(number);
	if (fd == -1)
		return;
	mut_reached__ = mmap(NULL, (size_t)lseek(fd, 0, SEEK_END), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mut_reached__ == MAP_FAILED)
		abort();
	close(fd);
}
