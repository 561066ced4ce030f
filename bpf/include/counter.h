/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Adding to numbers in map values. */
#pragma once

#include <linux/types.h>

/*
 * Adds n to *number. Safe in every context: also when an interrupt on this CPU runs a program that adds to the same number,
 * and when several CPUs share it. The result is not returned, for an atomic fetch needs Linux 5.12.
 */
static __always_inline void add(__u64 *number, __u64 n)
{
	(void)__atomic_fetch_add(number, n, __ATOMIC_RELAXED);
}

/*
 * The same without the locked instruction: only for per-CPU values that nothing can add to while this program is in the middle
 * of it. That holds where all programs that write the map run in task context with preemption off, which is so for
 * sys_enter and sys_exit on every kernel; it does not hold for hooks that also fire in interrupts.
 */
static __always_inline void add_undisturbed(__u64 *number, __u64 n)
{
	*number += n;
}
