/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Kernels that drop events of programs in task context, and how a probe goes round that. */
#pragma once

#include <bpf/bpf_helpers.h>

/*
 * The kernel never runs a program that is already running on this CPU: it drops the event and counts it in the program's
 * recursion_misses (exported as santabpf_program_missed_runs_total). Until Linux 6.19 nothing but a nested event met with that. Since 7.0 programs of raw tracepoints (tp_btf,
 * raw_tp) can be preempted, and while one is, all events of other tasks on its CPU are dropped: a percent or more of the
 * system calls of a busy machine. Classic tracepoints still disable preemption around their programs, but cost more and want
 * tracefs. They are not free of it: while a task that reads a map is preempted in the middle, which a scrape rarely is, classic
 * tracepoints on its CPU are dropped and counted likewise. Hooks that fire with interrupts off (sched_switch, sched_wakeup...) are not concerned.
 *
 * So a hook in task context has three programs around one inline function, listed as alternatives in the probe's file:
 *   NAME              tp_btf, beginning with decline_where_preemptible()
 *   NAME_classic      tp, the same event
 *   NAME_preemptible  tp_btf, for a kernel since 7.0 without tracefs: better with a few events dropped (and counted) than none
 */
#define FIRST_PREEMPTIBLE KERNEL_VERSION(7, 0, 0)

extern int LINUX_KERNEL_VERSION __kconfig;

/* Makes the verifier refuse the program on a kernel of that kind, so that the loader goes on to the next alternative. */
static __always_inline void decline_where_preemptible(void)
{
	if (LINUX_KERNEL_VERSION >= FIRST_PREEMPTIBLE)
		asm volatile("call 2147483647" ::: "r0", "r1", "r2", "r3", "r4", "r5");
}
