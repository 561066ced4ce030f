// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Processes and threads made, by the command that made them.
#include "santabpf.h"

enum task_kind {
	process,
	thread,
	kernel_thread,
};

struct fork {
	struct command command;
	enum task_kind kind;
};

PERCPU_HASH(forks, struct fork, __u64, 4096);

SEC("tp_btf/sched_process_fork")
int BPF_PROG(count_fork, struct task_struct *parent, struct task_struct *child)
{
	struct fork fork = {};
	__u64 *count;

	current_command(&fork.command);
	fold_kernel_thread(parent->flags, &fork.command);
	if (child->flags & PF_KTHREAD)
		fork.kind = kernel_thread;
	else
		fork.kind = child->pid == child->tgid ? process : thread;
	count = entry_of(forks, &fork);
	if (count)
		add(count, 1);
	return 0;
}
