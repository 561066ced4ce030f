/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Maps like PERCPU_HASH for values so large that a full set of them, times the CPUs, must not be set aside beforehand. */
#pragma once

#include "maps.h"

/*
 * Memory is taken when a key is new. Not for hooks inside the scheduler: before 6.1 the allocator may want to wake a task.
 * Before 6.1 the memory comes from the kernel's general allocators, since then from the BPF allocator.
 */
#define PERCPU_HASH_ON_DEMAND(NAME, KEY, VALUE, ENTRIES)                                                               \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PERCPU_HASH);                                                                \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                                                  \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps");                                                                                           \
	OVERFLOW(NAME, VALUE)

/* One value for all CPUs, for what is seldom counted or not by default. */
#define SHARED_HASH(NAME, KEY, VALUE, ENTRIES)                                                                         \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps");                                                                                           \
	OVERFLOW(NAME, VALUE)
