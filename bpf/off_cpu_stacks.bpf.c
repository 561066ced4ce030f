// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Sums how long threads are blocked by stack, for the flight recorder. It is loaded only while stacks are recorded.
#include "santabpf.h"
#include "off_cpu.h"
#include "stacks.h"

/* Shorter waits are not recorded: they are most of all waits, and little of the time. */
const volatile __u64 shortest_ns = 1000000;

/* Threads that wait with their stack: 6.6 MB. */
#define PLACES 4096

struct waiting_stack {
	__u32 share; /* of places, see `thread_places` */
	__u32 unused;
	struct stack stack;
};

/*
 * The stacks that threads wait in. A wait may be longer than the time between two collections, which empty the map of sums.
 * An entry lives as long as its task.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PLACES);
	__type(key, __u32);
	__type(value, struct waiting_stack);
} waiting_stacks SEC(".maps");

/*
 * Entry 0: the threads in waiting_stacks. Entry 1 + i: those of share i (newcomers.h). A share may take a place as long as it has fewer
 * than are left, so a user with thousands of threads gets half of the places.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 + SHARES);
	__type(key, __u32);
	__type(value, __s32);
} thread_places SEC(".maps");

/* An empty stack to insert. */
PERCPU_ARRAY(first_stack, struct waiting_stack, 1);

static __always_inline void add_places(__u32 share, __s32 n)
{
	__s32 *taken = bpf_map_lookup_elem(&thread_places, &share);

	if (taken)
		(void)__atomic_fetch_add(taken, n, __ATOMIC_RELAXED);
}

/* A place for the stack of the current thread, which has none. */
static __always_inline struct waiting_stack *add_thread(__u32 thread)
{
	__u32 zero = 0, share = 1 + share_of_current();
	struct waiting_stack *first = bpf_map_lookup_elem(&first_stack, &zero);
	__s32 *all = bpf_map_lookup_elem(&thread_places, &zero);
	__s32 *own = bpf_map_lookup_elem(&thread_places, &share);

	if (!first || !all || !own || *own >= PLACES - *all)
		return 0;
	first->share = share;
	if (bpf_map_update_elem(&waiting_stacks, &thread, first, BPF_NOEXIST))
		return 0;
	add_places(zero, 1);
	add_places(share, 1);
	return bpf_map_lookup_elem(&waiting_stacks, &thread);
}

static __always_inline void forget_thread(__u32 thread)
{
	struct waiting_stack *waiting = bpf_map_lookup_elem(&waiting_stacks, &thread);
	__u32 share;

	bpf_map_delete_elem(&thread_waits, &thread);
	if (!waiting)
		return;
	share = waiting->share;
	if (bpf_map_delete_elem(&waiting_stacks, &thread))
		return;
	add_places(0, -1);
	add_places(share, -1);
}

static __always_inline void count_wait(__u32 thread, __u64 ns)
{
	struct waiting_stack *waiting = bpf_map_lookup_elem(&waiting_stacks, &thread);

	if (waiting)
		add_stack(&waiting->stack, ns);
	else
		lose_stack(ns);
}

static __always_inline void leave_cpu(void *ctx, struct task_struct *task, __u64 now)
{
	__u32 thread = task->pid;
	struct wait *wait = bpf_map_lookup_elem(&thread_waits, &thread);
	struct waiting_stack *waiting;
	enum sleep sleep;

	if (wait && wait->ns) {
		if (wait->ns >= shortest_ns)
			count_wait(thread, wait->ns);
		wait->ns = 0;
	}
	if (falls_asleep(task, &sleep)) {
		if (!start_wait(wait, thread, sleep, now)) {
			lose_stack(0);
			return;
		}
		waiting = bpf_map_lookup_elem(&waiting_stacks, &thread);
		if (!waiting)
			waiting = add_thread(thread);
		if (waiting)
			take_user_stack(ctx, &waiting->stack);
	} else if (wait && is_dead(task)) {
		forget_thread(thread);
	}
}

/* The user stack of another task cannot be read. Its kernel stack can: so only waits that are recorded pay for that. */
static __always_inline void enter_cpu(struct task_struct *task, __u64 now)
{
	__u32 thread = task->pid;
	struct waiting_stack *waiting;
	struct stack *stack;

	if (end_wait(task, now) < shortest_ns)
		return;
	waiting = bpf_map_lookup_elem(&waiting_stacks, &thread);
	if (!waiting)
		return;
	stack = &waiting->stack;
	stack->kernel_count = frames_in(bpf_get_task_stack(task, stack->kernel, sizeof(stack->kernel), 0));
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switch_tasks, bool preempted, struct task_struct *before, struct task_struct *after)
{
	__u64 now = bpf_ktime_get_ns();

	if (before->pid)
		leave_cpu(ctx, before, now);
	enter_cpu(after, now);
	return 0;
}
