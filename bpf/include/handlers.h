/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Handlers: programs of the probes that one attached program calls, for hooks that several probes want. A second attached program would
 * cost each event as much as the first one. The attached program and its handlers share maps, which the loader creates once, with that
 * program, and gives to every object that declares them. src/kernel/shared_hooks.ts lists the hooks.
 */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "counter.h"
#include "maps.h"
#include "run_counter.h"

#define MOST_HANDLERS 64
/* The handlers of one kind of events: one byte for each, its index in HOOK_handlers plus 1, ascending. 0 ends the list. */
#define MOST_HANDLERS_OF_AN_EVENT 8
struct handler_list {
	__u8 handlers[MOST_HANDLERS_OF_AN_EVENT];
};

/* The maps of a hook. LISTS is one handler_list for each result that the events of a kind can have. */
#define HANDLER_MAPS(HOOK, LISTS, KINDS)                                                                               \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                                                 \
		__uint(max_entries, MOST_HANDLERS);                                                                    \
		__type(key, __u32);                                                                                    \
		__type(value, __u32);                                                                                  \
	} HOOK##_handlers SEC(".maps");                                                                                \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(max_entries, KINDS);                                                                            \
		__type(key, __u32);                                                                                    \
		__type(value, LISTS);                                                                                  \
	} HOOK##_handler_lists SEC(".maps");                                                                           \
	/* Not 0 while the run time of programs is measured. */                                                        \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(max_entries, 1);                                                                                \
		__type(key, __u32);                                                                                    \
		__type(value, __u32);                                                                                  \
	} HOOK##_handlers_measured SEC(".maps");                                                                       \
	/* Measured time of all handlers, in nanoseconds: the kernel counts it for the attached program. */            \
	PERCPU_ARRAY(HOOK##_handler_time, __u64, 1)

/*
 * Continues with the first handler of the list whose byte is above `after`. Does not return if there is one. A handler that ends
 * meanwhile has left HOOK_handlers; the next one takes its place.
 */
static __always_inline void tail_call_handler(void *ctx, void *handlers, const struct handler_list *handler_list, __u32 after)
{
	__u64 list = *(const __u64 *)handler_list;

	for (int i = 0; i < MOST_HANDLERS_OF_AN_EVENT; i++) {
		__u32 handler = list & 0xff;

		if (!handler)
			return;
		if (handler > after)
			bpf_tail_call(ctx, handlers, handler - 1);
		list >>= 8;
	}
}

static __always_inline __u64 handler_start_in(void *measured)
{
	__u32 only = 0, *is_measured = bpf_map_lookup_elem(measured, &only);

	return is_measured && *is_measured ? bpf_ktime_get_ns() : 0;
}

static __always_inline void handler_end_in(void *all, void *counters, __u64 start)
{
	__u32 only = 0;
	struct run_counter *counter;
	__u64 *sum, time;

	if (!start)
		return;
	time = bpf_ktime_get_ns() - start;
	sum = bpf_map_lookup_elem(all, &only);
	counter = bpf_map_lookup_elem(counters, &only);
	if (!sum || !counter)
		return;
	add(sum, time);
	add(&counter->measured_ns, time);
	add(&counter->measured_runs, 1);
}

/* At the start and at the end of a handler of a hook. COUNTERS is the handler's run counter. */
#define handler_start(HOOK) handler_start_in(&HOOK##_handlers_measured)
#define handler_end(HOOK, COUNTERS, START) handler_end_in(&HOOK##_handler_time, COUNTERS, START)
