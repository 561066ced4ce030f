/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A walk over the entries of a map at each scrape. A walk is two programs, of which the probe's file lists the first before the second as
 * alternatives: NAME, a program that user space runs (Linux 5.14), and NAME_by_iterator, an iterator over the map (Linux 5.9). A kernel may
 * forbid such iterators, because they can write to maps.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "iterators.h"

/* VISIT is a statement about `key` and `value`, pointers to void. It may remove the entry. */
#define MAP_WALK(NAME, MAP, VISIT)                                                                                     \
	static __always_inline void visit_of_##NAME(const void *key, void *value)                                      \
	{                                                                                                              \
		VISIT;                                                                                                 \
	}                                                                                                              \
	static long step_of_##NAME(void *map, const void *key, void *value, void *unused)                              \
	{                                                                                                              \
		visit_of_##NAME(key, value);                                                                           \
		return 0;                                                                                              \
	}                                                                                                              \
	SEC("syscall") int NAME(void *unused)                                                                          \
	{                                                                                                              \
		long number_ = bpf_for_each_map_elem(&MAP, step_of_##NAME, 0, 0);                                      \
		return number_ < 0 ? number_ : 0;                                                                      \
	}                                                                                                              \
	SEC("iter/bpf_map_elem") int NAME##_by_iterator(struct bpf_iter__bpf_map_elem *context)                        \
	{                                                                                                              \
		/* Read once: the verifier does not connect the check of one read with another read. */                \
		void *key_ = context->key, *value_ = context->value;                                                   \
                                                                                                                       \
		if (key_ && value_)                                                                                    \
			visit_of_##NAME(key_, value_);                                                                 \
		return 0;                                                                                              \
	}
