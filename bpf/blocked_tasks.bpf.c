// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts tasks that have been in uninterruptible sleep (D) for long, by command, thread name and the kernel function that they wait in.
#include "santabpf.h"
#include "identity.h"
#include "iterators.h"
#include "kernel/sched.h"
#include "value_maps.h"

/* Shorter waits are normal: a disk takes milliseconds. */
const volatile __u64 shortest_ns = 10000000000;

struct place {
	struct command command;
	struct command thread;
	__u64 function; /* an address in the function; 0 if unknown */
	__u64 cgroup;
};

struct waiter {
	struct command command;
	__u64 cgroup;
};

/* Shared maps: per-CPU values are summed, which is wrong for a maximum. One CPU fills them. */
SHARED_HASH_ON_DEMAND(blocked_tasks, struct place, __u64, 1024);
SHARED_HASH_ON_DEMAND(longest_blocked, struct waiter, __u64, 1024);

/* As /proc/PID/wchan: stack_trace_save_tsk() omits functions of the scheduler, so the first frame is the waiting function. */
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
	struct waiter waiter;
	__u64 now, since, *count, *longest;

	if (!task || !is_blocked(task))
		return 0;
	/* Programs cannot read the scheduler's clock. The task that runs this was scheduled just now, so its timestamp serves instead. */
	now = left_cpu_at((void *)bpf_get_current_task());
	since = left_cpu_at(task);
	if (now < since + shortest_ns)
		return 0;

	command_of(task, &place.command);
	fold_kernel_thread(task->flags, &place.command);
	thread_name_of(task, &place.thread);
	fold_kernel_thread(task->flags, &place.thread);
	place.function = function_of(task);
	place.cgroup = cgroup_of(task);
	count = lookup_or_try_init(blocked_tasks, &place);
	if (count)
		add(count, 1);
	waiter = (struct waiter){ .command = place.command, .cgroup = place.cgroup };
	longest = lookup_or_try_init(longest_blocked, &waiter);
	if (longest && *longest < now - since)
		*longest = now - since;
	return 0;
}
