// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts processes too short-lived for process lists, and their CPU time, by command, parent and user.
#include "santabpf.h"
#include "identity.h"
#include "last_thread.h"
#include "preemption.h"

/* Processes with a shorter lifetime are counted. */
const volatile __u64 longest_ns = 1000000000;

struct job {
	struct command command;
	struct command parent;
	__u32 uid;
	__u32 unused;
	__u64 cgroup;
};

struct jobs {
	__u64 processes;
	__u64 cpu_ns;
};

SHARED_HASH(short_lived, struct job, struct jobs, 4096);

/* An exited process whose CPU time is not final: a zombie keeps its entry until its parent has waited for it. */
struct ended_job {
	struct job job;
	__u64 start_time; /* distinguishes tasks that reuse the same address */
};

/* The kernel frees every task, and that removes its entry. Only zombies that nobody waits for fill the map; each holds a process id. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct ended_job);
} unaccounted SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sched_entity___accounting {
	__u64 sum_exec_runtime;
};

struct signal_struct___accounting {
	__u64 sum_sched_runtime; /* of exited threads */
};

struct task_struct___accounting {
	struct sched_entity___accounting se;
	struct signal_struct___accounting *signal;
	struct task_struct *real_parent;
};

#pragma clang attribute pop

static __always_inline int count_process(struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct ended_job ended = { .start_time = leader->start_time };
	struct job *job = &ended.job;
	__u64 id = (__u64)leader;
	struct jobs *jobs;

	if (task->flags & PF_KTHREAD || bpf_ktime_get_ns() - ended.start_time >= longest_ns)
		return 0;
	command_of(leader, &job->command);
	command_of(((struct task_struct___accounting *)leader)->real_parent, &job->parent);
	job->uid = bpf_get_current_uid_gid();
	job->cgroup = current_cgroup();
	jobs = lookup_or_try_init(short_lived, job);
	if (jobs)
		add(&jobs->processes, 1);
	if (bpf_map_update_elem(&unaccounted, &id, &ended, BPF_ANY))
		/* The map is full: the CPU time is not measured, and the process counted as lost. */
		overflow_of(short_lived);
	return 0;
}

TASK_TRACEPOINT(sched, sched_process_exit, count_exit,
		(struct task_struct *task), is_last_thread(ctx) ? count_process((void *)ctx[0]) : 0,
		struct trace_event_raw_sched_process_exit,
		event->group_dead ? count_process((void *)bpf_get_current_task_btf()) : 0)

/*
 * The kernel updates a task's CPU time at ticks and when the task leaves the CPU. At exit, up to one tick is missing: for the
 * shortest jobs, all of it. The CPU time is complete when the task is freed, an RCU grace period after its parent has waited for
 * it. The main thread is freed last, after the other threads have added their time to the process.
 */
SEC("tp_btf/sched_process_free")
int BPF_PROG(account, struct task_struct *task)
{
	struct task_struct___accounting *accounting = (void *)task;
	__u64 id = (__u64)task, alone, together;
	struct ended_job *ended = bpf_map_lookup_elem(&unaccounted, &id);
	struct jobs *jobs;

	if (!ended)
		return 0;
	if (ended->start_time == task->start_time) {
		/* Both include the time of the main thread up to the parent's wait. Only its own counter includes later time. */
		alone = accounting->se.sum_exec_runtime;
		together = accounting->signal->sum_sched_runtime;
		jobs = lookup_or_try_init(short_lived, &ended->job);
		if (jobs)
			add(&jobs->cpu_ns, alone > together ? alone : together);
	}
	bpf_map_delete_elem(&unaccounted, &id);
	return 0;
}
