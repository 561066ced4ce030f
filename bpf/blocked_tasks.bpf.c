// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Tasks in uninterruptible sleep (D) that have been there for long, and the kernel function that they wait in.
#include "santabpf.h"
#include "iterators.h"
#include "kernel/sched.h"
#include "value_maps.h"

/* Shorter waits are nobody's trouble: a disk takes milliseconds. */
const volatile __u64 shortest_ns = 10000000000;

struct place {
	struct command command;
	__u64 function; /* an address in it; 0 when the kernel does not tell */
};

/* Filled by one CPU alone: shared maps, so that the longest time of all is not added up over CPUs. */
SHARED_HASH(blocked_tasks, struct place, __u64, 1024);
SHARED_HASH(longest_blocked, struct command, __u64, 1024);

extern int LINUX_KERNEL_VERSION __kconfig;

/*
 * By Linux 6.1 a frozen task was in uninterruptible sleep, too, f5d39b020809 ("freezer,sched: Rewrite core freezer logic"). The flag
 * is of another use since.
 */
#define NOT_FROZEN_SO KERNEL_VERSION(6, 1, 0)

static __always_inline bool is_frozen(struct task_struct *task)
{
	return LINUX_KERNEL_VERSION < NOT_FROZEN_SO && task->flags & PF_FROZEN;
}

/* As ps shows D: also when signals that kill end the sleep (hung NFS), but not when the kernel thread is idle by that (TASK_IDLE). */
static __always_inline bool is_blocked(struct task_struct *task)
{
	unsigned long state = state_of(task);

	return state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD) && !is_frozen(task);
}

/* The innermost function that is not of the scheduler, which stack_trace_save_tsk() leaves out: what /proc/PID/wchan shows. */
static __always_inline __u64 function_of(struct task_struct *task)
{
	__u64 frame = 0;

	return bpf_get_task_stack(task, &frame, sizeof(frame), 0) > 0 ? frame : 0;
}

SEC("iter/task")
int list_blocked(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct place place = {};
	__u64 now, since, *count, *longest;

	if (!task || !is_blocked(task))
		return 0;
	/* The task that runs this has arrived a moment ago, by the scheduler's clock, which is no other clock that programs can read. */
	now = left_cpu_at((void *)bpf_get_current_task());
	since = left_cpu_at(task);
	if (now < since + shortest_ns)
		return 0;

	command_of(task, &place.command);
	fold_kernel_thread(task->flags, &place.command);
	place.function = function_of(task);
	count = lookup_or_try_init(blocked_tasks, &place);
	if (count)
		add(count, 1);
	longest = lookup_or_try_init(longest_blocked, &place.command);
	if (longest && *longest < now - since)
		*longest = now - since;
	return 0;
}
