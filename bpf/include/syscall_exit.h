/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Handlers of system calls (see handlers.h): the program that is attached to the exit of system calls calls those that want the call.
 * See docs/writing-a-probe.md.
 */
#pragma once

#include "call_table.h"
#include "preemption.h"
#include "syscall_dispatch.h"

/* What a handler wants to see. Calls that a signal interrupted have failed. */
#define SUCCEEDED 1
#define FAILED 2
struct handled_calls {
	__u8 results;
	/*
	 * Name of a constant call table (call_table.h): the handler gets the calls that it gives a meaning, and no others, except that of
	 * 32-bit calls it gets all if the table has any. Empty: every call.
	 */
	char table[31];
};

/*
 * Defines handler NAME as three programs, NAME, NAME_classic and NAME_preemptible (see preemption.h). The loader takes the one that fits
 * the attached program. The probe's file need not name them; where it does, NAME stands for all three.
 *
 * RESULTS is SUCCEEDED, FAILED or both. TABLE is the name of a call table, or empty for every call.
 * RESULT is an expression of `number`, `result` and `REGISTERS`, the system call's number, result and registers.
 */
#define SYSCALL_EXIT(NAME, RESULTS, TABLE, RESULT)                                                                     \
	const struct handled_calls handled_by_##NAME = { .results = RESULTS, .table = #TABLE };                        \
	/* Set by the loader. */                                                                                       \
	const volatile __u32 place_of_##NAME = 0;                                                                      \
	static __always_inline void handle_##NAME(void *ctx, struct pt_regs___syscall *registers, bool is_classic,     \
						  __u32 number, long result, void *counters)                           \
	{                                                                                                              \
		__u64 start = handler_start(syscall);                                                                  \
                                                                                                                       \
		(void)(RESULT);                                                                                        \
		handler_end(syscall, counters, start);                                                                 \
		call_syscall_handler(ctx, syscall_of(number), result, place_of_##NAME);                                \
	}                                                                                                              \
	SEC("tp_btf/sys_exit")                                                                                         \
	int BPF_PROG(NAME, struct pt_regs___syscall *registers, long result)                                           \
	{                                                                                                              \
		reject_if_preemptible();                                                                               \
		handle_##NAME(ctx, registers, false, NUMBER_OF(registers), result, &runs_of_##NAME);                          \
		return 0;                                                                                              \
	}                                                                                                              \
	SEC("tp/raw_syscalls/sys_exit")                                                                                \
	int BPF_PROG(NAME##_classic)                                                                                   \
	{                                                                                                              \
		struct trace_event_raw_sys_exit *event = (void *)ctx;                                                  \
                                                                                                                       \
		handle_##NAME(ctx, 0, true, event->id, event->ret, &runs_of_##NAME##_classic);                         \
		return 0;                                                                                              \
	}                                                                                                              \
	SEC("tp_btf/sys_exit")                                                                                         \
	int BPF_PROG(NAME##_preemptible, struct pt_regs___syscall *registers, long result)                             \
	{                                                                                                              \
		handle_##NAME(ctx, registers, false, NUMBER_OF(registers), result, &runs_of_##NAME##_preemptible);     \
		return 0;                                                                                              \
	}

/* The record of a classic tracepoint lacks the registers. Kernels for which classic handlers are loaded have this helper. */
#define REGISTERS                                                                                                      \
	(is_classic ? (struct pt_regs___syscall *)bpf_task_pt_regs((void *)bpf_get_current_task_btf()) : registers)
