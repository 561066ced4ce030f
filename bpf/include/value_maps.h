/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A variant of SHARED_HASH that takes memory only for the entries it has. */
#pragma once

#include "maps.h"

/*
 * Allocates memory when a key is inserted. Only for maps that iterators fill. Before 6.1 the memory comes from the kernel's general
 * allocators, which may wake a task: never in scheduler hooks. Since 6.1 it comes from the BPF allocator, which keeps up to 96 spare
 * elements per inserting CPU. Values are shared: before 6.8 each spare element of a per-CPU map has values for all possible CPUs.
 */
#define SHARED_HASH_ON_DEMAND(NAME, KEY, VALUE, ENTRIES)                                                               \
	HASH_WITH_COMPANIONS(NAME, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, KEY, VALUE, ENTRIES)
