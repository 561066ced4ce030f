// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Programs executed, by user and by command, and executions that failed.
#include "santabpf.h"
#include "preemption.h"
#include "syscall.h"

PERCPU_HASH(users, __u32, __u64, 1024);
PERCPU_HASH(commands, struct command, __u64, 4096);
PERCPU_HASH(failures, __u32, __u64, 256);

/* After the new program's credentials and name are in place. */
static __always_inline int count_current(void)
{
	__u32 user = bpf_get_current_uid_gid();
	struct command command;
	__u64 *count;

	count = entry_of(users, &user);
	if (count)
		add(count, 1);
	current_command(&command);
	count = entry_of(commands, &command);
	if (count)
		add(count, 1);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(count_exec)
{
	decline_where_preemptible();
	return count_current();
}

SEC("tp/sched/sched_process_exec")
int count_exec_classic(void *event)
{
	return count_current();
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(count_exec_preemptible)
{
	return count_current();
}

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

/* No tracepoint tells of a failed execution but the one at the end of every system call: the result is looked at first. */
static __always_inline int count_result(__u32 number, long result)
{
	__u32 error = -result;
	__u64 *count;

	if (!is_error(result) || is_interrupted(result) || !is_exec(number))
		return 0;
	count = entry_of(failures, &error);
	if (count)
		add(count, 1);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(count_failure, struct pt_regs___syscall *registers, long result)
{
	decline_where_preemptible();
	return count_result(NUMBER_OF(registers), result);
}

SEC("tp/raw_syscalls/sys_exit")
int count_failure_classic(struct trace_event_raw_sys_exit *event)
{
	return count_result(event->id, event->ret);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(count_failure_preemptible, struct pt_regs___syscall *registers, long result)
{
	return count_result(NUMBER_OF(registers), result);
}
