/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Histograms in map values, with powers of two as bucket bounds. */
#pragma once

#include <linux/types.h>

#include "counter.h"

/*
 * Durations in nanoseconds; `sum` is in nanoseconds too. The upper bound of slot i is 2^(i-30) s, which is exact in seconds. The last
 * slot counts durations over 2^5 s = 32 s.
 */
#define TIME_SLOTS 37
struct time_histogram {
	__u64 sum;
	__u64 buckets[TIME_SLOTS];
};

/* Slot i counts values in (2^(i-1), 2^i]; slot 0 also counts 0. The last slot counts values above 2^31. */
#define SIZE_SLOTS 33
struct size_histogram {
	__u64 sum;
	__u64 buckets[SIZE_SLOTS];
};

/* The smallest i with v <= 2^i: 0 to 64. BPF has no instruction that counts leading zeroes. */
static __always_inline __u32 ceil_log2(__u64 v)
{
	__u32 log = 1;

	if (v <= 1)
		return 0;
	v--;
	if (v >> 32) {
		v >>= 32;
		log += 32;
	}
	if (v >> 16) {
		v >>= 16;
		log += 16;
	}
	if (v >> 8) {
		v >>= 8;
		log += 8;
	}
	if (v >> 4) {
		v >>= 4;
		log += 4;
	}
	if (v >> 2) {
		v >>= 2;
		log += 2;
	}
	return log + (v >> 1);
}

/*
 * The smallest i with ns <= 2^(i-30) s: 0 to 65. The bound in nanoseconds is 2^i * 10^9 / 2^30 = 2^i * 5^9 / 2^21. Its integer part
 * is 5^9 * 2^(i-21) rounded down, between 2^(i-1) and 2^i. Hence the result is ceil_log2(ns) or one more. Exact for all 64 bits:
 * 5^9 < 2^21, and the shift is at most 43.
 */
static __always_inline __u32 time_slot(__u64 ns)
{
	const __u64 five_to_the_ninth = 1953125;
	__u32 i = ceil_log2(ns);
	__u64 largest = i >= 21 ? five_to_the_ninth << (i - 21) : five_to_the_ninth >> (21 - i);

	return ns <= largest ? i : i + 1;
}

static __always_inline __u32 size_slot(__u64 size)
{
	return ceil_log2(size);
}

static __always_inline void observe_time(struct time_histogram *histogram, __u64 ns)
{
	__u32 slot = time_slot(ns);

	add(&histogram->sum, ns);
	add(&histogram->buckets[slot < TIME_SLOTS ? slot : TIME_SLOTS - 1], 1);
}

/* Where add_nonatomic() is allowed. */
static __always_inline void observe_size_nonatomic(struct size_histogram *histogram, __u64 size)
{
	__u32 slot = size_slot(size);

	add_nonatomic(&histogram->sum, size);
	add_nonatomic(&histogram->buckets[slot < SIZE_SLOTS ? slot : SIZE_SLOTS - 1], 1);
}

static __always_inline void observe_size(struct size_histogram *histogram, __u64 size)
{
	__u32 slot = size_slot(size);

	add(&histogram->sum, size);
	add(&histogram->buckets[slot < SIZE_SLOTS ? slot : SIZE_SLOTS - 1], 1);
}
