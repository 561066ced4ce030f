/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Start time of an operation of the current task, kept until the operation ends. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "kernel/task.h"

/*
 * Whether the kernel has BPF_MAP_TYPE_TASK_STORAGE (5.11, for these programs 5.13); the loader sets it before load. Task storage costs
 * about half as much as a hash, and the kernel frees it with the task. If false, the verifier removes the task storage branches, the
 * loader does not create that map, and the hash is used.
 */
const volatile bool has_task_storage = true;

struct start_time {
	__u64 ns;  /* 0: no operation is running */
	__u64 tag; /* free for the program's use */
};

/*
 * One start time per task. ENTRIES bounds the hash only. The end of the operation clears it, and so does the next start. If a task can exit
 * without either, the program must call start_time_forget then; the kernel frees task storage itself.
 */
#define START_TIMES(NAME, ENTRIES)                                                                                     \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_TASK_STORAGE);                                                               \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                                                  \
		__type(key, int);                                                                                      \
		__type(value, struct start_time);                                                                      \
	} NAME##_of_task SEC(".maps");                                                                                 \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(max_entries, ENTRIES);                                                                          \
		__type(key, __u32);                                                                                    \
		__type(value, struct start_time);                                                                      \
	} NAME##_by_id SEC(".maps")

/* Stores a start time for the current task. Returns 0, or nonzero if it could not be stored; the caller must count that. */
#define start_time_set(NAME, NS, TAG) start_time_put(&NAME##_of_task, &NAME##_by_id, NS, TAG)

/* Copies the current task's start time and clears it. False if none was stored. */
#define start_time_take(NAME, COPY) start_time_pull(&NAME##_of_task, &NAME##_by_id, COPY)

/* Removes the exiting current task. Call it in tp_btf/sched_process_exit. */
#define start_time_forget(NAME) start_time_drop(&NAME##_by_id)

static __always_inline __u32 current_thread(void)
{
	return (__u32)bpf_get_current_pid_tgid();
}

static __always_inline int start_time_put(void *of_task, void *by_id, __u64 ns, __u64 tag)
{
	struct start_time start = { .ns = ns, .tag = tag };
	struct start_time *stored;
	__u32 thread;

	if (has_task_storage) {
		stored = bpf_task_storage_get(of_task, (void *)bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (!stored)
			return -1;
		*stored = start;
		return 0;
	}
	thread = current_thread();
	return bpf_map_update_elem(by_id, &thread, &start, BPF_ANY);
}

static __always_inline bool start_time_pull(void *of_task, void *by_id, struct start_time *copy)
{
	struct start_time *stored;
	__u32 thread;

	if (has_task_storage) {
		stored = bpf_task_storage_get(of_task, (void *)bpf_get_current_task_btf(), 0, 0);
		if (!stored || !stored->ns)
			return false;
		*copy = *stored;
		stored->ns = 0;
		return true;
	}
	thread = current_thread();
	stored = bpf_map_lookup_elem(by_id, &thread);
	if (!stored)
		return false;
	*copy = *stored;
	bpf_map_delete_elem(by_id, &thread);
	return true;
}

static __always_inline void start_time_drop(void *by_id)
{
	__u32 thread;

	if (has_task_storage)
		return;
	thread = current_thread();
	bpf_map_delete_elem(by_id, &thread);
}
