/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Measures how long threads are blocked: from leaving the CPU to sleep until they run again, so the wait for a CPU after it is included.
 *
 * A hook at sched_switch runs as the task that leaves the CPU. The end of a wait is only noted in the thread's entry; it is counted when
 * the thread leaves the CPU the next time. Then it is the current task, with its own identity and share of the maps.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "kernel/sched.h"
#include "kernel/task.h"

enum sleep {
	interruptible,
	uninterruptible,
};

struct wait {
	__u64 since; /* start of the current wait; 0: none */
	__u64 ns; /* length of the last wait, not yet counted; 0: none */
	enum sleep sleep;
	__u32 unused;
};

/* By thread. An entry lives as long as its task. Not in task storage: see runqlat.bpf.c. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u32);
	__type(value, struct wait);
} thread_waits SEC(".maps");

/*
 * Whether a task that leaves the CPU sleeps, and how. Kernel threads wait for work most of the time: only their uninterruptible sleep
 * counts. Stopped, traced and frozen tasks wait for nothing.
 */
static __always_inline bool falls_asleep(struct task_struct *task, enum sleep *sleep)
{
	if (is_waiting_for_cpu(task))
		return false;
	*sleep = is_blocked(task) ? uninterruptible : interruptible;
	if (*sleep == uninterruptible)
		return true;
	return !(task->flags & PF_KTHREAD) && !is_frozen(task) &&
	       !(state_of(task) & (TASK_STOPPED | TASK_TRACED | TASK_PARKED | TASK_NOLOAD | TASK_FROZEN | TASK_DEAD));
}

/* Starts a wait of the current task. False if there is no place for it. */
static __always_inline bool start_wait(struct wait *wait, __u32 thread, enum sleep sleep, __u64 now)
{
	struct wait first = { .since = now, .sleep = sleep };

	if (!wait)
		return bpf_map_update_elem(&thread_waits, &thread, &first, BPF_ANY) == 0;
	wait->sleep = sleep;
	wait->since = now;
	return true;
}

/* Ends the wait of a task that gets a CPU. Returns its length, 0 if it did not wait. */
static __always_inline __u64 end_wait(struct task_struct *task, __u64 now)
{
	__u32 thread = task->pid;
	struct wait *wait;

	/* The idle task of every CPU is thread 0, and never waits. */
	if (!thread)
		return 0;
	wait = bpf_map_lookup_elem(&thread_waits, &thread);
	if (!wait || !wait->since)
		return 0;
	/* Clocks of CPUs may differ slightly. */
	wait->ns = now > wait->since ? now - wait->since : 0;
	wait->since = 0;
	return wait->ns;
}
