/* sender_pace_day.c - what a relay has used in the last 24 hours, and what it may use of what is in the store. */
#include "sender_pace_private.h"

static int64_t
bounded(int64_t n)
{
	if (n < 0)
		return 0;
	return n < PACE_MOST ? n : PACE_MOST;
}

void
pace_day_init(struct pace_day *d, const struct pace_relay_limits *l)
{
	*d = (struct pace_day){ 0 };
	d->ramp = (struct pace_ramp){
		.per_day = bounded(l->per_day),
		.start = bounded(l->warmup_start),
		.growth = bounded(l->warmup_growth),
		.days = bounded(l->warmup_days),
	};
	d->limited = d->ramp.per_day || d->ramp.start || l->rate.messages > 0;
	d->reserved = -1;
	d->limit = pace_ramp_limit(&d->ramp, 0);
}

/* When what is in a bucket is forgotten: its last second is a day old. */
static int64_t
forgotten_us(int64_t bucket)
{
	return (bucket * PACE_BUCKET + PACE_BUCKET + PACE_DAY + PACE_SLACK) * SECOND_US;
}

static int64_t
bucket_at(int64_t day_us)
{
	return day_us / (PACE_BUCKET * SECOND_US);
}

static void
forget(struct pace_day *d, int64_t day_us)
{
	int64_t *used;

	while (d->total > 0 && forgotten_us(d->oldest) <= day_us) {
		used = &d->used[d->oldest % PACE_BUCKETS];
		d->total -= *used;
		*used = 0;
		while (d->total > 0 && d->used[d->oldest % PACE_BUCKETS] == 0)
			d->oldest++;
	}
}

void
pace_day_roll(struct pace_day *d, int64_t day_us)
{
	int64_t bucket = bucket_at(day_us);

	forget(d, day_us);
	if (bucket != d->bucket) {
		if (d->reserved >= 0)
			d->unsettled = d->bucket;
		d->bucket = bucket;
		d->reserved = -1;
	}
	d->limit = pace_ramp_limit(&d->ramp, day_us / SECOND_US);
}

static void
count(struct pace_day *d, int64_t bucket, int64_t n)
{
	if (d->total == 0)
		d->oldest = bucket;
	d->used[bucket % PACE_BUCKETS] += n;
	d->total += n;
}

void
pace_day_add(struct pace_day *d, int64_t start, int64_t used, int64_t day_us)
{
	int64_t bucket = start / PACE_BUCKET, now = bucket_at(day_us);

	if (bucket > now) /* the clock went back: it counts for a whole day from now */
		bucket = now;
	if (used <= 0 || start < 0 || forgotten_us(bucket) <= day_us)
		return;
	count(d, bucket, used < PACE_MOST ? used : PACE_MOST);
}

void
pace_day_take(struct pace_day *d)
{
	if (d->limited)
		count(d, d->bucket, 1);
}

static int64_t
used_now(const struct pace_day *d)
{
	return d->used[d->bucket % PACE_BUCKETS];
}

int64_t
pace_day_wait(const struct pace_day *d, int64_t day_us)
{
	int64_t wait;

	if (!d->limited)
		return 0;
	if (d->reserved < 0 || bucket_at(day_us) != d->bucket)
		return PACE_SAVE_WAIT_US;
	if (!d->limit || used_now(d) < d->reserved)
		return 0;
	wait = d->total < d->limit ? 0 : forgotten_us(d->oldest) - day_us;
	return wait > PACE_SAVE_WAIT_US ? wait : PACE_SAVE_WAIT_US;
}

size_t
pace_day_soon(const struct pace_day *d, int64_t day_us, int64_t within_us)
{
	int64_t room = d->limit - d->total;

	if (!d->limit)
		return SIZE_MAX;
	if (forgotten_us(d->oldest) <= day_us + within_us)
		room += d->used[d->oldest % PACE_BUCKETS];
	return room > 0 ? (size_t)room : 0;
}

bool
pace_day_wants_save(const struct pace_day *d, int64_t day_us)
{
	if (!d->limited)
		return false;
	if (d->reserved < 0 || bucket_at(day_us) != d->bucket)
		return true;
	return d->limit && used_now(d) >= d->reserved && (d->total < d->limit || forgotten_us(d->oldest) <= day_us);
}

/*
 * Two seconds' worth at the pace of late, so that about every second is written; but a kill loses what was reserved, so not over a
 * 32nd of the day's limit.
 */
int64_t
pace_day_target(const struct pace_day *d, int64_t lately, bool settled)
{
	int64_t used = used_now(d), chunk = 2 * (lately / 1000) + 16, most = d->limit / 32 + 1, room = d->limit - d->total;

	if (settled)
		return d->reserved < 0 ? -1 : used;
	if (!d->limit)
		return d->reserved < 0 ? used : d->reserved;
	if (chunk > most)
		chunk = most;
	if (2 * (d->reserved - used) > chunk)
		return d->reserved;
	if (chunk > room)
		chunk = room > 0 ? room : 0;
	return used + chunk > d->reserved ? used + chunk : d->reserved;
}

void
pace_day_saved(struct pace_day *d)
{
	if (d->saving_bucket && d->saving_bucket == d->bucket)
		d->reserved = d->saving;
	if (d->saving_first)
		d->ramp.first = d->saving_first;
	if (d->saving_unsettled == d->unsettled)
		d->unsettled = 0;
	if (d->saving_rewrite)
		d->rewrite = false;
}
