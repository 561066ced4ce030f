/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The CPUs that are online, found by an iterator over tasks. */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/task.h"

/* 1 for each CPU that is online, 0 for each that is not. Each pass writes the entries again. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u32);
} online SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct rq {
	unsigned int cpu;    /* int in the kernel */
	unsigned int online; /* int in the kernel; before 6.17 only with CONFIG_SMP */
};

struct cfs_rq {
	struct rq *rq;
};

struct sched_entity___queued {
	struct cfs_rq *cfs_rq; /* CONFIG_FAIR_GROUP_SCHED */
};

struct task_struct___queued {
	int nr_cpus_allowed;
	struct sched_entity___queued se;
};

#pragma clang attribute pop

/* The run queue of a CPU is reached through a kernel thread that is bound to the CPU, as in cpu_throttling. */
static __always_inline void note_cpu_of(struct task_struct *task)
{
	struct task_struct___queued *queued = (void *)task;
	__u32 cpu, is_online = 1;
	struct rq *rq;

	if (!bpf_core_field_exists(queued->se.cfs_rq) || !(task->flags & PF_KTHREAD) || queued->nr_cpus_allowed != 1)
		return;
	rq = BPF_CORE_READ(queued, se.cfs_rq, rq);
	cpu = BPF_CORE_READ(rq, cpu);
	if (bpf_core_field_exists(rq->online))
		is_online = BPF_CORE_READ(rq, online);
	bpf_map_update_elem(&online, &cpu, &is_online, BPF_ANY);
}
