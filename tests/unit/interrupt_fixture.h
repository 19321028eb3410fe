/*
 * interrupt_fixture.h - signals that come while a call waits: every millisecond one, and what the call waits for only after twenty of them.
 */
#ifndef INTERRUPT_FIXTURE_H
#define INTERRUPT_FIXTURE_H

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#define INTERRUPTS 20

static volatile sig_atomic_t interrupts;
static int interrupt_writer = -1, interrupt_reader = -1; /* a byte goes into the one, and it is closed; the other is emptied */

static void
on_interrupt(int number)
{
	char piece[4096];
	ssize_t n = 0;

	(void)number;
	if (++interrupts < INTERRUPTS)
		return;
	if (interrupt_writer != -1) {
		n = write(interrupt_writer, "x", 1);
		close(interrupt_writer);
		interrupt_writer = -1;
	}
	if (interrupt_reader != -1)
		n = read(interrupt_reader, piece, sizeof(piece));
	(void)n;
}

/* No call is begun again by itself. */
static inline void
interrupts_begin(int writer, int reader)
{
	const struct itimerval each = { { 0, 1000 }, { 0, 1000 } };
	struct sigaction act = { .sa_handler = on_interrupt };

	interrupts = 0;
	interrupt_writer = writer;
	interrupt_reader = reader;
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &each, NULL);
}

static inline void
interrupts_end(void)
{
	const struct itimerval none = { { 0, 0 }, { 0, 0 } };

	setitimer(ITIMER_REAL, &none, NULL);
	interrupt_reader = -1;
}

#endif
