/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A histogram with the intervals of a script's hist(). */
#pragma once

#include <linux/types.h>

#include "counter.h"

/* Negative values, 0, then [2^k, 2^(k+1)) for k below 63. */
#define SCRIPT_SLOTS 65
struct script_histogram {
	__u64 sum;
	__u64 buckets[SCRIPT_SLOTS];
};

static __always_inline __u32 floor_log2(__u64 v)
{
	__u32 log = 0;

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

static __always_inline void observe(struct script_histogram *histogram, __s64 value)
{
	__u32 slot = value < 0 ? 0 : value == 0 ? 1 : 2 + floor_log2(value);

	if (slot >= SCRIPT_SLOTS)
		return;
	if (value > 0)
		add(&histogram->sum, value);
	add(&histogram->buckets[slot], 1);
}
