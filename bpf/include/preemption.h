/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Hooks on kernels that can preempt a BPF program, or interrupt it with another event of the same hook. */
#pragma once

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "kernel_version.h"
#include "nested.h"
#include "run_counter.h"

/*
 * The kernel never starts a program that is already running on the same CPU. It drops the event and counts it in the program's
 * recursion_misses (exported as santabpf_program_missed_runs_total). When a program is found running:
 *   6.1 to 6.19  An interrupt arrives in the middle of a raw tracepoint program (tp_btf, raw_tp), and its events reach the same hook.
 *                Hooks that are also reached in interrupts have a twin for these events (nested.h).
 *   since 7.0    A raw tracepoint program can also be preempted: meanwhile its events from other tasks on that CPU are dropped, a
 *                percent or more of the system calls of a busy machine.
 *
 * Classic tracepoints still disable preemption around their programs, but they cost more and need tracefs. All of them share one
 * flag per CPU with kprobes, perf events and map operations of user space: an interrupt in the middle of any of these loses its events,
 * and so does a CPU on which a task that reads a map is preempted. Since 6.7 the kernel counts them in the same way. Hooks that run with
 * interrupts off (sched_switch, sched_wakeup...) are not affected.
 */
#define FIRST_PREEMPTIBLE KERNEL_VERSION(7, 0, 0)

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
	FALLBACKS(CATEGORY, EVENT, NAME, PARAMS, RESULT, EVENT_TYPE, CLASSIC_RESULT)

/* The same for a hook that uses none of the tracepoint's arguments. */
#define TASK_TRACEPOINT_WITHOUT_ARGUMENTS(CATEGORY, EVENT, NAME, RESULT)                                               \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int BPF_PROG(NAME)                                                                                             \
	{                                                                                                              \
		reject_if_preemptible();                                                                               \
		return RESULT;                                                                                         \
	}                                                                                                              \
	SEC("tp/" #CATEGORY "/" #EVENT)                                                                                \
	int BPF_PROG(NAME##_classic)                                                                                   \
	{                                                                                                              \
		return RESULT;                                                                                         \
	}                                                                                                              \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int BPF_PROG(NAME##_preemptible)                                                                               \
	{                                                                                                              \
		return RESULT;                                                                                         \
	}

/*
 * The same for a hook that is also reached in interrupts: NAME has the twin NAME_nested, which the probe's file lists under `nested`.
 * The first argument points to the object that names the event; two nested events have different objects.
 */
#define INTERRUPT_TRACEPOINT(CATEGORY, EVENT, NAME, PARAMS, RESULT, EVENT_TYPE, CLASSIC_RESULT)                        \
	WITH_TWIN(EVENT, NAME, PARAMS, RESULT)                                                                         \
	FALLBACKS(CATEGORY, EVENT, NAME, PARAMS, RESULT, EVENT_TYPE, CLASSIC_RESULT)

/* NAME and NAME_nested. The kernel runs them in the order in which they are attached, which is the order of their definition. */
#define WITH_TWIN(EVENT, NAME, PARAMS, RESULT)                                                                         \
	COUNTED_EVENTS(NAME);                                                                                          \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int BPF_PROG(NAME, PARAMETERS PARAMS)                                                                          \
	{                                                                                                              \
		reject_if_preemptible();                                                                               \
		if (programs_never_nest())                                                                             \
			add_counted(&counted_by_##NAME, ctx[0]);                                                       \
		return RESULT;                                                                                         \
	}                                                                                                              \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int BPF_PROG(NAME##_nested, PARAMETERS PARAMS)                                                                 \
	{                                                                                                              \
		reject_if_preemptible();                                                                               \
		if (!programs_never_nest() || !was_skipped(&counted_by_##NAME, ctx[0]))                                \
			return 0;                                                                                      \
		count_takeover(NAME##_nested);                                                                         \
		return RESULT;                                                                                         \
	}

#define FALLBACKS(CATEGORY, EVENT, NAME, PARAMS, RESULT, EVENT_TYPE, CLASSIC_RESULT)                                   \
	SEC("tp/" #CATEGORY "/" #EVENT)                                                                                \
	int BPF_PROG(NAME##_classic)                                                                                   \
	{                                                                                                              \
		__attribute__((unused)) EVENT_TYPE *event = (EVENT_TYPE *)ctx;                                         \
                                                                                                                       \
		return CLASSIC_RESULT;                                                                                 \
	}                                                                                                              \
	SEC("tp_btf/" #EVENT)                                                                                          \
	int BPF_PROG(NAME##_preemptible, PARAMETERS PARAMS)                                                            \
	{                                                                                                              \
		return RESULT;                                                                                         \
	}
