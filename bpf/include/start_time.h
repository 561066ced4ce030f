/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Remembering when the current task began something, until it ends. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "kernel/task.h"

/*
 * Set before load, by whether the kernel has BPF_MAP_TYPE_TASK_STORAGE (5.11, for these programs 5.13): about half the cost of a hash, and gone with the
 * task by itself. Without it the verifier removes its branches and the map is never made, and the hash is used.
 */
const volatile bool has_task_storage = true;

struct start_time {
	__u64 ns;  /* 0: nothing has begun */
	__u64 tag; /* the program's own */
};

/* One start time per task; ENTRIES bounds the hash only. A program that uses it also forgets the tasks that exit. */
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

/* Remembers for the current task; 0, or not when there was no room, which the caller has to count. */
#define start_time_set(NAME, NS, TAG) start_time_put(&NAME##_of_task, &NAME##_by_id, NS, TAG)

/* Copies what was remembered for the current task and forgets it; false when nothing was. */
#define start_time_take(NAME, COPY) start_time_pull(&NAME##_of_task, &NAME##_by_id, COPY)

/* Forgets an exiting current task; from tp_btf/sched_process_exit. */
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
