/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which processes are unprivileged. */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "command.h"

/* The real user of a process that found no entry in `pasts`. No user has this id. */
#define UNKNOWN_USER ((__u32)-1)

/* An unprivileged process: the labels of a later gain. */
struct past {
	struct command command;
	__u32 user;
};

/*
 * One byte for each possible process id, and so for each process: any user can start many, and none may hide another one's gain. The
 * exit clears the byte. If the probe misses the exit, the fork of the next process with the id overwrites it.
 */
#define LARGEST_PROCESS_ID (4 << 20)
#define IDS_PER_ENTRY 64
struct powerless_ids {
	bool of[IDS_PER_ENTRY];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LARGEST_PROCESS_ID / IDS_PER_ENTRY);
	__type(key, __u32);
	__type(value, struct powerless_ids);
} powerless SEC(".maps");

/*
 * The labels of as many of them as fit, by process id; removed and overwritten like the bytes. Preallocated, because entries are inserted
 * inside the scheduler.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct past);
} pasts SEC(".maps");

static __always_inline bool *powerless_mark_of(__u32 process)
{
	__u32 entry = process / IDS_PER_ENTRY;
	struct powerless_ids *ids = bpf_map_lookup_elem(&powerless, &entry);

	return ids ? &ids->of[process % IDS_PER_ENTRY] : 0;
}

static __always_inline bool is_powerless(__u32 process)
{
	bool *mark = powerless_mark_of(process);

	return mark && *mark;
}

static __always_inline void note_powerless(__u32 process, const struct past *past)
{
	bool *mark = powerless_mark_of(process);

	if (mark)
		*mark = true;
	bpf_map_update_elem(&pasts, &process, past, BPF_ANY);
}

static __always_inline void forget_powerless(__u32 process)
{
	bool *mark = powerless_mark_of(process);

	if (mark)
		*mark = false;
	bpf_map_delete_elem(&pasts, &process);
}

/* The labels of an unprivileged process; without an entry, its present command and no user. */
static __always_inline void past_of(__u32 process, struct past *past)
{
	struct past *noted = bpf_map_lookup_elem(&pasts, &process);

	if (noted) {
		*past = *noted;
		return;
	}
	current_command(&past->command);
	past->user = UNKNOWN_USER;
}
