/* histogram.c - see histogram.h. */
#include "base/histogram.h"

const int64_t histogram_bound_us[HISTOGRAM_BOUNDS] = {
	500,
	1000,
	2500,
	5000,
	10000,
	25000,
	50000,
	100000,
	250000,
	500000,
	1000000,
	2500000,
	5000000,
};

void
histogram_add(struct histogram *h, int64_t us)
{
	int i = 0;

	while (i < HISTOGRAM_BOUNDS && us > histogram_bound_us[i])
		i++;
	h->count[i]++;
	h->sum_us += us > 0 ? us : 0;
}

struct histogram
histogram_since(const struct histogram *h, const struct histogram *before)
{
	struct histogram out = *h;
	int i;

	for (i = 0; i <= HISTOGRAM_BOUNDS; i++)
		out.count[i] -= before->count[i];
	out.sum_us -= before->sum_us;
	return out;
}
