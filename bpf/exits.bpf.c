// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Processes that ended, by command: with which exit code, or by which signal.
#include <linux/errno.h>

#include "santabpf.h"
#include "preemption.h"

struct exit {
	struct command command;
	__u32 code;
};

struct kill {
	struct command command;
	__u32 signal;
};

PERCPU_HASH(exits, struct exit, __u64, 4096);
PERCPU_HASH(kills, struct kill, __u64, 4096);

struct ended_process {
	__u64 start_time;
	__u64 id;
};

/* For kernels that do not tell the last thread: the processes that were counted a moment ago. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ended_process);
	__type(value, __u8);
} ended SEC(".maps");

/* Whether the tracepoint says that the exiting thread is the last of its process: newer kernels, 6.18 for one. */
#define TELLS_LAST_THREAD bpf_core_field_exists(struct trace_event_raw_sched_process_exit, group_dead)

/*
 * The same on older kernels, as 6.12. signal->live tells how many threads have not come as far as do_exit: it is zero for the last thread, but
 * also for one that was overtaken by the last on its way to the tracepoint. Only the first of them is counted.
 */
static __always_inline bool is_last_thread(struct task_struct *task)
{
	struct ended_process process = {};
	__u8 value = 0;
	int error;

	if (task->signal->live.counter != 0)
		return false;
	process.start_time = task->group_leader->start_time;
	process.id = task->tgid;
	/* An int: before 6.4 (d7ba4cc900bf "bpf: return long from bpf_map_ops funcs") the upper half of the result is zero. */
	error = bpf_map_update_elem(&ended, &process, &value, BPF_NOEXIST);
	return error != -EEXIST;
}

/* As wait(2) would report it. */
static __always_inline __u32 wait_status(struct task_struct *task)
{
	if (task->signal->flags & SIGNAL_GROUP_EXIT)
		return task->signal->group_exit_code;
	return task->group_leader->exit_code;
}

static __always_inline int count_process(struct task_struct *task)
{
	struct exit exit = {};
	struct kill kill = {};
	__u32 status;
	__u64 *count;

	if (task->flags & PF_KTHREAD)
		return 0;
	status = wait_status(task);
	kill.signal = status & 0x7f;
	if (kill.signal) {
		command_of(task->group_leader, &kill.command);
		count = entry_of(kills, &kill);
	} else {
		exit.code = status >> 8 & 0xff;
		command_of(task->group_leader, &exit.command);
		count = entry_of(exits, &exit);
	}
	if (count)
		add(count, 1);
	return 0;
}

static __always_inline int count_raw(__u64 *arguments)
{
	struct task_struct *task = (void *)arguments[0];
	bool last;

	/* Volatile: a compiler that reads it ahead of the branch makes older kernels refuse an argument that they do not have. */
	if (TELLS_LAST_THREAD)
		last = *(volatile __u64 *)(arguments + 1) & 1;
	else
		last = is_last_thread(task);
	return last ? count_process(task) : 0;
}

SEC("tp_btf/sched_process_exit")
int count_exit(__u64 *arguments)
{
	decline_where_preemptible();
	return count_raw(arguments);
}

SEC("tp/sched/sched_process_exit")
int count_exit_classic(struct trace_event_raw_sched_process_exit *event)
{
	return event->group_dead ? count_process((void *)bpf_get_current_task_btf()) : 0;
}

SEC("tp_btf/sched_process_exit")
int count_exit_preemptible(__u64 *arguments)
{
	return count_raw(arguments);
}
