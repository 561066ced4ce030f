// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts CPU time by command, from the scheduler's own accounting, without a program in the scheduler.
#include "santabpf.h"
#include "identity.h"
#include "iterators.h"
#include "kernel/sched.h"
#include "kernel/threads.h"
#include "online_cpus.h"
#include "preemption.h"
#include "value_maps.h"

struct consumer {
	struct command command;
	__u64 cgroup;
};

SHARED_HASH(cpu_time, struct consumer, __u64, 4096);

/* What a task's time is counted as so far, and the process and cgroup that it belonged to then. */
struct account {
	__u64 booked_ns;
	__u64 bookers;
	struct consumer consumer;
};

/*
 * By task address. A task needs an account from its first visit, rename, or exit of a named thread. The kernel frees every task, and
 * `close_account` removes the entry before the address can be used again.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct account);
} accounts SEC(".maps");

/* When the first pass began: earlier time is not counted. 0 before. */
__u64 counting_since;

/* Renaming a process books the time of this many of its threads under the old name. More threads keep the time for the new name. */
#define MOST_THREADS 256

/* Attempts to book a rename while a pass books the same task on another CPU, which takes some tens of nanoseconds. */
#define MOST_ATTEMPTS 16

static __always_inline void count(const struct consumer *consumer, __u64 ns)
{
	__u64 *total = lookup_or_try_init(cpu_time, consumer);

	if (total)
		add(total, ns);
}

static __always_inline __u64 runtime_of(const struct task_struct *task)
{
	return BPF_CORE_READ((struct task_struct___times *)task, se.sum_exec_runtime);
}

static __always_inline void process_of(const struct task_struct *task, struct consumer *consumer)
{
	command_of(task, &consumer->command);
	fold_kernel_thread(BPF_CORE_READ(task, flags), &consumer->command);
	consumer->cgroup = cgroup_of(task);
}

/* Only time since the first pass is counted. A thread that becomes the leader in an exec takes the start time of the old leader. */
static __always_inline bool is_older_than_count(const struct task_struct *task)
{
	return BPF_CORE_READ(task, start_time) < counting_since;
}

/*
 * The account of a task, opened if need be. NULL if the map is full: a younger task is then counted when it ends; an older one is
 * not counted at all, which `lost` shows.
 */
static __always_inline struct account *account_of(const struct task_struct *task, const struct consumer *consumer)
{
	__u64 id = (__u64)task;
	struct account *account = bpf_map_lookup_elem(&accounts, &id), opened = {};
	bool older;

	if (account)
		return account;
	older = is_older_than_count(task);
	opened.consumer = *consumer;
	if (older) {
		opened.booked_ns = runtime_of(task);
		/* Without a first value of 0, rate() would miss the first growth. */
		(void)lookup_or_try_init(cpu_time, consumer);
	}
	bpf_map_update_elem(&accounts, &id, &opened, BPF_NOEXIST);
	account = bpf_map_lookup_elem(&accounts, &id);
	if (!account && older)
		overflow_of(cpu_time);
	return account;
}

/*
 * Books what `task` has run since the last booking, for `consumer`; from here on its time belongs to `next`. A pass and a rename may
 * meet on two CPUs: only one books, or neither, and then the time is booked later. Returns whether this call did.
 */
static __always_inline bool book(struct account *account, const struct task_struct *task, const struct consumer *consumer,
				 const struct consumer *next)
{
	__u64 runtime, unbooked = 0;
	bool alone;

	add(&account->bookers, 1);
	alone = *(volatile __u64 *)&account->bookers == 1;
	if (alone) {
		runtime = runtime_of(task);
		if (runtime > account->booked_ns) {
			unbooked = runtime - account->booked_ns;
			account->booked_ns = runtime;
		}
		account->consumer = *next;
	}
	add(&account->bookers, -1);
	if (unbooked)
		count(consumer, unbooked);
	return alone;
}

/* Runs at each scrape, for each thread. Idle tasks have no id in the PID namespace, so they are not visited. */
SEC("iter/task")
int book_living(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_struct___accounted *accounted = (void *)task;
	__u64 id = (__u64)task, runtime;
	struct account *account;
	struct consumer consumer;

	if (!task)
		return 0;
	if (!counting_since)
		counting_since = bpf_ktime_get_ns();
	note_cpu_of(task);
	/*
	 * close_account runs an RCU grace period after the task is dead, and this program is one RCU read-side section: what is not dead here
	 * is not freed before the booking is done.
	 */
	if (accounted->exit_state & EXIT_DEAD)
		return 0;
	runtime = ((struct task_struct___times *)task)->se.sum_exec_runtime;
	account = bpf_map_lookup_elem(&accounts, &id);
	if (account ? account->booked_ns == runtime : !runtime)
		return 0;
	process_of(task, &consumer);
	if (!account)
		account = account_of(task, &consumer);
	if (account)
		book(account, task, &consumer, &consumer);
	return 0;
}

