/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Maps of counters and histograms that lose nothing in silence. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "counter.h"

/* One value per small integer key, which is the array's index. */
#define PERCPU_ARRAY(NAME, VALUE, ENTRIES)                                                                             \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                               \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, __u32);                                                                                    \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps")

/*
 * One value per key of any type, up to ENTRIES keys, with the companion NAME_other beside it. What finds no room in NAME
 * is added to the companion's value, and counted in `lost`: exported as label value "other", so that totals stay exact.
 *
 * Declare keys so that they have no padding, or zero the whole key first: keys are compared byte by byte.
 */
#define PERCPU_HASH(NAME, KEY, VALUE, ENTRIES)                                                                         \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PERCPU_HASH);                                                                \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps");                                                                                           \
	OVERFLOW(NAME, VALUE)

/* The companion alone, for a map that loses updates for another reason than a lack of room. */
#define OVERFLOW(NAME, VALUE)                                                                                          \
	struct NAME##_overflow {                                                                                       \
		VALUE value;                                                                                           \
		__u64 lost;                                                                                            \
	};                                                                                                             \
	PERCPU_ARRAY(NAME##_other, struct NAME##_overflow, 1)

/* What a new entry starts with. Values are too large for the stack of a program, hence a constant. */
#define LARGEST_VALUE 1024
static const char zeroes[LARGEST_VALUE] __attribute__((aligned(8))) = {};

/*
 * The value of *KEY in the PERCPU_HASH called MAP on this CPU, to be added to: the key's own, made of zeroes when it is new, or
 * the companion's when there is no room. NULL only in theory, but the verifier wants it checked.
 *
 * A key that is new on two CPUs at once: one of them inserts, the other gets EEXIST (BPF_NOEXIST never overwrites) and finds
 * the entry at its second look. The other CPUs' values of a new entry are zeroes, also where an old entry's memory is used
 * again: Linux 5.10, d3bec0138bfb ("bpf: Zero-fill re-used per-cpu map element"). An insertion may also fail with EBUSY,
 * in an interrupt in the middle of another insertion; that too ends in the companion.
 */
#define lookup_or_try_init(MAP, KEY)                                                                                   \
	({                                                                                                             \
		const typeof(*(MAP).key) *key_ = (KEY);                                                                \
		typeof((MAP).value) value_ = bpf_map_lookup_elem(&MAP, key_);                                          \
		_Static_assert(sizeof(*value_) <= LARGEST_VALUE, "a larger value than the library has zeroes for");    \
		if (__builtin_expect(!value_, 0)) {                                                                    \
			bpf_map_update_elem(&MAP, key_, zeroes, BPF_NOEXIST);                                          \
			value_ = bpf_map_lookup_elem(&MAP, key_);                                                      \
			if (!value_)                                                                                   \
				value_ = overflow_of(MAP);                                                             \
		}                                                                                                      \
		value_;                                                                                                \
	})

/* The companion's value of the map called MAP, and one more update counted as lost. */
#define overflow_of(MAP)                                                                                               \
	({                                                                                                             \
		__u32 first_ = 0;                                                                                      \
		struct MAP##_overflow *overflow_ = bpf_map_lookup_elem(&MAP##_other, &first_);                         \
		if (overflow_)                                                                                         \
			add(&overflow_->lost, 1);                                                                      \
		overflow_ ? &overflow_->value : 0;                                                                     \
	})
