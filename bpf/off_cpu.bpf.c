// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Sums how long threads are blocked, by command and kind of sleep.
#include "santabpf.h"
#include "identity.h"
#include "off_cpu.h"

struct sleeper {
	struct command command;
	enum sleep state;
	__u32 unused; /* 0 */
	__u64 cgroup;
};

SHARED_HASH(off_cpu, struct sleeper, __u64, 4096);

static __always_inline void count_wait(struct task_struct *task, const struct wait *wait)
{
	struct sleeper sleeper = { .state = wait->sleep };
	__u64 *ns;

	current_command(&sleeper.command);
	fold_kernel_thread(task->flags, &sleeper.command);
	sleeper.cgroup = current_cgroup();
	ns = lookup_or_try_init(off_cpu, &sleeper);
	if (ns)
		add(ns, wait->ns);
}

static __always_inline void leave_cpu(struct task_struct *task, __u64 now)
{
	__u32 thread = task->pid;
	struct wait *wait = bpf_map_lookup_elem(&thread_waits, &thread);
	enum sleep sleep;

	if (wait && wait->ns) {
		count_wait(task, wait);
		wait->ns = 0;
	}
	if (falls_asleep(task, &sleep)) {
		if (!start_wait(wait, thread, sleep, now))
			(void)overflow_of(off_cpu);
	} else if (wait && is_dead(task)) {
		bpf_map_delete_elem(&thread_waits, &thread);
	}
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_tasks, bool preempted, struct task_struct *before, struct task_struct *after)
{
	__u64 now = bpf_ktime_get_ns();

	if (before->pid)
		leave_cpu(before, now);
	end_wait(after, now);
	return 0;
}
