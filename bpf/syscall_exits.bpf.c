// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts system calls by name, and hands each call to the handlers of the probes that want it. It belongs to no probe: the exporter
// loads it once, for all that have handlers.
// Only sys_exit is hooked: hooking sys_enter too would double the cost.
#include "santabpf.h"
#include "preemption.h"
#include "syscall_dispatch.h"

static __always_inline int dispatch(void *ctx, __u32 number, long result)
{
	__u32 call = syscall_of(number), unnamed = call - SYSCALL_NUMBERS;
	__u64 *count;

	if (call >= SYSCALL_NUMBERS)
		count = bpf_map_lookup_elem(&unnamed_syscall_exits, &unnamed);
	else
		count = is_ret_from_fork(call, result) ? 0 : bpf_map_lookup_elem(&syscall_exits, &call);
	if (count)
		add_nonatomic(count, 1);
	call_syscall_handler(ctx, call, result, 0);
	return 0;
}

TASK_TRACEPOINT(raw_syscalls, sys_exit, dispatch_call,
		(struct pt_regs___syscall *registers, long result), dispatch(ctx, NUMBER_OF(registers), result),
		struct trace_event_raw_sys_exit, dispatch(ctx, event->id, event->ret))
