// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Measures how long runnable tasks wait for a CPU (run queue latency).
#include "santabpf.h"
#include "identity.h"
#include "kernel/sched.h"
#include "value_maps.h"

/* Adds the waits by command, at the cost of one more hash lookup per switch. */
const volatile bool by_command = false;

/*
 * Start of the wait by thread, 0 if the thread is not waiting. Not in task storage, which would be allocated here, inside the
 * scheduler: before 6.4 the allocator may wake a task and deadlock. An entry lives as long as its task, which avoids an insert
 * and a delete at each switch.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u32);
	__type(value, __u64);
} waiting_since SEC(".maps");

struct waiter {
	struct command command;
	__u64 cgroup;
};

PERCPU_ARRAY(waits, struct time_histogram, 1);
OVERFLOW(waits, struct time_histogram);
SHARED_HASH(command_waits, struct waiter, struct time_histogram, 2048);

/*
 * Wakeups are ignored until the first switch is seen. The wait of an earlier wakeup may end before sched_switch is attached,
 * and its entry would then look like a wait in progress.
 */
static bool switches_are_seen;

static __always_inline void remember(__u32 thread, __u64 now)
{
	if (bpf_map_update_elem(&waiting_since, &thread, &now, BPF_ANY))
		(void)overflow_of(waits);
}

/* The task may already be queued or running: the start of a wait is not overwritten. */
static __always_inline int wake(struct task_struct *task)
{
	__u32 thread = task->pid;
	__u64 *since;

	if (!switches_are_seen)
		return 0;
	since = bpf_map_lookup_elem(&waiting_since, &thread);
	if (!since)
		remember(thread, bpf_ktime_get_ns());
	else if (!*since)
		*since = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(wakeup, struct task_struct *task)
{
	return wake(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(wakeup_new, struct task_struct *task)
{
	return wake(task);
}

static __always_inline void leave_cpu(struct task_struct *task, __u64 now)
{
	bool waiting = is_waiting_for_cpu(task);
	__u32 thread = task->pid;
	__u64 *since = bpf_map_lookup_elem(&waiting_since, &thread);

	if (since)
		*since = waiting ? now : 0;
	else if (waiting)
		remember(thread, now);
	if (since && !waiting && is_dead(task))
		bpf_map_delete_elem(&waiting_since, &thread);
}

static __always_inline void observe_wait(struct task_struct *task, __u64 ns)
{
	struct time_histogram *histogram;
	struct waiter waiter;
	__u32 only = 0;

	histogram = bpf_map_lookup_elem(&waits, &only);
	if (histogram)
		observe_time(histogram, ns);
	if (!by_command)
		return;
	command_of(task, &waiter.command);
	fold_kernel_thread(task->flags, &waiter.command);
	waiter.cgroup = cgroup_of(task);
	histogram = lookup_or_try_init(command_waits, &waiter);
	if (histogram)
		observe_time(histogram, ns);
}

static __always_inline void enter_cpu(struct task_struct *task, __u64 now)
{
	__u32 thread = task->pid;
	__u64 *since = bpf_map_lookup_elem(&waiting_since, &thread);

	if (!since || !*since)
		return;
	/* Clocks of CPUs may differ slightly. */
	observe_wait(task, now > *since ? now - *since : 0);
	*since = 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_tasks, bool preempted, struct task_struct *before, struct task_struct *after)
{
	__u64 now = bpf_ktime_get_ns();

	/* Written only once: a write at every switch would make all CPUs contend for the cache line. */
	if (!switches_are_seen)
		switches_are_seen = true;
	/* The idle task of every CPU is thread 0, and never waits. */
	if (before->pid)
		leave_cpu(before, now);
	if (after->pid)
		enter_cpu(after, now);
	return 0;
}
