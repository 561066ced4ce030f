// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts direct reclaims, their time and the bytes freed, by command and cgroup.
// In a direct reclaim, a task that allocates memory must first free some itself.
#include "santabpf.h"
#include "cgroup.h"
#include "identity.h"
#include "resident_memory.h"
#include "preemption.h"
#include "start_time.h"

/* Where memory ran short. */
enum limit {
	host = 0,
	cgroup,
	LIMITS,
};

struct reclaimer {
	struct command command;
	struct cgroup_path path;
	enum limit limit;
	__u32 unused;
	__u64 cgroup;
};

struct reclaimed {
	__u64 count;
	__u64 ns;
	__u64 bytes;
};

SHARED_HASH(stalls, struct reclaimer, struct reclaimed, 2048);
PERCPU_ARRAY(durations, struct time_histogram, LIMITS);

/* A task has at most one reclaim in progress: allocations inside it come from the reserves. A reclaim always ends, in the same task. */
START_TIMES(begun, 4096);

static __always_inline int begin_reclaim(void)
{
	struct reclaimed *reclaimed;

	if (start_time_set(begun, bpf_ktime_get_ns(), 0)) {
		reclaimed = overflow_of(stalls);
		if (reclaimed)
			add(&reclaimed->count, 1);
	}
	return 0;
}

static __always_inline int end_reclaim(enum limit limit, __u64 pages)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct reclaimer reclaimer = { .limit = limit };
	struct time_histogram *duration;
	struct reclaimed *reclaimed;
	struct start_time start;
	__u32 index = limit;
	__u64 ns;

	if (!start_time_take(begun, &start))
		return 0;
	ns = bpf_ktime_get_ns() - start.ns;
	cgroup_path_of(memory_cgroup_of(task), &reclaimer.path);
	current_command(&reclaimer.command);
	reclaimer.cgroup = current_cgroup();
	fold_kernel_thread(BPF_CORE_READ(task, flags), &reclaimer.command);
	reclaimed = lookup_or_try_init(stalls, &reclaimer);
	if (reclaimed) {
		add(&reclaimed->count, 1);
		add(&reclaimed->ns, ns);
		add(&reclaimed->bytes, pages * page_bytes);
	}
	duration = bpf_map_lookup_elem(&durations, &index);
	if (duration)
		observe_time(duration, ns);
	return 0;
}

/* Arguments of the _begin tracepoints changed around 7.0, order included. None of them is needed. */
#define RECLAIM(NAME, LIMIT, EVENT)                                                                                    \
	TASK_TRACEPOINT_WITHOUT_ARGUMENTS(vmscan, EVENT##_begin, begin_##NAME, begin_reclaim())                        \
	TASK_TRACEPOINT(vmscan, EVENT##_end, end_##NAME,                                                               \
			(unsigned long pages), end_reclaim(LIMIT, pages),                                              \
			struct trace_event_raw_mm_vmscan_direct_reclaim_end_template, end_reclaim(LIMIT, event->nr_reclaimed))

RECLAIM(for_host, host, mm_vmscan_direct_reclaim)
RECLAIM(for_cgroup, cgroup, mm_vmscan_memcg_reclaim)
