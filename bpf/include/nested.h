/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A second program for hooks that an interrupt can reach. On Linux 6.1 to 6.19, an interrupt in the middle of a raw tracepoint program
 * finds that program running, so the kernel skips it for the events of the interrupt. Its twin runs after it at the same hook, and
 * counts the events that it was skipped for.
 */
#pragma once

#include "kernel_version.h"
#include "run_counter.h"

/* Task, soft interrupt, hard interrupt, non-maskable interrupt. */
#define NESTED_EVENTS 4

/*
 * The events that the first program has counted and the twin has not reached yet, on this CPU, outermost first. An event is named by
 * the address of its object. If the twin is skipped for an event, the event stays in the list until an event with the same or an outer
 * object passes, or the list is full.
 */
struct counted_events {
	__u32 twin_runs;
	__u32 count;
	__u64 events[NESTED_EVENTS];
};

#define COUNTED_EVENTS(NAME)                                                                                           \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                               \
		__uint(max_entries, 1);                                                                                \
		__type(key, __u32);                                                                                    \
		__type(value, struct counted_events);                                                                  \
	} counted_by_##NAME SEC(".maps")

/* In the first program, before it counts the event. An interrupt leaves the list as it found it, or adds events behind the others. */
static __always_inline void add_counted(void *events, __u64 event)
{
	__u32 only = 0, count;
	struct counted_events *counted = bpf_map_lookup_elem(events, &only);

	if (!counted || !counted->twin_runs)
		return;
	count = counted->count;
	if (count >= NESTED_EVENTS)
		count = 0;
	counted->events[count] = event;
	counted->count = count + 1;
}

/* In the twin: whether the first program was skipped for the event. */
static __always_inline bool was_skipped(void *events, __u64 event)
{
	__u32 only = 0;
	struct counted_events *counted = bpf_map_lookup_elem(events, &only);

	if (!counted)
		return false;
	/* The first program fills the list once it knows that the twin is attached. */
	if (!counted->twin_runs) {
		counted->twin_runs = 1;
		return false;
	}
	for (__u32 i = 0; i < NESTED_EVENTS && i < counted->count; i++) {
		if (counted->events[i] != event)
			continue;
		counted->count = i;
		return false;
	}
	return true;
}
