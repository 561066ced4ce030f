// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts executed programs by command and user, and failed executions by errno.
#include "santabpf.h"
#include "preemption.h"
#include "syscall.h"

struct execution {
	struct command command;
	__u32 uid;
};

SHARED_HASH(executions, struct execution, __u64, 4096);
SHARED_HASH(failures, __u32, __u64, 256);

/* The task already has the new program's credentials and name. */
static __always_inline int count_current(void)
{
	struct execution execution = { .uid = bpf_get_current_uid_gid() };
	__u64 *count;

	current_command(&execution.command);
	count = lookup_or_try_init(executions, &execution);
	if (count)
		add(count, 1);
	return 0;
}

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(sched, sched_process_exec, count_exec, count_current())

static __always_inline bool is_exec(__u32 number)
{
	if (in_compat_call())
		return number == COMPAT_EXECVE || number == COMPAT_EXECVEAT;
#ifdef X32_EXECVE
	if (number == X32_EXECVE || number == X32_EXECVEAT)
		return true;
#endif
	return number == __NR_execve || number == __NR_execveat;
}

/* Only sys_exit reports a failed execution. It runs for every system call, so the cheap test of the result comes first. */
static __always_inline int count_result(__u32 number, long result)
{
	__u32 error = -result;
	__u64 *count;

	if (!is_error(result) || is_interrupted(result) || !is_exec(number))
		return 0;
	count = lookup_or_try_init(failures, &error);
	if (count)
		add(count, 1);
	return 0;
}

TASK_TRACEPOINT(raw_syscalls, sys_exit, count_failure,
		(struct pt_regs___syscall *registers, long result), count_result(NUMBER_OF(registers), result),
		struct trace_event_raw_sys_exit, count_result(event->id, event->ret))
