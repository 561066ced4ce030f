/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Maps of counters and histograms. An update that does not fit is counted, never dropped silently. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "counter.h"
#include "newcomers.h"

/* One value per array index. */
#define PERCPU_ARRAY(NAME, VALUE, ENTRIES)                                                                             \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                               \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, __u32);                                                                                    \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps")

/*
 * One value per key, for up to ENTRIES keys, plus the companion NAME_other. When NAME is full, or a user adds more than a share of the
 * new keys (newcomers.h), updates of new keys go to the companion's value and `lost` counts them. The exporter shows that value with
 * the label value "other", so totals stay exact.
 *
 * For events that many CPUs count at the same time, such as system calls and packets. The kernel sets aside values for all possible
 * CPUs: where these are many, the exporter loads the map with fewer entries (src/kernel/map_sizes.ts).
 *
 * Keys are compared byte by byte: declare them without padding, or zero the whole key first.
 */
#define PERCPU_HASH(NAME, KEY, VALUE, ENTRIES)                                                                         \
	HASH_WITH_COMPANIONS(NAME, BPF_MAP_TYPE_PERCPU_HASH, 0, KEY, VALUE, ENTRIES)

/*
 * One value for all CPUs, to be changed with add() only. For events of which the host has less than some million a second, for large
 * values, and for values that are not sums. Two CPUs that count under one key all the time take some 30 ns longer than with PERCPU_HASH.
 */
#define SHARED_HASH(NAME, KEY, VALUE, ENTRIES)                                                                         \
	HASH_WITH_COMPANIONS(NAME, BPF_MAP_TYPE_HASH, 0, KEY, VALUE, ENTRIES)

/* A hash of any kind with the maps that its updates need: NAME_newcomers and NAME_other. */
#define HASH_WITH_COMPANIONS(NAME, TYPE, FLAGS, KEY, VALUE, ENTRIES)                                                   \
	struct {                                                                                                       \
		__uint(type, TYPE);                                                                                    \
		__uint(map_flags, FLAGS);                                                                              \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps");                                                                                           \
	NEWCOMERS(NAME);                                                                                               \
	OVERFLOW(NAME, VALUE)

/* The companion only, for maps that lose updates for other reasons than being full. */
#define OVERFLOW(NAME, VALUE)                                                                                          \
	struct NAME##_overflow {                                                                                       \
		VALUE value;                                                                                           \
		__u64 lost;                                                                                            \
	};                                                                                                             \
	PERCPU_ARRAY(NAME##_other, struct NAME##_overflow, 1)

/* Initial value of an entry. A constant because values may exceed the BPF stack. */
#define LARGEST_VALUE 1024
static const char zeroes[LARGEST_VALUE] __attribute__((aligned(8))) = {};

/*
 * This CPU's value of *KEY in the PERCPU_HASH MAP, the shared value of a SHARED_HASH, or the companion's value if the key cannot be added. A new key starts with zeroes.
 * The result is never NULL in practice, but the verifier requires a check.
 *
 * If two CPUs insert the same key, one of them gets EEXIST (BPF_NOEXIST never overwrites) and its second lookup finds the entry.
 * The other CPUs' values of a new entry are zeroes, even in reused memory: Linux 5.10, d3bec0138bfb ("bpf: Zero-fill re-used
 * per-cpu map element"). An insertion in an interrupt of another insertion may fail with EBUSY; the companion takes that update too.
 */
#define lookup_or_try_init(MAP, KEY)                                                                                   \
	({                                                                                                             \
		const typeof(*(MAP).key) *key_ = (KEY);                                                                \
		typeof((MAP).value) value_ = bpf_map_lookup_elem(&MAP, key_);                                          \
		_Static_assert(sizeof(*value_) <= LARGEST_VALUE, "value larger than LARGEST_VALUE");    \
		if (__builtin_expect(!value_, 0)) {                                                                    \
			if (may_add_key(&MAP##_newcomers))                                                             \
				bpf_map_update_elem(&MAP, key_, zeroes, BPF_NOEXIST);                                  \
			value_ = bpf_map_lookup_elem(&MAP, key_);                                                      \
			if (!value_)                                                                                   \
				value_ = overflow_of(MAP);                                                             \
		}                                                                                                      \
		value_;                                                                                                \
	})

/* The value of MAP's companion. Counts one update as lost. */
#define overflow_of(MAP)                                                                                               \
	({                                                                                                             \
		__u32 first_ = 0;                                                                                      \
		struct MAP##_overflow *overflow_ = bpf_map_lookup_elem(&MAP##_other, &first_);                         \
		if (overflow_)                                                                                         \
			add(&overflow_->lost, 1);                                                                      \
		overflow_ ? &overflow_->value : 0;                                                                     \
	})
