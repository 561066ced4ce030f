/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Adding to numbers in map values. */
#pragma once

#include <linux/types.h>

/*
 * Adds n to *number. Safe in every context: also when an interrupt on this CPU, in the middle of it, runs a program that adds to
 * the same number, or when several CPUs share it. On a line that only this CPU writes, as in the per-CPU maps, it costs a
 * nanosecond or two more than a plain addition. There is no result, for an atomic fetch needs Linux 5.12.
 */
static __always_inline void add(__u64 *number, __u64 n)
{
	(void)__atomic_fetch_add(number, n, __ATOMIC_RELAXED);
}

/*
 * The same without the atomic operation, which costs some three nanoseconds. Only for a number of this CPU's own that a single
 * program adds to, from task context alone: the kernel never runs a program twice at once on a CPU, nor moves it to another one
 * in the middle, so nothing can come between.
 */
static __always_inline void add_nonatomic(__u64 *number, __u64 n)
{
	*number += n;
}
