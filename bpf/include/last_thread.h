/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Detects the last thread of a process in sched_process_exit. Defines a map: include it only where used. */
#pragma once

#include <linux/errno.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/task.h"

struct ended_process {
	__u64 start_time;
	__u64 id;
};

/* Recently counted processes, for kernels without `group_dead`. LRU: an entry is of no use once the last thread is gone. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ended_process);
	__type(value, __u8);
} ended SEC(".maps");

/* Whether the tracepoint has the argument `group_dead`: 6.18 does, 6.12 does not. */
#define TELLS_LAST_THREAD bpf_core_field_exists(struct trace_event_raw_sched_process_exit, group_dead)

/*
 * Whether the last thread exits, on kernels without `group_dead`. signal->live is the number of threads that have not reached do_exit.
 * It can be zero for several threads, because threads may reach the tracepoint in another order than do_exit. Only the first one is
 * counted.
 */
static __always_inline bool is_first_without_others(struct task_struct *task)
{
	struct ended_process process = {};
	__u8 value = 0;
	int error;

	if (task->signal->live.counter != 0)
		return false;
	process.start_time = task->group_leader->start_time;
	process.id = task->tgid;
	/* An int because before 6.4 (d7ba4cc900bf "bpf: return long from bpf_map_ops funcs") the upper half of the result is zero. */
	error = bpf_map_update_elem(&ended, &process, &value, BPF_NOEXIST);
	return error != -EEXIST;
}

/* Whether the exiting thread is the last of its process. `arguments` are those of tp_btf/sched_process_exit. */
static __always_inline bool is_last_thread(__u64 *arguments)
{
	/* Volatile because a load moved ahead of the branch reads an argument that older kernels lack, and their verifier rejects it. */
	if (TELLS_LAST_THREAD)
		return *(volatile __u64 *)(arguments + 1) & 1;
	return is_first_without_others((void *)arguments[0]);
}
