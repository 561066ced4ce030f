// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts new processes, threads and kernel threads by the command that creates them.
#include "santabpf.h"
#include "identity.h"

enum task_kind {
	process,
	thread,
	kernel_thread,
};

struct fork {
	struct command command;
	enum task_kind kind;
	__u32 unused;
	__u64 cgroup;
};

SHARED_HASH(forks, struct fork, __u64, 4096);

/*
 * The parent wakes the child for the first time here, with interrupts off. At sched_process_fork, kernels since 7.0 drop events
 * (see preemption.h).
 */
SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(count_fork, struct task_struct *child)
{
	struct task_struct *parent = (void *)bpf_get_current_task();
	struct fork fork = {};
	__u64 *count;

	current_command(&fork.command);
	fold_kernel_thread(BPF_CORE_READ(parent, flags), &fork.command);
	fork.cgroup = current_cgroup();
	if (child->flags & PF_KTHREAD)
		fork.kind = kernel_thread;
	else
		fork.kind = child->pid == child->tgid ? process : thread;
	count = lookup_or_try_init(forks, &fork);
	if (count)
		add(count, 1);
	return 0;
}
