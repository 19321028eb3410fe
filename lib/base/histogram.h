/*
 * histogram.h - how long something took, counted in fixed classes, so that numbers of different lives and processes can be added up.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BOUNDS 13 /* upper bounds; one class more is for what is over all of them */

extern const int64_t histogram_bound_us[HISTOGRAM_BOUNDS]; /* microseconds, rising; a class holds what is at most its bound */

struct histogram {
	int64_t count[HISTOGRAM_BOUNDS + 1]; /* of each class alone, not summed up */
	int64_t sum_us;
};

void histogram_add(struct histogram *h, int64_t us);

/* What came since `before` was a copy of it. */
struct histogram histogram_since(const struct histogram *h, const struct histogram *before);

#endif
