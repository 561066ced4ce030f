// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// CPU time that was there, and not to be had: cgroups held back by their quota, and what a hypervisor gave to others (steal).
#include "santabpf.h"
#include "cgroup.h"
#include "iterators.h"
#include "value_maps.h"

struct throttling {
	__u64 periods;
	__u64 throttled_periods;
	__u64 throttled_ns;
};

struct limit {
	__u64 quota_ns;
	__u64 period_ns;
};

/* Added to: the kernel's own numbers go with a cgroup, and one of the same path may come after it. */
PERCPU_HASH(throttling, struct cgroup_path, struct throttling, 4096);
/* Filled anew at every run. */
SHARED_HASH(limits, struct cgroup_path, struct limit, 4096);

/* What the kernel had counted at the last run, by the serial number of the controller's part of a cgroup, which is never used again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct throttling);
} seen_before SEC(".maps");

/* Groups, by their addresses, that this run met: many tasks are in one, and all groups have the same few ancestors. Filled anew. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u8);
} met SEC(".maps");

/* The kernel's own totals, which stay when a CPU goes. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u64);
} steal SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct cfs_bandwidth {
	__u64 period;
	__u64 quota;
	unsigned int nr_periods; /* an int, in fact */
	unsigned int nr_throttled;
	__u64 throttled_time;
};

struct cgroup_subsys_state___numbered {
	__u64 serial_nr;
	struct cgroup *cgroup;
};

struct task_group___limited {
	struct cgroup_subsys_state___numbered css;
	struct task_group___limited *parent;
	struct cfs_bandwidth cfs_bandwidth; /* CONFIG_CFS_BANDWIDTH */
};

struct rq {
	unsigned int cpu; /* an int, in fact */
	__u64 prev_steal_time; /* CONFIG_PARAVIRT: what the CPU's account of steal has had so far */
};

struct cfs_rq {
	struct rq *rq;
};

struct sched_entity___queued {
	struct cfs_rq *cfs_rq;
};

struct task_struct___grouped {
	int nr_cpus_allowed;
	struct sched_entity___queued se;
	struct task_group___limited *sched_task_group;
};

#pragma clang attribute pop

#define UNLIMITED ((__u64)-1)

/* The kernel allows 32 levels and more; who nests deeper than this is not asked about the ancestors. */
#define LEVELS 24

/*
 * A group with a quota. Not inline, and with a number for a pointer, so that the verifier looks through it once instead of once
 * per level.
 */
int record_group(__u64 address)
{
	struct task_group___limited *group = (void *)address;
	struct throttling now, before = {}, *known, *counts;
	struct cgroup_path path;
	struct limit *limit;
	__u64 serial = BPF_CORE_READ(group, css.serial_nr);

	now.periods = BPF_CORE_READ(group, cfs_bandwidth.nr_periods);
	now.throttled_periods = BPF_CORE_READ(group, cfs_bandwidth.nr_throttled);
	now.throttled_ns = BPF_CORE_READ(group, cfs_bandwidth.throttled_time);
	cgroup_path_of(BPF_CORE_READ(group, css.cgroup), &path);

	known = bpf_map_lookup_elem(&seen_before, &serial);
	if (known)
		before = *known;
	if (!known || now.periods != before.periods || now.throttled_ns != before.throttled_ns) {
		bpf_map_update_elem(&seen_before, &serial, &now, BPF_ANY);
		counts = lookup_or_try_init(throttling, &path);
		if (counts) {
			add(&counts->periods, now.periods - before.periods);
			add(&counts->throttled_periods, now.throttled_periods - before.throttled_periods);
			add(&counts->throttled_ns, now.throttled_ns - before.throttled_ns);
		}
	}
	limit = lookup_or_try_init(limits, &path);
	if (limit) {
		limit->quota_ns = BPF_CORE_READ(group, cfs_bandwidth.quota);
		limit->period_ns = BPF_CORE_READ(group, cfs_bandwidth.period);
	}
	return 0;
}

/*
 * Each CPU has kernel threads of its own, and their queue leads to it: a way that needs no address of the kernel's per-CPU variables,
 * which kernels without CONFIG_KALLSYMS_ALL keep to themselves.
 */
static __always_inline void record_steal(struct task_struct___grouped *task)
{
	struct rq *rq = BPF_CORE_READ(task, se.cfs_rq, rq);
	__u32 cpu = BPF_CORE_READ(rq, cpu);
	__u64 time = BPF_CORE_READ(rq, prev_steal_time);

	bpf_map_update_elem(&steal, &cpu, &time, BPF_ANY);
}

SEC("iter/task")
int list_held_back(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_struct___grouped *grouped = (void *)task;
	struct task_group___limited *group;
	__u8 yes = 1;

	if (!task)
		return 0;
	if (bpf_core_field_exists(struct rq, prev_steal_time) && task->flags & PF_KTHREAD &&
	    BPF_CORE_READ(grouped, nr_cpus_allowed) == 1)
		record_steal(grouped);

	group = BPF_CORE_READ(grouped, sched_task_group);
	for (int level = 0; level < LEVELS && group; level++) {
		__u64 address = (__u64)group;

		/* Met before, and so were all above it. */
		if (bpf_map_lookup_elem(&met, &address))
			break;
		bpf_map_update_elem(&met, &address, &yes, BPF_ANY);
		if (BPF_CORE_READ(group, cfs_bandwidth.quota) != UNLIMITED)
			record_group(address);
		group = BPF_CORE_READ(group, parent);
	}
	return 0;
}
