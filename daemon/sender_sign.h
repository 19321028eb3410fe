/*
 * sender_sign.h - threads that sign messages, one per core, so that RSA uses all of them.
 *
 * One thread (the sender's loop) owns a struct signers and makes all calls:
 *
 *   b = signers_begin(s, tag, dkim)   merge the message into *b; NULL: all jobs are taken
 *   signers_submit(s)                 the threads have it
 *   signers_fd(s) becomes readable    something is finished
 *   job = signers_take(s, &tag)       until NULL; in whatever order they were finished
 *   sign_job_put(job, out)            signature fields and message, as often as needed
 *   signers_release(s, job)           the job and its memory serve the next message
 *
 * Jobs, buffers and keys are made once and used again. The struct dkim must
 * outlive its jobs. The threads take no signals. May be called inside the
 * sender's sandbox, which lets threads start.
 */
#ifndef SENDER_SIGN_H
#define SENDER_SIGN_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct dkim;
struct err;
struct sign_job;
struct signers;

/* `jobs`: most at once, at least 1. ERR_SYSTEM when there is no descriptor or thread to be had. */
struct signers *signers_new(size_t jobs, struct err *e);

/* Waits for the signatures that are being made and drops what waits. Jobs that were taken are gone too. NULL is fine. */
void signers_free(struct signers *s);

/* An eventfd for poll or epoll; readable when signers_take has something. Only signers_take reads it. */
int signers_fd(const struct signers *s);

/* An empty buffer for the message, CRLF line ends, at most one at a time between begin and submit; begun again, it is the same one. */
struct buf *signers_begin(struct signers *s, uint64_t tag, const struct dkim *d);
void signers_submit(struct signers *s);

/* Jobs with the threads, or finished and not yet released. */
size_t signers_busy(const struct signers *s);

struct sign_job *signers_take(struct signers *s, uint64_t *tag);

/* NULL, or why it could not be signed (one line, no address in it): the message is then whole, and has no signature. */
const char *sign_job_failed(const struct sign_job *job);

/* Append the finished message. */
void sign_job_put(const struct sign_job *job, struct buf *out);

/* Its size in bytes, so that *out can be reserved and SIZE declared. */
size_t sign_job_size(const struct sign_job *job);

void signers_release(struct signers *s, struct sign_job *job);

#endif