/* Books a task of a process that gets the name at the address `name`. Not inlined: the verifier checks it once, not once per thread. */
int book_renamed(__u64 address, __u64 name)
{
	struct task_struct *task = (void *)address;
	struct consumer before, after = {};
	struct account *account;

	process_of(task, &before);
	after.cgroup = before.cgroup;
	if (identity_command) {
		copy_name(&after.command, (const char *)name);
		fold_kernel_thread(BPF_CORE_READ(task, flags), &after.command);
	}
	account = bpf_map_lookup_elem(&accounts, &address);
	if (account)
		/* Of a thread that executes a program and is the leader now, this is the name of the old leader. */
		before.command = account->consumer.command;
	else if (runtime_of(task))
		account = account_of(task, &before);
	for (int attempt = 0; account && attempt < MOST_ATTEMPTS; attempt++)
		if (book(account, task, &before, &after))
			break;
	return 0;
}

/*
 * The name of a process is that of its leader. An exec sets it too, after it has ended all other threads. The kernel holds task_lock():
 * two renames of a task do not meet.
 */
SEC("tp_btf/task_rename")
int BPF_PROG(book_rename, struct task_struct *task, const char *name)
{
	struct task_struct___accounted *accounted = (void *)task;
	struct list_head *head, *node;

	if (!counting_since || task->pid != task->tgid || accounted->exit_state & EXIT_DEAD)
		return 0;
	head = &accounted->signal->thread_head;
	node = BPF_CORE_READ(head, next);
	for (int thread = 0; thread < MOST_THREADS && node && node != head; thread++) {
		book_renamed((__u64)node - bpf_core_field_offset(struct task_struct___accounted, thread_node), (__u64)name);
		node = BPF_CORE_READ(node, next);
	}
	return 0;
}

union aligned_command {
	struct command command;
	__u64 words[2];
};

union aligned_consumer {
	struct consumer consumer;
	union aligned_command command;
};

static __always_inline bool is_same(const union aligned_command *a, const union aligned_command *b)
{
	return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/*
 * Keeps the name of the process for a task that will soon lose it, if it is not the task's own: a thread that ends may be freed after
 * its leader, and a thread that executes a program replaces the leader, which ends first.
 */
static __always_inline int keep_name(struct task_struct *ending)
{
	struct task_struct *task = ending->pid == ending->tgid ? executing(ending->signal) : ending;
	__u64 id = (__u64)task;
	union aligned_command own;
	union aligned_consumer process;
	struct account *account;

	if (!counting_since || !task)
		return 0;
	thread_name_of(task, &own.command);
	process_of(ending, &process.consumer);
	process.consumer.cgroup = cgroup_of(task);
	account = bpf_map_lookup_elem(&accounts, &id);
	if (account)
		account->consumer = process.consumer;
	else if (!is_same(&own, &process.command))
		account_of(task, &process.consumer);
	return 0;
}

TASK_TRACEPOINT(sched, sched_process_exit, keep_name_of_thread,
		(struct task_struct *task), keep_name(task),
		struct trace_event_raw_sched_process_exit, keep_name((void *)bpf_get_current_task_btf()))

/*
 * The kernel updates a task's CPU time at ticks and when the task leaves the CPU, so it is complete only here: the task has been
 * switched out for the last time, was waited for, and an RCU grace period has passed. Nobody else books it any more.
 */
SEC("tp_btf/sched_process_free")
int BPF_PROG(close_account, struct task_struct *task)
{
	__u64 id = (__u64)task, runtime = ((struct task_struct___times *)task)->se.sum_exec_runtime;
	struct account *account;
	struct consumer consumer;

	if (!counting_since)
		return 0;
	account = bpf_map_lookup_elem(&accounts, &id);
	if (!account) {
		if (task->start_time < counting_since)
			return 0;
		thread_name_of(task, &consumer.command);
		fold_kernel_thread(task->flags, &consumer.command);
		consumer.cgroup = cgroup_of(task);
		count(&consumer, runtime);
		return 0;
	}
	consumer = account->consumer;
	consumer.cgroup = cgroup_of(task);
	if (runtime > account->booked_ns)
		count(&consumer, runtime - account->booked_ns);
	/* Should the removal fail, the account serves for the next task at the address. */
	account->booked_ns = 0;
	bpf_map_delete_elem(&accounts, &id);
	return 0;
}
