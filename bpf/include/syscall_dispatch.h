/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The maps between the program that is attached to the exit of system calls (bpf/syscall_exits.bpf.c) and the handlers of the probes
 * (syscall_exit.h). The loader creates them once, with that program, and gives them to every object that declares them.
 */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "maps.h"
#include "syscall.h"

/* 64-bit calls by number, then the unnamed ones by reason: the values of syscall_of(). */
#define SYSCALL_KINDS (SYSCALL_NUMBERS + UNNAMED_CALLS)

/* System calls completed, since the program is attached. */
PERCPU_ARRAY(syscall_exits, __u64, SYSCALL_NUMBERS);
PERCPU_ARRAY(unnamed_syscall_exits, __u64, UNNAMED_CALLS);

#define MOST_HANDLERS 64
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, MOST_HANDLERS);
	__type(key, __u32);
	__type(value, __u32);
} syscall_handlers SEC(".maps");

/*
 * The handlers of one kind of calls, for calls that succeeded and for those that failed: one byte for each, its index in
 * syscall_handlers plus 1, ascending. 0 ends the list.
 */
#define MOST_HANDLERS_OF_A_CALL 8
struct syscall_handler_lists {
	__u8 succeeded[MOST_HANDLERS_OF_A_CALL];
	__u8 failed[MOST_HANDLERS_OF_A_CALL];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SYSCALL_KINDS);
	__type(key, __u32);
	__type(value, struct syscall_handler_lists);
} syscall_handler_lists SEC(".maps");

/* Not 0 while the run time of programs is measured. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} syscall_handlers_measured SEC(".maps");
/* Measured time of all handlers, in nanoseconds: the kernel counts it for the attached program. */
PERCPU_ARRAY(syscall_handler_time, __u64, 1);

/*
 * Continues with the first handler whose byte is above `after`. Does not return if there is one. A handler that ends meanwhile has left
 * syscall_handlers; the next one takes its place.
 */
static __always_inline void tail_call_handler(void *ctx, __u32 call, long result, __u32 after)
{
	struct syscall_handler_lists *lists = bpf_map_lookup_elem(&syscall_handler_lists, &call);
	__u64 list;

	if (!lists)
		return;
	list = *(__u64 *)(is_error(result) ? lists->failed : lists->succeeded);
	for (int i = 0; i < MOST_HANDLERS_OF_A_CALL; i++) {
		__u32 handler = list & 0xff;

		if (!handler)
			return;
		if (handler > after)
			bpf_tail_call(ctx, &syscall_handlers, handler - 1);
		list >>= 8;
	}
}
