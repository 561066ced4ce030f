// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts executed programs by command and user, and failed executions by errno.
#include "santabpf.h"
#include "identity.h"
#include "preemption.h"
#include "syscall_exit.h"

struct execution {
	struct command command;
	__u32 uid;
	__u32 unused;
	__u64 cgroup;
};

SHARED_HASH(executions, struct execution, __u64, 4096);
SHARED_HASH(failures, __u32, __u64, 256);

/* The task already has the new program's credentials and name. */
static __always_inline int count_current(void)
{
	struct execution execution = { .uid = bpf_get_current_uid_gid() };
	__u64 *count;

	current_command(&execution.command);
	execution.cgroup = current_cgroup();
	count = lookup_or_try_init(executions, &execution);
	if (count)
		add(count, 1);
	return 0;
}

TASK_TRACEPOINT_WITHOUT_ARGUMENTS(sched, sched_process_exec, count_exec, count_current())

/* The meaning of an x32 call is found by the reason why it is unnamed: execve and execveat have numbers of their own. */
static const __u8 exec_calls[SYSCALL_KINDS] = {
	[__NR_execve] = NATIVE(1),
	[__NR_execveat] = NATIVE(1),
	[COMPAT_EXECVE] = COMPAT(1),
	[COMPAT_EXECVEAT] = COMPAT(1),
	[SYSCALL_NUMBERS + x32] = NATIVE(1),
};

static __always_inline bool is_exec(__u32 number)
{
#ifdef X32_EXECVE
	if (number == X32_EXECVE || number == X32_EXECVEAT)
		return !in_compat_call();
#endif
	return meaning_in(exec_calls, number);
}

/* Only sys_exit reports a failed execution. */
static __always_inline int count_result(__u32 number, long result)
{
	__u32 error = -result;
	__u64 *count;

	if (is_interrupted(result) || !is_exec(number))
		return 0;
	count = lookup_or_try_init(failures, &error);
	if (count)
		add(count, 1);
	return 0;
}

SYSCALL_EXIT(count_failure, FAILED, exec_calls, count_result(number, result))
