// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// How long tasks that could run wait for a CPU.
#include "santabpf.h"
#include "kernel/sched.h"
#include "value_maps.h"

/* Also by command: says who waits, for one more hash per switch. */
const volatile bool by_command = false;

/*
 * Since when a task waits, by thread; 0: it does not. Not in task storage, which would be allocated here, inside the scheduler,
 * where before 6.4 the allocator may want to wake a task and dead-lock. An entry stays for the life of its task, so that
 * there is nothing to insert and delete at each switch.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u32);
	__type(value, __u64);
} waiting_since SEC(".maps");

PERCPU_ARRAY(waits, struct time_histogram, 1);
OVERFLOW(waits, struct time_histogram);
SHARED_HASH(command_waits, struct command, struct time_histogram, 2048);

/*
 * Wakings count from the first switch on: one that is seen before the switches are hooked might be over by then, and would
 * look like a wait that goes on.
 */
static bool switches_are_seen;

static __always_inline void remember(__u32 thread, __u64 now)
{
	if (bpf_map_update_elem(&waiting_since, &thread, &now, BPF_ANY))
		(void)overflow_of(waits);
}

/* Also seen for tasks that are queued already, or even on a CPU: what a wait began with stays. */
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
	struct command command;
	__u32 only = 0;

	histogram = bpf_map_lookup_elem(&waits, &only);
	if (histogram)
		observe_time(histogram, ns);
	if (!by_command)
		return;
	command_of(task, &command);
	fold_kernel_thread(task->flags, &command);
	histogram = lookup_or_try_init(command_waits, &command);
	if (histogram)
		observe_time(histogram, ns);
}

static __always_inline void enter_cpu(struct task_struct *task, __u64 now)
{
	__u32 thread = task->pid;
	__u64 *since = bpf_map_lookup_elem(&waiting_since, &thread);

	if (!since || !*since)
		return;
	/* Clocks of CPUs may differ by a little. */
	observe_wait(task, now > *since ? now - *since : 0);
	*since = 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_tasks, bool preempted, struct task_struct *before, struct task_struct *after)
{
	__u64 now = bpf_ktime_get_ns();

	/* Read before written: one write, or else all CPUs would contend for it at every switch. */
	if (!switches_are_seen)
		switches_are_seen = true;
	/* The idle tasks are thread 0 on every CPU; they wait for nothing. */
	if (before->pid)
		leave_cpu(before, now);
	if (after->pid)
		enter_cpu(after, now);
	return 0;
}
