/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Addition to numbers in map values. */
#pragma once

#include <linux/types.h>

/*
 * Adds n to *number atomically. Safe in every context: an interrupt on this CPU may add to the same number, and CPUs may share it.
 * On a cache line that only this CPU writes, as in per-CPU maps, it costs one or two nanoseconds more than a plain addition.
 * It returns nothing because an atomic fetch needs Linux 5.12.
 */
static __always_inline void add(__u64 *number, __u64 n)
{
	(void)__atomic_fetch_add(number, n, __ATOMIC_RELAXED);
}

/*
 * Adds n to *number without an atomic operation, which saves some three nanoseconds. Only for per-CPU numbers that a single program
 * updates, and only in task context. The kernel neither nests a program on a CPU nor migrates it while it runs.
 */
static __always_inline void add_nonatomic(__u64 *number, __u64 n)
{
	*number += n;
}
