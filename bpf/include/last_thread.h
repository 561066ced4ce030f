/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Whether the thread of a sched_process_exit is the last of its process. Defines a map: include it only where used. */
#pragma once

#include <linux/errno.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel/task.h"

struct ended_process {
	__u64 start_time;
	__u64 id;
};

/* For kernels that do not tell the last thread: the processes that were counted a moment ago. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ended_process);
	__type(value, __u8);
} ended SEC(".maps");

/* Whether the tracepoint says that the exiting thread is the last of its process: newer kernels, 6.18 for one. */
#define TELLS_LAST_THREAD bpf_core_field_exists(struct trace_event_raw_sched_process_exit, group_dead)

/*
 * The same on older kernels, as 6.12. signal->live tells how many threads have not come as far as do_exit: it is zero for the last thread, but
 * also for one that was overtaken by the last on its way to the tracepoint. Only the first of them is counted.
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
	/* An int: before 6.4 (d7ba4cc900bf "bpf: return long from bpf_map_ops funcs") the upper half of the result is zero. */
	error = bpf_map_update_elem(&ended, &process, &value, BPF_NOEXIST);
	return error != -EEXIST;
}

/* From the arguments of tp_btf/sched_process_exit. */
static __always_inline bool is_last_thread(__u64 *arguments)
{
	/* Volatile: a compiler that reads it ahead of the branch makes older kernels refuse an argument that they do not have. */
	if (TELLS_LAST_THREAD)
		return *(volatile __u64 *)(arguments + 1) & 1;
	return is_first_without_others((void *)arguments[0]);
}
