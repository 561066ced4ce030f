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
#include "python_frames.h"
#include "stack_key.h"

/* The limit of the kernel itself is 127 (the sysctl kernel.perf_event_max_stack). The outermost frames beyond a limit are missing. */
#define KERNEL_FRAMES 64
#define USER_FRAMES 127

/*
 * Both stacks are innermost first; what follows after the counts is undefined. Behind the user stack of a Python process come the code
 * objects of its functions (python_frames.h).
 */
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

/* Whether the current task is a process, so has a user stack. */
static __always_inline bool is_process(void)
{
	return !(current_flags() & PF_KTHREAD);
}

/* Writes the user part of the current task's stack. */
static __always_inline void take_user_stack(void *ctx, struct stack *stack)
{
	stack->user_count = 0;
	if (!is_process())
		return;
	stack->user_count = frames_in(bpf_get_stack(ctx, stack->user, sizeof(stack->user), BPF_F_USER_STACK));
	add_python_frames(stack->user, &stack->user_count, USER_FRAMES);
}

/* Counts a value that finds no place; 0 if it is unknown. */
static __always_inline void lose_stack(__u64 value)
{
	__u32 only = 0;
	struct stack_losses *losses = bpf_map_lookup_elem(&stack_losses, &only);

	if (!losses)
		return;
	add(&losses->samples, 1);
	if (value)
		add(&losses->value, value);
}

/* Adds `value` to a stack of the current task. A program that calls it must not be interrupted by another that does. */
static __always_inline void add_stack(struct stack *taken, __u64 value)
{
	struct stack_losses *losses;
	struct stack_key key;
	struct stack *stack;
	__u32 only = 0;
	void *map;

	identify_stack(&key);
	taken->value = 0;
	losses = bpf_map_lookup_elem(&stack_losses, &only);
	if (losses && key.pid && !taken->user_count)
		add(&losses->without_user_stack, 1);
	key.hash = hash_frames(1, taken->kernel, taken->kernel_count, KERNEL_FRAMES);
	key.hash = hash_frames(key.hash, taken->user, taken->user_count, USER_FRAMES);
	map = active_stacks ? &stacks_1 : &stacks_0;
	stack = bpf_map_lookup_elem(map, &key);
	if (!stack) {
		if (may_add_key(&stacks_newcomers))
			bpf_map_update_elem(map, &key, taken, BPF_NOEXIST);
		stack = bpf_map_lookup_elem(map, &key);
	}
	if (stack)
		add(&stack->value, value);
	else
		lose_stack(value);
}
