/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the program that is attached to the exit of system calls (bpf/syscall_exits.bpf.c) and its handlers (syscall_exit.h) share: see
 * handlers.h.
 */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "handlers.h"
#include "maps.h"
#include "syscall.h"

/* 64-bit calls by number, then the unnamed ones by reason: the values of syscall_of(). */
#define SYSCALL_KINDS (SYSCALL_NUMBERS + UNNAMED_CALLS)

/* System calls completed, since the program is attached. */
PERCPU_ARRAY(syscall_exits, __u64, SYSCALL_NUMBERS);
PERCPU_ARRAY(unnamed_syscall_exits, __u64, UNNAMED_CALLS);

/* For calls that succeeded and for those that failed. */
struct syscall_handler_lists {
	struct handler_list succeeded;
	struct handler_list failed;
};
HANDLER_MAPS(syscall, struct syscall_handler_lists, SYSCALL_KINDS);

/* Continues with the next handler of the call: see tail_call_handler(). */
static __always_inline void call_syscall_handler(void *ctx, __u32 call, long result, __u32 after)
{
	struct syscall_handler_lists *lists = bpf_map_lookup_elem(&syscall_handler_lists, &call);

	if (lists)
		tail_call_handler(ctx, &syscall_handlers, is_error(result) ? &lists->failed : &lists->succeeded, after);
}
