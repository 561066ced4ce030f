/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Every program counts its own runs: the kernel counts them only while its run statistics are on, which costs much more. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "counter.h"
#include "kernel_version.h"

struct run_counter {
	__u64 runs;
	/* Only in the nested twin of another program (see preemption.h): the runs in which it counted an event for that program. */
	__u64 taken_over;
	/* Only in handlers (see handlers.h): the runs that were measured, and their time in nanoseconds. */
	__u64 measured_runs;
	__u64 measured_ns;
};

/* The counter of program NAME. The loader finds it by its name, and leaves out the counters of programs that it does not load. */
#define RUN_COUNTER(NAME)                                                                                              \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                               \
		__uint(max_entries, 1);                                                                                \
		__type(key, __u32);                                                                                    \
		__type(value, struct run_counter);                                                                     \
	} runs_of_##NAME SEC(".maps")

static __always_inline void count_run_in(void *counters)
{
	__u32 only = 0;
	struct run_counter *counter = bpf_map_lookup_elem(counters, &only);

	if (!counter)
		return;
	if (programs_never_nest())
		add_nonatomic(&counter->runs, 1);
	else
		add(&counter->runs, 1);
}

/* The first statement of program NAME. */
#define count_run(NAME) count_run_in(&runs_of_##NAME)

/* In the nested twin NAME of another program, when it counts an event for that program. Twins are never nested themselves. */
#define count_takeover(NAME)                                                                                           \
	({                                                                                                             \
		__u32 only_ = 0;                                                                                       \
		struct run_counter *counter_ = bpf_map_lookup_elem(&runs_of_##NAME, &only_);                           \
		if (counter_)                                                                                          \
			add_nonatomic(&counter_->taken_over, 1);                                                       \
	})

/* In a handler: nothing keeps an interrupt from running it while it runs. */
#define count_nested_run(NAME)                                                                                         \
	({                                                                                                             \
		__u32 only_ = 0;                                                                                       \
		struct run_counter *counter_ = bpf_map_lookup_elem(&runs_of_##NAME, &only_);                           \
		if (counter_)                                                                                          \
			add(&counter_->runs, 1);                                                                       \
	})

/* libbpf's macro, except that the program has a counter and counts its runs. */
#undef BPF_PROG
#define BPF_PROG(NAME, ARGUMENTS...) COUNTED_PROG(NAME, count_run, ##ARGUMENTS)

/* COUNT(NAME) counts a run. */
#define COUNTED_PROG(NAME, COUNT, ARGUMENTS...)                                                                        \
	NAME(unsigned long long *ctx);                                                                                 \
	RUN_COUNTER(NAME);                                                                                             \
	static __always_inline typeof(NAME(0)) ____##NAME(unsigned long long *ctx, ##ARGUMENTS);                       \
	typeof(NAME(0)) NAME(unsigned long long *ctx)                                                                  \
	{                                                                                                              \
		COUNT(NAME);                                                                                           \
		_Pragma("GCC diagnostic push")                                                                         \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                                                 \
		return ____##NAME(___bpf_ctx_cast(ARGUMENTS));                                                         \
		_Pragma("GCC diagnostic pop")                                                                          \
	}                                                                                                              \
	static __always_inline typeof(NAME(0)) ____##NAME(unsigned long long *ctx, ##ARGUMENTS)
