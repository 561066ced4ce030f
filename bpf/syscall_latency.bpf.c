// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Measures the latency of system calls by name.
// The number is read at the entry, because rt_sigreturn and execve change it before the exit.
#include "santabpf.h"
#include "start_time.h"
#include "syscall_exit.h"

START_TIMES(entries, 16384);
PERCPU_ARRAY(latencies, struct time_histogram, SYSCALL_NUMBERS);
PERCPU_ARRAY(unnamed_latencies, struct time_histogram, UNNAMED_CALLS);
OVERFLOW(latencies, struct time_histogram);

static __always_inline int begin(__u32 number)
{
	if (start_time_set(entries, bpf_ktime_get_ns(), syscall_of(number)))
		overflow_of(latencies);
	return 0;
}

static __always_inline int end(void)
{
	__u64 now = bpf_ktime_get_ns();
	struct time_histogram *latency;
	struct start_time entry;
	__u32 call;

	/* No start: the call began before the probe was attached, or a new child returns from the parent's call. */
	if (!start_time_take(entries, &entry))
		return 0;
	call = entry.tag;
	if (call < SYSCALL_NUMBERS) {
		latency = bpf_map_lookup_elem(&latencies, &call);
	} else {
		call -= SYSCALL_NUMBERS;
		latency = bpf_map_lookup_elem(&unnamed_latencies, &call);
	}
	if (latency)
		observe_time(latency, now - entry.ns);
	return 0;
}

TASK_TRACEPOINT(raw_syscalls, sys_enter, begin_call,
		(struct pt_regs___syscall *registers, long number), begin(number),
		struct trace_event_raw_sys_enter, begin(event->id))

SYSCALL_EXIT(end_call, SUCCEEDED | FAILED, , end())

/* A thread that exits inside a system call never reaches sys_exit. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(forget_thread)
{
	start_time_forget(entries);
	return 0;
}
