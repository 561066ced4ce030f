/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Variants of PERCPU_HASH with less memory, for large values or rare events. */
#pragma once

#include "maps.h"

/*
 * Allocates memory when a key is inserted. Do not use it in scheduler hooks: before 6.1 the memory comes from the kernel's general
 * allocators, which may wake a task. Since 6.1 it comes from the BPF allocator.
 */
#define PERCPU_HASH_ON_DEMAND(NAME, KEY, VALUE, ENTRIES)                                                               \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PERCPU_HASH);                                                                \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                                                  \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps");                                                                                           \
	NEWCOMERS(NAME);                                                                                               \
	OVERFLOW(NAME, VALUE)

/* One value for all CPUs, for rare events and metrics that are off by default. */
#define SHARED_HASH(NAME, KEY, VALUE, ENTRIES)                                                                         \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
	} NAME SEC(".maps");                                                                                           \
	NEWCOMERS(NAME);                                                                                               \
	OVERFLOW(NAME, VALUE)
