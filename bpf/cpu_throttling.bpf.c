// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts CPU throttling of cgroups by their quota, and CPU time that the hypervisor gave to other guests (steal).
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

/* Accumulated over runs: the kernel's counters vanish with their cgroup, and a new cgroup may have the same path. */
SHARED_HASH_ON_DEMAND(throttling, struct cgroup_path, struct throttling, 4096);
/* Cleared before each run. */
SHARED_HASH_ON_DEMAND(limits, struct cgroup_path, struct limit, 4096);

/*
 * The kernel's counters at the last run, by serial number of the cgroup's controller state. The kernel never reuses the number. The
 * removal of the cgroup removes its entry: without it, a cgroup's whole life would count again.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct throttling);
} seen_before SEC(".maps");

/* Addresses of the groups that this run has visited: tasks share groups, and groups share ancestors. Cleared before each run. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u8);
} met SEC(".maps");

/* Steal time by CPU, as the kernel totals it. The entry stays when the CPU goes offline. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u64);
} steal SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct cfs_bandwidth {
	__u64 period;
	__u64 quota;
	unsigned int nr_periods; /* int in the kernel */
	unsigned int nr_throttled;
	__u64 throttled_time;
};

struct cgroup_subsys_state___numbered {
	unsigned int flags;
	__u64 serial_nr;
	struct cgroup *cgroup;
};

struct cgroup___parts {
	struct cgroup_subsys_state___numbered *subsys[1];
};

struct task_group___limited {
	struct cgroup_subsys_state___numbered css;
	struct task_group___limited *parent;
	struct cfs_bandwidth cfs_bandwidth; /* CONFIG_CFS_BANDWIDTH */
};

struct rq {
	unsigned int cpu; /* int in the kernel */
	__u64 prev_steal_time; /* CONFIG_PARAVIRT: steal time accounted so far */
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

/* cgroup_subsys_state.flags: the cgroup, or its controller, is being removed */
#define CSS_DYING 16

#define UNLIMITED ((__u64)-1)

/* The kernel allows 32 levels and more. For groups nested deeper than this, the topmost ancestors are not visited. */
#define LEVELS 24

/* Not inlined, with an address instead of a pointer: the verifier checks a global function once, not once per level. */
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
		if (bpf_map_update_elem(&seen_before, &serial, &now, BPF_ANY)) {
			/* The map is full: this cgroup is not counted. */
			overflow_of(throttling);
			return 0;
		}
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
 * The run queue of a CPU is reached through a kernel thread that is bound to the CPU. Kernels without CONFIG_KALLSYMS_ALL do not
 * publish the addresses of per-CPU variables.
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

		/* Visited already, and with it all its ancestors. */
		if (bpf_map_lookup_elem(&met, &address))
			break;
		bpf_map_update_elem(&met, &address, &yes, BPF_ANY);
		/* A zombie may belong to a cgroup that is removed, and whose entry is gone. */
		if (BPF_CORE_READ(group, cfs_bandwidth.quota) != UNLIMITED && !(BPF_CORE_READ(group, css.flags) & CSS_DYING))
			record_group(address);
		group = BPF_CORE_READ(group, parent);
	}
	return 0;
}

/* The kernel takes the controllers away only after this. */
SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(forget_group, struct cgroup___parts *cgroup)
{
	struct cgroup_subsys_state___numbered *part = 0;
	__u64 controller, serial;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, cpu_cgrp_id))
		return 0;
	controller = bpf_core_enum_value(enum cgroup_subsys_id, cpu_cgrp_id);
	bpf_core_read(&part, sizeof(part), (void *)&cgroup->subsys + controller * sizeof(part));
	serial = BPF_CORE_READ(part, serial_nr);
	if (part)
		bpf_map_delete_elem(&seen_before, &serial);
	return 0;
}
