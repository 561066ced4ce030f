// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts process exits by command and exit code, and processes killed by a signal by command and signal.
#include "santabpf.h"
#include "last_thread.h"
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
		command_of(task, &kill.command);
		count = lookup_or_try_init(kills, &kill);
	} else {
		exit.code = status >> 8 & 0xff;
		command_of(task, &exit.command);
		count = lookup_or_try_init(exits, &exit);
	}
	if (count)
		add(count, 1);
	return 0;
}

static __always_inline int count_raw(__u64 *arguments)
{
	return is_last_thread(arguments) ? count_process((void *)arguments[0]) : 0;
}

TASK_TRACEPOINT(sched, sched_process_exit, count_exit,
		(struct task_struct *task), count_raw(ctx),
		struct trace_event_raw_sched_process_exit,
		event->group_dead ? count_process((void *)bpf_get_current_task_btf()) : 0)
