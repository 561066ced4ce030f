/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Hooks in task context, on kernels that can preempt a BPF program. */
#pragma once

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/*
 * The kernel never starts a program that is already running on the same CPU. It drops the event and counts it in the program's
 * recursion_misses (exported as santabpf_program_missed_runs_total). Until Linux 6.19 only a nested event was dropped. Since 7.0
 * a raw tracepoint program (tp_btf, raw_tp) can be preempted; meanwhile its events from other tasks on that CPU are dropped, a
 * percent or more of the system calls of a busy machine.
 *
 * Classic tracepoints still disable preemption around their programs, but they cost more and need tracefs. They drop events on a
 * CPU only while a task that reads a map is preempted there, and count them in the same way. Hooks that run with interrupts
 * off (sched_switch, sched_wakeup...) are not affected.
 */
#define FIRST_PREEMPTIBLE KERNEL_VERSION(7, 0, 0)

extern int LINUX_KERNEL_VERSION __kconfig;

/* On a kernel that can preempt the program, the verifier rejects this call and the loader tries the next alternative. */
static __always_inline void reject_if_preemptible(void)
{
	if (LINUX_KERNEL_VERSION >= FIRST_PREEMPTIBLE)
		asm volatile("call 2147483647" ::: "r0", "r1", "r2", "r3", "r4", "r5");
}

#define PARAMETERS(...) __VA_ARGS__

/*
 * Defines the three programs of one hook in task context. The probe's file lists them as alternatives, in this order:
 *   NAME              tp_btf, rejected by kernels that can preempt it
 *   NAME_classic      tp, the same event
 *   NAME_preemptible  tp_btf, for kernels since 7.0 without tracefs: it drops some events and counts the drops
 *
 * RESULT is an expression of PARAMS, the tracepoint's arguments in parentheses, and of `ctx`, their raw array.
 * CLASSIC_RESULT is an expression of `event`, a pointer to EVENT_TYPE, the classic tracepoint's record.
 */
#define TASK_TRACEPOINT(CATEGORY, EVENT, NAME, PARAMS, RESULT, EVENT_TYPE, CLASSIC_RESULT)                             \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int BPF_PROG(NAME, PARAMETERS PARAMS)                                                                          \
	{                                                                                                              \
		reject_if_preemptible();                                                                               \
		return RESULT;                                                                                         \
	}                                                                                                              \
	SEC("tp/" #CATEGORY "/" #EVENT)                                                                                \
	int NAME##_classic(EVENT_TYPE *event)                                                                          \
	{                                                                                                              \
		return CLASSIC_RESULT;                                                                                 \
	}                                                                                                              \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int BPF_PROG(NAME##_preemptible, PARAMETERS PARAMS)                                                            \
	{                                                                                                              \
		return RESULT;                                                                                         \
	}

/* The same for a hook that uses none of the tracepoint's arguments. */
#define TASK_TRACEPOINT_WITHOUT_ARGUMENTS(CATEGORY, EVENT, NAME, RESULT)                                               \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int NAME(void *context)                                                                                        \
	{                                                                                                              \
		reject_if_preemptible();                                                                               \
		return RESULT;                                                                                         \
	}                                                                                                              \
	SEC("tp/" #CATEGORY "/" #EVENT)                                                                                \
	int NAME##_classic(void *context)                                                                              \
	{                                                                                                              \
		return RESULT;                                                                                         \
	}                                                                                                              \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int NAME##_preemptible(void *context)                                                                          \
	{                                                                                                              \
		return RESULT;                                                                                         \
	}
