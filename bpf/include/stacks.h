/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Sums by stack. Two maps take turns: while programs write one, the exporter reads the other and empties it. It switches by writing
 * `active_stacks`, and waits until no program that started before the switch can be running any more.
 *
 * The addresses are in the entry itself. The kernel's own stack maps (BPF_MAP_TYPE_STACK_TRACE) have one place per hash value: a user
 * who makes up stacks would occupy the places of others. Here a user gets no more than a share of the new entries (newcomers.h).
 */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "counter.h"
#include "maps.h"
#include "newcomers.h"
#include "stack_key.h"

/* The limit of the kernel itself is 127 (the sysctl kernel.perf_event_max_stack). The outermost frames beyond a limit are missing. */
#define KERNEL_FRAMES 64
#define USER_FRAMES 127

/* Both stacks are innermost first; what follows after the counts is undefined. */
struct stack {
	__u64 value;
	__u32 kernel_count;
	__u32 user_count;
	__u64 kernel[KERNEL_FRAMES];
	__u64 user[USER_FRAMES];
};

/* The exporter sets the number of entries when it loads the maps. */
struct stacks {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct stack_key);
	__type(value, struct stack);
};
struct stacks stacks_0 SEC(".maps"), stacks_1 SEC(".maps");
NEWCOMERS(stacks);

/* The map that programs write: 0 or 1. */
volatile __u32 active_stacks = 0;

struct stack_losses {
	__u64 samples; /* that found no place */
	__u64 value; /* the sum of these */
	__u64 without_user_stack; /* recorded, but the user stack of a process could not be read */
};
PERCPU_ARRAY(stack_losses, struct stack_losses, 1);

/* Stacks exceed BPF's own stack. */
PERCPU_ARRAY(stack_draft, struct stack, 1);

static __always_inline __u64 hash_frames(__u64 hash, const __u64 *frames, __u32 count, __u32 limit)
{
	_Pragma("clang loop unroll(disable)") for (__u32 i = 0; i < limit; i++)
	{
		if (i >= count)
			break;
		hash = ((hash << 5 | hash >> 59) ^ frames[i]) * 0x9e3779b97f4a7c15;
	}
	return hash ^ hash >> 32;
}

static __always_inline __u32 frames_in(long bytes)
{
	return bytes > 0 ? bytes / sizeof(__u64) : 0;
}

/*
 * Adds `value` to the stack of the current task. A program that calls it must not be interrupted by another that does.
 * `in_kernel`: whether the task has a kernel stack.
 */
static __always_inline void add_to_stack(void *ctx, __u64 value, bool in_kernel)
{
	struct stack *draft, *stack;
	struct stack_losses *losses;
	struct stack_key key;
	__u32 only = 0;
	void *map;

	draft = bpf_map_lookup_elem(&stack_draft, &only);
	losses = bpf_map_lookup_elem(&stack_losses, &only);
	if (!draft || !losses)
		return;
	identify_stack(&key);
	draft->value = 0;
	draft->kernel_count = in_kernel ? frames_in(bpf_get_stack(ctx, draft->kernel, sizeof(draft->kernel), 0)) : 0;
	draft->user_count = 0;
	if (key.pid) {
		draft->user_count = frames_in(bpf_get_stack(ctx, draft->user, sizeof(draft->user), BPF_F_USER_STACK));
		if (!draft->user_count)
			add(&losses->without_user_stack, 1);
	}
	key.hash = hash_frames(1, draft->kernel, draft->kernel_count, KERNEL_FRAMES);
	key.hash = hash_frames(key.hash, draft->user, draft->user_count, USER_FRAMES);
	map = active_stacks ? &stacks_1 : &stacks_0;
	stack = bpf_map_lookup_elem(map, &key);
	if (!stack) {
		if (may_add_key(&stacks_newcomers))
			bpf_map_update_elem(map, &key, draft, BPF_NOEXIST);
		stack = bpf_map_lookup_elem(map, &key);
	}
	if (stack) {
		add(&stack->value, value);
	} else {
		add(&losses->samples, 1);
		add(&losses->value, value);
	}
}
